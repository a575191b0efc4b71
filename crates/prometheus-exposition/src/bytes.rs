//! Byte classes and searches that the text formats share.

use std::borrow::Cow;

use wide::u8x16;

/// May start a metric name: `[a-zA-Z_:]`.
const NAME_START: u8 = 1;
/// May go on in a metric name: `[a-zA-Z0-9_:]`.
const NAME: u8 = 2;
/// May start a label name: `[a-zA-Z_]`.
const LABEL_START: u8 = 4;
/// May go on in a label name: `[a-zA-Z0-9_]`.
const LABEL: u8 = 8;

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 255")]
        let c = byte as u8;
        let letter = c.is_ascii_alphabetic() || c == b'_';
        let digit = c.is_ascii_digit();
        if letter {
            table[byte] |= NAME_START | LABEL_START;
        }
        if letter || digit {
            table[byte] |= NAME | LABEL;
        }
        if c == b':' {
            table[byte] |= NAME_START | NAME;
        }
        byte += 1;
    }
    table
};

#[inline]
pub(crate) fn starts_name(byte: u8) -> bool {
    CLASS[usize::from(byte)] & NAME_START != 0
}

#[inline]
pub(crate) fn starts_label(byte: u8) -> bool {
    CLASS[usize::from(byte)] & LABEL_START != 0
}

#[inline]
pub(crate) fn continues_name(byte: u8) -> bool {
    CLASS[usize::from(byte)] & NAME != 0
}

#[inline]
pub(crate) fn continues_label(byte: u8) -> bool {
    CLASS[usize::from(byte)] & LABEL != 0
}

/// Where the metric name that starts before `at` ends.
///
/// Names of metrics are long: eight bytes are looked at in one step, and the last few one by one.
#[inline]
pub(crate) fn name_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word_at(bytes, at) {
        let others = !name_bytes(word) & repeat(0x80);
        if others != 0 {
            return at + (others.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| continues_name(byte)) {
        at += 1;
    }
    at
}

/// Where the label name that starts before `at` ends.
#[inline]
pub(crate) fn label_end(bytes: &[u8], mut at: usize) -> usize {
    // Most are too short for steps of several bytes.
    while bytes.get(at).is_some_and(|&byte| continues_label(byte)) {
        at += 1;
    }
    at
}

#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk::<8>()?))
}

/// Eight times the same byte.
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The high bit of each byte in `[a-zA-Z0-9_:]`.
#[inline]
fn name_bytes(word: u64) -> u64 {
    // Seven bits each, so that no sum below leaves its byte.
    let ascii = word & repeat(0x7f);
    let at_least = |word: u64, first: u8| word.wrapping_add(repeat(0x80 - first));
    let letters = ascii | repeat(0x20);
    let letters = at_least(letters, b'a') & !at_least(letters, b'z' + 1);
    // The colon follows the digits.
    let digits = at_least(ascii, b'0') & !at_least(ascii, b':' + 1);
    let underscores = !(ascii ^ repeat(b'_')).wrapping_add(repeat(0x7f));
    (letters | digits | underscores) & !word
}

/// How many bytes are looked at in one step.
const STEP: usize = 16;

#[inline]
fn step_at(bytes: &[u8], at: usize) -> Option<u8x16> {
    Some(u8x16::new(*bytes.get(at..)?.first_chunk::<STEP>()?))
}

/// The first `"` or `\` at or after `at`.
///
/// Most label values are shorter than a few steps, and only a long one is worth the call of a vectorised search.
#[inline]
pub(crate) fn quote_or_backslash(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    for _ in 0..4 {
        let Some(step) = step_at(bytes, at) else { break };
        let found = step.simd_eq(u8x16::splat(b'"')) | step.simd_eq(u8x16::splat(b'\\'));
        let found = found.to_bitmask();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += STEP;
    }
    memchr::memchr2(b'"', b'\\', bytes.get(at..)?).map(|found| at + found)
}

/// How many bytes [`quotes`] looks at.
pub(crate) const BLOCK: usize = 64;

/// A bit for each `"` among the 64 bytes from `at` on, which is not beyond the end; those that are have none.
#[inline]
pub(crate) fn quotes(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(block) = rest.first_chunk() {
        return quotes_of_block(block);
    }
    // The last block has bytes before these.
    match bytes.last_chunk() {
        Some(block) => quotes_of_block(block).unbounded_shr((BLOCK - rest.len()) as u32),
        None => quotes_of_few(bytes) >> at,
    }
}

#[inline]
fn quotes_of_block(block: &[u8; BLOCK]) -> u64 {
    let (parts, _) = block.as_chunks::<STEP>();
    parts.iter().rev().fold(0, |bits, part| bits << STEP | quotes_of_step(part))
}

#[inline]
fn quotes_of_step(part: &[u8; STEP]) -> u64 {
    u64::from(u8x16::new(*part).simd_eq(u8x16::splat(b'"')).to_bitmask())
}

