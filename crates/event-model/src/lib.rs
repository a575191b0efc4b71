//! Log records as Fluent Bit has them, without its memory traffic.
//!
//! A [`Record`] is a flat list of [`Field`]s: order and duplicate keys are kept, because Fluent Bit keeps
//! them and its outputs depend on both. A [`Value`] is `Copy` and borrows: from the line it was read
//! from, from the [`Arena`] of the batch where bytes had to be made (an unescaped string, say), or from an
//! [`OwnedValue`] that outlives many batches (the metadata of a pod).
//!
//! ```
//! use event_model::{Arena, Field, Value};
//!
//! let arena = Arena::new();
//! let level = arena.concat(&[b"wa", b"rn"]);
//! let labels = arena.slice(&[Field::new(b"app", Value::Str(b"web"))]);
//! let fields = [Field::new(b"level", Value::Str(level)), Field::new(b"labels", Value::Map(labels))];
//! let found = event_model::last_field(&fields, b"labels").and_then(|labels| labels.get(b"app"));
//! assert_eq!(found, Some(Value::Str(b"web")));
//! ```
//!
//! [`json`] and [`msgpack`] write records byte for byte as Fluent Bit does, [`number`] and [`strftime`] the
//! parts they share with other formats. A [`Constant`] is rendered once and copied from then on.
//!
//! Text is bytes: log lines are usually UTF-8, and not always. Any value can be written: nothing panics, time
//! grows with its size, and what is nested deeper than [`MAX_DEPTH`] is written as null.
//!
//! What it does not do: parse (see `fluentbit-parser`), or decide what a record means.
#![forbid(unsafe_code)]

mod arena;
mod compat;
mod duplicates;
pub mod json;
pub mod msgpack;
pub mod number;
mod owned;
mod record;
mod strftime;
mod timestamp;
mod value;

pub use arena::Arena;
pub use compat::Compat;
pub use owned::{Constant, OwnedField, OwnedValue};
pub use record::{Field, Record, last_field};
pub use strftime::{DAY_NAMES, DateText, MONTH_NAMES, strftime};
pub use timestamp::Timestamp;
pub use value::{Elements, Kind, Members, Value};

/// How deep maps and arrays may be nested for the writers of this crate: what lies deeper is written as
/// null, so that no input exhausts the stack.
pub const MAX_DEPTH: usize = 256;
