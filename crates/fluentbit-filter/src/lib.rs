//! Fluent Bit's filters.
#![forbid(unsafe_code)]

pub mod accessor;
mod context;
pub mod grep;
pub mod matching;
mod regex;
mod split;

pub use context::{Context, Event, Observer, Scratch, Verdict};
