//! Character counts to byte offsets.

/// Distance of two checkpoints: the most characters that one look-up walks.
const STRIDE: usize = 64;

/// The parser counts characters, spans count bytes.
pub(super) struct ByteOffsets<'t> {
    text: &'t str,
    /// Byte offset of every [`STRIDE`]th character; empty when all characters are ASCII.
    checkpoints: Vec<usize>,
}

impl<'t> ByteOffsets<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STRIDE).map(|(offset, _)| offset).collect()
        };
        Self { text, checkpoints }
    }

    /// The byte offset of character number `index`; the length of the text for one past the end.
    pub(super) fn byte(&self, index: usize) -> usize {
        if self.checkpoints.is_empty() {
            return index.min(self.text.len());
        }
        let Some(start) = self.checkpoints.get(index / STRIDE) else { return self.text.len() };
        let rest = self.text.get(*start..).unwrap_or_default();
        rest.char_indices().nth(index % STRIDE).map_or(self.text.len(), |(offset, _)| start + offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_found() {
        for text in [String::new(), "abc".repeat(100), "aé한🦀".repeat(100), "é".repeat(64)] {
            let offsets = ByteOffsets::new(&text);
            for (index, (offset, _)) in text.char_indices().enumerate() {
                assert_eq!(offsets.byte(index), offset);
            }
            assert_eq!(offsets.byte(text.chars().count()), text.len());
            assert_eq!(offsets.byte(usize::MAX), text.len());
        }
    }
}
