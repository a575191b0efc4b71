//! JSON strings.

use wide::u8x16;

use super::Style;

/// Appends `text` in quotes.
///
/// Escaped are the quote, the backslash, the control characters and DEL; the slash is not.
///
/// ```
/// use event_model::json::{Style, string};
///
/// let mut out = Vec::new();
/// string(&mut out, "a/\"\n\u{1f600}".as_bytes(), Style::Ascii);
/// assert_eq!(out, br#""a/\"\n\ud83d\ude00""#);
/// ```
pub fn string(out: &mut Vec<u8>, text: &[u8], style: Style) {
    // Room for the quotes, and for the step that is copied before it is known how much of it counts.
    out.reserve(text.len() + 2 + CHUNK);
    out.push(b'"');
    // Keys and most values are short and clean.
    if text.len() <= BLOCK && is_clean(text) {
        out.extend_from_slice(text);
        out.push(b'"');
        return;
    }
    let mut rest = common(out, text);
    while let Some((chunk, after)) = rest.split_first_chunk::<CHUNK>() {
        let dirty = dirty_bytes(chunk);
        let start = out.len();
        out.extend_from_slice(chunk);
        rest = if dirty == 0 {
            after
        } else {
            let clean = dirty.trailing_zeros() as usize;
            out.truncate(start + clean);
            character(out, &rest[clean..], style)
        };
    }
    while !rest.is_empty() {
        let clean = rest.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..clean]);
        rest = &rest[clean..];
        if !rest.is_empty() {
            rest = character(out, rest, style);
        }
    }
    out.push(b'"');
}

/// Writes as much of the text as takes no escape but those of a backslash and a letter. Returns the rest, which is
/// empty or begins with a character that has another one.
fn common<'t>(out: &mut Vec<u8>, text: &'t [u8]) -> &'t [u8] {
    let start = out.len();
    // Room for an escape instead of every byte. To set it to zero costs less than to look at each step whether there is
    // room, since a document inside of a text has a quote every few bytes.
    out.resize(start + 2 * text.len() + CHUNK, 0);
    let mut writer = Runs { room: &mut out[start..], written: 0, text };
    // Bytes are looked at in blocks, so that finding the next one to escape does not wait for the one before.
    let (blocks, tail) = text.as_chunks::<BLOCK>();
    let mut rare = None;
    for (number, block) in blocks.iter().enumerate() {
        let base = number * BLOCK;
        rare = writer.block(base, base + BLOCK, dirty_bits(block));
        if rare.is_some() {
            break;
        }
    }
    if rare.is_none() && !tail.is_empty() {
        let mut block = [b' '; BLOCK];
        block[..tail.len()].copy_from_slice(tail);
        rare = writer.block(text.len() - tail.len(), text.len(), dirty_bits(&block));
    }
    let written = writer.written;
    out.truncate(start + written);
    rare.map_or(&[], |at| &text[at..])
}

/// Copies the runs between characters that are escaped.
struct Runs<'r, 't> {
    room: &'r mut [u8],
    written: usize,
    text: &'t [u8],
}

impl Runs<'_, '_> {
    /// Writes the bytes from `from` to `to`; those with a bit in `dirty`, which counts from `from`, are escaped. Stops
    /// at one whose escape is not a backslash and a letter, and says where that is.
    #[inline(always)]
    fn block(&mut self, from: usize, to: usize, mut dirty: u64) -> Option<usize> {
        let mut next = from;
        while dirty != 0 {
            let at = from + dirty.trailing_zeros() as usize;
            dirty &= dirty - 1;
            self.run(next, at);
            let escape = ESCAPES[usize::from(self.text[at])];
            if escape <= NOT_ASCII {
                return Some(at);
            }
            if let Some(room) = self.room.get_mut(self.written..self.written + 2) {
                room.copy_from_slice(&[b'\\', escape]);
            }
            self.written += 2;
            next = at + 1;
        }
        self.run(next, to);
        None
    }

    /// Copies bytes that are written as they are.
    #[inline(always)]
    fn run(&mut self, from: usize, to: usize) {
        let len = to - from;
        let at = self.written;
        self.written += len;
        // Most runs are shorter than a chunk. What is copied beyond their end is written over.
        if len <= CHUNK
            && let (Some(from), Some(to)) =
                (self.text.get(from..from + CHUNK), self.room.get_mut(at..at + CHUNK))
        {
            to.copy_from_slice(from);
        } else if let (Some(from), Some(to)) = (self.text.get(from..to), self.room.get_mut(at..at + len)) {
            to.copy_from_slice(from);
        }
    }
}

