//! Parser events to a tree.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::mend::Mended;
use super::offsets::ByteOffsets;
use super::{MAX_DEPTH, Node, NodeKind, Style, tabs};
use crate::{Diagnostic, SourceId, Span};

/// What aliases may add to a text of any length, counted as [`cost`].
const FREE_EXPANSION: usize = 100_000;

/// Reads the first `limit` documents; what follows them need not even be YAML.
pub(super) fn documents(source: SourceId, text: &str, limit: usize) -> Result<Vec<Node>, Box<Diagnostic>> {
    let mut mended = Mended::new(text);
    loop {
        let failure = match read(source, mended.text(), limit) {
            Ok((documents, covered)) => return finish(source, &mended, documents, covered),
            Err(failure) => failure,
        };
        match failure {
            Failure::Syntax(error) if mended.mend(&error) => {}
            Failure::Syntax(error) => return Err(syntax_error(source, &mended, &error)),
            Failure::Other(problem) => {
                let place = problem.span().unwrap_or(Span::at_start(source));
                return Err(Box::new(problem.at(original(&mended, place))));
            }
        }
    }
}

pub(super) fn syntax_error(source: SourceId, mended: &Mended<'_>, error: &ScanError) -> Box<Diagnostic> {
    let at = mended.original(ByteOffsets::new(mended.text()).byte(error.marker().index()));
    problem("yaml-syntax", Span::new(source, at, at), error.info())
}

enum Failure {
    Syntax(ScanError),
    Other(Box<Diagnostic>),
}

impl From<Box<Diagnostic>> for Failure {
    fn from(problem: Box<Diagnostic>) -> Self {
        Self::Other(problem)
    }
}

/// Documents, and where scalars and flow collections stand if that matters.
type Documents = (Vec<Node>, Option<Vec<(usize, usize)>>);

fn read(source: SourceId, text: &str, limit: usize) -> Result<Documents, Failure> {
    let mut builder = Builder::new(source, text);
    for event in Parser::new_from_str(text) {
        let is_complete = builder.documents.len() >= limit;
        match event {
            Ok((Event::DocumentEnd, _)) | Err(_) if is_complete => break,
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => return Err(Failure::Syntax(error)),
        }
    }
    Ok((builder.documents, builder.covered))
}

/// Moves everything to its place in the original text and looks for tabs there.
fn finish(
    source: SourceId,
    mended: &Mended<'_>,
    mut documents: Vec<Node>,
    covered: Option<Vec<(usize, usize)>>,
) -> Result<Vec<Node>, Box<Diagnostic>> {
    if mended.moves() {
        documents.iter_mut().for_each(|node| relocate(node, mended));
    }
    let Some(mut covered) = covered else { return Ok(documents) };
    for (start, end) in &mut covered {
        (*start, *end) = (mended.original(*start), mended.original(*end));
    }
    let text = mended.original_text();
    // After the last document that was read, anything goes but for what has to be skipped to see that it ends.
    let end = documents.last().map_or(text.len(), |node| next_token(text, node.span.range().end));
    match tabs::misplaced(text.get(..end).unwrap_or(text), covered) {
        None => Ok(documents),
        Some(tab) => {
            let span = Span::new(source, tab, tab + 1);
            Err(problem("yaml-syntax", span, "found a tab where the indentation is, which must be spaces"))
        }
    }
}

/// Where the first line after `from` that is neither blank nor a comment has its first character.
fn next_token(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let mut start = from;
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        let content = line.trim_start();
        if index > 0 && !content.is_empty() && !content.starts_with('#') {
            return start + (line.len() - content.len());
        }
        start += line.len();
    }
    text.len()
}

fn relocate(node: &mut Node, mended: &Mended<'_>) {
    node.span = original(mended, node.span);
    match &mut node.kind {
        NodeKind::Scalar { .. } => {}
        NodeKind::Sequence(items) => items.iter_mut().for_each(|item| relocate(item, mended)),
        NodeKind::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
            relocate(key, mended);
            relocate(value, mended);
        }),
    }
}

