//! Writing messages.

use prometheus_exposition::NativeHistogram;

use crate::histogram;
use crate::request::{Metadata, TimeSeries, type_number};
use crate::symbols::Symbols;
use crate::version::Version;
use crate::wire::{self, WireType};

/// Writes a message of either version, series by series. It can be used for one message after another.
#[derive(Clone, Debug)]
pub struct Encoder {
    version: Version,
    body: Vec<u8>,
    series: Vec<u8>,
    symbols: Symbols,
    count: usize,
}

/// Writes what belongs to one series. The series is complete when this is dropped.
#[derive(Debug)]
pub struct SeriesEncoder<'a> {
    encoder: &'a mut Encoder,
}

impl Encoder {
    /// An encoder of messages of this version.
    #[must_use]
    pub fn new(version: Version) -> Self {
        Self { version, body: Vec::new(), series: Vec::new(), symbols: Symbols::new(), count: 0 }
    }

    /// The version of the messages.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Starts a series with these labels, which must be sorted by name, each name once.
    pub fn series<'l>(&mut self, labels: impl IntoIterator<Item = (&'l str, &'l str)>) -> SeriesEncoder<'_> {
        self.series.clear();
        self.count += 1;
        write_labels(self.version, &mut self.symbols, &mut self.series, labels);
        SeriesEncoder { encoder: self }
    }

    /// Adds a series as it was read from a message of either version. What a [`SeriesEncoder`] cannot say, as bounds of
    /// custom buckets, is left out.
    pub fn time_series(&mut self, series: &TimeSeries<'_>) {
        let mut one = self.series(series.labels.iter().copied());
        for sample in &series.samples {
            one = one.sample(sample.value, sample.timestamp_ms, sample.start_timestamp_ms);
        }
        for histogram in &series.histograms {
            one = one.histogram(&histogram.native, histogram.timestamp_ms, histogram.start_timestamp_ms);
        }
        for exemplar in &series.exemplars {
            one = one.exemplar(exemplar.labels.iter().copied(), exemplar.value, exemplar.timestamp_ms);
        }
        if let Some(metadata) = &series.metadata {
            one = one.metadata(metadata);
        }
        drop(one);
    }

    /// Adds a series as it stands in a message of the same version 1 ([`Request::series_bytes`]). In version 2 series
    /// stand only beside the symbols of their message, and this does nothing.
    ///
    /// [`Request::series_bytes`]: crate::Request::series_bytes
    pub fn encoded_series(&mut self, series: &[u8]) {
        if self.version == Version::V1 {
            self.count += 1;
            wire::bytes(&mut self.body, 1, series);
        }
    }

    /// Adds what is known of a metric family. Version 1 has it beside the series; version 2 has it with each
    /// series ([`SeriesEncoder::metadata`]), and this does nothing there.
    pub fn family(&mut self, name: &str, metadata: &Metadata<'_>) {
        if self.version == Version::V1 {
            wire::message(&mut self.body, 3, |into| {
                wire::unsigned(into, 1, type_number(metadata.metric_type));
                wire::bytes(into, 2, name.as_bytes());
                wire::bytes(into, 4, metadata.help.as_bytes());
                wire::bytes(into, 5, metadata.unit.as_bytes());
            });
        }
    }

    /// How many series there are so far.
    #[must_use]
    pub fn series_count(&self) -> usize {
        self.count
    }

    /// About how many bytes the message would have now.
    #[must_use]
    pub fn size(&self) -> usize {
        self.body.len() + self.symbols.len()
    }

    /// Appends the message to `into` and begins the next one.
    pub fn finish(&mut self, into: &mut Vec<u8>) {
        if self.version == Version::V2 {
            self.symbols.write(4, into);
            self.symbols.clear();
        }
        if into.is_empty() {
            // Both are used again for the next message.
            std::mem::swap(into, &mut self.body);
        } else {
            into.append(&mut self.body);
        }
        self.count = 0;
    }
}

impl SeriesEncoder<'_> {
    /// Adds a value at a time, both in milliseconds since 1970, as is the time the series started.
    /// Version 1 has no place for the start.
    pub fn sample(self, value: f64, timestamp_ms: i64, start_timestamp_ms: Option<i64>) -> Self {
        let version = self.encoder.version;
        wire::message(&mut self.encoder.series, 2, |into| {
            wire::double(into, 1, value);
            wire::signed(into, 2, timestamp_ms);
            if let (Version::V2, Some(start)) = (version, start_timestamp_ms) {
                wire::signed(into, 3, start);
            }
        });
        self
    }

    /// Adds a native histogram at a time.
    pub fn histogram(
        self,
        histogram: &NativeHistogram,
        timestamp_ms: i64,
        start_timestamp_ms: Option<i64>,
    ) -> Self {
        let version = self.encoder.version;
        let field = if version == Version::V1 { 4 } else { 3 };
        wire::message(&mut self.encoder.series, field, |into| {
            histogram::write(into, histogram);
            wire::signed(into, 15, timestamp_ms);
            if let (Version::V2, Some(start)) = (version, start_timestamp_ms) {
                wire::signed(into, 17, start);
            }
        });
        self
    }

    /// Adds an observation that stands for others.
    pub fn exemplar<'l>(
        self,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
        value: f64,
        timestamp_ms: i64,
    ) -> Self {
        let Encoder { version, series, symbols, .. } = &mut *self.encoder;
        let field = if *version == Version::V1 { 3 } else { 4 };
        wire::message(series, field, |into| {
            write_labels(*version, symbols, into, labels);
            wire::double(into, 2, value);
            wire::signed(into, 3, timestamp_ms);
        });
        self
    }

    /// Adds what is known of the metric. Version 1 has that beside the series ([`Encoder::family`]), and this
    /// does nothing there.
    pub fn metadata(self, metadata: &Metadata<'_>) -> Self {
        let Encoder { version, series, symbols, .. } = &mut *self.encoder;
        if *version == Version::V2 {
            let (help, unit) = (symbols.number(metadata.help), symbols.number(metadata.unit));
            wire::message(series, 5, |into| {
                wire::unsigned(into, 1, type_number(metadata.metric_type));
                wire::unsigned(into, 3, u64::from(help));
                wire::unsigned(into, 4, u64::from(unit));
            });
        }
        self
    }
}

impl Drop for SeriesEncoder<'_> {
    fn drop(&mut self) {
        let Encoder { version, body, series, .. } = &mut *self.encoder;
        wire::bytes(body, if *version == Version::V1 { 1 } else { 5 }, series);
    }
}

fn write_labels<'l>(
    version: Version,
    symbols: &mut Symbols,
    into: &mut Vec<u8>,
    labels: impl IntoIterator<Item = (&'l str, &'l str)>,
) {
    if version == Version::V1 {
        write_pairs(into, labels);
    } else {
        wire::message(into, 1, |into| {
            for (name, value) in labels {
                wire::varint(into, u64::from(symbols.number(name)));
                wire::varint(into, u64::from(symbols.number(value)));
            }
        });
    }
}

/// The labels of a series in version 1.
pub(crate) fn write_pairs<'l>(into: &mut Vec<u8>, labels: impl IntoIterator<Item = (&'l str, &'l str)>) {
    for (name, value) in labels {
        let (name, value) = (name.as_bytes(), value.as_bytes());
        wire::tag(into, 1, WireType::Bytes);
        wire::varint(into, (wire::bytes_len(name) + wire::bytes_len(value)) as u64);
        wire::bytes(into, 1, name);
        wire::bytes(into, 2, value);
    }
}
