//! What is read out of a metric that was checked.

use std::borrow::Cow;

use super::wire::{Field, Fields, LabelPairs};
use crate::digits::Digits;
use crate::exemplar::{Exemplar, Exemplars};
use crate::format::MetricType;
use crate::histogram::{NativeCounts, NativeHistogram, Side, Span};
use crate::label::Label;

/// The number of the `LabelPair`s' field in a `Metric` and in an `Exemplar`.
const LABEL: u32 = 1;

/// One series of a metric: what tells it from the others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeriesMessage<'a> {
    pub(super) family: &'a [u8],
    pub(super) metric: &'a [u8],
    pub(super) part: Part,
    pub(super) exemplar: Option<&'a [u8]>,
}

/// Which of the series of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// The only one.
    Whole,
    Count,
    Sum,
    /// Of this upper bound.
    Bucket(f64),
    Quantile(f64),
}

impl<'a> SeriesMessage<'a> {
    pub(crate) fn name(&self) -> Cow<'a, [u8]> {
        let suffix: &[u8] = match self.part {
            Part::Whole | Part::Quantile(_) => return Cow::Borrowed(self.family),
            Part::Count => b"_count",
            Part::Sum => b"_sum",
            Part::Bucket(_) => b"_bucket",
        };
        Cow::Owned([self.family, suffix].concat())
    }

    pub(crate) fn labels(&self) -> LabelPairs<'a> {
        LabelPairs(Fields(self.metric))
    }

    /// The label that tells one quantile or bucket from another.
    pub(crate) fn bound_label(&self) -> Option<Label<'a>> {
        let (name, bound) = match self.part {
            Part::Bucket(bound) => ("le", bound),
            Part::Quantile(bound) => ("quantile", bound),
            _ => return None,
        };
        Some(Label::new(name.as_bytes(), Digits::openmetrics(bound).as_bytes().to_vec()))
    }

    pub(crate) fn exemplar(&self) -> Option<Exemplar<'a>> {
        Some(Exemplar::from_message(ExemplarMessage::read(self.exemplar?)))
    }
}

/// A native histogram of a metric.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistogramMessage<'a> {
    pub(super) family: &'a [u8],
    pub(super) metric: Metric<'a>,
    pub(super) gauge: bool,
}

impl<'a> HistogramMessage<'a> {
    pub(crate) fn name(&self) -> &'a [u8] {
        self.family
    }

    pub(crate) fn labels(&self) -> LabelPairs<'a> {
        self.metric.labels()
    }

    pub(crate) fn timestamp_ms(&self) -> Option<i64> {
        self.metric.timestamp_ms()
    }

    pub(crate) fn start_timestamp_ms(&self) -> Option<i64> {
        self.metric.start_timestamp_ms
    }

    pub(crate) fn histogram(&self) -> NativeHistogram {
        native_histogram(self.metric, self.gauge)
    }

    pub(crate) fn exemplars(&self) -> Exemplars<'a> {
        let has_own = self.metric.value(HISTOGRAM).any(|field| field.0 == 16);
        Exemplars(ExemplarMessages { fields: Values::new(self.metric, HISTOGRAM), own: has_own })
    }
}

/// The exemplars with a timestamp of a native histogram: its own if it has any, or else those of its
/// classic buckets.
#[derive(Debug, Clone)]
pub(crate) struct ExemplarMessages<'a> {
    fields: Values<'a>,
    own: bool,
}

impl<'a> Iterator for ExemplarMessages<'a> {
    type Item = ExemplarMessage<'a>;

    fn next(&mut self) -> Option<ExemplarMessage<'a>> {
        let own = self.own;
        self.fields
            .by_ref()
            .filter_map(|(number, field)| match number {
                16 if own => Some(field.bytes()),
                3 if !own => Bucket::read(field.bytes()).exemplar,
                _ => None,
            })
            .map(ExemplarMessage::read)
            .find(|exemplar| exemplar.timestamp_ms.is_some())
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ExemplarMessage<'a> {
    message: &'a [u8],
    pub(crate) value: f64,
    pub(crate) timestamp_ms: Option<i64>,
}

impl<'a> ExemplarMessage<'a> {
    fn read(message: &'a [u8]) -> Self {
        let mut exemplar = Self { message, value: 0.0, timestamp_ms: None };
        for (number, field) in Fields(message) {
            match number {
                2 => exemplar.value = field.double(),
                3 => exemplar.timestamp_ms = Some(milliseconds(field)),
                _ => {}
            }
        }
        exemplar
    }

