//! Patterns so small that no automaton is needed to tell whether they match.

use memchr::memmem::Finder;

use crate::ast::{Assertion, Node};

/// Tells whether a text holds one of a few bytes, or a piece of text, or has a line that starts with one.
#[derive(Clone, Debug)]
pub(crate) enum Scan {
    /// One of the ASCII characters whose bit is set.
    OneOf(u128),
    Literal(Box<Finder<'static>>),
    /// Looks for a newline and what follows it.
    LineStart(Box<Finder<'static>>),
}

impl Scan {
    /// The scan that finds the same as the pattern, if there is one. Neither kind can match within a
    /// character, or be misled by invalid UTF-8.
    pub(crate) fn new(root: &Node) -> Option<Scan> {
        match root {
            Node::Set(set) if !set.invalid_bytes => {
                let mut bits = 0;
                for range in set.chars.ranges() {
                    if !range.end().is_ascii() {
                        return None;
                    }
                    bits |= (range.start()..=range.end()).fold(0, |bits, ch| bits | 1_u128 << u32::from(ch));
                }
                Some(Scan::OneOf(bits))
            }
            Node::Char(ch) if ch.is_ascii() => Some(Scan::OneOf(1 << u32::from(*ch))),
            Node::Char(_) => Some(Scan::Literal(finder("", std::slice::from_ref(root))?)),
            Node::Concat(parts) => match &parts[..] {
                [Node::Assert(Assertion::LineStart | Assertion::LineStartNotLast), parts @ ..]
                    if !parts.is_empty() =>
                {
                    Some(Scan::LineStart(finder("\n", parts)?))
                }
                parts => Some(Scan::Literal(finder("", parts)?)),
            },
            _ => None,
        }
    }

    pub(crate) fn is_match(&self, haystack: &[u8]) -> bool {
        match self {
            Scan::OneOf(bits) => haystack.iter().any(|&byte| byte < 128 && bits >> byte & 1 == 1),
            Scan::Literal(finder) => finder.find(haystack).is_some(),
            Scan::LineStart(finder) => {
                finder.needle().get(1..).is_some_and(|start| haystack.starts_with(start))
                    || finder.find(haystack).is_some()
            }
        }
    }
}

/// Finds `prefix` and the characters of `parts`, if they are nothing else.
fn finder(prefix: &str, parts: &[Node]) -> Option<Box<Finder<'static>>> {
    let mut needle = prefix.to_owned();
    for part in parts {
        let Node::Char(ch) = part else { return None };
        needle.push(*ch);
    }
    Some(Box::new(Finder::new(&needle).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Flags, parse};

    fn check(pattern: &str, haystack: &[u8], expected: Option<bool>) {
        let root = parse(pattern, Flags::default()).unwrap();
        assert_eq!(Scan::new(&root).map(|scan| scan.is_match(haystack)), expected, "{pattern}");
    }

    #[test]
    fn small_patterns_are_scanned_for() {
        check("[234]", b"3", Some(true));
        check("[234]", b"5", Some(false));
        check("[234]", b"\xb2\xff", Some(false));
        check("#", b"a#", Some(true));
        check("health", b"GET /healthz", Some(true));
        check("é", "cafés".as_bytes(), Some(true));
        check("é", b"\xe9", Some(false));
        check("^E ", b"E x", Some(true));
        check("^E ", b"x\nE x", Some(true));
        check("^E ", b"xE x", Some(false));
    }

    #[test]
    fn others_are_not() {
        check("[^a]", b"", None);
        check("[é]x*", b"", None);
        check("ab|c", b"", None);
        check("^", b"", None);
        check("^a*", b"", None);
        check("(a)", b"", None);
    }
}
