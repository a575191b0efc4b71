//! OpenMetrics.

use super::text::{Quotes, buckets, escape, label, metadata, series, summary_series};
use crate::digits::Digits;
use crate::family::{Metric, MetricFamily, MetricValue, OwnedExemplar};
use crate::float;
use crate::format::MetricType;
use crate::names::EscapingScheme;

pub(super) fn write(out: &mut Vec<u8>, family: &MetricFamily, escaping: EscapingScheme) {
    let full = escaping.exposed(&family.name);
    let (base, metric_type, sample_suffix) = match family.metric_type {
        MetricType::Counter => match full.strip_suffix("_total") {
            Some(base) => (base, MetricType::Counter, "_total"),
            None => (&*full, MetricType::Unknown, ""),
        },
        MetricType::Info => match full.strip_suffix("_info") {
            Some(base) => (base, MetricType::Info, "_info"),
            None => (&*full, MetricType::Unknown, ""),
        },
        other => (&*full, other, ""),
    };
    if let Some(help) = &family.help {
        metadata(out, "HELP", base, |out| escape(out, help, Quotes::Escaped));
    }
    metadata(out, "TYPE", base, |out| out.extend_from_slice(metric_type.as_str().as_bytes()));
    // Prometheus does not unescape a unit, so it is written as it is.
    let unit = family.unit.as_deref().filter(|unit| {
        !unit.is_empty()
            && !unit.contains('\n')
            && base.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'))
    });
    if let Some(unit) = unit {
        metadata(out, "UNIT", base, |out| out.extend_from_slice(unit.as_bytes()));
    }
    for metric in &family.metrics {
        let lines = Lines { base, metric, escaping };
        match &metric.value {
            MetricValue::Number(value) => lines.line(out, sample_suffix, None, *value, None),
            MetricValue::CounterWithExemplar(value, exemplar) => {
                lines.line(out, sample_suffix, None, *value, Some(exemplar));
            }
            MetricValue::Summary(summary) => {
                for (suffix, quantile, value) in summary_series(summary) {
                    lines.line(out, suffix, quantile.map(|quantile| ("quantile", quantile)), value, None);
                }
            }
            MetricValue::Histogram(histogram) => {
                let exemplars = histogram.buckets.iter().map(|bucket| bucket.exemplar.as_ref());
                let exemplars = exemplars.chain(std::iter::repeat(None));
                for ((bound, value), exemplar) in buckets(histogram).zip(exemplars) {
                    lines.line(out, "_bucket", Some(("le", bound)), value, exemplar);
                }
                let gauge = metric_type == MetricType::GaugeHistogram;
                let suffixes = if gauge { ["_gsum", "_gcount"] } else { ["_sum", "_count"] };
                for (suffix, value) in suffixes.into_iter().zip([histogram.sum, histogram.count]) {
                    if let Some(value) = value {
                        lines.line(out, suffix, None, value, None);
                    }
                }
            }
        }
        let has_start =
            matches!(metric_type, MetricType::Counter | MetricType::Histogram | MetricType::Summary);
        if let Some(start) = metric.start_timestamp_ms.filter(|_| has_start) {
            lines.created(out, start);
        }
    }
}

struct Lines<'a> {
    base: &'a str,
    metric: &'a Metric,
    escaping: EscapingScheme,
}

impl Lines<'_> {
    fn line(
        &self,
        out: &mut Vec<u8>,
        suffix: &str,
        bound: Option<(&str, f64)>,
        value: f64,
        exemplar: Option<&OwnedExemplar>,
    ) {
        let bound = bound.map(|(label, bound)| (label, Digits::openmetrics(bound)));
        series(out, &[self.base, suffix].concat(), self.metric, bound.as_ref(), self.escaping);
        out.push(b' ');
        number(out, value);
        if let Some(timestamp) = self.metric.timestamp_ms {
            out.push(b' ');
            seconds(out, timestamp);
        }
        if let Some(exemplar) = exemplar {
            self.exemplar(out, exemplar);
        }
        out.push(b'\n');
    }

    fn exemplar(&self, out: &mut Vec<u8>, exemplar: &OwnedExemplar) {
        out.extend_from_slice(b" # {");
        for (at, (name, value)) in exemplar.labels.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            label(out, &self.escaping.exposed(name), value);
        }
        out.extend_from_slice(b"} ");
        number(out, exemplar.value);
        if let Some(timestamp) = exemplar.timestamp_ms {
            out.push(b' ');
            seconds(out, timestamp);
        }
    }

    fn created(&self, out: &mut Vec<u8>, start: i64) {
        series(out, &[self.base, "_created"].concat(), self.metric, None, self.escaping);
        out.push(b' ');
        seconds(out, start);
        // With a timestamp like those of the other samples, or it would be a metric of its own.
        if let Some(timestamp) = self.metric.timestamp_ms {
            out.push(b' ');
            seconds(out, timestamp);
        }
        out.push(b'\n');
    }
}

/// A value: with a point or an exponent, but for zero with a sign, which would be lost.
fn number(out: &mut Vec<u8>, value: f64) {
    if value == 0.0 && value.is_sign_negative() {
        out.extend_from_slice(b"-0.0");
    } else {
        out.extend_from_slice(Digits::openmetrics(value).as_bytes());
    }
}

/// A timestamp in seconds. Prometheus multiplies by 1000 and cuts off, and would read some a millisecond too
/// small: these are written as the next greater number.
fn seconds(out: &mut Vec<u8>, milliseconds: i64) {
    #[expect(clippy::cast_precision_loss, reason = "so does every reader")]
    let mut seconds = milliseconds as f64 / 1000.0;
    let read = float::truncate(seconds * 1000.0);
    if read < milliseconds {
        seconds = seconds.next_up();
    } else if read > milliseconds {
        seconds = seconds.next_down();
    }
    number(out, seconds);
}
