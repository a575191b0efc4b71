//! The syntax tree of a pattern, with everything the dialect leaves to context already decided: flags are
//! applied to the characters they rule, so that a node means the same wherever it stands.

use std::slice;

use crate::set::CharSet;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// Matches the empty text.
    Empty,
    /// One character.
    Char(char),
    /// One character of a set.
    Set(CharSet),
    /// `.`: one character, a newline only with `(?m)`.
    Any(Dot),
    Assert(Assertion),
    Concat(Vec<Node>),
    /// The branches in order of preference.
    Alternate(Vec<Node>),
    Repeat(Box<Repeat>),
    Capture(Box<Capture>),
    /// `(?>...)`: the first way to match is the only one.
    Atomic(Box<Node>),
    Look(Box<Look>),
    Backreference(Backreference),
    /// `(?(n)yes|no)`.
    Condition(Box<Condition>),
    /// `\g<n>`, before groups are resolved.
    Call(GroupRef),
    /// `\K`: the match begins here.
    Keep,
}

/// What `.` matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dot {
    NotNewline,
    Everything,
}

/// A test of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assertion {
    /// `^`: the start of the text, or after a newline that is not the last character.
    LineStart,
    /// `^` where it is known not to be tried at the end of a text that ends in a newline.
    LineStartNotLast,
    /// `$`: the end of the text, or before a newline.
    LineEnd,
    /// `\A`, and `\G`, which is the same here because every search begins at the start of the text.
    TextStart,
    /// `\z`.
    TextEnd,
    /// `\Z`: the end of the text, or before a newline that is the last character.
    TextEndOrFinalNewline,
    WordBoundary,
    NotWordBoundary,
    /// `\b` under `(?a)`.
    AsciiWordBoundary,
    /// `\B` under `(?a)`.
    AsciiNotWordBoundary,
}

#[derive(Clone, Debug)]
pub(crate) struct Repeat {
    pub(crate) min: u32,
    /// No upper bound when absent.
    pub(crate) max: Option<u32>,
    pub(crate) greed: Greed,
    pub(crate) body: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) index: usize,
    pub(crate) name: Option<Box<str>>,
    pub(crate) body: Node,
}

#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) direction: Direction,
    pub(crate) negated: bool,
    pub(crate) body: Node,
    /// Where the group starts in the pattern, for the error when its width is not fixed.
    pub(crate) offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ahead,
    Behind,
}

#[derive(Clone, Debug)]
pub(crate) struct Backreference {
    pub(crate) group: GroupRef,
    pub(crate) ignore_case: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) group: GroupRef,
    /// What to match if the group has matched, and what if it has not.
    pub(crate) branches: [Node; 2],
}

/// A reference to groups, with its place in the pattern.
#[derive(Clone, Debug)]
pub(crate) struct GroupRef {
    pub(crate) target: Target,
    pub(crate) offset: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The group of that number, which may not be open yet.
    Number(usize),
    /// The group of that name, which may not be open yet.
    Name(Box<str>),
    /// The named groups with these indexes, as the parser counts.
    Named(Vec<usize>),
    /// The groups with these indexes, in a checked pattern.
    Resolved(Vec<usize>),
}

impl Node {
    /// A concatenation, without a wrapper around fewer than two parts.
    pub(crate) fn concat(mut parts: Vec<Node>) -> Node {
        match parts.len() {
            0 => Node::Empty,
            1 => parts.remove(0),
            _ => Node::Concat(parts),
        }
    }

    /// An alternation, without a wrapper around a single branch.
    pub(crate) fn alternate(mut branches: Vec<Node>) -> Node {
        match branches.len() {
            0 => Node::Empty,
            1 => branches.remove(0),
            _ => Node::Alternate(branches),
        }
    }

    /// `body` as often as possible from `min` up to `max` times.
    pub(crate) fn repeat(min: u32, max: Option<u32>, body: Node) -> Node {
        Node::Repeat(Box::new(Repeat { min, max, greed: Greed::Greedy, body }))
    }

    /// The nodes directly below.
    pub(crate) fn children(&self) -> &[Node] {
        match self {
            Node::Concat(nodes) | Node::Alternate(nodes) => nodes,
            Node::Repeat(repeat) => slice::from_ref(&repeat.body),
            Node::Capture(capture) => slice::from_ref(&capture.body),
            Node::Atomic(body) => slice::from_ref(body),
            Node::Look(look) => slice::from_ref(&look.body),
            Node::Condition(condition) => &condition.branches,
            Node::Empty
            | Node::Char(_)
            | Node::Set(_)
            | Node::Any(_)
            | Node::Assert(_)
            | Node::Backreference(_)
            | Node::Call(_)
            | Node::Keep => &[],
        }
    }

    /// The nodes directly below.
    pub(crate) fn children_mut(&mut self) -> &mut [Node] {
        match self {
            Node::Concat(nodes) | Node::Alternate(nodes) => nodes,
            Node::Repeat(repeat) => slice::from_mut(&mut repeat.body),
            Node::Capture(capture) => slice::from_mut(&mut capture.body),
            Node::Atomic(body) => slice::from_mut(body),
            Node::Look(look) => slice::from_mut(&mut look.body),
            Node::Condition(condition) => &mut condition.branches,
            Node::Empty
            | Node::Char(_)
            | Node::Set(_)
            | Node::Any(_)
            | Node::Assert(_)
            | Node::Backreference(_)
            | Node::Call(_)
            | Node::Keep => &mut [],
        }
    }
}

impl GroupRef {
    /// The indexes of the groups, in order. Known in a checked pattern.
    pub(crate) fn indexes(&self) -> &[usize] {
        match &self.target {
            Target::Resolved(indexes) => indexes,
            Target::Number(_) | Target::Name(_) | Target::Named(_) => &[],
        }
    }

    /// The index of the group, or of the first of them. Known in a checked pattern.
    pub(crate) fn first_index(&self) -> usize {
        self.indexes().first().copied().unwrap_or_default()
    }
}
