//! The form of most times, `YYYY-mm-ddTHH:MM:SS`, in one step.

use super::read;

/// A format that is this form, perhaps with a fraction and a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Iso {
    has_fraction: bool,
    zone: IsoZone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IsoZone {
    None,
    /// The letter.
    Z,
    /// `%z`
    Offset,
}

/// What stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IsoTime {
    /// Since 1970 if this is UTC.
    pub(super) seconds: i64,
    pub(super) nanoseconds: u32,
    /// Seconds east of UTC.
    pub(super) offset: i64,
}

impl Iso {
    pub(super) fn of_format(format: &str) -> Option<Self> {
        let rest = format.strip_prefix("%Y-%m-%dT%H:%M:%S")?;
        let fraction = rest.strip_prefix(".%L");
        let zone = match fraction.unwrap_or(rest) {
            "" => IsoZone::None,
            "Z" => IsoZone::Z,
            "%z" => IsoZone::Offset,
            _ => return None,
        };
        Some(Self { has_fraction: fraction.is_some(), zone })
    }

    /// Reads a time with all its digits. None for anything else, which may be a time all the same.
    pub(super) fn read(self, text: &[u8]) -> Option<IsoTime> {
        let (&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2], rest) =
            text.split_first_chunk::<19>()?
        else {
            return None;
        };
        let (century, year, month, day) = (two(y1, y2), two(y3, y4), two(m1, m2), two(d1, d2));
        let (hour, minute, second) = (two(h1, h2), two(n1, n2), two(s1, s2));
        let in_range = century < 100
            && year < 100
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !in_range {
            return None;
        }
        let mut rest = rest;
        let nanoseconds = if self.has_fraction {
            rest = rest.strip_prefix(b".")?;
            read::fraction(&mut rest)?
        } else {
            0
        };
        let offset = match self.zone {
            IsoZone::None => 0,
            IsoZone::Z => rest.strip_prefix(b"Z").map(|_| 0)?,
            IsoZone::Offset => read::zone_offset(&mut rest)?,
        };
        let days = days_since_1970(100 * century + year, month, day);
        let seconds = (days * 24 + i64::from(hour)) * 3600 + i64::from(60 * minute + second);
        Some(IsoTime { seconds, nanoseconds, offset })
    }
}

/// A number of two digits. What is no digit makes one that is out of range.
fn two(tens: u8, ones: u8) -> u32 {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    if tens > 9 || ones > 9 { 100 } else { u32::from(10 * tens + ones) }
}

/// Days from 1970 to a day of the Gregorian calendar. A day that the month does not have is in the next one.
fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    // In years that begin with March, the day that may be missing is the last one. 400 years more, a whole
    // cycle, keep January of the year 0 above zero.
    let month = (month + 9) % 12;
    let year = year + 400 - month / 10;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    i64::from(days) - 146_097 - 719_468
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;

    #[test]
    fn formats() {
        for (format, expected) in [
            ("%Y-%m-%dT%H:%M:%S", Some((false, IsoZone::None))),
            ("%Y-%m-%dT%H:%M:%S.%L", Some((true, IsoZone::None))),
            ("%Y-%m-%dT%H:%M:%SZ", Some((false, IsoZone::Z))),
            ("%Y-%m-%dT%H:%M:%S.%L%z", Some((true, IsoZone::Offset))),
            ("%Y-%m-%dT%H:%M:%S.%L %z", None),
            ("%Y-%m-%d %H:%M:%S", None),
        ] {
            let expected = expected.map(|(has_fraction, zone)| Iso { has_fraction, zone });
            assert_eq!(Iso::of_format(format), expected, "{format}");
        }
    }

    #[test]
    fn days() {
        for year in [0, 1, 4, 99, 100, 1600, 1899, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9999_u32] {
            for month in 1..=12 {
                let first = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap(), month, 1).unwrap();
                for day in 1..=31 {
                    let expected = first + Days::new(u64::from(day) - 1);
                    let expected = (expected - NaiveDate::default()).num_days();
                    assert_eq!(days_since_1970(year, month, day), expected, "{year}-{month}-{day}");
                }
            }
        }
    }
}
