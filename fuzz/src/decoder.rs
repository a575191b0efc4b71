//! The first two bytes choose rules, the rest is what they decode: nothing may panic, and rules that append
//! leave the field as it is.

use event_model::{Arena, Compat, Timestamp, Value};
use fluentbit_parser::{DecodeAction, DecodeBackend, DecodeRule, Format, Parser, ParserOptions, Scratch};

pub(crate) fn run(data: &[u8]) {
    let Some((&[one, two], text)) = data.split_first_chunk() else { return };
    let line = [b"log:", text].concat();
    let mut options = ParserOptions::new(Format::Ltsv);
    options.decoders = vec![rule(one), rule(one / 24), rule(two)];
    for compat in [Compat::V5_1, Compat::V1_8] {
        let parser = Parser::new("fuzz", &options, compat).expect("these options are valid");
        let (arena, mut fields) = (Arena::new(), Vec::new());
        let mut scratch = Scratch::new(compat);
        let parsed = parser.parse(&line, Timestamp::default(), &arena, &mut scratch, &mut fields);
        if let (Ok(_), Some(log)) = (parsed, fields.first()) {
            assert_eq!(log.key, b"log");
            if options.decoders.iter().all(|rule| !rule.replace) {
                assert!(matches!(log.value, Value::Str(log) if text.starts_with(log)));
            }
        }
    }
}

fn rule(choice: u8) -> DecodeRule {
    let backend = match choice % 4 {
        0 => DecodeBackend::Json,
        1 => DecodeBackend::Escaped,
        2 => DecodeBackend::EscapedUtf8,
        _ => DecodeBackend::MysqlQuoted,
    };
    let mut rule = DecodeRule::new(backend, "log", (choice / 4).is_multiple_of(2));
    rule.action = match choice / 8 % 3 {
        0 => DecodeAction::Stop,
        1 => DecodeAction::TryNext,
        _ => DecodeAction::DoNext,
    };
    rule
}
