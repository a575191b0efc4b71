//! Numbers as text, the way C's `printf` writes them in Fluent Bit.

use std::io::Write as _;

/// Appends an integer.
pub fn integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends an unsigned integer.
pub fn unsigned(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends `value` in decimal with zeros in front until it has `width` digits.
///
/// ```
/// let mut out = Vec::new();
/// event_model::number::padded(&mut out, 42, 9);
/// assert_eq!(out, b"000000042");
/// ```
pub fn padded(out: &mut Vec<u8>, value: u64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value).as_bytes();
    out.resize(out.len() + width.saturating_sub(digits.len()), b'0');
    out.extend_from_slice(digits);
}

/// Appends a double as Fluent Bit's JSON has it: `%.1f` where it is a whole number that fits 64 bits, `%.16g`
/// elsewhere. So `2.0`, `0.1`, `1e+20`, and, which is no JSON, `nan` and `inf`.
///
/// ```
/// let text = |value| {
///     let mut out = Vec::new();
///     event_model::number::json_float(&mut out, value);
///     String::from_utf8(out).unwrap()
/// };
/// assert_eq!(text(2.0), "2.0");
/// assert_eq!(text(1e20), "1e+20");
/// assert_eq!(text(1e-7), "1e-07");
/// ```
pub fn json_float(out: &mut Vec<u8>, value: f64) {
    if let Some(whole) = whole(value) {
        if value == 0.0 && value.is_sign_negative() {
            out.push(b'-');
        }
        integer(out, whole);
        out.extend_from_slice(b".0");
    } else if !special(out, value) {
        general(out, value);
    }
}

/// Appends a double with six decimals (`%f`), as Fluent Bit's plain text formats have it.
pub fn fixed_float(out: &mut Vec<u8>, value: f64) {
    const DECIMALS: u32 = 6;
    if special(out, value) {
        return;
    }
    let Some(scaled) = Binary::of(value).times_power_of_ten(DECIMALS) else {
        // Writing to memory does not fail.
        let _ = write!(out, "{value:.6}");
        return;
    };
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let unit = 10_u64.pow(DECIMALS);
    unsigned(out, scaled / unit);
    out.push(b'.');
    padded(out, scaled % unit, DECIMALS as usize);
}

/// The number as an integer, if it is whole and fits one.
fn whole(value: f64) -> Option<i64> {
    // The first double that a 64-bit integer does not hold, exactly.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "this is what is checked")]
    let integer = value as i64;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a double that is whole becomes the same integer and back"
    )]
    let same = integer as f64 == value;
    (same && (-LIMIT..LIMIT).contains(&value)).then_some(integer)
}

/// How many digits `%.16g` has.
const PRECISION: u32 = 16;

/// `%.16g` of a finite double that is no whole number, or a large one.
fn general(out: &mut Vec<u8>, value: f64) {
    let (digits, exponent) = quick_digits(value).unwrap_or_else(|| formatted_digits(value));
    let significant = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    let digits = &digits[..significant];
    if value.is_sign_negative() {
        out.push(b'-');
    }
    match usize::try_from(exponent) {
        // 123.45 or 12300
        Ok(point) if point < PRECISION as usize => {
            let (whole, fraction) = digits.split_at(digits.len().min(point + 1));
            out.extend_from_slice(whole);
            out.resize(out.len() + (point + 1 - whole.len()), b'0');
            if !fraction.is_empty() {
                out.push(b'.');
                out.extend_from_slice(fraction);
            }
        }
        // 0.000123
        Err(_) if exponent >= -4 => {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + (exponent.unsigned_abs() as usize - 1), b'0');
            out.extend_from_slice(digits);
        }
        // 1.23e+20
        _ => {
            let (first, rest) = digits.split_at(1);
            out.extend_from_slice(first);
            if !rest.is_empty() {
                out.push(b'.');
                out.extend_from_slice(rest);
            }
            out.push(b'e');
            out.push(if exponent < 0 { b'-' } else { b'+' });
            padded(out, exponent.unsigned_abs().into(), 2);
        }
    }
}

type Digits = [u8; PRECISION as usize];

/// The digits of a double, correctly rounded, and the power of ten of the first one; for doubles of everyday
/// size.
fn quick_digits(value: f64) -> Option<(Digits, i32)> {
    const LEAST: u64 = 10_u64.pow(PRECISION - 1);
    const LIMIT: u64 = 10_u64.pow(PRECISION);
    // The first double that may have no fraction, and the last whose digits fit the arithmetic.
    if !(1e-5..9_007_199_254_740_992.0).contains(&value.abs()) {
        return None;
    }
    let binary = Binary::of(value);
    // log10(2) in 2^-16, to estimate the number of digits; it may be one too low.
    let magnitude = binary.exponent + i32::try_from(binary.mantissa.ilog2()).ok()?;
    let mut exponent = (magnitude * 19_728) >> 16;
    loop {
        let power = u32::try_from(PRECISION.cast_signed() - 1 - exponent).ok()?;
        let scaled = binary.times_power_of_ten(power)?;
        if scaled < LIMIT {
            let mut digits = [b'0'; PRECISION as usize];
            debug_assert!(scaled >= LEAST, "the estimate is never too high");
            let mut buffer = itoa::Buffer::new();
            digits.copy_from_slice(buffer.format(scaled).as_bytes().get(..PRECISION as usize)?);
            return Some((digits, exponent));
        }
        exponent += 1;
    }
}

