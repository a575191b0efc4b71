//! `Merge_Log`: from the text in `log` to fields of the record.

use std::sync::Arc;

use event_model::{Compat, Field, Kind, Record, Timestamp, Value};
use fluentbit_parser::Parser;

use crate::context::{Context, Event, Observer};

/// The settings of `Merge_Log`.
#[derive(Clone, Debug)]
pub(super) struct Merge {
    /// The map that merged fields go into, rather than the record.
    pub(super) key: Option<Box<[u8]>>,
    /// Tried instead of JSON.
    pub(super) parser: Option<Arc<Parser>>,
    pub(super) keep_log: bool,
    pub(super) trim: bool,
    pub(super) compat: Compat,
}

impl Merge {
    /// Merges the field `log` of a record; `parser` is what the pod asks for.
    pub(super) fn apply<'a>(
        &'a self,
        parser: Option<&'a Parser>,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) {
        let Some(log) = record.fields.iter().position(|field| field.key == b"log") else { return };
        let before = record.fields.len();
        let value = record.fields[log].value;
        // Merged fields are appended first, so that they are read in place.
        let merged = match value.kind() {
            Kind::Map => {
                record.fields.extend(value.members().into_iter().flatten());
                true
            }
            Kind::Str => {
                let text = value.as_str().unwrap_or_default();
                let merged = self.parse(parser, text, record, cx);
                if merged && self.trim {
                    record.fields[before..].iter_mut().for_each(trim);
                }
                merged
            }
            _ => {
                // Nothing is merged, and still it goes.
                if !self.keep_log {
                    record.fields.remove(log);
                }
                observer.observe(Event::NotMerged);
                return;
            }
        };
        if !merged {
            observer.observe(Event::NotMerged);
            return;
        }
        if let (Some(key), true) = (&self.key, record.fields.len() > before) {
            let map = cx.arena.slice(&record.fields[before..]);
            record.fields.truncate(before);
            record.fields.push(Field::new(key, Value::Map(map)));
        }
        if !self.keep_log {
            record.fields.remove(log);
        }
        observer.observe(Event::Merged);
    }

    /// Appends the fields in `text`; whether it could be parsed.
    fn parse<'a>(
        &'a self,
        annotated: Option<&'a Parser>,
        text: &'a [u8],
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
    ) -> bool {
        let Some(parser) = annotated.or(self.parser.as_deref()) else {
            let json = cx.scratch.json(self.compat);
            return json.parse_object(text, cx.arena, &mut record.fields).is_ok();
        };
        let parsed = parser.parse(text, cx.now, cx.arena, &mut cx.scratch.parsers, &mut record.fields);
        if let Ok(parsed) = &parsed {
            // The epoch is no time to Fluent Bit.
            let time = parsed.time.filter(|time| *time != Timestamp::default());
            record.timestamp = time.unwrap_or(cx.now);
        }
        parsed.is_ok()
    }
}

/// Takes line ends off the end of a text, real ones and those written as `\n` or `\r`. The first character
/// always stays, even as a line end.
fn trim(field: &mut Field<'_>) {
    let Value::Str(text) = field.value else { return };
    let mut rest = text;
    loop {
        rest = match rest {
            [shorter @ .., b'\n'] if !shorter.is_empty() => shorter,
            [shorter @ .., b'\\', b'n' | b'r'] => shorter,
            _ => break,
        };
    }
    field.value = Value::Str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends() {
        for (text, expected) in [
            ("x", "x"),
            ("x\n", "x"),
            ("x\n\n", "x"),
            ("x\r\n", "x\r"),
            ("x\\n", "x"),
            ("x\\r\\n\n", "x"),
            ("\n", "\n"),
            ("\n\n\n", "\n"),
            ("\\n", ""),
            ("x\\n\\n", "x"),
            ("x\\", "x\\"),
            ("n", "n"),
            ("", ""),
            ("x\\t", "x\\t"),
            ("a\nb\n", "a\nb"),
        ] {
            let mut field = Field::new(b"m", Value::Str(text.as_bytes()));
            trim(&mut field);
            assert_eq!(field.value, Value::Str(expected.as_bytes()), "{text:?}");
        }
    }
}
