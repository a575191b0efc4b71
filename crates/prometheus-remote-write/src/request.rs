//! Reading messages.

use std::ops::Range;

use prometheus_exposition::{MetricType, NativeHistogram};

use crate::error::{Error, ErrorKind};
use crate::histogram;
use crate::reader::{Reader, Value};
use crate::version::Version;

/// A message of either version. It knows where its series are, and reads one when it is asked for it.
#[derive(Clone, Debug)]
pub struct Request {
    version: Version,
    message: Vec<u8>,
    symbols: Vec<Range<usize>>,
    series: Vec<Range<usize>>,
    families: Vec<Range<usize>>,
}

/// A series of a message and what belongs to it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TimeSeries<'a> {
    /// The labels in the order of the message.
    pub labels: Vec<(&'a str, &'a str)>,
    /// The values.
    pub samples: Vec<Sample>,
    /// The native histograms.
    pub histograms: Vec<Histogram>,
    /// Observations that stand for others.
    pub exemplars: Vec<Exemplar<'a>>,
    /// What is known of the metric; always `None` in version 1.
    pub metadata: Option<Metadata<'a>>,
}

/// A value at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// The value.
    pub value: f64,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// When the series started, if the message says so.
    pub start_timestamp_ms: Option<i64>,
}

/// A native histogram at a time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Histogram {
    /// The histogram.
    pub native: NativeHistogram,
    /// What is known about resets.
    pub reset_hint: ResetHint,
    /// The upper bounds of custom buckets (schema -53).
    pub custom_values: Vec<f64>,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// When the series started, if the message says so.
    pub start_timestamp_ms: Option<i64>,
}

/// What is known about resets of a histogram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResetHint {
    /// Nothing.
    #[default]
    Unknown,
    /// There was one before this histogram.
    Yes,
    /// There was none.
    No,
    /// It is a gauge histogram.
    Gauge,
}

/// An observation that stands for others.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Exemplar<'a> {
    /// The labels.
    pub labels: Vec<(&'a str, &'a str)>,
    /// The observed value.
    pub value: f64,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: i64,
}

/// What is known of a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metadata<'a> {
    /// The type.
    pub metric_type: MetricType,
    /// What it is about.
    pub help: &'a str,
    /// The unit.
    pub unit: &'a str,
}

/// What a message of version 1 says about a metric family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Family<'a> {
    /// The name of the family.
    pub name: &'a str,
    /// What is known of it.
    pub metadata: Metadata<'a>,
}

impl ResetHint {
    pub(crate) fn from_number(number: u64) -> Self {
        match number {
            1 => Self::Yes,
            2 => Self::No,
            3 => Self::Gauge,
            _ => Self::Unknown,
        }
    }
}

impl Request {
    /// Finds the series of a message, which is no longer compressed.
    ///
    /// # Errors
    ///
    /// When the message is damaged. Damage inside a series is found by [`series`](Self::series).
    pub fn read(version: Version, message: Vec<u8>) -> Result<Self, Error> {
        let (mut symbols, mut series, mut families) = (Vec::new(), Vec::new(), Vec::new());
        let mut reader = Reader::new(&message);
        while let Some((field, value)) = reader.field()? {
            match (version, field) {
                (Version::V1, 1) | (Version::V2, 5) => series.push(value.message()?.range()),
                (Version::V1, 3) => families.push(value.message()?.range()),
                (Version::V2, 4) => {
                    value.text()?;
                    symbols.push(value.message()?.range());
                }
                _ => {}
            }
        }
        Ok(Self { version, message, symbols, series, families })
    }

