//! A small backtracking engine, for browsers: it goes through the steps of a program, one character at a time.

use linear_regex::{Anchored, NonMaxUsize, Slot};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
use regex_syntax::is_word_character;

use super::program::{Loop, Step, compile};
use crate::ast::Assertion;
use crate::linear::Encoding;
use crate::resolve::Pattern;
use crate::{Error, StepLimit};

/// How many times one search may go back. The large engine goes back less often, since it has automata for the parts
/// of a pattern that need no backtracking.
const BACKTRACK_LIMIT: usize = 4_000_000;

/// How many ways back a search may keep.
const WAYS_LIMIT: usize = 4_000_000;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Engine {
    steps: Vec<Step>,
    registers: usize,
    /// How many of the registers are places of groups.
    slots: usize,
}

impl Engine {
    pub(super) fn new(pattern: &Pattern, encoding: Encoding) -> Result<Self, Error> {
        let (steps, registers) = compile(pattern, encoding)?;
        Ok(Self { steps, registers, slots: 2 * (pattern.groups.count + 1) })
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool, StepLimit> {
        self.find(text, Anchored::No, &mut [])
    }

    /// Fills as many of `slots` as there are with the groups of the leftmost match.
    pub(super) fn find(&self, text: &str, anchored: Anchored, slots: &mut [Slot]) -> Result<bool, StepLimit> {
        let mut search = Search {
            steps: &self.steps,
            text,
            registers: Vec::new(),
            ways: Vec::new(),
            left: BACKTRACK_LIMIT,
        };
        let mut start = 0;
        loop {
            search.registers.clear();
            search.registers.resize(self.registers, NOWHERE);
            search.registers[0] = start;
            if search.run(start)? {
                break;
            }
            match text[start..].chars().next() {
                Some(ch) if anchored == Anchored::No => start += ch.len_utf8(),
                _ => return Ok(false),
            }
        }
        // `\K` in a look-ahead can set the start behind the end.
        search.registers[0] = search.registers[0].min(search.registers[1]);
        slots.fill(None);
        for (pair, found) in slots.chunks_exact_mut(2).zip(search.registers[..self.slots].chunks_exact(2)) {
            pair[0] = NonMaxUsize::new(found[0]);
            pair[1] = NonMaxUsize::new(found[1]);
        }
        Ok(true)
    }
}

/// What a register holds that was not set.
const NOWHERE: usize = usize::MAX;

/// What to do when the search goes back, the last first.
enum Way {
    /// Go on there, at that position.
    On { step: usize, at: usize },
    /// Put a value back into a register.
    Restore { register: usize, value: usize },
}

struct Search<'s> {
    steps: &'s [Step],
    text: &'s str,
    registers: Vec<usize>,
    ways: Vec<Way>,
    /// How many times it may still go back.
    left: usize,
}

