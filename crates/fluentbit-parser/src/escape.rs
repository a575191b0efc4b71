//! Fluent Bit's three ways to take escapes out of a text. All accept anything.

use event_model::{Arena, Compat};

/// Takes out the escapes of C and JSON, and ends at a NUL, as `flb_unescape_string_utf8` does.
///
/// 5.1.1 puts surrogate pairs together; 1.8.11 writes each half by itself, which is not UTF-8.
pub(crate) fn utf8<'a>(text: &'a [u8], compat: Compat, arena: &'a Arena, room: &mut Vec<u8>) -> &'a [u8] {
    let Some(mut at) = memchr::memchr2(b'\\', 0, text) else { return text };
    room.clear();
    room.extend_from_slice(text.get(..at).unwrap_or_default());
    loop {
        let rest = text.get(at..).unwrap_or_default();
        match rest {
            [] | [0, ..] => return arena.bytes(room),
            [b'\\', escaped @ ..] if !escaped.is_empty() => {
                let (code, used) = read_escape(escaped, compat);
                push_code(room, code);
                at += 1 + used;
            }
            [byte, ..] => {
                room.push(*byte);
                at += 1;
            }
        }
    }
}

/// Takes out the escapes of C without numbers, as `flb_unescape_string` does: a backslash before anything
/// else is dropped.
pub(crate) fn simple<'a>(text: &'a [u8], arena: &'a Arena, room: &mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'\\', text).is_none() {
        return text;
    }
    room.clear();
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return arena.bytes(room),
            [b'\\', letter, after @ ..] => match letter {
                b'\\' => push(room, b'\\', after),
                b'"' | b'\'' | b'/' => push(room, *letter, after),
                letter => match control(*letter) {
                    Some(byte) => push(room, byte, after),
                    // Only the backslash goes; what follows is looked at again.
                    None => rest.get(1..).unwrap_or_default(),
                },
            },
            [byte, after @ ..] => push(room, *byte, after),
        }
    }
}

/// Takes off the quotes of a MySQL string and its escapes. Text that is not in quotes stays as it is.
pub(crate) fn mysql<'a>(text: &'a [u8], arena: &'a Arena, room: &mut Vec<u8>) -> &'a [u8] {
    let ([b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"']) = text else { return text };
    if memchr::memchr(b'\\', inner).is_none() {
        return inner;
    }
    room.clear();
    let mut rest = inner;
    loop {
        rest = match rest {
            [] => return arena.bytes(room),
            [b'\\', letter, after @ ..] => match letter {
                b'n' => push(room, b'\n', after),
                b'r' => push(room, b'\r', after),
                b't' => push(room, b'\t', after),
                b'0' => push(room, 0, after),
                b'Z' => push(room, 0x1a, after),
                b'\\' | b'\'' | b'"' => push(room, *letter, after),
                _ => {
                    room.push(b'\\');
                    push(room, *letter, after)
                }
            },
            [byte, after @ ..] => push(room, *byte, after),
        }
    }
}

fn push<'t>(room: &mut Vec<u8>, byte: u8, rest: &'t [u8]) -> &'t [u8] {
    room.push(byte);
    rest
}

/// C's control escapes.
fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

/// A code point, or a byte to take as it is.
#[derive(Clone, Copy)]
enum Code {
    Point(u32),
    Byte(u8),
}

/// The escape whose backslash stands before `text`, and its length.
fn read_escape(text: &[u8], compat: Compat) -> (Code, usize) {
    let Some(&letter) = text.first() else { return (Code::Byte(b'\\'), 0) };
    let digits = |from, radix, most| read_digits(text.get(from..).unwrap_or_default(), radix, most);
    let numbered = |(value, len): (u32, usize)| {
        let code = if len == 0 { Code::Byte(letter) } else { Code::Point(value) };
        (code, 1 + len)
    };
    match letter {
        b'0'..=b'7' => {
            let (value, len) = digits(0, 8, 3);
            (Code::Point(value), len)
        }
        b'x' => numbered(digits(1, 16, 2)),
        b'U' => numbered(digits(1, 16, 8)),
        b'u' => {
            let (value, len) = digits(1, 16, 4);
            if compat == Compat::V1_8 || !(0xD800..0xE000).contains(&value) {
                return numbered((value, len));
            }
            let second = text.get(1 + len..).filter(|rest| rest.starts_with(b"\\u"));
            let (low, low_len) =
                second.map_or((0, 0), |rest| read_digits(rest.get(2..).unwrap_or_default(), 16, 4));
            if value < 0xDC00 && (0xDC00..0xE000).contains(&low) {
                let point = 0x1_0000 + ((value - 0xD800) << 10) + (low - 0xDC00);
                (Code::Point(point), 1 + len + 2 + low_len)
            } else {
                (Code::Point(u32::from(char::REPLACEMENT_CHARACTER)), 1 + len)
            }
        }
        letter => (Code::Byte(control(letter).unwrap_or(letter)), 1),
    }
}

