//! Values that outlive a batch.

use std::sync::OnceLock;

use crate::json::Style;
use crate::{Arena, Field, Kind, MAX_DEPTH, Value, json, msgpack};

/// A value that owns its bytes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OwnedValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A double.
    Float(f64),
    /// Text.
    Str(Box<[u8]>),
    /// Bytes that are no text.
    Bin(Box<[u8]>),
    /// A list.
    Array(Vec<OwnedValue>),
    /// A map, in order, duplicates kept.
    Map(Vec<OwnedField>),
}

/// A field that owns its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedField {
    /// The key's bytes.
    pub key: Box<[u8]>,
    /// The value.
    pub value: OwnedValue,
}

impl OwnedField {
    /// A field.
    #[must_use]
    pub fn new(key: impl AsRef<[u8]>, value: OwnedValue) -> Self {
        Self { key: key.as_ref().into(), value }
    }

    /// A copy that borrows from `arena`.
    #[must_use]
    pub fn in_arena<'a>(&self, arena: &'a Arena) -> Field<'a> {
        Field::new(arena.bytes(&self.key), self.value.in_arena(arena))
    }
}

impl OwnedValue {
    /// Text.
    #[must_use]
    pub fn text(text: impl AsRef<[u8]>) -> Self {
        Self::Str(text.as_ref().into())
    }

    /// The value as one that borrows from this.
    #[must_use]
    pub fn as_value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::UInt(value) => Value::UInt(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Str(text) => Value::Str(text),
            Self::Bin(bytes) => Value::Bin(bytes),
            Self::Array(_) | Self::Map(_) => Value::Owned(self),
        }
    }

    /// A copy that borrows from `arena`. It goes as deep as the value does.
    #[must_use]
    pub fn in_arena<'a>(&self, arena: &'a Arena) -> Value<'a> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::UInt(value) => Value::UInt(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Str(text) => Value::Str(arena.bytes(text)),
            Self::Bin(bytes) => Value::Bin(arena.bytes(bytes)),
            Self::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| item.in_arena(arena)).collect();
                Value::Array(arena.slice(&items))
            }
            Self::Map(fields) => {
                let fields: Vec<_> = fields.iter().map(|field| field.in_arena(arena)).collect();
                Value::Map(arena.slice(&fields))
            }
        }
    }
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value<'_>) -> Self {
        match value.resolve() {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Int(value) => Self::Int(value),
            Value::UInt(value) => Self::UInt(value),
            Value::Float(value) => Self::Float(value),
            Value::Str(text) => Self::Str(text.into()),
            Value::Bin(bytes) => Self::Bin(bytes.into()),
            other if other.kind() == Kind::Array => {
                Self::Array(other.elements().into_iter().flatten().map(Self::from).collect())
            }
            other => Self::Map(
                other
                    .members()
                    .into_iter()
                    .flatten()
                    .map(|field| OwnedField::new(field.key, field.value.into()))
                    .collect(),
            ),
        }
    }
}

/// A value with the bytes every output writes for it: made once, copied into each record.
///
/// The metadata of a pod is the same in all its records, and is often longer than the rest of them.
///
/// ```
/// use event_model::json::Style;
/// use event_model::{Constant, OwnedField, OwnedValue};
///
/// let pod = OwnedValue::Map(vec![OwnedField::new("app.name", OwnedValue::text("web"))]);
/// let constant = Constant::new(pod);
/// assert_eq!(constant.json(Style::Ascii), br#"{"app.name":"web"}"#);
/// assert_eq!(constant.dots_replaced().json(Style::Ascii), br#"{"app_name":"web"}"#);
/// ```
#[derive(Clone, Debug)]
pub struct Constant {
    value: OwnedValue,
    msgpack: Box<[u8]>,
    json_ascii: Box<[u8]>,
    json_utf8: Box<[u8]>,
    /// Only where it differs from `json_utf8`: text that is no UTF-8 is rare in a constant.
    json_truncating: Option<Box<[u8]>>,
    /// Rendered on first use; `None` inside where no key has a dot.
    dots_replaced: OnceLock<Option<Box<Constant>>>,
}

