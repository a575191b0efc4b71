use std::ops::Range;
use std::sync::Arc;

use regex_automata::Anchored;
use regex_automata::util::primitives::NonMaxUsize;

use crate::backtrack::Backtracking;
use crate::linear::{Linear, Slot};
use crate::parse::{Flags, parse};
use crate::plan::plan;
use crate::resolve::resolve;
use crate::scan::Scan;
use crate::{Error, StepLimit, Wrapping};

/// A compiled pattern. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Regex {
    inner: Arc<Inner>,
}

/// Where the groups of a match are. Made once and used again for every search.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Inner {
    /// A quicker way to tell whether there is a match.
    scan: Option<Scan>,
    engine: Engine,
    names: Vec<(usize, Box<str>)>,
    group_count: usize,
}

#[derive(Debug)]
enum Engine {
    Linear(Linear),
    Backtracking(Backtracking),
}

impl Regex {
    /// Compiles a pattern that is not wrapped in slashes.
    ///
    /// # Errors
    ///
    /// When the pattern is malformed or uses an unsupported construct.
    pub fn new(pattern: &str) -> Result<Regex, Error> {
        Regex::compile(pattern, Flags::default())
    }

    /// Compiles a pattern as it stands in a Fluent Bit configuration.
    ///
    /// # Errors
    ///
    /// When the pattern is malformed or uses an unsupported construct.
    pub fn fluent_bit(pattern: &str, wrapping: Wrapping) -> Result<Regex, Error> {
        let unwrapped = wrapping.unwrap(pattern);
        Regex::compile(unwrapped.pattern, unwrapped.flags).map_err(|error| error.shifted(unwrapped.offset))
    }

    /// Whether the pattern matches anywhere. False when the step limit is hit.
    pub fn is_match(&self, haystack: &[u8]) -> bool {
        self.try_is_match(haystack).unwrap_or(false)
    }

    /// Whether the pattern matches anywhere.
    ///
    /// # Errors
    ///
    /// When the search took too many steps.
    pub fn try_is_match(&self, haystack: &[u8]) -> Result<bool, StepLimit> {
        if let Some(scan) = &self.inner.scan {
            return Ok(scan.is_match(haystack));
        }
        match &self.inner.engine {
            Engine::Linear(engine) => engine.is_match(haystack),
            Engine::Backtracking(engine) => engine.is_match(haystack),
        }
    }

    /// The length of the match that starts at position 0.
    pub fn match_at_start(&self, haystack: &[u8]) -> Option<usize> {
        let mut slots = [None; 2];
        let found = self.find(haystack, Anchored::Yes, &mut slots).unwrap_or(false);
        slots[1].filter(|_| found).map(NonMaxUsize::get)
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
        self.find(haystack, Anchored::No, &mut slots.slots).unwrap_or(false)
    }

    /// Whether searches take time linear in the haystack.
    pub fn is_linear(&self) -> bool {
        matches!(self.inner.engine, Engine::Linear(_))
    }

    fn compile(pattern: &str, flags: Flags) -> Result<Regex, Error> {
        let mut pattern = resolve(parse(pattern, flags)?)?;
        let plan = plan(&mut pattern);
        let names = pattern.groups.names.clone();
        let group_count = pattern.groups.count;
        let scan = Scan::new(&pattern.root);
        let engine = if plan.linear {
            Engine::Linear(Linear::new(pattern, &plan)?)
        } else {
            Engine::Backtracking(Backtracking::new(pattern)?)
        };
        Ok(Regex { inner: Arc::new(Inner { scan, engine, names, group_count }) })
    }

    fn find(&self, haystack: &[u8], anchored: Anchored, slots: &mut [Slot]) -> Result<bool, StepLimit> {
        match &self.inner.engine {
            Engine::Linear(engine) => engine.find(haystack, anchored, slots),
            Engine::Backtracking(engine) => engine.find(haystack, anchored, slots),
        }
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
