//! Runs golden cases recorded from the real programs, and keeps the score.
#![forbid(unsafe_code)]

mod fluentbit;
mod memory;
mod node;
mod prometheus;
mod questions;
mod record;
mod score;
mod stub;
mod text;

pub use questions::{Question, questions};
pub use score::{Score, run_folder};
