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
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnexpectedEnd => "the JSON text ends too early",
            Self::UnexpectedByte => "unexpected byte in JSON",
            Self::InvalidEscape => "invalid escape in a JSON string",
            Self::InvalidNumber => "invalid number in JSON",
            Self::TooDeep => "the JSON is nested too deep",
            Self::NotAnObject => "the JSON document is not an object",
            Self::SeveralDocuments => "more than one JSON document",
        })
    }
}
