//! Formats, metric types and reading options.

use std::fmt;

/// An exposition format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The Prometheus text format 0.0.4, also under its version 1.0.0 (`text/plain`).
    Text,
    /// OpenMetrics text 1.0.0 and 0.0.1 (`application/openmetrics-text`).
    OpenMetrics,
    /// Varint-length-delimited `io.prometheus.client.MetricFamily` messages
    /// (`application/vnd.google.protobuf`).
    Protobuf,
}

/// The type of a metric family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum MetricType {
    /// `counter`
    Counter,
    /// `gauge`
    Gauge,
    /// `histogram`
    Histogram,
    /// `gaugehistogram`
    GaugeHistogram,
    /// `summary`
    Summary,
    /// `info`
    Info,
    /// `stateset`
    StateSet,
    /// `unknown`, which the text format calls `untyped`; also the type of a family that has none.
    #[default]
    Unknown,
}

impl MetricType {
    /// The name that Prometheus and OpenMetrics use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }

    /// A word after `# TYPE name` of the text format.
    pub(crate) fn from_text(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"counter" => Self::Counter,
            b"gauge" => Self::Gauge,
            b"histogram" => Self::Histogram,
            b"summary" => Self::Summary,
            b"untyped" => Self::Unknown,
            _ => return None,
        })
    }

    /// A word after `# TYPE name` of OpenMetrics.
    pub(crate) fn from_openmetrics(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"gaugehistogram" => Self::GaugeHistogram,
            b"info" => Self::Info,
            b"stateset" => Self::StateSet,
            b"unknown" => Self::Unknown,
            b"untyped" => return None,
            _ => return Self::from_text(word),
        })
    }
}

impl fmt::Display for MetricType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an exposition is read. The default is what a scrape does with no feature enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    pub(crate) type_and_unit_labels: bool,
    pub(crate) created_as_start_timestamp: bool,
    pub(crate) ignore_native_histograms: bool,
    pub(crate) keep_classic_histograms: bool,
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the labels `__type__` and `__unit__` from the metadata read last, in place of labels of these
    /// names in the exposition (the feature `type-and-unit-labels`).
    #[must_use]
    pub fn type_and_unit_labels(mut self, yes: bool) -> Self {
        self.type_and_unit_labels = yes;
        self
    }

    /// OpenMetrics: leaves `_created` series of counters, histograms and summaries out, and gives their
    /// value to the series before them as [`Series::start_timestamp_ms`](crate::Series::start_timestamp_ms)
    /// (`OpenMetricsSkipSTSeries`).
    #[must_use]
    pub fn created_as_start_timestamp(mut self, yes: bool) -> Self {
        self.created_as_start_timestamp = yes;
        self
    }

    /// Protobuf: reads every histogram as a classic one (`IgnoreNativeHistograms`: what a scrape does
    /// without `scrape_native_histograms`).
    #[must_use]
    pub fn ignore_native_histograms(mut self, yes: bool) -> Self {
        self.ignore_native_histograms = yes;
        self
    }

    /// Protobuf: a native histogram that has classic buckets too is followed by its classic series
    /// (`always_scrape_classic_histograms`).
    #[must_use]
    pub fn keep_classic_histograms(mut self, yes: bool) -> Self {
        self.keep_classic_histograms = yes;
        self
    }
}
