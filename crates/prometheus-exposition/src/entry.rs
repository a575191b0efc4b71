//! What an exposition consists of.

use std::borrow::Cow;

use crate::bytes;
use crate::exemplar::{Exemplar, Exemplars};
use crate::format::MetricType;
use crate::label::{Label, Labels, label_set};
use crate::protobuf::{HistogramMessage, SeriesMessage};

/// One entry of an exposition, in the order of the body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Entry<'a> {
    /// A sample.
    Series(Series<'a>),
    /// A sample that is a native histogram. Only in protobuf.
    Histogram(HistogramSample<'a>),
    /// The help text of a metric family.
    Help {
        /// The name of the family. Escapes in a quoted one are kept.
        name: &'a [u8],
        /// The text, with its escapes replaced.
        text: Cow<'a, str>,
    },
    /// The type of a metric family.
    Type {
        /// The name of the family. Escapes in a quoted one are kept.
        name: &'a [u8],
        /// The type.
        metric_type: MetricType,
    },
    /// The unit of a metric family. Not in the text format.
    Unit {
        /// The name of the family. Escapes in a quoted one are kept.
        name: &'a [u8],
        /// The unit.
        unit: &'a [u8],
    },
    /// A comment from its `#` to the end of the line. Only in the text format.
    Comment(&'a [u8]),
}

/// A sample whose value is a number.
///
/// It borrows from the body and is cheap to copy; labels and exemplars are read from the body again when
/// they are asked for, which a scrape does for new series only.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    source: Source<'a>,
    value: f64,
    timestamp_ms: Option<i64>,
    start_timestamp_ms: Option<i64>,
    meta: Meta<'a>,
}

/// The metadata that a series is read under: that of the last metadata lines, whatever metric they named.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Meta<'a> {
    pub(crate) metric_type: MetricType,
    pub(crate) unit: &'a [u8],
    /// Whether labels are made from it.
    pub(crate) labels: bool,
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Line(Line<'a>),
    Message(SeriesMessage<'a>),
}

/// A series in a line of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// From the start of the line to the closing brace, or to the end of the name.
    pub(crate) raw: &'a [u8],
    /// The metric's name without its quotes.
    pub(crate) name: &'a [u8],
    /// What is between the braces.
    pub(crate) labels: &'a [u8],
    /// Whether these have no blanks, no quoted names and no backslashes, and the name no backslashes and quotes.
    pub(crate) plain: bool,
    pub(crate) exemplar: Option<ExemplarLine<'a>>,
}

/// An exemplar at the end of a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExemplarLine<'a> {
    /// What is between the braces.
    pub(crate) labels: &'a [u8],
    pub(crate) value: f64,
    pub(crate) timestamp_ms: Option<i64>,
}

impl<'a> Series<'a> {
    #[inline]
    pub(crate) fn from_line(
        line: Line<'a>,
        value: f64,
        timestamp_ms: Option<i64>,
        start_timestamp_ms: Option<i64>,
        meta: Meta<'a>,
    ) -> Self {
        Self { source: Source::Line(line), value, timestamp_ms, start_timestamp_ms, meta }
    }

    pub(crate) fn from_message(
        message: SeriesMessage<'a>,
        value: f64,
        (timestamp_ms, start_timestamp_ms): (Option<i64>, Option<i64>),
        meta: Meta<'a>,
    ) -> Self {
        Self { source: Source::Message(message), value, timestamp_ms, start_timestamp_ms, meta }
    }

