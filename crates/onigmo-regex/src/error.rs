use std::fmt;

/// A pattern that cannot be compiled.
///
/// Shown as text it is close to what Onigmo says of the same pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    detail: Option<Box<str>>,
}

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The pattern ends after a backslash.
    EndAtEscape,
    /// The pattern ends in `\c` or `\C-`.
    EndAtControl,
    /// The pattern ends in `\M-`.
    EndAtMeta,
    /// `\C` is not followed by `-`.
    InvalidControl,
    /// `\M` is not followed by `-`.
    InvalidMeta,
    /// The pattern ends in the head of a group, as in `(?i`.
    EndInGroup,
    /// A `(` has no `)`.
    UnclosedGroup,
    /// A `)` has no `(`.
    UnopenedGroup,
    /// A `[` has no `]`.
    UnclosedClass,
    /// `[]`, with no other `]` in the rest of the pattern.
    EmptyClass,
    /// The ends of a range are in the wrong order, as in `[b-a]`.
    ReversedRange,
    /// A range starts with a set, as in `[\d-a]`.
    SetStartsRange,
    /// A range ends with a set, as in `[a-\d]`.
    SetEndsRange,
    /// `[:name:]` has an unknown name.
    UnknownPosixBracket,
    /// `\p{name}` has an unknown name.
    UnknownProperty,
    /// A repetition has nothing to repeat, as in `*a`.
    NothingToRepeat,
    /// The bounds of a repetition are in the wrong order, as in `a{2,1}`.
    ReversedBounds,
    /// A bound of a repetition is over 100000.
    BoundTooBig,
    /// `(?` is followed by something unknown.
    UnknownGroup,
    /// The name of a group is empty.
    EmptyGroupName,
    /// The name of a group starts with a digit, holds a character that is not allowed or does not end.
    InvalidGroupName,
    /// A reference names a group that does not exist.
    UndefinedName,
    /// A back-reference, or the condition of a group, has a number that no group has.
    InvalidBackreference,
    /// A call has a number that no group has.
    UndefinedGroup,
    /// A call has a name that several groups have.
    AmbiguousCall,
    /// A reference by number in a pattern with named groups.
    NumberedReference,
    /// A look-behind whose width is not fixed, or that holds something not allowed there.
    InvalidLookBehind,
    /// `(?(1)a|b|c)`: more than two branches.
    InvalidCondition,
    /// An octal number over `\377`, or another number that is too big.
    NumberTooBig,
    /// `\x{...}` has more than eight digits.
    TooManyDigits,
    /// `\u` has fewer than four digits.
    TooFewDigits,
    /// A code point that does not exist, or bytes that are not UTF-8.
    InvalidCodePoint,
    /// Bytes that start a character and do not end it.
    IncompleteCharacter,
    /// The pattern is valid, but uses a construct this crate does not have.
    Unsupported,
    /// Groups, classes or repetitions are nested too deeply.
    NestedTooDeep,
    /// The pattern is longer than 64 KiB, or would be too large when compiled.
    TooLarge,
}

/// A search that was given up because it took too many steps.
///
/// Only patterns that are not [linear](crate::Regex::is_linear) can need too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepLimit;

impl Error {
    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where in the pattern, in bytes from its start, a wrapping in slashes included.
    pub fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn new(kind: ErrorKind, offset: usize) -> Error {
        Error { kind, offset, detail: None }
    }

    /// With the name, or the construct, that is wrong.
    pub(crate) fn with_detail(kind: ErrorKind, offset: usize, detail: impl Into<Box<str>>) -> Error {
        Error { kind, offset, detail: Some(detail.into()) }
    }

    /// The same error in a text where the pattern starts at `start`.
    pub(crate) fn shifted(mut self, start: usize) -> Error {
        self.offset += start;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self.detail.as_deref().unwrap_or_default();
        match self.kind {
            ErrorKind::UnknownProperty => write!(f, "invalid character property name {{{detail}}}"),
            ErrorKind::InvalidGroupName => write!(f, "invalid group name <{detail}>"),
            ErrorKind::UndefinedName => write!(f, "undefined name <{detail}> reference"),
            ErrorKind::UndefinedGroup => write!(f, "undefined group <{detail}> reference"),
            ErrorKind::AmbiguousCall => write!(f, "multiplex definition name <{detail}> call"),
            ErrorKind::Unsupported => write!(f, "{detail} is not supported"),
            kind => f.write_str(kind.message()),
        }
    }
}

impl std::error::Error for Error {}

impl ErrorKind {
    fn message(self) -> &'static str {
        match self {
            ErrorKind::EndAtEscape => "end pattern at escape",
            ErrorKind::EndAtControl => "end pattern at control",
            ErrorKind::EndAtMeta => "end pattern at meta",
            ErrorKind::InvalidControl => "invalid control-code syntax",
            ErrorKind::InvalidMeta => "invalid meta-code syntax",
            ErrorKind::EndInGroup => "end pattern in group",
            ErrorKind::UnclosedGroup => "end pattern with unmatched parenthesis",
            ErrorKind::UnopenedGroup => "unmatched close parenthesis",
            ErrorKind::UnclosedClass => "premature end of char-class",
            ErrorKind::EmptyClass => "empty char-class",
            ErrorKind::ReversedRange => "empty range in char class",
            ErrorKind::SetStartsRange => "unmatched range specifier in char-class",
            ErrorKind::SetEndsRange => "char-class value at end of range",
            ErrorKind::UnknownPosixBracket => "invalid POSIX bracket type",
            ErrorKind::UnknownProperty => "invalid character property name",
            ErrorKind::NothingToRepeat => "target of repeat operator is not specified",
            ErrorKind::ReversedBounds => "upper is smaller than lower in repeat range",
            ErrorKind::BoundTooBig => "too big number for repeat range",
            ErrorKind::UnknownGroup => "undefined group option",
            ErrorKind::EmptyGroupName => "group name is empty",
            ErrorKind::InvalidGroupName => "invalid group name",
            ErrorKind::UndefinedName => "undefined name reference",
            ErrorKind::InvalidBackreference => "invalid backref number/name",
            ErrorKind::UndefinedGroup => "undefined group reference",
            ErrorKind::AmbiguousCall => "multiplex definition name call",
            ErrorKind::NumberedReference => "numbered backref/call is not allowed. (use name)",
            ErrorKind::InvalidLookBehind => "invalid pattern in look-behind",
            ErrorKind::InvalidCondition => "invalid conditional pattern",
            ErrorKind::NumberTooBig => "too big number",
            ErrorKind::TooManyDigits => "too long wide-char value",
            ErrorKind::TooFewDigits => "too short digits",
            ErrorKind::InvalidCodePoint => "invalid code point value",
            ErrorKind::IncompleteCharacter => "too short multibyte code string",
            ErrorKind::Unsupported => "this construct is not supported",
            ErrorKind::NestedTooDeep => "the pattern is nested too deeply",
            ErrorKind::TooLarge => "the pattern is too large",
        }
    }
}

impl fmt::Display for StepLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the search took too many steps")
    }
}

impl std::error::Error for StepLimit {}
