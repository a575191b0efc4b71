//! Ruby-dialect (Onigmo) regular expressions, as Fluent Bit uses them.
#![forbid(unsafe_code)]

mod error;
mod regex;
mod wrapping;

pub use error::{Error, ErrorKind, StepLimit};
pub use regex::{Captures, Regex};
pub use wrapping::Wrapping;
