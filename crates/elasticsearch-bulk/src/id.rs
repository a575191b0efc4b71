//! Document ids.

use crate::murmur3::murmur3_x64_128;

/// Fluent Bit's seed.
const SEED: u32 = 42;

/// Where a record comes from: enough to know it again when it is read again.
///
/// ```
/// use elasticsearch_bulk::Origin;
///
/// let origin = Origin::new(b"node-1\0/var/log/app.log\0device 8 inode 42", 1024);
/// assert_eq!(origin.offset, 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Origin<'a> {
    /// The file, told apart from all others that write to the index: on other machines, and before and after
    /// it in the same place.
    pub file: &'a [u8],
    /// Where the record's first byte stands in the file.
    pub offset: u64,
}

impl<'a> Origin<'a> {
    /// The record that starts at `offset` of `file`.
    #[must_use]
    pub fn new(file: &'a [u8], offset: u64) -> Self {
        Self { file, offset }
    }
}

/// The text of an id made of a hash.
pub(crate) type IdText = [u8; 36];

/// Fluent Bit's id of a document: a hash of its MessagePack bytes.
pub(crate) fn of_document(msgpack: &[u8]) -> IdText {
    text(murmur3_x64_128(msgpack, SEED))
}

/// An id of the record read from `origin` under `tag`: the same after a restart, whatever the document holds,
/// and different for copies of it under other tags.
pub(crate) fn of_origin(scratch: &mut Vec<u8>, origin: Origin<'_>, tag: &[u8]) -> IdText {
    scratch.clear();
    for part in [origin.file, tag] {
        scratch.extend_from_slice(&(part.len() as u64).to_le_bytes());
        scratch.extend_from_slice(part);
    }
    scratch.extend_from_slice(&origin.offset.to_le_bytes());
    text(murmur3_x64_128(scratch, SEED))
}

/// The hash in 16-bit words, each in hexadecimal, grouped like a UUID.
fn text([first, second]: [u64; 2]) -> IdText {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    const GROUPS: [usize; 8] = [0, 4, 9, 14, 19, 24, 28, 32];
    let mut text = [b'-'; 36];
    for (word, at) in GROUPS.into_iter().enumerate() {
        let half = if word < 4 { first } else { second };
        let bits = half >> (16 * (word % 4));
        for (nibble, slot) in text[at..at + 4].iter_mut().enumerate() {
            *slot = DIGITS[(bits >> (12 - 4 * nibble) & 15) as usize];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_model::{Field, Value, msgpack};

    #[test]
    fn the_id_of_a_document() {
        let fields = [
            Field::new(b"@timestamp", Value::Str(b"2023-11-14T22:13:20.000000000Z")),
            Field::new(b"message", Value::Str(b"dummy")),
        ];
        let mut bytes = Vec::new();
        msgpack::map(&mut bytes, &fields);
        assert_eq!(&of_document(&bytes), b"bce417cb-1ab2-fcc4-a2f7-d1f5547deb5e");
    }

    #[test]
    fn ids_of_origins_differ() {
        let mut scratch = Vec::new();
        let mut id =
            |file: &[u8], offset, tag: &[u8]| of_origin(&mut scratch, Origin::new(file, offset), tag);
        let one = id(b"file", 7, b"tag");
        assert_eq!(one, id(b"file", 7, b"tag"));
        assert_ne!(one, id(b"file", 8, b"tag"));
        assert_ne!(one, id(b"filet", 7, b"ag"));
        assert_ne!(one, id(b"file", 7, b"other"));
    }
}