    /// The metric's name, with its escapes replaced.
    #[must_use]
    pub fn name(&self) -> Cow<'a, [u8]> {
        match &self.source {
            Source::Line(line) if line.plain => Cow::Borrowed(line.name),
            Source::Line(line) => bytes::unescape(line.name),
            Source::Message(message) => message.name(),
        }
    }

    /// The labels in the order in which they were written, without the metric's name.
    #[must_use]
    pub fn labels(&self) -> Labels<'a> {
        match &self.source {
            Source::Line(line) => Labels::of_line(line, self.meta),
            Source::Message(message) => {
                Labels::of_message(message.labels(), message.bound_label(), self.meta)
            }
        }
    }

    /// All labels as Prometheus has them after parsing: `__name__` among them, sorted by name. A name that
    /// is there twice stays there twice. What was in `out` is gone.
    pub fn label_set(&self, out: &mut Vec<Label<'a>>) {
        label_set(out, self.name(), self.labels());
    }

    /// Bytes that are equal for equal series as long as the target writes them in the same way: the key of a
    /// scrape cache.
    ///
    /// In the text formats it is the series as it was written and borrows from the body. In protobuf it is
    /// put together in `scratch`: the name, then the other labels sorted by name, each part after a byte
    /// 0xff.
    pub fn key<'k>(&self, scratch: &'k mut Vec<u8>) -> &'k [u8]
    where
        'a: 'k,
    {
        match &self.source {
            Source::Line(line) => line.raw,
            Source::Message(_) => message_key(scratch, self.name(), self.labels()),
        }
    }

    /// The value. A NaN in a text format is always [`NORMAL_NAN`](crate::NORMAL_NAN).
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The timestamp in milliseconds since 1970, if the sample has one.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.timestamp_ms
    }

    /// When the series started, in milliseconds since 1970: from protobuf, and from the `_created` series
    /// of OpenMetrics with
    /// [`Options::created_as_start_timestamp`](crate::Options::created_as_start_timestamp).
    #[must_use]
    pub fn start_timestamp_ms(&self) -> Option<i64> {
        self.start_timestamp_ms
    }

    /// The type that the exposition gave last. It need not be that of this metric.
    #[must_use]
    pub fn metric_type(&self) -> MetricType {
        self.meta.metric_type
    }

    /// The exemplar of the sample.
    #[must_use]
    pub fn exemplar(&self) -> Option<Exemplar<'a>> {
        match &self.source {
            Source::Line(line) => line.exemplar.map(Exemplar::from_line),
            Source::Message(message) => message.exemplar(),
        }
    }

    pub(crate) fn with_start_timestamp_ms(mut self, start_timestamp_ms: Option<i64>) -> Self {
        self.start_timestamp_ms = start_timestamp_ms;
        self
    }

    /// The labels as they were written, escapes replaced and nothing else.
    pub(crate) fn written_labels(&self) -> Labels<'a> {
        Self { meta: Meta::default(), ..*self }.labels()
    }

    pub(crate) fn line(&self) -> Option<&Line<'a>> {
        match &self.source {
            Source::Line(line) => Some(line),
            Source::Message(_) => None,
        }
    }
}

/// A sample whose value is a native histogram.
///
/// Like [`Series`], it borrows from the body; the histogram is decoded when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct HistogramSample<'a> {
    message: HistogramMessage<'a>,
    meta: Meta<'a>,
}

impl<'a> HistogramSample<'a> {
    pub(crate) fn from_message(message: HistogramMessage<'a>, meta: Meta<'a>) -> Self {
        Self { message, meta }
    }

    /// The metric's name.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.message.name()
    }

    /// See [`Series::labels`].
    #[must_use]
    pub fn labels(&self) -> Labels<'a> {
        Labels::of_message(self.message.labels(), None, self.meta)
    }

    /// See [`Series::label_set`].
    pub fn label_set(&self, out: &mut Vec<Label<'a>>) {
        label_set(out, Cow::Borrowed(self.name()), self.labels());
    }

    /// See [`Series::key`].
    pub fn key<'k>(&self, scratch: &'k mut Vec<u8>) -> &'k [u8]
    where
        'a: 'k,
    {
        message_key(scratch, Cow::Borrowed(self.name()), self.labels())
    }

    /// The timestamp in milliseconds since 1970, if the sample has one.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.message.timestamp_ms()
    }

    /// When the series started, in milliseconds since 1970.
    #[must_use]
    pub fn start_timestamp_ms(&self) -> Option<i64> {
        self.message.start_timestamp_ms()
    }

    /// The type: [`MetricType::Histogram`] or [`MetricType::GaugeHistogram`].
    #[must_use]
    pub fn metric_type(&self) -> MetricType {
        self.meta.metric_type
    }

    /// The histogram.
    #[must_use]
    pub fn histogram(&self) -> crate::NativeHistogram {
        self.message.histogram()
    }

    /// The exemplars that have a timestamp: those of the histogram, or else those of its classic buckets.
    #[must_use]
    pub fn exemplars(&self) -> Exemplars<'a> {
        self.message.exemplars()
    }
}

/// The key of a protobuf series: what Prometheus calls the series' bytes.
fn message_key<'k>(scratch: &'k mut Vec<u8>, name: Cow<'_, [u8]>, labels: Labels<'_>) -> &'k [u8] {
    scratch.clear();
    let mut set = Vec::new();
    label_set(&mut set, name, labels);
    for Label { name, value } in set {
        if *name == *crate::label::METRIC_NAME.as_bytes() {
            scratch.extend_from_slice(&value);
        } else {
            scratch.push(0xff);
            scratch.extend_from_slice(&name);
            scratch.push(0xff);
            scratch.extend_from_slice(&value);
        }
    }
    scratch
}
