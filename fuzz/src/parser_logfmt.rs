//! Any line: nothing may panic, a line that fails leaves no fields, and only a key without value can make one
//! fail that has keys.

use event_model::{Arena, Compat, Timestamp, Value};
use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};

pub(crate) fn run(data: &[u8]) {
    for compat in [Compat::V5_1, Compat::V1_8] {
        let mut scratch = Scratch::new(compat);
        let mut read = |strict: bool| {
            let mut options = ParserOptions::new(Format::Logfmt);
            options.logfmt_no_bare_keys = strict;
            let parser = Parser::new("fuzz", &options, compat).expect("these options are valid");
            let (arena, mut fields) = (Arena::new(), Vec::new());
            let parsed = parser.parse(data, Timestamp::default(), &arena, &mut scratch, &mut fields);
            assert!(parsed.is_ok() || fields.is_empty());
            let without_value = |value| matches!(value, Value::Bool(true) | Value::Null);
            (parsed.is_ok(), fields.iter().any(|field| without_value(field.value)))
        };
        let (lenient, without_value) = read(false);
        let (strict, _) = read(true);
        assert!(lenient || !strict);
        assert!(strict || !lenient || without_value);
    }
}
