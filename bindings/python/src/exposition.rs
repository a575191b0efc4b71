//! Expositions as tables of samples.

use std::collections::HashMap;
use std::ops::Range;

use prometheus_exposition::{Entry, Label, Mode, Options, Parser};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::store::lossy;
use crate::text::Text;

/// The samples of an exposition. Python objects are made for those that are looked at.
#[pyclass(frozen, sequence, module = "weirgate")]
pub(crate) struct Exposition {
    /// Every distinct text once: names, label names, label values.
    texts: Vec<Box<str>>,
    /// Pairs of texts by number, the labels of all samples one after another, without `__name__`.
    labels: Vec<(u32, u32)>,
    samples: Vec<Sample>,
    /// Name, type, help, unit of each family that says one.
    families: Vec<(String, Family)>,
}

struct Sample {
    name: u32,
    labels: Range<u32>,
    value: f64,
    timestamp_ms: Option<i64>,
}

#[derive(Default)]
struct Family {
    r#type: Option<String>,
    help: Option<String>,
    unit: Option<String>,
}

/// A sample for Python: name, labels, value, milliseconds.
type Item<'py> = (Bound<'py, PyString>, Bound<'py, PyDict>, f64, Option<i64>);

#[pymethods]
impl Exposition {
    /// Reads `body`. Raises ValueError with line and column where it is wrong.
    #[new]
    fn new(
        py: Python<'_>,
        body: &Bound<'_, PyAny>,
        content_type: &str,
        fallback: Option<&str>,
        strict: bool,
    ) -> PyResult<Self> {
        let body = Text::of(body)?;
        py.detach(|| read(body.bytes(), content_type, fallback, strict)).map_err(PyValueError::new_err)
    }

    fn __len__(&self) -> usize {
        self.samples.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Item<'py>> {
        let from_end = if index < 0 { self.samples.len() } else { 0 };
        let index = from_end.checked_add_signed(index).and_then(|index| self.samples.get(index));
        let sample = index.ok_or_else(|| PyIndexError::new_err("no such sample"))?;
        let text = |number: u32| PyString::new(py, &self.texts[number as usize]);
        self.item(py, sample, text)
    }

    fn __iter__(this: PyRef<'_, Self>) -> SampleIterator {
        let py = this.py();
        let texts = this.texts.iter().map(|text| PyString::new(py, text).unbind()).collect();
        SampleIterator { texts, exposition: this.into(), next: 0 }
    }

    /// The families: name to `{"type": …, "help": …, "unit": …}`, with what the exposition says.
    fn families<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let families = PyDict::new(py);
        for (name, family) in &self.families {
            let dict = PyDict::new(py);
            for (key, text) in [("type", &family.r#type), ("help", &family.help), ("unit", &family.unit)] {
                if let Some(text) = text {
                    dict.set_item(key, text)?;
                }
            }
            families.set_item(name, dict)?;
        }
        Ok(families)
    }

    /// Columns of equal length: names, values, milliseconds (None where there are none), and one for each label name
    /// with None where a sample lacks it.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let texts: Vec<Bound<'py, PyString>> =
            self.texts.iter().map(|text| PyString::new(py, text)).collect();
        let names = PyList::new(py, self.samples.iter().map(|sample| &texts[sample.name as usize]))?;
        let values = PyList::new(py, self.samples.iter().map(|sample| sample.value))?;
        let times = PyList::new(py, self.samples.iter().map(|sample| sample.timestamp_ms))?;
        let mut columns: Vec<(u32, Vec<Option<u32>>)> = Vec::new();
        let mut places = HashMap::new();
        for (row, sample) in self.samples.iter().enumerate() {
            for &(name, value) in self.labels_of(sample) {
                let place = *places.entry(name).or_insert_with(|| {
                    columns.push((name, vec![None; self.samples.len()]));
                    columns.len() - 1
                });
                columns[place].1[row] = Some(value);
            }
        }
        let labels = PyDict::new(py);
        for (name, column) in columns {
            let column = column.into_iter().map(|value| value.map(|value| &texts[value as usize]));
            labels.set_item(&texts[name as usize], PyList::new(py, column.collect::<Vec<_>>())?)?;
        }
        (names, values, times, labels).into_pyobject(py)
    }
}

