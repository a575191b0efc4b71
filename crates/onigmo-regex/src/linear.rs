//! The linear-time engine: patterns as automata of the `regex-automata` crate.

use std::sync::OnceLock;

use linear_regex::{Anchored, Automaton, Input, Limits, Slot};
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use crate::ast::{Assertion, Dot, Greed, Node};
use crate::plan::Plan;
use crate::resolve::Pattern;
use crate::set::CharSet;
use crate::text::{BEYOND_END, CUT_OFF, INVALID_BYTES, Text};
use crate::{Error, ErrorKind, StepLimit};

/// How large an automaton may become, in bytes.
pub(crate) const SIZE_LIMIT: usize = 10 << 20;

/// How much memory a search may use for the places of groups, in bytes: some searches keep those of every
/// group for every state of the automaton.
const PLACES_LIMIT: usize = 64 << 20;

/// What a state of an automaton takes at least, in bytes.
const STATE_SIZE: usize = 32;

/// How much memory an automaton may use to keep what it has learnt about a text, in bytes.
const CACHE_LIMIT: usize = 2 << 20;

/// A pattern that runs without backtracking.
#[derive(Debug)]
pub(crate) struct Linear {
    engine: Engine,
    /// For texts that are not valid UTF-8, if the pattern can tell: made when the first one comes.
    for_invalid_text: Option<(Pattern, OnceLock<Option<Engine>>)>,
}

#[derive(Debug)]
struct Engine {
    automata: Automaton,
    /// Whether every match starts with a test for the start of a line, or of the text.
    starts_at_line_start: bool,
}

impl Linear {
    /// Compiles a pattern that the plan says is linear.
    pub(crate) fn new(pattern: Pattern, plan: &Plan) -> Result<Linear, Error> {
        let starts_at_line_start = plan.starts_at_line_start;
        let engine = Engine::new(&pattern, Encoding::Valid, starts_at_line_start)
            .ok_or_else(|| Error::new(ErrorKind::TooLarge, 0))?;
        let for_invalid_text = plan.sees_invalid_bytes.then(|| (pattern, OnceLock::new()));
        Ok(Linear { engine, for_invalid_text })
    }

    pub(crate) fn is_match(&self, haystack: &[u8]) -> Result<bool, StepLimit> {
        if self.for_invalid_text.is_none() || std::str::from_utf8(haystack).is_ok() {
            Ok(self.engine.is_match(haystack))
        } else {
            self.find(haystack, Anchored::No, &mut [None; 2])
        }
    }

    /// Fills as many of `slots` as there are, two at least, with the groups of the leftmost match.
    pub(crate) fn find(
        &self,
        haystack: &[u8],
        anchored: Anchored,
        slots: &mut [Slot],
    ) -> Result<bool, StepLimit> {
        let Some((pattern, engine)) = &self.for_invalid_text else {
            return Ok(self.engine.find(haystack, anchored, slots));
        };
        match Text::of(haystack) {
            Text::Valid(text) => Ok(self.engine.find(text.as_bytes(), anchored, slots)),
            Text::Mapped(mapped) => {
                let starts_at_line_start = self.engine.starts_at_line_start;
                let engine =
                    engine.get_or_init(|| Engine::new(pattern, Encoding::Mapped, starts_at_line_start));
                let engine = engine.as_ref().ok_or(StepLimit)?;
                Ok(engine.find(mapped.as_str().as_bytes(), anchored, slots) && mapped.restore(slots))
            }
        }
    }
}

impl Engine {
    fn new(pattern: &Pattern, encoding: Encoding, starts_at_line_start: bool) -> Option<Engine> {
        let hir = Lowering { pattern, encoding }.lower(&pattern.root);
        let places_per_state = 2 * (pattern.groups.count + 1) * size_of::<Slot>();
        let size_limit = SIZE_LIMIT.min(PLACES_LIMIT / places_per_state * STATE_SIZE);
        let size_limit = match encoding {
            Encoding::Valid => size_limit,
            // Some sets have a few more ranges here: what fitted then is to fit now.
            Encoding::Mapped => 4 * size_limit,
        };
        let mut limits = Limits::default();
        limits.size = Some(size_limit);
        limits.cache = Some(CACHE_LIMIT);
        // Only a test such as `\B` can hold in the middle of a character.
        limits.whole_characters = hir.properties().look_set().contains_word();
        let automata = Automaton::new(&hir, limits)?;
        Some(Engine { automata, starts_at_line_start })
    }

    fn is_match(&self, text: &[u8]) -> bool {
        let input = Input::new(text);
        if !self.starts_at_line_start {
            return self.automata.is_match(input);
        }
        self.automata.is_match(input.clone().anchored(Anchored::Yes))
            || second_line(text).is_some_and(|start| self.find_in_lines(text, start, &mut [None; 2]))
    }

    fn find(&self, text: &[u8], anchored: Anchored, slots: &mut [Slot]) -> bool {
        let input = Input::new(text);
        if !self.starts_at_line_start {
            return self.automata.search(&input.anchored(anchored), slots);
        }
        // Most texts have one line, and an anchored search knows where to begin and when to give up.
        let input = input.anchored(Anchored::Yes);
        self.automata.search(&input, slots)
            || anchored == Anchored::No
                && second_line(text).is_some_and(|start| self.find_in_lines(text, start, slots))
    }

    /// Searches the lines that begin at `start` or later.
    fn find_in_lines(&self, text: &[u8], start: usize, slots: &mut [Slot]) -> bool {
        let found = self.automata.search(&Input::new(text).range(start..), slots);
        // Automata think a line starts behind a final newline. Being the last place of all, it is found
        // only where there is no other match.
        let at_end = || slots.first().copied().flatten().is_some_and(|start| start.get() == text.len());
        found && !(text.ends_with(b"\n") && at_end())
    }
}

/// Where the second line starts, if the text has one.
fn second_line(text: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', text).map(|newline| newline + 1)
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
            Node::Call(group) => match self.pattern.groups.bodies.get(group.first_index()) {
                Some(Some(group)) => self.lower(group),
                _ => Hir::fail(),
            },
            Node::Empty => Hir::empty(),
            // The plan sends patterns with these to the other engine.
            Node::Atomic(_) | Node::Look(_) | Node::Backreference(_) | Node::Condition(_) | Node::Keep => {
                Hir::fail()
            }
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
