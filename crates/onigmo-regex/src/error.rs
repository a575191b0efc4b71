use std::fmt;

/// A pattern that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    message: String,
}

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The pattern is not a regular expression of the dialect.
    Syntax,
    /// The pattern is valid, but uses a construct this crate does not have.
    Unsupported,
    /// The compiled pattern would be too large.
    TooLarge,
}

/// A search that was given up because it took too many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepLimit;

impl Error {
    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where in the pattern, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn new(kind: ErrorKind, offset: usize, message: impl Into<String>) -> Error {
        Error { kind, offset, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for StepLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the search took too many steps")
    }
}

impl std::error::Error for StepLimit {}
