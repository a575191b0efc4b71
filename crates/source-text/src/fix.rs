//! Repairs of a problem, and how they are applied.

use crate::{Diagnostic, SourceId, SourceMap, Span};

/// One piece of text to replace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// The text to put there; empty to remove.
    pub replacement: String,
}

impl Edit {
    /// Puts `replacement` in the place of `span`.
    pub fn new(span: Span, replacement: impl Into<String>) -> Self {
        Self { span, replacement: replacement.into() }
    }
}

impl Edit {
    /// The edit that changes the text of a value from `old` to `new`. The value stands at `span`: as it is,
    /// or in quotes as YAML has them. `None` where it cannot be told how it is written.
    ///
    /// ```
    /// use source_text::{Edit, SourceId, Span};
    ///
    /// let written = r#""a\\.b""#;
    /// let span = Span::new(SourceId::default(), 0, written.len());
    /// assert_eq!(Edit::of_value(span, r"a\.b", ".*").unwrap().replacement, ".*");
    /// assert_eq!(Edit::of_value(span, r"a\.b", r"\d").unwrap().replacement, r"\\d");
    /// ```
    #[must_use]
    pub fn of_value(span: Span, old: &str, new: &str) -> Option<Self> {
        let quotes = span.range().len().checked_sub(old.len())?;
        if quotes == 0 {
            return Some(Self::new(span, new));
        }
        let inside = span.part(1, span.range().len().checked_sub(1)?);
        let single = quotes == 2 + count(old, "'");
        let double = quotes == 2 + count(old, "\\\"");
        let plain = !new.contains(['\'', '"', '\\']) && !new.contains(char::is_control);
        match (single, double) {
            (true, true) | (true, false) | (false, true) if plain => Some(Self::new(inside, new)),
            (true, false) => Some(Self::new(inside, new.replace('\'', "''"))),
            (false, true) => Some(Self::new(inside, new.replace('\\', r"\\").replace('"', "\\\""))),
            _ => None,
        }
    }
}

/// How many of the characters `set` are in `text`.
fn count(text: &str, set: &str) -> usize {
    text.chars().filter(|c| set.contains(*c)).count()
}

/// How sure it is that a fix does what the author meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Applicability {
    /// A guess: somebody should look at it before it is applied.
    Likely,
    /// A machine may apply it.
    Certain,
}

/// What repairs a problem: all of its edits together, or none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    title: String,
    edits: Vec<Edit>,
    applicability: Applicability,
}

impl Fix {
    /// A fix that a machine may apply. `title` is an imperative: `remove the comment`.
    pub fn certain(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits, applicability: Applicability::Certain }
    }

    /// A fix that somebody should look at first.
    pub fn likely(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits, applicability: Applicability::Likely }
    }

    /// One edit, with a title that says what it does.
    pub(crate) fn of_edit(edit: Edit, applicability: Applicability) -> Self {
        let new = edit.replacement.trim();
        let title = match (edit.span.range().is_empty(), new.is_empty()) {
            (_, true) if edit.replacement.is_empty() => "remove this".to_owned(),
            (_, true) => "change the blanks here".to_owned(),
            (true, false) => format!("insert `{new}`"),
            (false, false) => format!("write `{new}`"),
        };
        Self { title, edits: vec![edit], applicability }
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The edits, which do not overlap.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// How sure it is.
    #[must_use]
    pub fn applicability(&self) -> Applicability {
        self.applicability
    }

    /// The same with edits that `change` moves to another place; none when one of them has no place there.
    #[must_use]
    pub fn relocate(self, change: impl FnMut(Edit) -> Option<Edit>) -> Option<Self> {
        let edits = self.edits.into_iter().map(change).collect::<Option<_>>()?;
        Some(Self { edits, ..self })
    }
}

/// Fixes that can be applied together, and the text they give.
///
/// ```
/// use source_text::{Applicability, Diagnostic, FixPlan, SourceMap, Span};
///
/// let mut sources = SourceMap::new();
/// let id = sources.add("fluent-bit.conf", "[OUTPTU]\n    Name stdout # all\n");
/// let problems = [
///     Diagnostic::warning("unknown-section", Span::new(id, 1, 7), "unknown section").fix(Span::new(id, 1, 7), "OUTPUT"),
///     Diagnostic::warning("inline-comment", Span::new(id, 25, 30), "no comment").fix(Span::new(id, 24, 30), ""),
/// ];
/// let plan = FixPlan::new(&problems, &sources, Applicability::Certain);
/// assert_eq!(plan.applied(), [0, 1]);
/// assert_eq!(plan.text(id, &sources), Some("[OUTPUT]\n    Name stdout\n".to_owned()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct FixPlan {
    /// By place.
    edits: Vec<Edit>,
    applied: Vec<usize>,
}

