//! Samples as text on standard output.

use std::io::Write;

use prometheus_labels::{name, quoted};
use prometheus_scrape::{Sample, Value};

/// Prints samples in Prometheus' text format, each with its time; a series that has ended has the value `StaleNaN`.
pub(super) fn print(samples: &[Sample]) {
    let mut text = Vec::with_capacity(samples.len() * 100);
    for sample in samples {
        // Writing to memory cannot fail.
        let _ = line(&mut text, sample);
    }
    // Nobody reads it any more; scraping goes on for others.
    let _ = std::io::stdout().lock().write_all(&text);
}

fn line(out: &mut Vec<u8>, sample: &Sample) -> std::io::Result<()> {
    let labels = sample.series.labels();
    out.extend_from_slice(labels.get(name::METRIC_NAME).unwrap_or_default().as_bytes());
    out.push(b'{');
    let others = labels.iter().filter(|(name, _)| *name != name::METRIC_NAME);
    for (at, (name, value)) in others.enumerate() {
        write!(out, "{}{name}={}", if at == 0 { "" } else { "," }, quoted(value))?;
    }
    out.extend_from_slice(b"} ");
    match &sample.value {
        _ if sample.is_stale_marker() => out.extend_from_slice(b"StaleNaN"),
        Value::Float(value) => {
            let mut text = String::new();
            prometheus_exposition::format_float(&mut text, *value);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Histogram(histogram) => write!(out, "{{count:{}, sum:{}}}", histogram.count(), histogram.sum)?,
        other => write!(out, "{other:?}")?,
    }
    writeln!(out, " {}", sample.timestamp_ms)
}
