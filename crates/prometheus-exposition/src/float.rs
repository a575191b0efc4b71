//! Numbers as Go reads them, which is how Prometheus does.

/// The whole part of a number of milliseconds. One that has no place in 64 bits becomes the smallest
/// integer, as Go does it on amd64.
pub(crate) fn truncate(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is in range")]
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

/// Every NaN that is read becomes this one, so that no scraped value can be taken for
/// [`STALE_NAN`].
pub const NORMAL_NAN: u64 = 0x7ff8_0000_0000_0001;

/// The bit pattern of the NaN by which Prometheus marks that a series has ended.
pub const STALE_NAN: u64 = 0x7ff0_0000_0000_0002;

/// Why a number was rejected, in Go's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// `p`, `P` or `_`: Go reads them today, Prometheus does not.
    Unsupported,
    Syntax,
    Range,
}

impl NumberError {
    /// The text of Go's error for `token`.
    pub(crate) fn text(self, token: &[u8]) -> String {
        let why = match self {
            Self::Unsupported => return "unsupported character in float".to_owned(),
            Self::Syntax => "invalid syntax",
            Self::Range => "value out of range",
        };
        format!("strconv.ParseFloat: parsing {}: {why}", prometheus_labels::quoted(token))
    }
}

/// Reads a sample value or a timestamp in seconds: Go's `ParseFloat` without the forms added in Go 1.13.
///
/// A NaN is always [`NORMAL_NAN`].
pub(crate) fn parse_value(token: &[u8]) -> Result<f64, NumberError> {
    if let Some((value, len)) = scan_decimal(token)
        && len == token.len()
    {
        return Ok(value);
    }
    if token.iter().any(|byte| matches!(byte, b'p' | b'P' | b'_')) {
        return Err(NumberError::Unsupported);
    }
    parse_go(token)
}

/// Go's `strconv.ParseFloat`: decimal and hexadecimal, `_` between digits, `inf`, `infinity` and `nan`.
pub(crate) fn parse_go(token: &[u8]) -> Result<f64, NumberError> {
    let (negative, digits) = match token {
        [b'+', rest @ ..] => (false, rest),
        [b'-', rest @ ..] => (true, rest),
        _ => (false, token),
    };
    let signed = |value: f64| if negative { -value } else { value };
    if digits.eq_ignore_ascii_case(b"inf") || digits.eq_ignore_ascii_case(b"infinity") {
        return Ok(signed(f64::INFINITY));
    }
    if token.eq_ignore_ascii_case(b"nan") {
        return Ok(f64::from_bits(NORMAL_NAN));
    }
    if token.contains(&b'_') {
        if !underscores_separate_digits(digits) {
            return Err(NumberError::Syntax);
        }
        let plain: Vec<u8> = token.iter().copied().filter(|&byte| byte != b'_').collect();
        return parse_go(&plain);
    }
    let value = match digits {
        [b'0', b'x' | b'X', hex @ ..] if !hex.is_empty() => parse_hex(hex)?,
        // The standard library takes the same decimals, and `inf` and `nan`, which do not start so.
        [b'0'..=b'9' | b'.', ..] => {
            std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or(NumberError::Syntax)?
        }
        _ => return Err(NumberError::Syntax),
    };
    if value.is_infinite() { Err(NumberError::Range) } else { Ok(signed(value)) }
}

