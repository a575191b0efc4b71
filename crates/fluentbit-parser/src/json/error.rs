use std::fmt;

/// Why a text is no JSON document for Fluent Bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text ends inside the document, or is empty.
    UnexpectedEnd,
    /// A byte that cannot stand there.
    UnexpectedByte,
    /// A backslash with something after it that is no escape, or half a surrogate pair.
    InvalidEscape,
    /// A number that JSON does not allow, or one that no double holds.
    InvalidNumber,
    /// Nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    TooDeep,
    /// The document is not an object.
    NotAnObject,
    /// A second document follows.
    SeveralDocuments,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the text.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::UnexpectedEnd => "the JSON text ends too early",
            ErrorKind::UnexpectedByte => "unexpected byte in JSON",
            ErrorKind::InvalidEscape => "invalid escape in a JSON string",
            ErrorKind::InvalidNumber => "invalid number in JSON",
            ErrorKind::TooDeep => "the JSON is nested too deep",
            ErrorKind::NotAnObject => "the JSON document is not an object",
            ErrorKind::SeveralDocuments => "more than one JSON document",
        };
        write!(f, "{what} at byte {}", self.offset)
    }
}

impl std::error::Error for Error {}