/// Writes the character at the start of `rest`, which is to be escaped or is not ASCII. Returns what follows
/// it.
#[inline(always)]
fn character<'t>(out: &mut Vec<u8>, rest: &'t [u8], style: Style) -> &'t [u8] {
    let escape = ESCAPES[usize::from(rest[0])];
    if escape > NOT_ASCII {
        out.extend_from_slice(&[b'\\', escape]);
        &rest[1..]
    } else {
        rare_character(out, rest, style)
    }
}

#[inline(never)]
fn rare_character<'t>(out: &mut Vec<u8>, rest: &'t [u8], style: Style) -> &'t [u8] {
    let used = match (rest[0], style) {
        (byte @ ..0x80, _) => {
            code_unit(out, byte.into());
            1
        }
        (_, Style::Ascii) => escaped_character(out, rest),
        (_, Style::Utf8) => raw_characters(out, rest),
        (_, Style::Utf8Truncating) => raw_character_truncating(out, rest),
    };
    &rest[used..]
}

/// What to do with a byte: nothing (0), write a backslash and a letter, or one of the two marks below.
static ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0_u8;
    loop {
        escapes[byte as usize] = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0..0x20 | 0x7f => CODE_UNIT,
            0x20..0x7f => 0,
            0x80.. => NOT_ASCII,
        };
        if byte == u8::MAX {
            break escapes;
        }
        byte += 1;
    }
};
/// The character is written as `\u....`.
const CODE_UNIT: u8 = 1;
/// What is written depends on the style.
const NOT_ASCII: u8 = 2;

/// How many bytes are looked at at once.
const CHUNK: usize = 16;
/// How many have their bits in one word.
const BLOCK: usize = 64;

/// A bit for each byte of a block that is to be escaped or is not ASCII.
#[inline(always)]
fn dirty_bits(block: &[u8; BLOCK]) -> u64 {
    let (chunks, _) = block.as_chunks::<CHUNK>();
    chunks.iter().rev().fold(0, |bits, chunk| bits << CHUNK | u64::from(dirty_bytes(chunk)))
}

/// A bit for each byte that is to be escaped or is not ASCII.
#[inline(always)]
fn dirty_bytes(chunk: &[u8; CHUNK]) -> u32 {
    let bytes = u8x16::new(*chunk);
    let at_most = |most| bytes.min(u8x16::splat(most)).simd_eq(bytes);
    let at_least = |least| bytes.max(u8x16::splat(least)).simd_eq(bytes);
    let is = |byte| bytes.simd_eq(u8x16::splat(byte));
    (at_most(0x1f) | at_least(0x7f) | is(b'"') | is(b'\\')).to_bitmask()
}

