//! Rewrites a pattern to what a linear-time engine can run, and decides whether it can.

use crate::ast::{Assertion, Capture, Dot, Greed, Node, Repeat};
use crate::resolve::{Groups, Pattern};
use crate::set::CharSet;

/// How a pattern is to be run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Whether an engine without backtracking can run it.
    pub(crate) linear: bool,
    /// Whether every match starts with a test for the start of a line, or of the text.
    ///
    /// In a linear pattern such a test may hold behind a final newline too, where it should not: a match
    /// that starts there does not count.
    pub(crate) starts_at_line_start: bool,
    /// Whether the result can depend on which bytes are invalid UTF-8.
    pub(crate) sees_invalid_bytes: bool,
}

/// Rewrites `pattern` without changing what it matches.
pub(crate) fn plan(pattern: &mut Pattern) -> Plan {
    let Pattern { root, groups } = pattern;
    unroll_empty(root);
    // What is called is followed by something else each time.
    if groups.bodies.is_empty() {
        loosen(root, &Follow::CannotFail);
    }
    let starts_at_line_start = starts_with_line_start(root);
    let mut for_automata = root.clone();
    let position = if starts_at_line_start { Position::Start } else { Position::Inside };
    relax_line_starts(&mut for_automata, position, false, groups);
    let linear = is_linear(&for_automata) && groups.bodies.iter().flatten().all(is_linear);
    if linear {
        *root = for_automata;
        go_round_once_more(root);
        groups.bodies.iter_mut().flatten().for_each(go_round_once_more);
    } else {
        relax_line_starts(root, Position::Inside, false, groups);
    }
    Plan { linear, starts_at_line_start, sees_invalid_bytes: sees_invalid_bytes(root) }
}

/// Replaces repetitions of what can match only the empty text, such as `(?:^)*`: once is as good as often.
fn unroll_empty(node: &mut Node) {
    node.children_mut().iter_mut().for_each(unroll_empty);
    if let Node::Repeat(repeat) = node
        && is_empty(&repeat.body)
    {
        let body = std::mem::replace(&mut repeat.body, Node::Empty);
        *node = match (repeat.max, repeat.min, repeat.greed) {
            (Some(0), _, _) if !captures(&body) => Node::Empty,
            (Some(0), _, _) => Node::repeat(0, Some(0), body),
            (_, 0, Greed::Greedy) => Node::Alternate(vec![body, Node::Empty]),
            (_, 0, Greed::Lazy) => Node::Alternate(vec![Node::Empty, body]),
            (_, 0, Greed::Possessive) => Node::Atomic(Box::new(Node::Alternate(vec![body, Node::Empty]))),
            (_, _, Greed::Possessive) => Node::Atomic(Box::new(body)),
            _ => body,
        };
    }
}

/// Whether the node matches no character in any case.
fn is_empty(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Assert(_) | Node::Look(_) | Node::Keep => true,
        Node::Repeat(repeat) => repeat.max == Some(0) || is_empty(&repeat.body),
        Node::Concat(_) | Node::Alternate(_) | Node::Capture(_) | Node::Atomic(_) => {
            node.children().iter().all(is_empty)
        }
        _ => false,
    }
}

/// What comes after a part of the pattern.
#[derive(Clone)]
enum Follow {
    /// Nothing that could fail and make the part match differently.
    CannotFail,
    /// One of these characters, or the end of the text; otherwise there is no match.
    OneOf(CharSet),
    Unknown,
}

/// Makes atomic groups and possessive repetitions ordinary ones where it makes no difference: where what
/// follows cannot fail, or fails wherever the repetition could have stopped earlier.
fn loosen(node: &mut Node, follow: &Follow) {
    match node {
        Node::Concat(parts) => {
            let mut follow = follow.clone();
            for part in parts.iter_mut().rev() {
                loosen(part, &follow);
                follow = before(part, follow);
            }
        }
        Node::Alternate(branches) => branches.iter_mut().for_each(|branch| loosen(branch, follow)),
        Node::Capture(capture) => loosen(&mut capture.body, follow),
        Node::Repeat(repeat) => {
            // After one round comes another, or what follows all.
            let inner = if repeat.max == Some(1) { follow } else { &Follow::Unknown };
            loosen(&mut repeat.body, inner);
            if repeat.greed == Greed::Possessive && can_be_greedy(repeat, follow) {
                repeat.greed = Greed::Greedy;
            }
        }
        Node::Atomic(body) => {
            // Nothing that follows makes an atomic group try again.
            loosen(body, &Follow::CannotFail);
            let loose = match (&**body, follow) {
                (_, Follow::CannotFail) => true,
                (Node::Repeat(repeat), follow) => {
                    repeat.greed == Greed::Greedy && can_be_greedy(repeat, follow)
                }
                _ => false,
            };
            if loose {
                *node = std::mem::replace(body, Node::Empty);
            }
        }
        Node::Look(look) => loosen(&mut look.body, &Follow::CannotFail),
        Node::Condition(_) => {
            node.children_mut().iter_mut().for_each(|child| loosen(child, &Follow::Unknown));
        }
        _ => {}
    }
}

