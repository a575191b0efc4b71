//! From the text of a pattern to its tree.

mod class;
mod escape;
mod group;

use crate::ast::{Assertion, Dot, Greed, Node, Repeat};
use crate::set::CharSet;
use crate::unicode::Repertoire;
use crate::{Error, ErrorKind};

/// How deep groups, classes and repetitions may be nested. Every later pass recurses no deeper.
pub(crate) const NEST_LIMIT: usize = 250;

/// How long a pattern may be, in bytes. A few letters can name a large set.
const LENGTH_LIMIT: usize = 1 << 16;

/// The largest bound of a repetition.
const REPEAT_LIMIT: u32 = 100_000;

/// The flags in force at some place of the pattern.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) dot_all: bool,
    pub(crate) ignore_case: bool,
    pub(crate) extended: bool,
    pub(crate) repertoire: Repertoire,
}

/// Parses a whole pattern. Groups are numbered in the order of their parentheses, named or not; what
/// refers to them is not yet checked.
pub(crate) fn parse(pattern: &str, flags: Flags) -> Result<Node, Error> {
    if pattern.len() > LENGTH_LIMIT {
        return Err(Error::new(ErrorKind::TooLarge, 0));
    }
    let mut parser = Parser { pattern, position: 0, groups: Vec::new(), depth: 0 };
    let node = parser.alternation(flags)?;
    match parser.peek() {
        None => Ok(node),
        // Only a parenthesis ends an alternation before the pattern ends.
        Some(_) => Err(parser.error(ErrorKind::UnopenedGroup, parser.position)),
    }
}

struct Parser<'p> {
    pattern: &'p str,
    /// The next character to read, in bytes.
    position: usize,
    /// The names of the groups that have been opened, and that capture or would without a named one.
    groups: Vec<Option<Box<str>>>,
    depth: usize,
}

impl<'p> Parser<'p> {
    /// `a|b|c`, up to the end of the pattern or of the group.
    fn alternation(&mut self, flags: Flags) -> Result<Node, Error> {
        self.nested(|parser| {
            let mut branches = vec![parser.branch(flags)?];
            while parser.eat('|') {
                branches.push(parser.branch(flags)?);
            }
            Ok(Node::alternate(branches))
        })
    }

    fn branch(&mut self, flags: Flags) -> Result<Node, Error> {
        let mut parts = Vec::new();
        loop {
            self.skip_trivia(flags)?;
            match self.peek() {
                None | Some('|' | ')') => return Ok(Node::concat(parts)),
                Some(_) => {}
            }
            match self.item(flags)? {
                Item::Repeatable(node) => parts.push(self.repetitions(node, flags)?),
                Item::RestOfGroup(node) => parts.push(node),
            }
        }
    }

    /// One thing that a repetition could follow, or the rest of the group after `(?flags)`.
    fn item(&mut self, flags: Flags) -> Result<Item, Error> {
        let start = self.position;
        let Some(ch) = self.bump() else { return Ok(Item::Repeatable(Node::Empty)) };
        let node = match ch {
            '(' => return self.group(start, flags),
            '[' => self.class(start, flags)?,
            '\\' => self.escape(start, flags)?,
            '.' if flags.dot_all => Node::Any(Dot::Everything),
            '.' => Node::Any(Dot::NotNewline),
            '^' => Node::Assert(Assertion::LineStart),
            '$' => Node::Assert(Assertion::LineEnd),
            '*' | '+' | '?' => return Err(self.error(ErrorKind::NothingToRepeat, start)),
            '{' => {
                if self.bounds(start)?.is_some() {
                    return Err(self.error(ErrorKind::NothingToRepeat, start));
                }
                Node::Char('{')
            }
            // `]` and `}` on their own are characters like others.
            ch => literal(ch, flags),
        };
        Ok(Item::Repeatable(node))
    }

    /// Wraps `node` in the repetitions that follow it: there may be several, as in `a{2}{3}`.
    fn repetitions(&mut self, mut node: Node, flags: Flags) -> Result<Node, Error> {
        let depth = self.depth;
        loop {
            self.skip_trivia(flags)?;
            let start = self.position;
            let Some(Bounds { min, max, suffix }) = self.quantifier()? else { break };
            let greed = match self.peek() {
                Some('?') if suffix != Suffix::None => Greed::Lazy,
                Some('+') if suffix == Suffix::LazyOrPossessive => Greed::Possessive,
                _ => Greed::Greedy,
            };
            if greed != Greed::Greedy {
                self.bump();
            }
            self.descend(start)?;
            node = Node::Repeat(Box::new(Repeat { min, max, greed, body: node }));
        }
        self.depth = depth;
        Ok(node)
    }

