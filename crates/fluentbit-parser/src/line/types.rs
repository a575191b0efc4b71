//! The types of fields: `Types`.

use event_model::Value;

use super::{Parsed, Warning};
use crate::number::{atoll, strtod, strtoull_hex};

/// What values become, by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Types(Box<[(Box<[u8]>, Type)]>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Integer,
    Float,
    Bool,
    Hex,
    String,
}

impl Types {
    /// Reads `key:type` pairs between spaces. What is no type means text.
    pub(super) fn new(text: &str) -> Self {
        let pairs = text.split(' ').filter_map(|pair| pair.split_once(':'));
        Self(pairs.map(|(key, name)| (key.as_bytes().into(), Type::of(name))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `key` in its type. Numbers are read as C reads them, and never fail.
    pub(super) fn cast<'a>(&self, key: &'a [u8], text: &'a [u8], parsed: &mut Parsed<'a>) -> Value<'a> {
        let known = self.0.iter().find(|(known, _)| **known == *key);
        match known.map_or(Type::String, |(_, kind)| *kind) {
            Type::Integer => Value::Int(atoll(text)),
            Type::Float => Value::Float(strtod(text)),
            Type::Hex => {
                let number = strtoull_hex(text);
                i64::try_from(number).map_or(Value::UInt(number), Value::Int)
            }
            Type::Bool if starts_with(text, b"true") => Value::Bool(true),
            Type::Bool if starts_with(text, b"false") => Value::Bool(false),
            Type::Bool => {
                parsed.warn(Warning::Cast { key });
                Value::Str(text)
            }
            Type::String => Value::Str(text),
        }
    }
}

impl Type {
    fn of(name: &str) -> Self {
        const NAMES: [(&str, Type); 4] =
            [("integer", Type::Integer), ("float", Type::Float), ("bool", Type::Bool), ("hex", Type::Hex)];
        let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::String, |(_, kind)| *kind)
    }
}

fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts() {
        let types = Types::new("i:integer  f:FLOAT b:bool h:hex s:string d:decimal c:integer,x:integer none");
        for (key, text, expected) in [
            ("i", "12x", Value::Int(12)),
            ("i", "", Value::Int(0)),
            ("f", "1.5", Value::Float(1.5)),
            ("b", "TRUEish", Value::Bool(true)),
            ("b", "False", Value::Bool(false)),
            ("b", "yes", Value::Str(b"yes")),
            ("h", "0xff", Value::Int(255)),
            ("h", "ffffffffffffffff", Value::UInt(u64::MAX)),
            ("s", "1", Value::Str(b"1")),
            ("d", "1", Value::Str(b"1")),
            ("c", "1", Value::Str(b"1")),
            ("x", "1", Value::Str(b"1")),
            ("none", "1", Value::Str(b"1")),
        ] {
            let mut parsed = Parsed::default();
            assert_eq!(types.cast(key.as_bytes(), text.as_bytes(), &mut parsed), expected, "{key}={text}");
            assert_eq!(parsed.warning.is_some(), text == "yes");
        }
    }
}
