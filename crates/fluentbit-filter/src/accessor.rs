//! Record accessors: `$key['sub'][0]`, and templates of text, keys, tags and captures.
//!
//! Filters and outputs of Fluent Bit name a field of a record by an accessor, and compose tags and prefixes
//! by a template; both are one language with many quirks:
//!
//! - An accessor ends at the first `.`, space, `,` or `"`, of which only the dot is spared between quotes. A
//!   top-level key with a dot cannot be named: `$log.level` is `$log` and text.
//! - Sub-keys of a value that is neither map nor list are ignored: `$k['a']` finds `"v"` in `{"k": "v"}`.
//! - Bytes that mean nothing are skipped: `$@timestamp` is `$timestamp`, `$k[-1]` is `$k[1]`.
//! - Where a key is repeated, 5.1.1 finds the last and 1.8.11 the first.
//! - 1.8.11 does not take an index from a list at the top, and an index at the end of a path finds no scalar;
//!   its keys have no `-` and no `/`, and a text of one byte is no text at all.
//!
//! ```
//! use event_model::{Compat, Field, Value};
//! use fluentbit_filter::accessor::Accessor;
//!
//! let inner = [Field::new(b"level", Value::Str(b"warn"))];
//! let record = [Field::new(b"log", Value::Map(&inner))];
//! let level = Accessor::parse("$log['level']", Compat::V5_1).unwrap();
//! assert_eq!(level.text(&record), Some(&b"warn"[..]));
//! assert!(Accessor::parse("$log[level]", Compat::V5_1).is_err());
//! ```

use std::fmt;

use event_model::{Compat, Field, Kind, OwnedValue, Value};

mod parse;
mod template;

pub use template::{Source, Template};

/// A way to one value of a record.
#[derive(Clone, Debug)]
pub struct Accessor {
    path: Option<Path>,
    compat: Compat,
}

/// A key and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Path {
    key: Box<[u8]>,
    steps: Box<[Step]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(Box<[u8]>),
    Index(usize),
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Box<[u8]>),
    Path(Path),
    /// A group of the match that chose the rule.
    Group(usize),
    Tag,
    /// One of the parts between the dots of the tag.
    TagSegment(usize),
}

impl Accessor {
    /// Reads an accessor. A text without `$` is the name of a top-level key, dots and all; of a text with
    /// several parts only the first counts, but all must be well formed.
    ///
    /// # Errors
    ///
    /// When a part that starts with `$` is malformed.
    pub fn parse(text: &str, compat: Compat) -> Result<Self, AccessorError> {
        let path = match parse::parts(text, compat)?.into_iter().next() {
            Some(Part::Path(path)) => Some(path),
            Some(Part::Text(key)) => Some(Path { key, steps: Box::default() }),
            _ => None,
        };
        Ok(Self { path, compat })
    }

    /// Whether the first part names no key, so that nothing is ever found. 1.8.11 crashes on such a `grep`.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.path.is_none()
    }

    /// The value the accessor leads to.
    #[must_use]
    pub fn value<'a>(&self, fields: &[Field<'a>]) -> Option<Value<'a>> {
        self.find(fields).map(|found| found.value)
    }

    /// The value, if it is text.
    #[must_use]
    #[inline]
    pub fn text<'a>(&self, fields: &[Field<'a>]) -> Option<&'a [u8]> {
        self.value(fields)?.as_str()
    }

    /// The value, if it is a field's: not when the path ends with an index.
    pub(crate) fn field_value<'a>(&self, fields: &[Field<'a>]) -> Option<Value<'a>> {
        self.find(fields).filter(|found| found.keyed).map(|found| found.value)
    }

    #[inline]
    fn find<'a>(&self, fields: &[Field<'a>]) -> Option<Found<'a>> {
        self.path.as_ref()?.find(fields, self.compat)
    }
}

struct Found<'a> {
    value: Value<'a>,
    /// Whether the last step was a key.
    keyed: bool,
}

impl Path {
    #[inline]
    fn find<'a>(&self, fields: &[Field<'a>], compat: Compat) -> Option<Found<'a>> {
        let value = if compat == Compat::V1_8 {
            fields.iter().find(|field| field.key == &*self.key)?.value
        } else {
            fields.iter().rev().find(|field| field.key == &*self.key)?.value
        };
        if self.steps.is_empty() {
            return Some(Found { value, keyed: true });
        }
        self.descend(value, compat)
    }

    fn descend<'a>(&self, top: Value<'a>, compat: Compat) -> Option<Found<'a>> {
        let descends = match top.kind() {
            Kind::Map => true,
            Kind::Array => compat != Compat::V1_8,
            _ => false,
        };
        if !descends {
            return Some(Found { value: top, keyed: true });
        }
        let mut current = top;
        // What the last key led to: 1.8.11 answers that even when an index follows.
        let mut keyed_value = None;
        let mut keyed = false;
        for step in &self.steps {
            current = match step {
                Step::Key(key) => member(current, key, compat)?,
                Step::Index(index) => current.elements()?.nth(*index)?,
            };
            keyed = matches!(step, Step::Key(_));
            if keyed {
                keyed_value = Some(current);
            }
        }
        match compat {
            Compat::V1_8 => keyed_value.map(|value| Found { value, keyed: true }),
            _ => Some(Found { value: current, keyed }),
        }
    }
}

/// The member of a map that a release finds.
fn member<'a>(map: Value<'a>, key: &[u8], compat: Compat) -> Option<Value<'a>> {
    if compat != Compat::V1_8 {
        return map.get(key);
    }
    match map.resolve() {
        Value::Owned(OwnedValue::Map(fields)) => {
            fields.iter().find(|field| *field.key == *key).map(|field| field.value.as_value())
        }
        other => other.members()?.find(|field| field.key == key).map(|field| field.value),
    }
}

