//! Texts in messages.

use std::fmt::{self, Write};

/// `bytes` in double quotes as Go's `%q` prints them, which is how they stand in Prometheus' messages.
///
/// ```
/// assert_eq!(prometheus_labels::quoted("a\"é\n\u{200B}").to_string(), r#""a\"é\n\u200b""#);
/// assert_eq!(prometheus_labels::quoted(b"\xFF").to_string(), r#""\xff""#);
/// ```
pub fn quoted<T: AsRef<[u8]> + ?Sized>(bytes: &T) -> impl fmt::Display + '_ {
    fmt::from_fn(|f| {
        f.write_char('"')?;
        for chunk in bytes.as_ref().utf8_chunks() {
            chunk.valid().chars().try_for_each(|char| quote_char(f, char))?;
            chunk.invalid().iter().try_for_each(|byte| write!(f, r"\x{byte:02x}"))?;
        }
        f.write_char('"')
    })
}

fn quote_char(f: &mut fmt::Formatter<'_>, char: char) -> fmt::Result {
    let letter = match char {
        '"' | '\\' => char,
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0C' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0B' => 'v',
        _ if is_printable(char) => return f.write_char(char),
        _ => {
            return match u32::from(char) {
                code @ ..0x80 => write!(f, r"\x{code:02x}"),
                code @ ..0x1_0000 => write!(f, r"\u{code:04x}"),
                code => write!(f, r"\U{code:08x}"),
            };
        }
    };
    f.write_char('\\')?;
    f.write_char(letter)
}

/// Whether `char` is a letter, mark, number, punctuation or symbol, or the plain space.
fn is_printable(char: char) -> bool {
    if char.is_ascii() {
        return matches!(char, ' '..='~');
    }
    // The standard library escapes what is not printable, and what would join a character before it. So
    // let it follow one: then only the former remains.
    let mut text = [b'a'; 5];
    let len = char.encode_utf8(&mut text[1..]).len();
    str::from_utf8(&text[..=len]).is_ok_and(|text| text.escape_debug().nth(1) == Some(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(quoted(bytes).to_string(), expected);
    }

    #[test]
    fn as_go_prints() {
        check(b"", r#""""#);
        check(b"a b'`", r#""a b'`""#);
        check(b"\"\\\0\x07\x08\x0C\n\r\t\x0B\x1B\x7F", r#""\"\\\x00\a\b\f\n\r\t\v\x1b\x7f""#);
        check("éo\u{301}日😀\u{301}".as_bytes(), "\"éo\u{301}日😀\u{301}\"");
        check("\u{AD}\u{A0}\u{200B}\u{E000}\u{E0001}".as_bytes(), r#""\u00ad\u00a0\u200b\ue000\U000e0001""#);
        check(b"a\xC3\xFFb", r#""a\xc3\xffb""#);
        check(b"plain", r#""plain""#);
        check(b"a\"\\'", r#""a\"\\'""#);
        check(b"\x07\x08\x0c\n\r\t\x0b\0\x1b\x7f", r#""\a\b\f\n\r\t\v\x00\x1b\x7f""#);
        check(b"\xff\xe2\x80", r#""\xff\xe2\x80""#);
        check("\u{a0}\u{200b}\u{ad}".as_bytes(), r#""\u00a0\u200b\u00ad""#);
        check("é\u{301}日\u{1f600}\u{fffd}".as_bytes(), "\"é\u{301}日\u{1f600}\u{fffd}\"");
        check("\u{e0001}".as_bytes(), r#""\U000e0001""#);
    }
}
