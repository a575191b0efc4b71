//! The syntax of RE2 as Go reads it, into the representation the engines of `regex-automata` take.
//!
//! One pass from left to right, with a stack of open groups instead of recursion, so that the first error
//! met is the one Go reports and the nesting of a pattern cannot exhaust the stack here.

use std::ops::Range;

use regex_syntax::hir::{Capture, Class, ClassUnicode, Dot, Hir, Look, Repetition};

use crate::{
    class::{self, CodePoint, Named},
    error::{Error, ErrorKind},
    unicode,
};

/// The highest count in braces, and the highest product of nested counts.
const MAX_REPEAT: u32 = 1000;
/// The greatest height of the expression tree.
const MAX_HEIGHT: u32 = 1000;

/// A parsed pattern.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// What it matches. Groups have no names here, as the engines accept no duplicates.
    pub(crate) hir: Hir,
    /// The names of the groups; the first is the whole match.
    pub(crate) names: Vec<Option<Box<str>>>,
}

/// Reads `pattern`.
pub(crate) fn parse(pattern: &str) -> Result<Parsed, Error> {
    let mut parser = Parser {
        pattern,
        at: 0,
        flags: Flags::default(),
        group: Group::default(),
        outer: Vec::new(),
        names: vec![None],
    };
    parser.run()?;
    if !parser.outer.is_empty() {
        return Err(parser.error(ErrorKind::MissingParen, 0..pattern.len()));
    }
    let group = std::mem::take(&mut parser.group);
    let hir = parser.alternation(group)?.hir;
    Ok(Parsed { hir, names: parser.names })
}

/// What `(?imsU)` sets.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    fold_case: bool,
    multi_line: bool,
    dot_newline: bool,
    swap_greed: bool,
}

/// A finished part of the expression, with what the limits need to know about it.
#[derive(Debug)]
struct Node {
    hir: Hir,
    height: u32,
    /// The greatest product of counts on a way from here to a leaf.
    repeat: u32,
}

impl Node {
    fn leaf(hir: Hir) -> Self {
        Self { hir, height: 1, repeat: 1 }
    }
}

/// An open group, or the whole pattern.
#[derive(Debug, Default)]
struct Group {
    /// The alternatives before the last `|`.
    alternatives: Vec<Node>,
    /// The parts of the current alternative.
    parts: Vec<Node>,
    /// Literal characters that follow `parts`.
    literal: String,
    /// Its number, if it captures.
    index: Option<u32>,
    /// The flags in force before it.
    outer_flags: Flags,
}

#[derive(Debug)]
struct Parser<'p> {
    pattern: &'p str,
    at: usize,
    flags: Flags,
    /// The innermost open group.
    group: Group,
    /// The groups around it, from the outside.
    outer: Vec<Group>,
    names: Vec<Option<Box<str>>>,
}