fn read_digits(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    text.iter()
        .take(most)
        .map_while(|&byte| char::from(byte).to_digit(radix))
        .fold((0, 0), |(value, len), digit| (value.wrapping_mul(radix) | digit, len + 1))
}

/// Appends a code point as UTF-8 is formed, surrogates too; above the range, its low byte.
#[expect(clippy::cast_possible_truncation, reason = "each byte takes its six or eight low bits")]
fn push_code(room: &mut Vec<u8>, code: Code) {
    let point = match code {
        Code::Byte(byte) => return room.push(byte),
        Code::Point(point) => point,
    };
    let tail = |shift: u32| (point >> shift) as u8 & 0x3F | 0x80;
    match point {
        0..0x80 => room.push(point as u8),
        0x80..0x800 => room.extend([(point >> 6) as u8 | 0xC0, tail(0)]),
        0x800..0x1_0000 => room.extend([(point >> 12) as u8 | 0xE0, tail(6), tail(0)]),
        0x1_0000..0x11_0000 => room.extend([(point >> 18) as u8 | 0xF0, tail(12), tail(6), tail(0)]),
        _ => room.push(point as u8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_utf8(compat: Compat, text: &[u8], expected: &[u8]) {
        let arena = Arena::new();
        assert_eq!(utf8(text, compat, &arena, &mut Vec::new()), expected, "{}", text.escape_ascii());
    }

    #[test]
    fn utf8_escapes() {
        for compat in [Compat::V5_1, Compat::V1_8] {
            for (text, expected) in [
                (&br"plain"[..], &b"plain"[..]),
                (br"a\tb\nc\r\b\f\v\a", b"a\tb\nc\r\x08\x0c\x0b\x07"),
                (br#"\"\'\\\/\q"#, b"\"'\\/q"),
                (br"\x41\x4\x", b"A\x04x"),
                (br"\101\0\8", b"A\x008"),
                (br"\u00e9\u41\u", "éAu".as_bytes()),
                (br"\U0001F600\UFFFFFFFF", b"\xF0\x9F\x98\x80\xFF"),
                (b"\xFF\\n\xC3", b"\xFF\n\xC3"),
                (b"a\0b", b"a"),
                (br"end\", br"end\"),
            ] {
                check_utf8(compat, text, expected);
            }
        }
        check_utf8(Compat::V5_1, br"\ud83d\ude00", "😀".as_bytes());
        check_utf8(Compat::V1_8, br"\ud83d\ude00", b"\xED\xA0\xBD\xED\xB8\x80");
        check_utf8(Compat::V5_1, br"\ud83dx\ude00\ud83d\u0041", "\u{FFFD}x\u{FFFD}\u{FFFD}A".as_bytes());
    }

    #[test]
    fn simple_escapes() {
        for (text, expected) in [
            (&br"plain"[..], &b"plain"[..]),
            (br"a\nb\tc\\n\v", b"a\nb\tc\\n\x0b"),
            (br#"\"x\u0041\q"#, br#""xu0041q"#),
            (br"end\", br"end\"),
        ] {
            let arena = Arena::new();
            assert_eq!(simple(text, &arena, &mut Vec::new()), expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn mysql_strings() {
        for (text, expected) in [
            (&br"'a\nb'"[..], &b"a\nb"[..]),
            (br#""a\0\Z\'\x""#, b"a\0\x1a'\\x"),
            (br"'plain'", b"plain"),
            (br"plain\n", br"plain\n"),
            (br"'", br"'"),
            (br"''", br""),
            (br"'a\'", br"a\"),
        ] {
            let arena = Arena::new();
            assert_eq!(mysql(text, &arena, &mut Vec::new()), expected, "{}", text.escape_ascii());
        }
    }
}
