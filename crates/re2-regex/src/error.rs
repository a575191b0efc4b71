//! Why a pattern cannot be used, in the words of Go.

use std::{fmt, ops::Range};

/// What is wrong with a pattern: the error codes of Go's `regexp/syntax`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A range such as `z-a`, or a class name nobody knows, such as `[:foo:]` or `\p{Foo}`.
    InvalidCharRange,
    /// A backslash before a letter or digit that has no meaning there.
    InvalidEscape,
    /// The name in `(?P<name>…)` is empty, holds other characters than `[0-9A-Za-z_]`, or has no end.
    InvalidNamedCapture,
    /// Something after `(?` that RE2 does not have: look-around, comments, unknown flags.
    InvalidPerlOp,
    /// Two repetition operators in a row, such as `a**`.
    InvalidRepeatOp,
    /// A count above 1000, a minimum above the maximum, or nested counts that multiply to more than 1000.
    InvalidRepeatSize,
    /// A `[` without its `]`.
    MissingBracket,
    /// A `(` without its `)`.
    MissingParen,
    /// A repetition operator with nothing before it.
    MissingRepeatArgument,
    /// The pattern ends in a single backslash.
    TrailingBackslash,
    /// A `)` without its `(`.
    UnexpectedParen,
    /// Groups and repetitions nest more than 1000 deep.
    NestingDepth,
    /// The compiled form would exceed the size limit.
    TooLarge,
}

impl ErrorKind {
    /// Go's wording.
    fn text(self) -> &'static str {
        match self {
            Self::InvalidCharRange => "invalid character class range",
            Self::InvalidEscape => "invalid escape sequence",
            Self::InvalidNamedCapture => "invalid named capture",
            Self::InvalidPerlOp => "invalid or unsupported Perl syntax",
            Self::InvalidRepeatOp => "invalid nested repetition operator",
            Self::InvalidRepeatSize => "invalid repeat count",
            Self::MissingBracket => "missing closing ]",
            Self::MissingParen => "missing closing )",
            Self::MissingRepeatArgument => "missing argument to repetition operator",
            Self::TrailingBackslash => "trailing backslash at end of expression",
            Self::UnexpectedParen => "unexpected )",
            Self::NestingDepth => "expression nests too deeply",
            Self::TooLarge => "expression too large",
        }
    }
}

/// A pattern that Go rejects.
///
/// [`Display`](fmt::Display) writes exactly what Go writes:
///
/// ```
/// let error = re2_regex::Regex::anchored("a|*").unwrap_err();
/// assert_eq!(error.to_string(), "error parsing regexp: missing argument to repetition operator: `*`");
/// assert_eq!(error.span(), 2..3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    fragment: Box<str>,
    span: Range<usize>,
}

impl Error {
    /// An error about the bytes `span` of `pattern`.
    #[cold]
    pub(crate) fn new(kind: ErrorKind, pattern: &str, span: Range<usize>) -> Self {
        let fragment = pattern.get(span.clone()).unwrap_or_default().into();
        Self { kind, fragment, span }
    }

    /// Moves the span from a pattern with `prefix` bytes put before it to the pattern itself, which has
    /// `len` bytes.
    pub(crate) fn without_prefix(mut self, prefix: usize, len: usize) -> Self {
        let inside = |at: usize| at.saturating_sub(prefix).min(len);
        self.span = inside(self.span.start)..inside(self.span.end);
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The bytes of the pattern, as it was given, that the error is about.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.kind.text(), self.fragment)
    }
}

impl std::error::Error for Error {}
