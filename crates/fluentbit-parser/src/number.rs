//! C's `atoll`, `strtoull` and `strtod`: what Fluent Bit reads numbers with. They take the longest number
//! at the start, after white space, and never fail.

/// The integer at the start of `text`, clamped to the range; 0 without one.
pub(crate) fn atoll(text: &[u8]) -> i64 {
    let (negative, digits) = sign(text);
    let mut value: i64 = 0;
    for digit in digits.iter().map_while(|&byte| char::from(byte).to_digit(10)) {
        let digit = i64::from(digit);
        value = value.saturating_mul(10);
        value = if negative { value.saturating_sub(digit) } else { value.saturating_add(digit) };
    }
    value
}

/// The hexadecimal number at the start of `text`, with or without `0x`; 0 without one.
pub(crate) fn strtoull_hex(text: &[u8]) -> u64 {
    let (negative, mut digits) = sign(text);
    if let [b'0', b'x' | b'X', rest @ ..] = digits
        && rest.first().is_some_and(u8::is_ascii_hexdigit)
    {
        digits = rest;
    }
    let mut value: u64 = 0;
    for digit in digits.iter().map_while(|&byte| char::from(byte).to_digit(16)) {
        let Some(shifted) = value.checked_mul(16) else { return u64::MAX };
        value = shifted | u64::from(digit);
    }
    if negative { value.wrapping_neg() } else { value }
}

/// The decimal number, infinity or NaN at the start of `text`; 0 without one. Hexadecimal doubles, which C
/// has too, are read up to their `x`.
pub(crate) fn strtod(text: &[u8]) -> f64 {
    let (negative, rest) = sign(text);
    let magnitude = if starts_with_word(rest, b"inf") {
        f64::INFINITY
    } else if starts_with_word(rest, b"nan") {
        f64::NAN
    } else {
        std::str::from_utf8(decimal(rest)).ok().and_then(|decimal| decimal.parse().ok()).unwrap_or(0.0)
    };
    if negative { -magnitude } else { magnitude }
}

/// White space and sign taken off.
fn sign(text: &[u8]) -> (bool, &[u8]) {
    let space = text.iter().take_while(|&&byte| is_space(byte)).count();
    match text.get(space..).unwrap_or_default() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    }
}

/// C's `isspace`.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn starts_with_word(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Digits, a point, digits, an exponent.
fn decimal(text: &[u8]) -> &[u8] {
    let digits =
        |from: usize| text.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    let mut any = end > 0;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        any |= fraction > 0;
        end += 1 + fraction;
    }
    if !any {
        return &[];
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, expected) in [
            ("12", 12),
            (" \t-12abc", -12),
            ("+5", 5),
            ("", 0),
            ("-", 0),
            ("abc", 0),
            ("0x10", 0),
            ("9223372036854775808", i64::MAX),
            ("-9223372036854775809", i64::MIN),
            ("1.9", 1),
        ] {
            assert_eq!(atoll(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn hexadecimals() {
        for (text, expected) in [
            ("ff", 255),
            ("0xFF", 255),
            ("0x", 0),
            ("0xg", 0),
            ("-1", u64::MAX),
            ("fffffffffffffffff", u64::MAX),
            ("12zz", 0x12),
            ("", 0),
        ] {
            assert_eq!(strtoull_hex(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn doubles() {
        for (text, expected) in [
            ("1.5", 1.5),
            ("-.5x", -0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("1e", 1.0),
            ("1e+", 1.0),
            (".", 0.0),
            ("e5", 0.0),
            ("", 0.0),
            ("-inf", f64::NEG_INFINITY),
            ("1e999", f64::INFINITY),
        ] {
            assert_eq!(strtod(text.as_bytes()).to_bits(), expected.to_bits(), "{text}");
        }
        assert!(strtod(b"nan").is_nan());
    }
}