/// Whether the repetition, were it to give characters back, would still not let `follow` match.
fn can_be_greedy(repeat: &Repeat, follow: &Follow) -> bool {
    match follow {
        Follow::CannotFail => true,
        Follow::OneOf(set) => one_character(&repeat.body).is_some_and(|body| body.is_disjoint(set)),
        Follow::Unknown => false,
    }
}

/// What comes after the part that stands before `node`, which is followed by `follow`.
fn before(node: &Node, follow: Follow) -> Follow {
    if let Some(set) = one_character(node) {
        return Follow::OneOf(set);
    }
    match node {
        Node::Empty => follow,
        Node::Assert(Assertion::LineEnd | Assertion::TextEndOrFinalNewline) => {
            Follow::OneOf(CharSet::one('\n'))
        }
        Node::Assert(Assertion::TextEnd) => Follow::OneOf(CharSet::empty()),
        Node::Concat(parts) => parts.iter().rev().fold(follow, |follow, part| before(part, follow)),
        Node::Alternate(branches) => {
            let mut each = branches.iter().map(|branch| before(branch, follow.clone()));
            let first = each.next().unwrap_or(Follow::Unknown);
            each.fold(first, either)
        }
        Node::Capture(capture) => before(&capture.body, follow),
        Node::Repeat(repeat) if repeat.min == 0 => {
            if let Follow::CannotFail = follow {
                // Nor can an optional part fail.
                return Follow::CannotFail;
            }
            either(before(&repeat.body, Follow::Unknown), follow)
        }
        Node::Repeat(repeat) => before(&repeat.body, Follow::Unknown),
        _ => Follow::Unknown,
    }
}

fn either(one: Follow, other: Follow) -> Follow {
    match (one, other) {
        (Follow::OneOf(mut one), Follow::OneOf(other)) => {
            one.union(&other);
            Follow::OneOf(one)
        }
        (Follow::CannotFail, Follow::CannotFail) => Follow::CannotFail,
        _ => Follow::Unknown,
    }
}

/// The set of characters a node matches one of.
fn one_character(node: &Node) -> Option<CharSet> {
    match node {
        Node::Char(ch) => Some(CharSet::one(*ch)),
        Node::Set(set) => Some(set.clone()),
        Node::Any(Dot::Everything) => Some(CharSet::empty().negated()),
        Node::Any(Dot::NotNewline) => Some(CharSet::one('\n').negated()),
        _ => None,
    }
}

/// Whether every match starts by testing for the start of a line or of the text.
fn starts_with_line_start(node: &Node) -> bool {
    match node {
        Node::Assert(Assertion::LineStart | Assertion::TextStart) => true,
        Node::Concat(parts) => parts.first().is_some_and(starts_with_line_start),
        Node::Alternate(branches) => branches.iter().all(starts_with_line_start),
        Node::Capture(capture) => starts_with_line_start(&capture.body),
        Node::Atomic(body) => starts_with_line_start(body),
        _ => false,
    }
}

/// Where in a match a node is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// At the start, in a pattern all of whose matches start with a test for the start of a line.
    Start,
    Inside,
}

