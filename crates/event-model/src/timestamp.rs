//! Points in time.

/// A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds after that second.
///
/// Fluent Bit keeps the two apart as well; before 1970 `seconds` is negative and `nanoseconds` still counts
/// forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds since the epoch.
    pub seconds: i64,
    /// Nanoseconds after `seconds`, below 1,000,000,000.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// The time `seconds.nanoseconds`.
    #[must_use]
    pub const fn new(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds }
    }

    /// Seconds as a double, as Fluent Bit prints dates of format `double`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the double is what Fluent Bit computes with")]
    pub fn as_seconds(self) -> f64 {
        self.seconds as f64 + f64::from(self.nanoseconds) / 1e9
    }

    /// The time `milliseconds` later.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: u64) -> Self {
        let nanoseconds = u64::from(self.nanoseconds) + milliseconds % 1000 * 1_000_000;
        let seconds = milliseconds / 1000 + nanoseconds / 1_000_000_000;
        let rest = u32::try_from(nanoseconds % 1_000_000_000).unwrap_or_default();
        Self::new(self.seconds.saturating_add_unsigned(seconds), rest)
    }
}
