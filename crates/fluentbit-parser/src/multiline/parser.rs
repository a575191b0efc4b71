//! Multiline parsers.

use std::fmt;
use std::sync::Arc;

use event_model::{Compat, Field, Timestamp};
use onigmo_regex::Regex;

use super::cri::Cri;
use crate::line::{Context, Parser};
use crate::pattern::compile_pattern;

/// The options of a multiline parser, called as in a `[MULTILINE_PARSER]` section.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MultilineOptions {
    /// How the lines of a message are known: `Type`, with `Rule` or `Match_String`.
    pub join: Join,
    /// Whether the comparison of [`Join::EndsWith`] and [`Join::Equal`] is turned round.
    pub negate: bool,
    /// The field with the text to join. Without it the line itself is joined, with line feeds in between.
    pub key_content: Option<String>,
    /// The field to compare, if it is another one.
    pub key_pattern: Option<String>,
    /// The field that keeps streams of lines apart.
    pub key_group: Option<String>,
    /// How long to wait for the next line, in milliseconds.
    pub flush_timeout: u64,
}

/// How the lines of a message are known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Join {
    /// By rules, each for the line after others. The first must be for `start_state`.
    Regex(Vec<MultilineRule>),
    /// The last line ends with this.
    EndsWith(String),
    /// The last line is this.
    Equal(String),
}

/// A rule: a line that matches `pattern` goes on with a message that is in one of `states`, and puts it in
/// the state `next`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MultilineRule {
    /// The states. `start_state` is the one before a message.
    pub states: Vec<String>,
    /// The pattern, with or without slashes around it.
    pub pattern: String,
    /// The state after the line. Without it the message ends.
    pub next: Option<String>,
}

impl MultilineOptions {
    /// Fluent Bit's defaults.
    #[must_use]
    pub fn new(join: Join) -> Self {
        Self {
            join,
            negate: false,
            key_content: None,
            key_pattern: None,
            key_group: None,
            flush_timeout: 4000,
        }
    }
}

impl MultilineRule {
    /// A rule whose `states` are separated by commas.
    #[must_use]
    pub fn new(states: &str, pattern: impl Into<String>, next: &str) -> Self {
        let states = states.split(',').map(str::trim).filter(|state| !state.is_empty());
        let next = Some(next.trim()).filter(|next| !next.is_empty());
        Self {
            states: states.map(str::to_owned).collect(),
            pattern: pattern.into(),
            next: next.map(str::to_owned),
        }
    }

    fn is_for(&self, state: &str) -> bool {
        self.states.iter().any(|known| known == state)
    }

    fn is_start(&self) -> bool {
        self.is_for("start_state")
    }
}

/// A multiline parser, made from its options.
#[derive(Clone, Debug)]
pub struct MultilineParser {
    pub(super) name: Box<str>,
    pub(super) rule: Rule,
    pub(super) line: LineParser,
    pub(super) key_content: Option<Box<[u8]>>,
    pub(super) key_pattern: Option<Box<[u8]>>,
    pub(super) key_group: Option<Box<[u8]>>,
    pub(super) flush_timeout: u64,
}

/// How the lines of a message are known.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    States(Box<[State]>),
    EndsWith { text: Box<[u8]>, negate: bool },
    Equal { text: Box<[u8]>, negate: bool },
}

/// A rule of a message by states.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) regex: Regex,
    pub(super) is_start: bool,
    /// The rules that may come next.
    pub(super) next: Box<[usize]>,
}

/// What takes a line apart before it is looked at.
#[derive(Clone, Debug)]
pub(super) enum LineParser {
    None,
    Parser(Arc<Parser>),
    Cri(Cri),
}

impl LineParser {
    /// Appends the fields of a line. None if the line is no such line; else its time, if it has one.
    pub(super) fn parse<'a>(
        &'a self,
        line: &'a [u8],
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
    ) -> Option<Option<Timestamp>> {
        match self {
            Self::None => None,
            Self::Parser(parser) => {
                parser.parse(line, cx.now, cx.arena, cx.scratch, fields).ok().map(|parsed| parsed.time)
            }
            Self::Cri(cri) => cri.parse(line, cx.now, fields),
        }
    }
}

impl MultilineParser {
    /// Makes a multiline parser. `parser` takes each line apart before it is looked at.
    ///
    /// # Errors
    ///
    /// When the rules do not fit together, or one of their patterns is invalid.
    pub fn new(
        name: &str,
        options: &MultilineOptions,
        parser: Option<Arc<Parser>>,
        compat: Compat,
    ) -> Result<Self, MultilineError> {
        let key = |key: &Option<String>| key.as_ref().map(|key| key.as_bytes().into());
        let rule = match &options.join {
            Join::Regex(rules) => Rule::States(states(rules, compat)?),
            Join::EndsWith(text) => Rule::EndsWith { text: text.as_bytes().into(), negate: options.negate },
            Join::Equal(text) => Rule::Equal { text: text.as_bytes().into(), negate: options.negate },
        };
        Ok(Self {
            name: name.into(),
            rule,
            line: parser.map_or(LineParser::None, LineParser::Parser),
            key_content: key(&options.key_content),
            key_pattern: key(&options.key_pattern),
            key_group: key(&options.key_group),
            flush_timeout: options.flush_timeout,
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Compiles rules and links them.
fn states(rules: &[MultilineRule], compat: Compat) -> Result<Box<[State]>, MultilineError> {
    let error = |rule, message| Err(MultilineError { rule, message });
    if !rules.first().is_some_and(MultilineRule::is_start) {
        return error(0, "the first rule must be for `start_state`".to_owned());
    }
    let mut states = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let regex = match compile_pattern(&rule.pattern, compat) {
            Ok(regex) => regex,
            Err(problem) => return error(index, format!("the pattern is invalid: {problem}")),
        };
        let next: Box<[usize]> = match &rule.next {
            Some(next) => {
                (0..rules.len()).filter(|&i| rules.get(i).is_some_and(|rule| rule.is_for(next))).collect()
            }
            None => Box::default(),
        };
        if let (Some(state), true) = (&rule.next, next.is_empty()) {
            return error(index, format!("no rule is for the state `{state}`"));
        }
        states.push(State { regex, is_start: rule.is_start(), next });
    }
    Ok(states.into())
}

/// Rules that make no multiline parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultilineError {
    rule: usize,
    message: String,
}

impl MultilineError {
    /// Which rule is wrong, from 0.
    #[must_use]
    pub fn rule(&self) -> usize {
        self.rule
    }
}

impl fmt::Display for MultilineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for MultilineError {}
