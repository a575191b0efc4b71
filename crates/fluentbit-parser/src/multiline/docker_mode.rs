//! `Docker_Mode` of `tail`.

use std::ops::Range;
use std::sync::Arc;

use event_model::{Arena, Timestamp};

use super::LIMIT;
use crate::escape;
use crate::json::Tokens;
use crate::line::{Context, Parser};

/// Joins the JSON lines of messages that Docker cut: `Docker_Mode On`.
///
/// A message is complete with the line whose `log` ends with a line feed. It comes out as that line with the
/// text of all of them in its `log`, still to be parsed: so its time is that of the last line, and the streams
/// of its lines do not matter.
///
/// With a parser for first lines (`Docker_Mode_Parser`), complete messages are joined too, until that parser
/// takes a line.
///
/// A line that is no JSON object with a text in `log` ends the message, and comes out as it is.
#[derive(Clone, Debug)]
pub struct DockerMode {
    first_line: Option<Arc<Parser>>,
    flush_seconds: u64,
}

/// The message of one file that is being put together.
#[derive(Debug, Default)]
pub struct DockerModeState {
    /// The text of `log` so far, with its escapes.
    text: Vec<u8>,
    /// The last line, and where its `log` is in it.
    line: Vec<u8>,
    log: Range<usize>,
    /// Whether the last line ended with a line feed.
    is_complete: bool,
    /// Where the first line is; none if there is no message.
    position: Option<u64>,
    deadline: Timestamp,
    tokens: Tokens,
}

/// A line to parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JoinedLine<'a> {
    /// The line.
    pub line: &'a [u8],
    /// The position of the first of the lines it was made of.
    pub position: u64,
    /// The lowest position of the lines that are still pending after this one.
    pub pending: Option<u64>,
}

impl Default for DockerMode {
    fn default() -> Self {
        Self { first_line: None, flush_seconds: 4 }
    }
}

impl DockerMode {
    /// Fluent Bit's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `Docker_Mode_Flush`: how long to wait for the next line, in seconds. It is 4 otherwise.
    #[must_use]
    pub fn with_flush_seconds(mut self, seconds: u64) -> Self {
        self.flush_seconds = seconds.max(1);
        self
    }

    /// Sets `Docker_Mode_Parser`, which knows the first lines of messages.
    #[must_use]
    pub fn with_first_line(mut self, parser: Arc<Parser>) -> Self {
        self.first_line = Some(parser);
        self
    }

    /// Takes a line of a file, without its line feed.
    pub fn push_line<'a>(
        &self,
        state: &mut DockerModeState,
        line: &'a [u8],
        position: u64,
        cx: &mut Context<'a, '_>,
        out: &mut dyn FnMut(JoinedLine<'a>),
    ) {
        if state.position.is_some() && state.is_complete && self.begins_message(line, cx) {
            state.end(Some(position), cx.arena, out);
        }
        let Some(log) = state.tokens.text_member(line, b"log") else {
            state.end(Some(position), cx.arena, out);
            return out(JoinedLine { line, position, pending: None });
        };
        let text = line.get(log.clone()).unwrap_or_default();
        let is_complete = escape::simple(text, cx.arena, &mut cx.scratch.room).ends_with(b"\n");
        if is_complete && state.position.is_none() && self.first_line.is_none() {
            return out(JoinedLine { line, position, pending: None });
        }
        state.text.extend_from_slice(text);
        state.line.clear();
        state.line.extend_from_slice(line);
        state.log = log;
        state.is_complete = is_complete;
        state.position.get_or_insert(position);
        state.deadline = cx.now.plus_milliseconds(self.flush_seconds.saturating_sub(1).saturating_mul(1000));
        if (is_complete && self.first_line.is_none()) || state.text.len() > LIMIT {
            state.end(None, cx.arena, out);
        }
    }

    /// When the message will have waited long enough for its next line, and is to be [flushed](Self::flush).
    #[must_use]
    pub fn timeout(&self, state: &DockerModeState) -> Option<Timestamp> {
        state.position.map(|_| state.deadline)
    }

    /// Ends the message if it waited too long for its next line.
    pub fn flush<'a>(
        &self,
        state: &mut DockerModeState,
        cx: &mut Context<'a, '_>,
        out: &mut dyn FnMut(JoinedLine<'a>),
    ) {
        if self.timeout(state).is_some_and(|deadline| deadline <= cx.now) {
            self.flush_all(state, cx, out);
        }
    }

    /// Ends the message, such as at the end of a file.
    pub fn flush_all<'a>(
        &self,
        state: &mut DockerModeState,
        cx: &mut Context<'a, '_>,
        out: &mut dyn FnMut(JoinedLine<'a>),
    ) {
        state.end(None, cx.arena, out);
    }

    fn begins_message(&self, line: &[u8], cx: &mut Context<'_, '_>) -> bool {
        let Some(parser) = &self.first_line else { return false };
        let mut fields = cx.scratch.take_fields();
        // What it finds does not matter.
        let arena = Arena::new();
        let begins = parser.parse(line, cx.now, &arena, cx.scratch, &mut fields).is_ok();
        cx.scratch.put_fields(fields);
        begins
    }
}

impl DockerModeState {
    /// The state before the first line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The position of the first line of the message that is being put together.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        self.position
    }

    fn end<'a>(&mut self, pending: Option<u64>, arena: &'a Arena, out: &mut dyn FnMut(JoinedLine<'a>)) {
        let Some(position) = self.position.take() else { return };
        let before = self.line.get(..self.log.start).unwrap_or_default();
        let after = self.line.get(self.log.end..).unwrap_or_default();
        let line = arena.concat(&[before, &self.text, after]);
        self.text.clear();
        self.line.clear();
        out(JoinedLine { line, position, pending });
    }
}
