//! Any line: nothing may panic, a line that fails leaves no fields, and a key without value is `true` or the
//! end of the line.
#![no_main]

use event_model::{Arena, Compat, Timestamp, Value};
use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for compat in [Compat::V5_1, Compat::V1_8] {
        let mut scratch = Scratch::new(compat);
        let mut read = |strict: bool| {
            let mut options = ParserOptions::new(Format::Logfmt);
            options.logfmt_no_bare_keys = strict;
            let parser = Parser::new("fuzz", &options, compat).expect("these options are valid");
            let (arena, mut fields) = (Arena::new(), Vec::new());
            let parsed = parser.parse(data, Timestamp::default(), &arena, &mut scratch, &mut fields);
            assert!(parsed.is_ok() || fields.is_empty());
            assert!(fields.iter().all(|field| matches!(field.value, Value::Str(_) | Value::Bool(true))));
            let bare = fields.iter().any(|field| matches!(field.value, Value::Bool(_)));
            (parsed.is_ok(), bare)
        };
        let (lenient, bare) = read(false);
        let (strict, _) = read(true);
        if compat == Compat::V5_1 {
            assert_eq!(strict, lenient && !bare);
        }
    }
});
