//! Lines through a parser, many at a time.

use std::sync::Arc;

use event_model::json::{self, Style};
use event_model::{Arena, Compat, Timestamp};
use fluentbit_config::{MemoryFiles, load};
use fluentbit_parser::{Parser, ParserSet, Scratch};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::store::Store;
use crate::text::Text;

/// A parser of a parsers file. Threads may share it.
#[pyclass(frozen, module = "weirgate")]
pub(crate) struct LineParser {
    parser: Arc<Parser>,
    compat: Compat,
}

#[pymethods]
impl LineParser {
    /// The parser `name` of the parsers file `text`.
    #[new]
    fn new(text: &str, name: &str, compat: &str) -> PyResult<Self> {
        let compat = match compat {
            "5.1" => Compat::V5_1,
            "1.8" => Compat::V1_8,
            other => return Err(PyValueError::new_err(format!("compat is '5.1' or '1.8', not {other:?}"))),
        };
        let main = "[SERVICE]\n    Parsers_File parsers.conf\n";
        let files = MemoryFiles::from([("main.conf", main), ("parsers.conf", text)]);
        let (config, mut problems) = load("main.conf", &files, &(), compat);
        let parsers = ParserSet::from_config(&config, &mut problems);
        if let Some(parser) = parsers.get(name) {
            return Ok(Self { parser, compat });
        }
        let names: Vec<&str> = parsers.names().collect();
        Err(match problems.iter().find(|problem| problem.is_error()) {
            Some(problem) => PyValueError::new_err(config.sources.render(problem)),
            None => PyKeyError::new_err(format!("no parser {name:?}; the file has: {}", names.join(", "))),
        })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.parser.name()
    }

    /// Parses one line: its fields and its time in seconds, which is None if the line has none; or None if the parser
    /// does not take the line.
    fn parse<'py>(
        &self,
        py: Python<'py>,
        line: &Bound<'py, PyAny>,
        now: f64,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Option<f64>)>> {
        let line = Text::of(line)?;
        let batch = self.read(std::iter::once(without_line_feed(line.bytes())), now);
        batch.item(py, 0)
    }

    /// Parses lines: a list of them, or bytes with a line feed after each.
    fn parse_batch(&self, py: Python<'_>, lines: &Bound<'_, PyAny>, now: f64) -> PyResult<RecordBatch> {
        if let Ok(bytes) = lines.cast::<PyBytes>() {
            let text = PyBackedBytes::from(bytes.clone());
            return Ok(py.detach(|| {
                let text = text.strip_suffix(b"\n").unwrap_or(&text);
                let lines = (!text.is_empty()).then(|| text.split(|&byte| byte == b'\n'));
                self.read(lines.into_iter().flatten(), now)
            }));
        }
        if lines.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("lines are a list of lines, or bytes: encode the str first"));
        }
        let lines = lines.try_iter()?.map(|line| Text::of(&line?)).collect::<PyResult<Vec<_>>>()?;
        Ok(py.detach(|| self.read(lines.iter().map(|line| without_line_feed(line.bytes())), now)))
    }
}

impl LineParser {
    fn read<'l>(&self, lines: impl Iterator<Item = &'l [u8]>, now: f64) -> RecordBatch {
        let now = timestamp(now);
        let (mut arena, mut scratch) = (Arena::new(), Scratch::new(self.compat));
        let mut batch = RecordBatch::default();
        for line in lines {
            let mut fields = Vec::new();
            let row = match self.parser.parse(line, now, &arena, &mut scratch, &mut fields) {
                Ok(parsed) => Some(Row { at: batch.store.push(&fields), time: parsed.time }),
                Err(_) => None,
            };
            batch.rows.push(row);
            drop(fields);
            arena.reset();
        }
        batch
    }
}

fn without_line_feed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

#[expect(clippy::cast_possible_truncation, reason = "a time that is no time becomes the nearest one that is")]
fn timestamp(seconds: f64) -> Timestamp {
    let whole = seconds.floor();
    Timestamp::new(whole as i64, ((seconds - whole) * 1e9) as u32)
}

/// Records of many lines. Python objects are made for those that are looked at.
#[pyclass(frozen, sequence, module = "weirgate")]
#[derive(Default)]
pub(crate) struct RecordBatch {
    store: Store,
    /// None for a line that the parser did not take.
    rows: Vec<Option<Row>>,
}

struct Row {
    at: usize,
    time: Option<Timestamp>,
}

impl Row {
    fn seconds(&self) -> Option<f64> {
        self.time.map(|time| time.seconds as f64 + f64::from(time.nanoseconds) / 1e9)
    }
}

impl RecordBatch {
    fn item<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<(Bound<'py, PyAny>, Option<f64>)>> {
        let Some(row) = &self.rows[index] else { return Ok(None) };
        let keys = self.store.key_texts(py);
        Ok(Some((self.store.dict(py, &keys, row.at)?, row.seconds())))
    }
}

#[pymethods]
impl RecordBatch {
    fn __len__(&self) -> usize {
        self.rows.len()
    }

    /// The fields and the time of a line, or None.
    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: isize,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Option<f64>)>> {
        let from_end = if index < 0 { self.rows.len() } else { 0 };
        match from_end.checked_add_signed(index).filter(|&index| index < self.rows.len()) {
            Some(index) => self.item(py, index),
            None => Err(PyIndexError::new_err("no such line")),
        }
    }

    /// How many lines the parser did not take.
    #[getter]
    fn failures(&self) -> usize {
        self.rows.iter().filter(|row| row.is_none()).count()
    }

    /// The fields of all lines, None for those the parser did not take.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let keys = self.store.key_texts(py);
        let list = PyList::empty(py);
        for row in &self.rows {
            match row {
                Some(row) => list.append(self.store.dict(py, &keys, row.at)?)?,
                None => list.append(py.None())?,
            }
        }
        Ok(list)
    }

    /// The times of all lines in seconds, None where there is none.
    fn times(&self) -> Vec<Option<f64>> {
        self.rows.iter().map(|row| row.as_ref().and_then(Row::seconds)).collect()
    }

    /// The values of a key by line, None where there is none.
    fn column<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyList>> {
        let keys = self.store.key_texts(py);
        let list = PyList::empty(py);
        for row in &self.rows {
            let value = match row {
                Some(row) => self.store.dict(py, &keys, row.at)?.cast_into::<PyDict>()?.get_item(key)?,
                None => None,
            };
            list.append(value)?;
        }
        Ok(list)
    }

    /// One JSON object a line, as Fluent Bit writes them, for the lines the parser took.
    fn to_json_lines<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let text = py.detach(|| {
            let (mut text, mut arena) = (Vec::new(), Arena::new());
            for row in self.rows.iter().flatten() {
                json::map(&mut text, self.store.fields(row.at, &arena), Style::Utf8);
                text.push(b'\n');
                arena.reset();
            }
            text
        });
        PyBytes::new(py, &text)
    }
}
