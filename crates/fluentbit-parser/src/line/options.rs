//! What a parser is told.

use std::sync::Arc;

use event_model::Compat;

use super::decode::Decoders;
use super::regex::Pattern;
use super::timed::Timed;
use super::types::Types;
use super::{DecodeRule, Kind, Parser, ParserError, logfmt};
use crate::pattern::compile_pattern;
use crate::time::{self, TimeFormat, Zone};

/// How a line is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// As a JSON object.
    Json,
    /// As this pattern says: `Regex`, with or without slashes around it.
    Regex(String),
    /// As labels and values, between tabs.
    Ltsv,
    /// As `key=value`, between spaces.
    Logfmt,
}

/// The options of a parser, called as in a `[PARSER]` section. Those that a release does not have do
/// nothing there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParserOptions {
    /// The form of the line.
    pub format: Format,
    /// The field that holds the time; `time` if not set.
    pub time_key: Option<String>,
    /// The form of the time, see [`time`](crate::time). No time is looked for without it.
    pub time_format: Option<String>,
    /// Whether the field of the time stays in the record.
    pub time_keep: bool,
    /// Whether a time that matches only in part is none.
    pub time_strict: bool,
    /// The offset from UTC of times that have none, such as `+0900`.
    pub time_offset: Option<String>,
    /// Whether times are in the zone of the system (5.1.1).
    pub time_system_timezone: bool,
    /// The zone, such as `Europe/Berlin`, of times that have none (5.1.1).
    pub time_zone: Option<String>,
    /// What values become: `key:type` pairs between spaces, where a type is `integer`, `float`, `bool`,
    /// `hex` or `string`. It does nothing for JSON.
    pub types: Option<String>,
    /// Whether groups of a pattern that matched nothing are left out. 1.8.11 does in any case.
    pub skip_empty_values: bool,
    /// Whether a logfmt line fails for a key without value (5.1.1).
    pub logfmt_no_bare_keys: bool,
    /// The decoders, in order.
    pub decoders: Vec<DecodeRule>,
}

impl ParserOptions {
    /// Fluent Bit's defaults.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            time_key: None,
            time_format: None,
            time_keep: false,
            time_strict: true,
            time_offset: None,
            time_system_timezone: false,
            time_zone: None,
            types: None,
            skip_empty_values: true,
            logfmt_no_bare_keys: false,
            decoders: Vec::new(),
        }
    }

    /// Makes the parser, and reports every option that is refused.
    pub(super) fn build(
        &self,
        name: &str,
        compat: Compat,
        refuse: &mut dyn FnMut(ParserError),
    ) -> Option<Parser> {
        let kind = self.kind(compat, refuse);
        let timed = self.timed(compat, refuse);
        Some(Parser {
            name: name.into(),
            kind: kind?,
            timed: timed?,
            types: self.types.as_deref().map(Types::new).unwrap_or_default(),
            decoders: Decoders::new(&self.decoders),
            compat,
        })
    }

    fn kind(&self, compat: Compat, refuse: &mut dyn FnMut(ParserError)) -> Option<Kind> {
        Some(match &self.format {
            Format::Json => Kind::Json,
            Format::Ltsv => Kind::Ltsv,
            Format::Logfmt => {
                let no_bare_keys = self.logfmt_no_bare_keys && compat != Compat::V1_8;
                Kind::Logfmt(logfmt::Rules { no_bare_keys })
            }
            Format::Regex(pattern) => match compile_pattern(pattern, compat) {
                Ok(regex) => {
                    Kind::Regex(Pattern::new(regex, self.skip_empty_values || compat == Compat::V1_8))
                }
                Err(error) => {
                    let message = format!("the pattern is invalid: {error}");
                    refuse(ParserError::new("invalid-regex", "Regex", message).at(error.offset()));
                    return None;
                }
            },
        })
    }

    fn timed(&self, compat: Compat, refuse: &mut dyn FnMut(ParserError)) -> Option<Option<Timed>> {
        let zone = self.zone(compat, refuse)?;
        Some(self.time_format.as_ref().map(|format| Timed {
            key: self.time_key.as_deref().unwrap_or("time").as_bytes().into(),
            format: TimeFormat::new(format, zone, compat),
            keep: self.time_keep,
            strict: self.time_strict,
        }))
    }

    fn zone(&self, compat: Compat, refuse: &mut dyn FnMut(ParserError)) -> Option<Zone> {
        let time_zone = self.time_zone.as_deref().filter(|_| compat != Compat::V1_8);
        let system = self.time_system_timezone && compat != Compat::V1_8;
        let mut refuse_zone = |message: String| {
            refuse(ParserError::new("invalid-time-zone", "Time_Zone", message));
            None
        };
        match (time_zone, &self.time_format) {
            (Some(_), None) => refuse_zone("`Time_Zone` needs `Time_Format`".to_owned()),
            (None, None) => Some(Zone::UTC),
            (Some(_), _) if system => {
                refuse_zone("`Time_Zone` cannot be combined with `Time_System_Timezone`".to_owned())
            }
            (Some(_), _) if self.time_offset.is_some() => {
                refuse_zone("`Time_Zone` cannot be combined with `Time_Offset`".to_owned())
            }
            (Some(name), _) => match time::iana_time_zone(name) {
                Some(zone) => Some(Zone::Named(zone)),
                None => refuse_zone(format!("there is no time zone `{name}`")),
            },
            _ if system => Some(Zone::System(Arc::new(time::Utc))),
            _ => match self.time_offset.as_deref().map_or(Ok(0), time::parse_offset) {
                Ok(seconds) => Some(Zone::Offset(seconds)),
                Err(error) => {
                    refuse(ParserError::new("invalid-time-offset", "Time_Offset", error.to_string()));
                    None
                }
            },
        }
    }
}
