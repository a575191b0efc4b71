//! Dates as text: C's `strftime` in the C locale and in UTC.

use crate::Timestamp;
use crate::number::padded;

/// Appends the time `seconds` after the epoch as `format` says.
///
/// All conversions of glibc are known, with the flags `-` (no padding), `_` (spaces), `0` (zeros) and `^`
/// (upper case), without field widths. What is no conversion is copied.
///
/// ```
/// let mut out = Vec::new();
/// event_model::strftime(&mut out, b"logs-%Y.%m.%d week %-V", 1_688_466_030);
/// assert_eq!(out, b"logs-2023.07.04 week 27");
/// ```
pub fn strftime(out: &mut Vec<u8>, format: &[u8], seconds: i64) {
    format_time(out, format, &Civil::new(seconds));
}

/// Dates of one format. The text of the last second is kept: records come in runs of the same second.
///
/// ```
/// use event_model::{DateText, Timestamp};
///
/// let mut date = DateText::new("%H:%M:%S");
/// let timestamp = Timestamp::new(1_688_466_030, 123_456_789);
/// assert_eq!(date.at(timestamp.seconds), b"10:20:30");
/// assert_eq!(date.with_fraction(timestamp, 3, "Z"), b"10:20:30.123Z");
/// ```
#[derive(Clone, Debug)]
pub struct DateText {
    format: Box<[u8]>,
    second: Option<i64>,
    /// The date, and after it what the last call added.
    text: Vec<u8>,
    date_end: usize,
}

impl DateText {
    /// Dates of a `format` as [`strftime`] takes it.
    #[must_use]
    pub fn new(format: &str) -> Self {
        Self { format: format.as_bytes().into(), second: None, text: Vec::new(), date_end: 0 }
    }

    /// The date of a second.
    #[must_use]
    pub fn at(&mut self, seconds: i64) -> &[u8] {
        if self.second != Some(seconds) {
            self.text.clear();
            strftime(&mut self.text, &self.format, seconds);
            self.date_end = self.text.len();
            self.second = Some(seconds);
        }
        &self.text[..self.date_end]
    }

    /// The date, a point, the first `digits` (up to nine) decimals of the second, cut, and `end`.
    #[must_use]
    pub fn with_fraction(&mut self, timestamp: Timestamp, digits: u32, end: &str) -> &[u8] {
        let _ = self.at(timestamp.seconds);
        self.text.truncate(self.date_end);
        let digits = digits.min(9);
        self.text.push(b'.');
        padded(&mut self.text, (timestamp.nanoseconds / 10_u32.pow(9 - digits)).into(), digits as usize);
        self.text.extend_from_slice(end.as_bytes());
        &self.text
    }
}

/// A time taken apart.
struct Civil {
    seconds: i64,
    year: i64,
    /// 1 to 12.
    month: usize,
    /// 1 to 31.
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    /// 0 is Sunday.
    weekday: u64,
    /// 0 to 365.
    day_of_year: u64,
}

impl Civil {
    fn new(seconds: i64) -> Self {
        let days = seconds.div_euclid(86_400);
        let in_day = seconds.rem_euclid(86_400).unsigned_abs();
        // Days are counted from 0000-03-01, so that a leap day is the last of its year, in eras of 400 years.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let in_era = shifted.rem_euclid(146_097);
        let year_in_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
        let month_from_march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_in_era + era * 400 + i64::from(month <= 2);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let day_of_year = if month > 2 { in_year + 59 + i64::from(leap) } else { in_year - 306 };
        Self {
            seconds,
            year,
            month: usize::try_from(month).unwrap_or(1),
            day: day.unsigned_abs(),
            hour: in_day / 3_600,
            minute: in_day / 60 % 60,
            second: in_day % 60,
            weekday: (days + 4).rem_euclid(7).unsigned_abs(),
            day_of_year: day_of_year.unsigned_abs(),
        }
    }

    /// The hour on a clock of twelve.
    fn hour12(&self) -> u64 {
        match self.hour % 12 {
            0 => 12,
            hour => hour,
        }
    }

