//! From entries to families.

use std::collections::HashMap;

use super::{Bucket, Histogram, Metric, MetricFamily, MetricValue, OwnedExemplar, Summary};
use crate::bytes;
use crate::entry::{Entry, HistogramSample, Series};
use crate::error::{Error, ErrorKind};
use crate::exemplar::Exemplar;
use crate::float;
use crate::format::{Format, MetricType, Options};
use crate::label::Label;
use crate::parser::Parser;

/// Reads a whole exposition to families, in the order in which they begin.
///
/// Lines of one family need not stand together unless [`Mode::Strict`](crate::Mode::Strict) asks for it.
/// Series that do not fit the type of their family, and those without metadata, become families of numbers.
/// `_created` series become start timestamps; the options about native histograms and created series have
/// no effect here.
///
/// # Errors
///
/// Those of [`Parser`], and [`ErrorKind::Utf8`] for a name that is not UTF-8.
///
/// ```
/// use prometheus_exposition::{Format, MetricValue, Options, read_families};
///
/// let body = b"# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3\nh_sum 4.5\nh_count 3\n";
/// let families = read_families(body, Format::Text, Options::new()).unwrap();
/// let MetricValue::Histogram(histogram) = &families[0].metrics[0].value else { panic!("no histogram") };
/// assert_eq!((histogram.buckets.len(), histogram.sum, histogram.count), (2, Some(4.5), Some(3.0)));
/// ```
pub fn read_families(body: &[u8], format: Format, options: Options) -> Result<Vec<MetricFamily>, Error> {
    let options = options
        .type_and_unit_labels(false)
        .created_as_start_timestamp(false)
        .ignore_native_histograms(false)
        .keep_classic_histograms(true);
    let mut reader = Reader { body, format, families: Vec::new(), names: HashMap::new(), at: 0 };
    let mut parser = Parser::new(body, format, options);
    loop {
        reader.at = parser.offset();
        match parser.next() {
            None => return Ok(reader.finish()),
            Some(entry) => reader.entry(&entry?)?,
        }
    }
}

struct Reader<'a> {
    body: &'a [u8],
    format: Format,
    families: Vec<Draft>,
    /// Where the family of a name is.
    names: HashMap<String, usize>,
    /// Where the entry starts.
    at: usize,
}

#[derive(Default)]
struct Draft {
    family: MetricFamily,
    /// Whether a sample had the suffix that goes with the type.
    has_suffix: bool,
    /// Metrics by labels and timestamp.
    index: HashMap<Key, usize>,
    /// Start timestamps by labels.
    created: HashMap<Labels, i64>,
}

type Labels = Vec<(String, String)>;
type Key = (Labels, Option<i64>);

/// What a sample is in its family.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Number,
    Created,
    Quantile,
    SummaryCount,
    SummarySum,
    Bucket,
    HistogramCount,
    HistogramSum,
}

