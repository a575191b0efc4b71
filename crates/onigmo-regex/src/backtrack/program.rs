//! A pattern as a program for the small engine.

use regex_syntax::hir::ClassUnicode;

use super::PROGRAM_LIMIT;
use crate::ast::{Assertion, Direction, Greed, Look, Node, Repeat};
use crate::linear::Encoding;
use crate::resolve::Pattern;
use crate::{Error, ErrorKind};

/// How many ranges its sets may have: about as many as fit into the automata of the large engine.
const RANGES_LIMIT: usize = 100_000;

/// A step of a search. What is called a register is a place among those of the groups, and put back with them when the
/// search goes back.
#[derive(Debug)]
pub(super) enum Step {
    Char(char),
    /// A character of one of these ranges.
    Class(Box<[(char, char)]>),
    Assert(Assertion),
    /// Notes the position in a register.
    Mark(usize),
    /// A group has matched from the position in the register on. Until then it is what it was in the last round.
    Close {
        group: usize,
        start: usize,
    },
    /// Puts 0 into a register.
    Zero(usize),
    Jump(usize),
    /// Goes on with the next step, and later with that one; or the other way round.
    Split {
        other: usize,
        other_first: bool,
    },
    Loop(Loop),
    /// Notes in the first register how far the search can go back, and in the second the position.
    Enter(usize, usize),
    /// Forgets the ways to go back since `Enter`; goes to the noted position if `true`.
    Leave(usize, usize, bool),
    /// A negative look-around whose body has matched: goes back to where it began, and fails.
    Refuse(usize),
    /// Goes back as many characters.
    Back(usize),
    /// The text of one of these groups, the last that has matched and fits.
    Same {
        groups: Box<[usize]>,
        ignore_case: bool,
    },
    /// Goes on there if the group has not matched.
    Unless(usize, usize),
    Fail,
    Match,
}

/// The head of a repetition that counts.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) lazy: bool,
    /// Where the rounds are counted.
    pub(super) count: usize,
    /// Where the last round began, if a round that matches nothing ends the repetition.
    pub(super) began: Option<usize>,
    /// Whether the body asks for groups that it sets itself.
    pub(super) reads_own_groups: bool,
    pub(super) exit: usize,
}

/// Steps, and how many registers they use.
pub(super) fn compile(pattern: &Pattern, encoding: Encoding) -> Result<(Vec<Step>, usize), Error> {
    let registers = 2 * (pattern.groups.count + 1);
    let mut compiler = Compiler { pattern, encoding, steps: Vec::new(), registers, ranges: 0 };
    compiler.node(&pattern.root)?;
    compiler.push(Step::Mark(1))?;
    compiler.push(Step::Match)?;
    Ok((compiler.steps, compiler.registers))
}

struct Compiler<'p> {
    pattern: &'p Pattern,
    encoding: Encoding,
    steps: Vec<Step>,
    registers: usize,
    ranges: usize,
}

