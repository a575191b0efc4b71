//! Time formats as Fluent Bit reads them.

use std::sync::Arc;

use event_model::{Compat, Timestamp};
use fluentbit_parser::time::{TimeErrorKind, TimeFormat, TimeZone, Zone, parse_offset};
use proptest::prelude::*;

/// 2026-11-24T08:00:00Z.
const NOW: Timestamp = Timestamp::new(1_795_507_200, 0);

fn parse(compat: Compat, zone: Zone, format: &str, text: &str) -> String {
    match TimeFormat::new(format, zone, compat).parse(text.as_bytes(), NOW) {
        Ok(time) => format!("{}.{:09}", time.seconds, time.nanoseconds),
        Err(error) => format!("{:?}", error.kind()),
    }
}

/// Expects what 5.1.1 reads in UTC: seconds, with nanoseconds where there are some, or the kind of an error.
fn check(format: &str, text: &str, expected: &str) {
    let parsed = parse(Compat::V5_1, Zone::UTC, format, text);
    assert_eq!(parsed.strip_suffix(".000000000").unwrap_or(&parsed), expected, "{format} for {text:?}");
}

fn check_all(format: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        check(format, text, expected);
    }
}

#[test]
fn fractions() {
    check_all(
        "%Y-%m-%dT%H:%M:%S.%L",
        &[
            ("2023-07-04T10:20:30.5", "1688466030.500000000"),
            ("2023-07-04T10:20:30.123456789", "1688466030.123456789"),
            ("2023-07-04T10:20:30.1234567891", "1688466030.123456789"),
            ("2023-07-04T10:20:30.987Z", "1688466030.987000000"),
            ("2024-02-29T23:59:59.000000001Z", "1709251199.000000001"),
            ("2023-07-04T10:20:30", "Mismatch"),
            ("2023-07-04T10:20:30.", "NoFraction"),
            ("2023-07-04T10:20:30.Z", "NoFraction"),
            ("2023-07-04 10:20:30.5", "Mismatch"),
        ],
    );
    check("%Y-%m-%d %H:%M:%S,%L", "2023-07-04 10:20:30,456", "1688466030.456000000");
    check("%H:%M:%S.%L %Y-%m-%d", "10:20:30.75 2023-07-04", "1688466030.750000000");
    check("%Y-%m-%d %H:%M:%S.%L %L", "2023-07-04 10:20:30.250 500", "MismatchAfterFraction");
    check("%s.%L", "1688466030.25", "1688466030.250000000");
    // There is a double between the digits and the nanoseconds.
    check("%s.%L", "1.000129", "1.000128999");
}

#[test]
fn offsets() {
    check_all(
        "%Y-%m-%dT%H:%M:%S%z",
        &[
            ("2023-07-04T10:20:30+0900", "1688433630"),
            ("2023-07-04T10:20:30+09:00", "1688433630"),
            ("2023-07-04T10:20:30+09", "1688433630"),
            ("2023-07-04T10:20:30 +0900", "1688433630"),
            ("2023-07-04T10:20:30-03:30", "1688478630"),
            ("2023-07-04T10:20:30Z", "1688466030"),
            ("2023-07-04T10:20:30UT", "1688466030"),
            ("2023-07-04T10:20:30UTC", "1688466030"),
            ("2023-07-04T10:20:30GMT", "1688466030"),
            ("2023-07-04T10:20:30est", "1688484030"),
            ("2023-07-04T10:20:30PDT", "1688491230"),
            ("2023-07-04T10:20:30", "Mismatch"),
            ("2023-07-04T10:20:30+9", "Mismatch"),
            ("2023-07-04T10:20:30+09:0", "Mismatch"),
            ("2023-07-04T10:20:30KST", "Mismatch"),
        ],
    );
    // The second half starts anew.
    check("%Y-%m-%d %H:%M:%S %z.%L", "2023-07-04 10:20:30 +0900.5", "1688466030.500000000");
}

