//! Comments and blank lines: found in the text, put into the tree where they stand.

use source_text::{SourceId, Span, yaml};

use crate::tree::{Item, Text};

/// Puts the comments and blank lines of `text` between and into `items`.
pub(super) fn insert(mut items: Vec<Item>, source: SourceId, text: &str) -> Vec<Item> {
    let mut scalars = Vec::new();
    multi_line_scalars(&items, text, &mut scalars);
    let comments = yaml::comments(source, text).unwrap_or_default();
    let mut loose = Vec::new();
    let mut trailing = Vec::new();
    for span in comments {
        let line = text[..span.range().start].rfind('\n').map_or(0, |at| at + 1);
        let comment = Text::new(&text[span.range()][1..], span);
        if text[line..span.range().start].trim().is_empty() {
            loose.push((span.start, Item::Comment(comment)));
        } else {
            trailing.push(comment);
        }
    }
    let mut unplaced = trailing.into_iter().peekable();
    let mut left = Vec::new();
    attach(&mut items, &mut unplaced, text, &mut left);
    left.extend(unplaced);
    loose.extend(left.into_iter().map(|comment| (comment.span.start, Item::Comment(comment))));
    loose.extend(blank_lines(source, text, &scalars).map(|span| (span.start, Item::Blank(span))));
    loose.sort_by_key(|(start, _)| *start);
    let mut loose = loose.into_iter().peekable();
    merge(items, &mut loose, u32::MAX)
}

/// Spans of values that go over several lines.
fn multi_line_scalars(items: &[Item], text: &str, found: &mut Vec<Span>) {
    for item in items {
        match item {
            Item::Property(property) if text[property.value.span.range()].contains('\n') => {
                found.push(property.value.span);
            }
            Item::Command(command) if text[command.value.span.range()].contains('\n') => {
                found.push(command.value.span);
            }
            Item::Section(section) => multi_line_scalars(&section.items, text, found),
            Item::Group(group) => multi_line_scalars(&group.items, text, found),
            _ => {}
        }
    }
}

fn blank_lines<'a>(source: SourceId, text: &'a str, scalars: &'a [Span]) -> impl Iterator<Item = Span> + 'a {
    let mut start = 0;
    let mut scalars = scalars.iter().peekable();
    text.split_inclusive('\n').filter_map(move |line| {
        let at = start;
        start += line.len();
        while scalars.next_if(|scalar| (scalar.end as usize) <= at).is_some() {}
        let inside = scalars.peek().is_some_and(|scalar| (scalar.start as usize) < at);
        (line.trim().is_empty() && !inside)
            .then(|| Span::new(source, at, at + line.trim_end_matches(['\n', '\r']).len()))
    })
}

/// Gives comments at the end of a line to the property or command that ends there.
fn attach(
    items: &mut [Item],
    comments: &mut std::iter::Peekable<impl Iterator<Item = Text>>,
    text: &str,
    left: &mut Vec<Text>,
) {
    for item in items {
        let (end, place) = match item {
            Item::Property(property) => {
                (property.value.span.end.max(property.key.span.end), &mut property.comment)
            }
            Item::Command(command) => (command.value.span.end, &mut command.comment),
            Item::Section(section) => {
                attach(&mut section.items, comments, text, left);
                continue;
            }
            Item::Group(group) => {
                attach(&mut group.items, comments, text, left);
                continue;
            }
            Item::Blank(_) | Item::Comment(_) => continue,
        };
        while let Some(before) = comments.next_if(|comment| comment.span.start < end) {
            left.push(before);
        }
        *place = comments.next_if(|comment| {
            let between = text.get(end as usize..comment.span.range().start).unwrap_or("\n");
            between.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b',' | b']' | b'}'))
        });
    }
}

/// Puts what stands before `limit` between the items, and into those it stands in.
fn merge(
    items: Vec<Item>,
    loose: &mut std::iter::Peekable<impl Iterator<Item = (u32, Item)>>,
    limit: u32,
) -> Vec<Item> {
    let mut merged = Vec::with_capacity(items.len());
    for mut item in items {
        let (start, end) = extent(&item);
        while let Some((_, before)) = loose.next_if(|(at, _)| *at < start && *at < limit) {
            merged.push(before);
        }
        match &mut item {
            Item::Section(section) => section.items = merge(std::mem::take(&mut section.items), loose, end),
            Item::Group(group) => group.items = merge(std::mem::take(&mut group.items), loose, end),
            _ => {}
        }
        merged.push(item);
    }
    while let Some((_, after)) = loose.next_if(|(at, _)| *at < limit) {
        merged.push(after);
    }
    merged
}

/// Where an item begins and ends.
fn extent(item: &Item) -> (u32, u32) {
    let inner = |name: &Text, items: &[Item]| {
        let end = items.last().map_or(name.span.end, |last| extent(last).1);
        (name.span.start, end.max(name.span.end))
    };
    match item {
        Item::Blank(span) => (span.start, span.end),
        Item::Comment(comment) => (comment.span.start, comment.span.end),
        Item::Command(command) => (command.name.span.start, command.value.span.end),
        // The key of a list element stands before the whole list, so the value counts.
        Item::Property(property) => {
            let end = property.value.span.end.max(property.key.span.end);
            (property.value.span.start.max(property.key.span.start), end)
        }
        Item::Section(section) => inner(&section.name, &section.items),
        Item::Group(group) => inner(&group.name, &group.items),
    }
}