    fn quantifier(&mut self) -> Result<Option<Bounds>, Error> {
        let start = self.position;
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.bump();
                let bounds = self.bounds(start)?;
                if bounds.is_none() {
                    self.position = start;
                }
                return Ok(bounds);
            }
            _ => return Ok(None),
        };
        self.bump();
        Ok(Some(Bounds { min, max, suffix: Suffix::LazyOrPossessive }))
    }

    /// What follows `{`, if it is the rest of a repetition such as `{2,3}`. Otherwise the brace is a
    /// character like others, and nothing is read.
    fn bounds(&mut self, start: usize) -> Result<Option<Bounds>, Error> {
        let after_brace = self.position;
        let low = self.repeat_count(start)?;
        let (min, max, suffix) = if self.eat(',') {
            let high = self.repeat_count(start)?;
            if low.is_none() && high.is_none() {
                self.position = after_brace;
                return Ok(None);
            }
            (low.unwrap_or(0), high, Suffix::Lazy)
        } else {
            let Some(low) = low else { return Ok(None) };
            // `{2}?` is an optional `{2}`, as in no other dialect.
            (low, Some(low), Suffix::None)
        };
        if !self.eat('}') {
            self.position = after_brace;
            return Ok(None);
        }
        if max.is_some_and(|max| max < min) {
            return Err(self.error(ErrorKind::ReversedBounds, start));
        }
        Ok(Some(Bounds { min, max, suffix }))
    }

    fn repeat_count(&mut self, start: usize) -> Result<Option<u32>, Error> {
        let digits = self.digits(10, usize::MAX);
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse() {
            Ok(count) if count <= REPEAT_LIMIT => Ok(Some(count)),
            _ => Err(self.error(ErrorKind::BoundTooBig, start)),
        }
    }

    /// Skips comments, and white space under `(?x)`.
    fn skip_trivia(&mut self, flags: Flags) -> Result<(), Error> {
        loop {
            let start = self.position;
            match self.peek() {
                Some('(') if self.rest().starts_with("(?#") => loop {
                    match self.bump() {
                        Some(')') => break,
                        Some('\\') => drop(self.bump()),
                        Some(_) => {}
                        None => return Err(self.error(ErrorKind::EndInGroup, start)),
                    }
                },
                Some(' ' | '\t' | '\n' | '\r' | '\x0c') if flags.extended => drop(self.bump()),
                Some('#') if flags.extended => while self.bump().is_some_and(|ch| ch != '\n') {},
                _ => return Ok(()),
            }
        }
    }

    /// Up to `limit` digits of base 8, 10 or 16.
    fn digits(&mut self, base: u32, limit: usize) -> &'p str {
        let start = self.position;
        while self.position - start < limit && self.peek().is_some_and(|ch| ch.is_digit(base)) {
            self.bump();
        }
        &self.pattern[start..self.position]
    }

    /// Runs `parse` one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.descend(self.position)?;
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    fn descend(&mut self, offset: usize) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > NEST_LIMIT { Err(self.error(ErrorKind::NestedTooDeep, offset)) } else { Ok(()) }
    }

    fn group_count(&self) -> usize {
        self.groups.len()
    }

    fn error(&self, kind: ErrorKind, offset: usize) -> Error {
        Error::new(kind, offset)
    }

    fn rest(&self) -> &'p str {
        &self.pattern[self.position..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let ch = self.peek()?;
        self.position += ch.len_utf8();
        Some(ch)
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.bump();
        }
        found
    }
}

enum Item {
    Repeatable(Node),
    /// `(?flags)` takes the rest of the group with it, other branches included.
    RestOfGroup(Node),
}

struct Bounds {
    min: u32,
    max: Option<u32>,
    suffix: Suffix,
}

/// Which suffixes a quantifier takes; another `?` or `+` is a quantifier of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Suffix {
    None,
    Lazy,
    LazyOrPossessive,
}

/// A character that stands for itself, or for its other cases too.
fn literal(ch: char, flags: Flags) -> Node {
    if flags.ignore_case {
        let mut set = CharSet::one(ch);
        set.fold_case();
        if set.single().is_none() {
            return Node::Set(set);
        }
    }
    Node::Char(ch)
}