/// The same for less than 64 bytes.
#[inline]
fn quotes_of_few(bytes: &[u8]) -> u64 {
    let (parts, rest) = bytes.as_chunks::<STEP>();
    let mut last = [0; STEP];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    parts.iter().rev().fold(quotes_of_step(&last), |bits, part| bits << STEP | quotes_of_step(part))
}

/// The first `=` at or after `at`; it is expected to be near.
#[inline]
pub(crate) fn equals_sign(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(step) = step_at(bytes, at) {
        let found = step.simd_eq(u8x16::splat(b'=')).to_bitmask();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += STEP;
    }
    bytes.get(at..)?.iter().position(|byte| *byte == b'=').map(|found| at + found)
}

/// The `"` that ends the quoted string whose content starts at `at`.
pub(crate) fn closing_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        at = quote_or_backslash(bytes, at)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// `raw` with `\\`, `\"` and `\n` replaced; any other backslash stays.
pub(crate) fn unescape(raw: &[u8]) -> Cow<'_, [u8]> {
    unescape_where(raw, |byte| matches!(byte, b'\\' | b'"' | b'n'))
}

/// `raw` with `\\` and `\n` replaced; any other backslash stays.
pub(crate) fn unescape_help(raw: &[u8]) -> Cow<'_, [u8]> {
    unescape_where(raw, |byte| matches!(byte, b'\\' | b'n'))
}

fn unescape_where(raw: &[u8], escapable: impl Fn(u8) -> bool) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', raw) else { return Cow::Borrowed(raw) };
    let (plain, mut rest) = raw.split_at(first);
    let mut out = Vec::with_capacity(raw.len());
    out.extend_from_slice(plain);
    loop {
        match rest {
            [b'\\', byte, after @ ..] if escapable(*byte) => {
                out.push(if *byte == b'n' { b'\n' } else { *byte });
                rest = after;
            }
            [byte, after @ ..] => {
                out.push(*byte);
                rest = after;
            }
            [] => return Cow::Owned(out),
        }
    }
}

/// A metric name in metadata without its quotes.
pub(crate) fn unquote(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name)
}

/// Whether `body` is UTF-8 and has no NUL, so that a line needs no look at either.
pub(crate) fn is_usual(body: &[u8]) -> bool {
    memchr::memchr(0, body).is_none() && std::str::from_utf8(body).is_ok()
}

/// Text that was found to be UTF-8 before; anything else is replaced rather than lost.
pub(crate) fn text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => {
            std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
        }
        Cow::Owned(bytes) => Cow::Owned(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_bytes_is_found_anywhere() {
        for len in 0..100 {
            let mut bytes = vec![b'#'; len];
            assert_eq!(quote_or_backslash(&bytes, 0), None);
            for at in 0..len {
                for (stop, after) in [(b'"', b'\\'), (b'\\', b'#'), (b'"', b'#')] {
                    bytes[at] = stop;
                    bytes[at + 1..].fill(after);
                    assert_eq!(quote_or_backslash(&bytes, 0), Some(at));
                }
                bytes.fill(b'#');
            }
        }
    }

    #[test]
    fn runs_end_at_the_first_other_byte() {
        for byte in 0..=255u8 {
            for len in 0..20 {
                let mut bytes = vec![b'x'; len];
                bytes.extend([byte, b'"', b'-', byte, 0, 0, 0, 0]);
                let expected =
                    |belongs: fn(u8) -> bool| bytes.iter().position(|&byte| !belongs(byte)).unwrap();
                assert_eq!(label_end(&bytes, 0), expected(continues_label));
                assert_eq!(name_end(&bytes, 0), expected(continues_name));
                assert_eq!(equals_sign(&bytes, 0), bytes.iter().position(|&byte| byte == b'='));
            }
        }
    }

    #[test]
    fn every_quote_of_a_block_has_a_bit() {
        let bytes: Vec<u8> =
            (0..200).map(|at| if at % 7 == 0 || at % 11 == 3 { b'"' } else { b'x' }).collect();
        for len in 0..bytes.len() {
            for at in 0..=len {
                let block = bytes[at..len].iter().take(BLOCK);
                let expected = block.rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte == b'"'));
                assert_eq!(quotes(&bytes[..len], at), expected, "{at} of {len}");
            }
        }
    }

    #[test]
    fn escaped_quotes_do_not_close() {
        assert_eq!(closing_quote(br#"a\"b\\" x"#, 0), Some(6));
        assert_eq!(closing_quote(br#"a\""#, 0), None);
        assert_eq!(closing_quote(br#"a\"#, 0), None);
    }

    #[test]
    fn known_escapes_are_replaced_and_others_kept() {
        for (raw, label, help) in [
            (&br"plain"[..], &b"plain"[..], &b"plain"[..]),
            (br#"\\n\n\"\q\"#, b"\\n\n\"\\q\\", b"\\n\n\\\"\\q\\"),
        ] {
            assert_eq!(*unescape(raw), *label);
            assert_eq!(*unescape_help(raw), *help);
        }
    }
}