    /// How many series there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether there is no series.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// The series number `index`; an empty one beyond the last.
    ///
    /// # Errors
    ///
    /// When it is damaged.
    pub fn series(&self, index: usize) -> Result<TimeSeries<'_>, Error> {
        let mut series = TimeSeries::default();
        let Some(range) = self.series.get(index) else { return Ok(series) };
        let (exemplars, histograms) = if self.version == Version::V1 { (3, 4) } else { (4, 3) };
        let mut reader = Reader::part(&self.message, range.clone());
        let mut refs = Refs::default();
        while let Some((field, value)) = reader.field()? {
            match field {
                1 => self.labels(value, &mut refs, &mut series.labels)?,
                2 => series.samples.push(sample(value.message()?, self.version)?),
                _ if field == histograms => {
                    series.histograms.push(histogram::read(value.message()?, self.version)?);
                }
                _ if field == exemplars => series.exemplars.push(self.exemplar(value.message()?)?),
                5 if self.version == Version::V2 => series.metadata = self.metadata(value.message()?)?,
                _ => {}
            }
        }
        refs.finish(range.start)?;
        Ok(series)
    }

    /// The bytes of the series number `index`, for [`Encoder::encoded_series`](crate::Encoder::encoded_series);
    /// none beyond the last.
    #[must_use]
    pub fn series_bytes(&self, index: usize) -> &[u8] {
        self.series.get(index).and_then(|range| self.message.get(range.clone())).unwrap_or_default()
    }

    /// The version of the message.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// All series.
    ///
    /// # Errors
    ///
    /// Each item is an error when that series is damaged.
    pub fn iter(&self) -> impl Iterator<Item = Result<TimeSeries<'_>, Error>> {
        (0..self.len()).map(|index| self.series(index))
    }

    /// What a message of version 1 says about metric families.
    ///
    /// # Errors
    ///
    /// Each item is an error when that part is damaged.
    pub fn families(&self) -> impl Iterator<Item = Result<Family<'_>, Error>> {
        self.families.iter().map(|range| {
            let mut family = Family::default();
            let mut reader = Reader::part(&self.message, range.clone());
            while let Some((field, value)) = reader.field()? {
                match field {
                    1 => family.metadata.metric_type = metric_type(value.unsigned()?),
                    2 => family.name = value.text()?,
                    4 => family.metadata.help = value.text()?,
                    5 => family.metadata.unit = value.text()?,
                    _ => {}
                }
            }
            Ok(family)
        })
    }

    fn labels<'a>(
        &'a self,
        value: Value<'a>,
        refs: &mut Refs<'a>,
        labels: &mut Vec<(&'a str, &'a str)>,
    ) -> Result<(), Error> {
        if self.version == Version::V1 {
            labels.push(label(value.message()?)?);
            return Ok(());
        }
        let mut failed = None;
        value.numbers(|number| match self.symbol(number.unsigned()) {
            Some(symbol) => labels.extend(refs.pair(symbol)),
            None => failed = Some(()),
        })?;
        match failed {
            None => Ok(()),
            Some(()) => {
                Err(Error::new(ErrorKind::Symbol, value.message().map_or(0, |part| part.range().start)))
            }
        }
    }

    fn symbol(&self, number: u64) -> Option<&str> {
        let range = self.symbols.get(usize::try_from(number).ok()?)?;
        std::str::from_utf8(self.message.get(range.clone())?).ok()
    }

    fn exemplar<'a>(&'a self, mut reader: Reader<'a>) -> Result<Exemplar<'a>, Error> {
        let mut exemplar = Exemplar::default();
        let mut refs = Refs::default();
        let start = reader.range().start;
        while let Some((field, value)) = reader.field()? {
            match field {
                1 => self.labels(value, &mut refs, &mut exemplar.labels)?,
                2 => exemplar.value = value.double()?,
                3 => exemplar.timestamp_ms = value.signed()?,
                _ => {}
            }
        }
        refs.finish(start)?;
        Ok(exemplar)
    }

    fn metadata<'a>(&'a self, mut reader: Reader<'a>) -> Result<Option<Metadata<'a>>, Error> {
        let mut metadata = Metadata::default();
        let start = reader.range().start;
        let symbol = |number| self.symbol(number).ok_or(Error::new(ErrorKind::Symbol, start));
        while let Some((field, value)) = reader.field()? {
            match field {
                1 => metadata.metric_type = metric_type(value.unsigned()?),
                3 => metadata.help = symbol(value.unsigned()?)?,
                4 => metadata.unit = symbol(value.unsigned()?)?,
                _ => {}
            }
        }
        Ok(Some(metadata))
    }
}

/// References to names and values come in turns.
#[derive(Default)]
struct Refs<'a> {
    name: Option<&'a str>,
}

impl<'a> Refs<'a> {
    fn pair(&mut self, symbol: &'a str) -> Option<(&'a str, &'a str)> {
        match self.name.take() {
            Some(name) => Some((name, symbol)),
            None => {
                self.name = Some(symbol);
                None
            }
        }
    }

    fn finish(&self, offset: usize) -> Result<(), Error> {
        if self.name.is_some() { Err(Error::new(ErrorKind::Symbol, offset)) } else { Ok(()) }
    }
}

fn label(mut reader: Reader<'_>) -> Result<(&str, &str), Error> {
    let (mut name, mut text) = ("", "");
    while let Some((field, value)) = reader.field()? {
        match field {
            1 => name = value.text()?,
            2 => text = value.text()?,
            _ => {}
        }
    }
    Ok((name, text))
}

fn sample(mut reader: Reader<'_>, version: Version) -> Result<Sample, Error> {
    let mut sample = Sample::default();
    while let Some((field, value)) = reader.field()? {
        match field {
            1 => sample.value = value.double()?,
            2 => sample.timestamp_ms = value.signed()?,
            3 if version == Version::V2 => {
                sample.start_timestamp_ms = Some(value.signed()?).filter(|start| *start != 0);
            }
            _ => {}
        }
    }
    Ok(sample)
}

const TYPES: [MetricType; 8] = [
    MetricType::Unknown,
    MetricType::Counter,
    MetricType::Gauge,
    MetricType::Histogram,
    MetricType::GaugeHistogram,
    MetricType::Summary,
    MetricType::Info,
    MetricType::StateSet,
];

/// The number of a type in both versions.
pub(crate) fn type_number(metric_type: MetricType) -> u64 {
    TYPES.iter().position(|known| *known == metric_type).unwrap_or(0) as u64
}

fn metric_type(number: u64) -> MetricType {
    usize::try_from(number).ok().and_then(|number| TYPES.get(number)).copied().unwrap_or_default()
}
