//! The lines of one file to records.

use std::sync::Arc;

use event_model::{Arena, Compat, Field, Record, Timestamp, Value};
use fluentbit_parser::Scratch;
use pipeline_core::frame::Line;

use crate::flow::Flow;
use crate::tail::{OddTimes, Shape};

/// Turns the lines of one file into records.
#[derive(Debug)]
pub struct Stream {
    shape: Arc<Shape>,
    path: Box<[u8]>,
}

/// Working memory of streams. One serves all streams of a thread.
#[derive(Debug, Default)]
pub struct LineScratch {
    parser: Scratch,
    arena: Arena,
}

impl LineScratch {
    /// Memory for streams that follow a release.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self { parser: Scratch::new(compat), arena: Arena::new() }
    }
}

impl Stream {
    pub(crate) fn new(shape: Arc<Shape>, path: &str) -> Self {
        Self { shape, path: path.as_bytes().into() }
    }

    /// Turns a line into a record and gives it to `each`, together with the arena that lives as long as the
    /// line and the flow that lent the record its memory. A line that leaves no record is dropped: an empty one
    /// where those are skipped, or one whose time the followed release cannot keep.
    pub fn line(
        &mut self,
        line: Line<'_>,
        now: Timestamp,
        scratch: &mut LineScratch,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        let shape = &*self.shape;
        let text = line.text();
        if shape.skip_empty_lines && (text.is_empty() || (text == b"\r" && shape.compat != Compat::V1_8)) {
            return;
        }
        scratch.arena.reset();
        let arena = &scratch.arena;
        let mut record = flow.new_record();
        record.timestamp = now;
        // 1.8.11 puts the file's name and the offset before what a parser found.
        let first = shape.compat == Compat::V1_8;
        if first {
            self.push_place(&mut record.fields, line.offset);
        }
        let parsed = shape
            .parser
            .as_ref()
            .map(|parser| parser.parse(text, now, arena, &mut scratch.parser, &mut record.fields));
        match parsed {
            Some(Ok(parsed)) => {
                // A time of 0 counts as none, as in Fluent Bit.
                record.timestamp = parsed.time.filter(|time| *time != Timestamp::default()).unwrap_or(now);
                if !first {
                    self.push_place(&mut record.fields, line.offset);
                }
            }
            _ => {
                if !first {
                    self.push_place(&mut record.fields, line.offset);
                }
                let text = if shape.parser.is_some() { line.raw } else { text };
                record.fields.push(Field::new(&shape.key, Value::Str(text)));
            }
        }
        if u32::try_from(record.timestamp.seconds).is_err() {
            match shape.odd_times {
                OddTimes::Keep => {}
                OddTimes::Drop => return,
                OddTimes::Wrap => record.timestamp.seconds &= i64::from(u32::MAX),
            }
        }
        each(record, line.offset, arena, flow);
    }

    fn push_place<'a>(&'a self, fields: &mut Vec<Field<'a>>, offset: u64) {
        if let Some(key) = &self.shape.path_key {
            fields.push(Field::new(key, Value::Str(&self.path)));
        }
        if let Some(key) = &self.shape.offset_key {
            fields.push(Field::new(key, i64::try_from(offset).map_or(Value::UInt(offset), Value::Int)));
        }
    }
}