impl Constant {
    /// Renders `value`.
    #[must_use]
    pub fn new(value: OwnedValue) -> Self {
        let borrowed = Value::Owned(&value);
        let render = |style| {
            let mut out = Vec::new();
            json::value(&mut out, borrowed, style);
            out.into_boxed_slice()
        };
        let mut msgpack = Vec::new();
        msgpack::value(&mut msgpack, borrowed);
        let json_utf8 = render(Style::Utf8);
        let json_truncating = Some(render(Style::Utf8Truncating)).filter(|other| *other != json_utf8);
        Self {
            msgpack: msgpack.into(),
            json_ascii: render(Style::Ascii),
            json_utf8,
            json_truncating,
            dots_replaced: OnceLock::new(),
            value,
        }
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &OwnedValue {
        &self.value
    }

    /// Its msgpack bytes.
    #[must_use]
    pub fn msgpack(&self) -> &[u8] {
        &self.msgpack
    }

    /// Its JSON text.
    #[must_use]
    pub fn json(&self, style: Style) -> &[u8] {
        match style {
            Style::Ascii => &self.json_ascii,
            Style::Utf8 => &self.json_utf8,
            Style::Utf8Truncating => self.json_truncating.as_ref().unwrap_or(&self.json_utf8),
        }
    }

    /// The constant with each dot in a key, at any depth, replaced by an underscore. Made on first use.
    #[must_use]
    pub fn dots_replaced(&self) -> &Self {
        let made = || {
            let replaced = without_dots(&self.value, 0);
            (replaced != self.value).then(|| Box::new(Self::new(replaced)))
        };
        self.dots_replaced.get_or_init(made).as_deref().unwrap_or(self)
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

fn without_dots(value: &OwnedValue, depth: usize) -> OwnedValue {
    match value {
        OwnedValue::Array(_) | OwnedValue::Map(_) if depth >= MAX_DEPTH => OwnedValue::Null,
        OwnedValue::Array(items) => {
            OwnedValue::Array(items.iter().map(|item| without_dots(item, depth + 1)).collect())
        }
        OwnedValue::Map(fields) => OwnedValue::Map(
            fields
                .iter()
                .map(|field| {
                    let key: Vec<u8> =
                        field.key.iter().map(|byte| if *byte == b'.' { b'_' } else { *byte }).collect();
                    OwnedField::new(key, without_dots(&field.value, depth + 1))
                })
                .collect(),
        ),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_what_a_writer_writes() {
        let value = OwnedValue::Map(vec![
            OwnedField::new(
                "a.b",
                OwnedValue::Array(vec![OwnedValue::Map(vec![OwnedField::new(".", OwnedValue::Int(1))])]),
            ),
            OwnedField::new("text", OwnedValue::text(b"h\xc3\xa9\xc3")),
        ]);
        let constant = Constant::new(value);
        assert_eq!(constant.msgpack(), b"\x82\xa3a.b\x91\x81\xa1.\x01\xa4text\xa4h\xc3\xa9\xc3");
        assert_eq!(constant.json(Style::Ascii), br#"{"a.b":[{".":1}],"text":"h\u00e9"}"#);
        assert_eq!(constant.json(Style::Utf8), "{\"a.b\":[{\".\":1}],\"text\":\"hé\u{fffd}\"}".as_bytes());
        assert_eq!(constant.json(Style::Utf8Truncating), r#"{"a.b":[{".":1}],"text":"hé"}"#.as_bytes());
        assert_eq!(constant.dots_replaced().json(Style::Ascii), br#"{"a_b":[{"_":1}],"text":"h\u00e9"}"#);
    }

    #[test]
    fn a_constant_without_dots_is_not_copied() {
        let constant = Constant::new(OwnedValue::text("a.b"));
        assert!(std::ptr::eq(constant.dots_replaced(), &raw const constant));
    }
}
