//! The finished set.

use std::{fmt, ops::Range, slice};

use xxhash_rust::xxh64::Xxh64;

use crate::{NameScheme, quoted};

/// Labels sorted by name. Each name occurs once and no value is empty.
///
/// ```
/// use prometheus_labels::LabelSet;
///
/// let labels = LabelSet::from([("job", "web"), ("env", "prod"), ("zone", "")]);
/// assert_eq!(labels.get("job"), Some("web"));
/// assert_eq!(labels.get("zone"), None);
/// assert_eq!(labels.iter().collect::<Vec<_>>(), [("env", "prod"), ("job", "web")]);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct LabelSet {
    /// Each name followed by its value.
    text: Box<str>,
    ends: Box<[Ends]>,
}

/// Where a label ends in the text. It starts where the one before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Ends {
    name: u32,
    value: u32,
}

impl LabelSet {
    /// A set without labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of the label `name`, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).and_then(|index| self.nth(index)).map(|(_, value)| value)
    }

    /// The labels by name.
    pub fn iter(&self) -> Labels<'_> {
        Labels { rest: &self.text, start: 0, ends: self.ends.iter() }
    }

    /// The number of labels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no labels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The label at `index` in the order of names.
    #[must_use]
    pub fn nth(&self, index: usize) -> Option<(&str, &str)> {
        let Ends { name: name_end, value: value_end } = *self.ends.get(index)?;
        let name = self.text.get(self.start(index)..name_end as usize)?;
        Some((name, self.text.get(name_end as usize..value_end as usize)?))
    }

    /// The number that `labels.Labels.Hash` of Prometheus 3.14 gives in its default build (`stringlabels`): the
    /// same between runs, machines and versions of this crate.
    ///
    /// ```
    /// use prometheus_labels::LabelSet;
    ///
    /// assert_eq!(LabelSet::from([("job", "web"), ("instance", "a:1")]).hash64(), 17_126_843_465_494_075_725);
    /// ```
    #[must_use]
    pub fn hash64(&self) -> u64 {
        let mut hash = Xxh64::new(0);
        for (name, value) in self {
            for text in [name, value] {
                let [low, middle, high, ..] = text.len().to_le_bytes();
                match low {
                    // Longer texts have three bytes of length behind a mark.
                    _ if text.len() >= 255 => hash.update(&[255, low, middle, high]),
                    _ => hash.update(&[low]),
                }
                hash.update(text.as_bytes());
            }
        }
        hash.digest()
    }

    /// Where the label `name` is.
    ///
    /// Names of a target begin alike (`__meta_kubernetes_pod_…`), which makes each step of a binary search slow. Few
    /// of them have the same length and end alike, so in sets of the usual size it is quicker to look at all.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        const USUAL: usize = 64;
        if self.len() > USUAL {
            return self.position(name).ok();
        }
        let (text, name) = (self.text.as_bytes(), name.as_bytes());
        let mut start = 0;
        self.ends.iter().position(|ends| {
            let (from, end) = (start, ends.name as usize);
            start = ends.value as usize;
            end - from == name.len()
                && text.get(from..end).is_some_and(|own| own.last() == name.last() && own == name)
        })
    }

    /// Where the label `name` is in the order of names, or where it would be.
    pub(crate) fn position(&self, name: &str) -> Result<usize, usize> {
        let text = self.text.as_bytes();
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let end = self.ends.get(middle).map_or(0, |ends| ends.name as usize);
            match text.get(self.start(middle)..end).unwrap_or_default().cmp(name.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// Where the label at `index` starts in the text; the end of the text for the label after the last.
    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |ends| ends.value as usize)
    }
}