/// Reads a decimal number at the start of `bytes` when that is exact in one multiplication or division:
/// at most 19 digits, a whole mantissa below 2^53 and a power of ten up to 22, which is what expositions
/// consist of. Returns the value and how many bytes it took; what follows is for the caller to judge.
#[inline]
pub(crate) fn scan_decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    let negative = bytes.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let first = at;
    let mut mantissa = 0u64;
    while let Some(digit) = digit(bytes, at) {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
        at += 1;
    }
    let mut digits = at - first;
    let mut exponent = 0i32;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        let fraction = at;
        while let Some(digit) = digit(bytes, at) {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
            at += 1;
        }
        digits += at - fraction;
        // At most 19, or it is rejected just below.
        exponent = -(i32::try_from(at - fraction).ok()?);
    }
    if digits == 0 || digits > 19 || mantissa > 1 << 53 {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        let down = match bytes.get(at) {
            Some(b'-') => {
                at += 1;
                true
            }
            Some(b'+') => {
                at += 1;
                false
            }
            _ => false,
        };
        let first = at;
        let mut power = 0i32;
        while let Some(digit) = digit(bytes, at) {
            power = power * 10 + i32::try_from(digit).ok()?;
            at += 1;
            if at - first > 4 {
                return None;
            }
        }
        if at == first {
            return None;
        }
        exponent += if down { -power } else { power };
    }
    #[expect(clippy::cast_precision_loss, reason = "the mantissa is at most 2^53")]
    let whole = mantissa as f64;
    let power = *POWERS.get(exponent.unsigned_abs() as usize)?;
    let value = if exponent < 0 { whole / power } else { whole * power };
    Some((if negative { -value } else { value }, at))
}

#[inline]
fn digit(bytes: &[u8], at: usize) -> Option<u64> {
    let digit = bytes.get(at)?.wrapping_sub(b'0');
    (digit <= 9).then_some(u64::from(digit))
}

/// Whether each `_` stands between two digits; the prefix `0x` counts as a digit.
fn underscores_separate_digits(number: &[u8]) -> bool {
    let (hex, digits, mut after_digit) = match number {
        [b'0', b'x' | b'X', rest @ ..] => (true, rest, true),
        // `0b` and `0o` count as digits here as well; no number starts so, and the next step says that.
        _ => (false, number, false),
    };
    let mut after_underscore = false;
    for byte in digits {
        let is_digit = byte.is_ascii_digit() || hex && byte.is_ascii_hexdigit();
        let is_underscore = *byte == b'_';
        if is_underscore && !after_digit || after_underscore && !is_digit {
            return false;
        }
        after_digit = is_digit;
        after_underscore = is_underscore;
    }
    !after_underscore
}

/// A hexadecimal number after its `0x`; the exponent must be there.
fn parse_hex(text: &[u8]) -> Result<f64, NumberError> {
    let split = text.iter().position(|byte| matches!(byte, b'p' | b'P')).ok_or(NumberError::Syntax)?;
    let (number, power) = (&text[..split], &text[split + 1..]);
    let (down, power) = match power {
        [b'+', rest @ ..] => (false, rest),
        [b'-', rest @ ..] => (true, rest),
        _ => (false, power),
    };
    if power.is_empty() || !power.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Syntax);
    }
    let power = power.iter().fold(0i64, |sum, byte| (sum * 10 + i64::from(byte - b'0')).min(1 << 40));
    let mut exponent = if down { -power } else { power };
    let (mut mantissa, mut lost, mut digits, mut point) = (0u64, false, 0usize, false);
    for &byte in number {
        let Some(digit) = char::from(byte).to_digit(16) else {
            if byte != b'.' || point {
                return Err(NumberError::Syntax);
            }
            point = true;
            continue;
        };
        digits += 1;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            exponent -= if point { 4 } else { 0 };
        } else {
            lost |= digit != 0;
            exponent += if point { 0 } else { 4 };
        }
    }
    if digits == 0 {
        return Err(NumberError::Syntax);
    }
    Ok(scale(mantissa, lost, exponent))
}

/// `mantissa * 2^exponent`, to the nearest, ties to even; `lost` says that a little was cut off.
fn scale(mantissa: u64, lost: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let shift = i64::from(mantissa.leading_zeros());
    // The leading bit is worth 2^top.
    let top = exponent + 63 - shift;
    if top > 1023 {
        return f64::INFINITY;
    }
    if top < -1076 {
        return 0.0;
    }
    // Bits of the result's mantissa: 53, fewer where it is subnormal.
    let bits = (top + 1075).min(53);
    let normal = mantissa << shift;
    let dropped = u32::try_from(64 - bits).unwrap_or(64);
    let (kept, rest) = match dropped {
        64 => (0, normal),
        // One more bit below the smallest subnormal.
        65.. => (0, normal >> 1 | 1),
        _ => (normal >> dropped, normal << (64 - dropped)),
    };
    let up = rest > 1 << 63 || rest == 1 << 63 && (lost || kept & 1 == 1);
    // The carry moves into the exponent where it has to: the encoding is made for that.
    let kept = kept + u64::from(up);
    let biased = u64::try_from(top + 1023).unwrap_or(0);
    f64::from_bits(if bits < 53 { kept } else { (biased << 52) + (kept - (1 << 52)) })
}

