//! Fluent Bit's filters.
#![forbid(unsafe_code)]

pub mod accessor;
mod context;
pub mod grep;
pub mod matching;
pub mod modify;
pub mod nest;
pub mod record_modifier;
mod regex;
pub mod rewrite_tag;
mod split;
#[cfg(test)]
mod test_support;

pub use context::{Context, Event, Observer, Scratch, Verdict};
