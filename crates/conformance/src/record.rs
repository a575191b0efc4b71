//! Records as golden cases write them.

use chrono::{Datelike, TimeZone, Utc};
use event_model::{Record, Timestamp};
use weirgate::api::{Fields, to_json};

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
        Self::of(tag, record.timestamp, &Fields::from(&*record.fields), &Fields::from(record.metadata))
    }

    pub(crate) fn of(tag: &[u8], time: Timestamp, record: &Fields, metadata: &Fields) -> Self {
        Self { tag: printable(tag), time, record: node(record), metadata: node(metadata) }
    }
}

/// Fields in the notation of the golden cases, which is that of the facade.
fn node(fields: &Fields) -> Node {
    serde_json::from_str(&to_json(fields)).unwrap_or(Node::Null)
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
