//! Regular expressions as RE2 and Go understand them, for programs that have to read the patterns of
//! Prometheus' configuration.
//!
//! The `regex` crate looks much the same and differs in silence: there `\d` is every digit of Unicode and
//! `[a&&b]` an intersection. This crate has its own parser for Go's syntax, rejects what Go rejects in Go's
//! own words, and leaves the searching to `regex-automata`. The behaviour is that of Go 1.26 with
//! Unicode 15.0, as in Prometheus 3.14.
//!
//! ```
//! use re2_regex::{Captures, Regex, Template};
//!
//! let regex = Regex::anchored(r"(?P<app>\w+)-[[:alnum:]]{5}")?;
//! let template = Template::new("app ${app}", &regex);
//! let mut captures = Captures::new();
//! let mut out = String::new();
//! let pod = "web-x7k2p";
//! assert!(regex.captures(pod, &mut captures));
//! template.expand(pod, &captures, &mut out);
//! assert_eq!(out, "app web");
//!
//! let error = Regex::anchored("(?=web)").unwrap_err();
//! assert_eq!(error.to_string(), "error parsing regexp: invalid or unsupported Perl syntax: `(?=`");
//! # Ok::<(), re2_regex::Error>(())
//! ```
//!
//! A pattern that is a list of words, or a beginning and an end around `.*`, is told without an engine and
//! without memory of its own.
//!
//! # Promises
//!
//! No pattern, template or text makes it panic. A search takes time proportional to pattern times text. The
//! memory of a pattern is proportional to its length times its counts, and ends at 64 MiB with an error.
//!
//! # What it does not do
//!
//! It searches text, not bytes that may be no UTF-8. It has no look-around and no backreferences, as RE2
//! has none. Go's limit on the size of a pattern is higher: a few patterns near it are accepted there and
//! rejected here, with Go's error text.
#![forbid(unsafe_code)]

mod class;
mod error;
mod parser;
mod regex;
mod shape;
mod template;
mod unicode;

pub use error::{Error, ErrorKind};
pub use regex::{Captures, Regex};
pub use template::Template;
