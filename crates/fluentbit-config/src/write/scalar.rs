//! Scalars of YAML.

use std::fmt::Write as _;

/// Appends `text` as a scalar of a block collection: plain where that is the same text, else in quotes.
pub(super) fn push(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else if text.chars().all(is_printable) {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    } else {
        push_escaped(out, text);
    }
}

/// Appends the text of a comment, where YAML allows no control characters.
pub(super) fn push_comment(out: &mut String, text: &str) {
    let allowed = |c: char| if is_printable(c) || c == '\t' { c } else { char::REPLACEMENT_CHARACTER };
    out.extend(text.chars().map(allowed));
}

/// Whether the text means itself without quotes, to Fluent Bit and to other readers.
fn is_plain(text: &str) -> bool {
    const NULLS: [&str; 4] = ["~", "null", "Null", "NULL"];
    let Some(first) = text.chars().next() else { return false };
    let starts =
        first.is_alphanumeric() || matches!(first, '/' | '.' | '$' | '^' | '(' | '\\' | '<' | '_' | '+');
    starts
        && text.chars().all(is_printable)
        && !text.starts_with("...")
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains('\t')
        && !NULLS.contains(&text)
}

/// Whether the character may stand in a scalar as it is, on one line.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

fn push_escaped(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) <= 0xff => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::push;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        push(&mut out, text);
        assert_eq!(out, expected);
        let read = source_text::yaml::parse(source_text::SourceId::default(), &format!("a: {out}\n"))
            .expect("valid");
        assert_eq!(read[0].get("a").and_then(|node| node.as_str()), Some(text), "{out}");
    }

    #[test]
    fn quotes_only_where_needed() {
        check("tail", "tail");
        check("0.2", "0.2");
        check("/var/log/*.log", "/var/log/*.log");
        check("^(?<a>[^ ]+) b$", "^(?<a>[^ ]+) b$");
        check("*", "'*'");
        check("", "''");
        check("a # b", "'a # b'");
        check("a: b", "'a: b'");
        check("it's", "it's");
        check("'x'", "'''x'''");
        check("{\"a\":1}", "'{\"a\":1}'");
        check("-1", "'-1'");
        check("~", "'~'");
        check("a\nb\\\"\u{85}", "\"a\\nb\\\\\\\"\\x85\"");
        check("a\tb", "\"a\\tb\"");
        check("한 글", "한 글");
        check("\u{feff}", "\"\\ufeff\"");
        check("...", "'...'");
        check(" a", "' a'");
        check("a:", "'a:'");
    }
}
