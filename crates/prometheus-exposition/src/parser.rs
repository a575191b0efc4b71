//! The parser of all formats.

use crate::content_type::{self, ContentTypeError, FallbackWarning};
use crate::entry::Entry;
use crate::error::Error;
use crate::format::{Format, Mode, Options};
use crate::openmetrics::OpenMetricsParser;
use crate::protobuf::ProtobufParser;
use crate::strict::Checker;
use crate::text::TextParser;

/// Reads an exposition entry by entry.
///
/// It is an iterator that ends after the last entry or the first error; the entries before an error are
/// good, and it is for the caller to keep or drop them (Prometheus drops them). Entries borrow from the
/// body, and reading a line allocates nothing.
///
/// ```
/// use prometheus_exposition::{Entry, Format, MetricType, Options, Parser};
///
/// let body = b"# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 1027 1395066363000\n";
/// let mut parser = Parser::new(body, Format::Text, Options::new());
/// let Some(Ok(Entry::Type { name, metric_type })) = parser.next() else { panic!("no type") };
/// assert_eq!((name, metric_type), (&b"http_requests_total"[..], MetricType::Counter));
/// let Some(Ok(Entry::Series(series))) = parser.next() else { panic!("no series") };
/// assert_eq!((series.value(), series.timestamp_ms()), (1027.0, Some(1_395_066_363_000)));
/// let code = series.labels().next().unwrap();
/// assert_eq!((code.name_str(), code.value_str()), (Some("code"), Some("200")));
/// assert!(parser.next().is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Parser<'a> {
    reader: Reader<'a>,
    checker: Option<Box<Checker<'a>>>,
    done: bool,
}

#[derive(Debug, Clone)]
enum Reader<'a> {
    Text(TextParser<'a>),
    OpenMetrics(OpenMetricsParser<'a>),
    Protobuf(ProtobufParser<'a>),
}

impl<'a> Parser<'a> {
    /// A parser of `body`, which is in `format` and not compressed.
    #[must_use]
    pub fn new(body: &'a [u8], format: Format, options: Options) -> Self {
        let reader = match format {
            Format::Text => Reader::Text(TextParser::new(body, &options)),
            Format::OpenMetrics => Reader::OpenMetrics(OpenMetricsParser::new(body, &options)),
            Format::Protobuf => Reader::Protobuf(ProtobufParser::new(body, &options)),
        };
        let checker = (options.mode == Mode::Strict).then(|| Box::new(Checker::new(body, format)));
        Self { reader, checker, done: false }
    }

    /// A parser of `body` for the format that the header `Content-Type` names, or else for
    /// `fallback`: a media type, as Prometheus has it for the setting `fallback_scrape_protocol`. When it had
    /// to fall back there is a warning.
    ///
    /// # Errors
    ///
    /// When the header names no supported format and there is no fallback.
    ///
    /// A scrape does not come here with an empty body: it has no samples, whatever its type.
    ///
    /// ```
    /// use prometheus_exposition::{Options, Parser};
    ///
    /// let options = Options::new();
    /// let error = Parser::for_content_type(b"up 1\n", "text/html", None, options).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     r#"received unsupported Content-Type "text/html" and no fallback_scrape_protocol specified for target"#
    /// );
    /// let (parser, warning) =
    ///     Parser::for_content_type(b"up 1\n", "text/html", Some("text/plain"), options).unwrap();
    /// assert_eq!(parser.count(), 1);
    /// assert_eq!(
    ///     warning.unwrap().to_string(),
    ///     r#"received unsupported Content-Type "text/html", using fallback_scrape_protocol "text/plain""#
    /// );
    /// ```
    pub fn for_content_type(
        body: &'a [u8],
        content_type: &str,
        fallback: Option<&str>,
        options: Options,
    ) -> Result<(Self, Option<FallbackWarning>), ContentTypeError> {
        let (format, warning) = content_type::select_format(content_type, fallback)?;
        Ok((Self::new(body, format, options), warning))
    }

    /// How many bytes of the body are behind the entry read last. In protobuf these are whole families.
    ///
    /// When the iterator has ended without an error and this is less than the length of a text body, a NUL
    /// at the start of a line ended it: Prometheus drops the rest silently.
    #[must_use]
    pub fn offset(&self) -> usize {
        match &self.reader {
            Reader::Text(reader) => reader.offset(),
            Reader::OpenMetrics(reader) => reader.offset(),
            Reader::Protobuf(reader) => reader.offset(),
        }
    }
}

impl<'a> Iterator for Parser<'a> {
    type Item = Result<Entry<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let start = self.offset();
        let next = match &mut self.reader {
            Reader::Text(reader) => reader.next_entry(),
            Reader::OpenMetrics(reader) => reader.next_entry(),
            Reader::Protobuf(reader) => reader.next_entry(),
        };
        let end = self.offset();
        let next = match &mut self.checker {
            Some(checker) => checker.check(next, start, end),
            None => next,
        };
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

impl std::iter::FusedIterator for Parser<'_> {}
