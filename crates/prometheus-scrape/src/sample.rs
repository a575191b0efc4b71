//! What a scrape yields.

use std::sync::Arc;

use prometheus_exposition::{MetricType, NativeHistogram};
use prometheus_labels::LabelSet;

/// The NaN by which Prometheus marks that a series has ended. Only its bits tell it from others.
pub const STALE_NAN: f64 = f64::from_bits(prometheus_exposition::STALE_NAN);

/// A series: what the samples of one label set have in common. Scrapes share it, so that a sample of a known
/// series costs no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    labels: LabelSet,
    hash: u64,
    metadata: Option<Arc<Metadata>>,
}

/// What an exposition says about a metric family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// The name of the family.
    pub family: String,
    /// The type.
    pub metric_type: MetricType,
    /// What the metric is about.
    pub help: String,
    /// The unit.
    pub unit: String,
}

/// A value of a series at a time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// The series.
    pub series: Arc<Series>,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// When the series started, in milliseconds since 1970, if the exposition says so.
    pub start_timestamp_ms: Option<i64>,
    /// The value.
    pub value: Value,
    /// Observations that stand for others, the oldest first.
    pub exemplars: Vec<Exemplar>,
}

/// The value of a [`Sample`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A number.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<NativeHistogram>),
}

/// An observation that stands for others, usually with the id of its trace.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exemplar {
    /// Its labels.
    pub labels: LabelSet,
    /// The observed value.
    pub value: f64,
    /// When it was observed, in milliseconds since 1970; the time of the sample if the exposition does not say.
    pub timestamp_ms: i64,
}

impl Series {
    /// A series with these labels, of which nothing else is known.
    #[must_use]
    pub fn new(labels: LabelSet) -> Self {
        let hash = labels.hash64();
        Self { labels, hash, metadata: None }
    }

    /// The same series with metadata.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Option<Arc<Metadata>>) -> Self {
        self.metadata = metadata;
        self
    }

    /// The labels, `__name__` among them.
    #[must_use]
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// [`LabelSet::hash64`] of the labels.
    #[must_use]
    pub fn hash64(&self) -> u64 {
        self.hash
    }

    /// What the exposition says about the metric family of the series.
    #[must_use]
    pub fn metadata(&self) -> Option<&Arc<Metadata>> {
        self.metadata.as_ref()
    }
}

impl Metadata {
    /// What is known of a family of which only the name is known.
    #[must_use]
    pub fn new(family: impl Into<String>) -> Self {
        Self { family: family.into(), ..Self::default() }
    }
}

impl Sample {
    /// A sample without exemplars and start.
    #[must_use]
    pub fn new(series: Arc<Series>, timestamp_ms: i64, value: Value) -> Self {
        Self { series, timestamp_ms, start_timestamp_ms: None, value, exemplars: Vec::new() }
    }

    /// Whether this says that the series has ended.
    #[must_use]
    pub fn is_stale_marker(&self) -> bool {
        let value = match &self.value {
            Value::Float(value) => *value,
            Value::Histogram(histogram) => histogram.sum,
        };
        value.to_bits() == STALE_NAN.to_bits()
    }
}

impl Exemplar {
    /// An exemplar.
    #[must_use]
    pub fn new(labels: LabelSet, value: f64, timestamp_ms: i64) -> Self {
        Self { labels, value, timestamp_ms }
    }
}
