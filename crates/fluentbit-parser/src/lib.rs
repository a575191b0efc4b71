//! Fluent Bit's parsers: text to fields, with the exact semantics of Fluent Bit 5.1.1 and 1.8.11.
//!
//! What it promises: no panic on any input, memory proportional to the input, and time linear in it.
//!
//! What it does not do: read files or clocks. Configuration, the current time and time zones are arguments.
#![forbid(unsafe_code)]

mod escape;
pub mod json;
mod line;
pub mod multiline;
mod number;
pub mod time;

pub use line::{
    Context, DecodeAction, DecodeBackend, DecodeRule, Failure, FailureKind, Format, Parsed, Parser,
    ParserError, ParserOptions, ParserSet, Scratch, Warning,
};