/// An accessor or template that is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessorError {
    kind: AccessorErrorKind,
    offset: usize,
}

/// What is wrong with an accessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessorErrorKind {
    /// After `$`, no name of a key follows.
    NoKey,
    /// Between brackets stands neither a text in single quotes nor a number.
    BadSubkey,
    /// Something follows that belongs to no accessor.
    Trailing,
}

impl AccessorError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> AccessorErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the text.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for AccessorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            AccessorErrorKind::NoKey => "no key follows the `$`",
            AccessorErrorKind::BadSubkey => "expected `['name']` or `[number]`",
            AccessorErrorKind::Trailing => "this belongs to no record accessor",
        })
    }
}

impl std::error::Error for AccessorError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn record<'a>() -> Vec<Field<'a>> {
        const LIST: &[Value<'_>] = &[Value::Str(b"v0"), Value::Map(&[Field::new(b"b", Value::Str(b"v1"))])];
        const MAP: &[Field<'_>] = &[
            Field::new(b"a", Value::Str(b"first")),
            Field::new(b"a", Value::Str(b"last")),
            Field::new(b"a.b", Value::Str(b"dotted")),
            Field::new(b"list", Value::Array(LIST)),
            Field::new(b"n", Value::Int(1)),
        ];
        vec![
            Field::new(b"dup", Value::Str(b"first")),
            Field::new(b"map", Value::Map(MAP)),
            Field::new(b"list", Value::Array(LIST)),
            Field::new(b"text", Value::Str(b"v")),
            Field::new(b"log.level", Value::Str(b"flat")),
            Field::new(b"log-level", Value::Str(b"dash")),
            Field::new(b"timestamp", Value::Str(b"t")),
            Field::new(b"x", Value::Str(b"one")),
            Field::new(b"dup", Value::Str(b"last")),
        ]
    }

    fn check(text: &str, expected_5_1: Option<&str>, expected_1_8: Option<&str>) {
        for (compat, expected) in [(Compat::V5_1, expected_5_1), (Compat::V1_8, expected_1_8)] {
            let found = Accessor::parse(text, compat).map(|accessor| {
                accessor.text(&record()).map(|text| std::str::from_utf8(text).unwrap().to_owned())
            });
            let expected = match expected {
                Some("error") => Err(()),
                expected => Ok(expected.map(str::to_owned)),
            };
            assert_eq!(found.map_err(drop), expected, "{text} {compat}");
        }
    }

    #[test]
    fn paths() {
        for (text, expected_5_1, expected_1_8) in [
            ("$text", Some("v"), Some("v")),
            ("$dup", Some("last"), Some("first")),
            ("$map['a']", Some("last"), Some("first")),
            ("$map['a.b']", Some("dotted"), Some("dotted")),
            ("$map['n']", None, None),
            ("$map['zz']", None, None),
            ("$map", None, None),
            ("$zz", None, None),
            ("$map['list'][0]", Some("v0"), None),
            ("$map['list'][1]['b']", Some("v1"), Some("v1")),
            ("$map['list'][2]", None, None),
            ("$map['list']['b']", None, None),
            ("$map[0]", None, None),
            ("$list[0]", Some("v0"), None),
            ("$list[1]['b']", Some("v1"), None),
            // Sub-keys of a scalar are ignored.
            ("$text['a']['b'][7]", Some("v"), Some("v")),
            ("$map['a']['b']", None, None),
            // The accessor ends at a dot outside quotes, and at a space anywhere.
            ("$text.level", Some("v"), Some("v")),
            ("$log.level", None, None),
            ("$text, x", Some("v"), Some("v")),
            // What means nothing is skipped.
            ("$@timestamp", Some("t"), Some("t")),
            ("$list[-0]", Some("v0"), None),
            ("$text!", Some("v"), Some("v")),
            ("$log-level", Some("dash"), Some("error")),
            ("$log/level", None, Some("error")),
            // Text without `$` is a key; one byte is none to 1.8.11.
            ("log.level", Some("flat"), Some("flat")),
            ("x", Some("one"), None),
            ("", None, None),
            ("$", None, None),
            // No key first.
            ("$TAG", None, None),
            ("$1x", None, None),
            ("$map[a]", Some("error"), Some("error")),
            ("$map['a' b]", Some("error"), Some("error")),
            ("$map['a'", Some("error"), Some("error")),
            ("$키", Some("error"), Some("error")),
            ("$$text", Some("error"), Some("error")),
            ("$text;", Some("error"), Some("error")),
            ("$text.$", Some("v"), Some("v")),
            ("$text.$[", Some("error"), Some("error")),
        ] {
            check(text, expected_5_1, expected_1_8);
        }
    }

    #[test]
    fn the_error_says_where() {
        let error = |text| {
            let error = Accessor::parse(text, Compat::V5_1).unwrap_err();
            (error.kind(), error.offset())
        };
        assert_eq!(error("$map[a]"), (AccessorErrorKind::BadSubkey, 5));
        assert_eq!(error("$키"), (AccessorErrorKind::NoKey, 4));
        assert_eq!(error("$a.$b;"), (AccessorErrorKind::Trailing, 5));
    }

    #[test]
    fn a_path_that_ends_with_an_index_is_no_field() {
        let field = |text| Accessor::parse(text, Compat::V5_1).unwrap().field_value(&record());
        assert_eq!(field("$list[0]"), None);
        assert_eq!(field("$list[1]['b']"), Some(Value::Str(b"v1")));
    }
}