/// Marks each `^` that is not tried at the end of the text, or that is only where the start of the match
/// tells. `consumed_after` is whether a character is matched after `node` in any case. Returns whether
/// `node` itself matches one in any case.
fn relax_line_starts(node: &mut Node, position: Position, consumed_after: bool, groups: &Groups) -> bool {
    match node {
        Node::Assert(assertion) => {
            if *assertion == Assertion::LineStart && (consumed_after || position == Position::Start) {
                *assertion = Assertion::LineStartNotLast;
            }
            false
        }
        Node::Char(_) | Node::Set(_) | Node::Any(_) => true,
        Node::Concat(parts) => {
            let mut consumed = false;
            for (at, part) in parts.iter_mut().enumerate().rev() {
                let position = if at == 0 { position } else { Position::Inside };
                consumed |= relax_line_starts(part, position, consumed || consumed_after, groups);
            }
            consumed
        }
        Node::Alternate(branches) => {
            let mut consumed = true;
            for branch in branches {
                consumed &= relax_line_starts(branch, position, consumed_after, groups);
            }
            consumed
        }
        Node::Capture(capture) => {
            // What is called is tried elsewhere too.
            let called = !groups.bodies.is_empty();
            relax_line_starts(
                &mut capture.body,
                if called { Position::Inside } else { position },
                consumed_after && !called,
                groups,
            )
        }
        Node::Atomic(body) => relax_line_starts(body, position, consumed_after, groups),
        Node::Repeat(repeat) => {
            let body = relax_line_starts(&mut repeat.body, Position::Inside, consumed_after, groups);
            body && repeat.min > 0
        }
        // What is tried here is no part of the match, or may be none.
        Node::Look(_) | Node::Condition(_) => {
            for child in node.children_mut() {
                relax_line_starts(child, Position::Inside, false, groups);
            }
            false
        }
        Node::Empty | Node::Backreference(_) | Node::Call(_) | Node::Keep => false,
    }
}

/// Whether a linear-time engine can run the node.
fn is_linear(node: &Node) -> bool {
    let itself = match node {
        Node::Atomic(_)
        | Node::Look(_)
        | Node::Backreference(_)
        | Node::Condition(_)
        | Node::Keep
        | Node::Assert(Assertion::LineStart | Assertion::TextEndOrFinalNewline) => false,
        Node::Repeat(repeat) => repeat.greed != Greed::Possessive,
        _ => true,
    };
    itself && node.children().iter().all(is_linear)
}

/// Lets repetitions such as `(a*)*` set their groups in a last round that matches nothing, as they do with
/// backtracking; an automaton does not go that round.
fn go_round_once_more(node: &mut Node) {
    match node {
        // The last round of a repetition is the last one of those within too.
        Node::Repeat(repeat)
            if repeat.max.is_none() && repeat.greed == Greed::Greedy && captures(&repeat.body) =>
        {
            if let Some(last_round) = matching_nothing(&repeat.body) {
                let repeat = std::mem::replace(node, Node::Empty);
                *node = Node::Concat(vec![repeat, Node::repeat(0, Some(1), last_round)]);
                return;
            }
        }
        _ => {}
    }
    node.children_mut().iter_mut().for_each(go_round_once_more);
}

/// What remains of the node without the ways to match a character; `None` if there is no other way.
fn matching_nothing(node: &Node) -> Option<Node> {
    match node {
        Node::Empty | Node::Assert(_) => Some(node.clone()),
        Node::Concat(parts) => Some(Node::concat(parts.iter().map(matching_nothing).collect::<Option<_>>()?)),
        Node::Alternate(branches) => {
            let branches: Vec<Node> = branches.iter().filter_map(matching_nothing).collect();
            (!branches.is_empty()).then(|| Node::alternate(branches))
        }
        Node::Capture(capture) => {
            let Capture { index, name, body } = &**capture;
            let body = matching_nothing(body)?;
            Some(Node::Capture(Box::new(Capture { index: *index, name: name.clone(), body })))
        }
        Node::Repeat(repeat) => match matching_nothing(&repeat.body) {
            Some(body) if repeat.min == 0 => Some(Node::repeat(0, Some(1), body)),
            Some(body) => Some(body),
            None => (repeat.min == 0).then_some(Node::Empty),
        },
        _ => None,
    }
}

/// Whether the node holds a group.
fn captures(node: &Node) -> bool {
    matches!(node, Node::Capture(_) | Node::Call(_)) || node.children().iter().any(captures)
}

/// Whether the node matches invalid bytes, or tests what is around them.
fn sees_invalid_bytes(node: &Node) -> bool {
    match node {
        Node::Any(_) => true,
        Node::Set(set) => set.invalid_bytes,
        Node::Assert(assertion) => {
            matches!(
                assertion,
                Assertion::WordBoundary
                    | Assertion::NotWordBoundary
                    | Assertion::AsciiWordBoundary
                    | Assertion::AsciiNotWordBoundary
                    | Assertion::LineEnd
                    | Assertion::TextEnd
            )
        }
        _ => node.children().iter().any(sees_invalid_bytes),
    }
}