impl Exposition {
    fn labels_of(&self, sample: &Sample) -> &[(u32, u32)] {
        &self.labels[sample.labels.start as usize..sample.labels.end as usize]
    }

    fn item<'py>(
        &self,
        py: Python<'py>,
        sample: &Sample,
        text: impl Fn(u32) -> Bound<'py, PyString>,
    ) -> PyResult<Item<'py>> {
        let labels = PyDict::new(py);
        for &(name, value) in self.labels_of(sample) {
            labels.set_item(text(name), text(value))?;
        }
        Ok((text(sample.name), labels, sample.value, sample.timestamp_ms))
    }
}

/// Goes through the samples.
#[pyclass(module = "weirgate")]
pub(crate) struct SampleIterator {
    exposition: Py<Exposition>,
    /// A Python text is made once, however many samples have it.
    texts: Vec<Py<PyString>>,
    next: usize,
}

#[pymethods]
impl SampleIterator {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Item<'py>>> {
        let exposition = self.exposition.get();
        let Some(sample) = exposition.samples.get(self.next) else { return Ok(None) };
        self.next += 1;
        exposition.item(py, sample, |number| self.texts[number as usize].bind(py).clone()).map(Some)
    }
}

fn read(body: &[u8], content_type: &str, fallback: Option<&str>, strict: bool) -> Result<Exposition, String> {
    let mode = if strict { Mode::Strict } else { Mode::Scrape };
    let options = Options::new().mode(mode);
    let selected = Parser::for_content_type(body, content_type, fallback, options);
    let (parser, _) = selected.map_err(|error| error.to_string())?;
    let mut reader = Reader::default();
    for entry in parser {
        let entry =
            entry.map_err(|error| format!("line {}, column {}: {error}", error.line(), error.column()))?;
        reader.take(&entry)?;
    }
    Ok(reader.exposition)
}

struct Reader<'a> {
    exposition: Exposition,
    numbers: HashMap<Box<str>, u32>,
    labels: Vec<Label<'a>>,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        let exposition =
            Exposition { texts: Vec::new(), labels: Vec::new(), samples: Vec::new(), families: Vec::new() };
        Self { exposition, numbers: HashMap::new(), labels: Vec::new() }
    }
}

impl<'a> Reader<'a> {
    fn take(&mut self, entry: &Entry<'a>) -> Result<(), String> {
        match entry {
            Entry::Series(series) => {
                let mut labels = std::mem::take(&mut self.labels);
                series.label_set(&mut labels);
                let start = self.exposition.labels.len();
                let mut name = 0;
                for label in &labels {
                    let value = self.number(&label.value)?;
                    if *label.name == *b"__name__" {
                        name = value;
                    } else {
                        let key = self.number(&label.name)?;
                        self.exposition.labels.push((key, value));
                    }
                }
                self.labels = labels;
                let end = small(self.exposition.labels.len())?;
                self.exposition.samples.push(Sample {
                    name,
                    labels: small(start)?..end,
                    value: series.value(),
                    timestamp_ms: series.timestamp_ms(),
                });
            }
            Entry::Help { name, text } => self.family(name).help = Some(text.clone().into_owned()),
            Entry::Type { name, metric_type } => {
                self.family(name).r#type = Some(metric_type.as_str().to_owned());
            }
            Entry::Unit { name, unit } => self.family(name).unit = Some(lossy(unit).into_owned()),
            _ => {}
        }
        Ok(())
    }

    fn number(&mut self, text: &[u8]) -> Result<u32, String> {
        let text = lossy(text);
        if let Some(&number) = self.numbers.get(&*text) {
            return Ok(number);
        }
        let number = small(self.exposition.texts.len())?;
        self.exposition.texts.push((*text).into());
        self.numbers.insert((*text).into(), number);
        Ok(number)
    }

    /// The family of this name. What is said of it stands together, so it is the last or a new one.
    fn family(&mut self, name: &[u8]) -> &mut Family {
        let name = lossy(name);
        let families = &mut self.exposition.families;
        if families.last().is_none_or(|(last, _)| *last != name) {
            families.push((name.into_owned(), Family::default()));
        }
        let last = families.len() - 1;
        &mut families[last].1
    }
}

fn small(number: usize) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| "more than 4,294,967,295 labels".to_owned())
}
