//! Where local times are.

use std::fmt;
use std::sync::Arc;

/// The rules of a time zone.
pub trait TimeZone: fmt::Debug + Send + Sync {
    /// How far local time is ahead of UTC, in seconds, at a time given in seconds since 1970.
    fn offset_at(&self, utc: i64) -> i32;

    /// The time when clocks show `local`, both in seconds since 1970.
    ///
    /// Where clocks show a time twice, it is the first of the two. For a time that they skip, the offset counts
    /// that holds at that time of UTC.
    fn utc(&self, local: i64) -> i64 {
        const DAY: i64 = 86_400;
        let candidates =
            [local.saturating_sub(DAY), local.saturating_add(DAY)].map(|utc| self.offset_at(utc));
        let earliest = candidates[0].max(candidates[1]);
        let latest = candidates[0].min(candidates[1]);
        for offset in [earliest, latest] {
            let utc = local.saturating_sub(i64::from(offset));
            if self.offset_at(utc) == offset {
                return utc;
            }
        }
        local.saturating_sub(i64::from(self.offset_at(local)))
    }
}

/// Where the times of a format are that do not say it.
#[derive(Clone, Debug)]
pub enum Zone {
    /// Seconds east of UTC: `Time_Offset`.
    Offset(i32),
    /// A zone of the IANA database: `Time_Zone`.
    Named(Arc<dyn TimeZone>),
    /// The zone of the system: `Time_System_Timezone`. It wins over a zone in the text.
    System(Arc<dyn TimeZone>),
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self::Offset(0);
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

/// The value of `Time_Offset` in seconds: `Z`, `±HHMM` or `±HH:MM`. What follows is ignored.
///
/// # Errors
///
/// When it is none of these.
pub fn parse_offset(text: &str) -> Result<i32, InvalidOffset> {
    let bytes = text.as_bytes();
    let (sign, digits) = match bytes {
        [b'Z', ..] => return Ok(0),
        [b'+', digits @ ..] if bytes.len() >= 4 => (1, digits),
        [b'-', digits @ ..] if bytes.len() >= 4 => (-1, digits),
        _ => return Err(InvalidOffset),
    };
    // As in Fluent Bit, nothing looks whether these are digits, only whether the numbers fit.
    let two = |at: usize| {
        let [tens, ones] =
            [at, at + 1].map(|at| i32::from(digits.get(at).copied().unwrap_or(0)) - i32::from(b'0'));
        Some(10 * tens + ones).filter(|number| (0..60).contains(number)).ok_or(InvalidOffset)
    };
    let minutes_at = if matches!(digits, [_, _, b':', _, _]) { 3 } else { 2 };
    Ok(sign * (two(0)? * 3600 + two(minutes_at)? * 60))
}

/// A `Time_Offset` that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidOffset;

impl fmt::Display for InvalidOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time offset is written +HHMM, -HHMM, +HH:MM or -HH:MM")
    }
}

impl std::error::Error for InvalidOffset {}

/// The zone of the IANA database that is called `name`, such as `Europe/Berlin`. Without the feature `iana`
/// there are none.
#[must_use]
pub fn iana_time_zone(name: &str) -> Option<Arc<dyn TimeZone>> {
    #[cfg(feature = "iana")]
    {
        let zone: chrono_tz::Tz = name.parse().ok()?;
        Some(Arc::new(Iana(zone)))
    }
    #[cfg(not(feature = "iana"))]
    {
        let _ = name;
        None
    }
}

/// UTC as a zone with rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utc;

impl TimeZone for Utc {
    fn offset_at(&self, _: i64) -> i32 {
        0
    }
}

#[cfg(feature = "iana")]
#[derive(Debug)]
struct Iana(chrono_tz::Tz);

#[cfg(feature = "iana")]
impl TimeZone for Iana {
    fn offset_at(&self, utc: i64) -> i32 {
        use chrono::{Offset as _, TimeZone as _};

        let time = chrono::DateTime::from_timestamp(utc, 0).unwrap_or_default().naive_utc();
        self.0.offset_from_utc_datetime(&time).fix().local_minus_utc()
    }
}
