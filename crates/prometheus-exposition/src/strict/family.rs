//! The samples of one metric family.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Violation;
use super::histogram::{Histograms, Part};
use crate::float;
use crate::format::{Format, MetricType};
use crate::label::Label;

/// A sample as far as the rules look at it.
#[derive(Debug)]
pub(super) struct Sample<'a> {
    pub(super) at: usize,
    pub(super) name: Cow<'a, [u8]>,
    /// Sorted by name.
    pub(super) labels: Vec<Label<'a>>,
    pub(super) value: f64,
    /// In seconds.
    pub(super) timestamp: Option<f64>,
    pub(super) has_exemplar: bool,
}

impl Sample<'_> {
    fn label(&self, name: &[u8]) -> Option<&[u8]> {
        self.labels.iter().find(|label| *label.name == *name).map(|label| &*label.value)
    }

    fn error(&self, message: impl Into<String>) -> Violation {
        Violation::new(self.at, message)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Family<'a> {
    name: Vec<u8>,
    format: Format,
    at: usize,
    metric_type: Option<MetricType>,
    has_help: bool,
    unit: Option<&'a [u8]>,
    has_samples: bool,
    /// The metrics so far, by their labels.
    groups: HashSet<Vec<u8>>,
    /// The last of them, and its last timestamp.
    group: Option<(Vec<u8>, Option<f64>)>,
    /// The series that must not come again: those of the last metric, or in the text format all.
    series: HashSet<Vec<u8>>,
    histograms: Histograms,
}

impl<'a> Family<'a> {
    pub(super) fn new(name: Vec<u8>, format: Format, at: usize) -> Self {
        Self {
            name,
            format,
            at,
            metric_type: None,
            has_help: false,
            unit: None,
            has_samples: false,
            groups: HashSet::new(),
            group: None,
            series: HashSet::new(),
            histograms: Histograms::default(),
        }
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn help(&mut self, at: usize) -> Result<(), Violation> {
        self.check_metadata("help", self.has_help, at)?;
        self.has_help = true;
        Ok(())
    }

    pub(super) fn metric_type(&mut self, metric_type: MetricType, at: usize) -> Result<(), Violation> {
        self.check_metadata("type", self.metric_type.is_some(), at)?;
        self.metric_type = Some(metric_type);
        Ok(())
    }

    pub(super) fn unit(&mut self, unit: &'a [u8], at: usize) -> Result<(), Violation> {
        self.check_metadata("unit", self.unit.is_some(), at)?;
        self.unit = Some(unit);
        Ok(())
    }

    fn check_metadata(&self, what: &str, known: bool, at: usize) -> Result<(), Violation> {
        if self.has_samples {
            return Err(Violation::new(at, format!("the {what} of a metric family after its samples")));
        }
        if known {
            return Err(Violation::new(at, format!("a second {what} for a metric family")));
        }
        Ok(())
    }

    fn kind(&self) -> MetricType {
        self.metric_type.unwrap_or_default()
    }

    fn is_openmetrics(&self) -> bool {
        self.format == Format::OpenMetrics
    }

    /// What may follow the family's name in the name of a sample.
    fn suffixes(&self) -> &'static [&'static [u8]] {
        match (self.kind(), self.is_openmetrics()) {
            (MetricType::Counter, true) => &[b"_total", b"_created"],
            (MetricType::Summary, true) => &[b"", b"_count", b"_sum", b"_created"],
            (MetricType::Histogram, true) => &[b"_bucket", b"_count", b"_sum", b"_created"],
            (MetricType::GaugeHistogram, true) => &[b"_bucket", b"_gcount", b"_gsum"],
            (MetricType::Info, true) => &[b"_info"],
            (MetricType::Summary, false) => &[b"", b"_count", b"_sum"],
            (MetricType::Histogram | MetricType::GaugeHistogram, false) => &[b"_bucket", b"_count", b"_sum"],
            _ => &[b""],
        }
    }

