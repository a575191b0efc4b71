use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use linear_regex::{Anchored, NonMaxUsize, Slot};

use crate::backtrack::Backtracking;
use crate::linear::Linear;
use crate::parse::{Flags, parse};
use crate::plan::plan;
use crate::resolve::resolve;
use crate::scan::Scan;
use crate::{Error, StepLimit, Wrapping};

/// A compiled pattern.
///
/// Cloning is cheap, and clones can be used by several threads at a time. Each search looks at the whole
/// text from its start; offsets are bytes. Text may hold invalid UTF-8, of which each byte is a character.
///
/// ```
/// use onigmo_regex::{Captures, Regex};
///
/// let regex = Regex::new(r"^(?<level>[A-Z]+) (?<text>.*)$")?;
/// let line = b"WARN disk is full";
/// let mut captures = Captures::new();
/// assert!(regex.captures(line, &mut captures));
/// let fields: Vec<_> = regex
///     .group_names()
///     .filter_map(|(index, name)| Some((name, &line[captures.get(index)?])))
///     .collect();
/// assert_eq!(fields, [("level", &b"WARN"[..]), ("text", b"disk is full")]);
/// # Ok::<(), onigmo_regex::Error>(())
/// ```
#[derive(Clone)]
pub struct Regex {
    inner: Arc<Inner>,
}

/// Where the groups of a match are. Made once and used for many searches, of any patterns.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    slots: Vec<Slot>,
}

struct Inner {
    pattern: Box<str>,
    /// A quicker way to tell whether there is a match.
    scan: Option<Scan>,
    engine: Engine,
    names: Vec<(usize, Box<str>)>,
    group_count: usize,
}

enum Engine {
    Linear(Linear),
    Backtracking(Backtracking),
}

impl Regex {
    /// Compiles a pattern that is not wrapped in slashes.
    ///
    /// # Errors
    ///
    /// When Onigmo would not compile the pattern either, when the pattern uses one of the few constructs
    /// that this crate does not have, or when it is nested too deeply or would become too large.
    ///
    /// ```
    /// use onigmo_regex::{ErrorKind, Regex};
    ///
    /// let error = Regex::new("kube(").unwrap_err();
    /// assert_eq!((error.kind(), error.offset()), (ErrorKind::UnclosedGroup, 4));
    /// assert_eq!(error.to_string(), "end pattern with unmatched parenthesis");
    /// ```
    pub fn new(pattern: &str) -> Result<Regex, Error> {
        Regex::compile(pattern, pattern, Flags::default())
    }

    /// Compiles a pattern as it stands in a Fluent Bit configuration, with or without slashes around it.
    ///
    /// # Errors
    ///
    /// As for [`new`](Regex::new); offsets count from the start of the wrapped text.
    ///
    /// ```
    /// use onigmo_regex::{Regex, Wrapping};
    ///
    /// assert!(Regex::fluent_bit("/error/i", Wrapping::Flags)?.is_match(b"an ERROR"));
    /// # Ok::<(), onigmo_regex::Error>(())
    /// ```
    pub fn fluent_bit(pattern: &str, wrapping: Wrapping) -> Result<Regex, Error> {
        let unwrapped = wrapping.unwrap(pattern);
        Regex::compile(pattern, unwrapped.pattern, unwrapped.flags)
            .map_err(|error| error.shifted(unwrapped.offset))
    }

    /// The pattern as it was given, in its wrapping if it had one.
    pub fn as_str(&self) -> &str {
        &self.inner.pattern
    }

    /// Whether the pattern matches anywhere in the text. A search that takes too many steps finds nothing.
    pub fn is_match(&self, haystack: &[u8]) -> bool {
        self.try_is_match(haystack).unwrap_or(false)
    }

    /// Whether the pattern matches anywhere in the text.
    ///
    /// # Errors
    ///
    /// When the search took too many steps, which cannot be if the pattern is
    /// [linear](Regex::is_linear).
    pub fn try_is_match(&self, haystack: &[u8]) -> Result<bool, StepLimit> {
        if let Some(scan) = &self.inner.scan {
            return Ok(scan.is_match(haystack));
        }
        match &self.inner.engine {
            Engine::Linear(engine) => engine.is_match(haystack),
            Engine::Backtracking(engine) => engine.is_match(haystack),
        }
    }