impl<'p> Parser<'p> {
    fn run(&mut self) -> Result<(), Error> {
        // Where the repetition operator just read starts.
        let mut last_repeat = None;
        while let Some(byte) = self.peek() {
            let start = self.at;
            let mut repeat = None;
            match byte {
                b'(' if self.rest().starts_with("(?") => self.perl_group()?,
                b'(' => {
                    self.at += 1;
                    self.open_capture(None);
                }
                b'|' => {
                    self.at += 1;
                    self.end_alternative()?;
                }
                b')' => {
                    self.at += 1;
                    self.close_group()?;
                }
                b'^' => {
                    self.at += 1;
                    self.look(if self.flags.multi_line { Look::StartLF } else { Look::Start });
                }
                b'$' => {
                    self.at += 1;
                    self.look(if self.flags.multi_line { Look::EndLF } else { Look::End });
                }
                b'.' => {
                    self.at += 1;
                    let dot = if self.flags.dot_newline { Dot::AnyChar } else { Dot::AnyCharExceptLF };
                    self.push(Node::leaf(Hir::dot(dot)));
                }
                b'[' => self.class()?,
                b'*' | b'+' | b'?' => {
                    self.at += 1;
                    let (min, max) = match byte {
                        b'*' => (0, None),
                        b'+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(min, max, start, last_repeat)?;
                    repeat = Some(start);
                }
                b'{' => match self.count() {
                    Some((min, max)) => {
                        let valid = |count: u32| count <= MAX_REPEAT;
                        if !valid(min) || max.is_some_and(|max| !valid(max) || max < min) {
                            return Err(self.error(ErrorKind::InvalidRepeatSize, start..self.at));
                        }
                        self.repeat(min, max, start, last_repeat)?;
                        if (min >= 2 || max.is_some_and(|max| max >= 2))
                            && self.last_repeat_product() > MAX_REPEAT
                        {
                            return Err(self.error(ErrorKind::InvalidRepeatSize, start..self.at));
                        }
                        repeat = Some(start);
                    }
                    // A brace that is no count stands for itself.
                    None => {
                        self.at += 1;
                        self.literal('{');
                    }
                },
                b'\\' => self.backslash()?,
                _ => {
                    if let Some(char) = self.next() {
                        self.literal(char);
                    }
                }
            }
            last_repeat = repeat;
        }
        Ok(())
    }

    // Reading.

    fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.pattern.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.rest().chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn error(&self, kind: ErrorKind, span: Range<usize>) -> Error {
        Error::new(kind, self.pattern, span)
    }

    // Building.

    fn push(&mut self, node: Node) {
        self.group.flush();
        self.group.parts.push(node);
    }

    fn look(&mut self, look: Look) {
        self.push(Node::leaf(Hir::look(look)));
    }

    fn push_class(&mut self, class: ClassUnicode) {
        self.push(Node::leaf(Hir::class(Class::Unicode(class))));
    }

    fn literal(&mut self, char: char) {
        if self.flags.fold_case {
            let mut class = class::from_pairs(&[(char, char)]);
            unicode::fold(&mut class);
            if class.literal().is_none() {
                return self.push_class(class);
            }
        }
        self.group.literal.push(char);
    }

    /// A character that may be a surrogate, which no text holds.
    fn code_point(&mut self, code: CodePoint) {
        match char::from_u32(code) {
            Some(char) => self.literal(char),
            None => self.push(Node::leaf(Hir::fail())),
        }
    }

    /// Puts the operator that starts at `start` and has been read on the last part.
    fn repeat(
        &mut self,
        min: u32,
        max: Option<u32>,
        start: usize,
        last_repeat: Option<usize>,
    ) -> Result<(), Error> {
        let mut greedy = !self.flags.swap_greed;
        if self.peek() == Some(b'?') {
            self.at += 1;
            greedy = !greedy;
        }
        if let Some(last) = last_repeat {
            return Err(self.error(ErrorKind::InvalidRepeatOp, last..self.at));
        }
        let Some(sub) = self.group.take_last() else {
            return Err(self.error(ErrorKind::MissingRepeatArgument, start..self.at));
        };
        let height = self.checked_height(sub.height + 1)?;
        let repeat = match max {
            Some(0) => 1,
            Some(max) => sub.repeat.saturating_mul(max),
            None => sub.repeat.saturating_mul(min.max(1)),
        };
        let hir = Hir::repetition(Repetition { min, max, greedy, sub: Box::new(sub.hir) });
        self.group.parts.push(Node { hir, height, repeat });
        Ok(())
    }

    fn last_repeat_product(&mut self) -> u32 {
        self.group.parts.last().map_or(1, |node| node.repeat)
    }

    fn checked_height(&self, height: u32) -> Result<u32, Error> {
        if height > MAX_HEIGHT {
            return Err(self.error(ErrorKind::NestingDepth, 0..self.pattern.len()));
        }
        Ok(height)
    }

    fn open_capture(&mut self, name: Option<&str>) {
        let index = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.map(Box::from));
        self.open_group(Some(index));
    }

    fn open_group(&mut self, index: Option<u32>) {
        let group = Group { index, outer_flags: self.flags, ..Group::default() };
        self.outer.push(std::mem::replace(&mut self.group, group));
    }

