//! Tabs, about which parsers disagree. The rules here are those of libyaml and of Go's library.

use saphyr_parser::{Event, Parser, ScanError};

use super::offsets::ByteOffsets;

/// `text` with spaces in place of the tabs between a `:` and its value, which the parser rejects; `None` when
/// there is nothing to replace. All bytes keep their place.
pub(super) fn without_separators(text: &str) -> Result<Option<String>, ScanError> {
    if !text.contains(":\t") {
        return Ok(None);
    }
    // A tab in the middle of a scalar does not change where the scalar ends: with all of them replaced, the
    // parser tells where the scalars are.
    let replaced = replace(text, |_| true);
    let offsets = ByteOffsets::new(&replaced);
    let mut scalars = Vec::new();
    for event in Parser::new_from_str(&replaced) {
        if let (Event::Scalar(..), span) = event? {
            scalars.push((offsets.byte(span.start.index()), offsets.byte(span.end.index())));
        }
    }
    let mut scalars = scalars.into_iter().peekable();
    let mut free = 0;
    Ok(Some(replace(text, |at| {
        while let Some((_, end)) = scalars.next_if(|(start, _)| *start <= at) {
            free = free.max(end);
        }
        at >= free
    })))
}

/// The first tab where libyaml wants a token to start: in the indentation of a block collection, or after the
/// indicator of an entry. `covered` holds the scalars and flow collections, where a tab is fine.
pub(super) fn misplaced(text: &str, mut covered: Vec<(usize, usize)>) -> Option<usize> {
    covered.sort_unstable();
    let mut covered = covered.into_iter().peekable();
    let mut free = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        while let Some((_, end)) = covered.next_if(|(begin, _)| *begin <= start) {
            free = free.max(end);
        }
        let end = covered.peek().map_or(line.len(), |(begin, _)| line.len().min(begin - start));
        if free <= start
            && let Some(tab) = line.get(..end).and_then(misplaced_in_line)
        {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

fn misplaced_in_line(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().take_while(|byte| **byte == b' ').count();
        match bytes.get(at..)? {
            [b'\t', ..] => return Some(at),
            [b'-' | b'?' | b':', b' ' | b'\t', ..] => at += 1,
            _ => return None,
        }
    }
}

/// Replaces the tabs after a `:` whose offset `choose` accepts. It is asked in order.
fn replace(text: &str, mut choose: impl FnMut(usize) -> bool) -> String {
    let mut after_colon = false;
    let mut at = 0;
    let replace = |c: char| {
        let is_separator = after_colon && c == '\t';
        after_colon = c == ':' || (after_colon && matches!(c, ' ' | '\t'));
        let replaced = if is_separator && choose(at) { ' ' } else { c };
        at += c.len_utf8();
        replaced
    };
    text.chars().map(replace).collect()
}
