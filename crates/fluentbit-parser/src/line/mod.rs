//! Parsers of single lines.

mod decode;
mod error;
mod json;
mod logfmt;
mod ltsv;
mod options;
mod regex;
mod section;
mod set;
mod timed;
mod types;

pub use decode::{DecodeAction, DecodeBackend, DecodeRule};
pub use error::{Failure, FailureKind, ParserError, Warning};
pub use options::{Format, ParserOptions};
pub use set::ParserSet;

use std::sync::Arc;

use event_model::{Arena, Compat, Field, Timestamp, Value};
use onigmo_regex::{Captures, Regex};

use crate::json::JsonReader;
use crate::time::TimeZone;
use decode::Decoders;
use regex::Pattern;
use timed::Timed;
use types::Types;

/// A parser of lines: a `[PARSER]` section.
///
/// | | json | regex | ltsv, logfmt |
/// |---|---|---|---|
/// | fails | if the line is not one object | without a match, or if no named group took part in it | without pairs |
/// | the time cannot be read | 5.1.1 keeps its field, 1.8.11 drops it | its field is dropped, even with `Time_Keep` | the parser fails |
/// | decoders run | before the time is looked for | after that | after that |
///
/// The time is looked for only where `Time_Format` is set.
///
/// ```
/// use event_model::{Arena, Compat, Timestamp, Value};
/// use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};
///
/// let mut options = ParserOptions::new(Format::Regex(r"^(?<at>\S+) (?<level>[A-Z]+) (?<text>.*)$".into()));
/// options.time_key = Some("at".into());
/// options.time_format = Some("%Y-%m-%dT%H:%M:%S%z".into());
/// let parser = Parser::new("app", &options, Compat::V5_1)?;
///
/// let arena = Arena::new();
/// let mut fields = Vec::new();
/// let line = b"2023-07-04T10:20:30+0900 WARN disk is full";
/// let now = Timestamp::default();
/// let parsed = parser.parse(line, now, &arena, &mut Scratch::default(), &mut fields)?;
/// assert_eq!(parsed.time, Some(Timestamp::new(1_688_433_630, 0)));
/// assert_eq!(fields.len(), 2);
/// assert_eq!(fields[0].value, Value::Str(b"WARN"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Parser {
    name: Box<str>,
    kind: Kind,
    timed: Option<Timed>,
    types: Types,
    decoders: Decoders,
    compat: Compat,
}

#[derive(Clone, Debug)]
enum Kind {
    Json,
    Regex(Pattern),
    Ltsv,
    Logfmt(logfmt::Rules),
}

/// What a parser found besides fields.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Parsed<'a> {
    /// The time of the line. None if it has none that could be read; then the caller's clock counts.
    pub time: Option<Timestamp>,
    /// The first thing that a person should know about. The line was parsed all the same.
    pub warning: Option<Warning<'a>>,
}

/// Working memory of parsers, used again for the next line.
#[derive(Debug, Default)]
pub struct Scratch {
    json: JsonReader,
    pub(crate) captures: Captures,
    pub(crate) room: Vec<u8>,
    /// Always empty.
    fields: Vec<Field<'static>>,
}

impl Scratch {
    /// Memory for parsers that follow a release. It works with those of another too.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self { json: JsonReader::new(compat), ..Self::default() }
    }

    pub(crate) fn json(&mut self, compat: Compat) -> &mut JsonReader {
        if self.json.compat() != compat {
            self.json = JsonReader::new(compat);
        }
        &mut self.json
    }

    /// An empty list of fields. Give it back when done.
    pub(crate) fn take_fields<'a>(&mut self) -> Vec<Field<'a>> {
        std::mem::take(&mut self.fields)
    }

    pub(crate) fn put_fields(&mut self, mut fields: Vec<Field<'_>>) {
        fields.clear();
        // Collecting an emptied vector into one of the same layout reuses its allocation.
        self.fields = fields.into_iter().map(|_| Field::new(&[], Value::Null)).collect();
    }
}

/// What looking at a line needs besides the line.
#[derive(Debug)]
pub struct Context<'a, 's> {
    pub(crate) arena: &'a Arena,
    pub(crate) scratch: &'s mut Scratch,
    pub(crate) now: Timestamp,
}

impl<'a, 's> Context<'a, 's> {
    /// The arena for what has to be made, working memory, and the current time.
    pub fn new(arena: &'a Arena, scratch: &'s mut Scratch, now: Timestamp) -> Self {
        Self { arena, scratch, now }
    }
}

impl Parser {
    /// Makes a parser.
    ///
    /// # Errors
    ///
    /// The first option that Fluent Bit would refuse.
    pub fn new(name: &str, options: &ParserOptions, compat: Compat) -> Result<Self, ParserError> {
        let mut first = None;
        let parser = options.build(name, compat, &mut |error| {
            first.get_or_insert(error);
        });
        match (first, parser) {
            (None, Some(parser)) => Ok(parser),
            (error, _) => Err(error.unwrap_or_else(ParserError::unknown)),
        }
    }

    /// Sets the zone of parsers that have `Time_System_Timezone`. Without it that is UTC.
    #[must_use]
    pub fn with_system_time_zone(mut self, zone: &Arc<dyn TimeZone>) -> Self {
        if let Some(timed) = &mut self.timed {
            timed.set_system_time_zone(zone);
        }
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pattern of a parser of the format `regex`.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        match &self.kind {
            Kind::Regex(pattern) => Some(pattern.regex()),
            _ => None,
        }
    }

    /// Parses a line and appends its fields to `fields`. `now` completes times that lack a year.
    ///
    /// Fields borrow from the line, from the arena and, for the names of groups, from the parser.
    ///
    /// # Errors
    ///
    /// When the line is not what the parser expects. `fields` is then as before; Fluent Bit keeps such a
    /// line as it is.
    pub fn parse<'a>(
        &'a self,
        line: &'a [u8],
        now: Timestamp,
        arena: &'a Arena,
        scratch: &mut Scratch,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Parsed<'a>, Failure> {
        let before = fields.len();
        let mut cx = Context::new(arena, scratch, now);
        let parsed = match &self.kind {
            Kind::Json => self.parse_json(line, &mut cx, fields),
            Kind::Regex(pattern) => self.parse_regex(pattern, line, &mut cx, fields),
            Kind::Ltsv => self.parse_ltsv(line, &mut cx, fields),
            Kind::Logfmt(rules) => self.parse_logfmt(*rules, line, &mut cx, fields),
        };
        if parsed.is_err() {
            fields.truncate(before);
        }
        parsed
    }
}
