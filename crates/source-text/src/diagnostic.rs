//! What is wrong, where, and what to do about it.

use std::fmt;

use crate::{Applicability, Edit, Fix, Span};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted, but almost surely not what was meant.
    Warning,
    /// The configuration cannot be used as it is.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What it has to do with the problem.
    pub message: String,
}

/// One problem in a source file.
///
/// The code is stable: programs may match on it. The wording of message and help may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    severity: Severity,
    code: &'static str,
    message: String,
    span: Option<Span>,
    labels: Vec<Label>,
    help: Option<String>,
    fix: Option<Fix>,
}

impl Diagnostic {
    /// A problem without a place.
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            span: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// An error at `span`.
    #[must_use]
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message).at(span)
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message).at(span)
    }

    /// The same with at most the severity of a warning.
    #[must_use]
    pub fn into_warning(mut self) -> Self {
        self.severity = self.severity.min(Severity::Warning);
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Sets the next step for the reader.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Sets a repair of one edit that a machine may make.
    #[must_use]
    pub fn fix(self, span: Span, replacement: impl Into<String>) -> Self {
        self.with_fix(Fix::of_edit(Edit::new(span, replacement), Applicability::Certain))
    }

    /// Sets a repair of one edit that somebody should look at first.
    #[must_use]
    pub fn likely_fix(self, span: Span, replacement: impl Into<String>) -> Self {
        self.with_fix(Fix::of_edit(Edit::new(span, replacement), Applicability::Likely))
    }

    /// Sets the repair.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Says that the word at `span` was probably meant to be `meant`. A machine may write that when the word
    /// is but one typing mistake away.
    #[must_use]
    pub fn did_you_mean(self, span: Span, word: &str, meant: &str) -> Self {
        let problem = self.help(format!("did you mean `{meant}`?"));
        if is_typing_mistake(word, meant) {
            problem.fix(span, meant)
        } else {
            problem.likely_fix(span, meant)
        }
    }

    /// The same in another text: `place` moves the places, `edit` the edits of the fix, which is left out
    /// when it has no place there.
    #[must_use]
    pub fn relocate(
        mut self,
        mut place: impl FnMut(Span) -> Span,
        edit: impl FnMut(Edit) -> Option<Edit>,
    ) -> Self {
        self.span = self.span.map(&mut place);
        for label in &mut self.labels {
            label.span = place(label.span);
        }
        self.fix = self.fix.and_then(|fix| fix.relocate(edit));
        self
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Whether the configuration cannot be used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The stable code, such as `unknown-plugin`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// Other places that explain it.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The next step.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// What repairs it, if that is known.
    #[must_use]
    pub fn repair(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }
}

/// The candidate that `word` was probably meant to be: the nearest by edit distance, ignoring case, if no
/// more than a third of the word differs. The first of equally near ones wins.
///
/// ```
/// assert_eq!(source_text::suggest("tial", ["tail", "dummy"]), Some("tail"));
/// assert_eq!(source_text::suggest("kafka", ["tail", "dummy"]), None);
/// ```
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A longer word is no typing mistake, and the distance is quadratic in its length.
    const LONGEST: usize = 64;
    let word: Vec<char> = word.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let allowed = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether `word` is `meant` but for one edit, ignoring case.
fn is_typing_mistake(word: &str, meant: &str) -> bool {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    edit_distance(&word, meant) <= 1
}

/// Edits between two words; swapping two neighbours counts as one.
fn edit_distance(word: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=candidate.len()).collect();
    for (i, a) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in candidate.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == candidate[j - 1] && word[i - 1] == *b {
                cost = cost.min(before_last[j - 1] + 1);
            }
            row.push(cost);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[candidate.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let known = ["Read_from_Head", "Refresh_Interval", "Parser", "Path"];
        assert_eq!(suggest("read_form_head", known), Some("Read_from_Head"));
        assert_eq!(suggest("Parsre", known), Some("Parser"));
        assert_eq!(suggest("Paht", known), Some("Path"));
        assert_eq!(suggest("Flush", known), None);
        assert_eq!(suggest("", known), None);
        assert_eq!(suggest(&"x".repeat(1000), known), None);
    }
}
