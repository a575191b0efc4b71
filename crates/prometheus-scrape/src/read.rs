//! From a body to samples.

use std::sync::Arc;

use prometheus_exposition::{Entry, HistogramSample, Label, Parser, Series as Written};

use crate::cache::Known;
use crate::machine::bits;
use crate::{
    Exemplar, Limit, Outcome, Response, STALE_NAN, Sample, Scrape, Series, Value, histogram, labels,
};

/// How far ahead of the scrape a sample may be, in milliseconds.
const MOST_AHEAD: i64 = 10 * 60 * 1000;

/// What reading a body has come to.
struct Reading<'a, 'o> {
    outcome: &'o mut Outcome,
    /// How many samples count towards the limit.
    counted: u64,
    /// The limits that were exceeded in a way that lets reading go on, so that all samples are counted.
    too_many_samples: bool,
    too_many_buckets: bool,
    written: Vec<Label<'a>>,
}

/// A sample as it was written.
enum Item<'a> {
    Number(Written<'a>),
    Histogram(HistogramSample<'a>),
}

/// What the storage makes of a sample.
#[derive(PartialEq, Eq)]
enum Append {
    Stored,
    Refused,
}

impl Scrape {
    /// Appends the samples of a body that is not empty. `Err` says why the scrape fails.
    pub(crate) fn read(
        &mut self,
        response: Response<'_>,
        out: &mut Vec<Sample>,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        let (fallback, parsing) = (self.settings.fallback, self.settings.parsing);
        let (parser, warning) =
            Parser::for_content_type(response.body, response.content_type, fallback, parsing)
                .map_err(|error| error.to_string())?;
        outcome.warning = warning.map(|warning| warning.to_string());
        let mut reading = Reading {
            outcome,
            counted: 0,
            too_many_samples: false,
            too_many_buckets: false,
            written: Vec::new(),
        };
        let scrape = self.count;
        for entry in parser {
            match entry.map_err(|error| error.to_string())? {
                Entry::Series(series) => self.sample(&Item::Number(series), &mut reading, out)?,
                Entry::Histogram(sample) => self.sample(&Item::Histogram(sample), &mut reading, out)?,
                Entry::Type { name, metric_type } => self.families.note(
                    name,
                    scrape,
                    |known| known.metric_type != metric_type,
                    |known| known.metric_type = metric_type,
                ),
                Entry::Help { name, text } => self.families.note(
                    name,
                    scrape,
                    |known| known.help != text,
                    |known| known.help = text.to_string(),
                ),
                Entry::Unit { name, unit } => self.families.note(
                    name,
                    scrape,
                    |known| known.unit.as_bytes() != unit,
                    |known| known.unit = String::from_utf8_lossy(unit).into_owned(),
                ),
                _ => {}
            }
        }
        if reading.too_many_samples {
            reading.outcome.exceeded = Some(Limit::Samples);
            return Err("sample limit exceeded".to_owned());
        }
        if reading.too_many_buckets {
            reading.outcome.exceeded = Some(Limit::Buckets);
            return Err("histogram bucket limit exceeded".to_owned());
        }
        Ok(())
    }

    fn sample<'a>(
        &mut self,
        item: &Item<'a>,
        reading: &mut Reading<'a, '_>,
        out: &mut Vec<Sample>,
    ) -> Result<(), String> {
        reading.outcome.scraped += 1;
        let mut scratch = std::mem::take(&mut self.key);
        let key = match item {
            Item::Number(series) => series.key(&mut scratch),
            Item::Histogram(sample) => sample.key(&mut scratch),
        };
        let result = self.keyed_sample(key, item, reading, out);
        self.key = scratch;
        result
    }

    fn keyed_sample<'a>(
        &mut self,
        key: &[u8],
        item: &Item<'a>,
        reading: &mut Reading<'a, '_>,
        out: &mut Vec<Sample>,
    ) -> Result<(), String> {
        let config = &self.settings.config;
        let explicit = item.timestamp_ms().filter(|_| config.honor_timestamps);
        let tracked = explicit.is_none() || config.track_timestamps_staleness;
        let (slot, is_new, repeated) = match self.cache.find(key) {
            Known::Dropped => return Ok(()),
            Known::Stored { slot, repeated } => (slot, false, repeated),
            Known::New => {
                item.label_set(&mut reading.written);
                let stored = self.mutator.stored(&reading.written, &self.settings.labels, config)?;
                let Some(stored) = stored else {
                    self.cache.insert(key, None);
                    return Ok(());
                };
                if let Err(problem) = labels::check(&stored, config) {
                    if problem.exceeds_limit {
                        reading.outcome.exceeded = Some(Limit::Labels);
                    }
                    return Err(problem.message);
                }
                (self.cache.slot_of(Series::new(stored)), true, false)
            }
        };
        let append = if repeated && explicit.is_none() {
            reading.outcome.duplicates += 1;
            Append::Refused
        } else {
            self.append(item, slot, is_new, explicit.unwrap_or(self.timestamp_ms), reading, out)
        };
        match append {
            Append::Stored => {
                if is_new {
                    self.cache.insert(key, Some(slot));
                    reading.outcome.series_added +=
                        u64::from(!reading.too_many_samples && !reading.too_many_buckets);
                }
                if tracked {
                    self.cache.track(slot);
                }
            }
            Append::Refused if is_new => self.cache.release_unused(slot),
            Append::Refused => {}
        }
        reading.outcome.kept += 1;
        Ok(())
    }

    fn append(
        &mut self,
        item: &Item<'_>,
        at: u32,
        is_new: bool,
        timestamp_ms: i64,
        reading: &mut Reading<'_, '_>,
        out: &mut Vec<Sample>,
    ) -> Append {
        let config = &self.settings.config;
        let Some(value) = item.value(self.settings.finest, config.native_histogram_bucket_limit) else {
            reading.too_many_buckets = true;
            return Append::Refused;
        };
        // A known series may end above the limit too.
        if config.sample_limit > 0 && (is_new || !is_stale(&value)) {
            reading.counted += 1;
            if reading.counted > config.sample_limit {
                reading.too_many_samples = true;
                return Append::Refused;
            }
        }
        if timestamp_ms > self.timestamp_ms.saturating_add(MOST_AHEAD) {
            reading.outcome.out_of_bounds += 1;
            return Append::Refused;
        }
        let Some(slot) = self.cache.slot_mut(at) else { return Append::Refused };
        if let Some((last, last_bits)) = slot.last().filter(|_| self.settings.options.in_order) {
            if timestamp_ms < last {
                reading.outcome.out_of_order += 1;
                return Append::Refused;
            }
            if timestamp_ms == last {
                // The same again is no mistake, and nothing new.
                if last_bits == bits(&value) {
                    return Append::Stored;
                }
                reading.outcome.duplicates += 1;
                return Append::Refused;
            }
        }
        if let Some(renewed) = self.families.renewed(&slot.series) {
            slot.series = Arc::new(renewed);
        }
        let mut sample = Sample::new(Arc::clone(&slot.series), timestamp_ms, value);
        if self.settings.options.start_timestamps {
            sample.start_timestamp_ms = item.start_timestamp_ms();
        }
        item.exemplars(timestamp_ms, &mut sample.exemplars);
        out.push(sample);
        self.pending.push(at);
        Append::Stored
    }
}

