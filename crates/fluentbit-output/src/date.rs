//! The date that JSON formats put in front of a record.

use event_model::{Compat, DateText, Timestamp, Value};

/// The form of the date (`json_date_format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DateFormat {
    /// Seconds as a double: `1688466030.5`.
    #[default]
    Double,
    /// Whole seconds.
    Epoch,
    /// Whole milliseconds. Not in 1.8.11.
    EpochMilliseconds,
    /// `2018-05-30T09:39:52.000681Z`, microseconds cut.
    Iso8601,
    /// `2018-05-30 09:39:52.000681` in UTC, microseconds cut. Not in 1.8.11.
    JavaSqlTimestamp,
}

impl DateFormat {
    /// The format a release knows by this name, whatever its case.
    ///
    /// ```
    /// use event_model::Compat;
    /// use fluentbit_output::DateFormat;
    ///
    /// assert_eq!(DateFormat::from_name("ISO8601", Compat::V1_8), Some(DateFormat::Iso8601));
    /// assert_eq!(DateFormat::from_name("epoch_ms", Compat::V1_8), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str, compat: Compat) -> Option<Self> {
        let format = match name.to_ascii_lowercase().as_str() {
            "double" => Self::Double,
            "epoch" => Self::Epoch,
            "epoch_ms" | "epoch_millis" | "epoch_milliseconds" => Self::EpochMilliseconds,
            "iso8601" => Self::Iso8601,
            "java_sql_timestamp" => Self::JavaSqlTimestamp,
            _ => return None,
        };
        let is_new = matches!(format, Self::EpochMilliseconds | Self::JavaSqlTimestamp);
        (compat != Compat::V1_8 || !is_new).then_some(format)
    }
}

/// Turns timestamps to dates.
#[derive(Clone, Debug)]
pub(crate) struct DateWriter {
    format: DateFormat,
    text: DateText,
}

impl DateWriter {
    pub(crate) fn new(format: DateFormat) -> Self {
        let between = if format == DateFormat::JavaSqlTimestamp { ' ' } else { 'T' };
        Self { format, text: DateText::new(&format!("%Y-%m-%d{between}%H:%M:%S")) }
    }

    pub(crate) fn date(&mut self, timestamp: Timestamp) -> Value<'_> {
        let Timestamp { seconds, nanoseconds, .. } = timestamp;
        match self.format {
            DateFormat::Double => Value::Float(timestamp.as_seconds()),
            DateFormat::Epoch => Value::UInt(seconds.cast_unsigned()),
            DateFormat::EpochMilliseconds => Value::UInt(
                seconds.wrapping_mul(1000).wrapping_add((nanoseconds / 1_000_000).into()).cast_unsigned(),
            ),
            DateFormat::Iso8601 => Value::Str(self.text.with_fraction(timestamp, 6, "Z")),
            DateFormat::JavaSqlTimestamp => Value::Str(self.text.with_fraction(timestamp, 6, "")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, timestamps: &[(i64, u32)], expected: &[Value<'_>]) {
        let mut writer = DateWriter::new(DateFormat::from_name(name, Compat::V5_1).unwrap());
        for ((seconds, nanoseconds), expected) in timestamps.iter().zip(expected) {
            assert_eq!(writer.date(Timestamp::new(*seconds, *nanoseconds)), *expected, "{name}");
        }
    }

    #[test]
    fn formats() {
        let times = [(1_688_466_030, 500_000_000), (1_688_466_030, 999_999_999), (1_688_466_032, 1)];
        check(
            "double",
            &times,
            &[Value::Float(1_688_466_030.5), Value::Float(1_688_466_031.0), Value::Float(1_688_466_032.0)],
        );
        check("epoch", &times, &[Value::UInt(1_688_466_030), Value::UInt(1_688_466_030)]);
        check("epoch_ms", &times, &[Value::UInt(1_688_466_030_500), Value::UInt(1_688_466_030_999)]);
        check(
            "iso8601",
            &times,
            &[
                Value::Str(b"2023-07-04T10:20:30.500000Z"),
                Value::Str(b"2023-07-04T10:20:30.999999Z"),
                Value::Str(b"2023-07-04T10:20:32.000000Z"),
            ],
        );
        check("java_sql_timestamp", &times, &[Value::Str(b"2023-07-04 10:20:30.500000")]);
    }
}
