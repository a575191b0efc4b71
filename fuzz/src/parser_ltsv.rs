//! Any line: nothing may panic, and all keys and values are parts of the line.

use event_model::{Arena, Compat, Timestamp, Value};
use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};

pub(crate) fn run(data: &[u8]) {
    for compat in [Compat::V5_1, Compat::V1_8] {
        let parser =
            Parser::new("fuzz", &ParserOptions::new(Format::Ltsv), compat).expect("these options are valid");
        let (arena, mut fields) = (Arena::new(), Vec::new());
        let parsed = parser.parse(data, Timestamp::default(), &arena, &mut Scratch::new(compat), &mut fields);
        assert!(parsed.is_ok() || fields.is_empty());
        for field in &fields {
            let Value::Str(value) = field.value else { panic!("{field:?}") };
            assert!(data.as_ptr_range().contains(&field.key.as_ptr()));
            assert!(value.is_empty() || data.as_ptr_range().contains(&value.as_ptr()));
            assert!(!field.key.contains(&b':') && !value.contains(&b'\t'));
        }
    }
}
