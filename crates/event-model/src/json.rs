//! JSON, byte for byte as Fluent Bit writes it.
//!
//! Where a key is repeated, only its last field is written, at that field's own place. There is no space
//! anywhere. Bytes are appended to a buffer that the caller reuses.
//!
//! ```
//! use event_model::json::{self, Style};
//! use event_model::{Field, Value};
//!
//! let fields = [
//!     Field::new(b"k", Value::Int(1)),
//!     Field::new("naïve".as_bytes(), Value::Float(2.0)),
//!     Field::new(b"k", Value::Str(b"last")),
//! ];
//! let mut out = Vec::new();
//! json::map(&mut out, &fields, Style::Ascii);
//! assert_eq!(out, br#"{"na\u00efve":2.0,"k":"last"}"#);
//! ```

use crate::duplicates::Duplicates;
use crate::{Compat, Field, Kind, MAX_DEPTH, Value, number};

mod text;

pub use text::string;

/// How text that is not ASCII is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Style {
    /// As `\uXXXX`, with surrogates above U+FFFF: Fluent Bit 5.1.1 unless `json.escape_unicode` is off.
    ///
    /// Bytes that are no UTF-8 become a character of the private use area (U+E000 plus the byte), written
    /// raw; a lead byte that announces more bytes than the text has left is dropped.
    #[default]
    Ascii,
    /// As it is: Fluent Bit 5.1.1 with `json.escape_unicode` off. Bytes that are no UTF-8 become U+FFFD.
    Utf8,
    /// As it is, the way of Fluent Bit 1.8.11: bytes that are no UTF-8 become a character of the private use
    /// area as in [`Ascii`](Self::Ascii), and a lead byte that announces more bytes than the text has left
    /// **ends the text**.
    Utf8Truncating,
}

impl Style {
    /// What a release does when it is not told otherwise.
    #[must_use]
    pub const fn default_of(compat: Compat) -> Self {
        match compat {
            Compat::V1_8 => Self::Utf8Truncating,
            Compat::V5_1 => Self::Ascii,
        }
    }
}

/// Appends a value. Maps and arrays nested deeper than [`MAX_DEPTH`] become `null`.
pub fn value(out: &mut Vec<u8>, value: Value<'_>, style: Style) {
    nested(out, value, style, 0);
}

/// Appends a map of `fields`.
pub fn map(out: &mut Vec<u8>, fields: &[Field<'_>], style: Style) {
    map_with_head(out, &[], fields, style);
}

/// Appends one map of the fields of `head` and those of `rest`: an output's own fields and the record's.
pub fn map_with_head(out: &mut Vec<u8>, head: &[Field<'_>], rest: &[Field<'_>], style: Style) {
    members(out, &head.iter().chain(rest).copied(), head.len() + rest.len(), style, 0);
}

fn nested(out: &mut Vec<u8>, value: Value<'_>, style: Style, depth: usize) {
    match value {
        Value::Constant(constant) => out.extend_from_slice(constant.json(style)),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(value) => number::integer(out, value),
        Value::UInt(value) => number::unsigned(out, value),
        Value::Float(value) => number::json_float(out, value),
        Value::Str(text) | Value::Bin(text) => string(out, text, style),
        Value::Array(_) | Value::Map(_) if depth >= MAX_DEPTH => out.extend_from_slice(b"null"),
        Value::Array(items) => elements(out, items.iter().copied(), style, depth),
        Value::Map(fields) => members(out, &fields.iter().copied(), fields.len(), style, depth),
        Value::Owned(owned) => owned_collection(out, owned.as_value(), style, depth),
    }
}

fn owned_collection(out: &mut Vec<u8>, value: Value<'_>, style: Style, depth: usize) {
    if !matches!(value.kind(), Kind::Array | Kind::Map) {
        nested(out, value, style, depth);
    } else if depth >= MAX_DEPTH {
        out.extend_from_slice(b"null");
    } else if let Some(items) = value.elements() {
        elements(out, items, style, depth);
    } else if let Some(fields) = value.members() {
        members(out, &fields, fields.len(), style, depth);
    }
}

fn elements<'a>(out: &mut Vec<u8>, items: impl Iterator<Item = Value<'a>>, style: Style, depth: usize) {
    out.push(b'[');
    let start = out.len();
    for item in items {
        if out.len() > start {
            out.push(b',');
        }
        nested(out, item, style, depth + 1);
    }
    out.push(b']');
}