#[cfg(test)]
mod tests {
    use super::{NumberError, parse_go, parse_value};
    use crate::digits::Digits;

    fn text(value: f64) -> String {
        Digits::go(value).as_str().to_owned()
    }

    #[test]
    fn values_are_read_as_prometheus_does() {
        use NumberError::{Range, Syntax, Unsupported};
        for (token, expected) in [
            ("1", Ok("1")),
            ("-0", Ok("-0")),
            ("+1", Ok("1")),
            ("5.", Ok("5")),
            ("-.5", Ok("-0.5")),
            ("1e+3", Ok("1000")),
            ("1e0001", Ok("10")),
            ("0.1", Ok("0.1")),
            ("9007199254740993", Ok("9.007199254740992e+15")),
            ("123456789012345678901234567890", Ok("1.2345678901234568e+29")),
            ("4.9e-324", Ok("5e-324")),
            ("1e-400", Ok("0")),
            ("0e99999", Ok("0")),
            ("iNf", Ok("+Inf")),
            ("-Infinity", Ok("-Inf")),
            ("nAn", Ok("NaN")),
            ("1e400", Err(Range)),
            ("-1e99999999999", Err(Range)),
            ("+NaN", Err(Syntax)),
            ("", Err(Syntax)),
            ("-", Err(Syntax)),
            (".", Err(Syntax)),
            ("e5", Err(Syntax)),
            ("1e", Err(Syntax)),
            ("1.2.3", Err(Syntax)),
            ("0x10", Err(Syntax)),
            ("infinit", Err(Syntax)),
            ("nan(1)", Err(Syntax)),
            ("--1", Err(Syntax)),
            ("1_0", Err(Unsupported)),
            ("0x1p3", Err(Unsupported)),
        ] {
            assert_eq!(parse_value(token.as_bytes()).map(text), expected.map(str::to_owned), "{token}");
        }
    }

    #[test]
    fn go_reads_hexadecimals_and_underscores() {
        for (token, expected) in [
            ("1_0", Some("10")),
            ("0_1", Some("1")),
            ("1e1_0", Some("1e+10")),
            ("0x_1p3", Some("8")),
            ("0x1_0p1", Some("32")),
            ("0x.8p1", Some("1")),
            ("-0X1P-1074", Some("-5e-324")),
            ("0x1p-1075", Some("0")),
            ("0x1.8p-1075", Some("5e-324")),
            ("0x1.8p-1076", Some("0")),
            ("0x1.fffffffffffff7p1023", Some("1.7976931348623157e+308")),
            ("0x1.00000000000008p0", Some("1")),
            ("0x1.000000000000080001p0", Some("1.0000000000000002")),
            ("0x1.fffffffffffffp-1023", Some("2.2250738585072014e-308")),
            ("0x1.fffffffffffff8p1023", None),
            ("0x1p1024", None),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("0_x1", None),
            ("0b_1", None),
            ("0xp1", None),
            ("0x1p", None),
            ("0x1", None),
            ("0x", None),
        ] {
            assert_eq!(parse_go(token.as_bytes()).ok().map(text).as_deref(), expected, "{token}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_fast_path_is_exact(mantissa in 0u64..1 << 54, point in 0usize..20, exponent in -40i32..40) {
            let mut token = mantissa.to_string();
            token.insert(point.min(token.len()), '.');
            for token in [token.clone(), format!("{token}e{exponent}")] {
                assert_eq!(parse_value(token.as_bytes()).ok(), token.parse::<f64>().ok());
            }
        }
    }
}
