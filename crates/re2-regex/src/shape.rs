//! Patterns that need no engine: lists of words, and a beginning and an end with anything between.
//!
//! Most patterns of relabelling rules are of this kind. They are recognised by what they match, not by how
//! they are written: `(?:https?)` and `http|https` are the same list.

use std::mem;

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use crate::class;

/// The most words a concatenation of sets of words may multiply to.
const MAX_PRODUCT: usize = 256;
/// How deep groups may nest in a shape. Deeper patterns go to the engine.
const MAX_DEPTH: u32 = 32;

/// A set of texts that can be told without an engine, and where the groups lie in a member.
#[derive(Debug)]
pub(crate) struct Shape {
    words: Words,
    affixes: Box<[Affix]>,
    /// Where the groups from the first on lie, if that follows from the length of the text.
    groups: Option<Box<[(Edge, Edge)]>>,
}

/// A place in a text of known length.
#[derive(Clone, Copy, Debug)]
enum Edge {
    FromStart(usize),
    FromEnd(usize),
}

impl Edge {
    fn at(self, len: usize) -> usize {
        match self {
            Self::FromStart(distance) => distance,
            Self::FromEnd(distance) => len.saturating_sub(distance),
        }
    }
}

impl Shape {
    /// The shape of `hir`, if it has one. `groups` counts the groups without the whole match.
    pub(crate) fn of(hir: &Hir, groups: usize) -> Option<Self> {
        let parts = anchored_parts(hir)?;
        let mut affix = Builder { edges: vec![None; groups], ..Builder::default() };
        if affix.parts(parts, 0).is_some() {
            return Some(affix.finish());
        }
        let [part] = parts else { return Self::of_words(parts) };
        let (part, outermost) = without_groups(part);
        let HirKind::Alternation(alternatives) = part.kind() else { return Self::of_words(parts) };
        let mut words = Vec::new();
        let mut affixes = Vec::new();
        for alternative in alternatives {
            let mut affix = Builder { edges: vec![None; groups], ..Builder::default() };
            if let Some(more) = list(alternative, 0) {
                words.extend(more);
            } else if affix.part(alternative, 0).is_some() {
                affixes.extend(affix.finish().affixes);
            } else {
                return None;
            }
        }
        let groups = (outermost == groups).then(|| whole(groups));
        Some(Self { words: Words::new(words), affixes: affixes.into(), groups })
    }

    fn of_words(parts: &[Hir]) -> Option<Self> {
        let mut groups = 0;
        let words = match parts {
            [part] => {
                let (inner, outermost) = without_groups(part);
                let inside = inner.properties().explicit_captures_len();
                groups = if inside == 0 { outermost } else { usize::MAX };
                list(part, 0)?
            }
            parts => {
                if parts.iter().any(|part| part.properties().explicit_captures_len() > 0) {
                    groups = usize::MAX;
                }
                list_all(parts, 0)?
            }
        };
        let groups = (groups != usize::MAX).then(|| whole(groups));
        Some(Self { words: Words::new(words), affixes: Box::default(), groups })
    }

    /// Whether `text` is in the set.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.words.contains(text.as_bytes()) || self.affixes.iter().any(|affix| affix.is_match(text))
    }

    /// The spans of the groups from the first on in a member of `len` bytes, or nothing if only the engine
    /// can tell.
    pub(crate) fn groups(&self, len: usize) -> Option<impl Iterator<Item = (usize, usize)>> {
        let groups = self.groups.as_ref()?;
        Some(groups.iter().map(move |(start, end)| (start.at(len), end.at(len))))
    }

    /// Whether the engine has to tell where the groups lie.
    pub(crate) fn needs_engine(&self) -> bool {
        self.groups.is_none()
    }
}

/// Groups that all hold the whole text.
fn whole(groups: usize) -> Box<[(Edge, Edge)]> {
    vec![(Edge::FromStart(0), Edge::FromEnd(0)); groups].into()
}

/// The parts between `^` and `$`, if the pattern as a whole stands between them.
pub(crate) fn anchored_parts(hir: &Hir) -> Option<&[Hir]> {
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let starts = parts.iter().take_while(|part| matches!(part.kind(), HirKind::Look(Look::Start))).count();
    let ends = parts.iter().rev().take_while(|part| matches!(part.kind(), HirKind::Look(Look::End))).count();
    if starts == 0 || ends == 0 {
        return None;
    }
    parts.get(starts..parts.len() - ends)
}

/// The expression inside of the groups that wrap all of it, and their number.
fn without_groups(mut hir: &Hir) -> (&Hir, usize) {
    let mut groups = 0;
    while let HirKind::Capture(capture) = hir.kind() {
        hir = &capture.sub;
        groups += 1;
    }
    (hir, groups)
}

