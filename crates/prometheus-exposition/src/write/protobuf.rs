//! Delimited protobuf.

use crate::family::{Bucket, Histogram, Metric, MetricFamily, MetricValue, OwnedExemplar, Summary};
use crate::format::MetricType;
use crate::histogram::{NativeCounts, NativeHistogram, Span};
use crate::names::EscapingScheme;

pub(super) fn write(out: &mut Vec<u8>, family: &MetricFamily, escaping: EscapingScheme) {
    let mut message = Message::default();
    message.text(1, &escaping.exposed(&family.name));
    if let Some(help) = &family.help {
        message.text(2, help);
    }
    message.varint(
        3,
        match family.metric_type {
            MetricType::Counter => 0,
            MetricType::Gauge | MetricType::Info | MetricType::StateSet => 1,
            MetricType::Summary => 2,
            MetricType::Unknown => 3,
            MetricType::Histogram => 4,
            MetricType::GaugeHistogram => 5,
        },
    );
    for metric in &family.metrics {
        message.message(4, &self::metric(metric, family.metric_type, escaping));
    }
    if let Some(unit) = family.unit.as_ref().filter(|unit| !unit.is_empty()) {
        message.text(5, unit);
    }
    put_varint(out, message.0.len() as u64);
    out.extend_from_slice(&message.0);
}

fn metric(metric: &Metric, metric_type: MetricType, escaping: EscapingScheme) -> Message {
    let mut message = Message::default();
    for (name, value) in &metric.labels {
        message.label(1, &escaping.exposed(name), value);
    }
    let start = metric.start_timestamp_ms;
    match &metric.value {
        MetricValue::Number(value) => number(&mut message, metric_type, *value, None, start),
        MetricValue::CounterWithExemplar(value, exemplar) => {
            number(&mut message, metric_type, *value, Some(exemplar), start);
        }
        MetricValue::Summary(value) => message.message(4, &summary(value, start)),
        MetricValue::Histogram(value) => message.message(7, &histogram(value, start)),
    }
    if let Some(timestamp) = metric.timestamp_ms {
        message.varint(6, timestamp.cast_unsigned());
    }
    message
}

fn number(
    message: &mut Message,
    metric_type: MetricType,
    value: f64,
    exemplar: Option<&OwnedExemplar>,
    start: Option<i64>,
) {
    let mut inner = Message::default();
    inner.double(1, value);
    let field = match metric_type {
        MetricType::Counter => {
            if let Some(found) = exemplar {
                inner.message(2, &self::exemplar(found));
            }
            inner.timestamp(3, start);
            3
        }
        MetricType::Gauge | MetricType::Info | MetricType::StateSet => 2,
        _ => 5,
    };
    message.message(field, &inner);
}

fn summary(summary: &Summary, start: Option<i64>) -> Message {
    let mut message = Message::default();
    // There is no float for it: a count that is no whole number is cut.
    message.varint(1, whole(summary.count.unwrap_or(0.0)).unwrap_or(0));
    message.double(2, summary.sum.unwrap_or(0.0));
    for &(quantile, value) in &summary.quantiles {
        let mut inner = Message::default();
        inner.double(1, quantile);
        inner.double(2, value);
        message.message(3, &inner);
    }
    message.timestamp(4, start);
    message
}

fn histogram(histogram: &Histogram, start: Option<i64>) -> Message {
    let mut message = Message::default();
    if histogram.native.is_none() {
        message.count((1, 4), histogram.count.unwrap_or(0.0));
        message.double(2, histogram.sum.unwrap_or(0.0));
    }
    for bucket in &histogram.buckets {
        message.message(3, &self::bucket(bucket));
    }
    if let Some(native) = &histogram.native {
        self::native(&mut message, native);
    }
    message.timestamp(15, start);
    for found in &histogram.exemplars {
        message.message(16, &exemplar(found));
    }
    message
}

fn bucket(bucket: &Bucket) -> Message {
    let mut message = Message::default();
    message.count((1, 4), bucket.cumulative_count);
    message.double(2, bucket.upper_bound);
    if let Some(found) = &bucket.exemplar {
        message.message(3, &exemplar(found));
    }
    message
}