impl Reader<'_> {
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        match entry {
            Entry::Help { name, text } => self.family_named(name)?.help = Some(text.clone().into_owned()),
            Entry::Type { name, metric_type } => self.family_named(name)?.metric_type = *metric_type,
            Entry::Unit { name, unit } => {
                let unit = self.text(unit)?;
                self.family_named(name)?.unit = Some(unit).filter(|unit| !unit.is_empty());
            }
            Entry::Comment(_) => {}
            Entry::Series(series) => self.series(series)?,
            Entry::Histogram(histogram) => self.native_histogram(histogram)?,
        }
        Ok(())
    }

    fn family_named(&mut self, name: &[u8]) -> Result<&mut MetricFamily, Error> {
        let name = match self.format {
            Format::Protobuf => self.text(name)?,
            _ => self.text(&bytes::unescape(name))?,
        };
        Ok(&mut self.draft(name).family)
    }

    fn draft(&mut self, name: String) -> &mut Draft {
        let families = &mut self.families;
        let index = *self.names.entry(name).or_insert_with_key(|name| {
            let family = MetricFamily::new(name.clone(), MetricType::Unknown);
            families.push(Draft { family, ..Draft::default() });
            families.len() - 1
        });
        // Only indices into it are kept, and nothing is taken out.
        &mut self.families[index]
    }

    /// The family of a sample that goes with its type, and what the sample is there.
    fn place(&self, name: &str, labels: &[(String, String)]) -> Option<(usize, Role)> {
        const SUFFIXES: [&str; 9] =
            ["", "_total", "_info", "_bucket", "_count", "_gcount", "_sum", "_gsum", "_created"];
        SUFFIXES.iter().find_map(|suffix| {
            let index = *self.names.get(name.strip_suffix(suffix)?)?;
            let metric_type = self.families.get(index)?.family.metric_type;
            Some((index, role(metric_type, suffix, self.format == Format::OpenMetrics, labels)?))
        })
    }

    fn series(&mut self, series: &Series<'_>) -> Result<(), Error> {
        let name = self.text(&series.name())?;
        let mut labels = self.labels(series.written_labels())?;
        let exemplar = series.exemplar().map(|exemplar| self.exemplar(&exemplar)).transpose()?;
        let (draft, role) = match self.place(&name, &labels) {
            Some((index, role)) => (&mut self.families[index], role),
            None => (self.draft(name.clone()), Role::Number),
        };
        draft.has_suffix |= name.len() > draft.family.name.len() && role == Role::Number;
        let value = series.value();
        if role == Role::Created {
            draft.created.insert(labels, float::truncate(value * 1000.0));
            return Ok(());
        }
        let bound = match role {
            Role::Bucket => take_number(&mut labels, "le"),
            Role::Quantile => take_number(&mut labels, "quantile"),
            _ => None,
        };
        let metric = draft.metric(labels, series.timestamp_ms(), role == Role::Number);
        metric.start_timestamp_ms = metric.start_timestamp_ms.or(series.start_timestamp_ms());
        metric.add(role, bound.unwrap_or(0.0), value, exemplar);
        Ok(())
    }

    fn native_histogram(&mut self, sample: &HistogramSample<'_>) -> Result<(), Error> {
        let name = self.text(sample.name())?;
        let labels = self.labels(sample.labels())?;
        let exemplars =
            sample.exemplars().map(|exemplar| self.exemplar(&exemplar)).collect::<Result<Vec<_>, Error>>()?;
        let metric = self.draft(name).metric(labels, sample.timestamp_ms(), false);
        metric.start_timestamp_ms = sample.start_timestamp_ms();
        let native = sample.histogram();
        metric.histogram(|histogram| {
            histogram.count = Some(native.count());
            histogram.sum = Some(native.sum);
            histogram.native = Some(native);
            histogram.exemplars = exemplars;
        });
        Ok(())
    }

    fn exemplar(&self, exemplar: &Exemplar<'_>) -> Result<OwnedExemplar, Error> {
        let written = exemplar.labels().map(|label| match self.format {
            Format::Protobuf => label,
            _ => Label::new(
                bytes::unescape(&label.name).into_owned(),
                bytes::unescape(&label.value).into_owned(),
            ),
        });
        let labels = self.labels(written)?;
        Ok(OwnedExemplar { labels, value: exemplar.value(), timestamp_ms: exemplar.timestamp_ms() })
    }

    fn labels<'l>(&self, labels: impl Iterator<Item = Label<'l>>) -> Result<Labels, Error> {
        labels.map(|label| Ok((self.text(&label.name)?, self.text(&label.value)?))).collect()
    }

    fn text(&self, bytes: &[u8]) -> Result<String, Error> {
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| {
            let message = format!("{} is not UTF-8", prometheus_labels::quoted(bytes));
            Error::new(ErrorKind::Utf8, message, self.body, self.at)
        })
    }

    fn finish(self) -> Vec<MetricFamily> {
        self.families.into_iter().map(Draft::finish).collect()
    }
}

impl Draft {
    /// The metric of these labels; `new` when each sample is one of its own.
    fn metric(&mut self, labels: Labels, timestamp_ms: Option<i64>, new: bool) -> &mut Metric {
        let metrics = &mut self.family.metrics;
        let mut add = |labels: &Labels| {
            metrics.push(Metric { labels: labels.clone(), timestamp_ms, ..Metric::default() });
            metrics.len() - 1
        };
        let index = if new {
            add(&labels)
        } else {
            *self.index.entry((labels, timestamp_ms)).or_insert_with_key(|key| add(&key.0))
        };
        &mut self.family.metrics[index]
    }

