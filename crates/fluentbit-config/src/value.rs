//! How Fluent Bit reads the text of a value.

use std::borrow::Cow;

use event_model::Compat;

/// Reads a boolean: `true`, `on`, `yes`, `false`, `off` and `no` in any case. Digits are no booleans.
#[must_use]
pub fn parse_bool(text: &str) -> Option<bool> {
    let is_any = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_any(["true", "on", "yes"]) {
        Some(true)
    } else if is_any(["false", "off", "no"]) {
        Some(false)
    } else {
        None
    }
}

/// Reads a whole number like C's `atoi`: white space, a sign, digits; what follows is ignored, and a text
/// without a number is 0. Numbers too large stop at the ends of the range.
#[must_use]
pub fn parse_int(text: &str) -> i64 {
    let text = text.trim_start_matches(is_space);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let magnitude = digits[..end]
        .bytes()
        .try_fold(0_i64, |number, digit| number.checked_mul(10)?.checked_add(i64::from(digit - b'0')));
    match (magnitude, text.starts_with('-')) {
        (Some(number), false) => number,
        (Some(number), true) => -number,
        (None, false) => i64::MAX,
        (None, true) => i64::MIN,
    }
}

/// Reads a decimal number like C's `atof`, without its hexadecimal form: what follows the number is ignored,
/// and a text without a number is 0.
#[must_use]
pub fn parse_double(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = text.len() - body.len();
    for word in ["infinity", "inf", "nan"] {
        if body.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) {
            return text[..sign + word.len()].parse().unwrap_or(0.0);
        }
    }
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(body);
    let mut end = whole;
    let mut count = whole;
    if let Some(fraction) = body[whole..].strip_prefix('.') {
        let length = digits(fraction);
        count += length;
        end += 1 + length;
    }
    if count == 0 {
        return 0.0;
    }
    if let Some(exponent) = body[end..].strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let length = digits(unsigned);
        if length > 0 {
            end += 1 + (exponent.len() - unsigned.len()) + length;
        }
    }
    text[..sign + end].parse().unwrap_or(0.0)
}

/// Reads a size in bytes: a number and one of `k`, `m`, `g` in any case, each optionally followed by `b`.
/// The units are decimal (`k` is 1000), `false` is 0. 5.1 takes fractions (`0.5M`), 1.8 reads the digits
/// before the point only. `None` where Fluent Bit finds no size; negative numbers are sizes to it.
///
/// ```
/// use fluentbit_config::{Compat, value::parse_size};
///
/// assert_eq!(parse_size("5MB", Compat::V5_1), Some(5_000_000));
/// assert_eq!(parse_size("32k", Compat::V5_1), Some(32_000));
/// assert_eq!(parse_size("0.5M", Compat::V5_1), Some(500_000));
/// assert_eq!(parse_size("0.5M", Compat::V1_8), Some(0));
/// assert_eq!(parse_size("big", Compat::V5_1), None);
/// ```
#[must_use]
pub fn parse_size(text: &str, compat: Compat) -> Option<i64> {
    if text.eq_ignore_ascii_case("false") {
        return Some(0);
    }
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return None;
    }
    let unit = bytes.iter().skip(1).rev().take_while(|byte| !byte.is_ascii_digit()).count();
    let unit = bytes[bytes.len() - unit..].to_ascii_lowercase();
    let factor = match unit.as_slice() {
        [] => 1,
        b"k" | b"kb" => 1_000,
        b"m" | b"mb" => 1_000_000,
        b"g" | b"gb" => 1_000_000_000,
        _ => return None,
    };
    if compat == Compat::V1_8 {
        return parse_int(text).checked_mul(factor);
    }
    let size = parse_double(text) * factor as f64;
    // The bounds of an i64, which a double cannot hold exactly.
    (size.abs() < 9.2e18).then_some(size as i64)
}

/// Reads a time span in seconds: a whole number, optionally followed by `d`, `h` or `m` as the last letter of
/// the text; every other suffix, `s` too, is ignored. A text without a number is 0.
#[must_use]
pub fn parse_time(text: &str) -> i64 {
    let factor = match text.as_bytes().last() {
        Some(b'd' | b'D') => 86_400,
        Some(b'h' | b'H') => 3_600,
        Some(b'm' | b'M') => 60,
        _ => 1,
    };
    parse_int(text).saturating_mul(factor)
}

/// Reads seconds and nanoseconds with a point between them: `1.5` is one second and five nanoseconds, as
/// Fluent Bit counts. `None` where the text does not begin with a number or has none after the point.
#[must_use]
pub fn parse_seconds_nanoseconds(text: &str) -> Option<(i64, i64)> {
    let starts_with_number = |text: &str| {
        let text = text.trim_start_matches(is_space);
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        digits.starts_with(|c: char| c.is_ascii_digit())
    };
    if !starts_with_number(text) {
        return None;
    }
    let seconds = parse_int(text);
    match text.split_once('.') {
        None => Some((seconds, 0)),
        Some((_, after)) => starts_with_number(after).then(|| (seconds, parse_int(after))),
    }
}

