//! The `record_modifier` filter: removes fields by name and appends constant ones.

use std::borrow::Cow;

use event_model::{Compat, Field, Record, Value};
use fluentbit_config::{Property, Section, value};
use source_text::Diagnostic;

use crate::context::{Context, Event, Observer, Verdict};
use crate::split;

/// A `record_modifier` filter.
///
/// Names are compared without case; one that ends with `*` means all that start so. A record that would be
/// empty is dropped.
#[derive(Clone, Debug)]
pub struct RecordModifier {
    names: Names,
    constants: Vec<Constant>,
    uuid_key: Option<Box<[u8]>>,
    compat: Compat,
}

/// A field that is appended.
#[derive(Clone, Debug)]
struct Constant {
    key: Box<[u8]>,
    value: Box<[u8]>,
}

#[derive(Clone, Debug)]
enum Names {
    /// Fields with these names go.
    Remove(Vec<Name>),
    /// Fields without these names go.
    Allow(Vec<Name>),
}

#[derive(Clone, Debug)]
enum Name {
    Whole(Box<[u8]>),
    Start(Box<[u8]>),
}

impl RecordModifier {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = problems.len();
        let constants = section
            .get_all("record")
            .filter_map(|property| constant(property, section.compat, problems))
            .collect();
        let names = |key| section.get_all(key).map(|property| Name::new(&property.value));
        let remove: Vec<Name> = names("remove_key").collect();
        let allow: Vec<Name> = names("allowlist_key").chain(names("whitelist_key")).collect();
        if !remove.is_empty() && !allow.is_empty() {
            let property = section.get("allowlist_key").or_else(|| section.get("whitelist_key"));
            let span = property.map_or(section.span, |property| property.key_span);
            problems.push(
                Diagnostic::error(
                    "exclusive-properties",
                    span,
                    "fields are either removed or allowed, not both",
                )
                .help("keep `Remove_key` or `Allowlist_key`"),
            );
        }
        (!problems[before..].iter().any(Diagnostic::is_error)).then(|| Self {
            names: if allow.is_empty() { Names::Remove(remove) } else { Names::Allow(allow) },
            constants,
            uuid_key: section.str("uuid_key").map(|key| key.as_bytes().into()),
            compat: section.compat,
        })
    }

    /// Changes a record.
    pub fn apply<'a>(
        &'a self,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) -> Verdict<'a> {
        let emptied = self.constants.is_empty()
            && self.uuid_key.is_none()
            && !record.fields.iter().any(|field| self.names.keep(field.key));
        if emptied {
            observer.observe(Event::Emptied);
            return match self.compat {
                Compat::V1_8 => Verdict::Drop,
                // An empty record leaves all others of an otherwise empty batch as they were.
                _ => Verdict::DropUnlessAllDrop,
            };
        }
        record.fields.retain(|field| self.names.keep(field.key));
        let constants = self.constants.iter().map(|it| Field::new(&it.key, Value::Str(&it.value)));
        record.fields.extend(constants);
        if let Some(key) = &self.uuid_key {
            let id = uuid(cx.scratch.random());
            record.fields.push(Field::new(key, Value::Str(cx.arena.bytes(&id))));
        }
        Verdict::Keep
    }
}

/// `Record KEY VALUE`.
fn constant(property: &Property, compat: Compat, problems: &mut Vec<Diagnostic>) -> Option<Constant> {
    let words: Vec<Cow<'_, str>> = match compat {
        Compat::V1_8 => split::words(&property.value, 1).into_iter().map(Cow::Borrowed).collect(),
        _ => value::split_words(&property.value, 2),
    };
    if let [key, value] = &words[..] {
        return Some(Constant { key: key.as_bytes().into(), value: value.as_bytes().into() });
    }
    let span = property.value_span;
    problems.push(match (words.len(), compat) {
        (3.., _) => {
            Diagnostic::warning("too-many-words", span, "`Record` with more than two words is ignored")
                .help("put a value with spaces in double quotes")
        }
        (_, Compat::V1_8) => {
            Diagnostic::warning("too-few-words", span, "`Record` with less than two words is ignored")
        }
        _ => Diagnostic::error("too-few-words", span, "`Record` needs a key and a value"),
    });
    None
}

