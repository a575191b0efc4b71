//! Fluent Bit's parsers: text to fields, with the exact semantics of Fluent Bit 5.1.1 and 1.8.11.
//!
//! What it promises: no panic on any input, memory proportional to the input, and time linear in it.
//!
//! What it does not do: read files or clocks. Configuration, the current time and time zones are arguments.
#![forbid(unsafe_code)]

#[cfg_attr(not(test), expect(dead_code, reason = "the decoders of parsers take the rest"))]
mod escape;
pub mod json;
#[cfg_attr(not(test), expect(dead_code, reason = "the types of parsers take the rest"))]
mod number;
pub mod time;
