//! The `parser` filter: parses a field and puts what it finds in the place of the record.

use std::sync::Arc;

use event_model::{Compat, Field, Record, Timestamp, Value};
use fluentbit_config::Section;
use fluentbit_parser::{Parser, ParserSet};
use source_text::{Diagnostic, Span};

use crate::accessor::Accessor;
use crate::context::{Context, Event, Observer};

/// A `parser` filter.
///
/// The parsers are tried in order. What the first that succeeds finds comes first in the record; the other
/// fields are lost unless `Reserve_Data` is on. Keys are not compared: a reserved field can repeat a parsed
/// one, and then is the one that JSON outputs show.
#[derive(Clone, Debug)]
pub struct ParserFilter {
    key: Key,
    parsers: Vec<Arc<Parser>>,
    reserve_data: bool,
    preserve_key: bool,
    nest_under: Option<Box<[u8]>>,
    compat: Compat,
}

#[derive(Clone, Debug)]
enum Key {
    Name(Box<[u8]>),
    /// `$key['sub']`, in 5.1 only. The field it leads to is never taken out of the record.
    Accessor(Accessor),
}

impl ParserFilter {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(
        section: &Section,
        parsers: &ParserSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let compat = section.compat;
        let before = problems.len();
        let key = key(section, problems);
        let mut found = Vec::new();
        let mut unknown = Vec::new();
        for property in section.get_all("parser") {
            match parsers.get(&property.value) {
                Some(parser) => found.push(parser),
                None => unknown.push(property),
            }
        }
        for property in unknown {
            let message = format!("there is no parser `{}`", property.value);
            problems.push(if found.is_empty() {
                Diagnostic::error("unknown-parser", property.value_span, message)
            } else {
                Diagnostic::warning("unknown-parser", property.value_span, message)
                    .help("Fluent Bit goes on with the other parsers")
            });
        }
        if section.get("parser").is_none() {
            problems.push(Diagnostic::error(
                "missing-property",
                plugin(section),
                "a parser filter needs `Parser`",
            ));
        }
        let mut flag = |key: &str| {
            section.bool(key, false).unwrap_or_else(|problem| {
                problems.push(*problem);
                false
            })
        };
        let (reserve_data, preserve_key) = (flag("reserve_data"), flag("preserve_key"));
        let nest_under = section.str("nest_under").filter(|_| compat != Compat::V1_8);
        let failed = problems[before..].iter().any(Diagnostic::is_error);
        key.filter(|_| !failed).map(|key| Self {
            key,
            parsers: found,
            reserve_data,
            preserve_key,
            nest_under: nest_under.map(|key| key.as_bytes().into()),
            compat,
        })
    }

    /// Changes a record.
    pub fn apply<'a>(
        &'a self,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) {
        let originals = record.fields.len();
        let mut taken = Taken::default();
        let parsed = match &self.key {
            Key::Accessor(accessor) => accessor
                .value(&record.fields)
                .and_then(text)
                .map(|text| self.parse(text, originals, record, cx)),
            Key::Name(name) => {
                let mut parsed = None;
                for index in 0..originals {
                    let field = record.fields[index];
                    let Some(text) = text(field.value).filter(|_| field.key == &**name) else { continue };
                    let here = self.parse(text, originals, record, cx);
                    if here {
                        taken.add(index);
                    }
                    parsed = match self.compat {
                        // A later field of the same name that cannot be parsed does not count.
                        Compat::V1_8 => Some(here || parsed == Some(true)),
                        _ => Some(here),
                    };
                    if here && !self.reserve_data && self.compat == Compat::V1_8 {
                        break;
                    }
                }
                parsed
            }
        };
        match parsed {
            Some(true) => self.compose(record, originals, &taken, cx),
            Some(false) => {
                record.fields.truncate(originals);
                observer.observe(Event::NotParsed);
            }
            None => observer.observe(Event::NoField),
        }
    }

    /// Puts what was parsed, now behind the original fields, before those of them that stay.
    fn compose<'a>(&'a self, record: &mut Record<'a>, originals: usize, taken: &Taken, cx: &Context<'a, '_>) {
        let fields = &mut record.fields;
        if let Some(key) = &self.nest_under {
            let map = cx.arena.slice(&fields[originals..]);
            fields.truncate(originals);
            fields.push(Field::new(key, Value::Map(map)));
        }
        let preserved_alone = self.preserve_key && !self.reserve_data && self.compat != Compat::V1_8;
        let mut index = 0;
        let mut staying = 0;
        fields.retain(|_| {
            let stays = index < originals
                && if self.reserve_data {
                    self.preserve_key || !taken.contains(index)
                } else {
                    preserved_alone && taken.last() == Some(index)
                };
            let parsed = index >= originals;
            index += 1;
            staying += usize::from(stays);
            stays || parsed
        });
        fields.rotate_left(staying);
    }

    /// Appends what the first parser that succeeds finds, in place of what was found before.
    fn parse<'a>(
        &'a self,
        text: &'a [u8],
        originals: usize,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
    ) -> bool {
        let mut parsed = cx.scratch.take_fields();
        let scratch = &mut cx.scratch.parsers;
        let found = self
            .parsers
            .iter()
            .find_map(|parser| parser.parse(text, cx.now, cx.arena, scratch, &mut parsed).ok());
        if let Some(found) = &found {
            record.fields.truncate(originals);
            record.fields.append(&mut parsed);
            // The epoch is no time to Fluent Bit.
            if let Some(time) = found.time.filter(|time| *time != Timestamp::default()) {
                record.timestamp = time;
            }
        }
        cx.scratch.put_fields(parsed);
        found.is_some()
    }
}

