//! Which fields of a map a later field of the same key overrides.

use std::collections::HashMap;

/// Maps wider than this are looked at with a table; narrower ones without allocating.
const WIDE: usize = 64;

/// What is known of the repeated keys of one map.
pub(crate) enum Duplicates<'a> {
    /// No key is repeated.
    None,
    /// Some key is repeated, in a map so small that looking through it is quickest.
    Some,
    /// The map is wide: the index of each key's last field.
    Last(HashMap<&'a [u8], usize>),
}

impl<'a> Duplicates<'a> {
    /// Looks through the `length` keys of a map.
    pub(crate) fn find(keys: impl Iterator<Item = &'a [u8]> + Clone, length: usize) -> Self {
        if length > WIDE {
            let last: HashMap<_, _> = keys.enumerate().map(|(index, key)| (key, index)).collect();
            return if last.len() == length { Self::None } else { Self::Last(last) };
        }
        // A key whose bit is not set was not seen before: for most keys that is all there is to do.
        let mut seen = [0_u64; 8];
        for (index, key) in keys.clone().enumerate() {
            let bits = sketch(key);
            let (word, bit) = (&mut seen[usize::from(bits >> 6)], 1 << (bits & 63));
            if *word & bit != 0 && keys.clone().take(index).any(|earlier| earlier == key) {
                return Self::Some;
            }
            *word |= bit;
        }
        Self::None
    }

    /// Whether a field after the one at `index` has the same `key`.
    pub(crate) fn is_overridden(
        &self,
        mut keys: impl Iterator<Item = &'a [u8]>,
        index: usize,
        key: &'a [u8],
    ) -> bool {
        match self {
            Self::None => false,
            Self::Some => keys.by_ref().skip(index + 1).any(|later| later == key),
            Self::Last(last) => last.get(key) != Some(&index),
        }
    }
}

/// Nine bits of a key: cheap, and different for most keys that stand in one record.
fn sketch(key: &[u8]) -> u16 {
    let (Some(first), Some(last)) = (key.first(), key.last()) else { return 0 };
    let middle = key.get(key.len() / 2).unwrap_or(first);
    let mixed = u32::from_le_bytes([*first, *middle, *last, key.len().to_le_bytes()[0]]);
    let [.., low, high] = mixed.wrapping_mul(0x9E37_79B1).to_le_bytes();
    u16::from_le_bytes([low, high]) >> 7
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], overridden: &[usize]) {
        let bytes = || keys.iter().map(|key| key.as_bytes());
        let duplicates = Duplicates::find(bytes(), keys.len());
        let found: Vec<_> = (0..keys.len())
            .filter(|index| duplicates.is_overridden(bytes(), *index, keys[*index].as_bytes()))
            .collect();
        assert_eq!(found, overridden, "{keys:?}");
    }

    #[test]
    fn narrow_and_wide() {
        check(&[], &[]);
        check(&["", "a", ""], &[0]);
        check(&["a", "b", "a", "a"], &[0, 2]);
        check(&["abc", "acc", "axc"], &[]);
        let mut wide: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        check(&wide.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        wide.push("5".to_owned());
        check(&wide.iter().map(String::as_str).collect::<Vec<_>>(), &[5]);
    }
}
