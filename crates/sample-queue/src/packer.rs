//! From samples of scrapes to frames.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};

use prometheus_labels::{LabelSet, LabelsBuilder};
use prometheus_relabel::{Rules, Scratch, Verdict};
use prometheus_remote_write::{Compressor, Encoder, Metadata, Version};
use prometheus_scrape::{Sample, Series, Value};

use crate::frame::Frame;

/// Makes frames. What rules make of a series is worked out once, as long as the series lasts.
///
/// Without settings, everything is packed as it is.
pub struct Packer {
    encoder: Encoder,
    compressor: Compressor,
    message: Vec<u8>,
    rules: Rules,
    scratch: Scratch,
    external_labels: LabelSet,
    exemplars: bool,
    histograms: bool,
    known: HashMap<u64, Known>,
    /// How many series are remembered before those that ended are forgotten.
    most: usize,
}

struct Known {
    series: Weak<Series>,
    /// `None` when a rule drops the series.
    labels: Option<LabelSet>,
}

/// A frame, and how many samples rules dropped from it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Packed {
    /// What is left.
    pub frame: Frame,
    /// Samples that a rule dropped.
    pub dropped: usize,
    /// The latest time of a sample that is left, in milliseconds since 1970.
    pub latest_ms: Option<i64>,
}

impl Packer {
    /// Packs everything, with these labels where a series has none of the name.
    #[must_use]
    pub fn new(external_labels: Vec<(String, String)>) -> Self {
        Self {
            encoder: Encoder::new(Version::V2),
            compressor: Compressor::new(),
            message: Vec::new(),
            rules: Rules::default(),
            scratch: Scratch::new(),
            external_labels: external_labels.into_iter().collect(),
            exemplars: true,
            histograms: true,
            known: HashMap::new(),
            most: 1024,
        }
    }

    /// Relabels series by these rules, after they got the external labels.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Whether exemplars are packed.
    #[must_use]
    pub fn exemplars(mut self, exemplars: bool) -> Self {
        self.exemplars = exemplars;
        self
    }

    /// Whether native histograms are packed.
    #[must_use]
    pub fn histograms(mut self, histograms: bool) -> Self {
        self.histograms = histograms;
        self
    }

    /// Packs messages of this version of remote write, from now on; of version 2 until then. It is cheapest to send
    /// them in the same version. Version 1 has no types, help, units and starts of series.
    pub fn set_version(&mut self, version: Version) {
        if self.encoder.version() != version {
            self.encoder = Encoder::new(version);
        }
    }

    /// Packs samples, in their order.
    pub fn pack(&mut self, samples: &[Sample]) -> Packed {
        let (mut written, mut dropped, mut latest_ms) = (0, 0, None);
        for sample in samples {
            if !self.histograms && matches!(sample.value, Value::Histogram(_)) {
                continue;
            }
            let mut series = if self.rules.is_empty() && self.external_labels.is_empty() {
                self.encoder.series(sample.series.labels())
            } else if self.rules.is_empty() {
                self.encoder.series(Merged::new(sample.series.labels(), &self.external_labels))
            } else {
                self.remember(&sample.series);
                let known = self.known.get(&sample.series.hash64());
                let Some(labels) = known.and_then(|known| known.labels.as_ref()) else {
                    dropped += 1;
                    continue;
                };
                self.encoder.series(labels)
            };
            series = match &sample.value {
                Value::Float(value) => series.sample(*value, sample.timestamp_ms, sample.start_timestamp_ms),
                Value::Histogram(histogram) => {
                    series.histogram(histogram, sample.timestamp_ms, sample.start_timestamp_ms)
                }
                _ => series,
            };
            if self.exemplars {
                for exemplar in &sample.exemplars {
                    series = series.exemplar(&exemplar.labels, exemplar.value, exemplar.timestamp_ms);
                }
            }
            if let Some(metadata) = sample.series.metadata() {
                let (help, unit) = (metadata.help.as_str(), metadata.unit.as_str());
                series = series.metadata(&Metadata { metric_type: metadata.metric_type, help, unit });
            }
            drop(series);
            written += 1;
            latest_ms = latest_ms.max(Some(sample.timestamp_ms));
        }
        self.message.clear();
        self.encoder.finish(&mut self.message);
        let version = self.encoder.version();
        Packed {
            frame: Frame::new(&mut self.compressor, version, &self.message, written),
            dropped,
            latest_ms,
        }
    }

    fn remember(&mut self, series: &Arc<Series>) {
        let hash = series.hash64();
        // The weak reference keeps the address from being used for another series.
        if self.known.get(&hash).is_some_and(|known| std::ptr::eq(known.series.as_ptr(), Arc::as_ptr(series)))
        {
            return;
        }
        if self.known.len() >= self.most {
            self.known.retain(|_, known| known.series.strong_count() > 0);
            self.most = (self.known.len() * 2).max(1024);
        }
        let labels = self.labels(series.labels());
        self.known.insert(hash, Known { series: Arc::downgrade(series), labels });
    }

    fn labels(&mut self, labels: &LabelSet) -> Option<LabelSet> {
        let builder = LabelsBuilder::new();
        let mut builder = builder.reset(labels);
        for (name, value) in &self.external_labels {
            if builder.get(name).is_empty() {
                builder.set(name, value);
            }
        }
        match self.rules.apply(&mut builder, &mut self.scratch) {
            Verdict::Keep => Some(builder.to_set()).filter(|labels| !labels.is_empty()),
            _ => None,
        }
    }
}

impl Default for Packer {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("external_labels", &self.external_labels).finish_non_exhaustive()
    }
}

/// The labels of a series, and those of another set that it does not have, by name.
struct Merged<'a, L: Iterator<Item = (&'a str, &'a str)>> {
    labels: std::iter::Peekable<L>,
    others: std::iter::Peekable<L>,
}

impl<'a> Merged<'a, prometheus_labels::Labels<'a>> {
    fn new(labels: &'a LabelSet, others: &'a LabelSet) -> Self {
        Self { labels: labels.iter().peekable(), others: others.iter().peekable() }
    }
}

impl<'a, L: Iterator<Item = (&'a str, &'a str)>> Iterator for Merged<'a, L> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let Some((other, _)) = self.others.peek() else { return self.labels.next() };
        match self.labels.peek() {
            Some((name, _)) if name == other => {
                self.others.next();
                self.labels.next()
            }
            Some((name, _)) if name < other => self.labels.next(),
            _ => self.others.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelSet, Merged};

    #[track_caller]
    fn check(labels: &[(&str, &str)], others: &[(&str, &str)], expected: &[(&str, &str)]) {
        let set = |labels: &[(&str, &str)]| labels.iter().copied().collect::<LabelSet>();
        let (labels, others) = (set(labels), set(others));
        assert_eq!(Merged::new(&labels, &others).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn labels_of_a_series_win_over_external_ones() {
        check(&[("a", "1"), ("c", "2")], &[], &[("a", "1"), ("c", "2")]);
        check(&[], &[("a", "1")], &[("a", "1")]);
        check(
            &[("b", "1"), ("d", "2")],
            &[("a", "x"), ("b", "y"), ("c", "z"), ("e", "w")],
            &[("a", "x"), ("b", "1"), ("c", "z"), ("d", "2"), ("e", "w")],
        );
    }
}
