use std::fmt;

use crate::json;

/// An option with which there is no parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParserError {
    code: &'static str,
    option: &'static str,
    message: String,
    /// Where in the option's value.
    offset: Option<usize>,
}

impl ParserError {
    pub(crate) fn new(code: &'static str, option: &'static str, message: impl Into<String>) -> Self {
        Self { code, option, message: message.into(), offset: None }
    }

    pub(crate) fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    pub(crate) fn unknown() -> Self {
        Self::new("invalid-parser", "Format", "the parser cannot be made")
    }

    /// The stable code of the problem, such as `invalid-regex`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The option, as Fluent Bit's documentation writes it.
    #[must_use]
    pub fn option(&self) -> &'static str {
        self.option
    }

    /// Where in the option's value, in bytes, if that can be said.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl fmt::Display for ParserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParserError {}

/// A line that a parser does not understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: FailureKind,
    offset: usize,
}

/// Why a parser does not understand a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// It is not one JSON object.
    Json(json::ErrorKind),
    /// The pattern does not match, or none of its named groups took part.
    NoMatch,
    /// There are no pairs.
    NoPairs,
    /// A key without a value, which `Logfmt_No_Bare_Keys` forbids.
    BareKey,
    /// The time of an ltsv or logfmt line cannot be read.
    Time,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Where in the line, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl From<json::Error> for Failure {
    fn from(error: json::Error) -> Self {
        Self::new(FailureKind::Json(error.kind()), error.offset())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FailureKind::Json(kind) => return write!(f, "{kind} at byte {}", self.offset),
            FailureKind::NoMatch => return f.write_str("the pattern does not match"),
            FailureKind::NoPairs => return f.write_str("the line has no pairs"),
            FailureKind::BareKey => "a key without a value",
            FailureKind::Time => "the time cannot be read",
        };
        write!(f, "{what} at byte {}", self.offset)
    }
}

impl std::error::Error for Failure {}

/// Something about a line that a person should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning<'a> {
    /// The time does not match `Time_Format`.
    Time {
        /// The text that should be a time.
        text: &'a [u8],
    },
    /// A value is no boolean, and stays text.
    Cast {
        /// The key.
        key: &'a [u8],
    },
}

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { text } => write!(f, "the time `{}` does not match the format", text.escape_ascii()),
            Self::Cast { key } => write!(f, "the value of `{}` is no boolean", key.escape_ascii()),
        }
    }
}