/// Of labels with the same name, the last counts.
impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for LabelSet {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        let mut labels: Vec<_> = labels.into_iter().collect();
        labels.sort_by(|(one, _), (other, _)| one.as_ref().cmp(other.as_ref()));
        let mut set = Writer::default();
        for (index, (name, value)) in labels.iter().enumerate() {
            let next = labels.get(index + 1).map(|(name, _)| name.as_ref());
            if next != Some(name.as_ref()) {
                set.push(name.as_ref(), value.as_ref());
            }
        }
        set.finish()
    }
}

impl<N: AsRef<str>, V: AsRef<str>, const LEN: usize> From<[(N, V); LEN]> for LabelSet {
    fn from(labels: [(N, V); LEN]) -> Self {
        labels.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a LabelSet {
    type Item = (&'a str, &'a str);
    type IntoIter = Labels<'a>;

    fn into_iter(self) -> Labels<'a> {
        self.iter()
    }
}

impl Ord for LabelSet {
    /// Label by label: first the name, then the value.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.iter().cmp(other)
    }
}

impl PartialOrd for LabelSet {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// `{name="value", "other.name"="value"}`, as Prometheus writes it.
impl fmt::Display for LabelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match NameScheme::Legacy.allows_label(name) {
                true => f.write_str(name)?,
                false => write!(f, "{}", quoted(name))?,
            }
            write!(f, "={}", quoted(value))?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for LabelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// The labels of a [`LabelSet`] by name.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    /// The text from the next label on, and where that is in the whole text.
    rest: &'a str,
    start: u32,
    ends: slice::Iter<'a, Ends>,
}

impl<'a> Iterator for Labels<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let ends = self.ends.next()?;
        let (name, rest) = self.rest.split_at_checked((ends.name - self.start) as usize)?;
        let (value, rest) = rest.split_at_checked((ends.value - ends.name) as usize)?;
        (self.rest, self.start) = (rest, ends.value);
        Some((name, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ends.size_hint()
    }
}

impl ExactSizeIterator for Labels<'_> {}

/// Puts a [`LabelSet`] together from labels in the order of names.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
    ends: Vec<Ends>,
}

impl Writer {
    pub(crate) fn with_capacity(labels: usize, text: usize) -> Self {
        Self { text: String::with_capacity(text), ends: Vec::with_capacity(labels) }
    }

    /// Adds a label, unless its value is empty.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        // Positions are 32 bits wide; what would not fit is not started.
        let fits =
            self.text.len().saturating_add(name.len()).saturating_add(value.len()) <= u32::MAX as usize;
        if value.is_empty() || !fits {
            return;
        }
        self.text.push_str(name);
        let name = self.text.len() as u32;
        self.text.push_str(value);
        self.ends.push(Ends { name, value: self.text.len() as u32 });
    }

    /// Adds the labels of `set` at the given places, at once.
    pub(crate) fn copy(&mut self, set: &LabelSet, labels: Range<usize>) {
        let start = set.start(labels.start);
        let text = set.text.get(start..set.start(labels.end)).unwrap_or_default();
        let at = self.text.len();
        if at.saturating_add(text.len()) > u32::MAX as usize {
            return;
        }
        let moved = |end: u32| (end as usize - start + at) as u32;
        let ends = set.ends.get(labels).unwrap_or_default();
        self.ends.extend(ends.iter().map(|ends| Ends { name: moved(ends.name), value: moved(ends.value) }));
        self.text.push_str(text);
    }

    pub(crate) fn finish(self) -> LabelSet {
        LabelSet { text: self.text.into(), ends: self.ends.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::LabelSet;

    /// The numbers are those of `labels.FromStrings("l", value).Hash()` of Prometheus v0.316.0.
    #[test]
    fn hashes_are_those_of_prometheus() {
        let check = |length: usize, expected: u64| {
            assert_eq!(LabelSet::from([("l", "x".repeat(length))]).hash64(), expected, "{length}");
        };
        check(0, 17_241_709_254_077_376_921);
        check(254, 17_127_816_227_756_154_877);
        check(255, 4_545_456_874_852_731_664);
        check(300, 3_460_990_034_689_978_937);
    }
}
