//! Messages of several lines.
//!
//! Fluent Bit has three ways to join lines, each here as a machine that takes lines with their position and
//! gives messages:
//!
//! - [`Multiline`]: a list of multiline parsers (`multiline.parser`), built-in or from sections.
//! - [`FirstLine`]: `Multiline On` of `tail`, where a parser knows the first line of a message.
//! - [`DockerMode`]: `Docker_Mode` of `tail`, for messages that Docker cut at 16 kB.
//!
//! Machines hold what is pending themselves and never lose it: what is not complete comes out after a time
//! ([`Multiline::flush`]) or at the end ([`Multiline::flush_all`]). Each [`Message`] says from which position on
//! lines are still pending, so that a program that starts again can read those once more.
//!
//! ```
//! use event_model::{Arena, Compat, Timestamp, Value};
//! use fluentbit_parser::multiline::{Multiline, MultilineSet, MultilineState};
//! use fluentbit_parser::{Context, Scratch};
//!
//! let parsers = MultilineSet::builtin(Compat::V5_1);
//! let multiline = Multiline::new(vec![parsers.get("cri").unwrap()], Compat::V5_1);
//! let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), MultilineState::new());
//! let mut cx = Context::new(&arena, &mut scratch, Timestamp::default());
//! let mut messages = Vec::new();
//! for (position, line) in [
//!     (0, "2023-07-04T10:20:30.5Z stdout P par"),
//!     (36, "2023-07-04T10:20:31.6Z stdout F tial"),
//! ] {
//!     multiline.push_line(&mut state, line.as_bytes(), position, &mut cx, &mut |message| {
//!         messages.push((message.timestamp, event_model::last_field(message.fields, b"log")));
//!     });
//! }
//! assert_eq!(messages, [(Timestamp::new(1_688_466_030, 500_000_000), Some(Value::Str(b"partial")))]);
//! ```

mod builtin;
mod cri;
mod docker_mode;
mod first_line;
mod group;
mod join;
mod machine;
mod parser;
mod section;
mod set;

pub use docker_mode::{DockerMode, DockerModeState, JoinedLine};
pub use first_line::{FirstLine, FirstLineState};
pub use machine::{Multiline, MultilineState};
pub use parser::{Join, MultilineError, MultilineOptions, MultilineParser, MultilineRule};
pub use set::MultilineSet;

use event_model::{Field, Timestamp, Value};

/// How long a joined message may become, in bytes, unless a program says otherwise: Fluent Bit's
/// `multiline_buffer_limit`.
pub const LIMIT: usize = 2 * 1024 * 1024;

/// A message that is complete, or that had to be ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message<'a, 'm> {
    /// Its time: that of the first line, if the lines have a time.
    pub timestamp: Timestamp,
    /// Its fields.
    pub fields: &'m [Field<'a>],
    /// Whether it was cut because it was too long.
    pub truncated: bool,
    /// The position of its first line.
    pub position: u64,
    /// The lowest position of the lines that are still pending after this message.
    pub pending: Option<u64>,
}

impl Message<'_, '_> {
    /// The metadata of its record, which says if it was cut.
    #[must_use]
    pub fn metadata(&self) -> &'static [Field<'static>] {
        const TRUNCATED: &[Field<'static>] = &[Field::new(b"multiline_truncated", Value::Bool(true))];
        if self.truncated { TRUNCATED } else { &[] }
    }
}

/// The text of the first field `key` that has one.
fn text_of<'a>(fields: &[Field<'a>], key: &[u8]) -> Option<&'a [u8]> {
    fields.iter().find_map(|field| match field.value {
        Value::Str(text) if field.key == key => Some(text),
        _ => None,
    })
}
