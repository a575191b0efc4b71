//! What keeps a message from being read.

use std::fmt;

/// A message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It ends in the middle.
    Truncated,
    /// A number takes more than ten bytes.
    Varint,
    /// A field has another type than it should.
    WireType,
    /// A text is no UTF-8.
    Utf8,
    /// A reference to a symbol that is not there, or a label name without a value.
    Symbol,
    /// The body is no snappy block, or is longer than the caller allows.
    Snappy,
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

    /// Where in the message; 0 for [`ErrorKind::Snappy`].
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::Truncated => "the message ends in the middle of a field",
            ErrorKind::Varint => "a number is longer than 64 bits",
            ErrorKind::WireType => "a field has the wrong type",
            ErrorKind::Utf8 => "a text is not UTF-8",
            ErrorKind::Symbol => "a reference leads to no symbol",
            ErrorKind::Snappy => return f.write_str("the body is no snappy block of the allowed size"),
        };
        write!(f, "{what} (byte {})", self.offset)
    }
}

impl std::error::Error for Error {}