    pub(crate) fn labels(&self) -> LabelPairs<'a> {
        LabelPairs(Fields(self.message))
    }
}

pub(super) const GAUGE: u32 = 2;
pub(super) const COUNTER: u32 = 3;
pub(super) const SUMMARY: u32 = 4;
pub(super) const UNTYPED: u32 = 5;
const TIMESTAMP: u32 = 6;
pub(super) const HISTOGRAM: u32 = 7;

/// A metric: its message, and what every series of it shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metric<'a> {
    message: &'a [u8],
    timestamp_ms: i64,
    start_timestamp_ms: Option<i64>,
}

impl<'a> Metric<'a> {
    pub(super) fn new(message: &'a [u8], metric_type: MetricType) -> Self {
        let timestamp_ms =
            Fields(message).of(TIMESTAMP).last().map_or(0, |field| field.varint().cast_signed());
        let mut metric = Self { message, timestamp_ms, start_timestamp_ms: None };
        let (field, number) = match metric_type {
            MetricType::Counter => (COUNTER, 3),
            MetricType::Summary => (SUMMARY, 4),
            MetricType::Histogram | MetricType::GaugeHistogram => (HISTOGRAM, 15),
            _ => return metric,
        };
        let start = metric.value(field).filter(|field| field.0 == number).last();
        metric.start_timestamp_ms = start.map(|field| milliseconds(field.1)).filter(|&start| start != 0);
        metric
    }

    pub(super) fn message(&self) -> &'a [u8] {
        self.message
    }

    pub(super) fn labels(&self) -> LabelPairs<'a> {
        LabelPairs(Fields(self.message))
    }

    pub(super) fn start_timestamp_ms(&self) -> Option<i64> {
        self.start_timestamp_ms
    }

    /// The messages of the labels.
    pub(super) fn label_messages(&self) -> impl Iterator<Item = &'a [u8]> {
        Fields(self.message).of(LABEL).map(Field::bytes)
    }

    /// A timestamp of 0 cannot be told from none.
    pub(super) fn timestamp_ms(&self) -> Option<i64> {
        (self.timestamp_ms != 0).then_some(self.timestamp_ms)
    }

    /// The fields of the metric's value of one type. Where it is there twice, the fields of both.
    pub(super) fn value(&self, number: u32) -> impl Iterator<Item = (u32, Field<'a>)> + Clone {
        Fields(self.message).of(number).flat_map(|field| Fields(field.bytes()))
    }

    /// The last of one field of that value.
    pub(super) fn last(&self, number: u32, field: u32) -> Option<Field<'a>> {
        self.value(number).filter(|found| found.0 == field).last().map(|found| found.1)
    }

    pub(super) fn double(&self, number: u32, field: u32) -> f64 {
        self.last(number, field).map_or(0.0, Field::double)
    }

    pub(super) fn varint(&self, number: u32, field: u32) -> u64 {
        self.last(number, field).map_or(0, Field::varint)
    }

    pub(super) fn is_native(&self) -> bool {
        self.value(HISTOGRAM).any(|(number, _)| matches!(number, 9 | 12))
            || self.double(HISTOGRAM, 6) > 0.0
            || self.varint(HISTOGRAM, 7) > 0
    }

    pub(super) fn has_buckets(&self) -> bool {
        self.value(HISTOGRAM).any(|field| field.0 == 3)
    }

    /// Bucket counts make it a float histogram even where all are zero.
    pub(super) fn is_float(&self) -> bool {
        self.double(HISTOGRAM, 4) > 0.0
            || self.double(HISTOGRAM, 8) > 0.0
            || !self.doubles(11).is_empty()
            || !self.doubles(14).is_empty()
    }

    pub(super) fn doubles(&self, number: u32) -> Vec<f64> {
        let mut out = Vec::new();
        for (_, field) in self.value(HISTOGRAM).filter(|field| field.0 == number) {
            match field {
                Field::Bytes(packed) => {
                    out.extend(packed.as_chunks::<8>().0.iter().map(|bits| f64::from_le_bytes(*bits)));
                }
                single => out.push(single.double()),
            }
        }
        out
    }

    pub(super) fn deltas(&self, number: u32) -> Vec<i64> {
        let mut out = Vec::new();
        for (_, field) in self.value(HISTOGRAM).filter(|field| field.0 == number) {
            match field {
                Field::Bytes(packed) => out.extend(super::wire::varints(packed).map(super::wire::zigzag)),
                single => out.push(single.zigzag()),
            }
        }
        out
    }

    #[expect(clippy::cast_possible_truncation, reason = "the fields have 32 bits")]
    pub(super) fn spans(&self, number: u32) -> Vec<Span> {
        let spans = self.value(HISTOGRAM).filter(|field| field.0 == number);
        spans
            .map(|(_, span)| {
                let mut read = Span { offset: 0, length: 0 };
                for (number, field) in Fields(span.bytes()) {
                    match number {
                        1 => read.offset = zigzag32(field.varint() as u32),
                        2 => read.length = field.varint() as u32,
                        _ => {}
                    }
                }
                read
            })
            .collect()
    }
}

