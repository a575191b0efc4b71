//! Delimited `io.prometheus.client.MetricFamily` messages.

mod message;
mod schema;
pub(crate) mod wire;

pub(crate) use message::{ExemplarMessage, ExemplarMessages, HistogramMessage, SeriesMessage};

use prometheus_labels::quoted;

use crate::entry::{Entry, HistogramSample, Meta, Series};
use crate::error::{Error, ErrorKind};
use crate::format::{MetricType, Options};
use crate::histogram::Span;
use message::{Bucket, COUNTER, GAUGE, HISTOGRAM, Metric, Part, SUMMARY, UNTYPED, Values, or_whole};
use wire::{Field, Fields, Varint, WireError};

/// Reads what Prometheus' `ProtobufParser` reads: family by family and metric by metric.
#[derive(Debug, Clone)]
pub(crate) struct ProtobufParser<'a> {
    body: &'a [u8],
    at: usize,
    options: Options,
    step: Step<'a>,
    family: Family<'a>,
    /// The value of the last untyped metric that had one. Prometheus reuses the message it decodes into, and
    /// does not reset this part: an untyped metric without a value has that of the one before.
    untyped: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Family<'a> {
    name: &'a [u8],
    help: &'a [u8],
    unit: &'a [u8],
    metric_type: MetricType,
    /// What is left of the message.
    rest: Fields<'a>,
    /// Where the message ends in the body.
    end: usize,
}