    /// The length of the match that begins where the text does, as Fluent Bit's `Match_Regex` looks for
    /// one. It need not reach the end of the text, and may be 0. A search that takes too many steps finds
    /// nothing.
    ///
    /// ```
    /// use onigmo_regex::Regex;
    ///
    /// let regex = Regex::new("kube")?;
    /// assert_eq!(regex.match_at_start(b"kube.app"), Some(4));
    /// assert_eq!(regex.match_at_start(b"my.kube"), None);
    /// # Ok::<(), onigmo_regex::Error>(())
    /// ```
    pub fn match_at_start(&self, haystack: &[u8]) -> Option<usize> {
        let mut slots = [None; 2];
        let found = self.find(haystack, Anchored::Yes, &mut slots).unwrap_or(false);
        slots[1].filter(|_| found).map(NonMaxUsize::get)
    }

    /// Searches the text and fills `captures` with the places of the groups of the leftmost match. A
    /// search that takes too many steps finds nothing.
    ///
    /// Linear patterns need no memory for it but what `captures` keeps, unless the text is not UTF-8.
    pub fn captures(&self, haystack: &[u8], captures: &mut Captures) -> bool {
        self.try_captures(haystack, captures).unwrap_or(false)
    }

    /// Searches the text and fills `captures` with the places of the groups of the leftmost match.
    ///
    /// # Errors
    ///
    /// When the search took too many steps, which cannot be if the pattern is
    /// [linear](Regex::is_linear).
    pub fn try_captures(&self, haystack: &[u8], captures: &mut Captures) -> Result<bool, StepLimit> {
        let slots = &mut captures.slots;
        slots.clear();
        slots.resize(2 * (self.inner.group_count + 1), None);
        let found = self.find(haystack, Anchored::No, slots);
        if found != Ok(true) {
            slots.clear();
        }
        found
    }

    /// The named groups in the order of Onigmo's table of names, in which Fluent Bit makes them fields:
    /// the names as they first appear, under each name its groups.
    ///
    /// ```
    /// use onigmo_regex::Regex;
    ///
    /// let regex = Regex::new(r"(?<k>\w)(?<v>\w)(?<k>\w)")?;
    /// assert_eq!(regex.group_names().collect::<Vec<_>>(), [(1, "k"), (3, "k"), (2, "v")]);
    /// # Ok::<(), onigmo_regex::Error>(())
    /// ```
    pub fn group_names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.inner.names.iter().map(|(index, name)| (*index, &**name))
    }

    /// Whether the pattern has a named group. Its unnamed groups do not capture then.
    pub fn has_named_groups(&self) -> bool {
        !self.inner.names.is_empty()
    }

    /// The number of groups that capture, the whole match not counted.
    pub fn group_count(&self) -> usize {
        self.inner.group_count
    }

    /// Whether every search takes time proportional to the length of the text. Other patterns backtrack,
    /// and give up after a fixed number of steps.
    pub fn is_linear(&self) -> bool {
        matches!(self.inner.engine, Engine::Linear(_))
    }

    fn compile(text: &str, pattern: &str, flags: Flags) -> Result<Regex, Error> {
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
        Ok(Regex { inner: Arc::new(Inner { pattern: text.into(), scan, engine, names, group_count }) })
    }

    fn find(&self, haystack: &[u8], anchored: Anchored, slots: &mut [Slot]) -> Result<bool, StepLimit> {
        match &self.inner.engine {
            Engine::Linear(engine) => engine.find(haystack, anchored, slots),
            Engine::Backtracking(engine) => engine.find(haystack, anchored, slots),
        }
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.as_str()).finish()
    }
}

impl Captures {
    /// An empty set of places.
    pub fn new() -> Captures {
        Captures::default()
    }

    /// Where group `index` matched, in bytes; group 0 is the whole match. `None` when the group has no part
    /// in the match, when the pattern has no such group, and when the last search found nothing.
    pub fn get(&self, index: usize) -> Option<Range<usize>> {
        let start = (*self.slots.get(2 * index)?)?.get();
        let end = (*self.slots.get(2 * index + 1)?)?.get();
        Some(start..end)
    }
}
