//! Expected texts with placeholders.

use chrono::Utc;
use regex::Regex;

/// Whether `found` is `expected`, where `{NOW}` stands for any rendering of the time of the run and
/// `{TODAY}` for its date.
pub(crate) fn matches(expected: &str, found: &str) -> bool {
    if !expected.contains("{NOW}") && !expected.contains("{TODAY}") {
        return expected == found;
    }
    let pattern = regex::escape(expected)
        .replace(r"\{NOW\}", r"[0-9][0-9T:.\-+ eZ]*")
        .replace(r"\{TODAY\}", &regex::escape(&Utc::now().format("%Y.%m.%d").to_string()));
    Regex::new(&format!("^(?s:{pattern})$")).is_ok_and(|pattern| pattern.is_match(found))
}

/// Whether the lines agree; lines of different tags may come in any order.
pub(crate) fn lines_match(expected: &[&str], found: &[&str]) -> bool {
    if expected.len() != found.len() {
        return false;
    }
    let in_order = || expected.iter().zip(found).all(|(expected, found)| matches(expected, found));
    if in_order() {
        return true;
    }
    let mut left: Vec<&str> = found.to_vec();
    expected.iter().all(|expected| {
        let at = left.iter().position(|found| matches(expected, found));
        at.map(|at| left.remove(at)).is_some()
    })
}

/// Bytes as the golden cases write them: what is no UTF-8 as `\xNN`.
pub(crate) fn printable(mut bytes: &[u8]) -> String {
    let mut text = String::new();
    while !bytes.is_empty() {
        match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(rest);
                break;
            }
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                text.push_str(&String::from_utf8_lossy(good));
                let length = error.error_len().unwrap_or(bad.len());
                for byte in &bad[..length] {
                    text.push_str(&format!("\\x{byte:02x}"));
                }
                bytes = &bad[length..];
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        assert!(matches("[0] a: [[{NOW}, {}], 1]", "[0] a: [[1700000000.123456789, {}], 1]"));
        assert!(matches("{NOW}", "2023-11-14T22:13:20.000000Z"));
        assert!(!matches("a{NOW}", "ab"));
        assert!(lines_match(&["b {NOW}", "a"], &["a", "b 12"]));
        assert!(!lines_match(&["a", "a"], &["a", "b"]));
        assert_eq!(printable(b"a\xffb\xc3"), "a\\xffb\\xc3");
    }
}