    /// The number of the week when weeks start on `first` (0 is Sunday).
    fn week(&self, first: u64) -> u64 {
        (self.day_of_year + 7 - (self.weekday + 7 - first) % 7) / 7
    }

    /// The ISO 8601 year and week.
    fn iso_week(&self) -> (i64, u64) {
        // A week belongs to the year of its Thursday.
        let to_thursday = 3 - (i64::try_from(self.weekday).unwrap_or(0) + 6) % 7;
        let thursday = Self::new_date(self.seconds.saturating_add(to_thursday * 86_400));
        (thursday.0, thursday.1 / 7 + 1)
    }

    fn new_date(seconds: i64) -> (i64, u64) {
        let civil = Self::new(seconds);
        (civil.year, civil.day_of_year)
    }
}

/// The days of the week from Sunday on, in the C locale.
pub const DAY_NAMES: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The months, in the C locale.
pub const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn format_time(out: &mut Vec<u8>, format: &[u8], time: &Civil) {
    let mut rest = format;
    while let Some(percent) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..percent]);
        let directive = &rest[percent + 1..];
        let flags = directive.iter().take_while(|byte| b"-_0^#".contains(byte)).count();
        let modifiers = directive[flags..].iter().take_while(|byte| b"EO".contains(byte)).count();
        let length = flags + modifiers;
        let Some(&conversion) = directive.get(length) else {
            return out.extend_from_slice(&rest[percent..]);
        };
        let start = out.len();
        if !convert(out, time, conversion, directive[..flags].last().copied()) {
            out.extend_from_slice(&rest[percent..percent + length + 2]);
        } else if directive[..flags].contains(&b'^') {
            out[start..].make_ascii_uppercase();
        }
        rest = &directive[length + 1..];
    }
    out.extend_from_slice(rest);
}

/// Writes one conversion; `false` if there is none of that letter.
fn convert(out: &mut Vec<u8>, time: &Civil, conversion: u8, flag: Option<u8>) -> bool {
    let weekday = DAY_NAMES[usize::try_from(time.weekday % 7).unwrap_or(0)];
    let month = MONTH_NAMES[time.month.wrapping_sub(1) % 12];
    let mut text = |text: &str| out.extend_from_slice(text.as_bytes());
    match conversion {
        b'a' => text(&weekday[..3]),
        b'A' => text(weekday),
        b'b' | b'h' => text(&month[..3]),
        b'B' => text(month),
        b'p' => text(if time.hour < 12 { "AM" } else { "PM" }),
        b'P' => text(if time.hour < 12 { "am" } else { "pm" }),
        b'n' => text("\n"),
        b't' => text("\t"),
        b'%' => text("%"),
        b'z' => text("+0000"),
        b'Z' => text("GMT"),
        b'c' => format_time(out, b"%a %b %e %H:%M:%S %Y", time),
        b'D' | b'x' => format_time(out, b"%m/%d/%y", time),
        b'F' => format_time(out, b"%Y-%m-%d", time),
        b'r' => format_time(out, b"%I:%M:%S %p", time),
        b'R' => format_time(out, b"%H:%M", time),
        b'T' | b'X' => format_time(out, b"%H:%M:%S", time),
        b's' => crate::number::integer(out, time.seconds),
        b'Y' => crate::number::integer(out, time.year),
        b'G' => crate::number::integer(out, time.iso_week().0),
        b'C' => digits(out, time.year.div_euclid(100).unsigned_abs(), 2, b'0', flag),
        b'y' => digits(out, time.year.rem_euclid(100).unsigned_abs(), 2, b'0', flag),
        b'g' => digits(out, time.iso_week().0.rem_euclid(100).unsigned_abs(), 2, b'0', flag),
        b'm' => digits(out, time.month as u64, 2, b'0', flag),
        b'd' => digits(out, time.day, 2, b'0', flag),
        b'e' => digits(out, time.day, 2, b' ', flag),
        b'H' => digits(out, time.hour, 2, b'0', flag),
        b'k' => digits(out, time.hour, 2, b' ', flag),
        b'I' => digits(out, time.hour12(), 2, b'0', flag),
        b'l' => digits(out, time.hour12(), 2, b' ', flag),
        b'M' => digits(out, time.minute, 2, b'0', flag),
        b'S' => digits(out, time.second, 2, b'0', flag),
        b'j' => digits(out, time.day_of_year + 1, 3, b'0', flag),
        b'u' => digits(out, (time.weekday + 6) % 7 + 1, 1, b'0', flag),
        b'w' => digits(out, time.weekday, 1, b'0', flag),
        b'U' => digits(out, time.week(0), 2, b'0', flag),
        b'W' => digits(out, time.week(1), 2, b'0', flag),
        b'V' => digits(out, time.iso_week().1, 2, b'0', flag),
        _ => return false,
    }
    true
}

