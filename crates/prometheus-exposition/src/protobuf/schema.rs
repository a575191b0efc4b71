//! The messages of `io.prometheus.client`, as far as Prometheus reads them at once.

use super::wire::{Kind, Schema};

/// A family without a look into its metrics.
pub(super) static FAMILY: Schema = Schema {
    name: "MetricFamily",
    fields: &[
        (1, "Name", Kind::Bytes),
        (2, "Help", Kind::Bytes),
        (3, "Type", Kind::Varint),
        (4, "Metric", Kind::Bytes),
        (5, "Unit", Kind::Bytes),
    ],
};

/// A metric without a look into its labels.
pub(super) static METRIC: Schema = Schema {
    name: "Metric",
    fields: &[
        (1, "Label", Kind::Bytes),
        (2, "Gauge", Kind::Message(&GAUGE)),
        (3, "Counter", Kind::Message(&COUNTER)),
        (4, "Summary", Kind::Message(&SUMMARY)),
        (5, "Untyped", Kind::Message(&UNTYPED)),
        (6, "TimestampMs", Kind::Varint),
        (7, "Histogram", Kind::Message(&HISTOGRAM)),
    ],
};

/// A label of a metric, whose texts are looked at.
pub(super) static LABEL: Schema =
    Schema { name: "LabelPair", fields: &[(1, "Name", Kind::LabelName), (2, "Value", Kind::LabelValue)] };

/// A label of an exemplar.
static EXEMPLAR_LABEL: Schema =
    Schema { name: "LabelPair", fields: &[(1, "Name", Kind::Bytes), (2, "Value", Kind::Bytes)] };

static GAUGE: Schema = Schema { name: "Gauge", fields: &[(1, "Value", Kind::Fixed64)] };

static COUNTER: Schema = Schema {
    name: "Counter",
    fields: &[
        (1, "Value", Kind::Fixed64),
        (2, "Exemplar", Kind::Message(&EXEMPLAR)),
        (3, "StartTimestamp", Kind::Message(&TIMESTAMP)),
    ],
};

static QUANTILE: Schema =
    Schema { name: "Quantile", fields: &[(1, "Quantile", Kind::Fixed64), (2, "Value", Kind::Fixed64)] };

static SUMMARY: Schema = Schema {
    name: "Summary",
    fields: &[
        (1, "SampleCount", Kind::Varint),
        (2, "SampleSum", Kind::Fixed64),
        (3, "Quantile", Kind::Message(&QUANTILE)),
        (4, "StartTimestamp", Kind::Message(&TIMESTAMP)),
    ],
};

static UNTYPED: Schema = Schema { name: "Untyped", fields: &[(1, "Value", Kind::Fixed64)] };

static HISTOGRAM: Schema = Schema {
    name: "Histogram",
    fields: &[
        (1, "SampleCount", Kind::Varint),
        (2, "SampleSum", Kind::Fixed64),
        (3, "Bucket", Kind::Message(&BUCKET)),
        (4, "SampleCountFloat", Kind::Fixed64),
        (5, "Schema", Kind::Varint),
        (6, "ZeroThreshold", Kind::Fixed64),
        (7, "ZeroCount", Kind::Varint),
        (8, "ZeroCountFloat", Kind::Fixed64),
        (9, "NegativeSpan", Kind::Message(&SPAN)),
        (10, "NegativeDelta", Kind::Varints),
        (11, "NegativeCount", Kind::Doubles),
        (12, "PositiveSpan", Kind::Message(&SPAN)),
        (13, "PositiveDelta", Kind::Varints),
        (14, "PositiveCount", Kind::Doubles),
        (15, "StartTimestamp", Kind::Message(&TIMESTAMP)),
        (16, "Exemplars", Kind::Message(&EXEMPLAR)),
    ],
};

static BUCKET: Schema = Schema {
    name: "Bucket",
    fields: &[
        (1, "CumulativeCount", Kind::Varint),
        (2, "UpperBound", Kind::Fixed64),
        (3, "Exemplar", Kind::Message(&EXEMPLAR)),
        (4, "CumulativeCountFloat", Kind::Fixed64),
    ],
};

static SPAN: Schema =
    Schema { name: "BucketSpan", fields: &[(1, "Offset", Kind::Varint), (2, "Length", Kind::Varint)] };

static EXEMPLAR: Schema = Schema {
    name: "Exemplar",
    fields: &[
        (1, "Label", Kind::Message(&EXEMPLAR_LABEL)),
        (2, "Value", Kind::Fixed64),
        (3, "Timestamp", Kind::Message(&TIMESTAMP)),
    ],
};

static TIMESTAMP: Schema =
    Schema { name: "Timestamp", fields: &[(1, "Seconds", Kind::Varint), (2, "Nanos", Kind::Varint)] };
