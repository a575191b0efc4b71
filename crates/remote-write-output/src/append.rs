//! From samples of scrapes to frames.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use prometheus_config::{RemoteWrite, WriteMessage};
use prometheus_labels::{LabelSet, LabelsBuilder};
use prometheus_relabel::{Rules, Scratch, Verdict};
use prometheus_remote_write::{Encoder, Metadata, Version};
use prometheus_scrape::{Sample, Series, Value};

use crate::frame;

/// Makes frames. What rules and external labels make of a series is worked out once, as long as the series lasts.
pub(crate) struct Appender {
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

/// A frame, and how many samples are in it and were dropped.
pub(crate) struct Appended {
    pub(crate) frame: Vec<u8>,
    pub(crate) samples: usize,
    pub(crate) dropped: usize,
}

impl Appender {
    pub(crate) fn new(config: &RemoteWrite, external_labels: Vec<(String, String)>) -> Self {
        Self {
            encoder: Encoder::new(Version::V2),
            message: Vec::new(),
            rules: config.write_relabel_configs.rules().clone(),
            scratch: Scratch::new(),
            external_labels,
            exemplars: config.send_exemplars,
            histograms: config.send_native_histograms,
            metadata: config.protobuf_message == WriteMessage::V2,
            known: HashMap::new(),
            most: 1024,
        }
    }

    pub(crate) fn frame(&mut self, samples: &[Sample]) -> Appended {
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
        Appended { frame: frame::encode(&self.message, written), samples: written, dropped }
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