/// Which of the original fields were parsed. There is rarely more than one.
#[derive(Default)]
struct Taken {
    last: Option<usize>,
    earlier: Vec<usize>,
}

impl Taken {
    fn add(&mut self, index: usize) {
        self.earlier.extend(self.last.replace(index));
    }

    fn last(&self) -> Option<usize> {
        self.last
    }

    fn contains(&self, index: usize) -> bool {
        self.last == Some(index) || self.earlier.contains(&index)
    }
}

/// Where the plugin is named.
fn plugin(section: &Section) -> Span {
    section.plugin().map_or(section.span, |name| name.value_span)
}

/// The key to parse.
fn key(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Key> {
    let Some(property) = section.get("key_name").filter(|property| !property.value.is_empty()) else {
        problems.push(Diagnostic::error(
            "missing-property",
            plugin(section),
            "a parser filter needs `Key_Name`",
        ));
        return None;
    };
    if section.compat == Compat::V1_8 || !property.value.starts_with('$') {
        return Some(Key::Name(property.value.as_bytes().into()));
    }
    match Accessor::parse(&property.value, section.compat) {
        Ok(accessor) => Some(Key::Accessor(accessor)),
        Err(error) => {
            problems.push(Diagnostic::error(
                "invalid-accessor",
                property.value_span,
                format!("`{}` is no record accessor: {error}", property.value),
            ));
            None
        }
    }
}

/// What a parser can read.
fn text(value: Value<'_>) -> Option<&[u8]> {
    match value.resolve() {
        Value::Str(text) | Value::Bin(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use event_model::Arena;

    use super::*;
    use crate::test_support::{apply, parsers, problems, section};

    /// What the filter makes of `{"a":"1","log":"INFO up","b":2,"m":{"x":"WARN deep"}}`, and the record's time.
    fn check(compat: Compat, lines: &[&str], expected: &str) {
        const MAP: &[Field<'_>] = &[Field::new(b"x", Value::Str(b"WARN deep"))];
        let section = section("parser", lines, compat);
        let mut problems = Vec::new();
        let filter = ParserFilter::from_section(&section, &parsers(compat), &mut problems);
        let filter = filter.unwrap_or_else(|| panic!("{problems:?}"));
        let fields = [
            ("a", Value::Str(b"1")),
            ("log", Value::Str(b"INFO up")),
            ("b", Value::Int(2)),
            ("m", Value::Map(MAP)),
        ];
        let arena = Arena::new();
        let mut time = Timestamp::default();
        let found = apply(&arena, &fields, |record, cx| {
            filter.apply(record, cx, &mut ());
            time = record.timestamp;
        });
        assert_eq!(format!("{found} @{}", time.seconds), expected, "{lines:?} {compat}");
    }

    #[test]
    fn parsed_and_reserved() {
        const REST: &str = "a=1 b=2 m={x=WARN deep}";
        const SAME: &str = "a=1 log=INFO up b=2 m={x=WARN deep} @0";
        for (lines, expected) in [
            (&["Parser level"][..], "level=INFO text=up @0".to_owned()),
            (&["Parser level", "Reserve_Data On"], format!("level=INFO text=up {REST} @0")),
            (
                &["Parser level", "Reserve_Data On", "Preserve_Key On"],
                "level=INFO text=up a=1 log=INFO up b=2 m={x=WARN deep} @0".to_owned(),
            ),
            (&["Parser stamp", "Parser level"], "level=INFO text=up @0".to_owned()),
            (&["Parser stamp"], SAME.to_owned()),
        ] {
            let lines: Vec<&str> = ["Key_Name log"].iter().chain(lines).copied().collect();
            check(Compat::V5_1, &lines, &expected);
            check(Compat::V1_8, &lines, &expected);
        }
        for (lines, expected_5_1, expected_1_8) in [
            (
                &["Key_Name log", "Parser level", "Preserve_Key On"][..],
                "level=INFO text=up log=INFO up @0",
                "level=INFO text=up @0",
            ),
            (
                &["Key_Name log", "Parser level", "Nest_Under in"],
                "in={level=INFO text=up} @0",
                "level=INFO text=up @0",
            ),
            (&["Key_Name $m['x']", "Parser level"], "level=WARN text=deep @0", SAME),
            (
                &["Key_Name $m['x']", "Parser level", "Reserve_Data On"],
                "level=WARN text=deep a=1 log=INFO up b=2 m={x=WARN deep} @0",
                SAME,
            ),
            (&["Key_Name b", "Parser level"], SAME, SAME),
            (&["Key_Name zz", "Parser level"], SAME, SAME),
        ] {
            check(Compat::V5_1, lines, expected_5_1);
            check(Compat::V1_8, lines, expected_1_8);
        }
    }

    #[test]
    fn repeated_keys() {
        let parse = |compat, lines: &[&str], second: &'static [u8]| {
            let filter =
                ParserFilter::from_section(&section("parser", lines, compat), &parsers(compat), &mut vec![]);
            let filter = filter.unwrap();
            let fields = [("log", Value::Str(b"A a")), ("k", Value::Null), ("log", Value::Str(second))];
            let arena = Arena::new();
            apply(&arena, &fields, |record, cx| filter.apply(record, cx, &mut ()))
        };
        let alone = ["Key_Name log", "Parser level"];
        let reserve = ["Key_Name log", "Parser level", "Reserve_Data On"];
        assert_eq!(parse(Compat::V5_1, &alone, b"B b"), "level=B text=b");
        assert_eq!(parse(Compat::V1_8, &alone, b"B b"), "level=A text=a");
        assert_eq!(parse(Compat::V5_1, &reserve, b"B b"), "level=B text=b k=null");
        assert_eq!(parse(Compat::V1_8, &reserve, b"B b"), "level=B text=b k=null");
        assert_eq!(parse(Compat::V5_1, &alone, b"?"), "log=A a k=null log=?");
        assert_eq!(parse(Compat::V1_8, &reserve, b"?"), "level=A text=a k=null log=?");
    }

    #[test]
    fn a_time_replaces_that_of_the_record() {
        let filter = ParserFilter::from_section(
            &section("parser", &["Key_Name log", "Parser stamp"], Compat::V5_1),
            &parsers(Compat::V5_1),
            &mut Vec::new(),
        );
        let filter = filter.unwrap();
        for (text, expected) in [("1970-01-01T00:01:40Z ok", 100), ("1970-01-01T00:00:00Z ok", 7)] {
            let arena = Arena::new();
            apply(&arena, &[("log", Value::Str(text.as_bytes()))], |record, cx| {
                record.timestamp.seconds = 7;
                filter.apply(record, cx, &mut ());
                assert_eq!(record.timestamp, Timestamp::new(expected, 0), "{text}");
            });
        }
    }

    #[test]
    fn complaints() {
        for (lines, expected) in [
            (&["Parser level"][..], &["missing-property"][..]),
            (&["Key_Name log"], &["missing-property"]),
            (&["Key_Name log", "Parser nope"], &["unknown-parser"]),
            (&["Key_Name log", "Parser nope", "Parser level"], &["unknown-parser"]),
            (&["Key_Name $a[", "Parser level"], &["invalid-accessor"]),
            (&["Key_Name log", "Parser level", "Reserve_Data 1"], &["invalid-boolean"]),
            (&["Key_Name log", "Parser level"], &[]),
        ] {
            let found = problems(&section("parser", lines, Compat::V5_1), |section, problems| {
                ParserFilter::from_section(section, &parsers(Compat::V5_1), problems).is_some()
            });
            assert_eq!(found, expected, "{lines:?}");
        }
    }
}
