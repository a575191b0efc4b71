//! The state of the two lexers of Prometheus, and what they have in common.
//!
//! A lexer here gives the same tokens as Prometheus' table-driven one and stops at the same byte, because
//! the error texts show how far it came. Two properties matter and are easily lost: it never goes back,
//! and in three states it steps over NUL bytes.

use std::borrow::Cow;

use prometheus_labels::quoted;

use crate::error::{Error, ErrorKind};

/// What the lexer expects next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The start of a line.
    Init,
    /// After `# `.
    Comment,
    /// After a keyword: a metric name.
    MetadataName,
    /// After that: the text.
    MetadataText,
    /// Between braces.
    Labels,
    /// After the `=` of a label.
    LabelValue,
    /// After the series: the value.
    Value,
    /// After that: a timestamp, an exemplar or the end of the line.
    Timestamp,
    /// Between the braces of an exemplar.
    Exemplar,
    /// After the `=` of an exemplar's label, or after its braces.
    ExemplarValue,
    /// After the exemplar's value.
    ExemplarTimestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Invalid,
    Eof,
    Linebreak,
    Whitespace,
    Help,
    Type,
    Unit,
    EofWord,
    Text,
    Comment,
    MetricName,
    QuotedName,
    BraceOpen,
    BraceClose,
    LabelName,
    LabelValue,
    Comma,
    Equal,
    Timestamp,
    Value,
}

impl Token {
    /// The name in Prometheus' error texts.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "INVALID",
            Self::Eof => "EOF",
            Self::Linebreak => "LINEBREAK",
            Self::Whitespace => "WHITESPACE",
            Self::Help => "HELP",
            Self::Type => "TYPE",
            Self::Unit => "UNIT",
            Self::EofWord => "EOFWORD",
            Self::Text => "TEXT",
            Self::Comment => "COMMENT",
            Self::MetricName => "MNAME",
            Self::QuotedName => "QSTRING",
            Self::BraceOpen => "BOPEN",
            Self::BraceClose => "BCLOSE",
            Self::LabelName => "LNAME",
            Self::LabelValue => "LVALUE",
            Self::Comma => "COMMA",
            Self::Equal => "EQUAL",
            Self::Timestamp => "TIMESTAMP",
            Self::Value => "VALUE",
        }
    }
}

/// Whether a quoted string may hold a line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breaks {
    Allowed,
    Rejected,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    body: &'a [u8],
    /// One more than the body has where a line break is added to its end.
    len: usize,
    /// The next byte.
    pub(crate) at: usize,
    /// The first byte of the token read last.
    pub(crate) start: usize,
    pub(crate) state: State,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self { body, len: body.len(), at: 0, start: 0, state: State::Init }
    }

    /// Reads `body` as if it ended with a line break.
    pub(crate) fn with_final_line_break(body: &'a [u8]) -> Self {
        let missing = usize::from(!body.ends_with(b"\n"));
        Self { len: body.len() + missing, ..Self::new(body) }
    }

    pub(crate) fn body(&self) -> &'a [u8] {
        self.body
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.len
    }

    /// The next byte; NUL at the end.
    pub(crate) fn byte(&self) -> u8 {
        match self.body.get(self.at) {
            Some(&byte) => byte,
            None if self.at < self.len => b'\n',
            None => 0,
        }
    }

    /// Steps over one byte, and over NULs where they are allowed, and gives the byte after.
    pub(crate) fn step(&mut self) -> u8 {
        self.at = (self.at + 1).min(self.len);
        if matches!(self.state, State::LabelValue | State::MetadataText | State::Comment) {
            while self.body.get(self.at) == Some(&0) {
                self.at += 1;
            }
        }
        self.byte()
    }

    /// Steps over one byte, which ends `token`, and expects `state` from there on.
    pub(crate) fn end(&mut self, token: Token, state: State) -> Token {
        self.step();
        self.state = state;
        token
    }

    /// Steps over the byte here and all after it for which `belongs`.
    pub(crate) fn step_while(&mut self, belongs: impl Fn(u8) -> bool) -> u8 {
        loop {
            let byte = self.step();
            if !belongs(byte) {
                return byte;
            }
        }
    }

    /// From an opening quote to past the closing one; where there is none, to where the lexer gives up.
    pub(crate) fn quoted(&mut self, breaks: Breaks, token: Token, state: State) -> Token {
        loop {
            match self.step() {
                b'"' => return self.end(token, state),
                b'\\' => {
                    if matches!(self.step(), 0 | b'\n') {
                        return Token::Invalid;
                    }
                }
                b'\n' if breaks == Breaks::Rejected => return Token::Invalid,
                0 => return Token::Invalid,
                _ => {}
            }
        }
    }

    /// The bytes of the token read last.
    pub(crate) fn token(&self) -> &'a [u8] {
        self.between(self.start, self.at)
    }

    /// A part of the body; the added line break is not in it.
    pub(crate) fn between(&self, start: usize, end: usize) -> &'a [u8] {
        let end = end.min(self.body.len());
        self.body.get(start.min(end)..end).unwrap_or_default()
    }

    /// `expectation, got bytes (token) while parsing: line so far`.
    #[cold]
    pub(crate) fn unexpected(&self, expectation: &str, got: Token, line: usize) -> Error {
        let end = (self.at + 1).min(self.len);
        let (seen, so_far) = (self.shown(self.start, end), self.shown(line, end));
        let got = got.as_str();
        let message =
            format!("{expectation}, got {} (\"{got}\") while parsing: {}", quoted(&*seen), quoted(&*so_far));
        self.error(ErrorKind::Syntax, message)
    }

    /// `problem while parsing: line so far`.
    #[cold]
    pub(crate) fn while_parsing(&self, kind: ErrorKind, problem: &str, line: usize) -> Error {
        let so_far = self.shown(line, self.at);
        self.error(kind, format!("{problem} while parsing: {}", quoted(&*so_far)))
    }

    /// An error at the token read last.
    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message, self.body, self.start)
    }

    /// A part of the body as messages show it, with the added line break.
    fn shown(&self, start: usize, end: usize) -> Cow<'a, [u8]> {
        let bytes = self.between(start, end);
        if end > self.body.len() { [bytes, b"\n"].concat().into() } else { bytes.into() }
    }
}
