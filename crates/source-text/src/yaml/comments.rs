//! Where the comments of a YAML text stand.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::build::{after_properties, quoted_end, syntax_error};
use super::mend::Mended;
use super::offsets::ByteOffsets;
use crate::{Diagnostic, SourceId, Span};

/// The comments of `text` in order, each from its `#` to the end of its line.
///
/// # Errors
/// When `text` is no YAML.
pub fn comments(source: SourceId, text: &str) -> Result<Vec<Span>, Box<Diagnostic>> {
    let mut mended = Mended::new(text);
    loop {
        match scalars(mended.text()) {
            Ok(scalars) => {
                let scalars =
                    scalars.into_iter().map(|(start, end)| (mended.original(start), mended.original(end)));
                return Ok(between(source, text, scalars));
            }
            Err(error) if mended.mend(&error) => {}
            Err(error) => return Err(syntax_error(source, &mended, &error)),
        }
    }
}

/// Where the scalars stand, with their quotes.
fn scalars(text: &str) -> Result<Vec<(usize, usize)>, ScanError> {
    let offsets = ByteOffsets::new(text);
    let mut scalars = Vec::new();
    for event in Parser::new_from_str(text) {
        if let (Event::Scalar(_, style, ..), span) = event? {
            let mut start = offsets.byte(span.start.index());
            let end = offsets.byte(span.end.index()).max(start);
            let raw = text.get(start..end).unwrap_or_default();
            let value = after_properties(raw);
            start = end - value.len();
            if value.len() < raw.len() && value.starts_with(['|', '>']) {
                // With an anchor or a tag, the span begins at the header, which may have a comment.
                start += value.find('\n').unwrap_or(value.len());
            }
            scalars.push(match style {
                ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                    (start, quoted_end(text, start, end))
                }
                _ => (start, end),
            });
        }
    }
    Ok(scalars)
}

/// The comments outside scalars: a `#` can only start one where no scalar is.
fn between(source: SourceId, text: &str, scalars: impl Iterator<Item = (usize, usize)>) -> Vec<Span> {
    let mut found = Vec::new();
    let mut free = 0;
    for (start, end) in scalars {
        if start >= free {
            scan(source, text, free, start, &mut found);
            free = end;
        }
    }
    scan(source, text, free, text.len(), &mut found);
    found
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