/// `prefix.*suffix`, or with `.+`.
#[derive(Debug)]
struct Affix {
    prefix: Box<[u8]>,
    suffix: Box<[u8]>,
    /// The fewest characters between; text is valid, so one character is at least one byte.
    between: usize,
}

impl Affix {
    fn is_match(&self, text: &str) -> bool {
        let text = text.as_bytes();
        // Names and values that are compared with a prefix mostly begin alike: its end tells them apart.
        let end = self.prefix.len().saturating_sub(1);
        text.len() >= self.prefix.len() + self.suffix.len() + self.between
            && self.prefix.last().is_none_or(|last| text.get(end) == Some(last))
            // Comparing with an empty box of its own is slow out of all proportion: glibc's `memcmp` reads from where
            // an empty box points to with a mask of no bytes, and the processor stumbles over the address.
            && (self.prefix.is_empty() || text.starts_with(&self.prefix))
            && (self.suffix.is_empty() || text.ends_with(&self.suffix))
    }
}

/// Collects the parts of an [`Affix`] from left to right.
#[derive(Debug, Default)]
struct Builder {
    prefix: Vec<u8>,
    suffix: Vec<u8>,
    between: Option<usize>,
    /// By group: its edges, as distances from the start of the prefix or the start of the suffix.
    edges: Vec<Option<(Edge, Edge)>>,
}

impl Builder {
    fn parts(&mut self, parts: &[Hir], depth: u32) -> Option<()> {
        parts.iter().try_for_each(|part| self.part(part, depth))
    }

    fn part(&mut self, part: &Hir, depth: u32) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match part.kind() {
            HirKind::Empty => Some(()),
            HirKind::Literal(literal) => {
                let text = if self.between.is_some() { &mut self.suffix } else { &mut self.prefix };
                text.extend_from_slice(&literal.0);
                Some(())
            }
            HirKind::Concat(parts) => self.parts(parts, depth + 1),
            HirKind::Repetition(Repetition { min: min @ (0 | 1), max: None, sub, .. }) if is_any(sub) => {
                if self.between.is_some() {
                    return None;
                }
                self.between = Some(*min as usize);
                Some(())
            }
            HirKind::Capture(capture) => {
                let start = self.edge();
                self.part(&capture.sub, depth + 1)?;
                let end = self.edge();
                let index = (capture.index as usize).checked_sub(1)?;
                *self.edges.get_mut(index)? = Some((start, end));
                Some(())
            }
            _ => None,
        }
    }

    fn edge(&self) -> Edge {
        match self.between {
            None => Edge::FromStart(self.prefix.len()),
            Some(_) => Edge::FromEnd(self.suffix.len()),
        }
    }

    fn finish(mut self) -> Shape {
        let len = self.suffix.len();
        let turn = |edge| match edge {
            Edge::FromEnd(after) => Edge::FromEnd(len - after),
            edge => edge,
        };
        let edges = mem::take(&mut self.edges).into_iter();
        let groups = edges.map(|edges| edges.map(|(start, end)| (turn(start), turn(end)))).collect();
        let Some(between) = self.between else {
            return Shape { words: Words::new(vec![self.prefix]), affixes: Box::default(), groups };
        };
        let affix = Affix { prefix: self.prefix.into(), suffix: self.suffix.into(), between };
        Shape { words: Words::default(), affixes: [affix].into(), groups }
    }
}

/// Whether `hir` is one character, whichever.
fn is_any(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Class(Class::Unicode(class)) if *class == class::any())
}

/// Every text `hir` matches, if they are few.
fn list(hir: &Hir, depth: u32) -> Option<Vec<Vec<u8>>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match hir.kind() {
        HirKind::Empty => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Class(Class::Unicode(class)) => {
            let mut words = Vec::new();
            for char in class.ranges().iter().flat_map(|range| range.start()..=range.end()) {
                if words.len() == MAX_PRODUCT {
                    return None;
                }
                words.push(char.encode_utf8(&mut [0; 4]).as_bytes().to_vec());
            }
            Some(words)
        }
        HirKind::Capture(capture) => list(&capture.sub, depth + 1),
        HirKind::Concat(parts) => list_all(parts, depth + 1),
        HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
            let mut words = list(sub, depth + 1)?;
            words.push(Vec::new());
            Some(words)
        }
        HirKind::Alternation(alternatives) => {
            let mut words = Vec::new();
            for alternative in alternatives {
                words.append(&mut list(alternative, depth + 1)?);
            }
            Some(words)
        }
        _ => None,
    }
}

