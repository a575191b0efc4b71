//! The `Template` of a file output.

use event_model::{Record, Value};

use crate::print::print;

/// A text with `{key}` placeholders, taken apart once.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(Vec<u8>),
    /// What stands between braces.
    Key(Vec<u8>),
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text.as_bytes();
        // An open brace is text when another one, or nothing, follows before a closing one.
        while let Some(close) = rest.iter().position(|byte| *byte == b'}') {
            if let Some(open) = rest[..close].iter().rposition(|byte| *byte == b'{') {
                parts.push(Part::Text(rest[..open].to_vec()));
                parts.push(Part::Key(rest[open + 1..close].to_vec()));
            } else {
                parts.push(Part::Text(rest[..=close].to_vec()));
            }
            rest = &rest[close + 1..];
        }
        parts.push(Part::Text(rest.to_vec()));
        parts.retain(|part| *part != Part::Text(Vec::new()));
        Self { parts }
    }

    /// Appends the text for a record. A placeholder whose key the record does not have stays as it is.
    pub(crate) fn write(&self, out: &mut Vec<u8>, record: &Record<'_>) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                // Any beginning of the word, even none of it, means the time: Fluent Bit compares no further.
                Part::Key(key) if b"time".starts_with(key) => {
                    event_model::number::fixed_float(out, record.timestamp.as_seconds());
                }
                Part::Key(key) => match record.fields.iter().find(|field| field.key == key) {
                    Some(field) => match field.value.resolve() {
                        Value::Str(text) => out.extend_from_slice(text),
                        value => print(out, value),
                    },
                    None => {
                        out.push(b'{');
                        out.extend_from_slice(key);
                        out.push(b'}');
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_model::{Field, Timestamp};

    fn check(template: &str, expected: &str) {
        let inner = [Field::new(b"q", Value::Int(1))];
        let mut record = Record::new(Timestamp::new(1_688_466_030, 500_000_000));
        record.fields.push(Field::new(b"k", Value::Str(b"first")));
        record.fields.push(Field::new(b"k", Value::Str(b"last")));
        record.fields.push(Field::new(b"m", Value::Map(&inner)));
        record.fields.push(Field::new(b"time", Value::Str(b"never used")));
        let mut out = Vec::new();
        Template::new(template).write(&mut out, &record);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{template}");
    }

    #[test]
    fn placeholders() {
        check("", "");
        check("plain", "plain");
        check("{time} {k} [{zzz}] {m}!", "1688466030.500000 first [{zzz}] {\"q\"=>1}!");
        check("{k}{k}", "firstfirst");
        check("k={k} {", "k=first {");
        check("{a{k}", "{afirst");
        check("}{k}}", "}first}");
        check("{ti}{}{times}", "1688466030.5000001688466030.500000{times}");
    }
}