impl Search<'_> {
    /// Whether there is a match that starts at `at`.
    fn run(&mut self, mut at: usize) -> Result<bool, StepLimit> {
        self.ways.clear();
        let mut step = 0;
        loop {
            match self.step(step, at)? {
                Next::On(to, there) => (step, at) = (to, there),
                Next::Match => return Ok(true),
                Next::Back => match self.back()? {
                    Some(way) => (step, at) = way,
                    None => return Ok(false),
                },
            }
        }
    }

    fn step(&mut self, step: usize, at: usize) -> Result<Next, StepLimit> {
        let steps = self.steps;
        let here = Next::On(step + 1, at);
        let when = |holds: bool| if holds { Next::On(step + 1, at) } else { Next::Back };
        Ok(match &steps[step] {
            Step::Char(wanted) => match self.next(at) {
                Some(ch) if ch == *wanted => Next::On(step + 1, at + ch.len_utf8()),
                _ => Next::Back,
            },
            Step::Class(ranges) => match self.next(at) {
                Some(ch) if holds(ranges, ch) => Next::On(step + 1, at + ch.len_utf8()),
                _ => Next::Back,
            },
            Step::Assert(assertion) => when(self.assert(*assertion, at)),
            Step::Mark(register) => {
                self.set(*register, at);
                here
            }
            Step::Close { group, start } => {
                self.set(2 * group, self.registers[*start]);
                self.set(2 * group + 1, at);
                here
            }
            Step::Zero(register) => {
                self.set(*register, 0);
                here
            }
            Step::Jump(to) => Next::On(*to, at),
            Step::Split { other, other_first } => {
                let (first, second) = if *other_first { (*other, step + 1) } else { (step + 1, *other) };
                self.way(second, at)?;
                Next::On(first, at)
            }
            Step::Loop(head) => self.round(head, step, at)?,
            Step::Enter(ways, position) => {
                self.set(*position, at);
                self.set(*ways, 0);
                // Counted with what putting this very register back takes.
                self.registers[*ways] = self.ways.len();
                here
            }
            Step::Leave(ways, position, return_there) => {
                self.forget(self.registers[*ways]);
                Next::On(step + 1, if *return_there { self.registers[*position] } else { at })
            }
            Step::Refuse(ways) => {
                let ways = self.registers[*ways];
                while self.ways.len() > ways {
                    self.undo();
                }
                Next::Back
            }
            Step::Back(count) => match count {
                0 => here,
                count => match self.text[..at].char_indices().nth_back(count - 1) {
                    Some((there, _)) => Next::On(step + 1, there),
                    None => Next::Back,
                },
            },
            Step::Same { groups, ignore_case } => {
                let end = groups.iter().rev().find_map(|group| self.same(*group, at, *ignore_case));
                end.map_or(Next::Back, |end| Next::On(step + 1, end))
            }
            Step::Unless(group, other) => {
                Next::On(if self.group(*group).is_some() { step + 1 } else { *other }, at)
            }
            Step::Fail => Next::Back,
            Step::Match => Next::Match,
        })
    }

    /// The next round of a repetition, or its end.
    fn round(&mut self, head: &Loop, step: usize, at: usize) -> Result<Next, StepLimit> {
        let mut count = self.registers[head.count];
        if count >= head.max {
            return Ok(Next::On(head.exit, at));
        }
        if let Some(began) = head.began {
            // Rounds that match nothing would not end. Below the least number they may still be needed, for groups.
            if count > 0 && self.registers[began] == at {
                match () {
                    () if count >= head.min => return Ok(Next::On(head.exit, at)),
                    () if head.reads_own_groups => {}
                    () if count == 1 => count = head.min - 1,
                    () => return Ok(Next::On(head.exit, at)),
                }
            }
            self.set(began, at);
        }
        self.set(head.count, count + 1);
        if count < head.min {
            return Ok(Next::On(step + 1, at));
        }
        let (first, second) = if head.lazy { (head.exit, step + 1) } else { (step + 1, head.exit) };
        self.way(second, at)?;
        Ok(Next::On(first, at))
    }

    fn way(&mut self, step: usize, at: usize) -> Result<(), StepLimit> {
        if self.ways.len() >= WAYS_LIMIT {
            return Err(StepLimit);
        }
        self.ways.push(Way::On { step, at });
        Ok(())
    }

    fn set(&mut self, register: usize, value: usize) {
        let old = std::mem::replace(&mut self.registers[register], value);
        self.ways.push(Way::Restore { register, value: old });
    }

    /// Goes back to the last other way, if there is one.
    fn back(&mut self) -> Result<Option<(usize, usize)>, StepLimit> {
        self.left = self.left.checked_sub(1).ok_or(StepLimit)?;
        while !self.ways.is_empty() {
            if let Some(way) = self.undo() {
                return Ok(Some(way));
            }
        }
        Ok(None)
    }

    /// Takes the last way, which is a register to put back or one to go.
    fn undo(&mut self) -> Option<(usize, usize)> {
        match self.ways.pop()? {
            Way::On { step, at } => Some((step, at)),
            Way::Restore { register, value } => {
                self.registers[register] = value;
                None
            }
        }
    }

    /// Forgets other ways behind the first `kept`, but not what has to be put back.
    fn forget(&mut self, kept: usize) {
        let mut index = 0;
        self.ways.retain(|way| {
            index += 1;
            index <= kept || matches!(way, Way::Restore { .. })
        });
    }

    fn next(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    fn group(&self, index: usize) -> Option<&str> {
        self.text.get(*self.registers.get(2 * index)?..*self.registers.get(2 * index + 1)?)
    }

    /// Where the text of a group ends that stands at `at` again.
    fn same(&self, group: usize, at: usize, ignore_case: bool) -> Option<usize> {
        let wanted = self.group(group)?;
        let end = at + wanted.len();
        let found = self.text.get(at..end)?;
        let equal = found == wanted
            || ignore_case && {
                let (mut found, mut wanted) = (found.chars(), wanted.chars());
                loop {
                    match (found.next(), wanted.next()) {
                        (None, None) => break true,
                        (Some(a), Some(b)) if a == b || equal_but_for_case(a, b) => {}
                        _ => break false,
                    }
                }
            };
        equal.then_some(end)
    }

    fn assert(&self, assertion: Assertion, at: usize) -> bool {
        let before = || self.text[..at].chars().next_back();
        let after = || self.next(at);
        let is_boundary =
            |is_word: fn(char) -> bool| before().is_some_and(is_word) != after().is_some_and(is_word);
        match assertion {
            Assertion::LineStart => at == 0 || before() == Some('\n') && after().is_some(),
            Assertion::LineStartNotLast => at == 0 || before() == Some('\n'),
            Assertion::LineEnd => after().is_none_or(|ch| ch == '\n'),
            Assertion::TextStart => at == 0,
            Assertion::TextEnd => at == self.text.len(),
            Assertion::TextEndOrFinalNewline => matches!(&self.text[at..], "" | "\n"),
            Assertion::WordBoundary => is_boundary(is_word_character),
            Assertion::NotWordBoundary => !is_boundary(is_word_character),
            Assertion::AsciiWordBoundary => is_boundary(is_ascii_word),
            Assertion::AsciiNotWordBoundary => !is_boundary(is_ascii_word),
        }
    }
}

enum Next {
    /// That step, at that position.
    On(usize, usize),
    Back,
    Match,
}

fn is_ascii_word(ch: char) -> bool {
    ch.is_ascii_alphanumeric() || ch == '_'
}

fn holds(ranges: &[(char, char)], ch: char) -> bool {
    let after = ranges.partition_point(|(start, _)| *start <= ch);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|(_, end)| ch <= *end)
}

fn equal_but_for_case(one: char, other: char) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(&other);
    }
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(one, one)]);
    linear_regex::fold_case(&mut class);
    class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&other))
}
