//! Numbers of JSON documents, and C's number functions, which Fluent Bit uses elsewhere.

use event_model::Value;

/// The number at the start of `text` by the JSON grammar, and what follows it. `None` when there is none, or
/// when it is too large for a double.
///
/// Integers are signed, above that unsigned, beyond both doubles.
pub(super) fn strict(text: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut decimal = Decimal::default();
    let rest = decimal.digits(unsigned);
    let digits = unsigned.len() - rest.len();
    if digits == 0 || (digits > 1 && unsigned.first() == Some(&b'0')) {
        return None;
    }
    let Some(b'.' | b'e' | b'E') = rest.first() else {
        let integer = if decimal.overflow { None } else { integer(negative, decimal.mantissa) };
        return Some((integer.or_else(|| double(text, rest))?, rest));
    };
    let mut rest = rest;
    let mut exponent = false;
    if let [b'.', fraction @ ..] = rest {
        rest = decimal.digits(fraction);
        decimal.fraction = fraction.len() - rest.len();
        if decimal.fraction == 0 {
            return None;
        }
    }
    if let [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] = rest {
        let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = digits.get(len..).unwrap_or_default();
        exponent = true;
        if rest.len() == digits.len() {
            return None;
        }
    }
    let value = match decimal.exact() {
        Some(value) if !exponent => Value::Float(if negative { -value } else { value }),
        _ => double(text, rest)?,
    };
    Some((value, rest))
}

/// The digits of a number without its point.
#[derive(Default)]
struct Decimal {
    mantissa: u64,
    /// How many of the digits were taken without looking for an overflow.
    taken: u8,
    overflow: bool,
    /// How many of the digits come after the point.
    fraction: usize,
}

impl Decimal {
    /// Takes the digits at the start of `text`; returns what follows them.
    #[inline]
    fn digits<'t>(&mut self, mut text: &'t [u8]) -> &'t [u8] {
        // So many cannot be too many.
        const SURE: u8 = 19;
        while self.taken < SURE
            && let [digit @ b'0'..=b'9', rest @ ..] = text
        {
            self.mantissa = self.mantissa.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.taken += 1;
            text = rest;
        }
        while let [digit @ b'0'..=b'9', rest @ ..] = text {
            let (tens, over) = self.mantissa.overflowing_mul(10);
            let (sum, over_too) = tens.overflowing_add(u64::from(digit - b'0'));
            self.mantissa = sum;
            self.overflow |= over | over_too;
            text = rest;
        }
        text
    }

    /// The nearest double, if it takes one division of two exact ones to get it.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    fn exact(&self) -> Option<f64> {
        const POWERS: [f64; 16] =
            [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
        let power = POWERS.get(self.fraction)?;
        (!self.overflow && self.mantissa < 1 << 53).then(|| self.mantissa as f64 / power)
    }
}

fn integer<'v>(negative: bool, magnitude: u64) -> Option<Value<'v>> {
    match (negative, i64::try_from(magnitude)) {
        (false, Ok(value)) => Some(Value::Int(value)),
        (false, Err(_)) => Some(Value::UInt(magnitude)),
        (true, Ok(value)) => Some(Value::Int(-value)),
        (true, Err(_)) => (magnitude == i64::MIN.unsigned_abs()).then_some(Value::Int(i64::MIN)),
    }
}

/// The double that `text` starts with; `rest` follows it.
#[cold]
fn double<'v>(text: &[u8], rest: &[u8]) -> Option<Value<'v>> {
    let number = text.get(..text.len() - rest.len())?;
    let value: f64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    value.is_finite().then_some(Value::Float(value))
}

/// The number of 1.8.11's `text`, which starts with a digit or a sign and may go on in any way.
pub(super) fn lenient(text: &[u8]) -> Value<'_> {
    let is_float = text.contains(&b'.') || text.windows(2).any(|pair| matches!(pair, [b'e', b'-' | b'+']));
    if is_float { Value::Float(crate::number::strtod(text)) } else { Value::Int(crate::number::atoll(text)) }
}
