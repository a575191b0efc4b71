//! The engine of the `fancy-regex` crate: patterns are written in its dialect.

use std::fmt::Write;

use fancy_regex::{RegexBuilder, RegexInput};
use linear_regex::{Anchored, NonMaxUsize, Slot};
use regex_syntax::hir::ClassUnicode;

use super::PROGRAM_LIMIT;
use crate::ast::{Assertion, Direction, Greed, GroupRef, Node, Repeat};
use crate::linear::{Encoding, SIZE_LIMIT};
use crate::resolve::Pattern;
use crate::{Error, ErrorKind, StepLimit};

/// How many times one search may go back.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// How long a pattern may be once it is spelt out for the engine, in bytes.
const TEXT_LIMIT: usize = 1 << 20;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Engine(fancy_regex::Regex);

impl Engine {
    pub(super) fn new(pattern: &Pattern, encoding: Encoding) -> Result<Self, Error> {
        let mut writer = Writer { encoding, text: String::new() };
        writer.node(&pattern.root);
        if writer.text.len() > TEXT_LIMIT {
            return Err(Error::new(ErrorKind::TooLarge, 0));
        }
        RegexBuilder::new(&writer.text)
            .backtrack_limit(BACKTRACK_LIMIT)
            .delegate_size_limit(SIZE_LIMIT)
            .max_prog_size(PROGRAM_LIMIT)
            .build()
            .map(Self)
            .map_err(|error| compile_error(&error))
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool, StepLimit> {
        self.0.is_match(text).map_err(|_| StepLimit)
    }

    /// Fills as many of `slots` as there are with the groups of the leftmost match.
    pub(super) fn find(&self, text: &str, anchored: Anchored, slots: &mut [Slot]) -> Result<bool, StepLimit> {
        let input = RegexInput::new(text).anchored(anchored == Anchored::Yes);
        let Some(captures) = self.0.captures_input(input).map_err(|_| StepLimit)? else { return Ok(false) };
        for (index, pair) in slots.chunks_exact_mut(2).enumerate() {
            let group = captures.get(index);
            pair[0] = group.and_then(|group| NonMaxUsize::new(group.start()));
            pair[1] = group.and_then(|group| NonMaxUsize::new(group.end()));
        }
        Ok(true)
    }
}

fn compile_error(error: &fancy_regex::Error) -> Error {
    use fancy_regex::{CompileError, ParseError};
    match error {
        fancy_regex::Error::ParseError(_, ParseError::RecursionExceeded) => {
            Error::new(ErrorKind::NestedTooDeep, 0)
        }
        fancy_regex::Error::CompileError(error)
            if matches!(**error, CompileError::InnerError(_) | CompileError::PatternTooComplex) =>
        {
            Error::new(ErrorKind::TooLarge, 0)
        }
        _ => Error::with_detail(ErrorKind::Unsupported, 0, "this combination of constructs"),
    }
}

/// Writes a pattern in the dialect of the engine, in which everything is spelt out: no flags, no names, no
/// set that is not a list of ranges.
struct Writer {
    encoding: Encoding,
    text: String,
}

impl Writer {
    fn node(&mut self, node: &Node) {
        if self.text.len() > TEXT_LIMIT {
            return;
        }
        match node {
            Node::Empty => {}
            Node::Char(ch) => self.character(*ch),
            Node::Set(set) => self.class(&self.encoding.members(set)),
            Node::Any(dot) => self.class(&self.encoding.dot(*dot)),
            Node::Assert(assertion) => self.push(match assertion {
                Assertion::LineStart => r"(?:\A|(?m:^)(?!\z))",
                Assertion::LineStartNotLast => "(?m:^)",
                Assertion::LineEnd => "(?m:$)",
                Assertion::TextStart => r"\A",
                Assertion::TextEnd => r"\z",
                Assertion::TextEndOrFinalNewline => r"(?=\n?\z)",
                Assertion::WordBoundary => r"\b",
                Assertion::NotWordBoundary => r"\B",
                Assertion::AsciiWordBoundary => {
                    r"(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))"
                }
                Assertion::AsciiNotWordBoundary => {
                    r"(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))"
                }
            }),
            Node::Concat(parts) => parts.iter().for_each(|part| match part {
                Node::Alternate(_) => self.group("(?:", part),
                part => self.node(part),
            }),
            Node::Alternate(branches) => {
                for (at, branch) in branches.iter().enumerate() {
                    if at > 0 {
                        self.push("|");
                    }
                    self.node(branch);
                }
            }
            Node::Repeat(repeat) => self.repeat(repeat),
            Node::Capture(capture) => self.group("(", &capture.body),
            Node::Atomic(body) => self.group("(?>", body),
            Node::Look(look) => {
                let open = match (look.direction, look.negated) {
                    (Direction::Ahead, false) => "(?=",
                    (Direction::Ahead, true) => "(?!",
                    (Direction::Behind, false) => "(?<=",
                    (Direction::Behind, true) => "(?<!",
                };
                self.group(open, &look.body);
            }
            Node::Backreference(reference) => {
                self.push(if reference.ignore_case { "(?i:" } else { "(?:" });
                self.backreference(&reference.group);
                self.push(")");
            }
            Node::Condition(condition) => {
                let [yes, no] = &condition.branches;
                let _ = write!(self.text, "(?({})", condition.group.first_index());
                self.group("(?:", yes);
                self.push("|");
                self.group("(?:", no);
                self.push(")");
            }
            Node::Call(group) => {
                let _ = write!(self.text, r"\g<{}>", group.first_index());
            }
            Node::Keep => self.push(r"\K"),
        }
    }

