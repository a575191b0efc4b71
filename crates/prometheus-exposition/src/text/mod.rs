//! The Prometheus text format 0.0.4.

mod fast;
mod lexer;

pub(crate) use fast::closing_brace;

use prometheus_labels::quoted;

use crate::bytes;
use crate::cursor::{Cursor, State, Token};
use crate::entry::{Entry, Line, Meta, Series};
use crate::error::{Error, ErrorKind};
use crate::float;
use crate::format::{MetricType, Mode, Options};

/// Reads what Prometheus' `PromParser` reads.
///
/// A line of the usual shape is read by [`fast`] in one pass; any other, and every line of a body that
/// holds a NUL or is not UTF-8, goes through the lexer, which is exact for all of them.
#[derive(Debug, Clone)]
pub(crate) struct TextParser<'a> {
    cursor: Cursor<'a>,
    /// The fast path may be tried: UTF-8, and no NUL.
    usual: bool,
    metric_type: MetricType,
    type_labels: bool,
    strict: bool,
}

impl<'a> TextParser<'a> {
    pub(crate) fn new(body: &'a [u8], options: &Options) -> Self {
        Self {
            cursor: Cursor::with_final_line_break(body),
            usual: bytes::is_usual(body),
            metric_type: MetricType::Unknown,
            type_labels: options.type_and_unit_labels,
            strict: options.mode == Mode::Strict,
        }
    }

