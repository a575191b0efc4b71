//! OpenMetrics text 1.0.

mod created;
mod fast;
mod lexer;

use created::Created;

use prometheus_labels::quoted;

use crate::bytes;
use crate::cursor::{Cursor, State, Token};
use crate::entry::{Entry, ExemplarLine, Line, Meta, Series};
use crate::error::{Error, ErrorKind};
use crate::float;
use crate::format::{MetricType, Options};

/// Reads what Prometheus' `OpenMetricsParser` reads.
#[derive(Debug, Clone)]
pub(crate) struct OpenMetricsParser<'a> {
    reader: Reader<'a>,
    created: Option<Created<'a>>,
}

/// The parser without its look ahead for `_created` series: that is a second one of these.
#[derive(Debug, Clone, Copy)]
struct Reader<'a> {
    cursor: Cursor<'a>,
    /// The fast path may be tried: UTF-8, and no NUL.
    usual: bool,
    metric_type: MetricType,
    unit: &'a [u8],
    metadata_labels: bool,
    /// The length of the name in the metadata read last.
    family_name_len: usize,
}

/// What is done with an exemplar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exemplars {
    Read,
    /// Passed over, whatever is in it.
    Skipped,
}

impl<'a> OpenMetricsParser<'a> {
    pub(crate) fn new(body: &'a [u8], options: &Options) -> Self {
        let reader = Reader {
            cursor: Cursor::new(body),
            usual: bytes::is_usual(body),
            metric_type: MetricType::Unknown,
            unit: &[],
            metadata_labels: options.type_and_unit_labels,
            family_name_len: 0,
        };
        Self { reader, created: options.created_as_start_timestamp.then(Created::default) }
    }

    /// Where the next entry is looked for.
    pub(crate) fn offset(&self) -> usize {
        self.reader.cursor.at
    }

    #[inline]
    pub(crate) fn next_entry(&mut self) -> Option<Result<Entry<'a>, Error>> {
        loop {
            let entry = match self.reader.next_entry(Exemplars::Read) {
                Ok(Some(entry)) => entry,
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            };
            let (Some(created), Entry::Series(series)) = (&mut self.created, &entry) else {
                return Some(Ok(entry));
            };
            if !created::is_created_series(series) {
                let start = created.start_timestamp_ms(&mut self.reader, series);
                return Some(Ok(Entry::Series(series.with_start_timestamp_ms(start))));
            }
        }
    }
}

