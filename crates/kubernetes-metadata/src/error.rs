//! Why bytes are no Kubernetes object.

use std::fmt;

/// Bytes that are no Kubernetes object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    detail: Box<str>,
}

/// The class of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text is no JSON.
    Syntax,
    /// The text ends too early.
    Truncated,
    /// The JSON is valid, but a field has a value of a type that it cannot have.
    Type,
}

impl Error {
    /// What class of mistake it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte where reading stopped.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn not_utf8(error: std::str::Utf8Error) -> Self {
        Self { kind: ErrorKind::NotUtf8, offset: error.valid_up_to(), detail: "invalid UTF-8".into() }
    }

    /// An error in `text`, which begins at byte `base` of the input.
    pub(crate) fn json(text: &str, base: usize, error: &serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Data => ErrorKind::Type,
            serde_json::error::Category::Eof => ErrorKind::Truncated,
            _ => ErrorKind::Syntax,
        };
        let message = error.to_string();
        let detail = message.rsplit_once(" at line ").map_or(message.as_str(), |(detail, _)| detail);
        Self { kind, offset: base + offset(text, error.line(), error.column()), detail: detail.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.detail, self.offset)
    }
}

impl std::error::Error for Error {}

/// The byte of a line and a column, both counted from 1 and in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before = line.saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}
