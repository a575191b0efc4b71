//! The first line is a format, the rest a text: nothing may panic, and only formats that are known match.

use event_model::{Compat, Timestamp};
use fluentbit_parser::time::{TimeFormat, Zone, parse_offset};

pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some(format), Some(text)) = (parts.next(), parts.next()) else { return };
    let Ok(format) = std::str::from_utf8(format) else { return };
    let _ = parse_offset(format);
    for compat in [Compat::V5_1, Compat::V1_8] {
        for zone in [Zone::UTC, Zone::Offset(-12_600)] {
            let compiled = TimeFormat::new(format, zone, compat);
            for now in [Timestamp::default(), Timestamp::new(1_688_466_030, 0), Timestamp::new(i64::MAX, 0)] {
                let parsed = compiled.parse(text, now);
                assert!(parsed.is_err() || compiled.unknown_directive().is_none());
                let time = parsed.map_or_else(|error| error.partial(), Some);
                assert!(time.is_none_or(|time| time.nanoseconds < 1_000_000_000));
            }
        }
    }
}