impl Compiler<'_> {
    fn push(&mut self, step: Step) -> Result<usize, Error> {
        if self.steps.len() >= PROGRAM_LIMIT {
            return Err(Error::new(ErrorKind::TooLarge, 0));
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn register(&mut self) -> usize {
        self.registers += 1;
        self.registers - 1
    }

    /// Makes the step at `at` lead to the next one that is pushed.
    fn lead_here(&mut self, at: usize) {
        let here = self.steps.len();
        match &mut self.steps[at] {
            Step::Jump(to) | Step::Split { other: to, .. } | Step::Unless(_, to) => *to = here,
            Step::Loop(head) => head.exit = here,
            _ => {}
        }
    }

    fn class(&mut self, class: &ClassUnicode) -> Result<(), Error> {
        self.ranges += class.ranges().len();
        if self.ranges > RANGES_LIMIT {
            return Err(Error::new(ErrorKind::TooLarge, 0));
        }
        let ranges = class.ranges().iter().map(|range| (range.start(), range.end()));
        self.push(Step::Class(ranges.collect())).map(drop)
    }

    fn node(&mut self, node: &Node) -> Result<(), Error> {
        match node {
            Node::Empty => {}
            Node::Char(ch) => drop(self.push(Step::Char(*ch))?),
            Node::Set(set) => self.class(&self.encoding.members(set))?,
            Node::Any(dot) => self.class(&self.encoding.dot(*dot))?,
            Node::Assert(assertion) => drop(self.push(Step::Assert(*assertion))?),
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.node(part))?,
            Node::Alternate(branches) => {
                self.branches(branches.len(), |this, at| this.node(&branches[at]))?;
            }
            Node::Repeat(repeat) if repeat.greed == Greed::Possessive => {
                self.atomic(|this| this.repeat(repeat))?;
            }
            Node::Repeat(repeat) => self.repeat(repeat)?,
            Node::Capture(capture) => {
                let start = self.register();
                self.push(Step::Mark(start))?;
                self.node(&capture.body)?;
                self.push(Step::Close { group: capture.index, start })?;
            }
            Node::Atomic(body) => self.atomic(|this| this.node(body))?,
            Node::Look(look) => self.look(look)?,
            Node::Backreference(reference) => {
                let groups = reference.group.indexes().into();
                self.push(Step::Same { groups, ignore_case: reference.ignore_case })?;
            }
            Node::Condition(condition) => {
                let [yes, no] = &condition.branches;
                let unless = self.push(Step::Unless(condition.group.first_index(), 0))?;
                self.node(yes)?;
                let done = self.push(Step::Jump(0))?;
                self.lead_here(unless);
                self.node(no)?;
                self.lead_here(done);
            }
            Node::Call(group) => match self.pattern.groups.bodies.get(group.first_index()) {
                Some(Some(group)) => self.node(group)?,
                _ => drop(self.push(Step::Fail)?),
            },
            Node::Keep => drop(self.push(Step::Mark(0))?),
        }
        Ok(())
    }

    /// Alternatives, in their order.
    fn branches(
        &mut self,
        count: usize,
        mut branch: impl FnMut(&mut Self, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut ends = Vec::new();
        for at in 0..count {
            if at + 1 == count {
                branch(self, at)?;
                break;
            }
            let split = self.push(Step::Split { other: 0, other_first: false })?;
            branch(self, at)?;
            ends.push(self.push(Step::Jump(0))?);
            self.lead_here(split);
        }
        ends.into_iter().for_each(|end| self.lead_here(end));
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat) -> Result<(), Error> {
        let lazy = repeat.greed == Greed::Lazy;
        match (repeat.min, repeat.max) {
            (0, Some(0)) => return Ok(()),
            (0, Some(1)) => {
                let split = self.push(Step::Split { other: 0, other_first: lazy })?;
                self.node(&repeat.body)?;
                self.lead_here(split);
                return Ok(());
            }
            _ => {}
        }
        let (count, began) = (self.register(), self.register());
        self.push(Step::Zero(count))?;
        let head = self.push(Step::Loop(Loop {
            min: repeat.min as usize,
            max: repeat.max.map_or(usize::MAX, |max| max as usize),
            lazy,
            count,
            began: repeat.max.is_none().then_some(began),
            reads_own_groups: reads_own_groups(&repeat.body),
            exit: 0,
        }))?;
        self.node(&repeat.body)?;
        self.push(Step::Jump(head))?;
        self.lead_here(head);
        Ok(())
    }

    fn atomic(&mut self, body: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        let (ways, position) = (self.register(), self.register());
        self.push(Step::Enter(ways, position))?;
        body(self)?;
        self.push(Step::Leave(ways, position, false)).map(drop)
    }

    fn look(&mut self, look: &Look) -> Result<(), Error> {
        let (ways, position) = (self.register(), self.register());
        self.push(Step::Enter(ways, position))?;
        let split = match look.negated {
            // Where the body fails, the search goes on behind it.
            true => Some(self.push(Step::Split { other: 0, other_first: false })?),
            false => None,
        };
        match (look.direction, &look.body) {
            (Direction::Ahead, body) => self.node(body)?,
            (Direction::Behind, Node::Alternate(branches)) => {
                self.branches(branches.len(), |this, at| this.behind(&branches[at]))?;
            }
            (Direction::Behind, body) => self.behind(body)?,
        }
        match split {
            Some(split) => {
                self.push(Step::Refuse(ways))?;
                self.lead_here(split);
            }
            None => drop(self.push(Step::Leave(ways, position, true))?),
        }
        Ok(())
    }

    /// What stands before the position. A checked pattern knows how many characters that are.
    fn behind(&mut self, body: &Node) -> Result<(), Error> {
        self.push(Step::Back(self.width(body)))?;
        self.node(body)
    }

    fn width(&self, node: &Node) -> usize {
        match node {
            Node::Char(_) | Node::Set(_) | Node::Any(_) => 1,
            Node::Concat(parts) => parts.iter().map(|part| self.width(part)).sum(),
            Node::Alternate(branches) => branches.first().map_or(0, |branch| self.width(branch)),
            Node::Repeat(repeat) => self.width(&repeat.body) * repeat.min as usize,
            Node::Capture(capture) => self.width(&capture.body),
            Node::Call(group) => match self.pattern.groups.bodies.get(group.first_index()) {
                Some(Some(group)) => self.width(group),
                _ => 0,
            },
            _ => 0,
        }
    }
}

/// Whether the node asks for groups that it sets itself, or may do so in a call.
fn reads_own_groups(node: &Node) -> bool {
    fn groups(node: &Node, found: &mut Vec<usize>) {
        if let Node::Capture(capture) = node {
            found.push(capture.index);
        }
        node.children().iter().for_each(|child| groups(child, found));
    }
    fn reads(node: &Node, own: &[usize]) -> bool {
        let asks = match node {
            Node::Backreference(reference) => reference.group.indexes(),
            Node::Condition(condition) => condition.group.indexes(),
            Node::Call(_) => return true,
            _ => &[],
        };
        asks.iter().any(|index| own.contains(index)) || node.children().iter().any(|child| reads(child, own))
    }
    let mut own = Vec::new();
    groups(node, &mut own);
    reads(node, &own)
}