fn members<'a>(
    out: &mut Vec<u8>,
    fields: &(impl Iterator<Item = Field<'a>> + Clone),
    length: usize,
    style: Style,
    depth: usize,
) {
    let duplicates = Duplicates::find(fields.clone().map(|field| field.key), length);
    out.push(b'{');
    let start = out.len();
    for (index, field) in fields.clone().enumerate() {
        if duplicates.is_overridden(fields.clone().map(|field| field.key), index, field.key) {
            continue;
        }
        if out.len() > start {
            out.push(b',');
        }
        string(out, field.key, style);
        out.push(b':');
        nested(out, field.value, style, depth + 1);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Constant, OwnedField, OwnedValue};

    fn check(from: Value<'_>, expected: &str) {
        let mut out = Vec::new();
        value(&mut out, from, Style::Ascii);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{from:?}");
        let owned = OwnedValue::from(from);
        out.clear();
        value(&mut out, Value::Owned(&owned), Style::Ascii);
        assert_eq!(String::from_utf8_lossy(&out), expected, "owned {from:?}");
        let constant = Constant::new(owned);
        out.clear();
        value(&mut out, Value::Constant(&constant), Style::Ascii);
        assert_eq!(String::from_utf8_lossy(&out), expected, "constant {from:?}");
    }

    #[test]
    fn values() {
        check(Value::Null, "null");
        check(Value::Bool(true), "true");
        check(Value::Int(-7), "-7");
        check(Value::UInt(u64::MAX), "18446744073709551615");
        check(Value::Float(2.0), "2.0");
        check(Value::Str(b"a\"b"), r#""a\"b""#);
        check(Value::Bin(b"a\n"), r#""a\n""#);
        check(Value::Array(&[]), "[]");
        check(Value::Array(&[Value::Int(1), Value::Array(&[Value::Null])]), "[1,[null]]");
        check(Value::Map(&[]), "{}");
    }

    #[test]
    fn the_last_duplicate_is_kept_at_its_place() {
        let inner = [Field::new(b"x", Value::Int(1)), Field::new(b"x", Value::Int(2))];
        let fields = [
            Field::new(b"a", Value::Int(1)),
            Field::new(b"b", Value::Map(&inner)),
            Field::new(b"a", Value::Int(2)),
            Field::new(b"c", Value::Null),
            Field::new(b"a", Value::Int(3)),
        ];
        check(Value::Map(&fields), r#"{"b":{"x":2},"c":null,"a":3}"#);
        let mut out = Vec::new();
        map_with_head(&mut out, &fields[..1], &fields[1..3], Style::Ascii);
        assert_eq!(out, br#"{"b":{"x":2},"a":2}"#);
    }

    #[test]
    fn wide_maps_with_duplicates() {
        let keys: Vec<String> = (0..5000).map(|number| format!("key{}", number % 2500)).collect();
        let fields: Vec<_> = keys
            .iter()
            .zip(0..)
            .map(|(key, number)| Field::new(key.as_bytes(), Value::Int(number)))
            .collect();
        let expected: Vec<_> =
            (2500..5000).map(|number| format!("\"key{}\":{number}", number - 2500)).collect();
        check(Value::Map(&fields), &format!("{{{}}}", expected.join(",")));
    }

    #[test]
    fn depth_is_limited() {
        let mut deep = OwnedValue::Null;
        for _ in 0..MAX_DEPTH + 10 {
            deep = OwnedValue::Map(vec![OwnedField::new("k", OwnedValue::Array(vec![deep]))]);
        }
        let mut out = Vec::new();
        value(&mut out, Value::Owned(&deep), Style::Ascii);
        assert_eq!(
            out,
            [br#"{"k":["#.repeat(MAX_DEPTH / 2), b"null".to_vec(), b"]}".repeat(MAX_DEPTH / 2)].concat()
        );
    }
}
