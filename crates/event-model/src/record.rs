//! Records.

use crate::{Timestamp, Value};

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field<'a> {
    /// The key's bytes.
    pub key: &'a [u8],
    /// The value.
    pub value: Value<'a>,
}

impl<'a> Field<'a> {
    /// A field.
    #[must_use]
    pub const fn new(key: &'a [u8], value: Value<'a>) -> Self {
        Self { key, value }
    }
}

/// One log event: when, and what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record<'a> {
    /// When it happened.
    pub timestamp: Timestamp,
    /// Data about the record that is not part of it; nearly always empty.
    pub metadata: &'a [Field<'a>],
    /// The fields, in order, duplicates kept.
    pub fields: Vec<Field<'a>>,
}

impl<'a> Record<'a> {
    /// An empty record at `timestamp`.
    #[must_use]
    pub fn new(timestamp: Timestamp) -> Self {
        Self { timestamp, metadata: &[], fields: Vec::new() }
    }

    /// The last field called `key`: where a key is repeated, Fluent Bit's record accessor finds the last.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<Value<'a>> {
        last_field(&self.fields, key)
    }

    /// Empties the record and lets it borrow from elsewhere, keeping the memory of its field list.
    #[must_use]
    pub fn recycle<'b>(mut self) -> Record<'b> {
        self.fields.clear();
        // Collecting an emptied vector into one of the same layout reuses its allocation.
        let fields = self.fields.into_iter().map(|_| Field::new(&[], Value::Null)).collect();
        Record { timestamp: Timestamp::default(), metadata: &[], fields }
    }
}

/// The value of the last field called `key`.
#[must_use]
pub fn last_field<'a>(fields: &[Field<'a>], key: &[u8]) -> Option<Value<'a>> {
    fields.iter().rev().find(|field| field.key == key).map(|field| field.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_duplicate_is_found() {
        let mut record = Record::new(Timestamp::default());
        record.fields.push(Field::new(b"a", Value::Int(1)));
        record.fields.push(Field::new(b"a", Value::Int(2)));
        assert_eq!(record.get(b"a"), Some(Value::Int(2)));
        assert_eq!(record.get(b"b"), None);
    }

    #[test]
    fn recycling_keeps_the_allocation() {
        let mut record = Record::new(Timestamp::default());
        record.fields.extend([Field::new(b"a", Value::Null); 50]);
        let capacity = record.fields.capacity();
        let recycled = record.recycle();
        assert!(recycled.fields.is_empty());
        assert_eq!(recycled.fields.capacity(), capacity);
    }
}
