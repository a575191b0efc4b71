//! Joining with a list of multiline parsers.

use std::sync::Arc;

use event_model::{Compat, Field, Timestamp, Value};

use super::group::{Group, Piece, Taken};
use super::parser::{LineParser, MultilineParser};
use super::{LIMIT, Message, text_of};
use crate::line::Context;

/// A list of multiline parsers: `multiline.parser`.
///
/// Each line goes to the parser that took the last one, then to the others in order. A line that none takes
/// ends all messages, and becomes a message of its own, with its text in the field `log`. (An empty line does
/// not: Fluent Bit drops it.)
///
/// What the list knows about the lines of one file is a [`MultilineState`]. Give that each line with
/// [`push_line`](Self::push_line); when its [`timeout`](Self::timeout) has come, [`flush`](Self::flush) it; at the
/// end, [`flush_all`](Self::flush_all).
///
/// The two releases differ: in 1.8.11 a line of another stream ends a message, and a message that waited too
/// long comes out only with the next line.
#[derive(Clone, Debug)]
pub struct Multiline {
    pub(super) parsers: Vec<Arc<MultilineParser>>,
    pub(super) key_content: Option<Box<[u8]>>,
    pub(super) limit: usize,
    pub(super) flush_timeout: u64,
    pub(super) compat: Compat,
}

/// The messages of one file that are being put together.
#[derive(Debug, Default)]
pub struct MultilineState {
    /// The streams of each parser; the first is for lines without one.
    pub(super) groups: Vec<Vec<Group>>,
    /// Per parser, the stream of its last line.
    pub(super) last_group: Vec<usize>,
    /// The parser that took the last line.
    pub(super) recent: Option<usize>,
    /// The position of the line that is being looked at, until it is part of a message.
    pub(super) current: Option<u64>,
}

/// When and where a line was.
#[derive(Clone, Copy)]
struct At {
    time: Timestamp,
    position: u64,
}

/// Where messages go.
pub(super) type Out<'o, 'a> = &'o mut dyn FnMut(Message<'a, '_>);

impl Multiline {
    /// A list of parsers with the behaviour of a release.
    #[must_use]
    pub fn new(parsers: Vec<Arc<MultilineParser>>, compat: Compat) -> Self {
        // The longest time of all parsers counts for each.
        let flush_timeout = parsers.iter().map(|parser| parser.flush_timeout).max().unwrap_or_default();
        Self { parsers, key_content: None, limit: LIMIT, flush_timeout, compat }
    }

    /// Joins the field `key` in place of those the parsers have: `multiline.key_content` of the filter.
    #[must_use]
    pub fn with_key_content(mut self, key: &str) -> Self {
        self.key_content = Some(key.as_bytes().into());
        self
    }

    /// Cuts messages at `limit` bytes in place of [`LIMIT`]: `multiline_buffer_limit`. 1.8.11 has no limit;
    /// here it has one all the same.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Waits `milliseconds` for the next line in place of what the parsers say: `flush_ms` of the filter.
    #[must_use]
    pub fn with_flush_timeout(mut self, milliseconds: u64) -> Self {
        self.flush_timeout = milliseconds;
        self
    }