fn original(mended: &Mended<'_>, span: Span) -> Span {
    let range = span.range();
    Span::new(span.source, mended.original(range.start), mended.original(range.end))
}

/// The end of the quoted scalar at `start`; the parser's `end` includes the blanks and comments after it.
pub(super) fn quoted_end(text: &str, start: usize, end: usize) -> usize {
    let bytes = text.as_bytes().get(start..end).unwrap_or_default();
    let Some(quote) = bytes.first() else { return end };
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        let escaped = match quote {
            b'"' => *byte == b'\\',
            _ => *byte == b'\'' && bytes.get(at + 1) == Some(&b'\''),
        };
        if byte == quote && !escaped {
            return start + at + 1;
        }
        at += if escaped { 2 } else { 1 };
    }
    end
}

/// A collection whose end was not read yet.
struct Frame {
    node: Node,
    anchor: usize,
    /// The levels of collections inside, as far as they are read.
    height: usize,
    key: Option<Node>,
    /// Where keys of a mapping stand and whether they came from a merge; filled at the first merge.
    keys: Option<HashMap<String, (usize, bool)>>,
}

struct Builder<'t> {
    source: SourceId,
    text: &'t str,
    offsets: ByteOffsets<'t>,
    documents: Vec<Node>,
    open: Vec<Frame>,
    /// Anchored nodes of this document with their height; not kept when the text has no alias.
    anchors: HashMap<usize, (Node, usize)>,
    has_aliases: bool,
    budget: usize,
    /// Where scalars and flow collections stand; not kept when the text has no tab.
    covered: Option<Vec<(usize, usize)>>,
}

impl<'t> Builder<'t> {
    fn new(source: SourceId, text: &'t str) -> Self {
        Self {
            source,
            text,
            offsets: ByteOffsets::new(text),
            documents: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
            has_aliases: text.contains('*'),
            budget: text.len().saturating_add(FREE_EXPANSION),
            covered: text.contains('\t').then(Vec::new),
        }
    }