#[test]
fn zone_names() {
    for (name, v5_1, v1_8) in [
        ("UTC", "1688466030", "1688466030"),
        ("GMT", "1688466030", "1688466030"),
        ("utc", "1688466030", "1688466030"),
        ("KST", "1688433630", "Mismatch"),
        ("cest", "1688458830", "Mismatch"),
        ("Z", "1688466030", "Mismatch"),
        ("NPT.", "1688445330", "Mismatch"),
        ("J", "Mismatch", "Mismatch"),
        ("ESTX", "Mismatch", "Mismatch"),
    ] {
        let text = format!("2023-07-04T10:20:30 {name}");
        for (compat, expected) in [(Compat::V5_1, v5_1), (Compat::V1_8, v1_8)] {
            let parsed = parse(compat, Zone::UTC, "%Y-%m-%dT%H:%M:%S %Z", &text);
            assert_eq!(parsed.trim_end_matches(".000000000"), expected, "{compat}: {text}");
        }
    }
}

#[test]
fn literals_and_space() {
    check_all(
        "%Y-%m-%d %H:%M:%S",
        &[
            ("2023-07-04 10:20:30", "1688466030"),
            ("2023-07-04   10:20:30", "1688466030"),
            ("2023-07-0410:20:30", "1688466030"),
            ("2023-7-4 1:2:3", "1688432523"),
            ("2023-07-04 10:20:30 and more", "1688466030"),
            ("2023-07-04T10:20:30", "Mismatch"),
            ("2023-07-04 10:20", "Mismatch"),
            ("", "Mismatch"),
        ],
    );
    check("%Y-%m-%dT%H:%M:%SZ", "2023-07-04T10:20:30Z", "1688466030");
    check("%Y-%m-%dT%H:%M:%SZ", "2023-07-04T10:20:30", "Mismatch");
    check("[%Y-%m-%d %H:%M:%S]", "[2023-07-04 10:20:30]", "1688466030");
    check("%Y%%%m%%%d", "2023%07%04", "1688428800");
    check("%Y-%m-%d ", "2023-07-04", "1688428800");
    check("%Y-%m-%d%n", "2023-07-04", "Mismatch");
    check("%Y-%m-%d%t%H", "2023-07-04 \t 10", "1688464800");
    check("%Y-%m-%d", "2023-07-04\0garbage", "1688428800");
}

#[test]
fn ranges() {
    check_all(
        "%Y-%m-%d %H:%M:%S",
        &[
            ("2023-02-30 10:20:30", "1677752430"),
            ("2023-13-01 10:20:30", "Mismatch"),
            ("2023-07-04 24:00:00", "Mismatch"),
            ("2023-07-04 10:20:60", "1688466060"),
            ("2023-07-04 10:20:61", "Mismatch"),
            ("2023-00-04 10:20:30", "Mismatch"),
            ("2023-07-32 10:20:30", "Mismatch"),
        ],
    );
    check_all(
        "%Y-%m-%d",
        &[
            ("1970-01-01", "0"),
            ("1969-12-31", "-86400"),
            ("2106-02-08", "4295030400"),
            ("0001-01-01", "-62135596800"),
        ],
    );
    check_all(
        "%D %T",
        &[
            ("07/04/23 10:20:30", "1688466030"),
            ("07/04/68 10:20:30", "3108622830"),
            ("07/04/69 10:20:30", "-15601170"),
            ("07/04/99 10:20:30", "931083630"),
        ],
    );
    check_all(
        "%Y.%j %H",
        &[("2023.185 10", "1688464800"), ("2023.366 10", "1704103200"), ("2023.400 10", "1675900800")],
    );
    check_all("%C%y", &[("1823", "-4638988800"), ("1923", "1672444800")]);
}

