//! Entries as lines of text.

use std::fmt::Write as _;

use prometheus_exposition::{
    Entry, Exemplar, Format, Label, NativeCounts, Options, Parser, Series, format_float,
};

/// One line for each entry, and one for the error.
pub(crate) fn render(body: &[u8], format: Format, options: Options) -> Vec<String> {
    Parser::new(body, format, options)
        .map(|entry| match entry {
            Ok(entry) => self::entry(&entry),
            Err(error) => format!("error {}:{} {:?} {error}", error.line(), error.column(), error.kind()),
        })
        .collect()
}

fn entry(entry: &Entry<'_>) -> String {
    match entry {
        Entry::Series(series) => self::series(series),
        Entry::Histogram(histogram) => {
            let read = histogram.histogram();
            let NativeCounts::Integer { positive, .. } = &read.counts else { panic!("a float histogram") };
            let spans: Vec<_> = positive.spans.iter().map(|span| (span.offset, span.length)).collect();
            format!(
                "{} native {} spans {spans:?} deltas {:?}",
                text(histogram.name()),
                read.count(),
                positive.buckets
            )
        }
        Entry::Help { name, text: help } => format!("help {} {help}", text(name)),
        Entry::Type { name, metric_type } => format!("type {} {metric_type}", text(name)),
        Entry::Unit { name, unit } => format!("unit {} {}", text(name), text(unit)),
        Entry::Comment(comment) => format!("comment {}", text(comment)),
        other => panic!("unknown: {other:?}"),
    }
}

fn series(series: &Series<'_>) -> String {
    let mut set = Vec::new();
    series.label_set(&mut set);
    // In the order in which they were written, the ones from metadata first.
    let made = set.iter().filter(|label| {
        matches!(label.name_str(), Some("__type__" | "__unit__"))
            && !series.labels().any(|written| written.name == label.name)
    });
    let mut out = text(&series.name());
    out.push_str(&labels(made.cloned().chain(series.labels())));
    out.push(' ');
    format_float(&mut out, series.value());
    if let Some(timestamp) = series.timestamp_ms() {
        let _ = write!(out, " @{timestamp}");
    }
    if let Some(start) = series.start_timestamp_ms() {
        let _ = write!(out, " ^{start}");
    }
    if let Some(exemplar) = series.exemplar() {
        let _ = write!(out, " {}", self::exemplar(&exemplar));
    }
    out
}

fn exemplar(exemplar: &Exemplar<'_>) -> String {
    let labels = labels(exemplar.labels());
    let mut out = if labels.is_empty() { "#{}".to_owned() } else { format!("#{labels}") };
    out.push(' ');
    format_float(&mut out, exemplar.value());
    if let Some(timestamp) = exemplar.timestamp_ms() {
        let _ = write!(out, " @{timestamp}");
    }
    out
}

fn labels<'a>(labels: impl Iterator<Item = Label<'a>>) -> String {
    let labels: Vec<String> =
        labels.map(|label| format!("{}={}", text(&label.name), text(&label.value))).collect();
    if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
