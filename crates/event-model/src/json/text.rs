//! JSON strings.

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
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    loop {
        let clean = clean_prefix(rest);
        let (run, dirty) = rest.split_at(clean);
        out.extend_from_slice(run);
        let Some(&byte) = dirty.first() else { break };
        let used = if byte < 0x80 {
            escape(out, byte);
            1
        } else {
            match style {
                Style::Ascii => escaped_character(out, dirty),
                Style::Utf8 => raw_characters(out, dirty),
                Style::Utf8Truncating => raw_character_truncating(out, dirty),
            }
        };
        rest = &dirty[used..];
    }
    out.push(b'"');
}

/// How many bytes from the start are written as they are: ASCII that needs no escape.
fn clean_prefix(text: &[u8]) -> usize {
    let mut at = 0;
    // Whole blocks first: the compiler turns the test into a few vector instructions.
    while let Some(block) = text.get(at..at + 32) {
        if block.iter().fold(false, |dirty, byte| dirty | is_dirty(*byte)) {
            break;
        }
        at += 32;
    }
    while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let dirty = dirty_bytes(u64::from_le_bytes(*word));
        if dirty != 0 {
            return at + dirty.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let tail = text.get(at..).unwrap_or_default();
    at + tail.iter().position(|byte| is_dirty(*byte)).unwrap_or(tail.len())
}

const fn is_dirty(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\' || byte >= 0x7f
}

/// The high bit of each byte of `word` that is dirty. Bytes above the first dirty one may be marked wrongly.
const fn dirty_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zeros(word ^ (ONES * b'"' as u64));
    let backslash = zeros(word ^ (ONES * b'\\' as u64));
    let delete = zeros(word ^ (ONES * 0x7f));
    (control | quote | backslash | delete | word) & HIGH
}

/// Writes an ASCII character that has to be escaped.
fn escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => return code_unit(out, byte.into()),
    };
    out.extend_from_slice(&[b'\\', short]);
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

/// Writes the character at the start of `text`, which is not ASCII, as escapes. Returns how many bytes it took.
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
    let run = text.iter().position(|byte| byte.is_ascii()).unwrap_or(text.len());
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

/// Writes the character at the start of `text`, which is not ASCII, as Fluent Bit 1.8.11 does: it looks at the
/// two high bits of each byte only. Returns how many bytes it took.
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
        fn the_quick_search_finds_what_the_slow_one_finds(text: Vec<u8>, dirt in 0_usize..80) {
            let text: Vec<u8> = [vec![b'x'; dirt], text].concat();
            let slow = text.iter().position(|byte| is_dirty(*byte)).unwrap_or(text.len());
            prop_assert_eq!(clean_prefix(&text), slow);
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
