//! The processor `content_modifier` of Fluent Bit 5.1.1, for logs.

use event_model::{Arena, Field, Record, Value, number};
use fluentbit_config::{Property, Section, value};
use onigmo_regex::Regex;
use sha2::{Digest, Sha256};
use source_text::Diagnostic;

use crate::context::Context;
use crate::regex;

/// A `content_modifier` processor: one change of one field of the record. It takes the first of several fields
/// of the same name.
#[derive(Clone, Debug)]
pub struct ContentModifier {
    key: Box<[u8]>,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    /// Adds the field if it is absent.
    Insert(Box<[u8]>),
    /// Sets the field, which moves to the end.
    Upsert(Box<[u8]>),
    /// Removes the field.
    Delete,
    /// Gives the field another name.
    Rename(Box<[u8]>),
    /// Replaces the value by its SHA-256 in hexadecimal.
    Hash,
    /// Adds the named groups of a match in the field's text as fields.
    Extract(Regex),
    /// Changes the type of the value; the field moves to the end.
    Convert(Target),
}

#[derive(Clone, Copy, Debug)]
enum Target {
    String,
    Boolean,
    Int,
    Double,
}

impl ContentModifier {
    /// The processor of a section, or `None` and at least one error.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        Self::read(section).map_err(|problem| problems.push(*problem)).ok()
    }

    fn read(section: &Section) -> Result<Self, Box<Diagnostic>> {
        let required = |key: &str| {
            section.get(key).filter(|property| !property.value.is_empty()).ok_or_else(|| {
                let message = format!("`content_modifier` needs `{key}` here");
                Box::new(Diagnostic::error("missing-property", section.span, message))
            })
        };
        if let Some(context) = section.get("context") {
            if ["attributes", "metadata"].iter().any(|name| context.value.eq_ignore_ascii_case(name)) {
                let message = "`content_modifier` of metadata is not supported yet";
                return Err(Box::new(Diagnostic::error("not-supported-yet", context.value_span, message)));
            }
            expect(context, &["body", "message", "record"])?;
        }
        let action = required("action")?;
        let key = required("key");
        let text = |property: &Property| Box::from(property.value.as_bytes());
        let action = match action.value.to_ascii_lowercase().as_str() {
            "insert" => Action::Insert(text(required("value")?)),
            "upsert" => Action::Upsert(text(required("value")?)),
            "delete" => Action::Delete,
            "rename" => Action::Rename(text(required("value")?)),
            "hash" => Action::Hash,
            "extract" => {
                let pattern = required("pattern")?;
                Action::Extract(regex::compile(&pattern.value, pattern.value_span, section.compat)?)
            }
            "convert" => Action::Convert(target(required("converted_type")?)?),
            _ => {
                expect(action, &["insert", "upsert", "delete", "rename", "hash", "extract", "convert"])?;
                Action::Delete
            }
        };
        Ok(Self { key: text(key?), action })
    }

    /// Changes a record.
    pub fn apply<'a>(&'a self, record: &mut Record<'a>, cx: &mut Context<'a, '_>) {
        let fields = &mut record.fields;
        let found = fields.iter().position(|field| field.key == &*self.key);
        match (&self.action, found) {
            (Action::Insert(text), None) => fields.push(Field::new(&self.key, Value::Str(text))),
            (Action::Upsert(text), _) => {
                found.map(|at| fields.remove(at));
                fields.push(Field::new(&self.key, Value::Str(text)));
            }
            (Action::Delete, Some(at)) => drop(fields.remove(at)),
            (Action::Rename(name), Some(at)) => fields[at].key = name,
            (Action::Hash, Some(at)) => {
                let Some(text) = to_text(fields[at].value, cx.arena).filter(|text| !text.is_empty()) else {
                    return;
                };
                fields[at].value = Value::Str(cx.arena.bytes(&hexadecimal(&Sha256::digest(text))));
            }
            (Action::Extract(regex), Some(at)) => {
                let Value::Str(text) = fields[at].value else { return };
                let captures = &mut cx.scratch.captures;
                if !regex.captures(text, captures) {
                    return;
                }
                for (group, name) in regex.group_names() {
                    let part = captures.get(group).and_then(|range| text.get(range));
                    // A group that took no part, or is empty, is no field, as with parsers.
                    let Some(part) = part.filter(|part| !part.is_empty()) else { continue };
                    if let Some(at) = fields.iter().position(|field| field.key == name.as_bytes()) {
                        fields.remove(at);
                    }
                    fields.push(Field::new(name.as_bytes(), Value::Str(part)));
                }
            }
            (Action::Convert(target), Some(at)) => {
                if let Some(value) = target.convert(fields[at].value, cx.arena) {
                    fields.remove(at);
                    fields.push(Field::new(&self.key, value));
                }
            }
            (Action::Insert(_), Some(_)) | (_, None) => {}
        }
    }
}

fn expect(property: &Property, words: &[&str]) -> Result<(), Box<Diagnostic>> {
    if words.iter().any(|word| property.value.eq_ignore_ascii_case(word)) {
        return Ok(());
    }
    let message = format!("`{}` cannot be `{}`", property.key, property.value);
    let problem = Diagnostic::error("invalid-value", property.value_span, message);
    Err(Box::new(problem.help(format!("expected one of {}", words.join(", ")))))
}

fn target(property: &Property) -> Result<Target, Box<Diagnostic>> {
    expect(property, &["string", "boolean", "int", "double"])?;
    Ok(match property.value.to_ascii_lowercase().as_str() {
        "boolean" => Target::Boolean,
        "int" => Target::Int,
        "double" => Target::Double,
        _ => Target::String,
    })
}

