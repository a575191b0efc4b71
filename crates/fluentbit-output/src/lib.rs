//! Fluent Bit's `stdout` and `file` outputs: records in, the same bytes out.
//!
//! An output formats chunk by chunk. [`StdoutFormatter`] and [`FileFormatter`] are told when a chunk begins
//! and ends and are given its records in between; each call appends to one buffer, which the caller writes
//! where it belongs.
//!
//! ```
//! use event_model::{Compat, Field, Record, Timestamp, Value};
//! use fluentbit_output::{StdoutFormatter, StdoutOptions};
//!
//! let mut stdout = StdoutFormatter::new(StdoutOptions::new(Compat::V5_1));
//! let mut record = Record::new(Timestamp::new(1_688_466_030, 500_000_000));
//! record.fields.push(Field::new(b"k", Value::Str(b"v")));
//!
//! let mut out = Vec::new();
//! stdout.begin(&mut out);
//! stdout.record(&mut out, b"app", &record);
//! stdout.end(&mut out);
//! assert_eq!(out, b"[0] app: [[1688466030.500000000, {}], {\"k\"=>\"v\"}]\n");
//! ```
//!
//! Any record can be formatted: nothing panics, and time and memory grow with its size.
//!
//! What it does not do: open files or write to them (a [`Destination`] says which, and whether folders may be
//! made), rotate files, or format metrics.
#![forbid(unsafe_code)]

mod date;
mod file;
mod print;
mod stdout;
mod template;

use event_model::json::Style;
use fluentbit_config::Section;
use source_text::Diagnostic;

pub use date::DateFormat;
pub use file::{Destination, FileFormat, FileFormatter, FileOptions};
pub use print::print;
pub use stdout::{StdoutFormat, StdoutFormatter, StdoutOptions};

/// How all outputs of a configuration write JSON text: `json.escape_unicode` of its `[SERVICE]`, which
/// 1.8.11 does not have.
///
/// A value that is no boolean is as if it were not set; checking the service section is not this crate's
/// task.
#[must_use]
pub fn json_style(service: &Section) -> Style {
    let default = Style::default_of(service.compat);
    let escape = service.bool("json.escape_unicode", true).unwrap_or(true);
    if default == Style::Ascii && !escape { Style::Utf8 } else { default }
}

/// A boolean option: what is none counts as the default and is reported.
fn boolean(section: &Section, key: &str, default: bool, problems: &mut Vec<Diagnostic>) -> bool {
    section.bool(key, default).unwrap_or_else(|problem| {
        problems.push(*problem);
        default
    })
}
