//! Byte strings as Go's `%q` prints them: Prometheus' error texts contain them.

use std::fmt::Write as _;

/// Appends `bytes` to `out` in double quotes, escaped as Go's `strconv.Quote` does it.
pub(crate) fn quote_into(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            quote_char(out, c);
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
}

/// `bytes` in double quotes, escaped as Go's `strconv.Quote` does it.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    quote_into(&mut out, bytes);
    out
}

fn quote_char(out: &mut String, c: char) {
    match c {
        '"' | '\\' => {
            out.push('\\');
            out.push(c);
        }
        ' '..='~' => out.push(c),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        '\0'..='\x1f' | '\x7f' => {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        }
        _ if is_printable(c) => out.push(c),
        '\u{80}'..='\u{ffff}' => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        _ => {
            let _ = write!(out, "\\U{:08x}", u32::from(c));
        }
    }
}

/// Whether `c` is a letter, mark, number, punctuation or symbol.
///
/// The standard library knows and keeps it to itself, but shows it: `str::escape_debug` escapes what is
/// not printable, and past the first character nothing else.
fn is_printable(c: char) -> bool {
    let mut buffer = [b'a'; 5];
    let len = c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..=len]).is_ok_and(|text| text.escape_debug().nth(1) == Some(c))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn bytes_are_quoted_as_go_does() {
        for (bytes, expected) in [
            (&b"plain"[..], r#""plain""#),
            (b"a\"\\'", r#""a\"\\'""#),
            (b"\x07\x08\x0c\n\r\t\x0b\0\x1b\x7f", r#""\a\b\f\n\r\t\v\x00\x1b\x7f""#),
            (b"\xff\xe2\x80", r#""\xff\xe2\x80""#),
            ("\u{a0}\u{200b}\u{ad}".as_bytes(), r#""\u00a0\u200b\u00ad""#),
            ("é\u{301}日\u{1f600}\u{fffd}".as_bytes(), "\"é\u{301}日\u{1f600}\u{fffd}\""),
            ("\u{e0001}".as_bytes(), r#""\U000e0001""#),
        ] {
            assert_eq!(quote(bytes), expected);
        }
    }
}
