//! What went wrong, where, and what the body looks like.

use std::fmt;

/// An exposition could not be read further.
///
/// Its `Display` text is the text of Prometheus' own error (3.14, `textparse`), to the byte; the accessors
/// say more.
///
/// ```
/// use prometheus_exposition::{ErrorKind, Format, Options, Parser, Seen};
///
/// let mut parser = Parser::new(b"m 1\r\n", Format::Text, Options::new());
/// let error = parser.next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), r#"strconv.ParseFloat: parsing "1\r": invalid syntax while parsing: "m 1\r""#);
/// assert_eq!(error.kind(), ErrorKind::Number);
/// assert_eq!((error.offset(), error.line(), error.column()), (2, 1, 3));
/// assert_eq!(error.seen(), Some(Seen::CarriageReturn));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    offset: usize,
    line: usize,
    column: usize,
    seen: Option<Seen>,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A byte that cannot stand where it stands.
    Syntax,
    /// A value or timestamp that is no number, or one out of range.
    Number,
    /// A timestamp that is infinite or not a number.
    Timestamp,
    /// A name, a help text or a label value that is not UTF-8.
    Utf8,
    /// A type that the format does not have.
    MetricType,
    /// A sample without a metric name, or with two.
    MetricName,
    /// A unit that is not the end of the metric's name.
    Unit,
    /// OpenMetrics: no `# EOF`, or something after it.
    Eof,
    /// Protobuf: bytes that are no message.
    Wire,
    /// A native histogram whose spans and buckets do not agree.
    Histogram,
    /// [`Mode::Strict`](crate::Mode::Strict): what Prometheus takes and the standard does not.
    Standard,
}

/// What the body seems to be in place of an exposition, or what breaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Seen {
    /// An HTML or XML page: often a login page, or an error page of a proxy.
    Html,
    /// A JSON document.
    Json,
    /// Bytes compressed with gzip: compressed twice, or sent without `Content-Encoding`.
    Gzip,
    /// Bytes compressed with zstd.
    Zstd,
    /// The byte order mark of UTF-8 before the first line.
    ByteOrderMark,
    /// UTF-16 text.
    Utf16,
    /// A line that ends with a carriage return.
    CarriageReturn,
    /// Delimited protobuf read as text.
    Protobuf,
    /// Text read as protobuf.
    Text,
}

impl Error {
    /// An error at `offset` of `body`.
    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>, body: &[u8], offset: usize) -> Self {
        let offset = offset.min(body.len());
        let before = &body[..offset];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            offset,
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: offset - line_start + 1,
            seen: Seen::in_body(kind, body, offset),
        }))
    }

    /// What kind of error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The byte offset in the body at which the offending token starts.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The line of [`offset`](Self::offset), from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column of [`offset`](Self::offset) in bytes, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// What the body seems to be, where it is something that users often send by mistake.
    #[must_use]
    pub fn seen(&self) -> Option<Seen> {
        self.0.seen
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, line, column, seen, .. } = &*self.0;
        write!(f, "{kind:?} at {line}:{column}: {message}")?;
        seen.map_or(Ok(()), |seen| write!(f, " ({seen})"))
    }
}

impl std::error::Error for Error {}

impl Seen {
    /// Judges by the first bytes, and by the line of `offset`.
    fn in_body(kind: ErrorKind, body: &[u8], offset: usize) -> Option<Self> {
        match body {
            [0x1f, 0x8b, ..] => return Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => return Some(Self::Zstd),
            [0xef, 0xbb, 0xbf, ..] => return Some(Self::ByteOrderMark),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Some(Self::Utf16),
            _ => {}
        }
        let (before, after) = body.split_at_checked(offset)?;
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line_end = memchr::memchr(b'\n', after).map_or(body.len(), |at| offset + at);
        if body.get(line_start..line_end).is_some_and(|line| line.ends_with(b"\r")) {
            return Some(Self::CarriageReturn);
        }
        let start = body.trim_ascii_start();
        match start {
            [b'<', ..] => Some(Self::Html),
            [b'[' | b'{', rest @ ..] if json_follows(rest) => Some(Self::Json),
            _ if is_delimited_family(body) => Some(Self::Protobuf),
            [b'#', b' ', ..] if kind == ErrorKind::Wire => Some(Self::Text),
            _ => None,
        }
    }
}

/// An exposition can start with `{"name"` too, but not go on with a colon.
fn json_follows(rest: &[u8]) -> bool {
    match rest.trim_ascii_start() {
        [b'{' | b'[' | b']' | b'}', ..] | [] => true,
        [b'"', string @ ..] => memchr::memchr(b'"', string)
            .and_then(|end| string.get(end + 1..))
            .is_some_and(|after| after.trim_ascii_start().first() == Some(&b':')),
        _ => false,
    }
}

/// A length, then the tag of a name and the name.
fn is_delimited_family(body: &[u8]) -> bool {
    let name = match body {
        [_, 0x0a, len, rest @ ..] | [128..=255, _, 0x0a, len, rest @ ..] => rest.get(..usize::from(*len)),
        _ => None,
    };
    name.is_some_and(|name| !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic()))
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "this is an HTML or XML page",
            Self::Json => "this is a JSON document",
            Self::Gzip => "this is compressed with gzip",
            Self::Zstd => "this is compressed with zstd",
            Self::ByteOrderMark => "this starts with a byte order mark",
            Self::Utf16 => "this is UTF-16 text",
            Self::CarriageReturn => "this line ends with a carriage return",
            Self::Protobuf => "this is delimited protobuf",
            Self::Text => "this is the text format",
        })
    }
}