/// Every text the concatenation of `parts` matches, if they are few.
fn list_all(parts: &[Hir], depth: u32) -> Option<Vec<Vec<u8>>> {
    let mut words = vec![Vec::new()];
    for part in parts {
        let ends = list(part, depth)?;
        if words.len().saturating_mul(ends.len()) > MAX_PRODUCT {
            return None;
        }
        words = words
            .iter()
            .flat_map(|word| ends.iter().map(move |end| [word.as_slice(), end].concat()))
            .collect();
    }
    Some(words)
}

/// A set of words: of each length one sorted block of bytes.
#[derive(Debug, Default)]
struct Words {
    blocks: Box<[Block]>,
    has_empty: bool,
}

#[derive(Debug)]
struct Block {
    /// The length of each word; not 0.
    len: usize,
    words: Box<[u8]>,
}

impl Words {
    fn new(mut words: Vec<Vec<u8>>) -> Self {
        words.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        words.dedup();
        let has_empty = words.first().is_some_and(Vec::is_empty);
        let blocks = words
            .chunk_by(|a, b| a.len() == b.len())
            .filter_map(|words| Some(Block { len: words.first()?.len(), words: words.concat().into() }))
            .filter(|block| block.len > 0)
            .collect();
        Self { blocks, has_empty }
    }

    fn contains(&self, text: &[u8]) -> bool {
        if text.is_empty() {
            return self.has_empty;
        }
        self.blocks.iter().find(|block| block.len == text.len()).is_some_and(|block| block.contains(text))
    }
}

impl Block {
    fn contains(&self, text: &[u8]) -> bool {
        let (mut low, mut high) = (0, self.words.len() / self.len);
        while low < high {
            let middle = low.midpoint(high);
            let word = self.words.get(middle * self.len..(middle + 1) * self.len).unwrap_or_default();
            match word.cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use linear_regex::{Automaton, Input, Limits};

    use super::*;
    use crate::parser;

    /// That the anchored `pattern` has a shape or not, and that the shape says what the engine says.
    #[track_caller]
    fn check(pattern: &str, has_shape: bool, has_groups: bool) {
        let parsed = parser::parse(&format!("^(?s:{pattern})$")).unwrap();
        let shape = Shape::of(&parsed.hir, parsed.names.len() - 1);
        assert_eq!(shape.is_some(), has_shape, "{pattern:?}: {shape:?}");
        let Some(shape) = shape else { return };
        assert_eq!(!shape.needs_engine(), has_groups, "{pattern:?}: {shape:?}");
        let engine = Automaton::new(&parsed.hir, Limits::default()).unwrap();
        let pieces = ["", "a", "b", "ab", "é", "\n", "-", "https", "http"];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let text = [one, two, three].concat();
                    let mut slots = vec![None; 2 * parsed.names.len()];
                    let matched = engine.search(&Input::new(&text), &mut slots);
                    assert_eq!(shape.is_match(&text), matched, "{pattern:?} on {text:?}");
                    let Some(groups) = shape.groups(text.len()).filter(|_| matched) else {
                        continue;
                    };
                    let groups: Vec<_> = groups.map(|(start, end)| start..end).collect();
                    let places = slots.chunks_exact(2).skip(1);
                    let expected: Vec<_> =
                        places.map_while(|pair| Some(pair[0]?.get()..pair[1]?.get())).collect();
                    assert_eq!(groups, expected, "{pattern:?} on {text:?}");
                }
            }
        }
    }

    #[test]
    fn shapes() {
        for pattern in
            ["", "a", "a|b|ab", "(a)", "(a|b|)", "((a|ab))", "(https?)", "^a$", "[ab]", "a[ab]?", "(?i)ab"]
        {
            check(pattern, true, true);
        }
        for pattern in [
            ".*",
            "(.*)",
            "(.+)",
            "a(.+)",
            "(a)(.*)(b)",
            ".*-a",
            "((a).+?)",
            "(?s:.)*a",
            "a|b.*",
            "(a.*|.*b)",
        ] {
            check(pattern, true, true);
        }
        for pattern in ["a(b|a)", "(a)|(b)", "(a)?b", "(a)|b.*"] {
            check(pattern, true, false);
        }
        for pattern in ["[^-]*", "a{2,}", "(.+)-(.+)", "\\pL", ".", "(?-s).*", "a\\b", "a)|(b", "(?m)^a$"] {
            check(pattern, false, false);
        }
    }

    #[test]
    fn words_of_each_length() {
        let words = Words::new(["b", "", "abc", "a", "abd", "b"].map(Vec::from).into());
        for word in ["", "a", "b", "abc", "abd"] {
            assert!(words.contains(word.as_bytes()), "{word:?}");
        }
        for word in ["c", "ab", "abe", "abcd"] {
            assert!(!words.contains(word.as_bytes()), "{word:?}");
        }
        assert!(!Words::default().contains(b""));
    }
}
