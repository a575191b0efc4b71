//! Metric families: an exposition put together, to be looked at, changed and written again.

mod read;

pub use read::read_families;

use crate::format::MetricType;
use crate::histogram::NativeHistogram;

/// Metrics of one name, with their metadata.
///
/// The name of a counter ends with `_total` and that of an info with `_info` if their samples do, whatever
/// format they come from: a family that was read from OpenMetrics can be written as text and the other way
/// round.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct MetricFamily {
    /// The name.
    pub name: String,
    /// The type.
    pub metric_type: MetricType,
    /// The help text.
    pub help: Option<String>,
    /// The unit, which the name of the family ends with. Written in OpenMetrics and protobuf.
    pub unit: Option<String>,
    /// The metrics.
    pub metrics: Vec<Metric>,
}

impl MetricFamily {
    /// A family without metrics and further metadata.
    #[must_use]
    pub fn new(name: impl Into<String>, metric_type: MetricType) -> Self {
        Self { name: name.into(), metric_type, ..Self::default() }
    }
}

/// What is known under one set of labels at one time.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Metric {
    /// Names and values of the labels.
    pub labels: Vec<(String, String)>,
    /// In milliseconds since 1970. In protobuf 0 stands for none.
    pub timestamp_ms: Option<i64>,
    /// When counting began, in milliseconds since 1970. Written in OpenMetrics, as a `_created` series, and
    /// in protobuf, for counters, histograms and summaries.
    pub start_timestamp_ms: Option<i64>,
    /// The value.
    pub value: MetricValue,
}

impl Metric {
    /// A metric of this value and nothing else.
    #[must_use]
    pub fn new(value: MetricValue) -> Self {
        Self { value, ..Self::default() }
    }
}

/// The value of a [`Metric`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MetricValue {
    /// A number: of all types but the two below, and of samples that do not fit theirs.
    Number(f64),
    /// The number of a counter, with an exemplar.
    CounterWithExemplar(f64, OwnedExemplar),
    /// A summary.
    Summary(Summary),
    /// A histogram or gauge histogram.
    Histogram(Box<Histogram>),
}

impl Default for MetricValue {
    fn default() -> Self {
        Self::Number(0.0)
    }
}

/// Quantiles, count and sum of observations.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The number of observations.
    pub count: Option<f64>,
    /// Their sum.
    pub sum: Option<f64>,
    /// Quantiles, from 0 to 1, and their values.
    pub quantiles: Vec<(f64, f64)>,
}

/// Buckets, count and sum of observations: classic, native or both.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Histogram {
    /// The number of observations.
    pub count: Option<f64>,
    /// Their sum.
    pub sum: Option<f64>,
    /// The classic buckets in the order of their bounds.
    pub buckets: Vec<Bucket>,
    /// The native histogram. Written in protobuf only.
    pub native: Option<NativeHistogram>,
    /// Exemplars of the native histogram, which have a timestamp.
    pub exemplars: Vec<OwnedExemplar>,
}

/// A classic bucket.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Bucket {
    /// The greatest value that counts.
    pub upper_bound: f64,
    /// How many observations are in this bucket and all before it.
    pub cumulative_count: f64,
    /// An observation in this bucket.
    pub exemplar: Option<OwnedExemplar>,
}

impl Bucket {
    /// A bucket without exemplar.
    #[must_use]
    pub fn new(upper_bound: f64, cumulative_count: f64) -> Self {
        Self { upper_bound, cumulative_count, exemplar: None }
    }
}

/// An exemplar that does not borrow. Its labels are unescaped.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct OwnedExemplar {
    /// Names and values of the labels.
    pub labels: Vec<(String, String)>,
    /// The observed value.
    pub value: f64,
    /// In milliseconds since 1970.
    pub timestamp_ms: Option<i64>,
}

impl OwnedExemplar {
    /// An exemplar without labels and timestamp.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Self { value, ..Self::default() }
    }
}
