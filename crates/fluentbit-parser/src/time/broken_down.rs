//! C's broken-down time, as far as it is read.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// A time in fields, and which of them were read. Fields may be out of range, as in C.
#[derive(Clone, Copy, Debug)]
pub(super) struct BrokenDown {
    pub(super) year: i64,
    /// From 0.
    pub(super) month: i64,
    /// From 1; 0 when it was not read, the day before.
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// From 0.
    pub(super) day_of_year: i64,
    /// Seconds east of UTC.
    pub(super) offset: i64,
    pub(super) century: Option<i64>,
    pub(super) year_of_century: Option<i64>,
    known: Known,
}

/// Which fields of the date were read or derived.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    year: bool,
    month: bool,
    day: bool,
    day_of_year: bool,
}

impl Default for BrokenDown {
    /// All zero, which is the last day of 1899.
    fn default() -> Self {
        Self {
            year: 1900,
            month: 0,
            day: 0,
            hour: 0,
            minute: 0,
            second: 0,
            day_of_year: 0,
            offset: 0,
            century: None,
            year_of_century: None,
            known: Known::default(),
        }
    }
}

impl BrokenDown {
    /// Starts a format: fields stay, but none of them is known any more.
    pub(super) fn begin(&mut self) {
        self.offset = 0;
        self.century = None;
        self.year_of_century = None;
        self.known = Known::default();
    }

    pub(super) fn set_year(&mut self, year: i64) {
        self.year = year;
        self.year_of_century = None;
        self.known.year = true;
    }

    pub(super) fn set_month(&mut self, month: i64) {
        self.month = month;
        self.known.month = true;
    }

    pub(super) fn set_day(&mut self, day: i64) {
        self.day = day;
        self.known.day = true;
    }

    pub(super) fn set_day_of_year(&mut self, day: i64) {
        self.day_of_year = day;
        self.known.day_of_year = true;
    }

    /// Sets everything from seconds since 1970. False if that is too far away.
    pub(super) fn set_epoch(&mut self, seconds: i64) -> bool {
        let Some(time) = DateTime::from_timestamp(seconds, 0) else { return false };
        self.year = i64::from(time.year());
        self.month = i64::from(time.month0());
        self.day = i64::from(time.day());
        self.day_of_year = i64::from(time.ordinal0());
        (self.hour, self.minute) = (i64::from(time.hour()), i64::from(time.minute()));
        self.second = i64::from(time.second());
        self.offset = 0;
        self.known = Known { year: true, month: true, day: true, day_of_year: true };
        true
    }

    /// Ends a format: the year of a century gets one, and missing fields of the date are derived from others.
    pub(super) fn finish(&mut self) {
        if let Some(year) = self.year_of_century {
            self.year = match self.century {
                Some(century) if century != 19 => 100 * century + year,
                _ if year <= 68 => 2000 + year,
                _ => 1900 + year,
            };
            self.known.year = true;
        }
        if !self.known.year || !self.known.day_of_year {
            return;
        }
        let days_before = |month| (0..month).map(|month| month_len(self.year, month)).sum::<i64>();
        let mut day = self.day_of_year;
        if !self.known.month {
            // The last day of a leap year in another year is in a thirteenth month.
            self.month = (1..=12).take_while(|&month| days_before(month) <= day).count() as i64;
            day -= days_before(self.month);
        }
        if !self.known.day {
            self.day = day + 1;
        }
    }

    /// Seconds since 1970 if this is UTC.
    pub(super) fn seconds(&self) -> i64 {
        let year = self.year + self.month.div_euclid(12);
        let month = self.month.rem_euclid(12) as u32;
        let first = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month + 1, 1));
        // Years have four digits, or come from a date that chrono has.
        let days = i64::from(first.unwrap_or_default().num_days_from_ce()) - DAYS_TO_1970 + self.day - 1;
        ((days * 24 + self.hour) * 60 + self.minute) * 60 + self.second
    }
}

/// Days from the beginning of year 1, which is day 1, to the beginning of 1970.
const DAYS_TO_1970: i64 = 719_163;

fn month_len(year: i64, month: i64) -> i64 {
    match month {
        1 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