    fn finish(mut self) -> MetricFamily {
        for metric in &mut self.family.metrics {
            let created = self.created.get(&metric.labels).copied();
            metric.start_timestamp_ms = metric.start_timestamp_ms.or(created.filter(|&created| created != 0));
        }
        let suffix = match self.family.metric_type {
            MetricType::Counter => "_total",
            MetricType::Info => "_info",
            _ => "",
        };
        if self.has_suffix {
            self.family.name.push_str(suffix);
        }
        self.family
    }
}

/// What a sample is whose name is that of a family and `suffix`, if that goes with the type of the family.
fn role(
    metric_type: MetricType,
    suffix: &str,
    openmetrics: bool,
    labels: &[(String, String)],
) -> Option<Role> {
    use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
    let has = |label: &str| labels.iter().any(|(name, value)| name == label && number(value).is_some());
    Some(match (metric_type, suffix) {
        (Summary, "") if has("quantile") => Role::Quantile,
        (_, "") => Role::Number,
        (Counter, "_total") | (Info, "_info") if openmetrics => Role::Number,
        (Counter | Histogram | Summary, "_created") if openmetrics => Role::Created,
        (Summary, "_count") => Role::SummaryCount,
        (Summary, "_sum") => Role::SummarySum,
        (Histogram | GaugeHistogram, "_bucket") if has("le") => Role::Bucket,
        (Histogram, "_count") => Role::HistogramCount,
        (Histogram, "_sum") => Role::HistogramSum,
        (GaugeHistogram, "_gcount") if openmetrics => Role::HistogramCount,
        (GaugeHistogram, "_gsum") if openmetrics => Role::HistogramSum,
        (GaugeHistogram, "_count") if !openmetrics => Role::HistogramCount,
        (GaugeHistogram, "_sum") if !openmetrics => Role::HistogramSum,
        _ => return None,
    })
}

impl Metric {
    fn add(&mut self, role: Role, bound: f64, value: f64, exemplar: Option<OwnedExemplar>) {
        match role {
            Role::Number | Role::Created => {
                self.value = match exemplar {
                    Some(exemplar) => MetricValue::CounterWithExemplar(value, exemplar),
                    None => MetricValue::Number(value),
                };
            }
            Role::Quantile => self.summary(|summary| summary.quantiles.push((bound, value))),
            Role::SummaryCount => self.summary(|summary| summary.count = Some(value)),
            Role::SummarySum => self.summary(|summary| summary.sum = Some(value)),
            Role::Bucket => {
                let bucket = Bucket { upper_bound: bound, cumulative_count: value, exemplar };
                self.histogram(|histogram| histogram.buckets.push(bucket));
            }
            Role::HistogramCount => self.histogram(|histogram| histogram.count = Some(value)),
            Role::HistogramSum => self.histogram(|histogram| histogram.sum = Some(value)),
        }
    }

    fn summary(&mut self, change: impl FnOnce(&mut Summary)) {
        let mut summary = match std::mem::take(&mut self.value) {
            MetricValue::Summary(summary) => summary,
            _ => Summary::default(),
        };
        change(&mut summary);
        self.value = MetricValue::Summary(summary);
    }

    fn histogram(&mut self, change: impl FnOnce(&mut Histogram)) {
        let mut histogram = match std::mem::take(&mut self.value) {
            MetricValue::Histogram(histogram) => histogram,
            _ => Box::default(),
        };
        change(&mut histogram);
        self.value = MetricValue::Histogram(histogram);
    }
}

fn take_number(labels: &mut Labels, name: &str) -> Option<f64> {
    let at = labels.iter().position(|label| label.0 == name)?;
    number(&labels.remove(at).1)
}

fn number(text: &str) -> Option<f64> {
    float::parse_value(text.as_bytes()).ok()
}
