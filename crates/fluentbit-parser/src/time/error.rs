use std::fmt;

use event_model::Timestamp;

/// A text that is no time of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeError {
    kind: TimeErrorKind,
    partial: Option<Timestamp>,
    nanoseconds: u32,
}

/// Why a text is no time of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeErrorKind {
    /// Longer than any time.
    TooLong,
    /// It does not match the format, up to `%L` if that has one.
    Mismatch,
    /// There are no digits for `%L`.
    NoFraction,
    /// It does not match the format after `%L`.
    MismatchAfterFraction,
}

impl TimeError {
    pub(super) fn new(kind: TimeErrorKind, partial: Timestamp, nanoseconds: u32) -> Self {
        Self { kind, partial: Some(partial), nanoseconds }
    }

    pub(super) fn too_long() -> Self {
        Self { kind: TimeErrorKind::TooLong, partial: None, nanoseconds: 0 }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> TimeErrorKind {
        self.kind
    }

    /// The time of what matched, with all other fields zero: usually the last day of 1899. `Time_Strict Off`
    /// takes it. None if the text was not looked at.
    #[must_use]
    pub fn partial(&self) -> Option<Timestamp> {
        self.partial
    }

    /// The nanoseconds, if the text matched up to there.
    #[must_use]
    pub fn nanoseconds(&self) -> u32 {
        self.nanoseconds
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TimeErrorKind::TooLong => "the text is too long for a time",
            TimeErrorKind::Mismatch => "the time does not match the format",
            TimeErrorKind::NoFraction => "the time has no fraction of a second where the format has `%L`",
            TimeErrorKind::MismatchAfterFraction => "the time does not match the format after `%L`",
        })
    }
}

impl std::error::Error for TimeError {}
