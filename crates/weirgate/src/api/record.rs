//! Records in JSON.

use std::fmt;

use event_model::{Field, MAX_DEPTH, OwnedField, OwnedValue};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The fields of a record, in order, repeated keys kept.
///
/// In JSON an object. What JSON has no form for is an object with one member: `{"$pairs": [[key, value], …]}` for
/// a map with a repeated key, one that starts with `$` or one that is no UTF-8; `{"$bytes": "hex"}` for text that is
/// no UTF-8; `{"$float": "nan"}`, `"inf"` or `"-inf"`. Floats have a point or an exponent, integers have not, and
/// integers have up to 64 bits: a reader whose numbers are doubles must take care.
///
/// ```
/// use event_model::{OwnedField, OwnedValue};
/// use weirgate::api::{Fields, to_json};
///
/// let fields = Fields(vec![
///     OwnedField::new("level", OwnedValue::Int(3)),
///     OwnedField::new("took", OwnedValue::Float(2.0)),
///     OwnedField::new("log", OwnedValue::text(b"\xff")),
/// ]);
/// let json = r#"{"level":3,"took":2.0,"log":{"$bytes":"ff"}}"#;
/// assert_eq!(to_json(&fields), json);
/// assert_eq!(serde_json::from_str::<Fields>(json).unwrap(), fields);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(pub Vec<OwnedField>);

/// A value of a record, in the form that [`Fields`] describes.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordValue(pub OwnedValue);

impl From<&[Field<'_>]> for Fields {
    fn from(fields: &[Field<'_>]) -> Self {
        Self(fields.iter().map(|field| OwnedField::new(field.key, field.value.into())).collect())
    }
}

impl Fields {
    /// The fields, borrowed.
    pub fn borrowed(&self) -> impl Iterator<Item = Field<'_>> {
        self.0.iter().map(|field| Field::new(&field.key, field.value.as_value()))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Map { fields: &self.0, depth: 0 }.serialize(serializer)
    }
}

impl Serialize for RecordValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Item { value: &self.0, depth: 0 }.serialize(serializer)
    }
}

struct Item<'a> {
    value: &'a OwnedValue,
    depth: usize,
}

struct Map<'a> {
    fields: &'a [OwnedField],
    depth: usize,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            OwnedValue::Array(_) | OwnedValue::Map(_) if self.depth >= MAX_DEPTH => {
                serializer.serialize_unit()
            }
            OwnedValue::Bool(value) => serializer.serialize_bool(*value),
            OwnedValue::Int(value) => serializer.serialize_i64(*value),
            OwnedValue::UInt(value) => serializer.serialize_u64(*value),
            OwnedValue::Float(value) if value.is_finite() => serializer.serialize_f64(*value),
            OwnedValue::Float(value) if value.is_nan() => special(serializer, "$float", "nan"),
            OwnedValue::Float(value) => {
                special(serializer, "$float", if *value > 0.0 { "inf" } else { "-inf" })
            }
            OwnedValue::Str(text) | OwnedValue::Bin(text) => Text(text).serialize(serializer),
            OwnedValue::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for value in items {
                    list.serialize_element(&Item { value, depth: self.depth + 1 })?;
                }
                list.end()
            }
            OwnedValue::Map(fields) => Map { fields, depth: self.depth + 1 }.serialize(serializer),
            _ => serializer.serialize_unit(),
        }
    }
}

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys: Vec<&[u8]> = self.fields.iter().map(|field| &*field.key).collect();
        let texts: Option<Vec<&str>> = keys
            .iter()
            .map(|key| std::str::from_utf8(key).ok().filter(|key| !key.starts_with('$')))
            .collect();
        match texts.filter(|_| all_different(keys)) {
            Some(texts) => {
                let mut map = serializer.serialize_map(Some(texts.len()))?;
                for (key, field) in texts.into_iter().zip(self.fields) {
                    map.serialize_entry(key, &Item { value: &field.value, depth: self.depth })?;
                }
                map.end()
            }
            None => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("$pairs", &Pairs { fields: self.fields, depth: self.depth })?;
                map.end()
            }
        }
    }
}

fn all_different(mut keys: Vec<&[u8]>) -> bool {
    keys.sort_unstable();
    keys.windows(2).all(|pair| pair[0] != pair[1])
}

struct Pairs<'a> {
    fields: &'a [OwnedField],
    depth: usize,
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.fields
                .iter()
                .map(|field| (Text(&field.key), Item { value: &field.value, depth: self.depth })),
        )
    }
}

