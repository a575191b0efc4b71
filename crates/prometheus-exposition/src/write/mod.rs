//! Writing families in any of the formats.

mod openmetrics;
mod protobuf;
mod text;

use crate::family::MetricFamily;
use crate::format::Format;
use crate::names::EscapingScheme;

/// Writes metric families.
///
/// What is written reads back as the same families, as far as the format has a place for it: the text format
/// has none for units, exemplars, start timestamps, native histograms and some types. Timestamps come back as
/// they were, and so do values to the bit, but for the payload of a NaN and the sign of a bound that is zero.
///
/// ```
/// use prometheus_exposition::{Format, Metric, MetricFamily, MetricType, MetricValue, Writer};
///
/// let mut family = MetricFamily::new("jobs_total", MetricType::Counter);
/// family.help = Some("Jobs done.".to_owned());
/// let mut metric = Metric::new(MetricValue::Number(3.0));
/// metric.labels.push(("queue".to_owned(), "a \"b\"".to_owned()));
/// family.metrics.push(metric);
///
/// let mut writer = Writer::new(Format::OpenMetrics);
/// writer.family(&family);
/// let body = String::from_utf8(writer.finish()).unwrap();
/// assert_eq!(
///     body,
///     "# HELP jobs Jobs done.\n# TYPE jobs counter\njobs_total{queue=\"a \\\"b\\\"\"} 3.0\n# EOF\n"
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Writer {
    out: Vec<u8>,
    format: Format,
    escaping: EscapingScheme,
}

impl Writer {
    /// A writer of `format` that leaves names as they are.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { out: Vec::new(), format, escaping: EscapingScheme::AllowUtf8 }
    }

    /// Escapes names as [`negotiate`](crate::negotiate) found out.
    #[must_use]
    pub fn escaping(mut self, escaping: EscapingScheme) -> Self {
        self.escaping = escaping;
        self
    }

    /// Writes a family. One without a name or without metrics has nothing to write.
    ///
    /// * A gauge histogram is a histogram in the text format, which has no such type. States and infos are
    ///   gauges there and in protobuf.
    /// * A negative timestamp is written in the text format too, where Prometheus does not read it.
    /// * In OpenMetrics a counter whose name does not end with `_total` is of unknown type, and so is an
    ///   info without `_info`. A unit that the name does not end with is left out.
    /// * A classic histogram without a bucket for `+Inf` gets one.
    pub fn family(&mut self, family: &MetricFamily) {
        if family.name.is_empty() || family.metrics.is_empty() {
            return;
        }
        match self.format {
            Format::Text => text::write(&mut self.out, family, self.escaping),
            Format::OpenMetrics => openmetrics::write(&mut self.out, family, self.escaping),
            Format::Protobuf => protobuf::write(&mut self.out, family, self.escaping),
        }
    }

    /// The body: after the last family.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if self.format == Format::OpenMetrics {
            self.out.extend_from_slice(b"# EOF\n");
        }
        self.out
    }
}
