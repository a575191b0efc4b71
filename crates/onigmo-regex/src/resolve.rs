//! From the tree of a pattern to a pattern whose references are known to hold.

use crate::ast::{Assertion, Direction, Greed, GroupRef, Look, Node, Target};
use crate::parse::NEST_LIMIT;
use crate::{Error, ErrorKind};

/// How many nodes the calls of groups may add up to once each is replaced by its group.
const EXPANSION_LIMIT: usize = 100_000;

/// A checked pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) root: Node,
    pub(crate) groups: Groups,
}

/// The capture groups of a pattern.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    /// How many there are, the whole match not counted.
    pub(crate) count: usize,
    /// Index and name of the named ones: the names in the order in which they first appear, under each
    /// name its groups.
    pub(crate) names: Vec<(usize, Box<str>)>,
    /// The groups that a call may run again, by index: all of them, or none when there is no call.
    pub(crate) bodies: Vec<Option<Node>>,
}

/// Numbers the groups for good and resolves the references to them.
pub(crate) fn resolve(mut root: Node) -> Result<Pattern, Error> {
    let mut found = Vec::new();
    collect(&root, &mut found);
    let only_named = found.iter().any(Option::is_some);
    let mut numbers = Vec::with_capacity(found.len());
    let mut groups = Groups::default();
    for name in &found {
        let captures = name.is_some() || !only_named;
        groups.count += usize::from(captures);
        numbers.push(captures.then_some(groups.count));
    }
    groups.names = name_table(&found, &numbers);
    renumber(&mut root, &numbers);

    let mut resolver = Resolver { groups: &groups, numbers: &numbers, only_named, has_call: false };
    resolver.visit(&mut root)?;
    if resolver.has_call {
        groups.bodies = vec![None; groups.count + 1];
        collect_bodies(&root, &mut groups.bodies);
        Expansion::new(&groups).check(&root)?;
    }
    check_look_behinds(&root, &groups)?;
    Ok(Pattern { root, groups })
}

/// The names of all groups in the order of their indexes.
fn collect(node: &Node, found: &mut Vec<Option<Box<str>>>) {
    if let Node::Capture(capture) = node {
        // The parser numbers groups from 1 in the order in which this walk meets them.
        found.push(capture.name.clone());
    }
    node.children().iter().for_each(|child| collect(child, found));
}

fn name_table(found: &[Option<Box<str>>], numbers: &[Option<usize>]) -> Vec<(usize, Box<str>)> {
    let named = || found.iter().zip(numbers).filter_map(|(name, number)| Some((name.as_ref()?, (*number)?)));
    let mut table: Vec<(usize, Box<str>)> = Vec::new();
    for (name, _) in named() {
        if !table.iter().any(|(_, known)| known == name) {
            table.extend(
                named().filter(|(other, _)| *other == name).map(|(name, number)| (number, name.clone())),
            );
        }
    }
    table
}

/// Gives the groups their final numbers, and makes those without one non-capturing.
fn renumber(node: &mut Node, numbers: &[Option<usize>]) {
    while let Node::Capture(capture) = node {
        match numbers.get(capture.index - 1).copied().flatten() {
            Some(number) => {
                capture.index = number;
                break;
            }
            None => *node = std::mem::replace(&mut capture.body, Node::Empty),
        }
    }
    node.children_mut().iter_mut().for_each(|child| renumber(child, numbers));
}

struct Resolver<'g> {
    groups: &'g Groups,
    /// The numbers of the groups as the parser counted them, from 1.
    numbers: &'g [Option<usize>],
    /// A pattern with named groups has no numbers to refer to.
    only_named: bool,
    has_call: bool,
}

impl Resolver<'_> {
    fn visit(&mut self, node: &mut Node) -> Result<(), Error> {
        match node {
            Node::Backreference(reference) => self.resolve(&mut reference.group, Kind::Back)?,
            Node::Condition(condition) => self.resolve(&mut condition.group, Kind::Back)?,
            Node::Call(group) => {
                self.has_call = true;
                self.resolve(group, Kind::Call)?;
            }
            _ => {}
        }
        node.children_mut().iter_mut().try_for_each(|child| self.visit(child))
    }

    fn resolve(&self, group: &mut GroupRef, kind: Kind) -> Result<(), Error> {
        let indexes = match &group.target {
            Target::Resolved(_) => return Ok(()),
            Target::Number(0) if kind == Kind::Call => return Err(recursion(group.offset)),
            Target::Number(_) if self.only_named => {
                return Err(Error::new(ErrorKind::NumberedReference, group.offset));
            }
            Target::Number(number) if (1..=self.groups.count).contains(number) => vec![*number],
            Target::Number(number) if kind == Kind::Call => {
                return Err(Error::with_detail(ErrorKind::UndefinedGroup, group.offset, number.to_string()));
            }
            Target::Number(_) => return Err(Error::new(ErrorKind::InvalidBackreference, group.offset)),
            Target::Named(indexes) => {
                indexes.iter().filter_map(|index| *self.numbers.get(index - 1)?).collect()
            }
            Target::Name(name) => {
                let named = self.groups.names.iter().filter(|(_, known)| known == name);
                let indexes: Vec<usize> = named.map(|(index, _)| *index).collect();
                if indexes.is_empty() {
                    return Err(Error::with_detail(ErrorKind::UndefinedName, group.offset, name.clone()));
                }
                if indexes.len() > 1 {
                    return Err(Error::with_detail(ErrorKind::AmbiguousCall, group.offset, name.clone()));
                }
                indexes
            }
        };
        group.target = Target::Resolved(indexes);
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Back,
    Call,
}