#[test]
fn names() {
    let tuesday = "1688466030";
    check_all(
        "%a %b %e %H:%M:%S %Y",
        &[
            ("Tue Jul  4 10:20:30 2023", tuesday),
            ("Mon Jul  4 10:20:30 2023", tuesday),
            ("tue jul 4 10:20:30 2023", tuesday),
            ("Tuesday July 4 10:20:30 2023", tuesday),
            ("Jul  4 10:20:30 2023", "Mismatch"),
        ],
    );
    check("%c", "Tue Jul  4 10:20:30 2023", tuesday);
    check("%A, %d %B %Y %r", "Tue, 04 Jul 2023 10:20:30 am", tuesday);
    check_all(
        "%Y-%m-%d %I:%M %p",
        &[
            ("2023-07-04 12:00 AM", "1688428800"),
            ("2023-07-04 12:00 pm", "1688472000"),
            ("2023-07-04 1:00 PM", "1688475600"),
            ("2023-07-04 13:00 PM", "Mismatch"),
        ],
    );
    check("%Y-%m-%d %H %p", "2023-07-04 13 PM", "Mismatch");
    check("%F %R", "2023-07-04 1:2", "1688432520");
}

#[test]
fn epoch() {
    check_all(
        "%s",
        &[
            ("1688466030", "1688466030"),
            ("1688466030.5", "1688466030"),
            ("0", "0"),
            ("-5", "Mismatch"),
            ("abc", "Mismatch"),
            ("16884660301", "16884660301"),
            ("99999999999999999", "Mismatch"),
            ("99999999999999999999999", "Mismatch"),
        ],
    );
}

#[test]
fn directives_that_do_not_exist() {
    for (format, unknown) in [
        ("%Y-%m-%d", None),
        ("%Ey %Od %EY", None),
        ("%Y %Q", Some(3)),
        ("%Y %", Some(3)),
        ("%Ed", Some(0)),
        ("%OY", Some(0)),
        ("%S.%L %L", Some(6)),
    ] {
        let format = TimeFormat::new(format, Zone::UTC, Compat::V5_1);
        assert_eq!(format.unknown_directive(), unknown);
    }
    check("%Y %Q", "2023 x", "Mismatch");
}

#[test]
fn too_long() {
    let format = TimeFormat::new("%Y %b", Zone::UTC, Compat::V5_1);
    let text = format!("2023 Jul{}", " ".repeat(55));
    assert!(format.parse(text.as_bytes(), NOW).is_ok());
    let error = format.parse(format!("{text} ").as_bytes(), NOW).unwrap_err();
    assert_eq!((error.kind(), error.partial()), (TimeErrorKind::TooLong, None));
    let no_year = TimeFormat::new("%b %d", Zone::UTC, Compat::V5_1);
    assert!(no_year.parse(format!("Jul 4{}", " ".repeat(52)).as_bytes(), NOW).is_ok());
    assert!(no_year.parse(format!("Jul 4{}", " ".repeat(53)).as_bytes(), NOW).is_err());
}

#[test]
fn missing_date() {
    // The year is that of now: 2026.
    check("%b %d %H:%M:%S", "Jul  4 10:20:30", "1783160430");
    check("%b %d %H:%M:%S.%L", " Jul 04 10:20:30.250", "1783160430.250000000");
    check("%b %d %H:%M:%S", "Dec 31 00:00:00", "1798675200");
    check("%H:%M:%S", "10:20:30", "1795515630");
    check("%b %d", "Foo 1", "Mismatch");
    // Half an hour ahead is the next day.
    let zone = Arc::new(Fixed(16 * 3600 + 1800));
    let parsed = parse(Compat::V5_1, Zone::System(zone), "%H:%M", "00:10");
    assert_eq!(parsed, "1795506000.000000000");
}

#[test]
fn what_is_left_of_a_mismatch() {
    for (format, text, partial, nanoseconds) in [
        ("%Y-%m-%d", "bad", -2_209_075_200, 0),
        ("%Y-%m-%d %H", "2023-07-xx", 1_688_083_200, 0),
        ("%Y-%m-%dT%H:%M:%S.%L%z", "2023-07-04T10:20:30.25", 1_688_466_030, 250_000_000),
    ] {
        let error = TimeFormat::new(format, Zone::Offset(3600), Compat::V5_1)
            .parse(text.as_bytes(), NOW)
            .unwrap_err();
        assert_eq!(error.partial().map(|time| time.seconds), Some(partial), "{format} for {text}");
        assert_eq!(error.nanoseconds(), nanoseconds);
    }
}

/// A zone that never changes.
#[derive(Debug)]
struct Fixed(i32);

impl TimeZone for Fixed {
    fn offset_at(&self, _: i64) -> i32 {
        self.0
    }
}

