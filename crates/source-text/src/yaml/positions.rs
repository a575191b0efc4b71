//! From an offset in a scalar's text to its place in the file.

use std::ops::Range;

use super::{Node, NodeKind, Style};
use crate::{Edit, Span};

/// Maps offsets in the text of a scalar to places in the file it stands in.
///
/// ```
/// use source_text::{SourceMap, yaml};
///
/// let mut sources = SourceMap::new();
/// let text = "data:\n  input.conf: |\n    [INPUT]\n        Name tail\n";
/// let id = sources.add("config-map.yaml", text);
/// let documents = yaml::parse(id, text).unwrap();
/// let file = documents[0].get("data").and_then(|data| data.get("input.conf")).unwrap();
/// let positions = file.positions(text);
/// assert_eq!(file.as_str(), Some("[INPUT]\n    Name tail\n"));
/// assert_eq!(sources.text(positions.span(17..21)), "tail");
/// ```
#[derive(Clone, Debug)]
pub struct PositionMap {
    span: Span,
    style: Option<Style>,
    /// The columns before the lines of a block scalar.
    indent: usize,
    segments: Vec<Segment>,
}

/// A run of text that stands in the file as it is, or one escape.
#[derive(Clone, Copy, Debug)]
struct Segment {
    text: (usize, usize),
    source: (usize, usize),
}

impl PositionMap {
    pub(super) fn new(node: &Node, source_text: &str) -> Self {
        let mut matcher = Matcher { text: "", at: 0, indent: 0, segments: Vec::new() };
        if let NodeKind::Scalar { text, style } = &node.kind {
            matcher.text = text;
            // A text that does not fit is not an error: what fits up to there is kept.
            let _ = matcher.scalar(source_text, node.span.range(), *style);
        }
        Self { span: node.span, style: node.style(), indent: matcher.indent, segments: matcher.segments }
    }

    /// The place of a range of bytes of the text. A line break stands at the end of its line, and so does
    /// what is past the end of the text.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.start(range.start);
        let end = if range.end > range.start { self.end(range.end) } else { start };
        Span::new(self.span.source, start, end.max(start))
    }

    /// The edit of the file that replaces a range of bytes of the text by `new`, written so that the scalar
    /// keeps its style. `None` where that style cannot hold the new text.
    ///
    /// ```
    /// use source_text::{SourceId, yaml};
    ///
    /// let text = "data:\n  input.conf: |\n    [INPUT]\n        Name tail\n";
    /// let documents = yaml::parse(SourceId::default(), text).unwrap();
    /// let file = documents[0].get("data").and_then(|data| data.get("input.conf")).unwrap();
    /// let edit = file.positions(text).edit(21..21, "\n    Tag app").unwrap();
    /// assert_eq!((edit.span.range(), edit.replacement.as_str()), (51..51, "\n        Tag app"));
    /// ```
    #[must_use]
    pub fn edit(&self, range: Range<usize>, new: &str) -> Option<Edit> {
        let replacement = match self.style? {
            Style::Literal => new.replace('\n', &format!("\n{}", " ".repeat(self.indent))),
            _ if new.contains('\n') => return None,
            Style::Folded => new.to_owned(),
            Style::SingleQuoted => new.replace('\'', "''"),
            Style::DoubleQuoted => new.replace('\\', r"\\").replace('"', "\\\""),
            // What could end a plain scalar, or begin something else.
            Style::Plain if new.contains([':', '#', ',', '[', ']', '{', '}']) => return None,
            Style::Plain => new.to_owned(),
        };
        let one_line =
            self.segments.iter().any(|segment| segment.text.0 <= range.start && range.end <= segment.text.1);
        // A range over several lines takes the line ends and indents between them along.
        (one_line || self.style == Some(Style::Literal)).then(|| Edit::new(self.span(range), replacement))
    }

    /// The whole scalar.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.span
    }

    fn start(&self, offset: usize) -> usize {
        let after = self.segments.partition_point(|segment| segment.text.0 <= offset);
        match after.checked_sub(1).and_then(|at| self.segments.get(at)) {
            None => self.segments.first().map_or(self.span.range().start, |first| first.source.0),
            Some(segment) if offset >= segment.text.1 => segment.source.1,
            Some(segment) if segment.is_verbatim() => segment.source.0 + (offset - segment.text.0),
            Some(segment) => segment.source.0,
        }
    }

    fn end(&self, offset: usize) -> usize {
        let after = self.segments.partition_point(|segment| segment.text.0 < offset);
        match after.checked_sub(1).and_then(|at| self.segments.get(at)) {
            None => self.span.range().start,
            Some(segment) if offset < segment.text.1 && segment.is_verbatim() => {
                segment.source.0 + (offset - segment.text.0)
            }
            Some(segment) => segment.source.1,
        }
    }
}

impl Segment {
    fn is_verbatim(&self) -> bool {
        self.text.1 - self.text.0 == self.source.1 - self.source.0
    }
}

/// Walks the lines of the file and the text of the scalar side by side.
struct Matcher<'t> {
    text: &'t str,
    at: usize,
    indent: usize,
    segments: Vec<Segment>,
}