/// The same for any finite double, from the standard library's text of it.
fn formatted_digits(value: f64) -> (Digits, i32) {
    let mut digits = [b'0'; PRECISION as usize];
    // `d.ddddddddddddddde[-]x`, correctly rounded, as C wants it.
    let text = format!("{:.15e}", value.abs());
    let (written, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    for (slot, digit) in digits.iter_mut().zip(written.bytes().filter(u8::is_ascii_digit)) {
        *slot = digit;
    }
    (digits, exponent.parse().unwrap_or(0))
}

/// Those that fit 64 bits.
const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1; 20];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = 10 * powers[at - 1];
        at += 1;
    }
    powers
};

/// A finite double taken apart: its absolute value is `mantissa * 2^exponent`.
#[derive(Clone, Copy)]
struct Binary {
    mantissa: u64,
    exponent: i32,
}

impl Binary {
    fn of(value: f64) -> Self {
        const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
        let bits = value.abs().to_bits();
        let fraction = bits & ((1 << FRACTION) - 1);
        let biased = i32::try_from(bits >> FRACTION).unwrap_or(0);
        let lowest = f64::MIN_EXP - f64::MANTISSA_DIGITS.cast_signed();
        match biased {
            0 => Self { mantissa: fraction, exponent: lowest },
            _ => Self { mantissa: fraction | 1 << FRACTION, exponent: lowest + biased - 1 },
        }
    }

    /// The value times `10^power`, rounded to a whole number, ties to even; `None` if that needs more than
    /// 128 bits on the way, or more than 64 for the result.
    fn times_power_of_ten(self, power: u32) -> Option<u64> {
        let product = match POWERS_OF_TEN.get(power as usize) {
            // The usual way: 53 bits times 64 fit.
            Some(factor) => u128::from(self.mantissa) * u128::from(*factor),
            None => u128::from(self.mantissa).checked_mul(10_u128.checked_pow(power)?)?,
        };
        if self.exponent >= 0 {
            return u64::try_from(product.checked_mul(1_u128.checked_shl(self.exponent.unsigned_abs())?)?)
                .ok();
        }
        let shift = self.exponent.unsigned_abs();
        if shift >= 128 {
            return (product.leading_zeros() > 0).then_some(0);
        }
        let whole = product >> shift;
        let rest = product - (whole << shift);
        let half = 1_u128 << (shift - 1);
        let up = rest > half || (rest == half && whole & 1 == 1);
        u64::try_from(whole + u128::from(up)).ok()
    }
}

/// Writes what is no number, with C's names for it.
fn special(out: &mut Vec<u8>, value: f64) -> bool {
    if value.is_finite() {
        return false;
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    out.extend_from_slice(if value.is_nan() { b"nan" } else { b"inf" });
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(write: fn(&mut Vec<u8>, f64), value: f64, expected: &str) {
        let mut out = b"x".to_vec();
        write(&mut out, value);
        assert_eq!(String::from_utf8(out).unwrap(), format!("x{expected}"));
    }

    #[test]
    fn doubles_in_json() {
        for (value, expected) in [
            (2.0, "2.0"),
            (-0.0, "-0.0"),
            (0.0, "0.0"),
            (1.5, "1.5"),
            (0.1, "0.1"),
            (1e-7, "1e-07"),
            (1e-4, "0.0001"),
            (1.25e-5, "1.25e-05"),
            (1e17, "100000000000000000.0"),
            (1e20, "1e+20"),
            (1.5e300, "1.5e+300"),
            (-1.5e-300, "-1.5e-300"),
            (123_456_789.123_456_79, "123456789.1234568"),
            (1_688_466_030.5, "1688466030.5"),
            // Sixteen digits are not always the shortest that read back the same.
            (9.95, "9.949999999999999"),
            (0.001, "0.001"),
            (9_223_372_036_854_775_808.0, "9.223372036854776e+18"),
            (-9_223_372_036_854_775_808.0, "-9223372036854775808.0"),
            (f64::NAN, "nan"),
            (-f64::NAN, "-nan"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::MIN_POSITIVE, "2.225073858507201e-308"),
            (5e-324, "4.940656458412465e-324"),
            (f64::MAX, "1.797693134862316e+308"),
        ] {
            check(json_float, value, expected);
        }
    }

    #[test]
    fn doubles_with_six_decimals() {
        for (value, expected) in [
            (1.5, "1.500000"),
            (1e-7, "0.000000"),
            (1e20, "100000000000000000000.000000"),
            // A tie goes to the even digit.
            (0.007_812_5, "0.007812"),
            (-0.023_437_5, "-0.023438"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            check(fixed_float, value, expected);
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_gives_the_same_text(bits: u64, small in -1e6..1e6_f64, thousandths: i32) {
            for value in [f64::from_bits(bits), small, f64::from(thousandths) / 1000.0, small * 1e-5] {
                if let Some(quick) = quick_digits(value) {
                    prop_assert_eq!(quick, formatted_digits(value), "{}", value);
                }
                if value.is_finite() {
                    check(fixed_float, value, &format!("{value:.6}"));
                }
            }
        }
    }

    #[test]
    fn padding_never_cuts() {
        let mut out = Vec::new();
        padded(&mut out, 7, 3);
        padded(&mut out, 12345, 3);
        assert_eq!(out, b"00712345");
    }
}