fn digits(out: &mut Vec<u8>, value: u64, width: usize, padding: u8, flag: Option<u8>) {
    let padding = match flag {
        Some(b'-') => return padded(out, value, 1),
        Some(b'_') => b' ',
        Some(b'0') => b'0',
        _ => padding,
    };
    let start = out.len();
    padded(out, value, width);
    if padding != b'0' {
        let last = out.len() - 1;
        for digit in out[start..last].iter_mut().take_while(|digit| **digit == b'0') {
            *digit = padding;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: i64, format: &str, expected: &str) {
        let mut out = Vec::new();
        strftime(&mut out, format.as_bytes(), seconds);
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{seconds} {format}");
    }

    #[test]
    fn all_conversions() {
        let july = 1_688_466_030;
        check(july, "%Y-%m-%dT%H:%M:%S", "2023-07-04T10:20:30");
        check(
            july,
            "%a %A %b %B %h|%C %y %g %G|%e %k %l %I %p %P",
            "Tue Tuesday Jul July Jul|20 23 23 2023| 4 10 10 10 AM am",
        );
        check(
            july,
            "%c|%D|%x|%F|%r|%R|%T|%X",
            "Tue Jul  4 10:20:30 2023|07/04/23|07/04/23|2023-07-04|10:20:30 AM|10:20|10:20:30|10:20:30",
        );
        check(july, "%j %u %w %U %W %V %s %z %Z %n%t%%", "185 2 2 27 27 27 1688466030 +0000 GMT \n\t%");
        check(july, "%-d %_d %0e %^b %Ey %Od", "4  4 04 JUL 23 04");
        check(july, "100%|%Q|%5d|%", "100%|%Q|%5d|%");
    }

    #[test]
    fn ends_of_years() {
        for (seconds, expected) in [
            (1_704_067_199, "2023-12-31 52 53 52 2023 365 23:59:59"),
            (1_704_067_200, "2024-01-01 01 00 01 2024 001 00:00:00"),
            (1_609_459_200, "2021-01-01 53 00 00 2020 001 00:00:00"),
            (1_709_164_800, "2024-02-29 09 08 09 2024 060 00:00:00"),
            (951_782_400, "2000-02-29 09 09 09 2000 060 00:00:00"),
            (-1, "1969-12-31 01 52 52 1970 365 23:59:59"),
        ] {
            check(seconds, "%F %V %U %W %G %j %T", expected);
        }
        check(0, "%F %a", "1970-01-01 Thu");
    }

    #[test]
    fn dates_are_kept_for_a_second() {
        let mut date = DateText::new("%S");
        for (seconds, nanoseconds, digits, expected) in [
            (7, 1_999_999, 3, "07.001Z"),
            (7, 2_000_000, 9, "07.002000000Z"),
            (8, 0, 3, "08.000Z"),
            (7, 0, 6, "07.000000Z"),
        ] {
            let text = date.with_fraction(Timestamp::new(seconds, nanoseconds), digits, "Z");
            assert_eq!(text, expected.as_bytes());
        }
        assert_eq!(date.at(7), b"07");
    }

    #[test]
    fn any_time_is_written() {
        for seconds in [i64::MIN, i64::MAX] {
            strftime(&mut Vec::new(), b"%c %G %V %j", seconds);
        }
    }
}