fn native(message: &mut Message, native: &NativeHistogram) {
    message.double(2, native.sum);
    message.varint(5, u64::from(zigzag32(native.schema)));
    message.double(6, native.zero_threshold);
    let has_spans = match &native.counts {
        NativeCounts::Integer { count, zero_count, positive, negative } => {
            message.varint(1, *count);
            message.varint(7, *zero_count);
            message.spans(9, &negative.spans);
            message.packed(10, negative.buckets.iter().map(|delta| zigzag64(*delta)));
            message.spans(12, &positive.spans);
            message.packed(13, positive.buckets.iter().map(|delta| zigzag64(*delta)));
            !negative.spans.is_empty() || !positive.spans.is_empty() || *zero_count > 0
        }
        NativeCounts::Float { count, zero_count, positive, negative } => {
            message.double(4, *count);
            message.double(8, *zero_count);
            message.spans(9, &negative.spans);
            negative.buckets.iter().for_each(|count| message.double(11, *count));
            message.spans(12, &positive.spans);
            positive.buckets.iter().for_each(|count| message.double(14, *count));
            !negative.spans.is_empty() || !positive.spans.is_empty()
        }
    };
    // An empty span tells it from a classic histogram.
    if !has_spans && native.zero_threshold <= 0.0 {
        message.spans(12, &[Span { offset: 0, length: 0 }]);
    }
}

fn exemplar(exemplar: &OwnedExemplar) -> Message {
    let mut message = Message::default();
    for (name, value) in &exemplar.labels {
        message.label(1, name, value);
    }
    message.double(2, exemplar.value);
    message.timestamp(3, exemplar.timestamp_ms);
    message
}

/// A count as an integer, if it is one.
fn whole(count: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    (0.0..18_446_744_073_709_551_616.0).contains(&count).then_some(count as u64)
}

fn zigzag32(value: i32) -> u32 {
    (value << 1).cast_unsigned() ^ (value >> 31).cast_unsigned()
}

fn zigzag64(value: i64) -> u64 {
    (value << 1).cast_unsigned() ^ (value >> 63).cast_unsigned()
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The fields of a message. A field of value zero is written too, as those of `proto2` are that clients
/// write.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn tag(&mut self, field: u32, wire_type: u32) {
        put_varint(&mut self.0, u64::from(field << 3 | wire_type));
    }

    fn varint(&mut self, field: u32, value: u64) {
        self.tag(field, 0);
        put_varint(&mut self.0, value);
    }

    fn double(&mut self, field: u32, value: f64) {
        self.tag(field, 1);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.tag(field, 2);
        put_varint(&mut self.0, bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u32, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u32, message: &Self) {
        self.bytes(field, &message.0);
    }

    fn label(&mut self, field: u32, name: &str, value: &str) {
        let mut pair = Self::default();
        pair.text(1, name);
        pair.text(2, value);
        self.message(field, &pair);
    }

    /// A count in the field for integers, or in that for floats.
    fn count(&mut self, (integer, float): (u32, u32), count: f64) {
        match whole(count).filter(|_| count.fract() == 0.0) {
            Some(count) => self.varint(integer, count),
            None => self.double(float, count),
        }
    }

    /// A `google.protobuf.Timestamp`, whose nanoseconds are not negative.
    fn timestamp(&mut self, field: u32, milliseconds: Option<i64>) {
        let Some(milliseconds) = milliseconds else { return };
        let mut inner = Self::default();
        inner.varint(1, milliseconds.div_euclid(1000).cast_unsigned());
        inner.varint(2, (milliseconds.rem_euclid(1000) * 1_000_000).cast_unsigned());
        self.message(field, &inner);
    }

    fn spans(&mut self, field: u32, spans: &[Span]) {
        for span in spans {
            let mut inner = Self::default();
            inner.varint(1, u64::from(zigzag32(span.offset)));
            inner.varint(2, u64::from(span.length));
            self.message(field, &inner);
        }
    }

    fn packed(&mut self, field: u32, values: impl Iterator<Item = u64>) {
        let mut inner = Vec::new();
        values.for_each(|value| put_varint(&mut inner, value));
        self.bytes(field, &inner);
    }
}
