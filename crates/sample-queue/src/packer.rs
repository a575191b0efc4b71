//! From samples of scrapes to frames.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};

use prometheus_labels::{LabelSet, LabelsBuilder};
use prometheus_relabel::{Rules, Scratch, Verdict};
use prometheus_remote_write::{Encoder, Metadata, Version};
use prometheus_scrape::{Sample, Series, Value};

use crate::frame::Frame;

/// Makes frames. What rules and external labels make of a series is worked out once, as long as the series lasts.
///
/// Without settings, everything is packed as it is.
pub struct Packer {
    encoder: Encoder,
    message: Vec<u8>,
    rules: Rules,
    scratch: Scratch,
    external_labels: Vec<(String, String)>,
    exemplars: bool,
    histograms: bool,
    metadata: bool,
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
}

impl Packer {
    /// Packs everything, with these labels where a series has none of the name.
    #[must_use]
    pub fn new(external_labels: Vec<(String, String)>) -> Self {
        Self {
            encoder: Encoder::new(Version::V2),
            message: Vec::new(),
            rules: Rules::default(),
            scratch: Scratch::new(),
            external_labels,
            exemplars: true,
            histograms: true,
            metadata: true,
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

    /// Whether types, help and units are packed.
    #[must_use]
    pub fn metadata(mut self, metadata: bool) -> Self {
        self.metadata = metadata;
        self
    }

    /// Packs samples, in their order.
    pub fn pack(&mut self, samples: &[Sample]) -> Packed {
        let (mut written, mut dropped) = (0, 0);
        let is_plain = self.rules.is_empty() && self.external_labels.is_empty();
        for sample in samples {
            if !self.histograms && matches!(sample.value, Value::Histogram(_)) {
                continue;
            }
            let labels = if is_plain {
                Some(sample.series.labels())
            } else {
                self.remember(&sample.series);
                self.known.get(&sample.series.hash64()).and_then(|known| known.labels.as_ref())
            };
            let Some(labels) = labels else {
                dropped += 1;
                continue;
            };
            let mut series = self.encoder.series(labels);
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
            if let Some(metadata) = sample.series.metadata().filter(|_| self.metadata) {
                let (help, unit) = (metadata.help.as_str(), metadata.unit.as_str());
                series = series.metadata(&Metadata { metric_type: metadata.metric_type, help, unit });
            }
            drop(series);
            written += 1;
        }
        self.message.clear();
        self.encoder.finish(&mut self.message);
        Packed { frame: Frame::new(&self.message, written), dropped }
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
