//! One pass over a line of the usual shape.
//!
//! Everything here may give up, and must never read anything in another way than the lexer does.

use crate::bytes::{self, label_end, name_end, starts_label, starts_name};
use crate::entry::Line;
use crate::float;
use crate::format::MetricType;

pub(super) struct Scanned<'a> {
    pub(super) entry: Found<'a>,
    /// Where the next line starts.
    pub(super) end: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Series { line: Line<'a>, value: f64, timestamp_ms: Option<i64> },
    Help { name: &'a [u8], text: &'a [u8] },
    Type { name: &'a [u8], metric_type: MetricType },
    Comment(&'a [u8]),
}

/// The entry that starts at `at`, which is the start of a line of a body without NULs.
#[inline]
pub(super) fn next(body: &[u8], at: usize) -> Option<Scanned<'_>> {
    let mut at = at;
    loop {
        let byte = *body.get(at)?;
        if starts_name(byte) {
            return series(body, at);
        }
        match byte {
            b'#' => return comment(body, at),
            b'\n' => at += 1,
            _ => return None,
        }
    }
}

#[inline]
fn series(body: &[u8], start: usize) -> Option<Scanned<'_>> {
    let mut at = name_end(body, start + 1);
    let name = body.get(start..at)?;
    let mut labels: &[u8] = &[];
    let mut plain = true;
    if body.get(at) == Some(&b'{') {
        let first = at + 1;
        (at, plain) = closing_brace(body, first)?;
        labels = body.get(first..at)?;
        at += 1;
    }
    let raw = body.get(start..at)?;
    at = skip_blanks(body, at);
    let rest = body.get(at..)?;
    let value = match float::scan_decimal(rest) {
        Some((value, len)) if matches!(rest.get(len), Some(b'\n' | b' ' | b'\t')) => {
            at += len;
            value
        }
        _ => {
            let len = rest.iter().position(|byte| matches!(byte, b'\n' | b' ' | b'\t' | b'{'))?;
            at += len;
            float::parse_value(rest.get(..len)?).ok()?
        }
    };
    at = skip_blanks(body, at);
    let mut timestamp_ms = None;
    if body.get(at).is_some_and(u8::is_ascii_digit) {
        let first = at;
        let mut timestamp = 0i64;
        while let Some(digit) = body.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit <= 9) {
            timestamp = timestamp.wrapping_mul(10).wrapping_add(i64::from(digit));
            at += 1;
        }
        // Longer ones may not fit.
        if at - first > 18 {
            return None;
        }
        timestamp_ms = Some(timestamp);
        at = skip_blanks(body, at);
    }
    if body.get(at) != Some(&b'\n') {
        return None;
    }
    let line = Line { raw, name, labels, plain, exemplar: None };
    Some(Scanned { entry: Found::Series { line, value, timestamp_ms }, end: at + 1 })
}

#[inline]
fn skip_blanks(body: &[u8], mut at: usize) -> usize {
    while matches!(body.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// Where the brace is that closes labels which start at `at` and have no blanks and no quoted names, and whether there
/// is no backslash in them either.
#[inline]
pub(crate) fn closing_brace(body: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut at = at;
    let mut plain = true;
    loop {
        let byte = *body.get(at)?;
        if byte == b'}' {
            return Some((at, plain));
        }
        if !starts_label(byte) {
            return None;
        }
        at = label_end(body, at + 1);
        if body.get(at) != Some(&b'=') || body.get(at + 1) != Some(&b'"') {
            return None;
        }
        at += 2;
        loop {
            at = bytes::quote_or_backslash(body, at)?;
            if body.get(at) == Some(&b'"') {
                break;
            }
            // An escaped line break is none.
            if body.get(at + 1) == Some(&b'\n') {
                return None;
            }
            plain = false;
            at += 2;
        }
        at += 1;
        match *body.get(at)? {
            b',' => at += 1,
            b'}' => return Some((at, plain)),
            _ => return None,
        }
    }
}

fn comment(body: &[u8], start: usize) -> Option<Scanned<'_>> {
    let end = start + memchr::memchr(b'\n', body.get(start..)?)?;
    let line = body.get(start..end)?;
    let entry = match line {
        [b'#', b' ', b'H', b'E', b'L', b'P', b' ', rest @ ..] => {
            let (name, text) = metadata(rest)?;
            Found::Help { name, text }
        }
        [b'#', b' ', b'T', b'Y', b'P', b'E', b' ', rest @ ..] => {
            let (name, text) = metadata(rest)?;
            Found::Type { name, metric_type: MetricType::from_text(text)? }
        }
        // What may still become a keyword is left to the lexer.
        [b'#', b' ', b'H' | b'T' | b' ' | b'\t', ..] | [b'#', b'\t', ..] => return None,
        _ => Found::Comment(line),
    };
    Some(Scanned { entry, end: end + 1 })
}

/// The name and the text after `# HELP ` or `# TYPE `.
fn metadata(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    if !starts_name(*rest.first()?) {
        return None;
    }
    let (name, text) = rest.split_at_checked(name_end(rest, 1))?;
    if text.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
        return Some((name, &[]));
    }
    // Whatever stands behind the name is taken for a blank, also the first byte of a longer character.
    if !text.first()?.is_ascii() {
        return None;
    }
    Some((name, text.get(1..)?))
}
