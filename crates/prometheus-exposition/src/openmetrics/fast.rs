//! One pass over a series line of the usual shape.
//!
//! Everything here may give up, and must never read anything in another way than the lexer does. Metadata
//! is left to the lexer: it does as little there as could be done here.

use crate::bytes::{name_end, starts_name};
use crate::entry::Line;
use crate::float;
use crate::text::closing_brace;

pub(super) struct Scanned<'a> {
    pub(super) line: Line<'a>,
    pub(super) value: f64,
    pub(super) timestamp_ms: Option<i64>,
    /// Where the next line starts.
    pub(super) end: usize,
}

/// The series that starts at `start`, which is the start of a line of a body without NULs.
#[inline]
pub(super) fn series(body: &[u8], start: usize) -> Option<Scanned<'_>> {
    if !starts_name(*body.get(start)?) {
        return None;
    }
    let mut at = name_end(body, start + 1);
    let name = body.get(start..at)?;
    let mut labels: &[u8] = &[];
    let mut plain = true;
    if body.get(at) == Some(&b'{') {
        let first = at + 1;
        (at, plain) = closing_brace(body, first)?;
        labels = body.get(first..at)?;
        if memchr::memchr(b'\n', labels).is_some() {
            return None;
        }
        at += 1;
    }
    let raw = body.get(start..at)?;
    let (value, mut at) = number(body, at)?;
    let mut timestamp_ms = None;
    if body.get(at) == Some(&b' ') {
        let (seconds, end) = number(body, at)?;
        if !seconds.is_finite() {
            return None;
        }
        timestamp_ms = Some(float::truncate(seconds * 1000.0));
        at = end;
    }
    // An exemplar is left to the lexer.
    if body.get(at) != Some(&b'\n') {
        return None;
    }
    let line = Line { raw, name, labels, plain, exemplar: None };
    Some(Scanned { line, value, timestamp_ms, end: at + 1 })
}

/// The number after one blank, and where it ends.
#[inline]
fn number(body: &[u8], at: usize) -> Option<(f64, usize)> {
    if body.get(at) != Some(&b' ') {
        return None;
    }
    let rest = body.get(at + 1..)?;
    if let Some((value, len)) = float::scan_decimal(rest)
        && matches!(rest.get(len), Some(b'\n' | b' '))
    {
        return Some((value, at + 1 + len));
    }
    let len = rest.iter().position(|byte| matches!(byte, b'\n' | b' '))?;
    Some((float::parse_value(rest.get(..len)?).ok()?, at + 1 + len))
}