    fn suffix<'n>(&self, name: &'n [u8]) -> Option<&'n [u8]> {
        let suffix = name.strip_prefix(&*self.name)?;
        self.suffixes().contains(&suffix).then_some(suffix)
    }

    pub(super) fn has_sample_named(&self, name: &[u8]) -> bool {
        self.suffix(name).is_some() || self.format == Format::Protobuf && name == self.name
    }

    /// The names that no other family may use.
    pub(super) fn names(&self) -> Vec<Vec<u8>> {
        let mut names = vec![self.name.clone()];
        let suffixes = self.suffixes().iter().filter(|suffix| !suffix.is_empty());
        names.extend(suffixes.map(|suffix| [&self.name, *suffix].concat()));
        names
    }

    pub(super) fn finish(&self) -> Result<(), Violation> {
        if self.unit.is_some_and(|unit| !unit.is_empty())
            && matches!(self.kind(), MetricType::Info | MetricType::StateSet)
        {
            return Err(Violation::new(
                self.at,
                format!("a metric family of type {} has no unit", self.kind()),
            ));
        }
        self.histograms.finish(self.is_openmetrics())
    }

    pub(super) fn native_histogram(
        &mut self,
        labels: &[Label<'a>],
        timestamp_ms: Option<i64>,
        at: usize,
    ) -> Result<(), Violation> {
        self.has_samples = true;
        let mut key = key(labels, b"");
        if let Some(timestamp) = timestamp_ms {
            key.extend_from_slice(&timestamp.to_be_bytes());
        }
        if self.groups.insert(key) {
            return Ok(());
        }
        Err(Violation::new(at, "the same series twice"))
    }

    pub(super) fn sample(&mut self, sample: &Sample<'a>) -> Result<(), Violation> {
        self.has_samples = true;
        let name = sample.name.clone();
        let suffix = self.suffix(&name).unwrap_or_default();
        let part = self.part(sample, suffix)?;
        if self.is_openmetrics() {
            self.check_openmetrics(sample, suffix)?;
        }
        let distinct: &[u8] = match self.kind() {
            MetricType::Summary if suffix.is_empty() => b"quantile",
            MetricType::Histogram | MetricType::GaugeHistogram if suffix == b"_bucket" => b"le",
            MetricType::StateSet => &self.name,
            _ => b"",
        };
        let group = key(&sample.labels, distinct);
        if let Some(part) = part {
            let mut histogram = group.clone();
            histogram.extend_from_slice(&sample.timestamp.map_or([0xff; 8], f64::to_be_bytes));
            self.histograms.add(histogram, part, sample.value, sample.at)?;
        }
        self.check_order(sample, group)
    }

    /// Checks the label that a sample of a histogram or summary needs, and gives which part of a histogram
    /// it is.
    fn part(&self, sample: &Sample<'_>, suffix: &[u8]) -> Result<Option<Part>, Violation> {
        if self.kind() == MetricType::Summary && suffix.is_empty() {
            let quantile = number(sample.label(b"quantile"))
                .ok_or_else(|| sample.error("a quantile of a summary without the number in `quantile`"))?;
            if self.is_openmetrics() && !(0.0..=1.0).contains(&quantile) {
                return Err(sample.error("a quantile that is not from 0 to 1"));
            }
            if self.is_openmetrics() && sample.value < 0.0 {
                return Err(sample.error("a quantile of a summary is not negative"));
            }
        }
        if !matches!(self.kind(), MetricType::Histogram | MetricType::GaugeHistogram) {
            return Ok(None);
        }
        Ok(Some(match suffix {
            b"_bucket" => {
                let le = sample.label(b"le");
                let bound = number(le)
                    .filter(|bound| !bound.is_nan())
                    .ok_or_else(|| sample.error("a bucket without the number in `le`"))?;
                if self.is_openmetrics() && bound == f64::INFINITY && le != Some(b"+Inf") {
                    return Err(sample.error("the infinite bound is written `+Inf`"));
                }
                if sample.value < 0.0 {
                    return Err(sample.error("a bucket is not negative"));
                }
                Part::Bucket(bound)
            }
            b"_count" | b"_gcount" => {
                if sample.value < 0.0 {
                    return Err(sample.error("a count is not negative"));
                }
                Part::Count
            }
            b"_sum" => Part::Sum,
            b"_gsum" => Part::GaugeSum,
            _ => Part::Created,
        }))
    }

    fn check_openmetrics(&self, sample: &Sample<'_>, suffix: &[u8]) -> Result<(), Violation> {
        let kind = self.kind();
        let counts = matches!(suffix, b"_total" | b"_sum" | b"_count" | b"_bucket" | b"_gcount");
        if (counts || suffix == b"_gsum") && sample.value.is_nan() {
            return Err(sample.error("a count or sum that is not a number"));
        }
        if counts && sample.value < 0.0 {
            return Err(sample.error("a count or sum that is negative"));
        }
        // Also false for an infinite number.
        if matches!(suffix, b"_count" | b"_bucket" | b"_gcount") && sample.value.fract() != 0.0 {
            return Err(sample.error("a count that is not a whole number"));
        }
        if kind == MetricType::StateSet {
            if sample.label(&self.name).is_none() {
                return Err(sample.error("a state without the label that is called like the metric"));
            }
            if sample.value != 0.0 && sample.value != 1.0 {
                return Err(sample.error("a state is 0 or 1"));
            }
        }
        if kind == MetricType::Info && sample.value != 1.0 {
            return Err(sample.error("the value of an info metric is 1"));
        }
        let may_have_exemplar = match kind {
            MetricType::Counter => suffix == b"_total",
            MetricType::Histogram | MetricType::GaugeHistogram => suffix == b"_bucket",
            _ => false,
        };
        if sample.has_exemplar && !may_have_exemplar {
            return Err(sample.error("only counters and buckets have exemplars"));
        }
        Ok(())
    }

    /// Metrics do not come again, their timestamps do not go back, and no series comes twice.
    fn check_order(&mut self, sample: &Sample<'a>, group: Vec<u8>) -> Result<(), Violation> {
        let series = [&*sample.name, &key(&sample.labels, b"")].concat();
        if !self.is_openmetrics() {
            return if self.series.insert(series) {
                Ok(())
            } else {
                Err(sample.error("the same series twice"))
            };
        }
        // The labels of an info metric do not tell one from another.
        let group = if self.kind() == MetricType::Info { Vec::new() } else { group };
        match &self.group {
            Some((last, before)) if *last == group => match (before, sample.timestamp) {
                (None, None) => {}
                (Some(before), Some(now)) => {
                    if *before > now && self.kind() != MetricType::Info {
                        return Err(sample.error("a timestamp that is before the one before"));
                    }
                    if *before != now {
                        self.series.clear();
                    }
                }
                _ => return Err(sample.error("samples with and without timestamp in one metric")),
            },
            Some(_) if self.groups.contains(&group) => {
                return Err(sample.error("the samples of a metric are not in one group"));
            }
            _ => self.series.clear(),
        }
        // With a timestamp it may be a second one that the format has no digits for.
        if !self.series.insert(series) && sample.timestamp.is_none() {
            return Err(sample.error("the same series twice"));
        }
        self.groups.insert(group.clone());
        self.group = Some((group, sample.timestamp));
        Ok(())
    }
}

/// Bytes that are equal for equal labels, those called `without` left out.
fn key(labels: &[Label<'_>], without: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for label in labels.iter().filter(|label| without.is_empty() || *label.name != *without) {
        // No byte of UTF-8, so that no two sets run together in the same way.
        out.push(0xff);
        out.extend_from_slice(&label.name);
        out.push(0xff);
        out.extend_from_slice(&label.value);
    }
    out
}

fn number(text: Option<&[u8]>) -> Option<f64> {
    float::parse_value(text?).ok()
}
