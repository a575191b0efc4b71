//! `Multiline On` of `tail`.

use std::sync::Arc;

use event_model::{Arena, Field, OwnedField, OwnedValue, Timestamp, Value};

use super::{LIMIT, Message};
use crate::line::{Context, Parser};

/// Joins lines to the first line of their message: `Multiline On` with `Parser_Firstline` and `Parser_1` and so
/// on.
///
/// A line that the first parser takes begins a message. A line that one of the others takes adds its fields;
/// all else is added to the last field, after a line feed. Where it cannot be added, because there is no
/// message or the last field is no text, a line is a message of its own.
///
/// A message ends when the next begins, or some time after its first line; see [`timeout`](Self::timeout).
/// Lines that would make it longer than [`LIMIT`] are left out.
#[derive(Clone, Debug)]
pub struct FirstLine {
    first: Arc<Parser>,
    others: Vec<Arc<Parser>>,
    key: Box<[u8]>,
    flush_seconds: u64,
}

/// The message of one file that is being put together.
#[derive(Debug, Default)]
pub struct FirstLineState {
    message: Option<Pending>,
}

#[derive(Debug)]
struct Pending {
    fields: Vec<OwnedField>,
    /// The text of the last field so far, if it is text.
    last: Option<Vec<u8>>,
    time: Timestamp,
    position: u64,
    deadline: Timestamp,
    /// The length of its lines.
    len: usize,
    truncated: bool,
}

impl FirstLine {
    /// Joins to the lines that `first` takes; `others` are the parsers for the lines after them.
    #[must_use]
    pub fn new(first: Arc<Parser>, others: Vec<Arc<Parser>>) -> Self {
        Self { first, others, key: b"log".as_slice().into(), flush_seconds: 4 }
    }

    /// Sets `Multiline_Flush`: how long to wait for the end of a message, in seconds. It is 4 otherwise.
    #[must_use]
    pub fn with_flush_seconds(mut self, seconds: u64) -> Self {
        self.flush_seconds = seconds.max(1);
        self
    }

    /// Sets the field of lines that are messages of their own. It is `log` otherwise.
    #[must_use]
    pub fn with_key(mut self, key: &str) -> Self {
        self.key = key.as_bytes().into();
        self
    }

    /// Takes a line of a file, without its line feed.
    pub fn push_line<'a>(
        &'a self,
        state: &mut FirstLineState,
        line: &'a [u8],
        position: u64,
        cx: &mut Context<'a, '_>,
        out: &mut dyn FnMut(Message<'a, '_>),
    ) {
        let mut fields = cx.scratch.take_fields();
        if let Ok(parsed) = self.first.parse(line, cx.now, cx.arena, cx.scratch, &mut fields) {
            if let Some(previous) = state.message.take() {
                previous.emit(Some(position), cx.arena, out);
            }
            state.message = Some(Pending {
                fields: Vec::new(),
                last: None,
                time: parsed.time.unwrap_or(cx.now),
                position,
                deadline: cx.now.plus_milliseconds(self.flush_seconds.saturating_sub(1).saturating_mul(1000)),
                len: line.len(),
                truncated: false,
            });
            state.message.iter_mut().for_each(|message| message.add(&fields));
        } else {
            let parsed = self
                .others
                .iter()
                .find_map(|parser| parser.parse(line, cx.now, cx.arena, cx.scratch, &mut fields).ok());
            match (&mut state.message, parsed) {
                (Some(message), Some(_)) => {
                    if message.has_room(line) {
                        message.add(&fields);
                    }
                }
                (Some(message @ Pending { last: Some(_), .. }), None) => {
                    if message.has_room(line)
                        && let Some(last) = &mut message.last
                    {
                        last.push(b'\n');
                        last.extend_from_slice(line);
                    }
                }
                (message, parsed) => {
                    if parsed.is_none() {
                        fields.push(Field::new(&self.key, Value::Str(line)));
                    }
                    out(Message {
                        timestamp: parsed.and_then(|parsed| parsed.time).unwrap_or(cx.now),
                        fields: &fields,
                        truncated: false,
                        position,
                        pending: message.as_ref().map(|message| message.position),
                    });
                }
            }
        }
        cx.scratch.put_fields(fields);
    }

    /// When the message will have waited long enough, and is to be [flushed](Self::flush).
    #[must_use]
    pub fn timeout(&self, state: &FirstLineState) -> Option<Timestamp> {
        state.message.as_ref().map(|message| message.deadline)
    }

    /// Ends the message if it waited too long.
    pub fn flush<'a>(
        &'a self,
        state: &mut FirstLineState,
        cx: &mut Context<'a, '_>,
        out: &mut dyn FnMut(Message<'a, '_>),
    ) {
        if self.timeout(state).is_some_and(|deadline| deadline <= cx.now) {
            self.flush_all(state, cx, out);
        }
    }

    /// Ends the message, such as at the end of a file.
    pub fn flush_all<'a>(
        &'a self,
        state: &mut FirstLineState,
        cx: &mut Context<'a, '_>,
        out: &mut dyn FnMut(Message<'a, '_>),
    ) {
        if let Some(message) = state.message.take() {
            message.emit(None, cx.arena, out);
        }
    }
}

impl FirstLineState {
    /// The state before the first line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The position of the first line of the message that is being put together.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        self.message.as_ref().map(|message| message.position)
    }
}

impl Pending {
    /// Adds the fields of a line; text is then added to the last of them.
    fn add(&mut self, fields: &[Field<'_>]) {
        self.close_last();
        self.fields.extend(fields.iter().map(|field| OwnedField::new(field.key, field.value.into())));
        self.last = match self.fields.last().map(|field| &field.value) {
            Some(OwnedValue::Str(text)) => Some(text.to_vec()),
            _ => None,
        };
    }

    /// Whether a line can be added. If not, the message is cut here.
    fn has_room(&mut self, line: &[u8]) -> bool {
        self.len += 1 + line.len();
        self.truncated |= self.len > LIMIT;
        !self.truncated
    }

    /// Puts the text of the last field in its place.
    fn close_last(&mut self) {
        if let (Some(text), Some(field)) = (self.last.take(), self.fields.last_mut()) {
            field.value = OwnedValue::Str(text.into());
        }
    }

    fn emit<'a>(mut self, pending: Option<u64>, arena: &'a Arena, out: &mut dyn FnMut(Message<'a, '_>)) {
        self.close_last();
        let fields: Vec<_> = self.fields.iter().map(|field| field.in_arena(arena)).collect();
        out(Message {
            timestamp: self.time,
            fields: &fields,
            truncated: self.truncated,
            position: self.position,
            pending,
        });
    }
}
