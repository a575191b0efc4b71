//! The look ahead for `_created` series, which say when the series before them started.
//!
//! Prometheus reads on from each series until it meets a `_created` series, metadata or an error, which
//! takes quadratic time in a family without any. What stops one search stops those of all series before it,
//! so here it is kept and each line is looked at twice at most.

use super::{Exemplars, Reader};
use crate::entry::{Entry, Line, Series};
use crate::float;
use crate::format::MetricType;
use crate::label::{RawLabel, RawLabels};

const SUFFIX: &[u8] = b"_created";

#[derive(Debug, Clone, Default)]
pub(super) struct Created<'a> {
    /// What stopped the last search.
    ahead: Option<Ahead<'a>>,
    /// The identity and start of the last series that had one.
    last: Option<(Vec<u8>, i64)>,
    /// The identity of the series at hand, kept for its memory.
    identity: Vec<u8>,
}

/// What a search came upon.
#[derive(Debug, Clone)]
struct Ahead<'a> {
    /// Where it starts.
    at: usize,
    /// The identity of the `_created` series, and the start that it gives; nothing where it is something
    /// else.
    created: Option<(Vec<u8>, i64)>,
    /// What the search leaves behind in the parser.
    family_name_len: usize,
    unit: &'a [u8],
}

/// Whether a series is left out because it says when others started.
pub(super) fn is_created_series(series: &Series<'_>) -> bool {
    can_have_start(series.metric_type()) && series.line().is_some_and(|line| line.name.ends_with(SUFFIX))
}

fn can_have_start(metric_type: MetricType) -> bool {
    matches!(metric_type, MetricType::Counter | MetricType::Histogram | MetricType::Summary)
}

impl<'a> Created<'a> {
    /// When `series` started, which `reader` has just read.
    pub(super) fn start_timestamp_ms(&mut self, reader: &mut Reader<'a>, series: &Series<'a>) -> Option<i64> {
        let line = series.line()?;
        if !can_have_start(series.metric_type()) {
            self.last = None;
            return None;
        }
        self.identity.clear();
        // A name that no series has, where there is none.
        let name = family_name(line, reader.family_name_len).unwrap_or(b"\0");
        identity(&mut self.identity, line, name, reader.metric_type);
        if let Some((last, start)) = &self.last
            && *last == self.identity
            && *start > 0
        {
            return Some(*start);
        }
        let ahead = match self.ahead.take() {
            Some(ahead) if ahead.at >= reader.cursor.at => ahead,
            _ => search(*reader),
        };
        // As in Prometheus, where the parser itself runs ahead and is not put back in all its parts.
        reader.family_name_len = ahead.family_name_len;
        reader.unit = ahead.unit;
        self.last = ahead.created.as_ref().filter(|(created, _)| *created == self.identity).cloned();
        self.ahead = Some(ahead);
        self.last.as_ref().map(|(_, start)| *start).filter(|&start| start != 0)
    }
}

/// Reads on to the first entry that ends a search.
fn search(mut reader: Reader<'_>) -> Ahead<'_> {
    loop {
        let at = reader.cursor.at;
        let created = match reader.next_entry(Exemplars::Skipped) {
            Ok(Some(Entry::Series(series))) => {
                let Some((line, name)) =
                    series.line().and_then(|line| Some((line, line.name.strip_suffix(SUFFIX)?)))
                else {
                    continue;
                };
                let mut created = Vec::new();
                identity(&mut created, line, name, reader.metric_type);
                Some((created, float::truncate(series.value() * 1000.0)))
            }
            _ => None,
        };
        return Ahead { at, created, family_name_len: reader.family_name_len, unit: reader.unit };
    }
}

/// The part of the series' name that names its family. The length is that of the last metadata, whether it
/// belongs to this series or not; where Prometheus would go out of bounds, there is none.
fn family_name<'a>(line: &Line<'a>, len: usize) -> Option<&'a [u8]> {
    let start = line.name.as_ptr().addr().checked_sub(line.raw.as_ptr().addr())?;
    let quotes = if line.raw.starts_with(b"{\"") { 2 } else { 0 };
    line.raw.get(start..len + quotes)
}

/// What series of one metric have in common: the labels but for that of the bucket, and the name.
fn identity(out: &mut Vec<u8>, line: &Line<'_>, name: &[u8], metric_type: MetricType) {
    for RawLabel { name: label, value, .. } in RawLabels::Line(line.labels) {
        let bucket = match metric_type {
            MetricType::Summary => label == b"quantile",
            MetricType::Histogram => label == b"le",
            _ => false,
        };
        if !bucket {
            out.extend_from_slice(label);
            out.extend_from_slice(value);
        }
    }
    out.extend_from_slice(name);
}