    fn end_alternative(&mut self) -> Result<(), Error> {
        let parts = self.group.take_parts();
        let node = self.join(parts, Hir::concat)?;
        self.group.alternatives.push(node);
        Ok(())
    }

    /// Everything in `group`.
    fn alternation(&self, mut group: Group) -> Result<Node, Error> {
        let last = self.join(group.take_parts(), Hir::concat)?;
        group.alternatives.push(last);
        self.join(group.alternatives, Hir::alternation)
    }

    fn join(&self, mut nodes: Vec<Node>, join: impl Fn(Vec<Hir>) -> Hir) -> Result<Node, Error> {
        if nodes.len() == 1
            && let Some(node) = nodes.pop()
        {
            return Ok(node);
        }
        let height = nodes.iter().map(|node| node.height).max().unwrap_or(0) + 1;
        let repeat = nodes.iter().map(|node| node.repeat).max().unwrap_or(1);
        let hir = join(nodes.into_iter().map(|node| node.hir).collect());
        Ok(Node { hir, height: self.checked_height(height)?, repeat })
    }

    fn close_group(&mut self) -> Result<(), Error> {
        let Some(outer) = self.outer.pop() else {
            return Err(self.error(ErrorKind::UnexpectedParen, 0..self.pattern.len()));
        };
        let group = std::mem::replace(&mut self.group, outer);
        self.flags = group.outer_flags;
        let index = group.index;
        let mut node = self.alternation(group)?;
        if let Some(index) = index {
            node.height = self.checked_height(node.height + 1)?;
            node.hir = Hir::capture(Capture { index, name: None, sub: Box::new(node.hir) });
        }
        self.push(node);
        Ok(())
    }

    // Syntax.

