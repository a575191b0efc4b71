//! Text that is not valid UTF-8, for engines that know only valid text.
//!
//! Onigmo takes each byte that is not part of a character for a character of its own. For the search such
//! bytes are replaced by private-use characters, one for each value, and the places found are turned back.
//! Only a text with invalid bytes is copied, and only in such a text have the last 130 code points, U+10FF7E
//! and up, another meaning.

use linear_regex::NonMaxUsize;

use linear_regex::Slot;

/// What stands for the invalid byte `b` is `INVALID_BASE + b`, U+10FF80 to U+10FFFF.
const INVALID_BASE: u32 = 0x10_FF00;

/// The characters that stand for invalid bytes.
pub(crate) const INVALID_BYTES: (char, char) = ('\u{10ff80}', '\u{10ffff}');

/// Stands for a character that is cut off by the end of the text.
///
/// Onigmo takes it for a whole one, which ends behind the end of the text: `.` does not match it, a negated
/// class does, and nothing that follows it is at the end of the text.
pub(crate) const CUT_OFF: char = '\u{10ff7e}';

/// Stands behind a character that is cut off, and is matched by nothing.
pub(crate) const BEYOND_END: char = '\u{10ff7f}';

/// A text to search.
#[derive(Debug)]
pub(crate) enum Text<'h> {
    Valid(&'h str),
    Mapped(MappedText),
}

/// A text with its invalid bytes replaced.
#[derive(Debug)]
pub(crate) struct MappedText {
    text: String,
    /// The offset behind each replaced byte, here and in the original.
    places: Vec<(usize, usize)>,
    /// Where a character is cut off, in the mapped text.
    cut_off: Option<usize>,
    original_length: usize,
}

impl<'h> Text<'h> {
    pub(crate) fn of(haystack: &'h [u8]) -> Text<'h> {
        match std::str::from_utf8(haystack) {
            Ok(text) => Text::Valid(text),
            Err(_) => Text::Mapped(MappedText::of(haystack)),
        }
    }
}

impl MappedText {
    fn of(haystack: &[u8]) -> MappedText {
        let mut text = String::with_capacity(haystack.len());
        let mut places = Vec::new();
        let mut cut_off = None;
        let mut original = 0;
        for chunk in haystack.utf8_chunks() {
            text.push_str(chunk.valid());
            original += chunk.valid().len();
            let invalid = chunk.invalid();
            let unfinished = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if unfinished && original + invalid.len() == haystack.len() {
                cut_off = Some(text.len());
                text.push(CUT_OFF);
                original += invalid.len();
                places.push((text.len(), original));
                text.push(BEYOND_END);
                continue;
            }
            for byte in invalid {
                text.extend(char::from_u32(INVALID_BASE + u32::from(*byte)));
                original += 1;
                places.push((text.len(), original));
            }
        }
        MappedText { text, places, cut_off, original_length: haystack.len() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Turns the places of a match in this text to places in the original, and tells whether it is a match
    /// there: behind a character that is cut off none can start.
    pub(crate) fn restore(&self, slots: &mut [Slot]) -> bool {
        let start = slots.first().copied().flatten().map_or(0, NonMaxUsize::get);
        for slot in slots {
            *slot = slot.and_then(|offset| NonMaxUsize::new(self.original_offset(offset.get())));
        }
        self.cut_off.is_none_or(|cut_off| start <= cut_off)
    }

    /// The offset in the original text of `offset` in the mapped one.
    fn original_offset(&self, offset: usize) -> usize {
        let before = self.places.partition_point(|(mapped, _)| *mapped <= offset);
        let (mapped, original) = match before.checked_sub(1) {
            Some(last) => self.places[last],
            None => (0, 0),
        };
        (original + (offset - mapped)).min(self.original_length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(haystack: &[u8], expected: &str, offsets: &[usize]) {
        let mapped = MappedText::of(haystack);
        assert_eq!(mapped.as_str(), expected);
        let found: Vec<usize> = mapped
            .as_str()
            .char_indices()
            .map(|(offset, _)| offset)
            .chain([mapped.as_str().len()])
            .map(|offset| mapped.original_offset(offset))
            .collect();
        assert_eq!(found, offsets);
    }

    #[test]
    fn invalid_bytes_are_characters() {
        check(b"ab", "ab", &[0, 1, 2]);
        check(b"a\xffb", "a\u{10ffff}b", &[0, 1, 2, 3]);
        check(b"\x80\xe9x\xc3\xa9", "\u{10ff80}\u{10ffe9}xé", &[0, 1, 2, 3, 5]);
        // The start of a character that another byte than its next follows.
        check(b"\xe2\x82a", "\u{10ffe2}\u{10ff82}a", &[0, 1, 2, 3]);
    }

    #[test]
    fn a_character_may_be_cut_off() {
        check(b"a\xe2\x82", "a\u{10ff7e}\u{10ff7f}", &[0, 1, 3, 3]);
        let mapped = MappedText::of(b"a\xe2\x82");
        for (start, expected) in [(0, true), (1, true), (5, false)] {
            assert_eq!(mapped.restore(&mut [NonMaxUsize::new(start); 2]), expected);
        }
    }
}
