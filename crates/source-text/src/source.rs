//! Positions, and the files they point into.

use std::ops::Range;

use crate::Diagnostic;

/// A file in a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes in one source file.
///
/// Sources of 4 GiB and more are not supported: positions saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte; never before `start`.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `source`. An `end` before `start` gives an empty span at `start`.
    #[must_use]
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX).max(start);
        Self { source, start, end }
    }

    /// The empty span at the start of `source`.
    #[must_use]
    pub fn at_start(source: SourceId) -> Self {
        Self { source, start: 0, end: 0 }
    }

    /// The byte range, to slice the text with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The part of this span from byte `from` to byte `to`, both counted from the span's start and kept
    /// inside it.
    #[must_use]
    pub fn part(self, from: usize, to: usize) -> Self {
        let at = |offset: usize| {
            self.start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX)).min(self.end)
        };
        Self { source: self.source, start: at(from), end: at(to).max(at(from)) }
    }

    /// The smallest span that holds both; `self` when they lie in different files.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A position a person reads: both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in the [`Unit`] that was asked for.
    pub column: u32,
}

/// What columns count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Bytes of UTF-8.
    Bytes,
    /// UTF-16 code units: what JavaScript, Java and most editors count.
    Utf16,
    /// Unicode scalar values: what Python counts.
    #[default]
    Characters,
}

impl Unit {
    /// The length of `text`.
    #[must_use]
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Characters => text.chars().count(),
        }
    }
}

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `text`, which end at `\n`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let after_newline = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0)
            .chain(after_newline.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        Self { starts }
    }

    /// The line and column, in characters, of byte `offset` of `text`, the text this index was made from. An
    /// offset past the end or inside a character is moved back to the nearest boundary.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        self.line_column_in(text, offset, Unit::Characters)
    }

    /// The same with the column in another unit.
    #[must_use]
    pub fn line_column_in(&self, text: &str, offset: u32, unit: Unit) -> LineColumn {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start as usize <= offset).max(1);
        let start = self.starts[line - 1] as usize;
        let column = unit.length(&text[start..offset]) + 1;
        LineColumn { line: saturate(line), column: saturate(column) }
    }

    /// The byte range of `line` (from 1) in `text`, without its line end.
    #[must_use]
    pub fn line_range(&self, text: &str, line: u32) -> Option<Range<usize>> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let end = self.starts.get(index + 1).map_or(text.len(), |next| *next as usize - 1);
        Some(start..end)
    }
}

/// One file: the name a person knows it by, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    lines: LineIndex,
}

impl Source {
    /// The name as it was given, usually a path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line starts.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }
}

/// The files of one configuration.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// A map without files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. The same name may be added twice; each addition is a source of its own.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(saturate(self.sources.len()));
        let text = text.into();
        let lines = LineIndex::new(&text);
        self.sources.push(Source { name: name.into(), text, lines });
        id
    }

    /// The file, if it is in this map.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// The files in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().enumerate().map(|(index, source)| (SourceId(saturate(index)), source))
    }

    /// The text `span` covers; empty when the span does not belong to this map.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.range())).unwrap_or_default()
    }

    /// File name, first and last position of `span`, with columns in characters.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<(&str, LineColumn, LineColumn)> {
        self.locate_in(span, Unit::Characters)
    }

    /// The same with columns in another unit.
    #[must_use]
    pub fn locate_in(&self, span: Span, unit: Unit) -> Option<(&str, LineColumn, LineColumn)> {
        let source = self.get(span.source)?;
        let position = |offset| source.lines.line_column_in(&source.text, offset, unit);
        Some((&source.name, position(span.start), position(span.end)))
    }

    /// One line: `file:line:column: severity[code]: message`, or without the position when it has none.
    #[must_use]
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        let head = format!("{}[{}]: {}", diagnostic.severity(), diagnostic.code(), diagnostic.message());
        match diagnostic.span().and_then(|span| self.locate(span)) {
            Some((name, start, _)) => format!("{name}:{}:{}: {head}", start.line, start.column),
            None => head,
        }
    }
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: u32, expected: (u32, u32)) {
        let found = LineIndex::new(text).line_column(text, offset);
        assert_eq!((found.line, found.column), expected, "{text:?} at {offset}");
    }

    #[test]
    fn line_and_column() {
        check("", 0, (1, 1));
        check("ab\ncd", 0, (1, 1));
        check("ab\ncd", 2, (1, 3));
        check("ab\ncd", 3, (2, 1));
        check("ab\ncd", 99, (2, 3));
        check("\n\n", 2, (3, 1));
        check("é한x", 5, (1, 3));
        check("é한x", 4, (1, 2));
    }

    #[test]
    fn columns_in_other_units() {
        let text = "a\né𝒳x";
        let column = |unit| LineIndex::new(text).line_column_in(text, 8, unit).column;
        assert_eq!([Unit::Bytes, Unit::Utf16, Unit::Characters].map(column), [7, 4, 3]);
    }

    #[test]
    fn lines_have_no_line_end() {
        let text = "ab\n\ncd";
        let index = LineIndex::new(text);
        let line = |number| index.line_range(text, number).map(|range| &text[range]);
        assert_eq!(
            [line(1), line(2), line(3), line(4), line(0)],
            [Some("ab"), Some(""), Some("cd"), None, None]
        );
    }

    #[test]
    fn parts_stay_inside() {
        let span = Span::new(SourceId::default(), 10, 20);
        assert_eq!(span.part(2, 4).range(), 12..14);
        assert_eq!(span.part(8, 99).range(), 18..20);
        assert_eq!(span.part(99, 2).range(), 20..20);
    }
}