#[test]
fn zones() {
    let check = |zone: Zone, format: &str, text: &str, expected: &str| {
        assert_eq!(parse(Compat::V5_1, zone, format, text).trim_end_matches(".000000000"), expected);
    };
    let (naive, zoned) = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S %z");
    check(Zone::Offset(32_400), naive, "2023-07-04 10:20:30", "1688433630");
    check(Zone::Offset(-12_600), naive, "2023-07-04 10:20:30", "1688478630");
    check(Zone::Offset(32_400), zoned, "2023-07-04 10:20:30 +0000", "1688466030");
    check(Zone::Offset(32_400), "%Y-%m-%dT%H:%M:%SZ", "2023-07-04T10:20:30Z", "1688466030");
    let seoul = || Arc::new(Fixed(32_400));
    check(Zone::Named(seoul()), naive, "2023-07-04 10:20:30", "1688433630");
    check(Zone::Named(seoul()), zoned, "2023-07-04 10:20:30 +0000", "1688466030");
    check(Zone::System(seoul()), naive, "2023-07-04 10:20:30", "1688433630");
    check(Zone::System(seoul()), zoned, "2023-07-04 10:20:30 +0000", "1688433630");
}

#[cfg(feature = "iana")]
#[test]
fn zones_with_summer_time() {
    let zone = fluentbit_parser::time::iana_time_zone("Europe/Berlin").unwrap();
    for (text, expected) in [
        ("2023-07-04 10:20:30", "1688458830"),
        ("2023-01-04 10:20:30", "1672824030"),
        // Shown twice: the first time.
        ("2023-10-29 02:30:00", "1698539400"),
        ("2023-10-29 03:30:00", "1698546600"),
        // Skipped.
        ("2023-03-26 02:30:00", "1679790600"),
    ] {
        let parsed = parse(Compat::V5_1, Zone::Named(zone.clone()), "%Y-%m-%d %H:%M:%S", text);
        assert_eq!(parsed.trim_end_matches(".000000000"), expected, "{text}");
    }
    assert!(fluentbit_parser::time::iana_time_zone("Europe/Atlantis").is_none());
}

#[test]
fn time_offsets() {
    for (text, expected) in [
        ("+0900", Some(32_400)),
        ("-0330", Some(-12_600)),
        ("+09:00", Some(32_400)),
        ("Zulu", Some(0)),
        ("+0900x", Some(32_400)),
        ("0900", None),
        ("+9", None),
        ("+090", None),
        ("+xx00", None),
        ("", None),
    ] {
        assert_eq!(parse_offset(text).ok(), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics(format in "(%[a-zA-Z%]|%[EO][a-zA-Z]|[ -~]){0,12}", text: Vec<u8>, seconds: i64, v1_8: bool) {
        let compat = if v1_8 { Compat::V1_8 } else { Compat::V5_1 };
        let _ = TimeFormat::new(&format, Zone::UTC, compat).parse(&text, Timestamp::new(seconds, 0));
    }

    #[test]
    fn the_usual_form_is_read_fast_as_slow(
        (year, month, day) in (0..10_000, 0..14, 0..33),
        (hour, minute, second) in (0..25, 0..61, 0..62),
        fraction in "(\\.[0-9]{0,10})?",
        zone in "Z|[ +-][0-9]{2}:?[0-9]{0,2}|GMT|",
        tail in prop::sample::select(vec!["", ".%L", "Z", ".%LZ", "%z", ".%L%z"]),
        offset in -50_000..50_000,
        v1_8: bool,
    ) {
        let compat = if v1_8 { Compat::V1_8 } else { Compat::V5_1 };
        let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}");
        let format = format!("%Y-%m-%dT%H:%M:%S{tail}");
        for zone in [Zone::UTC, Zone::Offset(offset), Zone::System(Arc::new(Fixed(offset)))] {
            // A literal in front keeps the second format off the fast way.
            prop_assert_eq!(
                parse(compat, zone.clone(), &format, &text),
                parse(compat, zone, &format!("x{format}"), &format!("x{text}"))
            );
        }
    }
}