fn zigzag32(value: u32) -> i32 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// The fields of one value of a metric, as a type that can be named.
#[derive(Debug, Clone)]
pub(super) struct Values<'a> {
    outer: Fields<'a>,
    inner: Fields<'a>,
    number: u32,
}

impl<'a> Values<'a> {
    pub(super) fn new(metric: Metric<'a>, number: u32) -> Self {
        Self { outer: Fields(metric.message), inner: Fields(&[]), number }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = (u32, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(field) = self.inner.next() {
                return Some(field);
            }
            let number = self.number;
            self.inner = Fields(self.outer.find(|field| field.0 == number)?.1.bytes());
        }
    }
}

/// A bucket of a classic histogram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket<'a> {
    pub(super) upper_bound: f64,
    /// The cumulative count.
    pub(super) count: f64,
    pub(super) exemplar: Option<&'a [u8]>,
}

impl<'a> Bucket<'a> {
    pub(super) fn read(message: &'a [u8]) -> Self {
        let (mut whole, mut float) = (0, 0.0);
        let mut bucket = Self { upper_bound: 0.0, count: 0.0, exemplar: None };
        for (number, field) in Fields(message) {
            match number {
                1 => whole = field.varint(),
                2 => bucket.upper_bound = field.double(),
                3 => bucket.exemplar = Some(field.bytes()),
                4 => float = field.double(),
                _ => {}
            }
        }
        bucket.count = or_whole(float, whole);
        bucket
    }
}

/// A count given as a float counts, unless it is zero.
pub(super) fn or_whole(float: f64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a sample value is a double")]
    if float == 0.0 { whole as f64 } else { float }
}

/// A `google.protobuf.Timestamp`.
fn milliseconds(field: Field<'_>) -> i64 {
    let (mut seconds, mut nanos) = (0i64, 0i32);
    #[expect(clippy::cast_possible_truncation, reason = "the field has 32 bits")]
    for (number, field) in Fields(field.bytes()) {
        match number {
            1 => seconds = field.varint().cast_signed(),
            2 => nanos = field.varint() as i32,
            _ => {}
        }
    }
    seconds.wrapping_mul(1000).wrapping_add(i64::from(nanos / 1_000_000))
}

fn native_histogram(metric: Metric<'_>, gauge: bool) -> NativeHistogram {
    let (positive, negative) = (metric.spans(12), metric.spans(9));
    let counts = if metric.is_float() {
        NativeCounts::Float {
            count: metric.double(HISTOGRAM, 4),
            zero_count: metric.double(HISTOGRAM, 8),
            positive: Side::compact_counts(&positive, &metric.doubles(14)),
            negative: Side::compact_counts(&negative, &metric.doubles(11)),
        }
    } else {
        NativeCounts::Integer {
            count: metric.varint(HISTOGRAM, 1),
            zero_count: metric.varint(HISTOGRAM, 7),
            positive: Side::compact_deltas(&positive, &metric.deltas(13)),
            negative: Side::compact_deltas(&negative, &metric.deltas(10)),
        }
    };
    #[expect(clippy::cast_possible_truncation, reason = "the field has 32 bits")]
    let schema = zigzag32(metric.varint(HISTOGRAM, 5) as u32);
    NativeHistogram {
        schema,
        zero_threshold: metric.double(HISTOGRAM, 6),
        sum: metric.double(HISTOGRAM, 2),
        gauge,
        counts,
    }
}
