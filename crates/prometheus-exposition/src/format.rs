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

/// What is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// What Prometheus 3.14 accepts, accidents included.
    #[default]
    Scrape,
    /// Of that, what the format's standard accepts too. Rejected with [`ErrorKind::Standard`] are:
    ///
    /// * in all formats: metadata repeated or after the family's samples; families that come again or
    ///   whose samples could have the same name; a series twice; a label twice, called `__name__`, or with
    ///   a name that is empty or not UTF-8; histograms whose buckets are out of order, decrease, lack
    ///   `+Inf`, are negative or contradict the count; buckets and quantiles without their number; a line
    ///   break in a quoted string;
    /// * in the text format: a last line without a line break; a NUL at the start of a line; a missing
    ///   comma between labels; unknown escapes (as Prometheus' own `expfmt` does). Blanks before a name do
    ///   not become a part of it;
    /// * in OpenMetrics, besides: a comma after the last label; labels that start with `__`; metrics whose
    ///   samples are not together; timestamps that go back or are there only sometimes; negative,
    ///   fractional or NaN counts; sums without counts and the reverse; quantiles out of range; states and
    ///   infos with other values than they can have, or without their label; units on them; exemplars on
    ///   anything but counters and buckets, or longer than 128 characters.
    ///
    /// Quoted UTF-8 names, newer than the standards, are accepted.
    ///
    /// ```
    /// use prometheus_exposition::{ErrorKind, Format, Mode, Options, Parser};
    ///
    /// let body = b"# TYPE a counter\na_total -1\n# EOF\n";
    /// assert!(Parser::new(body, Format::OpenMetrics, Options::new()).all(|entry| entry.is_ok()));
    /// let strict = Options::new().mode(Mode::Strict);
    /// let error = Parser::new(body, Format::OpenMetrics, strict).find_map(Result::err).unwrap();
    /// assert_eq!((error.kind(), error.line()), (ErrorKind::Standard, 2));
    /// ```
    ///
    /// [`ErrorKind::Standard`]: crate::ErrorKind::Standard
    Strict,
}

/// How an exposition is read. The default is what a scrape does with no feature enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    pub(crate) mode: Mode,
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

    /// What is accepted; [`Mode::Scrape`] unless said otherwise.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
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
