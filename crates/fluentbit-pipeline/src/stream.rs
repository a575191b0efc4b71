//! The lines of one file to records.

use std::sync::Arc;

use event_model::{Arena, Compat, Field, Record, Timestamp, Value};
use fluentbit_parser::multiline::Message;
use fluentbit_parser::{Context, Scratch};
use pipeline_core::frame::Line;

use crate::flow::Flow;
use crate::joining::{Joining, JoiningState, Messages};
use crate::tail::{OddTimes, Shape};

/// Turns the lines of one file into records.
#[derive(Debug)]
pub struct Stream {
    file: FileShape,
    joining: Option<Arc<Joining>>,
    state: JoiningState,
}

/// How the lines of one file become records.
#[derive(Debug)]
struct FileShape {
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
    pub(crate) fn new(shape: Arc<Shape>, joining: Option<Arc<Joining>>, path: &str) -> Self {
        let state = joining.as_ref().map_or(JoiningState::None, |joining| joining.state());
        Self { file: FileShape { shape, path: path.as_bytes().into() }, joining, state }
    }

    /// Turns a line into a record and gives it to `each`, together with the arena that lives as long as the
    /// line and the flow that lent the record its memory. A line that leaves no record is dropped: an empty one
    /// where those are skipped, or one whose time the followed release cannot keep. A line of a message that is
    /// not complete is kept, see [`pending`](Self::pending).
    pub fn line(
        &mut self,
        line: Line<'_>,
        now: Timestamp,
        scratch: &mut LineScratch,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        let Self { file, joining, state } = self;
        let text = line.text();
        let compat = file.shape.compat;
        if file.shape.skip_empty_lines && (text.is_empty() || (text == b"\r" && compat != Compat::V1_8)) {
            return;
        }
        scratch.arena.reset();
        let LineScratch { parser, arena } = scratch;
        let arena: &Arena = arena;
        match joining.as_deref() {
            None => file.parse(line, now, arena, parser, flow, each),
            Some(joining) => {
                let mut joined = Vec::new();
                joining.push(
                    state,
                    text,
                    line.offset,
                    &mut Context::new(arena, parser, now),
                    &mut joined,
                    |message| {
                        file.message(&message, arena, flow, each);
                    },
                );
                file.parse_all(&joined, now, arena, parser, flow, each);
            }
        }
    }

    /// The start of the first line that waits for others of its message: from there on the file must be read
    /// again if the program ends.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        self.state.pending()
    }

    /// When some of its messages are due.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.joining.as_ref()?.timeout(&self.state)
    }

    /// Ends messages that wait for more lines.
    pub fn end_messages(
        &mut self,
        which: Messages,
        now: Timestamp,
        scratch: &mut LineScratch,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        let Self { file, joining, state } = self;
        let Some(joining) = joining.as_deref() else { return };
        scratch.arena.reset();
        let LineScratch { parser, arena } = scratch;
        let arena: &Arena = arena;
        let mut joined = Vec::new();
        joining.end(which, state, &mut Context::new(arena, parser, now), &mut joined, |message| {
            file.message(&message, arena, flow, each);
        });
        file.parse_all(&joined, now, arena, parser, flow, each);
    }
}

impl FileShape {
    fn parse_all(
        &self,
        lines: &[Line<'_>],
        now: Timestamp,
        arena: &Arena,
        parser: &mut Scratch,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        for line in lines {
            self.parse(*line, now, arena, parser, flow, each);
        }
    }

    /// A line by itself.
    fn parse(
        &self,
        line: Line<'_>,
        now: Timestamp,
        arena: &Arena,
        parser: &mut Scratch,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        let shape = &*self.shape;
        let text = line.text();
        let mut record = flow.new_record();
        record.timestamp = now;
        // 1.8.11 puts the file's name and the offset before what a parser found.
        let first = shape.compat == Compat::V1_8;
        if first {
            self.push_place(&mut record.fields, line.offset);
        }
        let parsed =
            shape.parser.as_ref().map(|rules| rules.parse(text, now, arena, parser, &mut record.fields));
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
        self.emit(record, line.offset, arena, flow, each);
    }

    /// A message of several lines.
    fn message(
        &self,
        message: &Message<'_, '_>,
        arena: &Arena,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        let mut record = flow.new_record();
        record.timestamp = message.timestamp;
        record.metadata = message.metadata();
        let first = self.shape.compat == Compat::V1_8;
        if first {
            self.push_place(&mut record.fields, message.position);
        }
        record.fields.extend_from_slice(message.fields);
        if !first {
            self.push_place(&mut record.fields, message.position);
        }
        self.emit(record, message.position, arena, flow, each);
    }

    fn emit(
        &self,
        mut record: Record<'_>,
        offset: u64,
        arena: &Arena,
        flow: &mut Flow,
        each: &mut impl FnMut(Record<'_>, u64, &Arena, &mut Flow),
    ) {
        if u32::try_from(record.timestamp.seconds).is_err() {
            match self.shape.odd_times {
                OddTimes::Keep => {}
                OddTimes::Drop => return,
                OddTimes::Wrap => record.timestamp.seconds &= i64::from(u32::MAX),
            }
        }
        each(record, offset, arena, flow);
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
