//! How lines are written.

use super::Violation;
use crate::bytes::{closing_quote, label_end};
use crate::float;
use crate::format::Format;

/// `\\`, `\"` and `\n` are the escapes of the text format; `at` is where `line` starts.
pub(super) fn check_escapes(line: &[u8], at: usize) -> Result<(), Violation> {
    let mut rest = line;
    while let Some(found) = memchr::memchr(b'\\', rest) {
        let Some([b'\\' | b'"' | b'n', after @ ..]) = rest.get(found + 1..) else {
            return Err(Violation::new(
                at + line.len() - rest.len() + found,
                "an escape that does not exist",
            ));
        };
        rest = after;
    }
    Ok(())
}

/// One comma between two labels; in the text format there may be one more after the last. `at` is where
/// `labels`, the inside of the braces, starts.
pub(super) fn check_commas(labels: &[u8], format: Format, at: usize) -> Result<(), Violation> {
    let mut next = skip_blanks(labels, 0);
    while next < labels.len() {
        let (end, comma) = label(labels, next).ok_or_else(|| Violation::new(at + next, "not a label"))?;
        if !comma && end < labels.len() {
            return Err(Violation::new(at + end, "a comma is missing between two labels"));
        }
        if comma && end == labels.len() && format == Format::OpenMetrics {
            return Err(Violation::new(at + end - 1, "a comma after the last label"));
        }
        next = end;
    }
    Ok(())
}

/// Where a label or a quoted metric name ends that starts at `at`, blanks and the comma after it included,
/// and whether there was a comma.
fn label(labels: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut end = if labels.get(at) == Some(&b'"') {
        closing_quote(labels, at + 1)? + 1
    } else {
        label_end(labels, at)
    };
    end = skip_blanks(labels, end);
    if labels.get(end) == Some(&b'=') {
        let value = skip_blanks(labels, end + 1);
        if labels.get(value) != Some(&b'"') {
            return None;
        }
        end = skip_blanks(labels, closing_quote(labels, value + 1)? + 1);
    }
    if end == at {
        return None;
    }
    match labels.get(end) {
        Some(b',') => Some((skip_blanks(labels, end + 1), true)),
        _ => Some((end, false)),
    }
}

fn skip_blanks(labels: &[u8], mut at: usize) -> usize {
    while matches!(labels.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// The timestamp in ` value timestamp ...`.
pub(super) fn openmetrics_timestamp(after_series: &[u8]) -> Option<f64> {
    let line = after_series.split(|byte| *byte == b'\n').next()?;
    let timestamp = line.split(|byte| *byte == b' ').nth(2)?;
    float::parse_value(timestamp).ok()
}