impl Names {
    fn keep(&self, key: &[u8]) -> bool {
        match self {
            Self::Remove(names) => !names.iter().any(|name| name.is(key)),
            Self::Allow(names) => names.iter().any(|name| name.is(key)),
        }
    }
}

impl Name {
    fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(start) => Self::Start(start.as_bytes().into()),
            None => Self::Whole(text.as_bytes().into()),
        }
    }

    fn is(&self, key: &[u8]) -> bool {
        match self {
            Self::Whole(name) => key.eq_ignore_ascii_case(name),
            Self::Start(start) => {
                key.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
            }
        }
    }
}

/// A version 4 UUID of random bits.
fn uuid(random: u128) -> [u8; 36] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bits = random & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let mut text = [b'-'; 36];
    let places = text.iter_mut().enumerate().filter(|(at, _)| !matches!(at, 8 | 13 | 18 | 23));
    for ((_, place), shift) in places.zip((0..128).step_by(4).rev()) {
        *place = DIGITS[(bits >> shift & 0xf) as usize];
    }
    text
}

#[cfg(test)]
mod tests {
    use event_model::Arena;

    use super::*;
    use crate::test_support::{apply, problems, section};

    fn check(compat: Compat, lines: &[&str], expected: &str, verdict: Verdict<'static>) {
        let filter =
            RecordModifier::from_section(&section("record_modifier", lines, compat), &mut Vec::new())
                .unwrap();
        let arena = Arena::new();
        let fields = [("a", Value::Str(b"1")), ("Ab", Value::Int(2)), ("log", Value::Null)];
        let found = apply(&arena, &fields, |record, cx| {
            let found = filter.apply(record, cx, &mut ());
            assert_eq!(format!("{found:?}"), format!("{verdict:?}"), "{lines:?}");
        });
        assert_eq!(found, expected, "{lines:?}");
    }

    #[test]
    fn fields() {
        for (lines, expected) in [
            (&[][..], "a=1 Ab=2 log=null"),
            (&["Record x 1", "Record a dup"], "a=1 Ab=2 log=null x=1 a=dup"),
            (&[r#"Record x "one two""#], "a=1 Ab=2 log=null x=one two"),
            (&["Record x one two"], "a=1 Ab=2 log=null"),
            (&["Remove_key a"], "Ab=2 log=null"),
            (&["Remove_key A*", "Remove_key zz"], "log=null"),
            (&["Allowlist_key A", "Whitelist_key LOG"], "a=1 log=null"),
            (&["Allowlist_key a*"], "a=1 Ab=2"),
            (&["Remove_key *", "Record x 1"], "x=1"),
        ] {
            check(Compat::V5_1, lines, expected, Verdict::Keep);
        }
        check(Compat::V1_8, &["Record x one  two"], "a=1 Ab=2 log=null x=one  two", Verdict::Keep);
    }

    #[test]
    fn empty_records() {
        for lines in [["Remove_key *"], ["Allowlist_key zz"]] {
            check(Compat::V5_1, &lines, "a=1 Ab=2 log=null", Verdict::DropUnlessAllDrop);
            check(Compat::V1_8, &lines, "a=1 Ab=2 log=null", Verdict::Drop);
        }
    }

    #[test]
    fn uuids() {
        assert_eq!(&uuid(0), b"00000000-0000-4000-8000-000000000000");
        assert_eq!(&uuid(u128::MAX), b"ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(&uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef), b"01234567-89ab-4def-8123-456789abcdef");
        let section = section("record_modifier", &["Uuid_key id"], Compat::V5_1);
        let filter = RecordModifier::from_section(&section, &mut Vec::new()).unwrap();
        let arena = Arena::new();
        let found = apply(&arena, &[], |record, cx| filter.apply(record, cx, &mut ()));
        assert_eq!(found.len(), "id=".len() + 36);
    }

    #[test]
    fn complaints() {
        for (lines, expected) in [
            (&["Record x one two"][..], Some("too-many-words")),
            (&["Record x"], Some("too-few-words")),
            (&["Remove_key a", "Allowlist_key b"], Some("exclusive-properties")),
            (&["Record x 1"], None),
        ] {
            let found = problems(&section("record_modifier", lines, Compat::V5_1), |section, problems| {
                RecordModifier::from_section(section, problems).is_some()
            });
            assert_eq!(found, Vec::from_iter(expected), "{lines:?}");
        }
    }
}
