//! Records that outlive their lines.

use event_model::{Field, OwnedField, OwnedValue, Record, Timestamp};

use super::{Source, TagId};

/// A record that outlives its line.
#[derive(Debug)]
pub(super) struct Kept {
    timestamp: Timestamp,
    metadata: &'static [Field<'static>],
    fields: Vec<OwnedField>,
}

/// A record that a filter made anew.
pub(super) struct Emitted {
    pub(super) record: Kept,
    pub(super) source: Source,
    pub(super) to: Start,
}

/// Where an emitted record goes.
pub(super) enum Start {
    /// To the first filter, under this tag. The filter that emitted it leaves it alone from now on.
    First { tag: Box<[u8]>, by: usize },
    /// To a step of the same tag.
    Step { tag: TagId, step: usize },
}

impl Kept {
    /// A copy without metadata: it says how the record was read, and Fluent Bit leaves it behind when it writes
    /// a record anew.
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self::new(record.timestamp, &[], &record.fields)
    }

    pub(super) fn new(
        timestamp: Timestamp,
        metadata: &'static [Field<'static>],
        fields: &[Field<'_>],
    ) -> Self {
        let own = |field: &Field<'_>| OwnedField::new(field.key, OwnedValue::from(field.value));
        Self { timestamp, metadata, fields: fields.iter().map(own).collect() }
    }

    pub(super) fn borrow(&self) -> Record<'_> {
        let mut record = Record::new(self.timestamp);
        record.metadata = self.metadata;
        record.fields.extend(self.fields.iter().map(|field| Field::new(&field.key, field.value.as_value())));
        record
    }
}