impl FixPlan {
    /// Takes the fixes of `problems` in their order, as far as they are at least as sure as `least`, lie
    /// inside their files and do not overlap one taken before. An edit that two fixes have in common is made
    /// once.
    #[must_use]
    pub fn new(problems: &[Diagnostic], sources: &SourceMap, least: Applicability) -> Self {
        let mut plan = Self::default();
        for (index, problem) in problems.iter().enumerate() {
            let Some(fix) = problem.repair().filter(|fix| fix.applicability >= least) else { continue };
            if !fix.edits.is_empty() && fix.edits.iter().all(|edit| plan.admits(edit, sources)) {
                for edit in &fix.edits {
                    if let Err(at) = plan.edits.binary_search(edit) {
                        plan.edits.insert(at, edit.clone());
                    }
                }
                plan.applied.push(index);
            }
        }
        plan
    }

    /// Which problems are repaired, by their index.
    #[must_use]
    pub fn applied(&self) -> &[usize] {
        &self.applied
    }

    /// The files that change, in order.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceId> {
        let mut ids: Vec<SourceId> = self.edits.iter().map(|edit| edit.span.source).collect();
        ids.dedup();
        ids
    }

    /// The new text of a file; `None` if it does not change.
    #[must_use]
    pub fn text(&self, id: SourceId, sources: &SourceMap) -> Option<String> {
        let old = sources.get(id)?.text();
        let mut edits = self.edits.iter().filter(|edit| edit.span.source == id).peekable();
        edits.peek()?;
        let mut new = String::with_capacity(old.len());
        let mut done = 0;
        for edit in edits {
            new.push_str(old.get(done..edit.span.range().start)?);
            new.push_str(&edit.replacement);
            done = edit.span.range().end;
        }
        new.push_str(old.get(done..)?);
        Some(new)
    }

    /// Whether an edit fits beside those that were taken.
    fn admits(&self, edit: &Edit, sources: &SourceMap) -> bool {
        let inside = sources.get(edit.span.source).is_some_and(|source| {
            let Span { start, end, .. } = edit.span;
            source.text().is_char_boundary(start as usize) && source.text().is_char_boundary(end as usize)
        });
        let at = match self.edits.binary_search(edit) {
            Ok(_) => return inside,
            Err(at) => at,
        };
        let before = at.checked_sub(1).and_then(|before| self.edits.get(before));
        let neighbours = [before, self.edits.get(at)];
        inside && !neighbours.into_iter().flatten().any(|other| overlap(edit.span, other.span))
    }
}

/// Whether two edits compete for a place: bytes in common, or two insertions at one place.
fn overlap(one: Span, other: Span) -> bool {
    one.source == other.source && (one.start < other.end && other.start < one.end || one.start == other.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies fixes, each given as its edits, to a text.
    #[track_caller]
    fn check(text: &str, fixes: &[&[(usize, usize, &str)]], expected: &str, applied: &[usize]) {
        let mut sources = SourceMap::new();
        let id = sources.add("f", text);
        let problems: Vec<Diagnostic> = fixes
            .iter()
            .map(|edits| {
                let edits = edits.iter().map(|(from, to, new)| Edit::new(Span::new(id, *from, *to), *new));
                Diagnostic::warning("x", Span::at_start(id), "").with_fix(Fix::certain("", edits.collect()))
            })
            .collect();
        let plan = FixPlan::new(&problems, &sources, Applicability::Certain);
        assert_eq!(plan.text(id, &sources).as_deref().unwrap_or(text), expected, "{text}");
        assert_eq!(plan.applied(), applied, "{text}");
    }

    #[test]
    fn fixes() {
        check("abcdef", &[], "abcdef", &[]);
        check("abcdef", &[&[(4, 5, "E")], &[(0, 1, "A")]], "AbcdEf", &[0, 1]);
        check("abcdef", &[&[(1, 1, "x")], &[(6, 6, "y")]], "axbcdefy", &[0, 1]);
        // Those that overlap an earlier one are left out whole.
        check("abcdef", &[&[(1, 3, "x")], &[(2, 4, "y"), (5, 6, "z")]], "axdef", &[0]);
        check("abcdef", &[&[(1, 1, "x")], &[(1, 1, "y")]], "axbcdef", &[0]);
        check("abcdef", &[&[(1, 3, "x")], &[(3, 4, "y")]], "axyef", &[0, 1]);
        // The same edit twice.
        check("abcdef", &[&[(1, 3, "x")], &[(1, 3, "x")]], "axdef", &[0, 1]);
        // Outside of the text, or inside a character.
        check("é", &[&[(1, 2, "x")], &[(2, 9, "y")]], "é", &[]);
    }

    #[test]
    fn guesses_are_left_out() {
        let mut sources = SourceMap::new();
        let id = sources.add("f", "abc");
        let span = Span::new(id, 0, 3);
        let guess = Fix::likely("guess", vec![Edit::new(span, "x")]);
        let problems = [Diagnostic::warning("x", span, "").with_fix(guess)];
        assert!(FixPlan::new(&problems, &sources, Applicability::Certain).sources().is_empty());
        let plan = FixPlan::new(&problems, &sources, Applicability::Likely);
        assert_eq!(plan.text(id, &sources), Some("x".to_owned()));
    }
}
