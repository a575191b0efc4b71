//! The first line is a pattern, the second a format of times, the rest a text: nothing may panic, and fields
//! that were there stay as they were.

use event_model::{Arena, Compat, Field, Timestamp, Value};
use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};

pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(pattern), Some(format), Some(line)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let (Ok(pattern), Ok(format)) = (std::str::from_utf8(pattern), std::str::from_utf8(format)) else {
        return;
    };
    let mut options = ParserOptions::new(Format::Regex(pattern.to_owned()));
    options.time_format = Some(format.to_owned());
    options.types = Some("int:integer float:float bool:bool hex:hex".to_owned());
    for compat in [Compat::V5_1, Compat::V1_8] {
        let Ok(parser) = Parser::new("fuzz", &options, compat) else { continue };
        let mut scratch = Scratch::new(compat);
        for keep in [false, true] {
            options.time_keep = keep;
            let arena = Arena::new();
            let mut fields = vec![Field::new(b"before", Value::Null)];
            let parsed = parser.parse(line, Timestamp::default(), &arena, &mut scratch, &mut fields);
            assert_eq!(fields[0].key, b"before");
            assert!(fields.len() == 1 || parsed.is_ok());
            if let Ok(Some(time)) = parsed.map(|parsed| parsed.time) {
                assert!(time.nanoseconds < 1_000_000_000);
            }
        }
    }
}
