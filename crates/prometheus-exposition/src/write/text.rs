//! The text format, and what OpenMetrics shares with it.

use std::borrow::Cow;

use crate::digits::Digits;
use crate::family::{Histogram, Metric, MetricFamily, MetricValue, Summary};
use crate::format::MetricType;
use crate::names::{EscapingScheme, is_legacy_name};

pub(super) fn write(out: &mut Vec<u8>, family: &MetricFamily, escaping: EscapingScheme) {
    let name = escaping.exposed(&family.name);
    if let Some(help) = &family.help {
        metadata(out, "HELP", &name, |out| escape(out, help, Quotes::Kept));
    }
    let metric_type = match family.metric_type {
        MetricType::Counter => "counter",
        MetricType::Gauge | MetricType::Info | MetricType::StateSet => "gauge",
        MetricType::Histogram | MetricType::GaugeHistogram => "histogram",
        MetricType::Summary => "summary",
        MetricType::Unknown => "untyped",
    };
    metadata(out, "TYPE", &name, |out| out.extend_from_slice(metric_type.as_bytes()));
    for metric in &family.metrics {
        let lines = Lines { name: &name, metric, escaping };
        match &metric.value {
            MetricValue::Number(value) | MetricValue::CounterWithExemplar(value, _) => {
                lines.line(out, "", None, *value);
            }
            MetricValue::Summary(summary) => {
                for (suffix, quantile, value) in summary_series(summary) {
                    lines.line(out, suffix, quantile.map(|quantile| ("quantile", quantile)), value);
                }
            }
            MetricValue::Histogram(histogram) => {
                for (bound, value) in buckets(histogram) {
                    lines.line(out, "_bucket", Some(("le", bound)), value);
                }
                for (suffix, value) in [("_sum", histogram.sum), ("_count", histogram.count)] {
                    if let Some(value) = value {
                        lines.line(out, suffix, None, value);
                    }
                }
            }
        }
    }
}

struct Lines<'a> {
    name: &'a str,
    metric: &'a Metric,
    escaping: EscapingScheme,
}

impl Lines<'_> {
    fn line(&self, out: &mut Vec<u8>, suffix: &str, bound: Option<(&str, f64)>, value: f64) {
        let bound = bound.map(|(label, bound)| (label, Digits::go(bound)));
        series(out, &[self.name, suffix].concat(), self.metric, bound.as_ref(), self.escaping);
        out.push(b' ');
        out.extend_from_slice(Digits::go(value).as_bytes());
        if let Some(timestamp) = self.metric.timestamp_ms {
            out.push(b' ');
            out.extend_from_slice(timestamp.to_string().as_bytes());
        }
        out.push(b'\n');
    }
}

/// Suffix, quantile and value of each series of a summary.
pub(super) fn summary_series(summary: &Summary) -> impl Iterator<Item = (&'static str, Option<f64>, f64)> {
    let quantiles = summary.quantiles.iter().map(|&(quantile, value)| ("", Some(quantile), value));
    let totals = [("_sum", summary.sum), ("_count", summary.count)];
    quantiles.chain(totals.into_iter().filter_map(|(suffix, value)| Some((suffix, None, value?))))
}

/// The buckets up to that for `+Inf`, which is made where it is missing and the count is known.
pub(super) fn buckets(histogram: &Histogram) -> impl Iterator<Item = (f64, f64)> {
    let has_infinite = histogram.buckets.iter().any(|bucket| bucket.upper_bound == f64::INFINITY);
    let infinite = histogram.count.filter(|_| !has_infinite).map(|count| (f64::INFINITY, count));
    let buckets = histogram.buckets.iter().map(|bucket| (bucket.upper_bound, bucket.cumulative_count));
    buckets.chain(infinite)
}

/// `# KEYWORD name ` and what `text` writes.
pub(super) fn metadata(out: &mut Vec<u8>, keyword: &str, name: &str, text: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b"# ");
    out.extend_from_slice(keyword.as_bytes());
    out.push(b' ');
    quoted_name(out, name);
    out.push(b' ');
    text(out);
    out.push(b'\n');
}

/// The name and the labels of a series, `bound` as the last.
pub(super) fn series(
    out: &mut Vec<u8>,
    name: &str,
    metric: &Metric,
    bound: Option<&(&str, Digits)>,
    escaping: EscapingScheme,
) {
    let mut separator = b'{';
    if is_legacy_name(name) {
        out.extend_from_slice(name.as_bytes());
    } else {
        out.push(b'{');
        quoted_name(out, name);
        separator = b',';
    }
    let made = bound.map(|(label, bound)| (Cow::Borrowed(*label), bound.as_str()));
    let labels =
        metric.labels.iter().map(|(name, value)| (escaping.exposed(name), value.as_str())).chain(made);
    for (name, value) in labels {
        out.push(separator);
        separator = b',';
        label(out, &name, value);
    }
    if separator == b',' {
        out.push(b'}');
    }
}

pub(super) fn label(out: &mut Vec<u8>, name: &str, value: &str) {
    // A label has no colon, and is quoted where a metric's name is not.
    if name.contains(':') {
        out.push(b'"');
        escape(out, name, Quotes::Escaped);
        out.push(b'"');
    } else {
        quoted_name(out, name);
    }
    out.extend_from_slice(b"=\"");
    escape(out, value, Quotes::Escaped);
    out.push(b'"');
}

fn quoted_name(out: &mut Vec<u8>, name: &str) {
    if is_legacy_name(name) {
        out.extend_from_slice(name.as_bytes());
    } else {
        out.push(b'"');
        escape(out, name, Quotes::Escaped);
        out.push(b'"');
    }
}

/// What happens to a `"`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Quotes {
    Escaped,
    Kept,
}

pub(super) fn escape(out: &mut Vec<u8>, text: &str, quotes: Quotes) {
    for byte in text.bytes() {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'"' if quotes == Quotes::Escaped => out.extend_from_slice(b"\\\""),
            _ => out.push(byte),
        }
    }
}
