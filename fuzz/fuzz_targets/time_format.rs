//! The first line is a format, the rest a text: nothing may panic, and what follows a time does not matter.
#![no_main]

use event_model::{Compat, Timestamp};
use fluentbit_parser::time::{TimeFormat, Zone, parse_offset};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some(format), Some(text)) = (parts.next(), parts.next()) else { return };
    let Ok(format) = std::str::from_utf8(format) else { return };
    let _ = parse_offset(format);
    for compat in [Compat::V5_1, Compat::V1_8] {
        for zone in [Zone::UTC, Zone::Offset(-12_600)] {
            let compiled = TimeFormat::new(format, zone, compat);
            for now in [Timestamp::default(), Timestamp::new(1_688_466_030, 0), Timestamp::new(i64::MAX, 0)] {
                let time = match compiled.parse(text, now) {
                    Ok(time) => {
                        assert_eq!(compiled.unknown_directive(), None);
                        time
                    }
                    Err(error) => error.partial(),
                };
                assert!(time.nanoseconds < 1_000_000_000);
            }
        }
    }
});