    /// `(?P<name>`, `(?<name>`, `(?flags)` and `(?flags:`.
    fn perl_group(&mut self) -> Result<(), Error> {
        let start = self.at;
        let rest = self.rest();
        for (prefix, shortest) in [("(?P<", 5), ("(?<", 4)] {
            if rest.len() >= shortest && rest.starts_with(prefix) {
                return self.named_group(prefix.len());
            }
        }
        self.at += 2;
        let mut flags = self.flags;
        let mut on = true;
        let mut seen = false;
        while let Some(char) = self.next() {
            match char {
                'i' => flags.fold_case = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_newline = on,
                'U' => flags.swap_greed = on,
                '-' if on => {
                    on = false;
                    seen = false;
                    continue;
                }
                ':' | ')' if on || seen => {
                    if char == ':' {
                        self.open_group(None);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
            seen = true;
        }
        Err(self.error(ErrorKind::InvalidPerlOp, start..self.at))
    }

    fn named_group(&mut self, prefix: usize) -> Result<(), Error> {
        let start = self.at;
        let rest = self.pattern.get(start..).unwrap_or_default();
        let Some(end) = rest.find('>') else {
            return Err(self.error(ErrorKind::InvalidNamedCapture, start..self.pattern.len()));
        };
        let name = rest.get(prefix..end).unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(self.error(ErrorKind::InvalidNamedCapture, start..start + end + 1));
        }
        self.at = start + end + 1;
        self.open_capture(Some(name));
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}`; nothing is read when it is none of them.
    fn count(&mut self) -> Option<(u32, Option<u32>)> {
        let rest = self.rest().strip_prefix('{')?;
        let (min, rest) = integer(rest)?;
        let (max, rest) = match rest.strip_prefix(',') {
            None => (Some(min), rest),
            Some(rest) if rest.starts_with('}') => (None, rest),
            Some(rest) => integer(rest).map(|(max, rest)| (Some(max), rest))?,
        };
        let rest = rest.strip_prefix('}')?;
        self.at = self.pattern.len() - rest.len();
        Some((min, max))
    }

    fn backslash(&mut self) -> Result<(), Error> {
        let start = self.at;
        let after = self.pattern.as_bytes().get(start + 1).copied();
        let look = match after {
            Some(b'A') => Some(Look::Start),
            Some(b'z') => Some(Look::End),
            Some(b'b') => Some(Look::WordAscii),
            Some(b'B') => Some(Look::WordAsciiNegate),
            _ => None,
        };
        if let Some(look) = look {
            self.at += 2;
            self.look(look);
            return Ok(());
        }
        match after {
            Some(b'C') => return Err(self.error(ErrorKind::InvalidEscape, start..start + 2)),
            Some(b'Q') => {
                self.quoted();
                return Ok(());
            }
            _ => {}
        }
        if let Some(class) = self.class_escape()? {
            self.push_class(class);
            return Ok(());
        }
        let code = self.escape()?;
        self.code_point(code);
        Ok(())
    }

    /// `\Q…\E`, or to the end of the pattern.
    fn quoted(&mut self) {
        let text = self.pattern.get(self.at + 2..).unwrap_or_default();
        let (text, end) = match text.split_once(r"\E") {
            Some((text, rest)) => (text, self.pattern.len() - rest.len()),
            None => (text, self.pattern.len()),
        };
        for char in text.chars() {
            self.literal(char);
        }
        self.at = end;
    }

    /// The class of `\d`, `\pL`, `\p{Greek}` and their like, in or outside of brackets; nothing is read when
    /// it is none of them.
    fn class_escape(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let Some(&[b'\\', letter]) = self.pattern.as_bytes().get(self.at..self.at + 2) else {
            return Ok(None);
        };
        if matches!(letter, b'p' | b'P') {
            return self.unicode_class(letter == b'P').map(Some);
        }
        let named = class::perl(letter);
        if named.is_some() {
            self.at += 2;
        }
        Ok(named.map(|named| self.named_class(named)))
    }

    fn named_class(&self, named: Named) -> ClassUnicode {
        adapt(class::from_pairs(named.ranges), self.flags.fold_case, named.negated)
    }

    fn unicode_class(&mut self, mut negated: bool) -> Result<ClassUnicode, Error> {
        let start = self.at;
        self.at += 2;
        let mut name = match self.rest().strip_prefix('{') {
            None => {
                let name = self.at;
                self.next();
                self.pattern.get(name..self.at).unwrap_or_default()
            }
            Some(rest) => match rest.find('}') {
                None => return Err(self.error(ErrorKind::InvalidCharRange, start..self.pattern.len())),
                Some(end) => {
                    let name = self.at + 1;
                    self.at = name + end + 1;
                    self.pattern.get(name..name + end).unwrap_or_default()
                }
            },
        };
        if let Some(opposite) = name.strip_prefix('^') {
            negated = !negated;
            name = opposite;
        }
        let Some(property) = unicode::property(name) else {
            return Err(self.error(ErrorKind::InvalidCharRange, start..self.at));
        };
        Ok(adapt(property.class, self.flags.fold_case && property.folds, negated))
    }

    /// A class in brackets.
    fn class(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        let negated = self.peek() == Some(b'^');
        self.at += usize::from(negated);
        let mut class = ClassUnicode::empty();
        let mut first = true;
        while first || self.peek() != Some(b']') {
            first = false;
            if let Some(posix) = self.posix_class()? {
                class.union(&posix);
                continue;
            }
            if let Some(escape) = self.class_escape()? {
                class.union(&escape);
                continue;
            }
            self.class_range(start, &mut class)?;
        }
        self.at += 1;
        if negated {
            class.negate();
        }
        self.push_class(class);
        Ok(())
    }

    /// `[:name:]` inside of brackets; nothing is read when no `:]` follows.
    fn posix_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let start = self.at;
        let Some((name, _)) = self.rest().strip_prefix("[:").and_then(|rest| rest.split_once(":]")) else {
            return Ok(None);
        };
        let named = class::posix(name);
        self.at += name.len() + 4;
        match named {
            Some(named) => Ok(Some(self.named_class(named))),
            None => Err(self.error(ErrorKind::InvalidCharRange, start..self.at)),
        }
    }

    /// One character, or the range between two.
    fn class_range(&mut self, bracket: usize, class: &mut ClassUnicode) -> Result<(), Error> {
        let start = self.at;
        let low = self.class_char(bracket)?;
        let mut high = low;
        // A hyphen before the closing bracket stands for itself.
        if let Some(&[b'-', next]) = self.pattern.as_bytes().get(self.at..self.at + 2)
            && next != b']'
        {
            self.at += 1;
            high = self.class_char(bracket)?;
            if high < low {
                return Err(self.error(ErrorKind::InvalidCharRange, start..self.at));
            }
        }
        if self.flags.fold_case {
            let mut folded = ClassUnicode::empty();
            class::add(&mut folded, low, high);
            unicode::fold(&mut folded);
            class.union(&folded);
        } else {
            class::add(class, low, high);
        }
        Ok(())
    }

    fn class_char(&mut self, bracket: usize) -> Result<CodePoint, Error> {
        match self.peek() {
            None => Err(self.error(ErrorKind::MissingBracket, bracket..self.pattern.len())),
            Some(b'\\') => self.escape(),
            Some(_) => Ok(self.next().map_or(0, CodePoint::from)),
        }
    }

    /// An escape that stands for one code point.
    fn escape(&mut self) -> Result<CodePoint, Error> {
        let start = self.at;
        self.at += 1;
        let Some(char) = self.next() else {
            return Err(self.error(ErrorKind::TrailingBackslash, self.at..self.at));
        };
        let code = match char {
            '1'..='7' if !matches!(self.peek(), Some(b'0'..=b'7')) => None,
            '0'..='7' => Some(self.octal(char)),
            'x' => self.hexadecimal(),
            'a' => Some(0x07),
            'f' => Some(0x0C),
            'n' => Some(0x0A),
            'r' => Some(0x0D),
            't' => Some(0x09),
            'v' => Some(0x0B),
            _ if char.is_ascii() && !char.is_ascii_alphanumeric() => Some(char.into()),
            _ => None,
        };
        code.ok_or_else(|| self.error(ErrorKind::InvalidEscape, start..self.at))
    }

    /// Up to three octal digits, the first of which has been read.
    fn octal(&mut self, first: char) -> CodePoint {
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit @ b'0'..=b'7') = self.peek() else { break };
            code = code * 8 + u32::from(digit - b'0');
            self.at += 1;
        }
        code
    }

    /// What follows `\x`: two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Option<CodePoint> {
        let first = self.next()?;
        if first != '{' {
            let second = self.next()?;
            return Some(first.to_digit(16)? * 16 + second.to_digit(16)?);
        }
        let mut code = 0;
        let mut digits = 0;
        loop {
            match self.next()? {
                '}' if digits > 0 => return Some(code),
                char => code = code * 16 + char.to_digit(16)?,
            }
            if code > CodePoint::from(char::MAX) {
                return None;
            }
            digits += 1;
        }
    }
}

impl Group {
    /// Makes the pending literal a part.
    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(Node::leaf(Hir::literal(self.literal.as_bytes())));
            self.literal.clear();
        }
    }

    /// What a repetition operator applies to: of a literal, only the last character.
    fn take_last(&mut self) -> Option<Node> {
        match self.literal.pop() {
            Some(char) => {
                self.flush();
                Some(Node::leaf(Hir::literal(char.encode_utf8(&mut [0; 4]).as_bytes())))
            }
            None => self.parts.pop(),
        }
    }

    fn take_parts(&mut self) -> Vec<Node> {
        self.flush();
        std::mem::take(&mut self.parts)
    }
}

/// The class as the flags want it: first folded, then negated.
fn adapt(mut class: ClassUnicode, folded: bool, negated: bool) -> ClassUnicode {
    if folded {
        unicode::fold(&mut class);
    }
    if negated {
        class.negate();
    }
    class
}

/// A decimal number without leading zeros, and what follows it. One that is too big becomes one that is
/// surely too big for a count.
fn integer(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    if number.is_empty() || number.len() > 1 && number.starts_with('0') {
        return None;
    }
    Some((number.parse().unwrap_or(u32::MAX), rest))
}
