use std::ops::Range;
use std::sync::Arc;

use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, meta};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

use crate::wrapping::Unwrapped;
use crate::{Error, ErrorKind, StepLimit, Wrapping};

/// A compiled pattern. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Regex {
    inner: Arc<Inner>,
}

/// Where the groups of a match are. Made once and used again for every search.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    slots: Vec<Option<NonMaxUsize>>,
}

#[derive(Debug)]
struct Inner {
    engine: meta::Regex,
    names: Vec<(usize, Box<str>)>,
    group_count: usize,
}

impl Regex {
    /// Compiles a pattern that is not wrapped in slashes.
    ///
    /// # Errors
    ///
    /// When the pattern is malformed or uses an unsupported construct.
    pub fn new(pattern: &str) -> Result<Regex, Error> {
        Regex::compile(Unwrapped { pattern, offset: 0, dot_all: false, ignore_case: false, extended: false })
    }

    /// Compiles a pattern as it stands in a Fluent Bit configuration.
    ///
    /// # Errors
    ///
    /// When the pattern is malformed or uses an unsupported construct.
    pub fn fluent_bit(pattern: &str, wrapping: Wrapping) -> Result<Regex, Error> {
        Regex::compile(wrapping.unwrap(pattern))
    }

    /// Whether the pattern matches anywhere. False when the step limit is hit.
    pub fn is_match(&self, haystack: &[u8]) -> bool {
        self.inner.engine.is_match(haystack)
    }

    /// Whether the pattern matches anywhere.
    ///
    /// # Errors
    ///
    /// When the search took too many steps.
    pub fn try_is_match(&self, haystack: &[u8]) -> Result<bool, StepLimit> {
        Ok(self.is_match(haystack))
    }

    /// The length of the match that starts at position 0.
    pub fn match_at_start(&self, haystack: &[u8]) -> Option<usize> {
        let input = Input::new(haystack).anchored(Anchored::Yes);
        self.inner.engine.search_half(&input).map(|half| half.offset())
    }

    /// The named groups: group index and name.
    pub fn group_names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.inner.names.iter().map(|(index, name)| (*index, &**name))
    }

    /// Whether the pattern has a named group.
    pub fn has_named_groups(&self) -> bool {
        !self.inner.names.is_empty()
    }

    /// The number of capture groups, the whole match not counted.
    pub fn group_count(&self) -> usize {
        self.inner.group_count
    }

    /// Searches and fills `slots` with the groups of the leftmost match.
    pub fn captures(&self, haystack: &[u8], slots: &mut Captures) -> bool {
        slots.slots.clear();
        slots.slots.resize(2 * (self.inner.group_count + 1), None);
        self.inner.engine.search_slots(&Input::new(haystack), &mut slots.slots).is_some()
    }

    /// Whether searches take time linear in the haystack.
    pub fn is_linear(&self) -> bool {
        true
    }

    fn compile(unwrapped: Unwrapped<'_>) -> Result<Regex, Error> {
        // Ruby's `\d \w \s` are ASCII, its POSIX brackets are not; `\h` is a hex digit.
        let mut text = String::new();
        let mut rest = unwrapped.pattern.chars();
        let mut depth = 0;
        while let Some(ch) = rest.next() {
            match ch {
                '[' => {
                    depth += 1;
                    text.push(ch);
                }
                ']' => {
                    depth -= i32::from(depth > 0);
                    text.push(ch);
                }
                '\\' => match rest.next() {
                    Some(class @ ('d' | 'w' | 's' | 'D' | 'W' | 'S')) => {
                        let name = match class.to_ascii_lowercase() {
                            'd' => "digit",
                            'w' => "word",
                            _ => "space",
                        };
                        let not = if class.is_ascii_uppercase() { "^" } else { "" };
                        text.extend(["[[:", not, name, ":]]"]);
                    }
                    Some('h') => text.push_str("[0-9a-fA-F]"),
                    Some('H') => text.push_str("[^0-9a-fA-F]"),
                    Some('Z') => text.push_str("(?-m:\\n?$)"),
                    Some(ch) if !ch.is_ascii_alphanumeric() => {
                        text.push('\\');
                        text.push(ch);
                    }
                    Some(ch) => {
                        text.push('\\');
                        text.push(ch);
                    }
                    None => text.push('\\'),
                },
                _ => text.push(ch),
            }
        }
        let hir = ParserBuilder::new()
            .multi_line(true)
            .utf8(false)
            .dot_matches_new_line(unwrapped.dot_all)
            .case_insensitive(unwrapped.ignore_case)
            .ignore_whitespace(unwrapped.extended)
            .build()
            .parse(&text)
            .map_err(|error| Error::new(ErrorKind::Syntax, unwrapped.offset, error.to_string()))?;
        let mut groups = Vec::new();
        collect(&hir, &mut groups);
        groups.sort();
        let names: Vec<_> = groups.iter().filter_map(|(index, name)| Some((*index, name.clone()?))).collect();
        let engine = meta::Builder::new()
            .configure(meta::Config::new().utf8_empty(false))
            .build_from_hir(&hir)
            .map_err(|error| Error::new(ErrorKind::TooLarge, unwrapped.offset, error.to_string()))?;
        Ok(Regex { inner: Arc::new(Inner { engine, names, group_count: groups.len() }) })
    }
}

impl Captures {
    /// Room for the groups of any pattern.
    pub fn new() -> Captures {
        Captures::default()
    }

    /// Where group `index` matched; the whole match is group 0.
    pub fn get(&self, index: usize) -> Option<Range<usize>> {
        let start = (*self.slots.get(2 * index)?)?.get();
        let end = (*self.slots.get(2 * index + 1)?)?.get();
        Some(start..end)
    }
}

fn collect(hir: &Hir, groups: &mut Vec<(usize, Option<Box<str>>)>) {
    match hir.kind() {
        HirKind::Capture(capture) => {
            groups.push((capture.index as usize, capture.name.clone()));
            collect(&capture.sub, groups);
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, groups),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| collect(part, groups));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surface() {
        let regex = Regex::fluent_bit("/^(?<level>[a-z]+) (?<rest>.*)$/", Wrapping::Flags).unwrap();
        let mut captures = Captures::new();
        assert!(regex.captures(b"warn disk is full", &mut captures));
        assert_eq!(captures.get(1), Some(0..4));
        assert_eq!(captures.get(2), Some(5..17));
        assert_eq!(regex.group_names().collect::<Vec<_>>(), [(1, "level"), (2, "rest")]);
        assert_eq!(Regex::new("kube").unwrap().match_at_start(b"kube.a"), Some(4));
        assert_eq!(Regex::new("kube").unwrap().match_at_start(b"xkube.a"), None);
    }
}
