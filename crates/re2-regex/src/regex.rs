//! The compiled pattern.

use std::{fmt, ops::Range, sync::Arc};

use linear_regex::{Automaton, Input, Limits, NonMaxUsize};
use regex_syntax::hir::{Hir, HirKind};

use crate::{
    error::{Error, ErrorKind},
    parser,
    shape::{self, Shape},
    template::Template,
};

/// The most memory the compiled form may take, in bytes.
const SIZE_LIMIT: usize = 64 << 20;

/// What Prometheus puts before and after a pattern. It is put there as text, so that `a)|(b` is a pattern.
const ANCHORED: (&str, &str) = ("^(?s:", ")$");

/// A pattern in the syntax of RE2 and Go.
///
/// Cloning is cheap. Among alternatives the first that leads to a match wins, as in Go and Perl, and a
/// search takes time linear in the text.
///
/// ```
/// use re2_regex::{Captures, Regex};
///
/// let regex = Regex::anchored(r"([^:]+)(?::\d+)?;(?P<port>\d+)")?;
/// let mut captures = Captures::new();
/// assert!(regex.captures("10.0.0.1:80;9100", &mut captures));
/// assert_eq!(captures.get(1), Some(0..8));
/// assert_eq!(regex.group_names().collect::<Vec<_>>(), [None, None, Some("port")]);
/// # Ok::<(), re2_regex::Error>(())
/// ```
#[derive(Clone)]
pub struct Regex {
    inner: Arc<Inner>,
}

struct Inner {
    /// As it was given.
    pattern: Box<str>,
    is_anchored: bool,
    names: Box<[Option<Box<str>>]>,
    matcher: Matcher,
}

enum Matcher {
    /// Anchored at both ends, and told without an engine. The engine is there if groups need it.
    Shape(Shape, Option<Automaton>),
    /// Anchored at both ends.
    Anchored { prefix: Box<[u8]>, shortest: usize, engine: Automaton },
    /// Anything else.
    Search(Automaton),
}

