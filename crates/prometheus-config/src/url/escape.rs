//! Percent-encoding, which differs between the parts of a URL.

use prometheus_labels::quoted;

/// A part of a URL with rules of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    User,
    Host,
    Zone,
    Query,
    Fragment,
}

/// Whether `byte` has to be escaped in `part`.
pub(super) fn must_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
        return false;
    }
    match part {
        Part::Host | Part::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&byte),
        Part::Path => !b"$&+,/:;=@".contains(&byte),
        Part::User => !b"$&+,;=".contains(&byte),
        Part::Query => true,
        Part::Fragment => !b"$&+,/:;=?@!()*".contains(&byte),
    }
}

/// Appends `bytes`, escaped for `part`, to `out`.
pub(super) fn escape(bytes: &[u8], part: Part, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        if !must_escape(*byte, part) {
            out.push(char::from(*byte));
        } else if *byte == b' ' && part == Part::Query {
            out.push('+');
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)]));
            out.push('%');
            out.extend(digits);
        }
    }
}

/// `text` without its escapes; `Err` is Go's message.
pub(super) fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte != b'%' {
            if matches!(part, Part::Host | Part::Zone) && byte.is_ascii() && must_escape(*byte, part) {
                return Err(format!(
                    "invalid character {} in host name",
                    quoted(&char::from(*byte).to_string())
                ));
            }
            out.push(if *byte == b'+' && part == Part::Query { b' ' } else { *byte });
            at += 1;
            continue;
        }
        let escape = bytes.get(at..at + 3).unwrap_or(&bytes[at..]);
        let invalid = || Err(format!("invalid URL escape {}", quoted(escape)));
        let [_, high, low] = escape else { return invalid() };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else { return invalid() };
        let value = high << 4 | low;
        // A host may hide only what is not ASCII, and the percent sign of a zone.
        let allowed = match part {
            Part::Host => high >= 8 || escape == b"%25",
            Part::Zone => escape == b"%25" || value == b' ' || !must_escape(value, Part::Host),
            _ => true,
        };
        if !allowed {
            return invalid();
        }
        out.push(value);
        at += 3;
    }
    Ok(out)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