    fn event(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), Box<Diagnostic>> {
        let start = self.offsets.byte(span.start.index());
        let end = self.offsets.byte(span.end.index()).max(start);
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                self.cover(start, end);
                let style = convert(style);
                // Inside brackets, where libyaml allows no block of lines, the parser takes it for a plain text.
                if style == Style::Plain && text.starts_with(['|', '>']) {
                    let span = Span::new(self.source, start, end);
                    return Err(problem(
                        "yaml-syntax",
                        span,
                        "a block of lines cannot stand inside brackets",
                    ));
                }
                let tag = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix).into_boxed_str());
                let has_properties = anchor != 0 || tag.is_some();
                let span = self.scalar_span(start, end, &text, style, has_properties);
                let node = Node { span, kind: NodeKind::Scalar { text: text.into_owned(), style }, tag };
                self.finish(node, anchor, 0)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(start, NodeKind::Sequence(Vec::new()), anchor, tag.as_deref())?;
            }
            Event::MappingStart(anchor, tag) => {
                self.open(start, NodeKind::Mapping(Vec::new()), anchor, tag.as_deref())?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.open.pop() {
                    if end > start {
                        self.cover(frame.node.span.range().start, start + 1);
                    }
                    let node = close(frame.node, start, end);
                    self.finish(node, frame.anchor, frame.height + 1)?;
                }
            }
            Event::Alias(anchor) => self.alias(anchor, Span::new(self.source, start, end))?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn cover(&mut self, start: usize, end: usize) {
        if let Some(covered) = &mut self.covered {
            covered.push((start, end));
        }
    }

    fn open(
        &mut self,
        start: usize,
        kind: NodeKind,
        anchor: usize,
        tag: Option<&saphyr_parser::Tag>,
    ) -> Result<(), Box<Diagnostic>> {
        let mut start = start;
        if matches!(kind, NodeKind::Sequence(_)) && tag.is_none() && anchor == 0 {
            // The parser starts a list that is not indented after its first dash.
            let before = self.text.get(..start).unwrap_or_default().trim_end();
            let own = self.text.get(start..).unwrap_or_default();
            if before.ends_with('-') && !own.starts_with(['-', '[']) {
                start = before.len() - 1;
            }
        }
        let span = Span::new(self.source, start, start);
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        let tag = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix).into_boxed_str());
        let node = Node { span, kind, tag };
        self.open.push(Frame { node, anchor, height: 0, key: None, keys: None });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        let Some((node, height)) = self.anchors.get(&anchor) else {
            return Err(problem("yaml-aliases", span, "no value of this document has this anchor yet"));
        };
        if self.open.len() + height > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let (node, height) = (node.clone(), *height);
        self.spend(&node, span)?;
        self.finish(node, 0, height)
    }

    /// Puts a complete node where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, height: usize) -> Result<(), Box<Diagnostic>> {
        if anchor != 0 && self.has_aliases {
            self.spend(&node, node.span)?;
            self.anchors.insert(anchor, (node.clone(), height));
        }
        let Some(frame) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        match &mut frame.node.kind {
            NodeKind::Sequence(items) => items.push(node),
            NodeKind::Mapping(entries) => match frame.key.take() {
                None => frame.key = Some(node),
                Some(key) if is_merge(&key) => {
                    let keys = frame.keys.get_or_insert_with(|| index(entries));
                    merge(entries, keys, node)?;
                }
                Some(key) => insert(entries, frame.keys.as_mut(), key, node),
            },
            NodeKind::Scalar { .. } => {}
        }
        Ok(())
    }

    /// Pays for a copy.
    fn spend(&mut self, node: &Node, span: Span) -> Result<(), Box<Diagnostic>> {
        match self.budget.checked_sub(cost(node)) {
            Some(rest) => {
                self.budget = rest;
                Ok(())
            }
            None => Err(problem("yaml-aliases", span, "the document contains excessive aliasing")),
        }
    }

    /// The place of a scalar without its anchor and tag, and of one that is left out.
    fn scalar_span(&self, start: usize, end: usize, text: &str, style: Style, has_properties: bool) -> Span {
        let mut start = start;
        if has_properties {
            let raw = self.text.get(start..end).unwrap_or_default();
            start += raw.len() - after_properties(raw).len();
        }
        match style {
            Style::Literal | Style::Folded => {
                let raw = self.text.get(start..end).unwrap_or_default();
                // The parser starts at the first line of text, but at the header when it has properties.
                if raw.starts_with(['|', '>']) && (has_properties || text.is_empty()) {
                    start += raw.find('\n').map_or(raw.len(), |newline| newline + 1);
                }
                let raw = self.text.get(start..end).unwrap_or_default();
                Span::new(self.source, start, start + raw.trim_end().len())
            }
            Style::Plain if text.is_empty() => {
                let after =
                    self.open.last().and_then(|frame| frame.key.as_ref()).map(|key| key.span.range().end);
                let colon = after.and_then(|after| {
                    let rest = self.text.get(after..)?;
                    let at = self.text.len() - rest.trim_start().len();
                    rest.trim_start().starts_with(':').then_some(at + 1)
                });
                let at = colon.unwrap_or(start);
                Span::new(self.source, at, at)
            }
            Style::Plain => Span::new(self.source, start, end),
            Style::SingleQuoted | Style::DoubleQuoted => {
                Span::new(self.source, start, quoted_end(self.text, start, end))
            }
        }
    }
}

fn too_deep(span: Span) -> Box<Diagnostic> {
    problem("yaml-depth", span, &format!("collections are nested deeper than {MAX_DEPTH} levels"))
}

