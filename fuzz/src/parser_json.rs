//! No text may make the JSON reader panic, what it reads is the same as an object and as a value, and what is
//! written of it, if no number or text is rounded, is a fixed point.

use event_model::json::{self, Style};
use event_model::{Arena, Compat, Value};
use fluentbit_parser::json::{JsonReader, MAX_DEPTH};

pub(crate) fn run(data: &[u8]) {
    for compat in [Compat::V5_1, Compat::V1_8] {
        let (arena, mut reader) = (Arena::new(), JsonReader::new(compat));
        let mut fields = Vec::new();
        let read = reader.parse_object(data, &arena, &mut fields);
        let value = reader.parse_value(data, &arena);
        if let Err(error) = read {
            assert!(fields.is_empty() && error.offset() <= data.len());
            assert!(!matches!(value, Ok(Value::Map(_))));
            continue;
        }
        assert!(fields.iter().all(|field| depth(field.value) < MAX_DEPTH));
        assert_eq!(format!("{value:?}"), format!("{:?}", Ok::<_, ()>(Value::Map(&fields))));

        let (mut once, mut twice, mut again) = (Vec::new(), Vec::new(), Vec::new());
        json::map(&mut once, &fields, Style::Utf8);
        // Two keys that are not UTF-8 may become one; floats are written with 16 digits, if they are finite.
        let is_exact = once.windows(3).all(|window| window != "\u{FFFD}".as_bytes());
        if is_exact && !has_float(Value::Map(&fields)) {
            reader.parse_object(&once, &arena, &mut again).expect("what is written can be read");
            json::map(&mut twice, &again, Style::Utf8);
            assert_eq!(twice.escape_ascii().to_string(), once.escape_ascii().to_string());
        }
    }
}

fn depth(value: Value<'_>) -> usize {
    match value {
        Value::Map(fields) => 1 + fields.iter().map(|field| depth(field.value)).max().unwrap_or(0),
        Value::Array(values) => 1 + values.iter().map(|&value| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn has_float(value: Value<'_>) -> bool {
    match value {
        Value::Map(fields) => fields.iter().any(|field| has_float(field.value)),
        Value::Array(values) => values.iter().any(|&value| has_float(value)),
        value => matches!(value, Value::Float(_)),
    }
}
