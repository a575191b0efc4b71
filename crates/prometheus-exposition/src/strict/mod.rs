//! What the standards reject and Prometheus takes.
//!
//! The rules are listed at [`Mode::Strict`](crate::Mode::Strict). They are checked entry by entry, beside
//! the parser that has already accepted the entry.

mod family;
mod histogram;
mod lexical;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::bytes;
use crate::entry::{Entry, Series};
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::label::Label;
use family::{Family, Sample};

/// Where something is wrong, and what.
#[derive(Debug)]
struct Violation {
    at: usize,
    message: String,
}

impl Violation {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// Checks a whole exposition.
#[derive(Debug, Clone)]
pub(crate) struct Checker<'a> {
    body: &'a [u8],
    format: Format,
    /// The names that series of the families so far may have.
    taken: HashSet<Vec<u8>>,
    family: Option<Family<'a>>,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(body: &'a [u8], format: Format) -> Self {
        Self { body, format, taken: HashSet::new(), family: None }
    }

    /// Checks what the parser gave for the bytes from `start` to `end`.
    pub(crate) fn check(
        &mut self,
        next: Option<Result<Entry<'a>, Error>>,
        start: usize,
        end: usize,
    ) -> Option<Result<Entry<'a>, Error>> {
        let checked = match &next {
            Some(Ok(entry)) => self.entry(entry, start, end),
            Some(Err(_)) => Ok(()),
            None => self.end(end),
        };
        match checked {
            Ok(()) => next,
            Err(Violation { at, message }) => {
                Some(Err(Error::new(ErrorKind::Standard, message, self.body, at)))
            }
        }
    }

    fn entry(&mut self, entry: &Entry<'a>, start: usize, end: usize) -> Result<(), Violation> {
        let line = self.body.get(start..end).unwrap_or_default();
        match entry {
            Entry::Help { name, .. } => {
                if self.format == Format::Text {
                    lexical::check_escapes(line, start)?;
                }
                self.metadata(name, start)?.help(start)
            }
            Entry::Type { name, metric_type } => self.metadata(name, start)?.metric_type(*metric_type, start),
            Entry::Unit { name, unit } => self.metadata(name, start)?.unit(unit, start),
            Entry::Comment(_) => Ok(()),
            Entry::Series(series) => {
                let (at, timestamp) = self.check_line(series, line, start)?;
                let exemplar = series.exemplar();
                if let Some(exemplar) = &exemplar {
                    check_exemplar(exemplar.labels().collect(), self.format, at)?;
                }
                let sample = Sample {
                    at,
                    name: series.name(),
                    labels: self.labels(series.written_labels().collect(), at)?,
                    value: series.value(),
                    timestamp,
                    has_exemplar: exemplar.is_some(),
                };
                self.family_of(&sample.name, sample.at)?.sample(&sample)
            }
            Entry::Histogram(histogram) => {
                let labels = self.labels(histogram.labels().collect(), start)?;
                let name = Cow::Borrowed(histogram.name());
                self.family_of(&name, start)?.native_histogram(&labels, histogram.timestamp_ms(), start)
            }
        }
    }

    /// Checks how a series is written. Gives where it is, and its timestamp in seconds, with more digits than
    /// Prometheus keeps.
    fn check_line(
        &self,
        series: &Series<'a>,
        line: &[u8],
        start: usize,
    ) -> Result<(usize, Option<f64>), Violation> {
        #[expect(clippy::cast_precision_loss, reason = "it is only compared")]
        let timestamp = series.timestamp_ms().map(|timestamp| timestamp as f64 / 1000.0);
        let Some(parts) = series.line() else { return Ok((start, timestamp)) };
        // Blank lines before it belong to the span.
        let raw_start = parts.raw.as_ptr().addr().saturating_sub(self.body.as_ptr().addr());
        let labels_start = parts.labels.as_ptr().addr().saturating_sub(self.body.as_ptr().addr());
        if memchr::memchr(b'\n', parts.raw).is_some() {
            return Err(Violation::new(raw_start, "a line break in a quoted string"));
        }
        lexical::check_commas(parts.labels, self.format, labels_start)?;
        if self.format == Format::Text {
            lexical::check_escapes(parts.raw, raw_start)?;
            return Ok((raw_start, timestamp));
        }
        let after = line.get(raw_start.saturating_sub(start) + parts.raw.len()..).unwrap_or_default();
        Ok((raw_start, lexical::openmetrics_timestamp(after).or(timestamp)))
    }

    /// Labels sorted by name, once they are found to be a set of labels.
    fn labels(&self, mut labels: Vec<Label<'a>>, at: usize) -> Result<Vec<Label<'a>>, Violation> {
        labels.sort_by(|a, b| a.name.cmp(&b.name));
        check_label_names(&labels, self.format, at)?;
        Ok(labels)
    }

    /// The family that metadata for `name` belongs to.
    fn metadata(&mut self, name: &'a [u8], at: usize) -> Result<&mut Family<'a>, Violation> {
        let name = match self.format {
            Format::Protobuf => Cow::Borrowed(name),
            _ => bytes::unescape(name),
        };
        self.family_where(|family| *family.name() == *name, &name, at)
    }

    /// The family that a sample called `name` belongs to: the one at hand, or a new one without metadata.
    fn family_of(&mut self, name: &Cow<'a, [u8]>, at: usize) -> Result<&mut Family<'a>, Violation> {
        self.family_where(|family| family.has_sample_named(name), name, at)
    }

    fn family_where(
        &mut self,
        belongs: impl Fn(&Family<'a>) -> bool,
        name: &[u8],
        at: usize,
    ) -> Result<&mut Family<'a>, Violation> {
        if !self.family.as_ref().is_some_and(belongs) {
            self.finish_family()?;
            if name.is_empty() || std::str::from_utf8(name).is_err() {
                return Err(Violation::new(at, "a metric name that is empty or not UTF-8"));
            }
        }
        Ok(self.family.get_or_insert_with(|| Family::new(name.to_vec(), self.format, at)))
    }

    fn finish_family(&mut self) -> Result<(), Violation> {
        let Some(family) = self.family.take() else { return Ok(()) };
        family.finish()?;
        for name in family.names() {
            let text = String::from_utf8_lossy(&name).into_owned();
            if !self.taken.insert(name) {
                let message = format!("the name {text:?} is taken by an earlier metric family");
                return Err(Violation::new(family.at(), message));
            }
        }
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), Violation> {
        self.finish_family()?;
        if self.format != Format::Text {
            return Ok(());
        }
        if end < self.body.len() {
            return Err(Violation::new(end, "a NUL at the start of a line, where Prometheus stops reading"));
        }
        if !self.body.is_empty() && !self.body.ends_with(b"\n") {
            return Err(Violation::new(end, "the last line has no line break"));
        }
        Ok(())
    }
}

/// `labels` are sorted by name.
fn check_label_names(labels: &[Label<'_>], format: Format, at: usize) -> Result<(), Violation> {
    for label in labels {
        let Some(name) = label.name_str().filter(|name| !name.is_empty()) else {
            return Err(Violation::new(at, "a label name that is empty or not UTF-8"));
        };
        if name == "__name__" || format == Format::OpenMetrics && name.starts_with("__") {
            return Err(Violation::new(at, format!("the label name {name:?} is reserved")));
        }
    }
    match labels.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => {
            let name = String::from_utf8_lossy(&pair[0].name);
            Err(Violation::new(at, format!("the label {name:?} is there twice")))
        }
        None => Ok(()),
    }
}

/// The longest exemplar of OpenMetrics, in characters of all names and values.
const EXEMPLAR_CHARACTERS: usize = 128;

fn check_exemplar(mut labels: Vec<Label<'_>>, format: Format, at: usize) -> Result<(), Violation> {
    labels.sort_by(|a, b| a.name.cmp(&b.name));
    check_label_names(&labels, format, at)?;
    let characters = |part: &[u8]| String::from_utf8_lossy(&bytes::unescape(part)).chars().count();
    let total: usize = labels.iter().map(|label| characters(&label.name) + characters(&label.value)).sum();
    if format == Format::OpenMetrics && total > EXEMPLAR_CHARACTERS {
        let message =
            format!("the labels of the exemplar have {total} characters, {EXEMPLAR_CHARACTERS} are allowed");
        return Err(Violation::new(at, message));
    }
    Ok(())
}