fn problem(code: &'static str, span: Span, message: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(code, span, message))
}

/// What a copy of `node` takes, roughly in units of a small node.
fn cost(node: &Node) -> usize {
    match &node.kind {
        NodeKind::Scalar { text, .. } => 1 + text.len() / 32,
        NodeKind::Sequence(items) => 1 + items.iter().map(cost).sum::<usize>(),
        NodeKind::Mapping(entries) => {
            1 + entries.iter().map(|(key, value)| cost(key) + cost(value)).sum::<usize>()
        }
    }
}

/// `text` without leading anchors, tags and blanks.
pub(super) fn after_properties(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if !text.starts_with(['&', '!']) {
            return text;
        }
        text = text.find(char::is_whitespace).map_or("", |blank| &text[blank..]);
    }
}

/// Sets the end of a collection: after its bracket, or after its last value when it has none.
fn close(mut node: Node, start: usize, end: usize) -> Node {
    let last = match &node.kind {
        NodeKind::Sequence(items) => items.last(),
        NodeKind::Mapping(entries) => entries.last().map(|(_, value)| value),
        NodeKind::Scalar { .. } => None,
    };
    let end = if end > start {
        // The parser's end includes the blanks that follow.
        start + 1
    } else {
        // An alias keeps the place of its definition, which may be anywhere.
        let inside = |end: usize| end >= node.span.range().start && end <= start;
        last.map(|last| last.span.range().end).filter(|end| inside(*end)).unwrap_or(start)
    };
    node.span = Span::new(node.span.source, node.span.range().start, end);
    node
}

fn convert(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn is_merge(key: &Node) -> bool {
    match key.tag() {
        None => key.style() == Some(Style::Plain) && key.as_str() == Some("<<"),
        Some(tag) => tag == "tag:yaml.org,2002:merge" && key.as_str() == Some("<<"),
    }
}

fn index(entries: &[(Node, Node)]) -> HashMap<String, (usize, bool)> {
    let named = entries.iter().enumerate();
    named.filter_map(|(at, (key, _))| Some((key.as_str()?.to_owned(), (at, false)))).collect()
}

fn insert(
    entries: &mut Vec<(Node, Node)>,
    keys: Option<&mut HashMap<String, (usize, bool)>>,
    key: Node,
    value: Node,
) {
    if let (Some(keys), Some(name)) = (keys, key.as_str()) {
        match keys.get_mut(name) {
            Some((at, merged @ true)) => {
                *merged = false;
                if let Some(entry) = entries.get_mut(*at) {
                    *entry = (key, value);
                }
                return;
            }
            Some((at, false)) => *at = entries.len(),
            None => {
                keys.insert(name.to_owned(), (entries.len(), false));
            }
        }
    }
    entries.push((key, value));
}

fn merge(
    entries: &mut Vec<(Node, Node)>,
    keys: &mut HashMap<String, (usize, bool)>,
    value: Node,
) -> Result<(), Box<Diagnostic>> {
    let span = value.span;
    match value.kind {
        NodeKind::Mapping(merged) => {
            for (key, value) in merged {
                let at = entries.len();
                match key.as_str().map(|name| keys.get(name).copied().ok_or(name.to_owned())) {
                    Some(Ok((at, _))) => {
                        if let Some(entry) = entries.get_mut(at) {
                            *entry = (key, value);
                        }
                    }
                    Some(Err(name)) => {
                        keys.insert(name, (at, true));
                        entries.push((key, value));
                    }
                    None => entries.push((key, value)),
                }
            }
            Ok(())
        }
        NodeKind::Sequence(items) if items.iter().all(|item| item.entries().is_some()) => {
            // The first of a list wins, so it comes last.
            items.into_iter().rev().try_for_each(|item| merge(entries, keys, item))
        }
        _ => Err(problem("yaml-merge", span, "a merge key needs a mapping or a list of mappings")),
    }
}