    /// Of several groups with one name the last that has matched and fits.
    fn backreference(&mut self, group: &GroupRef) {
        let indexes = group.indexes();
        if let [index] = indexes {
            let _ = write!(self.text, r"\{index}");
            return;
        }
        self.push("(?>");
        for (at, index) in indexes.iter().rev().enumerate() {
            let separator = if at > 0 { "|" } else { "" };
            let _ = write!(self.text, r"{separator}\{index}");
        }
        self.push(")");
    }

    fn repeat(&mut self, repeat: &Repeat) {
        match &repeat.body {
            // Each of these is one unit as it is written.
            body @ (Node::Char(_) | Node::Set(_) | Node::Any(_) | Node::Capture(_) | Node::Atomic(_)) => {
                self.node(body);
            }
            body => self.group("(?:", body),
        }
        let _ = match (repeat.min, repeat.max) {
            (0, None) => write!(self.text, "*"),
            (1, None) => write!(self.text, "+"),
            (0, Some(1)) => write!(self.text, "?"),
            (min, None) => write!(self.text, "{{{min},}}"),
            (min, Some(max)) => write!(self.text, "{{{min},{max}}}"),
        };
        match repeat.greed {
            Greed::Greedy => {}
            Greed::Lazy => self.push("?"),
            Greed::Possessive => self.push("+"),
        }
    }

    fn group(&mut self, open: &str, body: &Node) {
        self.push(open);
        self.node(body);
        self.push(")");
    }

    fn class(&mut self, class: &ClassUnicode) {
        if class.ranges().is_empty() {
            self.push("(?!)");
            return;
        }
        self.push("[");
        for range in class.ranges() {
            let (first, last) = (u32::from(range.start()), u32::from(range.end()));
            let _ = write!(self.text, r"\x{{{first:x}}}");
            if first != last {
                let _ = write!(self.text, r"-\x{{{last:x}}}");
            }
        }
        self.push("]");
    }

    fn character(&mut self, ch: char) {
        if ch.is_ascii_alphanumeric() || !ch.is_ascii() {
            self.text.push(ch);
        } else {
            let _ = write!(self.text, r"\x{{{:x}}}", u32::from(ch));
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }
}