/// Splits at spaces, at most into `limit` words and what follows them. Double quotes keep spaces together
/// and are taken away; inside them, a backslash before a quote is too.
///
/// ```
/// use fluentbit_config::value::split_words;
///
/// assert_eq!(split_words(r#""cont" "/^\s+at/" "the end""#, 3), ["cont", r"/^\s+at/", "the end"]);
/// assert_eq!(split_words("key one two three", 2), ["key", "one", "two three"]);
/// ```
#[must_use]
pub fn split_words(text: &str, limit: usize) -> Vec<Cow<'_, str>> {
    let mut words = Vec::new();
    let mut rest = text.trim_matches(' ');
    while !rest.is_empty() {
        if words.len() == limit {
            words.push(Cow::Borrowed(rest));
            break;
        }
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_word(quoted),
            None => {
                let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
                (Cow::Borrowed(word), after)
            }
        };
        words.push(word);
        rest = after.trim_start_matches(' ');
    }
    words
}

/// The text up to the closing quote, and what follows it.
fn quoted_word(text: &str) -> (Cow<'_, str>, &str) {
    let bytes = text.as_bytes();
    let mut end = 0;
    let mut escaped = false;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' if bytes.get(end + 1) == Some(&b'"') => {
                escaped = true;
                end += 1;
            }
            b'"' => break,
            _ => {}
        }
        end += 1;
    }
    let end = end.min(text.len());
    let word = &text[..end];
    let word = if escaped { Cow::Owned(word.replace("\\\"", "\"")) } else { Cow::Borrowed(word) };
    (word, text.get(end + 1..).unwrap_or_default())
}

/// Splits at commas; white space around an element is not part of it, empty elements are left out.
pub fn split_commas(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(|element| element.trim_matches(' ')).filter(|element| !element.is_empty())
}

/// What C's `isspace` says of ASCII.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans() {
        for (text, expected) in [
            ("On", Some(true)),
            ("YES", Some(true)),
            ("False", Some(false)),
            ("1", None),
            ("", None),
            ("On # c", None),
        ] {
            assert_eq!(parse_bool(text), expected, "{text}");
        }
    }

    #[test]
    fn integers() {
        for (text, expected) in [
            ("12", 12),
            (" -3x", -3),
            ("x", 0),
            ("", 0),
            ("+7", 7),
            ("99999999999999999999", i64::MAX),
            ("-", 0),
        ] {
            assert_eq!(parse_int(text), expected, "{text}");
        }
    }

    #[test]
    fn doubles() {
        for (text, expected) in [
            ("0.2", 0.2),
            ("5", 5.0),
            ("-1", -1.0),
            ("abc", 0.0),
            (".5s", 0.5),
            ("1.", 1.0),
            ("1e3x", 1000.0),
            ("1ex", 1.0),
            (".", 0.0),
            ("inf", f64::INFINITY),
        ] {
            assert_eq!(parse_double(text), expected, "{text}");
        }
        assert!(parse_double("nan").is_nan());
    }

    #[test]
    fn sizes() {
        for (text, expected) in [
            ("64", Some(64)),
            ("64k", Some(64_000)),
            ("64KB", Some(64_000)),
            ("1.5g", Some(1_500_000_000)),
            ("False", Some(0)),
            ("-1", Some(-1)),
            ("", None),
            ("x", Some(0)),
            ("1T", None),
            ("1KiB", None),
            ("5MB # c", None),
            ("9999999999g", None),
        ] {
            assert_eq!(parse_size(text, Compat::V5_1), expected, "{text}");
        }
        assert_eq!(parse_size("1.5k", Compat::V1_8), Some(1000));
    }

    #[test]
    fn times() {
        for (text, expected) in
            [("10", 10), ("10s", 10), ("2m", 120), ("1H", 3600), ("1d", 86_400), ("soon", 0), ("", 0)]
        {
            assert_eq!(parse_time(text), expected, "{text}");
        }
    }

    #[test]
    fn seconds_and_nanoseconds() {
        for (text, expected) in [
            ("10", Some((10, 0))),
            ("0.5", Some((0, 5))),
            ("1.", None),
            ("soon", None),
            ("", None),
            ("-1", Some((-1, 0))),
            ("5s", Some((5, 0))),
        ] {
            assert_eq!(parse_seconds_nanoseconds(text), expected, "{text}");
        }
    }

    #[test]
    fn words() {
        #[track_caller]
        fn check(text: &str, limit: usize, expected: &[&str]) {
            assert_eq!(split_words(text, limit), expected, "{text}");
        }
        check("", 2, &[]);
        check("  a   b  ", 2, &["a", "b"]);
        check("a b c d", 2, &["a", "b", "c d"]);
        check(r#""a b" c"#, 2, &["a b", "c"]);
        check(r#""a \"b\"" c"#, 2, &[r#"a "b""#, "c"]);
        check(r#""open"#, 2, &["open"]);
        check(r#""open\"#, 2, &[r"open\"]);
        check(r#""é" "한"x"#, 9, &["é", "한", "x"]);
    }

    #[test]
    fn commas() {
        assert_eq!(split_commas("a, b,,c ").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(split_commas("").count(), 0);
    }
}
