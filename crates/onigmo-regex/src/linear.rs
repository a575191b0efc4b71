//! The linear-time engine: patterns as automata of the `regex-automata` crate.

use std::sync::OnceLock;

use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, meta};
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use crate::ast::{Assertion, Dot, Greed, Node};
use crate::resolve::Pattern;
use crate::set::CharSet;
use crate::text::{BEYOND_END, CUT_OFF, INVALID_BYTES, Text};
use crate::{Error, ErrorKind, StepLimit};

/// How large an automaton may become, in bytes.
const SIZE_LIMIT: usize = 10 << 20;

/// How much memory an automaton may use to keep what it has learnt about a text, in bytes.
const CACHE_LIMIT: usize = 2 << 20;

/// Places of the groups of a match: for each group a start and an end.
pub(crate) type Slot = Option<NonMaxUsize>;

/// A pattern that runs without backtracking.
#[derive(Debug)]
pub(crate) struct Linear {
    engine: meta::Regex,
    /// For texts that are not valid UTF-8, if the pattern can tell: made when the first one comes.
    for_invalid_text: Option<(Pattern, OnceLock<Option<meta::Regex>>)>,
}

impl Linear {
    /// Compiles a pattern that the plan says is linear.
    pub(crate) fn new(pattern: Pattern, sees_invalid_bytes: bool) -> Result<Linear, Error> {
        let engine = build(&pattern, Encoding::Valid, Some(SIZE_LIMIT))
            .ok_or_else(|| Error::new(ErrorKind::TooLarge, 0))?;
        Ok(Linear { engine, for_invalid_text: sees_invalid_bytes.then(|| (pattern, OnceLock::new())) })
    }

    pub(crate) fn is_match(&self, haystack: &[u8]) -> Result<bool, StepLimit> {
        let Some((pattern, _)) = &self.for_invalid_text else { return Ok(self.engine.is_match(haystack)) };
        if std::str::from_utf8(haystack).is_ok() {
            return Ok(self.engine.is_match(haystack));
        }
        debug_assert!(pattern.groups.count < usize::MAX);
        self.find(haystack, Anchored::No, &mut [None; 2])
    }

    /// Fills as many of `slots` as there are with the groups of the leftmost match.
    pub(crate) fn find(
        &self,
        haystack: &[u8],
        anchored: Anchored,
        slots: &mut [Slot],
    ) -> Result<bool, StepLimit> {
        let search = |engine: &meta::Regex, haystack: &[u8], slots: &mut [Slot]| {
            engine.search_slots(&Input::new(haystack).anchored(anchored), slots).is_some()
        };
        let Some((pattern, engine)) = &self.for_invalid_text else {
            return Ok(search(&self.engine, haystack, slots));
        };
        match Text::of(haystack) {
            Text::Valid(text) => Ok(search(&self.engine, text.as_bytes(), slots)),
            Text::Mapped(mapped) => {
                let engine = engine.get_or_init(|| build(pattern, Encoding::Mapped, None));
                let engine = engine.as_ref().ok_or(StepLimit)?;
                let found = search(engine, mapped.as_str().as_bytes(), slots);
                Ok(found && mapped.restore(slots))
            }
        }
    }
}

/// What the characters of the text stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// For themselves.
    Valid,
    /// Some of them for invalid bytes.
    Mapped,
}

impl Encoding {
    /// The members of `set` in a text of this encoding.
    pub(crate) fn members(self, set: &CharSet) -> ClassUnicode {
        let mut chars = set.chars.clone();
        if self == Encoding::Mapped {
            let mut marks = ClassUnicode::new([ClassUnicodeRange::new(CUT_OFF, INVALID_BYTES.1)]);
            marks.negate();
            chars.intersect(&marks);
            if set.invalid_bytes {
                chars.push(ClassUnicodeRange::new(CUT_OFF, CUT_OFF));
                chars.push(ClassUnicodeRange::new(INVALID_BYTES.0, INVALID_BYTES.1));
            }
        }
        chars
    }

    /// What `.` matches in a text of this encoding.
    pub(crate) fn dot(self, dot: Dot) -> ClassUnicode {
        let mut chars = ClassUnicode::empty();
        if dot == Dot::NotNewline {
            chars.push(ClassUnicodeRange::new('\n', '\n'));
        }
        if self == Encoding::Mapped {
            chars.push(ClassUnicodeRange::new(CUT_OFF, BEYOND_END));
        }
        chars.negate();
        chars
    }
}

fn build(pattern: &Pattern, encoding: Encoding, size_limit: Option<usize>) -> Option<meta::Regex> {
    let hir = Lowering { pattern, encoding }.lower(&pattern.root);
    let config = meta::Config::new()
        .nfa_size_limit(size_limit)
        .hybrid_cache_capacity(CACHE_LIMIT)
        // Only a test such as `\B` can hold in the middle of a character.
        .utf8_empty(hir.properties().look_set().contains_word());
    meta::Builder::new().configure(config).build_from_hir(&hir).ok()
}

/// From the tree of a pattern to the representation that automata are made of.
struct Lowering<'p> {
    pattern: &'p Pattern,
    encoding: Encoding,
}

impl Lowering<'_> {
    fn lower(&self, node: &Node) -> Hir {
        match node {
            Node::Char(ch) => Hir::literal(ch.encode_utf8(&mut [0; 4]).as_bytes()),
            Node::Set(set) => Hir::class(Class::Unicode(self.encoding.members(set))),
            Node::Any(dot) => Hir::class(Class::Unicode(self.encoding.dot(*dot))),
            Node::Assert(assertion) => lower_assertion(*assertion),
            Node::Concat(parts) => Hir::concat(parts.iter().map(|part| self.lower(part)).collect()),
            Node::Alternate(branches) => {
                Hir::alternation(branches.iter().map(|branch| self.lower(branch)).collect())
            }
            Node::Repeat(repeat) => Hir::repetition(Repetition {
                min: repeat.min,
                max: repeat.max,
                greedy: repeat.greed == Greed::Greedy,
                sub: Box::new(self.lower(&repeat.body)),
            }),
            Node::Capture(capture) => Hir::capture(Capture {
                index: u32::try_from(capture.index).unwrap_or(u32::MAX),
                // Names may come twice here, which automata do not allow.
                name: None,
                sub: Box::new(self.lower(&capture.body)),
            }),
            Node::Call(group) => {
                let index = group.indexes().first().copied().unwrap_or_default();
                match self.pattern.groups.bodies.get(index) {
                    Some(Some(group)) => self.lower(group),
                    _ => Hir::fail(),
                }
            }
            Node::Empty => Hir::empty(),
            // The plan sends patterns with these to the other engine.
            Node::Atomic(_)
            | Node::Look(_)
            | Node::Backreference(_)
            | Node::Condition(_)
            | Node::Keep
            | Node::Absent(_) => Hir::fail(),
        }
    }
}

fn lower_assertion(assertion: Assertion) -> Hir {
    Hir::look(match assertion {
        Assertion::LineStart | Assertion::LineStartNotLast => Look::StartLF,
        Assertion::LineEnd => Look::EndLF,
        Assertion::TextStart => Look::Start,
        Assertion::TextEnd | Assertion::TextEndOrFinalNewline => Look::End,
        Assertion::WordBoundary => Look::WordUnicode,
        Assertion::NotWordBoundary => Look::WordUnicodeNegate,
        Assertion::AsciiWordBoundary => Look::WordAscii,
        Assertion::AsciiNotWordBoundary => Look::WordAsciiNegate,
    })
}
