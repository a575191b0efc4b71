//! Fluent Bit's parsers: text to fields, exactly as Fluent Bit 5.1.1 and 1.8.11 do it.
//!
//! - [`Parser`] takes a line apart: as JSON, with a pattern, as logfmt or as LTSV. It finds the time, casts
//!   types and runs decoders. [`ParserSet`] has those of a configuration.
//! - [`multiline`] joins lines to messages, in each of Fluent Bit's three ways.
//! - [`json`] reads JSON with Fluent Bit's rules, borrowed from the text.
//! - [`time`] reads times with Fluent Bit's `Time_Format`.
//!
//! The releases differ in many details: which one to follow is said by [`Compat`](event_model::Compat).
//!
//! ```
//! use event_model::{Arena, Compat, Timestamp, Value};
//! use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};
//!
//! let mut options = ParserOptions::new(Format::Json);
//! options.time_format = Some("%Y-%m-%dT%H:%M:%S.%L".into());
//! let docker = Parser::new("docker", &options, Compat::V5_1)?;
//!
//! let (arena, mut scratch, mut fields) = (Arena::new(), Scratch::new(Compat::V5_1), Vec::new());
//! let line = br#"{"log":"started\n","stream":"stdout","time":"2023-07-04T10:20:30.5Z"}"#;
//! let parsed = docker.parse(line, Timestamp::default(), &arena, &mut scratch, &mut fields)?;
//! assert_eq!(parsed.time, Some(Timestamp::new(1_688_466_030, 500_000_000)));
//! assert_eq!(event_model::last_field(&fields, b"log"), Some(Value::Str(b"started\n")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//!
//! No input makes it panic. Time is linear in the text, except for patterns that need backtracking, whose steps
//! are limited. Memory is proportional to the text; a message of several lines is cut at a limit. Parsing a line
//! allocates nothing once the working memory has grown, except in the arena where a value has escapes or is a
//! map or a list.
//!
//! # What it does not do
//!
//! It reads no files, clocks or environment: lines, the current time, the system's time zone and configurations
//! are arguments.
//!
//! These differ from Fluent Bit:
//!
//! - Times before 1970 and after 2106 are what they are. Callers decide what a record can hold: 1.8.11 wraps
//!   such times, 5.1.1 drops their records.
//! - `%Z` does not know the names of the system's zone, only UTC and those in Fluent Bit's table.
//! - `Types` does not read hexadecimal floats.
//! - Half a surrogate pair in an escaped text becomes U+FFFD in 5.1.1.
//! - Messages of several lines are never lost: each waits for itself, not for a common timer, and what is
//!   pending at the end comes out. There are at most 64 streams per file and parser. The limit of 5.1.1 for
//!   their length holds for 1.8.11 as well, which has none.
//!
//! # Features
//!
//! `iana` (default): the zones of `Time_Zone`, about a megabyte of tables. Without it every zone is unknown.
#![forbid(unsafe_code)]

mod escape;
pub mod json;
mod line;
pub mod multiline;
mod number;
mod pattern;
pub mod time;

pub use line::{
    Context, DecodeAction, DecodeBackend, DecodeRule, Failure, FailureKind, Format, Parsed, Parser,
    ParserError, ParserOptions, ParserSet, Scratch, Warning,
};
pub use pattern::compile_pattern;