impl<'a> Item<'a> {
    fn timestamp_ms(&self) -> Option<i64> {
        match self {
            Self::Number(series) => series.timestamp_ms(),
            Self::Histogram(sample) => sample.timestamp_ms(),
        }
    }

    fn start_timestamp_ms(&self) -> Option<i64> {
        match self {
            Self::Number(series) => series.start_timestamp_ms(),
            Self::Histogram(sample) => sample.start_timestamp_ms(),
        }
    }

    fn label_set(&self, out: &mut Vec<Label<'a>>) {
        match self {
            Self::Number(series) => series.label_set(out),
            Self::Histogram(sample) => sample.label_set(out),
        }
    }

    /// The value; `None` if it has more buckets than it may, even at the coarsest resolution.
    fn value(&self, finest: i32, limit: u64) -> Option<Value> {
        match self {
            Self::Number(series) => Some(Value::Float(series.value())),
            Self::Histogram(sample) => {
                let mut histogram = sample.histogram();
                histogram::fit(&mut histogram, finest, limit).then(|| Value::Histogram(Arc::new(histogram)))
            }
        }
    }

    fn exemplars(&self, timestamp_ms: i64, out: &mut Vec<Exemplar>) {
        match self {
            Self::Number(series) => {
                out.extend(series.exemplar().and_then(|exemplar| owned(&exemplar, timestamp_ms)));
            }
            Self::Histogram(sample) => {
                out.extend(sample.exemplars().filter_map(|exemplar| owned(&exemplar, timestamp_ms)));
                out.sort_by_key(|exemplar| exemplar.timestamp_ms);
            }
        }
    }
}

/// The exemplar, unless its labels are no text.
fn owned(exemplar: &prometheus_exposition::Exemplar<'_>, timestamp_ms: i64) -> Option<Exemplar> {
    let labels: Vec<_> = exemplar.labels().collect();
    let text: Option<Vec<_>> =
        labels.iter().map(|label| Some((label.name_str()?, label.value_str()?))).collect();
    let labels = text?.into_iter().collect();
    Some(Exemplar::new(labels, exemplar.value(), exemplar.timestamp_ms().unwrap_or(timestamp_ms)))
}

fn is_stale(value: &Value) -> bool {
    matches!(value, Value::Float(value) if value.to_bits() == STALE_NAN.to_bits())
}
