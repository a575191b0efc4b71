//! Where the comments of a YAML text stand.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::build::{after_properties, quoted_end, syntax_error};
use super::offsets::ByteOffsets;
use super::tabs;
use crate::{Diagnostic, SourceId, Span};

/// The comments of `text` in order, each from its `#` to the end of its line.
///
/// # Errors
/// When `text` is no YAML.
pub fn comments(source: SourceId, text: &str) -> Result<Vec<Span>, Box<Diagnostic>> {
    let offsets = ByteOffsets::new(text);
    let separated = tabs::without_separators(text).map_err(|error| syntax_error(source, &offsets, &error))?;
    let text = separated.as_deref().unwrap_or(text);
    let mut found = Vec::new();
    // A `#` can only start a comment where no scalar is.
    let mut free = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax_error(source, &offsets, &error))?;
        if let Event::Scalar(_, style, ..) = event {
            let mut start = offsets.byte(span.start.index());
            let end = offsets.byte(span.end.index()).max(start);
            let raw = text.get(start..end).unwrap_or_default();
            let value = after_properties(raw);
            start = end - value.len();
            if value.len() < raw.len() && value.starts_with(['|', '>']) {
                // With an anchor or a tag, the span begins at the header, which may have a comment.
                start += value.find('\n').unwrap_or(value.len());
            }
            if start >= free {
                scan(source, text, free, start, &mut found);
                free = match style {
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => quoted_end(text, start, end),
                    _ => end,
                };
            }
        }
    }
    scan(source, text, free, text.len(), &mut found);
    Ok(found)
}

/// Finds the comments between two scalars.
fn scan(source: SourceId, text: &str, from: usize, to: usize, found: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(offset) = bytes.get(at..to).and_then(|gap| gap.iter().position(|byte| *byte == b'#')) {
        let start = at + offset;
        let separated = start == 0 || matches!(bytes[start - 1], b' ' | b'\t' | b'\n' | b'\r');
        at = start + 1;
        if separated {
            let length = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            at = length.map_or(text.len(), |length| start + length);
            found.push(Span::new(source, start, at));
        }
    }
}
