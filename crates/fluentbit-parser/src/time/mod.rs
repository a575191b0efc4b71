//! Fluent Bit's `Time_Format`.
//!
//! It is `strptime` of the BSDs with `%L` added, for fractions of a second, and it is lenient in ways that
//! configurations depend on:
//!
//! - White space in the format stands for any amount of white space, also none.
//! - What follows the time is ignored; numbers may have fewer digits than usual; names of days and months
//!   may be long or short, in any case.
//! - Only the first `%L` is one, and it takes one to nine digits.
//! - A format without `%Y`, `%y` and `%s` gets the current year, so that December is in the future when it is
//!   read in January. (That `%F` or `%D` have a year is not seen; it is read all the same.)
//! - Days that a month does not have continue into the next month.
//!
//! ```
//! use event_model::{Compat, Timestamp};
//! use fluentbit_parser::time::{TimeFormat, Zone};
//!
//! let format = TimeFormat::new("%d/%b/%Y:%H:%M:%S %z", Zone::UTC, Compat::V5_1);
//! let time = format.parse(b"04/Jul/2023:10:20:30 +0900 ...", Timestamp::default())?;
//! assert_eq!(time, Timestamp::new(1_688_433_630, 0));
//! # Ok::<(), fluentbit_parser::time::TimeError>(())
//! ```

mod broken_down;
mod error;
mod iso;
mod ops;
mod read;
mod zone;
mod zone_names;

pub use error::{TimeError, TimeErrorKind};
pub(crate) use zone::Utc;
pub use zone::{InvalidOffset, TimeZone, Zone, iana_time_zone, parse_offset};

use std::sync::Arc;

use chrono::{DateTime, Datelike};
use event_model::{Compat, Timestamp};

use broken_down::BrokenDown;
use iso::{Iso, IsoTime};
use ops::Ops;

/// The longest text that is taken for a time, in bytes.
const LONGEST: usize = 63;
/// The same where the year is put before it.
const LONGEST_WITHOUT_YEAR: usize = 57;

/// A time format, compiled.
///
/// Never panics; time is linear in the text, which is refused above 63 bytes.
#[derive(Clone, Debug)]
pub struct TimeFormat {
    /// The fast way for the form that most times have.
    iso: Option<Iso>,
    /// Up to `%L`.
    before_fraction: Ops,
    /// After `%L`, if there is one.
    after_fraction: Option<Ops>,
    has_year: bool,
    /// Whether the format has a zone, or writes the `Z` of one.
    has_zone: bool,
    zone: Zone,
    compat: Compat,
}

impl TimeFormat {
    /// Compiles a format. `zone` is where times are that do not say it.
    ///
    /// Every format is accepted: one with a directive that does not exist never matches, see
    /// [`unknown_directive`](Self::unknown_directive).
    #[must_use]
    pub fn new(format: &str, zone: Zone, compat: Compat) -> Self {
        let (before, after) = match format.split_once("%L") {
            Some((before, after)) => (before, Some(after)),
            None => (format, None),
        };
        Self {
            iso: Iso::of_format(format),
            before_fraction: Ops::compile(before, 0),
            after_fraction: after.map(|after| Ops::compile(after, before.len() + 2)),
            has_year: ["%Y", "%y", "%s"].iter().any(|directive| format.contains(directive)),
            has_zone: ["%z", "%Z", "%SZ", "%S.%LZ"].iter().any(|directive| format.contains(directive)),
            zone,
            compat,
        }
    }

    /// Where in the format, in bytes, the first directive is that does not exist. No time matches such a
    /// format.
    #[must_use]
    pub fn unknown_directive(&self) -> Option<usize> {
        let after = || self.after_fraction.as_ref().and_then(Ops::unknown);
        self.before_fraction.unknown().or_else(after)
    }

    /// Reads a time. `now` gives the year, the month and the day that the format does not have.
    ///
    /// # Errors
    ///
    /// When `text` does not match. The error knows the time that was read up to there, which is what
    /// `Time_Strict Off` takes.
    pub fn parse(&self, text: &[u8], now: Timestamp) -> Result<Timestamp, TimeError> {
        if text.len() > if self.has_year { LONGEST } else { LONGEST_WITHOUT_YEAR } {
            return Err(TimeError::too_long());
        }
        if let Some(iso) = self.iso
            && let Some(IsoTime { seconds, nanoseconds, offset }) = iso.read(text)
        {
            return Ok(self.timestamp(seconds, self.offset_or(offset), nanoseconds));
        }
        // A NUL ends a text in C.
        let mut rest = text.get(..memchr::memchr(0, text).unwrap_or(text.len())).unwrap_or_default();
        let mut time = BrokenDown::default();
        if self.has_year {
            time.begin();
        } else {
            self.set_date(&mut time, now);
            rest = read::skip_space(rest);
        }
        let error = |kind, time: &BrokenDown, nanoseconds| {
            let partial = self.timestamp(time.seconds(), time.offset, nanoseconds);
            Err(TimeError::new(kind, partial, nanoseconds))
        };
        if !read::run(&self.before_fraction, &mut rest, &mut time, self.compat) {
            return error(TimeErrorKind::Mismatch, &time, 0);
        }
        let mut nanoseconds = 0;
        if let Some(after) = &self.after_fraction {
            match read::fraction(&mut rest) {
                Some(fraction) => nanoseconds = fraction,
                None => return error(TimeErrorKind::NoFraction, &time, 0),
            }
            // The rest is a format of its own: a zone before `%L` is forgotten.
            time.begin();
            if !read::run(after, &mut rest, &mut time, self.compat) {
                return error(TimeErrorKind::MismatchAfterFraction, &time, nanoseconds);
            }
        }
        Ok(self.timestamp(time.seconds(), self.offset_or(time.offset), nanoseconds))
    }

    /// Puts the rules of the system's zone in the place of those that [`Zone::System`] came with.
    pub(crate) fn set_system_time_zone(&mut self, rules: &Arc<dyn TimeZone>) {
        if let Zone::System(zone) = &mut self.zone {
            *zone = Arc::clone(rules);
        }
    }

    fn set_date(&self, time: &mut BrokenDown, now: Timestamp) {
        let offset = match &self.zone {
            Zone::Named(zone) if !self.has_zone => zone.offset_at(now.seconds),
            Zone::System(zone) => zone.offset_at(now.seconds),
            Zone::Named(_) | Zone::Offset(_) => 0,
        };
        let now =
            DateTime::from_timestamp(now.seconds.saturating_add(i64::from(offset)), 0).unwrap_or_default();
        time.begin();
        time.set_year(i64::from(now.year()));
        time.month = i64::from(now.month0());
        time.day = i64::from(now.day());
    }

    /// The offset of a time that says it or not.
    fn offset_or(&self, own: i64) -> i64 {
        match &self.zone {
            Zone::Offset(offset) if !self.has_zone => i64::from(*offset),
            _ => own,
        }
    }

    /// The time of local `seconds`, which are `offset` ahead of UTC.
    fn timestamp(&self, seconds: i64, offset: i64, nanoseconds: u32) -> Timestamp {
        let utc = match &self.zone {
            // As in Fluent Bit, the system's zone is taken even if the text has another one.
            Zone::System(zone) => zone.utc(seconds),
            Zone::Named(zone) if !self.has_zone => zone.utc(seconds),
            Zone::Named(_) | Zone::Offset(_) => seconds.saturating_sub(offset),
        };
        Timestamp::new(utc, nanoseconds)
    }
}
