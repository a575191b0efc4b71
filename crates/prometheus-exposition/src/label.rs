//! Labels of series and exemplars, read from the bytes they stand in.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::bytes::{self, closing_quote, equals_sign, label_end, quote_or_backslash, starts_label};
use crate::digits::Digits;
use crate::entry::{Line, Meta};
use crate::float::parse_go;
use crate::format::MetricType;
use crate::protobuf::wire::LabelPairs;

/// The label that holds the name of the metric.
pub(crate) const METRIC_NAME: &str = "__name__";
const METRIC_TYPE: &str = "__type__";
const METRIC_UNIT: &str = "__unit__";

/// A label. Both parts borrow from the body, unless they had to be changed.
///
/// They are bytes because Prometheus' text parsers do not look into a quoted name, and a metric's name
/// becomes the value of `__name__`: whether it is a valid name is for the scrape to decide. All other
/// values are UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label<'a> {
    /// The name.
    pub name: Cow<'a, [u8]>,
    /// The value, with its escapes replaced.
    pub value: Cow<'a, [u8]>,
}

impl<'a> Label<'a> {
    /// A label of these two parts.
    #[must_use]
    pub fn new(name: impl Into<Cow<'a, [u8]>>, value: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The name, if it is UTF-8.
    #[must_use]
    pub fn name_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.name).ok()
    }

    /// The value, if it is UTF-8.
    #[must_use]
    pub fn value_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.value).ok()
    }
}

/// The labels of a [`Series`](crate::Series), without the metric's name and the labels that
/// [`Options::type_and_unit_labels`](crate::Options::type_and_unit_labels) adds or takes away, in the
/// order in which they were written. Made by `labels()`.
///
/// The values of `le` on histograms and `quantile` on summaries are rewritten as Prometheus does
/// (`1` becomes `1.0`).
#[derive(Debug, Clone)]
pub struct Labels<'a> {
    raw: RawLabels<'a>,
    /// What makes the last one: `le` or `quantile` of a protobuf series.
    made: Option<Label<'a>>,
    escapes: Escapes,
    meta: Meta<'a>,
    /// Whether the metric has a name that is not empty.
    named: bool,
}

/// What happens to backslashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    Replaced,
    Kept,
}

/// Labels as they were written, escapes and all.
#[derive(Debug, Clone)]
pub(crate) enum RawLabels<'a> {
    /// What is between two braces.
    Line(&'a [u8]),
    /// The same, without blanks, quoted names and backslashes.
    Plain(PlainLabels<'a>),
    /// The pairs of a protobuf message.
    Pairs(LabelPairs<'a>),
}

impl<'a> Labels<'a> {
    pub(crate) fn of_line(line: &Line<'a>, meta: Meta<'a>) -> Self {
        let raw = match line.plain {
            true => RawLabels::Plain(PlainLabels::new(line.labels)),
            false => RawLabels::Line(line.labels),
        };
        Self { raw, made: None, escapes: Escapes::Replaced, meta, named: !line.name.is_empty() }
    }

    pub(crate) fn of_message(pairs: LabelPairs<'a>, made: Option<Label<'a>>, meta: Meta<'a>) -> Self {
        Self { raw: RawLabels::Pairs(pairs), made, escapes: Escapes::Kept, meta, named: true }
    }

    /// Prometheus leaves the escapes of an exemplar's labels as they are.
    pub(crate) fn of_exemplar(raw: RawLabels<'a>) -> Self {
        Self { raw, made: None, escapes: Escapes::Kept, meta: Meta::default(), named: true }
    }

    /// Whether a label of this name gives way to one that is made from metadata.
    fn is_overridden(&self, name: &[u8]) -> bool {
        name == METRIC_NAME.as_bytes() && self.named
            || name == METRIC_TYPE.as_bytes() && self.meta.metric_type != MetricType::Unknown
            || name == METRIC_UNIT.as_bytes() && !self.meta.unit.is_empty()
    }

    fn is_float(&self, name: &[u8]) -> bool {
        match self.meta.metric_type {
            MetricType::Histogram => name == b"le",
            MetricType::Summary => name == b"quantile",
            _ => false,
        }
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = Label<'a>;

    #[inline]
    fn next(&mut self) -> Option<Label<'a>> {
        loop {
            let Some(raw) = self.raw.next() else { return self.made.take() };
            let (mut name, mut value) = (Cow::Borrowed(raw.name), Cow::Borrowed(raw.value));
            if raw.escaped && self.escapes == Escapes::Replaced {
                (name, value) = (bytes::unescape(raw.name), bytes::unescape(raw.value));
            }
            if self.meta.labels && self.is_overridden(&name) {
                continue;
            }
            if self.is_float(&name) && self.escapes == Escapes::Replaced {
                value = canonical_float(value);
            }
            return Some(Label { name, value });
        }
    }
}

/// A label as it was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawLabel<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    /// Whether there may be a backslash in it.
    escaped: bool,
}

impl<'a> Iterator for RawLabels<'a> {
    type Item = RawLabel<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Plain(labels) => {
                labels.next().map(|(name, value)| RawLabel { name, value, escaped: false })
            }
            Self::Line([]) => None,
            Self::Line(rest) => usual_in_line(rest).or_else(|| any_in_line(rest)),
            Self::Pairs(pairs) => pairs.next().map(|(name, value)| RawLabel { name, value, escaped: false }),
        }
    }
}