    #[inline]
    pub(crate) fn next_entry(&mut self) -> Option<Result<Entry<'a>, Error>> {
        if self.usual
            && self.cursor.state == State::Init
            && let Some(found) = fast::next(self.cursor.body(), self.cursor.at)
        {
            self.cursor.at = found.end;
            return Some(Ok(self.fast_entry(found.entry)));
        }
        self.lexed_entry().transpose()
    }

    /// Where the next entry is looked for.
    pub(crate) fn offset(&self) -> usize {
        self.cursor.at
    }

    #[inline]
    fn fast_entry(&mut self, entry: fast::Found<'a>) -> Entry<'a> {
        match entry {
            fast::Found::Series { line, value, timestamp_ms } => self.series(line, value, timestamp_ms),
            fast::Found::Help { name, text } => {
                Entry::Help { name, text: bytes::text(bytes::unescape_help(text)) }
            }
            fast::Found::Type { name, metric_type } => {
                self.metric_type = metric_type;
                Entry::Type { name, metric_type }
            }
            fast::Found::Comment(text) => Entry::Comment(text),
        }
    }

    #[inline]
    fn series(&self, line: Line<'a>, value: f64, timestamp_ms: Option<i64>) -> Entry<'a> {
        let meta = Meta { metric_type: self.metric_type, unit: &[], labels: self.type_labels };
        Entry::Series(Series::from_line(line, value, timestamp_ms, None, meta))
    }

    fn token(&mut self) -> Token {
        lexer::next(&mut self.cursor)
    }

    fn lexed_entry(&mut self) -> Result<Option<Entry<'a>>, Error> {
        loop {
            let line = self.cursor.at;
            return match self.token() {
                Token::Eof => Ok(None),
                Token::Linebreak => continue,
                keyword @ (Token::Help | Token::Type) => self.metadata(keyword, line).map(Some),
                Token::Comment => {
                    let text = self.cursor.token();
                    self.line_break("linebreak expected after comment", line)?;
                    Ok(Some(Entry::Comment(text)))
                }
                Token::BraceOpen => self.braces(line, None).map(Some),
                Token::MetricName => {
                    // Blanks before the name become a part of it: so does Prometheus.
                    let line = if self.strict { self.cursor.start } else { line };
                    let name = (line, self.cursor.at);
                    match self.token() {
                        Token::BraceOpen => self.braces(line, Some(name)).map(Some),
                        token => {
                            let raw = self.cursor.between(name.0, name.1);
                            let line_parts =
                                Line { raw, name: raw, labels: &[], plain: false, exemplar: None };
                            self.suffix(token, line, line_parts).map(Some)
                        }
                    }
                }
                token => Err(self.cursor.unexpected("expected a valid start token", token, line)),
            };
        }
    }

    fn line_break(&mut self, expectation: &str, line: usize) -> Result<(), Error> {
        match self.token() {
            Token::Linebreak => Ok(()),
            token => Err(self.cursor.unexpected(expectation, token, line)),
        }
    }

    fn metadata(&mut self, keyword: Token, line: usize) -> Result<Entry<'a>, Error> {
        let name = match self.token() {
            Token::MetricName => bytes::unquote(self.cursor.token()),
            token => {
                let expectation = format!("expected metric name after {}", keyword.as_str());
                return Err(self.cursor.unexpected(&expectation, token, line));
            }
        };
        let text = match self.token() {
            Token::Text => self.cursor.token().get(1..).unwrap_or_default(),
            token => {
                let message = format!("expected text in {}, got {}", keyword.as_str(), token.as_str());
                return Err(self.cursor.error(ErrorKind::Syntax, message));
            }
        };
        let entry = if keyword == Token::Type {
            let metric_type = MetricType::from_text(text).ok_or_else(|| {
                self.cursor.error(ErrorKind::MetricType, format!("invalid metric type {}", quoted(text)))
            })?;
            self.metric_type = metric_type;
            Entry::Type { name, metric_type }
        } else {
            if std::str::from_utf8(text).is_err() {
                let message = format!("help text {} is not a valid utf8 string", quoted(text));
                return Err(self.cursor.error(ErrorKind::Utf8, message));
            }
            Entry::Help { name, text: bytes::text(bytes::unescape_help(text)) }
        };
        self.line_break("linebreak expected after metadata", line)?;
        Ok(entry)
    }

    /// A series from its opening brace on.
    fn braces(&mut self, line: usize, name: Option<(usize, usize)>) -> Result<Entry<'a>, Error> {
        let first = self.cursor.at;
        let name = self.labels(line, name)?;
        let labels = self.cursor.between(first, self.cursor.start);
        let raw = self.cursor.between(line, self.cursor.at);
        let token = self.token();
        let Some((start, end)) = name else {
            return Err(self.cursor.while_parsing(ErrorKind::MetricName, "metric name not set", line));
        };
        let name = self.cursor.between(start, end);
        self.suffix(token, line, Line { raw, name, labels, plain: false, exemplar: None })
    }

    /// What is between braces, up to and with the closing one. Gives where the metric name is.
    fn labels(&mut self, line: usize, name: Option<(usize, usize)>) -> Result<Option<(usize, usize)>, Error> {
        let mut name = name;
        let mut token = self.token();
        loop {
            let name_place = match token {
                Token::BraceClose => return Ok(name),
                Token::LabelName => None,
                Token::QuotedName => Some((self.cursor.start + 1, self.cursor.at - 1)),
                _ => return Err(self.cursor.unexpected("expected label name", token, line)),
            };
            token = self.token();
            // A quoted string with no value is the metric name.
            if name_place.is_some() && matches!(token, Token::Comma | Token::BraceClose) {
                if name.is_some() {
                    return Err(self.cursor.while_parsing(
                        ErrorKind::MetricName,
                        "metric name already set",
                        line,
                    ));
                }
                name = name_place;
                if token == Token::BraceClose {
                    return Ok(name);
                }
                token = self.token();
                continue;
            }
            if token != Token::Equal {
                return Err(self.cursor.unexpected("expected equal", token, line));
            }
            match self.token() {
                Token::LabelValue => {}
                token => return Err(self.cursor.unexpected("expected label value", token, line)),
            }
            if std::str::from_utf8(self.cursor.token()).is_err() {
                let message = format!("invalid UTF-8 label value: {}", quoted(self.cursor.token()));
                return Err(self.cursor.error(ErrorKind::Utf8, message));
            }
            // The comma may be missing, as in Prometheus.
            token = self.token();
            if token == Token::Comma {
                token = self.token();
            }
        }
    }

    /// The value and the timestamp, from `token` on.
    fn suffix(&mut self, token: Token, line: usize, parts: Line<'a>) -> Result<Entry<'a>, Error> {
        if token != Token::Value {
            return Err(self.cursor.unexpected("expected value after metric", token, line));
        }
        let value = float::parse_value(self.cursor.token()).map_err(|error| {
            self.cursor.while_parsing(ErrorKind::Number, &error.text(self.cursor.token()), line)
        })?;
        let timestamp_ms = match self.token() {
            Token::Linebreak => None,
            Token::Timestamp => {
                let digits = self.cursor.token();
                let timestamp =
                    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i64>().ok());
                let Some(timestamp) = timestamp else {
                    let problem = format!("strconv.ParseInt: parsing {}: value out of range", quoted(digits));
                    return Err(self.cursor.while_parsing(ErrorKind::Number, &problem, line));
                };
                self.line_break("expected next entry after timestamp", line)?;
                Some(timestamp)
            }
            token => return Err(self.cursor.unexpected("expected timestamp or new record", token, line)),
        };
        Ok(self.series(parts, value, timestamp_ms))
    }
}
