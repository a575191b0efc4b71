//! The first line is an accessor and a template, the rest a JSON record: nothing may panic, and a template of
//! one accessor must write what the accessor finds.

use event_model::{Arena, Compat, Value};
use fluentbit_filter::accessor::{Accessor, Source, Template};
use fluentbit_parser::json::JsonReader;

pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some(text), Some(json)) = (parts.next(), parts.next()) else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    for compat in [Compat::V5_1, Compat::V1_8] {
        let (arena, mut fields) = (Arena::new(), Vec::new());
        if JsonReader::new(compat).parse_object(json, &arena, &mut fields).is_err() {
            continue;
        }
        let (accessor, template) = (Accessor::parse(text, compat), Template::parse(text, compat));
        assert_eq!(accessor.is_ok(), template.is_ok());
        let (Ok(accessor), Ok(template)) = (accessor, template) else { continue };
        let mut out = Vec::new();
        template.fill(&mut out, &Source { tag: b"a.b", fields: &fields, matched: None });
        // What the accessor finds comes first, unless the text is a key's name rather than a path.
        if let Some(Value::Str(found)) = accessor.value(&fields)
            && text.starts_with('$')
        {
            assert!(out.starts_with(found));
        }
    }
}
