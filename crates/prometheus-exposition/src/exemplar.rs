//! Exemplars.

use crate::entry::ExemplarLine;
use crate::label::{Labels, RawLabels};
use crate::protobuf::{ExemplarMessage, ExemplarMessages};

/// An observation that stands for others, usually with the id of its trace.
#[derive(Debug, Clone)]
pub struct Exemplar<'a> {
    labels: Labels<'a>,
    value: f64,
    timestamp_ms: Option<i64>,
}

impl<'a> Exemplar<'a> {
    pub(crate) fn from_line(line: ExemplarLine<'a>) -> Self {
        Self {
            labels: Labels::of_exemplar(RawLabels::Line(line.labels)),
            value: line.value,
            timestamp_ms: line.timestamp_ms,
        }
    }

    pub(crate) fn from_message(message: ExemplarMessage<'a>) -> Self {
        Self {
            labels: Labels::of_exemplar(RawLabels::Pairs(message.labels())),
            value: message.value,
            timestamp_ms: message.timestamp_ms,
        }
    }

    /// The labels in the order in which they were written. Escapes in them are kept, as Prometheus does.
    #[must_use]
    pub fn labels(&self) -> Labels<'a> {
        self.labels.clone()
    }

    /// The observed value.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// When it was observed, in milliseconds since 1970.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.timestamp_ms
    }
}

/// The exemplars of a native histogram. Made by
/// [`HistogramSample::exemplars`](crate::HistogramSample::exemplars).
#[derive(Debug, Clone)]
pub struct Exemplars<'a>(pub(crate) ExemplarMessages<'a>);

impl<'a> Iterator for Exemplars<'a> {
    type Item = Exemplar<'a>;

    fn next(&mut self) -> Option<Exemplar<'a>> {
        self.0.next().map(Exemplar::from_message)
    }
}
