//! Where the quotes and escapes of a text are, found for the whole text at once.
//!
//! Finding them block by block keeps the reader of a string from waiting for one byte to know where to look
//! for the next.

use wide::u8x16;

/// Bytes in a block, one bit each.
const BLOCK: usize = 64;

/// A bit for each byte of a text that is a quote or begins an escape. Quotes and backslashes that are
/// escaped have none. Working memory that is used again for the next text.
#[derive(Debug, Default)]
pub(super) struct Specials {
    blocks: Vec<u64>,
}

impl Specials {
    /// Finds those of `text`.
    pub(super) fn find(&mut self, text: &[u8]) -> Cursor<'_> {
        self.blocks.clear();
        let (blocks, tail) = text.as_chunks::<BLOCK>();
        let mut escaped = 0;
        for block in blocks {
            self.blocks.push(specials(block, &mut escaped));
        }
        if !tail.is_empty() {
            let mut block = [0; BLOCK];
            for (to, from) in block.iter_mut().zip(tail) {
                *to = *from;
            }
            self.blocks.push(specials(&block, &mut escaped));
        }
        match self.blocks.split_first() {
            Some((&word, blocks)) => Cursor { word, base: 0, blocks },
            None => Cursor { word: 0, base: 0, blocks: &[] },
        }
    }
}

/// Goes from one special byte to the next.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'s> {
    /// What is left of the current block.
    word: u64,
    /// Where that block starts.
    base: usize,
    /// The blocks after it.
    blocks: &'s [u64],
}

impl Iterator for Cursor<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            let (&word, blocks) = self.blocks.split_first()?;
            self.word = word;
            self.base += BLOCK;
            self.blocks = blocks;
        }
        let at = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(at)
    }
}

/// The special bytes of a block. `escaped` is 1 if the byte before the block escapes its first byte, and is
/// set likewise for the next block.
#[inline]
fn specials(block: &[u8; BLOCK], escaped: &mut u64) -> u64 {
    let quotes = bits(block, b'"');
    let backslashes = bits(block, b'\\');
    if backslashes == 0 {
        return quotes & !std::mem::take(escaped);
    }
    // Backslashes come in runs. In a run that starts at an even place those at even places begin an escape;
    // in one that starts at an odd place, those at odd places. Adding the bit of a run's start carries over
    // the run, and leaves a bit after it.
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    let candidates = backslashes & !*escaped;
    let after = candidates << 1;
    let flips = (after | ODD).wrapping_sub(candidates);
    let escaped_or_escape = flips ^ ODD;
    let is_escaped = escaped_or_escape ^ (backslashes | *escaped);
    let escapes = escaped_or_escape & backslashes;
    *escaped = escapes >> (BLOCK - 1);
    (quotes & !is_escaped) | (escapes & !is_escaped)
}

/// A bit for each byte of `block` that is `wanted`.
#[inline]
fn bits(block: &[u8; BLOCK], wanted: u8) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    parts.iter().rev().fold(0, |bits, part| {
        let equal = u8x16::new(*part).simd_eq(u8x16::splat(wanted));
        bits << 16 | u64::from(equal.to_bitmask())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, byte by byte.
    fn expected(text: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if matches!(byte, b'"' | b'\\') {
                found.push(at);
            }
            at += if byte == b'\\' { 2 } else { 1 };
        }
        found
    }

    fn check(text: &[u8]) {
        let mut specials = Specials::default();
        assert_eq!(specials.find(text).collect::<Vec<_>>(), expected(text), "{}", text.escape_ascii());
    }

    #[test]
    fn runs_of_backslashes() {
        for text in [&b""[..], b"\"", b"\\", b"\\\"", b"\\\\\"", b"\\\\\\\"\"", b"a\\nb\"", b"\"\\\"\\\\\""] {
            for before in 0..140 {
                let mut padded = vec![b'x'; before];
                padded.extend_from_slice(text);
                check(&padded);
                padded.extend_from_slice(b"\"tail\\");
                check(&padded);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text(choices in proptest::collection::vec(0..5_usize, 0..400)) {
            check(&choices.iter().map(|&choice| b"\"\\\\a{"[choice]).collect::<Vec<_>>());
        }
    }
}
