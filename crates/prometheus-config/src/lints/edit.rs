//! Edits of a YAML file that add and remove whole lines. All of them give `None` where the file is not
//! written in lines, with brackets for instance.

use source_text::{Edit, Span};

/// The text of the file.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    pub(super) text: &'a str,
}

impl<'a> Lines<'a> {
    /// The text from the start of the line to `at`.
    fn before(self, at: usize) -> &'a str {
        let before = self.text.get(..at).unwrap_or_default();
        &before[before.rfind('\n').map_or(0, |newline| newline + 1)..]
    }

    /// The place after the last thing `span` covers, with the comment behind it.
    fn end(self, span: Span) -> Span {
        let text = self.text.get(span.range()).unwrap_or_default();
        let end = span.range().start + text.trim_end().len();
        let rest = self.text.get(end..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let end = if rest.trim_start().starts_with('#') { end + rest.trim_end().len() } else { end };
        Span::new(span.source, end, end)
    }

    /// The blanks before the fields of the mapping that begins at `span`; those of a list item are as many as
    /// stand before its first field, its `- ` included.
    fn indent(self, span: Span) -> Option<usize> {
        let before = self.before(span.range().start);
        before.chars().all(|c| c == ' ' || c == '-').then_some(before.len())
    }

    /// Adds lines to the end of the mapping at `span`, each with the indent of its fields.
    pub(super) fn append(self, span: Span, lines: &[&str]) -> Option<Edit> {
        self.below(span, span, lines)
    }

    /// Adds lines below `anchor`, with the indent of the mapping at `mapping`.
    pub(super) fn below(self, anchor: Span, mapping: Span, lines: &[&str]) -> Option<Edit> {
        let indent = " ".repeat(self.indent(mapping)?);
        let text: String = lines.iter().map(|line| format!("\n{indent}{line}")).collect();
        Some(Edit::new(self.end(anchor), text))
    }

    /// Adds items to the list `item` is in, below it or above it. Each item is its lines.
    pub(super) fn items(self, item: Span, items: &[&[&str]], above: bool) -> Option<Edit> {
        let indent = self.indent(item)?;
        let dash = self.before(item.range().start);
        let first = format!("{}-{}", &dash[..dash.find('-')?], " ".repeat(indent - dash.find('-')? - 1));
        let mut text = String::new();
        for lines in items {
            for (index, line) in lines.iter().enumerate() {
                let start = if index == 0 { first.clone() } else { " ".repeat(indent) };
                text.push_str(&if above { format!("{start}{line}\n") } else { format!("\n{start}{line}") });
            }
        }
        let line_start = item.range().start - dash.len();
        let place = if above { Span::new(item.source, line_start, line_start) } else { self.end(item) };
        Some(Edit::new(place, text))
    }

    /// Removes the line of the field whose value stands at `value`.
    pub(super) fn without_field(self, name: &str, value: Span) -> Option<Edit> {
        let before = self.before(value.range().start);
        let written = before.trim_start().strip_prefix(name)?.trim_start();
        let start = value.range().start.checked_sub(before.len() + 1)?;
        let end = self.end(value).range().end;
        written.starts_with(':').then(|| Edit::new(Span::new(value.source, start, end), ""))
    }

    /// Where `part` stands inside `span`, as a whole word.
    pub(super) fn find(self, span: Span, part: &str) -> Option<Span> {
        let text = self.text.get(span.range())?;
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut matches = text.match_indices(part);
        let (at, _) = matches.find(|(at, _)| {
            !text[..*at].ends_with(is_part) && !text[at + part.len()..].starts_with(is_part)
        })?;
        Some(span.part(at, at + part.len()))
    }
}