/// What comes next.
#[derive(Debug, Clone)]
enum Step<'a> {
    Family,
    Unit(Metric<'a>),
    Type(Metric<'a>),
    Metric(Metric<'a>),
    Count(Metric<'a>),
    Sum(Metric<'a>),
    Quantiles(Metric<'a>, Values<'a>),
    Buckets(Metric<'a>, Values<'a>),
    InfiniteBucket(Metric<'a>),
    NextMetric,
}

impl<'a> ProtobufParser<'a> {
    pub(crate) fn new(body: &'a [u8], options: &Options) -> Self {
        Self { body, at: 0, options: *options, step: Step::Family, family: Family::default(), untyped: 0.0 }
    }

    /// The end of the family that is being read.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn next_entry(&mut self) -> Option<Result<Entry<'a>, Error>> {
        loop {
            // A step that fails is the last.
            let step = std::mem::replace(&mut self.step, Step::Family);
            match self.take(step) {
                Ok(Taken::Entry(entry)) => return Some(Ok(entry)),
                Ok(Taken::Nothing) => {}
                Ok(Taken::End) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn take(&mut self, step: Step<'a>) -> Result<Taken<'a>, Error> {
        let name = self.family.name;
        let (next, entry) = match step {
            Step::Family => return self.next_family(),
            Step::NextMetric => {
                let Some(metric) = self.next_metric()? else { return Ok(Taken::Nothing) };
                self.step = Step::Metric(metric);
                return Ok(Taken::Nothing);
            }
            Step::Unit(metric) => (Step::Type(metric), Entry::Unit { name, unit: self.family.unit }),
            Step::Type(metric) => {
                (Step::Metric(metric), Entry::Type { name, metric_type: self.family.metric_type })
            }
            Step::Metric(metric) => return self.metric(metric),
            Step::Count(metric) => {
                let number = if self.family.metric_type == MetricType::Summary { SUMMARY } else { HISTOGRAM };
                let float = if number == HISTOGRAM { metric.double(HISTOGRAM, 4) } else { 0.0 };
                let value = or_whole(float, metric.varint(number, 1));
                (Step::Sum(metric), self.series(metric, Part::Count, value, None))
            }
            Step::Sum(metric) => {
                let number = if self.family.metric_type == MetricType::Summary { SUMMARY } else { HISTOGRAM };
                let values = Values::new(metric, number);
                let next = if number == SUMMARY {
                    Step::Quantiles(metric, values)
                } else {
                    Step::Buckets(metric, values)
                };
                (next, self.series(metric, Part::Sum, metric.double(number, 2), None))
            }
            Step::Quantiles(metric, mut values) => {
                let Some((_, quantile)) = values.find(|field| field.0 == 3) else {
                    self.step = Step::NextMetric;
                    return Ok(Taken::Nothing);
                };
                let (mut bound, mut value) = (0.0, 0.0);
                for (number, field) in Fields(quantile.bytes()) {
                    match number {
                        1 => bound = field.double(),
                        2 => value = field.double(),
                        _ => {}
                    }
                }
                let series = self.series(metric, Part::Quantile(bound), value, None);
                (Step::Quantiles(metric, values), series)
            }
            Step::Buckets(metric, mut values) => {
                let Some((_, bucket)) = values.find(|field| field.0 == 3) else {
                    self.step = Step::InfiniteBucket(metric);
                    return Ok(Taken::Nothing);
                };
                let Bucket { upper_bound, count, exemplar } = Bucket::read(bucket.bytes());
                let series = self.series(metric, Part::Bucket(upper_bound), count, exemplar);
                // Buckets after the infinite one are not read.
                let done = upper_bound == f64::INFINITY;
                (if done { Step::NextMetric } else { Step::Buckets(metric, values) }, series)
            }
            Step::InfiniteBucket(metric) => {
                let count = or_whole(metric.double(HISTOGRAM, 4), metric.varint(HISTOGRAM, 1));
                (Step::NextMetric, self.series(metric, Part::Bucket(f64::INFINITY), count, None))
            }
        };
        self.step = next;
        Ok(Taken::Entry(entry))
    }

    /// The next family that has a metric, up to its help text.
    fn next_family(&mut self) -> Result<Taken<'a>, Error> {
        loop {
            let rest = self.body.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Taken::End);
            }
            // Five bytes are the most for a length.
            let Varint::Read(length, len @ ..=5) = wire::varint(rest) else {
                return Err(self.error_here("clientpb: invalid varint encountered"));
            };
            let total = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(len);
            let Some(message) = rest.get(len..total) else {
                return Err(self.error_here(format!(
                    "clientpb: insufficient length of buffer, expected at least {total} bytes, got {} bytes",
                    rest.len()
                )));
            };
            let start = self.at + len;
            self.at += total;
            wire::check(&schema::FAMILY, message, start).map_err(|error| self.error(error))?;
            let mut unknown_type = None;
            // The type is COUNTER where none is given.
            let mut family = Family {
                metric_type: MetricType::Counter,
                rest: Fields(message),
                end: self.at,
                ..Family::default()
            };
            for (number, field) in Fields(message) {
                match number {
                    1 => family.name = field.bytes(),
                    2 => family.help = field.bytes(),
                    3 => (family.metric_type, unknown_type) = metric_type(field),
                    5 => family.unit = field.bytes(),
                    _ => {}
                }
            }
            self.family = family;
            let Some(metric) = self.next_metric()? else { continue };
            let problem = self.family_problem(unknown_type);
            if let Some((kind, problem)) = problem {
                return Err(Error::new(kind, problem, self.body, start));
            }
            self.step = if family.unit.is_empty() { Step::Type(metric) } else { Step::Unit(metric) };
            return Ok(Taken::Entry(Entry::Help {
                name: family.name,
                text: crate::bytes::text(std::borrow::Cow::Borrowed(family.help)),
            }));
        }
    }

    fn family_problem(&self, unknown_type: Option<i32>) -> Option<(ErrorKind, String)> {
        let Family { name, help, .. } = self.family;
        if name.is_empty() || std::str::from_utf8(name).is_err() {
            let message = format!("invalid metric name: {}", String::from_utf8_lossy(name));
            return Some((ErrorKind::MetricName, message));
        }
        if std::str::from_utf8(help).is_err() {
            let message =
                format!("invalid help for metric {}: {}", quoted(name), String::from_utf8_lossy(help));
            return Some((ErrorKind::Utf8, message));
        }
        let unknown = unknown_type?;
        Some((ErrorKind::MetricType, format!("unknown metric type for metric {}: {unknown}", quoted(name))))
    }

    /// The next metric of the family, once its message was checked. At the end of the family the next step
    /// is the next family.
    fn next_metric(&mut self) -> Result<Option<Metric<'a>>, Error> {
        let Some((_, field)) = self.family.rest.find(|field| field.0 == 4) else {
            self.step = Step::Family;
            return Ok(None);
        };
        let message = field.bytes();
        let base = self.place_of(message);
        wire::check(&schema::METRIC, message, base).map_err(|error| self.error(error))?;
        let metric = Metric::new(message, self.family.metric_type);
        if let Some(value) = metric.last(UNTYPED, 1) {
            self.untyped = value.double();
        }
        Ok(Some(metric))
    }

    /// A metric whose labels are not checked yet.
    fn metric(&mut self, metric: Metric<'a>) -> Result<Taken<'a>, Error> {
        let family = self.family;
        let histogram = matches!(family.metric_type, MetricType::Histogram | MetricType::GaugeHistogram);
        let native = histogram && !self.options.ignore_native_histograms && metric.is_native();
        if native {
            check_spans(metric).map_err(|problem| {
                let message = format!("histogram {}: {problem}", quoted(family.name));
                Error::new(ErrorKind::Histogram, message, self.body, self.place_of(metric.message()))
            })?;
        }
        for label in metric.label_messages() {
            wire::check(&schema::LABEL, label, self.place_of(label)).map_err(|error| self.error(error))?;
        }
        if native {
            let keep_classic = self.options.keep_classic_histograms && metric.has_buckets();
            self.step = if keep_classic { Step::Count(metric) } else { Step::NextMetric };
            let gauge = family.metric_type == MetricType::GaugeHistogram;
            let message = HistogramMessage { family: family.name, metric, gauge };
            return Ok(Taken::Entry(Entry::Histogram(HistogramSample::from_message(message, self.meta()))));
        }
        if histogram || family.metric_type == MetricType::Summary {
            self.step = Step::Count(metric);
            return Ok(Taken::Nothing);
        }
        let exemplar = metric.last(COUNTER, 2).map(Field::bytes);
        let (value, exemplar) = match family.metric_type {
            MetricType::Counter => (metric.double(COUNTER, 1), exemplar),
            MetricType::Gauge => (metric.double(GAUGE, 1), None),
            _ => (self.untyped, None),
        };
        self.step = Step::NextMetric;
        Ok(Taken::Entry(self.series(metric, Part::Whole, value, exemplar)))
    }

    fn meta(&self) -> Meta<'a> {
        let Family { metric_type, unit, .. } = self.family;
        Meta { metric_type, unit, labels: self.options.type_and_unit_labels }
    }

    fn series(&self, metric: Metric<'a>, part: Part, value: f64, exemplar: Option<&'a [u8]>) -> Entry<'a> {
        let message = SeriesMessage { family: self.family.name, metric: metric.message(), part, exemplar };
        let timestamps = (metric.timestamp_ms(), metric.start_timestamp_ms());
        Entry::Series(Series::from_message(message, value, timestamps, self.meta()))
    }

    fn error(&self, error: WireError) -> Error {
        Error::new(ErrorKind::Wire, error.message, self.body, error.at)
    }

    fn error_here(&self, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Wire, message, self.body, self.at)
    }

    /// Where a part of the body is.
    fn place_of(&self, part: &[u8]) -> usize {
        let start = self.body.as_ptr().addr();
        part.as_ptr().addr().checked_sub(start).filter(|&at| at <= self.body.len()).unwrap_or(self.family.end)
    }
}

enum Taken<'a> {
    Entry(Entry<'a>),
    Nothing,
    End,
}

/// The type, and the number where there is no such type.
fn metric_type(field: Field<'_>) -> (MetricType, Option<i32>) {
    #[expect(clippy::cast_possible_truncation, reason = "an enumeration has 32 bits")]
    let number = field.varint() as i32;
    let known = match number {
        0 => MetricType::Counter,
        1 => MetricType::Gauge,
        2 => MetricType::Summary,
        3 => MetricType::Unknown,
        4 => MetricType::Histogram,
        5 => MetricType::GaugeHistogram,
        _ => return (MetricType::Unknown, Some(number)),
    };
    (known, None)
}

/// Whether there are as many buckets as the spans say.
fn check_spans(metric: Metric<'_>) -> Result<(), String> {
    let (positive, negative) = if metric.is_float() {
        (metric.doubles(14).len(), metric.doubles(11).len())
    } else {
        (metric.deltas(13).len(), metric.deltas(10).len())
    };
    check_side("positive", &metric.spans(12), positive)?;
    check_side("negative", &metric.spans(9), negative)
}

fn check_side(side: &str, spans: &[Span], buckets: usize) -> Result<(), String> {
    let required: u64 = spans.iter().map(|span| u64::from(span.length)).sum();
    if required == buckets as u64 {
        return Ok(());
    }
    Err(format!("{side} side: spans require {required} buckets, have {buckets}"))
}