/// Labels in which each quote is the start or the end of a value. Quotes are found block by block, so that no search
/// waits for the one before.
#[derive(Debug, Clone)]
pub(crate) struct PlainLabels<'a> {
    text: &'a [u8],
    /// Where the next label starts.
    at: usize,
    /// The quotes that are left of a block, and where that starts.
    quotes: u64,
    block: usize,
}

impl<'a> PlainLabels<'a> {
    #[inline]
    fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, quotes: bytes::quotes(text, 0), block: 0 }
    }

    #[inline]
    fn next_quote(&mut self) -> Option<usize> {
        while self.quotes == 0 {
            self.block += bytes::BLOCK;
            if self.block >= self.text.len() {
                return None;
            }
            self.quotes = bytes::quotes(self.text, self.block);
        }
        let at = self.block + self.quotes.trailing_zeros() as usize;
        self.quotes &= self.quotes - 1;
        Some(at)
    }
}

impl<'a> Iterator for PlainLabels<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (open, close) = (self.next_quote()?, self.next_quote()?);
        // The name ends before `="`, and a comma follows the value if anything does.
        let name = self.text.get(self.at..open - 1)?;
        self.at = close + 2;
        Some((name, self.text.get(open + 1..close)?))
    }
}

/// The next label between braces, where it has no blanks and no quoted name.
#[inline]
fn usual_in_line<'a>(rest: &mut &'a [u8]) -> Option<RawLabel<'a>> {
    let line = *rest;
    let start = usize::from(*line.first()? == b',');
    if !starts_label(*line.get(start)?) {
        return None;
    }
    // A parser has seen that there is nothing but the name and blanks before the sign.
    let end = equals_sign(line, start + 1)?;
    let name = line.get(start..end)?;
    if matches!(name.last(), Some(b' ' | b'\t')) {
        return None;
    }
    let value = line.get(end..)?.strip_prefix(b"=\"")?;
    let close = quote_or_backslash(value, 0)?;
    let (value, after) = value.split_at_checked(close)?;
    // Anything but a comma may be a NUL that belongs to the value, or a backslash in it.
    match after {
        [b'"'] => *rest = &[],
        [b'"', after @ ..] if after.first() == Some(&b',') => *rest = after,
        _ => return None,
    }
    Some(RawLabel { name, value, escaped: false })
}

/// The next label between braces that a parser has accepted; a metric name is passed over.
#[cold]
fn any_in_line<'a>(rest: &mut &'a [u8]) -> Option<RawLabel<'a>> {
    loop {
        let line = *rest;
        let start = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b','))?;
        let (name, mut at) = if line.get(start) == Some(&b'"') {
            let end = closing_quote(line, start + 1)?;
            (line.get(start + 1..end)?, end + 1)
        } else {
            let end = label_end(line, start + 1);
            (line.get(start..end)?, end)
        };
        at = skip(line, at, b"");
        if line.get(at) != Some(&b'=') {
            *rest = line.get(at..)?;
            continue;
        }
        // The lexer steps over NULs from here to the end of the value, the closing quote included ...
        at = skip(line, at + 1, b"\0") + 1;
        let close = closing_quote_of_value(line, at)?;
        let after = skip_nuls(line, close + 1);
        *rest = line.get(after..)?;
        // ... and takes the byte before where it then stands for that quote.
        return Some(RawLabel { name, value: line.get(at..after - 1)?, escaped: true });
    }
}

