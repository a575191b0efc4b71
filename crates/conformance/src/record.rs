//! Records as golden cases write them.

use chrono::{Datelike, TimeZone, Utc};
use event_model::{Kind, Record, Timestamp, Value};

use crate::node::Node;
use crate::text::printable;

/// A record that left the pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) tag: String,
    pub(crate) time: Timestamp,
    pub(crate) record: Node,
    pub(crate) metadata: Node,
}

impl Seen {
    pub(crate) fn new(tag: &[u8], record: &Record<'_>) -> Self {
        Self {
            tag: printable(tag),
            time: record.timestamp,
            record: node(Value::Map(&record.fields)),
            metadata: node(Value::Map(record.metadata)),
        }
    }
}

/// A value in the notation of the golden cases.
fn node(value: Value<'_>) -> Node {
    match value.resolve() {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(value),
        Value::Int(value) => Node::Int(value.into()),
        Value::UInt(value) => Node::Int(value.into()),
        Value::Float(value) if value.is_finite() => Node::Float(value),
        Value::Float(value) => special(
            "$float",
            if value.is_nan() {
                "nan"
            } else if value > 0.0 {
                "inf"
            } else {
                "-inf"
            },
        ),
        Value::Str(text) | Value::Bin(text) => match std::str::from_utf8(text) {
            Ok(text) => Node::Text(text.to_owned()),
            Err(_) => special("$bytes", &text.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        },
        other if other.kind() == Kind::Array => {
            Node::List(other.elements().into_iter().flatten().map(node).collect())
        }
        other => {
            let members: Vec<(&[u8], Node)> =
                other.members().into_iter().flatten().map(|field| (field.key, node(field.value))).collect();
            let odd = members.iter().enumerate().any(|(index, (key, _))| {
                key.starts_with(b"$")
                    || std::str::from_utf8(key).is_err()
                    || members[..index].iter().any(|(other, _)| other == key)
            });
            if odd {
                let pairs =
                    members.into_iter().map(|(key, value)| Node::List(vec![node(Value::Str(key)), value]));
                Node::Map(vec![("$pairs".to_owned(), Node::List(pairs.collect()))])
            } else {
                Node::Map(members.into_iter().map(|(key, value)| (printable(key), value)).collect())
            }
        }
    }
}

fn special(name: &str, text: &str) -> Node {
    Node::Map(vec![(name.to_owned(), Node::Text(text.to_owned()))])
}

/// Whether `found` is the time the case expects, in a run that began at `began`.
pub(crate) fn time_matches(expected: &Node, found: Timestamp, began: Timestamp) -> bool {
    if let Some(text) = expected.text() {
        return text == format!("{}.{:09}", found.seconds, found.nanoseconds);
    }
    if expected.get("now").is_some() {
        return found.seconds >= began.seconds - 1 && found.seconds <= began.seconds + 60;
    }
    let (Some(Node::Int(offset)), Some(utc)) =
        (expected.get("year_offset"), expected.get("utc").and_then(Node::text))
    else {
        return false;
    };
    let year = |time: Timestamp| Utc.timestamp_opt(time.seconds, 0).single().map_or(0, |time| time.year());
    let found_text = Utc
        .timestamp_opt(found.seconds, found.nanoseconds)
        .single()
        .map(|time| time.format("%m-%dT%H:%M:%S%.9f").to_string());
    i128::from(year(found) - year(began)) == *offset && found_text.as_deref() == Some(utc)
}

/// Whether a record is the one the case expects. Floats are compared by value, integers exactly.
pub(crate) fn matches(expected: &Node, found: &Node) -> bool {
    match (expected, found) {
        (Node::Float(a), Node::Float(b)) => a.to_bits() == b.to_bits(),
        (Node::List(a), Node::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| matches(a, b)),
        (Node::Map(a), Node::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((key, a), (other, b))| key == other && matches(a, b))
        }
        (a, b) => a == b,
    }
}
