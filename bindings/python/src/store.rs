//! Many records in few allocations.

use event_model::{Arena, Field, Value};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

/// Values in the order they were read, containers before what they hold.
#[derive(Debug, Default)]
pub(crate) struct Store {
    bytes: Vec<u8>,
    nodes: Vec<Node>,
    keys: Keys,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The key in a map; 0 elsewhere.
    key: u32,
    content: Content,
}

#[derive(Clone, Copy, Debug)]
enum Content {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    Text { start: usize, len: u32 },
    Bytes { start: usize, len: u32 },
    Array(u32),
    Map(u32),
}

/// Distinct keys. A batch has few, so a list that is searched from the last hit on is enough for most.
#[derive(Debug, Default)]
struct Keys {
    names: Vec<Box<[u8]>>,
    next: usize,
    index: std::collections::HashMap<Box<[u8]>, u32>,
}

impl Keys {
    fn number(&mut self, name: &[u8]) -> u32 {
        if self.names.get(self.next).is_none_or(|known| **known != *name) {
            self.next = match self.index.get(name) {
                Some(&number) => number as usize,
                None => {
                    let number = self.names.len();
                    self.names.push(name.into());
                    self.index.insert(name.into(), u32::try_from(number).unwrap_or(u32::MAX));
                    number
                }
            };
        }
        let number = u32::try_from(self.next).unwrap_or(u32::MAX);
        // Records are alike: the next field is most likely the one that came next before.
        self.next = if self.next + 1 < self.names.len() { self.next + 1 } else { 0 };
        number
    }
}

/// The Python texts of a store's keys.
pub(crate) struct KeyTexts<'py>(Vec<Bound<'py, PyString>>);

impl Store {
    /// Adds a record. Gives the place to read it at.
    pub(crate) fn push(&mut self, fields: &[Field<'_>]) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { key: 0, content: Content::Map(count(fields.len())) });
        for field in fields {
            let key = self.keys.number(field.key);
            self.push_value(key, field.value);
        }
        at
    }

    fn push_value(&mut self, key: u32, value: Value<'_>) {
        let value = value.resolve();
        let content = match value {
            Value::Bool(value) => Content::Bool(value),
            Value::Int(value) => Content::Int(value),
            Value::UInt(value) => Content::UInt(value),
            Value::Float(value) => Content::Float(value),
            Value::Str(text) => {
                let (start, len) = self.push_bytes(text);
                Content::Text { start, len }
            }
            Value::Bin(bytes) => {
                let (start, len) = self.push_bytes(bytes);
                Content::Bytes { start, len }
            }
            _ => Content::Null,
        };
        let at = self.nodes.len();
        self.nodes.push(Node { key, content });
        if let Some(members) = value.members() {
            let mut number = 0;
            for member in members {
                let key = self.keys.number(member.key);
                self.push_value(key, member.value);
                number += 1;
            }
            self.nodes[at].content = Content::Map(number);
        } else if let Some(elements) = value.elements() {
            let mut number = 0;
            for element in elements {
                self.push_value(0, element);
                number += 1;
            }
            self.nodes[at].content = Content::Array(number);
        }
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> (usize, u32) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, count(bytes.len()))
    }

    /// The keys as Python texts, made once for many records.
    pub(crate) fn key_texts<'py>(&self, py: Python<'py>) -> KeyTexts<'py> {
        KeyTexts(self.keys.names.iter().map(|name| PyString::new(py, &lossy(name))).collect())
    }

    /// The record at a place that [`push`](Self::push) gave, as a dict. Of repeated keys the last stays, as in JSON.
    pub(crate) fn dict<'py>(
        &self,
        py: Python<'py>,
        keys: &KeyTexts<'py>,
        at: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.object(py, keys, at)?.0)
    }

    /// A value, and the place of the next.
    fn object<'py>(
        &self,
        py: Python<'py>,
        keys: &KeyTexts<'py>,
        at: usize,
    ) -> PyResult<(Bound<'py, PyAny>, usize)> {
        let mut next = at + 1;
        let object = match self.nodes[at].content {
            Content::Null => py.None().into_bound(py),
            Content::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
            Content::Int(value) => value.into_pyobject(py)?.into_any(),
            Content::UInt(value) => value.into_pyobject(py)?.into_any(),
            Content::Float(value) => value.into_pyobject(py)?.into_any(),
            Content::Text { start, len } => match std::str::from_utf8(self.part(start, len)) {
                Ok(text) => PyString::new(py, text).into_any(),
                // Text that is no UTF-8 stays what it is.
                Err(_) => PyBytes::new(py, self.part(start, len)).into_any(),
            },
            Content::Bytes { start, len } => PyBytes::new(py, self.part(start, len)).into_any(),
            Content::Array(number) => {
                let list = PyList::empty(py);
                for _ in 0..number {
                    let (item, after) = self.object(py, keys, next)?;
                    list.append(item)?;
                    next = after;
                }
                list.into_any()
            }
            Content::Map(number) => {
                let dict = PyDict::new(py);
                for _ in 0..number {
                    let key = &keys.0[self.nodes[next].key as usize];
                    let (value, after) = self.object(py, keys, next)?;
                    dict.set_item(key, value)?;
                    next = after;
                }
                dict.into_any()
            }
        };
        Ok((object, next))
    }

    /// The fields of a record again, in an arena.
    pub(crate) fn fields<'a>(&'a self, at: usize, arena: &'a Arena) -> &'a [Field<'a>] {
        match self.value(at, arena).0 {
            Value::Map(fields) => fields,
            _ => &[],
        }
    }

    fn value<'a>(&'a self, at: usize, arena: &'a Arena) -> (Value<'a>, usize) {
        let mut next = at + 1;
        let value = match self.nodes[at].content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(value),
            Content::Int(value) => Value::Int(value),
            Content::UInt(value) => Value::UInt(value),
            Content::Float(value) => Value::Float(value),
            Content::Text { start, len } => Value::Str(self.part(start, len)),
            Content::Bytes { start, len } => Value::Bin(self.part(start, len)),
            Content::Array(number) => {
                let mut items = Vec::new();
                for _ in 0..number {
                    let (item, after) = self.value(next, arena);
                    items.push(item);
                    next = after;
                }
                Value::Array(arena.slice(&items))
            }
            Content::Map(number) => {
                let mut fields = Vec::new();
                for _ in 0..number {
                    let key: &[u8] = &self.keys.names[self.nodes[next].key as usize];
                    let (value, after) = self.value(next, arena);
                    fields.push(Field::new(key, value));
                    next = after;
                }
                Value::Map(arena.slice(&fields))
            }
        };
        (value, next)
    }

    fn part(&self, start: usize, len: u32) -> &[u8] {
        &self.bytes[start..start + len as usize]
    }
}

/// Lengths inside one line fit: lines come from Python objects of far less than 4 GiB each.
fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

pub(crate) fn lossy(text: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(text)
}