    /// Takes a line of a file, without its line feed.
    pub fn push_line<'a>(
        &'a self,
        state: &mut MultilineState,
        line: &'a [u8],
        position: u64,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        self.prepare(state, position, cx, out);
        let taken = self.offer(state, cx, out, |index, state, cx, out| {
            self.try_line(index, state, line, position, cx, out)
        });
        if taken {
            return;
        }
        if line.is_empty() {
            state.current = None;
        }
        let parser = self.end_unclaimed(state, cx, out);
        state.current = None;
        if line.is_empty() {
            return;
        }
        let mut group = Group::default();
        group.begin(&Piece { content: line, pattern: None, fields: None, time: cx.now, position });
        group.append(line, self.limit);
        if self.key_content(parser).is_none() {
            group.end_line();
        }
        let message = group.take(self.content_name(parser), cx.arena);
        state.emit(&message, out);
    }

    /// Takes a record, as the filter `multiline` does. The list must have a key for the content.
    pub fn push_record<'a>(
        &'a self,
        state: &mut MultilineState,
        record: (Timestamp, &[Field<'a>]),
        position: u64,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        self.prepare(state, position, cx, out);
        let taken = self.offer(state, cx, out, |index, state, cx, out| {
            self.try_record(index, state, record, position, cx, out)
        });
        if !taken {
            self.end_unclaimed(state, cx, out);
            state.current = None;
            let (time, fields) = record;
            state.emit(&Taken { fields: fields.to_vec(), time, truncated: false, position }, out);
        }
    }

    /// When the next message will have waited long enough for its next line, and is to be
    /// [flushed](Self::flush). Never in 1.8.11.
    #[must_use]
    pub fn timeout(&self, state: &MultilineState) -> Option<Timestamp> {
        let pending = state.groups.iter().flatten().filter(|group| group.is_pending());
        pending.map(|group| group.deadline).min().filter(|_| self.compat != Compat::V1_8)
    }

    /// Ends the messages that waited too long for their next line.
    pub fn flush<'a>(&'a self, state: &mut MultilineState, cx: &mut Context<'a, '_>, out: Out<'_, 'a>) {
        if self.compat != Compat::V1_8 {
            self.flush_expired(state, cx, out);
        }
    }

    /// Ends all messages, such as at the end of a file that will not grow. Fluent Bit loses them when it
    /// stops.
    pub fn flush_all<'a>(&'a self, state: &mut MultilineState, cx: &mut Context<'a, '_>, out: Out<'_, 'a>) {
        for index in 0..state.groups.len() {
            self.flush_parser(index, state, cx, out);
        }
    }

    fn prepare<'a>(
        &'a self,
        state: &mut MultilineState,
        position: u64,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        if state.groups.len() < self.parsers.len() {
            state.groups.resize_with(self.parsers.len(), || vec![Group::default()]);
            state.last_group.resize(self.parsers.len(), 0);
        }
        state.current = Some(position);
        if self.compat == Compat::V1_8 {
            self.flush_expired(state, cx, out);
        }
    }

    /// Offers a line to the parsers, until one takes it.
    fn offer<'a, 's>(
        &'a self,
        state: &mut MultilineState,
        cx: &mut Context<'a, 's>,
        out: Out<'_, 'a>,
        mut attempt: impl FnMut(usize, &mut MultilineState, &mut Context<'a, 's>, Out<'_, 'a>) -> bool,
    ) -> bool {
        if let Some(recent) = state.recent {
            if attempt(recent, state, cx, out) {
                return true;
            }
            if self.compat == Compat::V1_8 {
                self.flush_parser(recent, state, cx, out);
            }
        }
        let recent = state.recent;
        for index in 0..self.parsers.len() {
            if Some(index) != recent && attempt(index, state, cx, out) {
                state.recent = Some(index);
                return true;
            }
        }
        false
    }

    /// Ends what a line that no parser takes ends, and returns the parser that names its field.
    fn end_unclaimed<'a>(
        &'a self,
        state: &mut MultilineState,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> usize {
        if self.compat == Compat::V1_8 {
            let parser = state.recent.unwrap_or(0);
            self.flush_parser(parser, state, cx, out);
            return parser;
        }
        self.flush_all(state, cx, out);
        0
    }

    fn try_line<'a>(
        &'a self,
        index: usize,
        state: &mut MultilineState,
        line: &'a [u8],
        position: u64,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let Some(parser) = self.parsers.get(index) else { return false };
        if let LineParser::None = parser.line {
            let piece = Piece { content: line, pattern: None, fields: None, time: cx.now, position };
            return self.join(index, 0, state, &piece, cx, out);
        }
        let at = At { time: cx.now, position };
        self.try_text(index, state, line, at, cx, out)
    }

    fn try_record<'a>(
        &'a self,
        index: usize,
        state: &mut MultilineState,
        (time, fields): (Timestamp, &[Field<'a>]),
        position: u64,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let Some(parser) = self.parsers.get(index) else { return false };
        if let LineParser::None = parser.line {
            return self.join_fields(index, state, fields, At { time, position }, cx, out);
        }
        let content = self.key_content(index).and_then(|key| fields.iter().find(|field| field.key == key));
        match content.map(|field| field.value) {
            Some(Value::Str(text)) => self.try_text(index, state, text, At { time, position }, cx, out),
            _ => false,
        }
    }

    /// Takes a text apart with the parser's line parser, and joins its fields.
    fn try_text<'a>(
        &'a self,
        index: usize,
        state: &mut MultilineState,
        text: &'a [u8],
        at: At,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let Some(parser) = self.parsers.get(index) else { return false };
        let mut fields = cx.scratch.take_fields();
        let taken = match parser.line.parse(text, cx, &mut fields) {
            Some(own) => {
                let at = At { time: own.unwrap_or(at.time), ..at };
                self.join_fields(index, state, &fields, at, cx, out)
            }
            None => false,
        };
        cx.scratch.put_fields(fields);
        taken
    }

    fn join_fields<'a>(
        &'a self,
        index: usize,
        state: &mut MultilineState,
        fields: &[Field<'a>],
        At { time, position }: At,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let Some(parser) = self.parsers.get(index) else { return false };
        let Some(content) = self.key_content(index).and_then(|key| text_of(fields, key)) else {
            return false;
        };
        let pattern = parser.key_pattern.as_deref().and_then(|key| text_of(fields, key));
        let stream = parser.key_group.as_deref().and_then(|key| text_of(fields, key));
        let group = match stream {
            Some(stream) => self.group(index, stream, state, cx, out),
            None => 0,
        };
        let piece = Piece { content, pattern, fields: Some(fields), time, position };
        self.join(index, group, state, &piece, cx, out)
    }

    /// The field with the text to join, if there are fields.
    pub(super) fn key_content(&self, index: usize) -> Option<&[u8]> {
        let own = || self.parsers.get(index)?.key_content.as_deref();
        self.key_content.as_deref().or_else(own)
    }

    /// The field that the joined text is put in.
    pub(super) fn content_name(&self, index: usize) -> &[u8] {
        self.key_content(index).unwrap_or(b"log")
    }
}

impl MultilineState {
    /// The state before the first line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lowest position of the lines that are not part of a message yet.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        let positions = self.groups.iter().flatten().filter(|group| group.is_pending());
        positions.filter_map(|group| group.position).chain(self.current).min()
    }

    pub(super) fn group(&mut self, index: usize, group: usize) -> Option<&mut Group> {
        self.groups.get_mut(index)?.get_mut(group)
    }

    pub(super) fn emit<'a>(&self, message: &Taken<'a>, out: Out<'_, 'a>) {
        out(Message {
            timestamp: message.time,
            fields: &message.fields,
            truncated: message.truncated,
            position: message.position,
            pending: self.pending(),
        });
    }
}