impl Regex {
    /// Compiles `pattern` as Go's `regexp.Compile` does: it may match anywhere in a text.
    ///
    /// # Errors
    ///
    /// When Go rejects the pattern, or its compiled form takes more than 64 MiB.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        Self::compile(pattern, pattern, false)
    }

    /// Compiles `pattern` as Prometheus does: as `^(?s:pattern)$`, so that it has to match the whole text
    /// and `.` matches `\n` too.
    ///
    /// # Errors
    ///
    /// When Go rejects the pattern, or its compiled form takes more than 64 MiB. The message shows the
    /// pattern with its anchors where Prometheus' does; the span counts from the start of `pattern`.
    pub fn anchored(pattern: &str) -> Result<Self, Error> {
        let (before, after) = ANCHORED;
        Self::compile(pattern, &[before, pattern, after].concat(), true)
            .map_err(|error| error.without_prefix(before.len(), pattern.len()))
    }

    fn compile(pattern: &str, whole: &str, is_anchored: bool) -> Result<Self, Error> {
        let parser::Parsed { hir, names } = parser::parse(whole)?;
        let engine = || {
            let mut limits = Limits::default();
            limits.size = Some(SIZE_LIMIT);
            Automaton::new(&hir, limits).ok_or_else(|| Error::new(ErrorKind::TooLarge, whole, 0..whole.len()))
        };
        let matcher = match (Shape::of(&hir, names.len() - 1), shape::anchored_parts(&hir)) {
            (Some(shape), _) => {
                let engine = shape.needs_engine().then(engine).transpose()?;
                Matcher::Shape(shape, engine)
            }
            (None, Some(parts)) => Matcher::Anchored {
                prefix: prefix(parts),
                shortest: hir.properties().minimum_len().unwrap_or(0),
                engine: engine()?,
            },
            (None, None) => Matcher::Search(engine()?),
        };
        Ok(Self {
            inner: Arc::new(Inner { pattern: pattern.into(), is_anchored, names: names.into(), matcher }),
        })
    }

    /// The pattern as it was given, without anchors added.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.inner.pattern
    }

    /// The number of groups, the whole match included: at least 1.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.inner.names.len()
    }

    /// The names of the groups by their number. The whole match has none. A name may occur twice.
    pub fn group_names(&self) -> impl Iterator<Item = Option<&str>> {
        self.inner.names.iter().map(Option::as_deref)
    }

    /// Whether the pattern matches somewhere in `text`.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        match &self.inner.matcher {
            Matcher::Shape(shape, _) => shape.is_match(text),
            Matcher::Anchored { prefix, shortest, engine } => {
                possible(text, prefix, *shortest) && engine.is_match(Input::new(text))
            }
            Matcher::Search(engine) => engine.is_match(Input::new(text)),
        }
    }

    /// Finds the first match and where its groups lie. Says whether there is one; without one, `captures`
    /// holds nothing afterwards.
    #[must_use]
    pub fn captures(&self, text: &str, captures: &mut Captures) -> bool {
        self.captures_from(text, 0, captures)
    }

    /// The first match that starts at byte `from` or later. What stands before still counts for `^` and
    /// `\b`.
    fn captures_from(&self, text: &str, from: usize, captures: &mut Captures) -> bool {
        captures.reset(self.group_count());
        let engine = match &self.inner.matcher {
            Matcher::Shape(shape, engine) => {
                if from > 0 || !shape.is_match(text) {
                    return false;
                }
                if let Some(groups) = shape.groups(text.len()) {
                    captures.fill(std::iter::once((0, text.len())).chain(groups));
                    return true;
                }
                engine.as_ref()
            }
            Matcher::Anchored { prefix, shortest, engine } => {
                (from == 0 && possible(text, prefix, *shortest)).then_some(engine)
            }
            Matcher::Search(engine) => Some(engine),
        };
        let Some(engine) = engine else { return false };
        let input = Input::new(text).range(from..);
        engine.search(&input, &mut captures.slots)
    }

    /// Appends `text` to `out` with every match replaced, as Go's `ReplaceAllString` does. Says whether
    /// there was a match.
    ///
    /// ```
    /// use re2_regex::{Captures, Regex, Template};
    ///
    /// let regex = Regex::new("a(x*)b")?;
    /// let template = Template::new("${1}W", &regex);
    /// let mut out = String::new();
    /// regex.replace_all("-ab-axxb-", &template, &mut Captures::new(), &mut out);
    /// assert_eq!(out, "-W-xxW-");
    /// # Ok::<(), re2_regex::Error>(())
    /// ```
    pub fn replace_all(
        &self,
        text: &str,
        template: &Template,
        captures: &mut Captures,
        out: &mut String,
    ) -> bool {
        let mut copied = 0;
        let mut from = 0;
        let mut matched = false;
        while from <= text.len() && self.captures_from(text, from, captures) {
            let Some(found) = captures.get(0) else { break };
            matched = true;
            out.push_str(text.get(copied..found.start).unwrap_or_default());
            // An empty match right after another match is none.
            if found.end > copied || found.start == 0 {
                template.expand(text, captures, out);
            }
            copied = found.end;
            let next = from + text.get(from..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            from = next.max(found.end);
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        matched
    }
}

/// Made in the same way of the same pattern.
impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.inner.is_anchored, self.as_str()) == (other.inner.is_anchored, other.as_str())
    }
}

impl Eq for Regex {}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.as_str()).finish()
    }
}

/// Where the groups of a match lie. Made once and used for many searches, it allocates no more than once
/// per pattern.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    /// Start and end of each group, side by side.
    slots: Vec<Option<NonMaxUsize>>,
}

impl Captures {
    /// No match.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes of group `group`; group 0 is the whole match. `None` when it took no part in the match or
    /// does not exist.
    #[must_use]
    pub fn get(&self, group: usize) -> Option<Range<usize>> {
        let slot = group.checked_mul(2)?;
        let &[Some(start), Some(end)] = self.slots.get(slot..slot.checked_add(2)?)? else { return None };
        Some(start.get()..end.get())
    }

    /// The number of groups, the whole match included, matched or not.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.slots.len() / 2
    }

    fn reset(&mut self, groups: usize) {
        self.slots.clear();
        self.slots.resize(groups * 2, None);
    }

    fn fill(&mut self, groups: impl Iterator<Item = (usize, usize)>) {
        for (slots, (start, end)) in self.slots.chunks_exact_mut(2).zip(groups) {
            slots.copy_from_slice(&[NonMaxUsize::new(start), NonMaxUsize::new(end)]);
        }
    }
}

/// The literal text every match starts with.
fn prefix(mut parts: &[Hir]) -> Box<[u8]> {
    loop {
        match parts.first().map(Hir::kind) {
            Some(HirKind::Literal(literal)) => return literal.0.clone(),
            Some(HirKind::Capture(capture)) => parts = std::slice::from_ref(&*capture.sub),
            Some(HirKind::Concat(inner)) => parts = inner,
            _ => return Box::default(),
        }
    }
}

/// Whether a match is not ruled out by what every match starts with and its least length.
fn possible(text: &str, prefix: &[u8], shortest: usize) -> bool {
    text.len() >= shortest && text.as_bytes().starts_with(prefix)
}
