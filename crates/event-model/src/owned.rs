//! Values that outlive a batch.

use crate::{Kind, Value};

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
#[derive(Clone, Debug)]
pub struct Constant {
    value: OwnedValue,
    msgpack: Box<[u8]>,
    json_ascii: Box<[u8]>,
    json_utf8: Box<[u8]>,
}

impl Constant {
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

    /// Its JSON text with everything above ASCII escaped.
    #[must_use]
    pub fn json_ascii(&self) -> &[u8] {
        &self.json_ascii
    }

    /// Its JSON text in UTF-8.
    #[must_use]
    pub fn json_utf8(&self) -> &[u8] {
        &self.json_utf8
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
