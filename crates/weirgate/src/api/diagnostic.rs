//! Diagnostics in JSON.

use serde::{Deserialize, Serialize};
use source_text::{Applicability, Severity, SourceMap, Span, Unit};

/// What columns and offsets count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Positions {
    /// Unicode scalar values, as the program prints them and Python's strings count.
    #[default]
    Characters,
    /// UTF-16 code units, as JavaScript's strings and editors count.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
}

impl Positions {
    pub(super) fn length(self, text: &str) -> usize {
        self.unit().length(text)
    }

    fn unit(self) -> Unit {
        match self {
            Self::Characters => Unit::Characters,
            Self::Utf16 => Unit::Utf16,
            Self::Bytes => Unit::Bytes,
        }
    }
}

/// A problem. Members that are null have no place or no help.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The file.
    pub file: Option<String>,
    /// Line of the first character, from 1.
    pub line: Option<usize>,
    /// Column of the first character, from 1.
    pub column: Option<usize>,
    /// Line after the last character.
    pub end_line: Option<usize>,
    /// Column after the last character.
    pub end_column: Option<usize>,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// The next step.
    pub help: Option<String>,
    /// What repairs it.
    pub fix: Option<Fix>,
    /// Offset of the first character in its file; only where a place is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// Offset after the last character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
    /// Other places that explain it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
}

/// A second place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Label {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What it has to do with the problem.
    pub message: String,
}

/// What repairs a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// Whether a machine may apply it; else somebody should look at it first.
    pub certain: bool,
    /// The replacements, all of which are needed.
    pub edits: Vec<Edit>,
}

/// A replacement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Edit {
    /// What to replace.
    #[serde(flatten)]
    pub place: Place,
    /// The text to put there.
    pub replacement: String,
}

/// A range of characters in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line of the first character, from 1.
    pub line: usize,
    /// Column of the first character, from 1.
    pub column: usize,
    /// Line after the last character.
    pub end_line: usize,
    /// Column after the last character.
    pub end_column: usize,
    /// Offset of the first character in the file.
    pub start: usize,
    /// Offset after the last character.
    pub end: usize,
}

impl Place {
    /// Where `span` lies.
    pub(super) fn of(span: Span, sources: &SourceMap, positions: Positions) -> Option<Self> {
        let source = sources.get(span.source)?;
        let text = source.text();
        let at = |offset: u32| {
            let place = source.lines().line_column_in(text, offset, positions.unit());
            let mut end = (offset as usize).min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            (place.line as usize, place.column as usize, positions.length(&text[..end]))
        };
        let ((line, column, start), (end_line, end_column, end)) = (at(span.start), at(span.end));
        Some(Self { file: source.name().to_owned(), line, column, end_line, end_column, start, end })
    }
}

impl Diagnostic {
    /// A problem found in `sources`.
    #[must_use]
    pub fn new(problem: &source_text::Diagnostic, sources: &SourceMap, positions: Positions) -> Self {
        let place = problem.span().and_then(|span| Place::of(span, sources, positions));
        let labels = problem.labels().iter().filter_map(|label| {
            Some(Label { place: Place::of(label.span, sources, positions)?, message: label.message.clone() })
        });
        let fix = problem.repair().and_then(|fix| {
            let edit = |edit: &source_text::Edit| {
                let place = Place::of(edit.span, sources, positions)?;
                Some(Edit { place, replacement: edit.replacement.clone() })
            };
            Some(Fix {
                title: fix.title().to_owned(),
                certain: fix.applicability() == Applicability::Certain,
                edits: fix.edits().iter().map(edit).collect::<Option<_>>()?,
            })
        });
        Self {
            severity: problem.severity().to_string(),
            code: problem.code().to_owned(),
            message: problem.message().to_owned(),
            help: problem.help_text().map(str::to_owned),
            labels: labels.collect(),
            fix,
            ..place.map_or_else(Self::default, Self::at)
        }
    }

    /// All of `problems`.
    #[must_use]
    pub fn all(problems: &[source_text::Diagnostic], sources: &SourceMap, positions: Positions) -> Vec<Self> {
        problems.iter().map(|problem| Self::new(problem, sources, positions)).collect()
    }

    /// Whether the thing checked cannot be used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error.to_string()
    }

    /// The problem without its place: that of a text the caller does not know.
    pub(super) fn without_place(&self) -> Self {
        Self {
            severity: self.severity.clone(),
            code: self.code.clone(),
            message: self.message.clone(),
            help: self.help.clone(),
            ..Self::default()
        }
    }

    fn at(place: Place) -> Self {
        Self {
            file: Some(place.file),
            line: Some(place.line),
            column: Some(place.column),
            end_line: Some(place.end_line),
            end_column: Some(place.end_column),
            start: Some(place.start),
            end: Some(place.end),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use source_text::Diagnostic as Problem;

    use super::*;

    fn check(positions: Positions, expected: [usize; 6]) {
        let mut sources = SourceMap::new();
        let id = sources.add("a", "é\n😀한x\n");
        let problem = Problem::error("c", Span::new(id, 7, 10), "m").help("h").fix(Span::new(id, 0, 2), "e");
        let found = Diagnostic::new(&problem, &sources, positions);
        let numbers = [found.line, found.column, found.end_line, found.end_column, found.start, found.end];
        assert_eq!(numbers, expected.map(Some), "{positions:?}");
        let edit = &found.fix.as_ref().unwrap().edits[0];
        assert_eq!((edit.place.start, edit.replacement.as_str()), (0, "e"));
        assert!(found.is_error());
    }

    #[test]
    fn positions() {
        check(Positions::Characters, [2, 2, 2, 3, 3, 4]);
        check(Positions::Utf16, [2, 3, 2, 4, 4, 5]);
        check(Positions::Bytes, [2, 5, 2, 8, 7, 10]);
    }

    #[test]
    fn members_in_order() {
        let problem = Problem::new(Severity::Warning, "x", "y");
        let found = Diagnostic::new(&problem, &SourceMap::new(), Positions::default());
        assert_eq!(
            super::super::to_json(&found),
            r#"{"file":null,"line":null,"column":null,"end_line":null,"end_column":null,"severity":"warning","code":"x","message":"y","help":null,"fix":null}"#
        );
    }
}