impl<'a> Reader<'a> {
    #[inline]
    fn next_entry(&mut self, exemplars: Exemplars) -> Result<Option<Entry<'a>>, Error> {
        if self.usual
            && self.cursor.state == State::Init
            && let Some(found) = fast::series(self.cursor.body(), self.cursor.at)
        {
            self.cursor.at = found.end;
            return Ok(Some(self.series(found.line, found.value, found.timestamp_ms)));
        }
        self.lexed_entry(exemplars)
    }

    #[inline]
    fn series(&self, line: Line<'a>, value: f64, timestamp_ms: Option<i64>) -> Entry<'a> {
        let meta = Meta { metric_type: self.metric_type, unit: self.unit, labels: self.metadata_labels };
        Entry::Series(Series::from_line(line, value, timestamp_ms, None, meta))
    }

    fn token(&mut self) -> Token {
        lexer::next(&mut self.cursor)
    }

    fn lexed_entry(&mut self, exemplars: Exemplars) -> Result<Option<Entry<'a>>, Error> {
        let line = self.cursor.at;
        match self.token() {
            Token::EofWord => match self.token() {
                Token::Eof => Ok(None),
                _ => Err(self.cursor.error(ErrorKind::Eof, "unexpected data after # EOF")),
            },
            Token::Eof => Err(self.no_eof()),
            keyword @ (Token::Help | Token::Type | Token::Unit) => self.metadata(keyword, line).map(Some),
            Token::BraceOpen => self.braces(line, None, exemplars).map(Some),
            Token::MetricName => {
                let name = (line, self.cursor.at);
                match self.token() {
                    Token::BraceOpen => self.braces(line, Some(name), exemplars).map(Some),
                    token => {
                        let raw = self.cursor.between(name.0, name.1);
                        let parts = Line { raw, name: raw, labels: &[], plain: false, exemplar: None };
                        self.suffix(token, line, parts, exemplars).map(Some)
                    }
                }
            }
            token => Err(self.cursor.unexpected("expected a valid start token", token, line)),
        }
    }

    #[cold]
    fn no_eof(&self) -> Error {
        Error::new(ErrorKind::Eof, "data does not end with # EOF", self.cursor.body(), self.cursor.at)
    }

    fn metadata(&mut self, keyword: Token, line: usize) -> Result<Entry<'a>, Error> {
        let name = match self.token() {
            Token::MetricName => bytes::unquote(self.cursor.token()),
            token => {
                let expectation = format!("expected metric name after {}", keyword.as_str());
                return Err(self.cursor.unexpected(&expectation, token, line));
            }
        };
        self.family_name_len = name.len();
        let text = match self.token() {
            // Without the blank before it and the line break after it, unless NULs follow that.
            Token::Text => match self.cursor.token() {
                [_, text @ .., _] => text,
                _ => &[],
            },
            _ => {
                let message = format!("expected text in {}", keyword.as_str());
                return Err(self.cursor.error(ErrorKind::Syntax, message));
            }
        };
        match keyword {
            Token::Type => {
                self.metric_type = MetricType::from_openmetrics(text).ok_or_else(|| {
                    self.cursor.error(ErrorKind::MetricType, format!("invalid metric type {}", quoted(text)))
                })?;
                Ok(Entry::Type { name, metric_type: self.metric_type })
            }
            Token::Unit => {
                self.unit = text;
                if !text.is_empty() && !name.strip_suffix(text).is_some_and(|rest| rest.ends_with(b"_")) {
                    let message = format!("unit {} not a suffix of metric {}", quoted(text), quoted(name));
                    return Err(self.cursor.error(ErrorKind::Unit, message));
                }
                Ok(Entry::Unit { name, unit: text })
            }
            _ => {
                if std::str::from_utf8(text).is_err() {
                    let message = format!("help text {} is not a valid utf8 string", quoted(text));
                    return Err(self.cursor.error(ErrorKind::Utf8, message));
                }
                Ok(Entry::Help { name, text: bytes::text(bytes::unescape(text)) })
            }
        }
    }

    /// A series from its opening brace on.
    fn braces(
        &mut self,
        line: usize,
        name: Option<(usize, usize)>,
        exemplars: Exemplars,
    ) -> Result<Entry<'a>, Error> {
        let mut name = name;
        let labels = self.labels(line, NameInBraces::Allowed(&mut name))?;
        let raw = self.cursor.between(line, self.cursor.at);
        let token = self.token();
        let Some((start, end)) = name else {
            return Err(self.cursor.while_parsing(ErrorKind::MetricName, "metric name not set", line));
        };
        let name = self.cursor.between(start, end);
        let parts = Line { raw, name, labels, plain: false, exemplar: None };
        self.suffix(token, line, parts, exemplars)
    }

    /// What is between braces, of which the opening one was read.
    fn labels(&mut self, line: usize, mut metric_name: NameInBraces<'_>) -> Result<&'a [u8], Error> {
        let first = self.cursor.at;
        let mut token = self.token();
        loop {
            let name_place = match token {
                Token::BraceClose => break,
                Token::LabelName => None,
                Token::QuotedName => Some((self.cursor.start + 1, self.cursor.at - 1)),
                _ => return Err(self.cursor.unexpected("expected label name", token, line)),
            };
            token = self.token();
            // A quoted string with no value is the metric name.
            if name_place.is_some() && matches!(token, Token::Comma | Token::BraceClose) {
                match &mut metric_name {
                    NameInBraces::Rejected => {
                        return Err(self.cursor.unexpected("expected label name", token, line));
                    }
                    NameInBraces::Allowed(Some(_)) => {
                        let problem = "metric name already set";
                        return Err(self.cursor.while_parsing(ErrorKind::MetricName, problem, line));
                    }
                    NameInBraces::Allowed(name) => **name = name_place,
                }
                if token == Token::BraceClose {
                    break;
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
            token = self.token();
            match token {
                Token::Comma => token = self.token(),
                Token::BraceClose => {}
                _ => return Err(self.cursor.unexpected("expected comma or brace close", token, line)),
            }
        }
        Ok(self.cursor.between(first, self.cursor.start))
    }

    /// The value, the timestamp and the exemplar, from `token` on.
    fn suffix(
        &mut self,
        token: Token,
        line: usize,
        mut parts: Line<'a>,
        exemplars: Exemplars,
    ) -> Result<Entry<'a>, Error> {
        let value = self.value(token, "expected value after metric", line)?;
        let mut timestamp_ms = None;
        match self.token() {
            Token::Eof => return Err(self.no_eof()),
            Token::Comment => parts.exemplar = self.exemplar(line, exemplars)?,
            Token::Timestamp => {
                timestamp_ms = Some(self.timestamp("invalid timestamp", line)?);
                match self.token() {
                    Token::Linebreak => {}
                    Token::Comment => parts.exemplar = self.exemplar(line, exemplars)?,
                    token => {
                        return Err(self.cursor.unexpected(
                            "expected next entry after timestamp",
                            token,
                            line,
                        ));
                    }
                }
            }
            // A line break. Anything else is not looked at either, and becomes the next entry's trouble.
            _ => {}
        }
        Ok(self.series(parts, value, timestamp_ms))
    }

    fn value(&mut self, token: Token, expectation: &str, line: usize) -> Result<f64, Error> {
        if token != Token::Value {
            return Err(self.cursor.unexpected(expectation, token, line));
        }
        self.number(line)
    }

    /// The number in a token after its blank.
    fn number(&self, line: usize) -> Result<f64, Error> {
        let digits = self.cursor.token().get(1..).unwrap_or_default();
        float::parse_value(digits)
            .map_err(|error| self.cursor.while_parsing(ErrorKind::Number, &error.text(digits), line))
    }

    fn timestamp(&mut self, problem: &str, line: usize) -> Result<i64, Error> {
        let seconds = self.number(line)?;
        if !seconds.is_finite() {
            let mut message = format!("{problem} ");
            crate::digits::format_float(&mut message, seconds);
            return Err(self.cursor.error(ErrorKind::Timestamp, message));
        }
        Ok(float::truncate(seconds * 1000.0))
    }

    /// An exemplar after its ` # {`, to the end of the line.
    fn exemplar(&mut self, line: usize, exemplars: Exemplars) -> Result<Option<ExemplarLine<'a>>, Error> {
        if exemplars == Exemplars::Skipped {
            return self.skip_exemplar().map(|()| None);
        }
        let labels = self.labels(line, NameInBraces::Rejected)?;
        let token = self.token();
        let value = self.value(token, "expected value after exemplar labels", line)?;
        let timestamp_ms = match self.token() {
            Token::Eof => return Err(self.no_eof()),
            Token::Linebreak => None,
            Token::Timestamp => {
                let timestamp = self.timestamp("invalid exemplar timestamp", line)?;
                match self.token() {
                    Token::Linebreak => Some(timestamp),
                    token => {
                        let expectation = "expected next entry after exemplar timestamp";
                        return Err(self.cursor.unexpected(expectation, token, line));
                    }
                }
            }
            token => return Err(self.cursor.unexpected("expected timestamp or comment", token, line)),
        };
        Ok(Some(ExemplarLine { labels, value, timestamp_ms }))
    }

    /// Prometheus never comes to an end here when a token is invalid; this does.
    fn skip_exemplar(&mut self) -> Result<(), Error> {
        loop {
            match self.token() {
                Token::Linebreak => return Ok(()),
                Token::Eof => return Err(self.no_eof()),
                token @ Token::Invalid => {
                    return Err(self.cursor.unexpected("expected exemplar", token, self.cursor.start));
                }
                _ => {}
            }
        }
    }
}

/// Whether a quoted string without a value may stand in braces, and where it goes.
enum NameInBraces<'n> {
    Allowed(&'n mut Option<(usize, usize)>),
    Rejected,
}