/// Whether a text no longer than a block is ASCII without anything to escape.
#[inline(always)]
fn is_clean(text: &[u8]) -> bool {
    if let Some(last) = text.last_chunk::<CHUNK>() {
        // The last chunk overlaps the one before.
        let (chunks, _) = text.as_chunks::<CHUNK>();
        return chunks.iter().fold(dirty_bytes(last), |dirty, chunk| dirty | dirty_bytes(chunk)) == 0;
    }
    // The first and the last bytes, which overlap, make a word without a loop.
    let word = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        return has_no_dirty_byte(u64::from_le_bytes(*first)) && has_no_dirty_byte(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else if let [first, .., last] = text {
        u64::from_le_bytes([*first, text[text.len() / 2], *last, b' ', b' ', b' ', b' ', b' '])
    } else {
        return text.first().is_none_or(|byte| ESCAPES[usize::from(*byte)] == 0);
    };
    has_no_dirty_byte(word)
}

/// Whether none of eight bytes is to be escaped or is not ASCII.
#[inline(always)]
fn has_no_dirty_byte(word: u64) -> bool {
    const fn repeat(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // Of bytes below 0x80, no sum leaves its byte. A borrow comes from a byte that is dirty itself.
    let zero = |word: u64| word.wrapping_sub(repeat(1)) & !word;
    let control = word.wrapping_sub(repeat(0x20));
    let above = word | word.wrapping_add(repeat(1));
    let special = zero(word ^ repeat(b'"')) | zero(word ^ repeat(b'\\'));
    (control | above | special) & repeat(0x80) == 0
}

fn code_unit(out: &mut Vec<u8>, unit: u16) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |shift: u16| DIGITS[usize::from(unit >> shift & 15)];
    out.extend_from_slice(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

/// How many bytes a lead byte announces, by the generous table of old UTF-8.
const fn announced(lead: u8) -> usize {
    match lead {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        0xf8..=0xfb => 5,
        0xfc..=0xff => 6,
        _ => 1,
    }
}

/// Writes the character at the start of `text`, which is not ASCII, as escapes. Returns how many bytes it
/// took.
fn escaped_character(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let Some(character) = text.get(..announced(text[0])) else { return 1 };
    match std::str::from_utf8(character) {
        Ok(character) => {
            for unit in character.encode_utf16() {
                code_unit(out, unit);
            }
            character.len()
        }
        Err(_) => private_use(out, &character[..valid_start(character)]),
    }
}

/// How many bytes of an ill-formed sequence are read before it is seen to be so; one at least.
fn valid_start(sequence: &[u8]) -> usize {
    let well_formed = |length: &usize| {
        // A start is well formed if only the end is missing.
        std::str::from_utf8(&sequence[..*length]).is_err_and(|error| error.error_len().is_none())
    };
    (1..sequence.len()).take_while(well_formed).last().unwrap_or(1)
}

/// Writes each byte as the character U+E000 plus the byte. Returns how many there were.
fn private_use(out: &mut Vec<u8>, bytes: &[u8]) -> usize {
    for byte in bytes {
        out.extend_from_slice(&[0xee, 0x80 | byte >> 6, 0x80 | byte & 0x3f]);
    }
    bytes.len()
}

/// Writes the characters at the start of `text` that are not ASCII. Returns how many bytes they took.
fn raw_characters(out: &mut Vec<u8>, text: &[u8]) -> usize {
    // Not all at once: a long run with many errors would be searched again for each of them.
    let text = &text[..text.len().min(64)];
    let run = text.iter().position(u8::is_ascii).unwrap_or(text.len());
    match std::str::from_utf8(&text[..run]) {
        Ok(_) => {
            out.extend_from_slice(&text[..run]);
            run
        }
        Err(error) if error.valid_up_to() > 0 => {
            out.extend_from_slice(&text[..error.valid_up_to()]);
            error.valid_up_to()
        }
        Err(_) => {
            out.extend_from_slice("\u{fffd}".as_bytes());
            1
        }
    }
}

/// Writes the character at the start of `text`, which is not ASCII, as Fluent Bit 1.8.11 does: it looks at
/// the two high bits of each byte only. Returns how many bytes it took.
fn raw_character_truncating(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let Some(character) = text.get(..announced(text[0])) else { return text.len() };
    if text[0] < 0xc0 {
        return private_use(out, character);
    }
    let following = character[1..].iter().take_while(|byte| *byte & 0xc0 == 0x80).count();
    if following + 1 == character.len() {
        out.extend_from_slice(character);
        character.len()
    } else {
        private_use(out, &character[..=following])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &[u8], [ascii, utf8, truncating]: [&str; 3]) {
        for (style, expected) in
            [(Style::Ascii, ascii), (Style::Utf8, utf8), (Style::Utf8Truncating, truncating)]
        {
            let mut out = Vec::new();
            string(&mut out, text, style);
            assert_eq!(String::from_utf8_lossy(&out), format!("\"{expected}\""), "{text:?} {style:?}");
        }
    }

    #[test]
    fn escapes() {
        for (text, expected) in [
            (&b""[..], ""),
            (b"plain text / of more than thirty-two bytes, so that blocks are used", ""),
            (b"a\"b\\c\n\t\r\x08\x0c/", r#"a\"b\\c\n\t\r\b\f/"#),
            (b"\0\x01\x1f\x7f", r"\u0000\u0001\u001f\u007f"),
        ] {
            let expected = if expected.is_empty() {
                String::from_utf8_lossy(text).into_owned()
            } else {
                expected.to_owned()
            };
            check(text, [&expected; 3]);
        }
    }

    #[test]
    fn characters_above_ascii() {
        check("hé 한 😀".as_bytes(), [r"h\u00e9 \ud55c \ud83d\ude00", "hé 한 😀", "hé 한 😀"]);
    }

    #[test]
    fn bytes_that_are_no_utf8() {
        // A lead byte without enough bytes after it.
        check(b"a\xffb\xc3", ["ab", "a\u{fffd}b\u{fffd}", "a"]);
        // A byte that leads nothing.
        check(b"a\x80bcdefgh", ["a\u{e080}bcdefgh", "a\u{fffd}bcdefgh", "a\u{e080}bcdefgh"]);
        check(b"a\xffbcdefgh", ["a\u{e0ff}bcdefgh", "a\u{fffd}bcdefgh", "a\u{e0ff}bcdefgh"]);
        // Latin-1 in the middle.
        check(b"caf\xe9 au lait", ["caf\u{e0e9} au lait", "caf\u{fffd} au lait", "caf\u{e0e9} au lait"]);
        // A sequence that breaks off after two bytes of three.
        check(b"\xe2\x82x", ["\u{e0e2}\u{e082}x", "\u{fffd}\u{fffd}x", "\u{e0e2}\u{e082}x"]);
        // An overlong form and a surrogate: the old release lets both through.
        let mut out = Vec::new();
        string(&mut out, b"\xc0\x80\xed\xa0\x80", Style::Utf8Truncating);
        assert_eq!(out, b"\"\xc0\x80\xed\xa0\x80\"");
        check_ascii(b"\xc0\x80", "\u{e0c0}\u{e080}");
        check_ascii(b"\xed\xa0\x80", "\u{e0ed}\u{e0a0}\u{e080}");
    }

    fn check_ascii(text: &[u8], expected: &str) {
        let mut out = Vec::new();
        string(&mut out, text, Style::Ascii);
        assert_eq!(String::from_utf8_lossy(&out), format!("\"{expected}\""), "{text:?}");
    }

    #[test]
    fn long_runs_of_characters_and_of_errors() {
        let text = "가".repeat(100);
        check(text.as_bytes(), [&r"\uac00".repeat(100), &text, &text]);
        check(&[0x80; 100], [&"\u{e080}".repeat(100), &"\u{fffd}".repeat(100), &"\u{e080}".repeat(100)]);
    }

    #[test]
    fn what_is_dirty() {
        for byte in 0..=u8::MAX {
            let dirty = byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f..);
            assert_eq!(ESCAPES[usize::from(byte)] != 0, dirty, "{byte}");
            for (length, at) in (1..=BLOCK).flat_map(|length| (0..length).map(move |at| (length, at))) {
                let mut text = vec![b'x'; length];
                text[at] = byte;
                assert_eq!(is_clean(&text), !dirty, "{byte} at {at} of {length}");
            }
        }
        assert!(is_clean(b""));
    }

    proptest! {
        #[test]
        fn text_reads_back(text: String) {
            for style in [Style::Ascii, Style::Utf8, Style::Utf8Truncating] {
                let mut out = Vec::new();
                string(&mut out, text.as_bytes(), style);
                prop_assert_eq!(&serde_json::from_slice::<String>(&out).unwrap(), &text);
                prop_assert_eq!(out.is_ascii(), text.is_ascii() || style == Style::Ascii);
            }
        }

        #[test]
        fn the_quick_search_finds_what_the_slow_one_finds(chunk: [u8; CHUNK], clean in 0..CHUNK) {
            for chunk in [chunk, std::array::from_fn(|at| if at < clean { b'x' } else { chunk[at] })] {
                let slow = (0..CHUNK).filter(|at| ESCAPES[usize::from(chunk[*at])] != 0);
                prop_assert_eq!(dirty_bytes(&chunk), slow.fold(0, |bits, at| bits | 1 << at));
            }
        }

        #[test]
        fn text_of_any_length_is_escaped_alike(before in 0_usize..80, dirt: Vec<u8>, after in 0_usize..80) {
            let text = [vec![b'x'; before], dirt, vec![b'y'; after]].concat();
            let slow: Vec<u8> = text.iter().filter(|byte| byte.is_ascii()).flat_map(|byte| {
                let mut out = Vec::new();
                string(&mut out, &[*byte], Style::Utf8);
                out[1..out.len() - 1].to_vec()
            }).collect();
            let mut out = Vec::new();
            string(&mut out, &text, Style::Utf8);
            let quick: Vec<u8> = out[1..out.len() - 1].iter().copied().filter(u8::is_ascii).collect();
            prop_assert_eq!(quick, slow);
        }

        #[test]
        fn any_bytes_give_json(text: Vec<u8>) {
            for style in [Style::Ascii, Style::Utf8] {
                let mut out = Vec::new();
                string(&mut out, &text, style);
                prop_assert!(serde_json::from_slice::<String>(&out).is_ok());
            }
        }
    }
}