fn recursion(offset: usize) -> Error {
    Error::with_detail(ErrorKind::Unsupported, offset, "a group that calls itself")
}

fn collect_bodies(node: &Node, bodies: &mut [Option<Node>]) {
    if let Node::Capture(capture) = node
        && let Some(body) = bodies.get_mut(capture.index)
    {
        *body = Some(node.clone());
    }
    node.children().iter().for_each(|child| collect_bodies(child, bodies));
}

/// How large and how deep a pattern would be with each call replaced by the group it calls.
struct Expansion<'g> {
    groups: &'g Groups,
    /// What is known of each group, by index.
    known: Vec<Known>,
}

#[derive(Clone, Copy)]
enum Known {
    Nothing,
    /// Its measure is being taken, so that another call of it would be recursion.
    Pending,
    Measure(Measure),
}

#[derive(Clone, Copy)]
struct Measure {
    nodes: usize,
    depth: usize,
}

impl<'g> Expansion<'g> {
    fn new(groups: &'g Groups) -> Self {
        Expansion { groups, known: vec![Known::Nothing; groups.count + 1] }
    }

    fn check(&mut self, root: &Node) -> Result<(), Error> {
        let Measure { nodes, depth } = self.measure(root)?;
        if nodes > EXPANSION_LIMIT {
            return Err(Error::new(ErrorKind::TooLarge, 0));
        }
        // A level of the parser makes up to three levels of nodes.
        if depth > 3 * NEST_LIMIT { Err(Error::new(ErrorKind::NestedTooDeep, 0)) } else { Ok(()) }
    }

    fn measure(&mut self, node: &Node) -> Result<Measure, Error> {
        if let Node::Call(group) = node {
            let groups = self.groups;
            let index = group.first_index();
            return match self.known[index] {
                Known::Measure(measure) => Ok(measure),
                Known::Pending => Err(recursion(group.offset)),
                Known::Nothing => {
                    self.known[index] = Known::Pending;
                    let measure = self.measure(groups.bodies[index].as_ref().unwrap_or(&Node::Empty))?;
                    self.known[index] = Known::Measure(measure);
                    Ok(measure)
                }
            };
        }
        let mut total = Measure { nodes: 1, depth: 0 };
        for child in node.children() {
            let Measure { nodes, depth } = self.measure(child)?;
            total.nodes = total.nodes.saturating_add(nodes);
            total.depth = total.depth.max(depth);
        }
        total.depth += 1;
        Ok(total)
    }
}

fn check_look_behinds(node: &Node, groups: &Groups) -> Result<(), Error> {
    if let Node::Look(look) = node
        && look.direction == Direction::Behind
    {
        let invalid = || Error::new(ErrorKind::InvalidLookBehind, look.offset);
        let branches = match &look.body {
            Node::Alternate(branches) => &branches[..],
            body => std::slice::from_ref(body),
        };
        for branch in branches {
            width(branch, look, groups).ok_or_else(invalid)?;
        }
    }
    node.children().iter().try_for_each(|child| check_look_behinds(child, groups))
}

/// How many characters `node` matches within a look-behind, if it is always the same number and nothing
/// in it is forbidden there.
fn width(node: &Node, look: &Look, groups: &Groups) -> Option<usize> {
    match node {
        Node::Empty | Node::Keep => Some(0),
        Node::Char(_) | Node::Set(_) | Node::Any(_) => Some(1),
        Node::Assert(Assertion::TextEnd | Assertion::TextEndOrFinalNewline) => None,
        Node::Assert(_) => Some(0),
        Node::Concat(parts) => {
            parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(width(part, look, groups)?))
        }
        Node::Alternate(branches) => {
            let mut widths = branches.iter().map(|branch| width(branch, look, groups));
            let first = widths.next()??;
            widths.all(|width| width == Some(first)).then_some(first)
        }
        Node::Repeat(repeat) => {
            if repeat.greed == Greed::Possessive || repeat.max != Some(repeat.min) {
                return None;
            }
            width(&repeat.body, look, groups)?.checked_mul(usize::try_from(repeat.min).ok()?)
        }
        Node::Capture(capture) if !look.negated => width(&capture.body, look, groups),
        Node::Call(group) if !look.negated => {
            let body = groups.bodies.get(group.first_index())?.as_ref()?;
            width(body, look, groups)
        }
        Node::Look(inner) if inner.direction == Direction::Behind => Some(0),
        Node::Capture(_)
        | Node::Call(_)
        | Node::Look(_)
        | Node::Atomic(_)
        | Node::Backreference(_)
        | Node::Condition(_) => None,
    }
}