/// The `"` that ends the value whose content starts at `at`: NULs do not separate a backslash from what it escapes.
fn closing_quote_of_value(line: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = quote_or_backslash(line, at)?;
        if line.get(at) == Some(&b'"') {
            return Some(at);
        }
        at = skip_nuls(line, at + 1) + 1;
    }
}

fn skip(line: &[u8], mut at: usize, also: &[u8]) -> usize {
    while line.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t') || also.contains(byte)) {
        at += 1;
    }
    at
}

fn skip_nuls(line: &[u8], mut at: usize) -> usize {
    while line.get(at) == Some(&0) {
        at += 1;
    }
    at
}

/// `value` as Prometheus writes this number, or as it is if it is none.
fn canonical_float(value: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if is_canonical(&value) {
        return value;
    }
    let Ok(number) = parse_go(&value) else { return value };
    let canonical = Digits::openmetrics(number);
    if canonical.as_bytes() == &*value { value } else { Cow::Owned(canonical.as_bytes().to_vec()) }
}

/// Whether a bound is surely written as Prometheus would write it, which most are: up to 15 digits come back
/// from a double as they were, so that only the form counts.
fn is_canonical(value: &[u8]) -> bool {
    if value == b"+Inf" {
        return true;
    }
    let Some(point) = value.iter().position(|byte| *byte == b'.') else { return false };
    let (whole, fraction) = (&value[..point], &value[point + 1..]);
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    // From 1e+06 on and below 0.0001 there is an exponent.
    let small = fraction.starts_with(b"0000") && whole == b"0";
    value.len() <= 16
        && (whole == b"0" || (1..=6).contains(&whole.len()) && !whole.starts_with(b"0"))
        && (fraction == b"0" || !fraction.is_empty() && !fraction.ends_with(b"0"))
        && !small
        && digits(whole)
        && digits(fraction)
}

/// Puts the name of a series, the labels made from its metadata and its other labels into `out`, sorted by
/// name.
pub(crate) fn label_set<'a>(out: &mut Vec<Label<'a>>, name: Cow<'a, [u8]>, mut labels: Labels<'a>) {
    out.clear();
    let Meta { metric_type, unit, labels: from_metadata } = labels.meta;
    if !(from_metadata && name.is_empty()) {
        out.push(Label { name: Cow::Borrowed(METRIC_NAME.as_bytes()), value: name });
    }
    if from_metadata && metric_type != MetricType::Unknown {
        out.push(Label::new(METRIC_TYPE.as_bytes(), metric_type.as_str().as_bytes()));
    }
    if from_metadata && !unit.is_empty() {
        out.push(Label::new(METRIC_UNIT.as_bytes(), unit));
    }
    // Labels whose values are not rewritten are taken as they stand, which is most of the work of a scrape.
    let bounds = matches!(metric_type, MetricType::Histogram | MetricType::Summary);
    if let (RawLabels::Plain(plain), false, false) = (&mut labels.raw, from_metadata, bounds) {
        out.extend(
            plain.map(|(name, value)| Label { name: Cow::Borrowed(name), value: Cow::Borrowed(value) }),
        );
    }
    out.extend(labels);
    // Stable: a repeated name keeps its order.
    out.sort_by(|a, b| compare(&a.name, &b.name));
}

/// Most names differ in the first four bytes, which need no call.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        (Some(x), Some(y)) if x != y => u32::from_be_bytes(*x).cmp(&u32::from_be_bytes(*y)),
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cow, Digits, canonical_float, is_canonical};

    #[test]
    fn bounds_are_rewritten() {
        for (value, expected) in [
            ("1", "1.0"),
            ("1.0", "1.0"),
            ("0.50", "0.5"),
            ("00.5", "0.5"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("-0.0", "0.0"),
            ("-1.5", "-1.5"),
            ("0.00001", "1e-05"),
            ("0.0001", "0.0001"),
            ("999999.5", "999999.5"),
            ("1000000.5", "1.0000005e+06"),
            ("Inf", "+Inf"),
            ("+Inf", "+Inf"),
            ("nan", "NaN"),
            ("x", "x"),
            ("1.x", "1.x"),
            ("", ""),
        ] {
            assert_eq!(*canonical_float(Cow::Borrowed(value.as_bytes())), *expected.as_bytes(), "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_surely_canonical_is(value in "[0-9]{1,7}\\.[0-9]{1,14}|0\\.0{0,5}[1-9]{0,9}") {
            if is_canonical(value.as_bytes()) {
                let number: f64 = value.parse().unwrap();
                assert_eq!(Digits::openmetrics(number).as_str(), value);
            }
        }
    }
}