struct Text<'a>(&'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => special(serializer, "$bytes", &hex(self.0)),
        }
    }
}

fn special<S: Serializer>(serializer: S, name: &str, text: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, text)?;
    map.end()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RecordValue::deserialize(deserializer)?.0 {
            OwnedValue::Map(fields) => Ok(Self(fields)),
            _ => Err(serde::de::Error::custom("a record is an object")),
        }
    }
}

impl<'de> Deserialize<'de> for RecordValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = RecordValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a record")
    }

    fn visit_unit<E>(self) -> Result<RecordValue, E> {
        Ok(RecordValue(OwnedValue::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<RecordValue, E> {
        Ok(RecordValue(OwnedValue::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RecordValue, E> {
        Ok(RecordValue(OwnedValue::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RecordValue, E> {
        Ok(RecordValue(i64::try_from(value).map_or(OwnedValue::UInt(value), OwnedValue::Int)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RecordValue, E> {
        Ok(RecordValue(OwnedValue::Float(value)))
    }

    fn visit_str<E>(self, text: &str) -> Result<RecordValue, E> {
        Ok(RecordValue(OwnedValue::text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RecordValue, A::Error> {
        let mut list = Vec::new();
        while let Some(RecordValue(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(RecordValue(OwnedValue::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RecordValue, A::Error> {
        let mut map = Vec::new();
        while let Some((key, RecordValue(value))) = members.next_entry::<String, _>()? {
            map.push(OwnedField::new(key, value));
        }
        let special = match map.as_slice() {
            [only] if only.key.starts_with(b"$") => Some(read_special(only)),
            _ => None,
        };
        match special {
            None => Ok(RecordValue(OwnedValue::Map(map))),
            Some(Some(value)) => Ok(RecordValue(value)),
            Some(None) => Err(serde::de::Error::custom(
                "an object with one member that starts with `$` is `$pairs`, `$bytes` in hexadecimal, or `$float`",
            )),
        }
    }
}

fn read_special(field: &OwnedField) -> Option<OwnedValue> {
    let text = |value: &OwnedValue| match value {
        OwnedValue::Str(text) => String::from_utf8(text.to_vec()).ok(),
        _ => None,
    };
    match (&*field.key, &field.value) {
        (b"$bytes", value) => Some(OwnedValue::text(unhex(&text(value)?)?)),
        (b"$float", value) => Some(OwnedValue::Float(match text(value)?.as_str() {
            "nan" => f64::NAN,
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            _ => return None,
        })),
        (b"$pairs", OwnedValue::Array(pairs)) => {
            let pair = |pair: &OwnedValue| match pair {
                OwnedValue::Array(pair) => match pair.as_slice() {
                    [OwnedValue::Str(key), value] => Some(OwnedField::new(key, value.clone())),
                    _ => None,
                },
                _ => None,
            };
            Some(OwnedValue::Map(pairs.iter().map(pair).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Option<&str>) {
        let found = serde_json::from_str::<Fields>(json).ok().map(|fields| super::super::to_json(&fields));
        assert_eq!(found.as_deref(), expected, "{json}");
    }

    #[test]
    fn there_and_back() {
        for json in [
            "{}",
            r#"{"a":null,"b":[true,-1,18446744073709551615,1.0,1e+300],"c":{"d":"é"}}"#,
            r#"{"$pairs":[["a",1],["a",{"$pairs":[[{"$bytes":"ff00"},2]]}]]}"#,
            r#"{"$pairs":[["$a",{"$float":"nan"}],["b",{"$float":"-inf"}]]}"#,
        ] {
            check(json, Some(json));
        }
        check(r#"{"a":1,"a":2}"#, Some(r#"{"$pairs":[["a",1],["a",2]]}"#));
        check(r#"{"a":{"$bytes":"6162"}}"#, Some(r#"{"a":"ab"}"#));
    }

    #[test]
    fn what_is_no_record() {
        for json in ["1", "[]", r#"{"a":{"$bytes":"f"}}"#, r#"{"$float":"nan"}"#, r#"{"a":{"$x":1}}"#] {
            check(json, None);
        }
    }

    #[test]
    fn deep_values_end() {
        let mut value = OwnedValue::Int(1);
        for _ in 0..=MAX_DEPTH {
            value = OwnedValue::Array(vec![value]);
        }
        assert!(super::super::to_json(&RecordValue(value)).contains("[null]"));
    }
}