impl Target {
    /// The value as this type; `None` where it cannot be.
    #[expect(clippy::cast_precision_loss, reason = "the double is what Fluent Bit computes with")]
    #[expect(clippy::cast_possible_truncation, reason = "a conversion that saturates is wanted")]
    fn convert<'a>(self, from: Value<'a>, arena: &'a Arena) -> Option<Value<'a>> {
        let text = |text: &'a [u8]| String::from_utf8_lossy(text);
        Some(match (self, from) {
            (Self::String, _) => Value::Str(to_text(from, arena)?),
            (Self::Boolean, Value::Str(word)) => Value::Bool(word.eq_ignore_ascii_case(b"true")),
            (Self::Boolean, Value::Int(number)) => Value::Bool(number != 0),
            (Self::Boolean, Value::Float(number)) => Value::Bool(number != 0.0),
            (Self::Boolean, Value::Null) => Value::Bool(false),
            (Self::Int, Value::Str(word)) => Value::Int(value::parse_int(&text(word))),
            (Self::Int, Value::Float(number)) => Value::Int(number.round() as i64),
            (Self::Int, Value::Int(_)) | (Self::Double, Value::Float(_)) => from,
            (Self::Int, Value::Null) => Value::Int(0),
            (Self::Double, Value::Str(word)) => {
                let word = text(word);
                let starts_number =
                    word.trim_start().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
                Value::Float(starts_number.then(|| value::parse_double(&word))?)
            }
            (Self::Double, Value::Int(number)) => Value::Float(number as f64),
            (Self::Double, Value::Null) => Value::Float(0.0),
            _ => return None,
        })
    }
}

/// The value as text; `None` for lists, maps and booleans.
fn to_text<'a>(value: Value<'a>, arena: &'a Arena) -> Option<&'a [u8]> {
    let mut text = Vec::new();
    match value {
        Value::Str(text) | Value::Bin(text) => return Some(text),
        Value::Null => return Some(b"null"),
        Value::Int(value) => number::integer(&mut text, value),
        Value::Float(value) => text.extend(value.to_string().bytes()),
        _ => return None,
    }
    Some(arena.bytes(&text))
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]).collect()
}

#[cfg(test)]
mod tests {
    use event_model::Compat;

    use super::*;
    use crate::test_support::{apply, problems, section};

    #[track_caller]
    fn check(lines: &[&str], fields: &[(&'static str, Value<'static>)], expected: &str) {
        let section = section("content_modifier", lines, Compat::V5_1);
        let modifier = ContentModifier::from_section(&section, &mut Vec::new()).unwrap();
        let arena = Arena::new();
        assert_eq!(apply(&arena, fields, |record, cx| modifier.apply(record, cx)), expected, "{lines:?}");
    }

    #[test]
    fn actions() {
        let fields = [("a", Value::Str(b"1")), ("b", Value::Str(b"x=7;y="))];
        check(&["action insert", "key c", "value z"], &fields, "a=1 b=x=7;y= c=z");
        check(&["action insert", "key a", "value z"], &fields, "a=1 b=x=7;y=");
        check(&["action upsert", "key a", "value z"], &fields, "b=x=7;y= a=z");
        check(&["action delete", "key a", "context body"], &fields, "b=x=7;y=");
        check(&["action delete", "key c"], &fields, "a=1 b=x=7;y=");
        check(&["action rename", "key a", "value z"], &fields, "z=1 b=x=7;y=");
        check(&["action extract", "key b", r"pattern x=(?<a>\d);y=(?<y>\d?)"], &fields, "b=x=7;y= a=7");
        check(
            &["action hash", "key a"],
            &fields,
            "a=6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b b=x=7;y=",
        );
    }

    #[test]
    fn conversions() {
        let fields = [("a", Value::Str(b"12x")), ("b", Value::Float(2.6)), ("c", Value::Null)];
        check(&["action convert", "key a", "converted_type int"], &fields, "b=2.6 c=null a=12");
        check(&["action convert", "key a", "converted_type double"], &fields, "b=2.6 c=null a=12.0");
        check(&["action convert", "key a", "converted_type boolean"], &fields, "b=2.6 c=null a=false");
        check(&["action convert", "key b", "converted_type int"], &fields, "a=12x c=null b=3");
        check(&["action convert", "key b", "converted_type string"], &fields, "a=12x c=null b=2.6");
        check(&["action convert", "key c", "converted_type int"], &fields, "a=12x b=2.6 c=0");
    }

    #[test]
    fn complaints() {
        for (lines, expected) in [
            (&["action insert", "key a", "value b"][..], &[][..]),
            (&["key a"], &["missing-property"]),
            (&["action delete"], &["missing-property"]),
            (&["action insert", "key a"], &["missing-property"]),
            (&["action replace", "key a"], &["invalid-value"]),
            (&["action convert", "key a", "converted_type uint"], &["invalid-value"]),
            (&["action extract", "key a", "pattern ("], &["invalid-regex"]),
            (&["action delete", "key a", "context span"], &["invalid-value"]),
            (&["action delete", "key a", "context attributes"], &["not-supported-yet"]),
        ] {
            let found = problems(&section("content_modifier", lines, Compat::V5_1), |section, problems| {
                ContentModifier::from_section(section, problems).is_some()
            });
            assert_eq!(found, expected, "{lines:?}");
        }
    }
}
