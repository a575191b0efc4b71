//! Durations in Prometheus' notation.

use std::fmt;

use prometheus_labels::quoted;

/// A length of time, in whole milliseconds.
///
/// The notation is one or more numbers with the units `y`, `w`, `d`, `h`, `m`, `s` and `ms`, the larger unit
/// first and each at most once; a year has 365 days. `0` needs no unit.
///
/// ```
/// use prometheus_config::Duration;
///
/// let duration = Duration::parse("1h30m")?;
/// assert_eq!(duration.as_millis(), 5_400_000);
/// assert_eq!(Duration::from_millis(90_000).to_string(), "1m30s");
/// assert_eq!(Duration::parse("15").unwrap_err().to_string(), r#"not a valid duration string: "15""#);
/// # Ok::<(), prometheus_config::DurationError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

/// A text that is no [`Duration`]. Its display is Prometheus' message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurationError(Reason);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Empty,
    Notation(String),
    Unit { unit: String, text: String },
    Range,
}

/// Milliseconds of each unit, the largest first.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// The longest duration in nanoseconds, as in Prometheus: about 292 years.
const MAX_NANOS: u64 = i64::MAX as u64;

const NANOS_PER_MILLI: u64 = 1_000_000;

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A duration of so many milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// A duration of so many seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whether it is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Reads Prometheus' notation.
    ///
    /// # Errors
    /// When `text` is something else, or longer than about 292 years.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        if text == "0" {
            return Ok(Self::ZERO);
        }
        if text.is_empty() {
            return Err(DurationError(Reason::Empty));
        }
        let invalid = || DurationError(Reason::Notation(text.to_owned()));
        let range = || DurationError(Reason::Range);
        let mut rest = text;
        let mut total: u64 = 0;
        let mut units = UNITS.as_slice();
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().map_err(|_| invalid())?;
            rest = &rest[digits..];
            let length = rest.bytes().take_while(|byte| !byte.is_ascii_digit()).count();
            let unit = &rest[..length];
            rest = &rest[length..];
            if unit.is_empty() {
                return Err(invalid());
            }
            let Some((_, millis)) = UNITS.iter().find(|(name, _)| *name == unit) else {
                return Err(DurationError(Reason::Unit { unit: unit.to_owned(), text: text.to_owned() }));
            };
            let Some(at) = units.iter().position(|(name, _)| *name == unit) else { return Err(invalid()) };
            units = &units[at + 1..];
            let nanos = number.checked_mul(millis * NANOS_PER_MILLI).ok_or_else(range)?;
            total = total.checked_add(nanos).filter(|total| *total <= MAX_NANOS).ok_or_else(range)?;
        }
        Ok(Self(total / NANOS_PER_MILLI))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, millis) in UNITS {
            // Years and weeks only where nothing is left over: `90d` reads better than `12w6d`.
            if matches!(unit, "y" | "w") && !rest.is_multiple_of(millis) {
                continue;
            }
            if rest >= millis {
                write!(f, "{}{unit}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> Self {
        Self::from_millis(duration.0)
    }
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Empty => f.write_str("empty duration string"),
            Reason::Notation(text) => {
                write!(f, "not a valid duration string: {}", quoted(text))
            }
            Reason::Unit { unit, text } => {
                write!(f, "unknown unit {} in duration {}", quoted(unit), quoted(text))
            }
            Reason::Range => f.write_str("duration out of range"),
        }
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found =
            Duration::parse(text).map_or_else(|error| error.to_string(), |duration| duration.to_string());
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn notation() {
        check("0", "0s");
        check("0s", "0s");
        check("15s", "15s");
        check("1m30s", "1m30s");
        check("90s", "1m30s");
        check("1000ms", "1s");
        check("1y2w3d4h5m6s7ms", "382d4h5m6s7ms");
        check("52w", "52w");
        check("90d", "90d");
        check("14d", "2w");
        check("365d", "1y");
        check("8d", "8d");
        check("292y", "292y");
    }

    #[test]
    fn mistakes() {
        check("", "empty duration string");
        check("15", "not a valid duration string: \"15\"");
        check("ten", "not a valid duration string: \"ten\"");
        check("-1s", "not a valid duration string: \"-1s\"");
        check(" 1s", "not a valid duration string: \" 1s\"");
        check("1.5s", "unknown unit \".\" in duration \"1.5s\"");
        check("1s1m", "not a valid duration string: \"1s1m\"");
        check("1m1m", "not a valid duration string: \"1m1m\"");
        check("1us", "unknown unit \"us\" in duration \"1us\"");
        check("1m é", "unknown unit \"m é\" in duration \"1m é\"");
        check("293y", "duration out of range");
        check("292y52w", "duration out of range");
        check("99999999999999999999s", "not a valid duration string: \"99999999999999999999s\"");
    }
}
