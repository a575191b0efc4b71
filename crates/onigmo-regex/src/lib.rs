//! Ruby-dialect (Onigmo) regular expressions, as Fluent Bit uses them.
#![forbid(unsafe_code)]

mod ast;
mod backtrack;
mod error;
mod linear;
mod parse;
mod plan;
mod regex;
mod resolve;
mod scan;
mod set;
mod text;
mod unicode;
mod wrapping;

pub use error::{Error, ErrorKind, StepLimit};
pub use regex::{Captures, Regex};
pub use wrapping::Wrapping;
