//! Numbers as Go writes them.

use std::fmt::{self, Write as _};

/// Appends `value` as Go's `FormatFloat(value, 'g', -1, 64)` writes it: the shortest decimal that reads
/// back as the same number, with an exponent from 1e-05 down and from 1e+06 up, and `NaN`, `+Inf` or
/// `-Inf`.
///
/// ```
/// let mut out = String::new();
/// prometheus_exposition::format_float(&mut out, 1e6);
/// out.push(' ');
/// prometheus_exposition::format_float(&mut out, 0.25);
/// assert_eq!(out, "1e+06 0.25");
/// ```
pub fn format_float(out: &mut String, value: f64) {
    out.push_str(Digits::go(value).as_str());
}

/// Appends `value` as Prometheus writes the labels `le` and `quantile`: as [`format_float`], with `.0`
/// where there would be neither a point nor an exponent.
pub fn format_openmetrics_float(out: &mut String, value: f64) {
    out.push_str(Digits::openmetrics(value).as_str());
}

/// A number in decimal, without a place on the heap. Written out it has 24 bytes at most; on the way there
/// twice as many digits may be looked at.
#[derive(Debug)]
pub(crate) struct Digits {
    bytes: [u8; 64],
    len: usize,
}

impl Default for Digits {
    fn default() -> Self {
        Self { bytes: [0; 64], len: 0 }
    }
}

impl Digits {
    /// See [`format_float`].
    pub(crate) fn go(value: f64) -> Self {
        let mut out = Self::default();
        // There is room for every number.
        let _ = out.write_go(value);
        out
    }

    /// See [`format_openmetrics_float`].
    pub(crate) fn openmetrics(value: f64) -> Self {
        // No sign on zero.
        let mut out = Self::go(if value == 0.0 { 0.0 } else { value });
        if value.is_finite() && !out.as_str().contains(['.', 'e']) {
            let _ = out.write_str(".0");
        }
        out
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The fewest digits that read back as `value`, with an exponent.
    ///
    /// Where two of the same length are equally near, Go takes the one with the even last digit and the
    /// standard library the greater one. That takes 16 digits at least: two shorter numbers are never as
    /// near to each other as two doubles.
    fn shortest(value: f64) -> Result<Self, fmt::Error> {
        let mut shortest = Self::default();
        write!(shortest, "{value:e}")?;
        let mantissa = shortest.as_str().split('e').next().unwrap_or_default();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
        if digits < 16 || !mantissa.ends_with(['1', '3', '5', '7', '9']) {
            return Ok(shortest);
        }
        // Enough to see whether a 5 after the last digit is the end.
        let mut exact = Self::default();
        write!(exact, "{value:.*e}", digits + 24)?;
        let (all, exponent) = exact.as_str().split_once('e').ok_or(fmt::Error)?;
        let (lower, rest) = all.split_at_checked(mantissa.len()).ok_or(fmt::Error)?;
        let is_tie = rest.strip_prefix('5').is_some_and(|zeros| zeros.bytes().all(|byte| byte == b'0'));
        if !is_tie || !lower.ends_with(['0', '2', '4', '6', '8']) {
            return Ok(shortest);
        }
        let mut even = Self::default();
        write!(even, "{lower}e{exponent}")?;
        Ok(even)
    }

    fn write_go(&mut self, value: f64) -> fmt::Result {
        if value.is_nan() {
            return self.write_str("NaN");
        }
        if value.is_infinite() {
            return self.write_str(if value > 0.0 { "+Inf" } else { "-Inf" });
        }
        let shortest = Self::shortest(value)?;
        let (mantissa, exponent) = shortest.as_str().split_once('e').ok_or(fmt::Error)?;
        let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
        let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
        self.write_str(sign)?;
        if !(-4..6).contains(&exponent) {
            let sign = if exponent < 0 { '-' } else { '+' };
            return write!(self, "{mantissa}e{sign}{:02}", exponent.abs());
        }
        let (head, tail) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if exponent < 0 {
            let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
            return write!(self, "0.{:0<zeros$}{head}{tail}", "");
        }
        let whole = usize::try_from(exponent).unwrap_or(0);
        match tail.split_at_checked(whole) {
            Some((whole, "")) => write!(self, "{head}{whole}"),
            Some((whole, fraction)) => write!(self, "{head}{whole}.{fraction}"),
            None => write!(self, "{head}{tail:0<whole$}"),
        }
    }
}

impl fmt::Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Digits, format_openmetrics_float};
    use crate::float::parse_value;

    #[test]
    fn numbers_are_written_as_go_does() {
        for (value, plain, label) in [
            (0.0, "0", "0.0"),
            (-0.0, "-0", "0.0"),
            (1.0, "1", "1.0"),
            (-1.5, "-1.5", "-1.5"),
            (100.0, "100", "100.0"),
            (123_456.0, "123456", "123456.0"),
            (1_234_567.0, "1.234567e+06", "1.234567e+06"),
            (1e21, "1e+21", "1e+21"),
            (0.0001, "0.0001", "0.0001"),
            (0.000_012_5, "1.25e-05", "1.25e-05"),
            (1234.5, "1234.5", "1234.5"),
            // As near to ...563: even digits win.
            (2_559_144.0 + 0.129_394_531_25, "2.5591441293945312e+06", "2.5591441293945312e+06"),
            (9_927_480_709_830.0 + 0.0625, "9.927480709830062e+12", "9.927480709830062e+12"),
            (f64::MAX, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (-f64::MIN_POSITIVE, "-2.2250738585072014e-308", "-2.2250738585072014e-308"),
            (f64::NEG_INFINITY, "-Inf", "-Inf"),
        ] {
            assert_eq!(Digits::go(value).as_str(), plain);
            let mut out = String::new();
            format_openmetrics_float(&mut out, value);
            assert_eq!(out, label);
        }
    }

    proptest::proptest! {
        #[test]
        fn written_numbers_read_back(bits: u64) {
            let value = f64::from_bits(bits);
            let read = parse_value(Digits::go(value).as_bytes());
            assert!(value.is_nan() && read.is_ok_and(f64::is_nan) || read == Ok(value));
        }
    }
}
