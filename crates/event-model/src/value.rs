//! Values.

use std::slice;

use crate::owned::{Constant, OwnedField, OwnedValue};
use crate::{Field, last_field};

/// A value of a record. `Copy`: it borrows whatever is longer than a word.
///
/// Maps and arrays come in three storages (borrowed, owned, constant) which read the same through
/// [`members`](Self::members), [`elements`](Self::elements) and [`get`](Self::get).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'a> {
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
    /// Text: bytes that are usually, not surely, UTF-8.
    Str(&'a [u8]),
    /// Bytes that are no text (msgpack `bin`).
    Bin(&'a [u8]),
    /// A list.
    Array(&'a [Value<'a>]),
    /// A map, in order, duplicates kept.
    Map(&'a [Field<'a>]),
    /// A value that lives longer than its batch.
    Owned(&'a OwnedValue),
    /// The same with its renderings at hand.
    Constant(&'a Constant),
}

/// The kind of a value, whatever its storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Integer,
    /// A double.
    Float,
    /// Text.
    Str,
    /// Bytes.
    Bin,
    /// A list.
    Array,
    /// A map.
    Map,
}

impl<'a> Value<'a> {
    /// The value behind an owned or constant storage where that is a scalar; itself otherwise.
    #[must_use]
    pub fn resolve(self) -> Self {
        match self {
            Self::Owned(owned) => owned.as_value(),
            Self::Constant(constant) => constant.value().as_value(),
            other => other,
        }
    }

    /// The kind.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self.resolve() {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) | Self::UInt(_) => Kind::Integer,
            Self::Float(_) => Kind::Float,
            Self::Str(_) => Kind::Str,
            Self::Bin(_) => Kind::Bin,
            Self::Array(_) => Kind::Array,
            Self::Map(_) => Kind::Map,
            Self::Owned(owned) => match owned {
                OwnedValue::Array(_) => Kind::Array,
                _ => Kind::Map,
            },
            Self::Constant(_) => Kind::Map,
        }
    }

    /// The bytes of a text.
    #[must_use]
    pub fn as_str(self) -> Option<&'a [u8]> {
        match self.resolve() {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The fields of a map.
    #[must_use]
    pub fn members(self) -> Option<Members<'a>> {
        match self.resolve() {
            Self::Map(fields) => Some(Members(Storage::Borrowed(fields.iter()))),
            Self::Owned(OwnedValue::Map(fields)) => Some(Members(Storage::Owned(fields.iter()))),
            _ => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn elements(self) -> Option<Elements<'a>> {
        match self.resolve() {
            Self::Array(items) => Some(Elements(Storage::Borrowed(items.iter()))),
            Self::Owned(OwnedValue::Array(items)) => Some(Elements(Storage::Owned(items.iter()))),
            _ => None,
        }
    }

    /// The value of the last field called `key`, if this is a map that has it.
    #[must_use]
    pub fn get(self, key: &[u8]) -> Option<Self> {
        match self.resolve() {
            Self::Map(fields) => last_field(fields, key),
            Self::Owned(OwnedValue::Map(fields)) => {
                fields.iter().rev().find(|field| *field.key == *key).map(|field| field.value.as_value())
            }
            _ => None,
        }
    }
}

impl PartialEq for Value<'_> {
    /// Values are equal when they read the same, whatever their storage.
    fn eq(&self, other: &Self) -> bool {
        match (self.resolve(), other.resolve()) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::UInt(a), Value::UInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) | (Value::Bin(a), Value::Bin(b)) => a == b,
            (a, b) => match (a.members(), b.members(), a.elements(), b.elements()) {
                (Some(a), Some(b), ..) => a.eq(b),
                (None, None, Some(a), Some(b)) => a.eq(b),
                _ => false,
            },
        }
    }
}

/// The fields of a map, in order.
#[derive(Clone, Debug)]
pub struct Members<'a>(Storage<slice::Iter<'a, Field<'a>>, slice::Iter<'a, OwnedField>>);

/// The items of a list, in order.
#[derive(Clone, Debug)]
pub struct Elements<'a>(Storage<slice::Iter<'a, Value<'a>>, slice::Iter<'a, OwnedValue>>);

#[derive(Clone, Debug)]
enum Storage<B, O> {
    Borrowed(B),
    Owned(O),
}

impl<'a> Iterator for Members<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Storage::Borrowed(fields) => fields.next().copied(),
            Storage::Owned(fields) => {
                fields.next().map(|field| Field::new(&field.key, field.value.as_value()))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Storage::Borrowed(fields) => fields.size_hint(),
            Storage::Owned(fields) => fields.size_hint(),
        }
    }
}

impl ExactSizeIterator for Members<'_> {}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Storage::Borrowed(items) => items.next().copied(),
            Storage::Owned(items) => items.next().map(OwnedValue::as_value),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Storage::Borrowed(items) => items.size_hint(),
            Storage::Owned(items) => items.size_hint(),
        }
    }
}

impl ExactSizeIterator for Elements<'_> {}