impl Matcher<'_> {
    fn scalar(&mut self, source: &str, range: Range<usize>, style: Style) -> Option<()> {
        let raw = source.get(range.clone())?;
        match style {
            Style::Plain => self.lines(raw, range.start, |matcher, line, offset, place| {
                matcher.run(place.trim(line), offset + place.indent(line))
            }),
            Style::SingleQuoted | Style::DoubleQuoted => {
                let inside = raw.get(1..raw.len().checked_sub(1)?)?;
                let double = style == Style::DoubleQuoted;
                self.lines(inside, range.start + 1, |matcher, line, offset, place| {
                    let offset = offset + place.indent(line);
                    if double {
                        matcher.escaped(place.trim(line), offset)
                    } else {
                        matcher.doubled(place.trim(line), offset)
                    }
                })
            }
            Style::Literal | Style::Folded => {
                // The span may start inside the first line; its indentation is needed too.
                let start = source.get(..range.start)?.rfind('\n').map_or(0, |newline| newline + 1);
                let raw = source.get(start..range.end)?;
                let indent = leading_spaces(raw)?.checked_sub(leading_spaces(self.text)?)?;
                self.indent = indent;
                self.block(raw, start, indent)
            }
        }
    }

    /// The lines of a block scalar: all but the indentation belongs to the text.
    fn block(&mut self, raw: &str, mut offset: usize, indent: usize) -> Option<()> {
        for line in raw.split('\n') {
            let content = line.strip_suffix('\r').unwrap_or(line).get(indent..).unwrap_or_default();
            if !content.is_empty() {
                self.skip_break(content);
                self.run(content, offset + indent)?;
            }
            offset += line.len() + 1;
        }
        Some(())
    }

    /// Calls `each` with every line, its offset, and where it stands.
    fn lines(
        &mut self,
        raw: &str,
        mut offset: usize,
        mut each: impl FnMut(&mut Self, &str, usize, Place) -> Option<()>,
    ) -> Option<()> {
        let mut lines = raw.split('\n').peekable();
        let mut first = true;
        while let Some(line) = lines.next() {
            let content = line.strip_suffix('\r').unwrap_or(line);
            let place = Place { first, last: lines.peek().is_none() };
            if !place.trim(content).is_empty() {
                if !first {
                    self.skip_break(place.trim(content));
                }
                each(self, content, offset, place)?;
            }
            offset += line.len() + 1;
            first = false;
        }
        Some(())
    }

    /// Steps over what a line break became: some line breaks, or one space.
    fn skip_break(&mut self, next: &str) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let breaks = rest.len() - rest.trim_start_matches('\n').len();
        self.at += breaks;
        if breaks == 0 && rest.starts_with(' ') && !next.starts_with(' ') {
            self.at += 1;
        }
    }

    /// A run of characters that stand for themselves.
    fn run(&mut self, run: &str, offset: usize) -> Option<()> {
        if run.is_empty() {
            return Some(());
        }
        let fits = self.text.get(self.at..)?.starts_with(run);
        fits.then(|| self.push(run.len(), offset, run.len()))
    }

    /// Single quotes: `''` stands for `'`.
    fn doubled(&mut self, line: &str, mut offset: usize) -> Option<()> {
        let mut rest = line;
        while let Some(quote) = rest.find("''") {
            self.run(&rest[..quote], offset)?;
            self.push(1, offset + quote, 2);
            rest = &rest[quote + 2..];
            offset += quote + 2;
        }
        self.run(rest, offset)
    }

    /// Double quotes: each escape stands for one character, one at the end of the line for none.
    fn escaped(&mut self, line: &str, mut offset: usize) -> Option<()> {
        let mut rest = line;
        while let Some(backslash) = rest.find('\\') {
            self.run(&rest[..backslash], offset)?;
            let escape = &rest[backslash..];
            let length = match escape.as_bytes().get(1) {
                None => return Some(()),
                Some(b'x') => 4,
                Some(b'u') => 6,
                Some(b'U') => 10,
                Some(_) => 2,
            };
            let stands_for = self.text.get(self.at..)?.chars().next()?;
            self.push(stands_for.len_utf8(), offset + backslash, length);
            rest = escape.get(length..)?;
            offset += backslash + length;
        }
        self.run(rest, offset)
    }

    fn push(&mut self, text_length: usize, source: usize, source_length: usize) {
        let text = (self.at, self.at + text_length);
        self.segments.push(Segment { text, source: (source, source + source_length) });
        self.at = text.1;
    }
}

/// Which blanks of a line belong to the text: inside a flow scalar only those at its very ends.
#[derive(Clone, Copy)]
struct Place {
    first: bool,
    last: bool,
}

impl Place {
    fn trim(self, line: &str) -> &str {
        let line = if self.first { line } else { line.trim_start_matches([' ', '\t']) };
        if self.last { line } else { line.trim_end_matches([' ', '\t']) }
    }

    fn indent(self, line: &str) -> usize {
        if self.first { 0 } else { line.len() - line.trim_start_matches([' ', '\t']).len() }
    }
}

/// The spaces before the first line that is more than a line break.
fn leading_spaces(text: &str) -> Option<usize> {
    let line = text.split('\n').find(|line| !line.trim_end_matches(['\r', ' ']).is_empty())?;
    Some(line.len() - line.trim_start_matches(' ').len())
}
