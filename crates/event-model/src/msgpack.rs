//! MessagePack, in the form msgpack-c gives it: always the shortest.
//!
//! Document ids are hashes of these bytes, so not only the meaning matters.
//!
//! ```
//! use event_model::{Field, Value, msgpack};
//!
//! let mut out = Vec::new();
//! msgpack::map(&mut out, &[Field::new(b"n", Value::Int(300))]);
//! assert_eq!(out, b"\x81\xa1n\xcd\x01\x2c");
//! ```

use crate::{Field, Kind, MAX_DEPTH, Timestamp, Value};

/// Appends a value. Maps and arrays nested deeper than [`MAX_DEPTH`] become `nil`.
pub fn value(out: &mut Vec<u8>, value: Value<'_>) {
    nested(out, value, 0);
}

/// Appends a map of `fields`, in order, duplicates kept.
pub fn map(out: &mut Vec<u8>, fields: &[Field<'_>]) {
    map_header(out, fields.len());
    for each in fields {
        field(out, *each);
    }
}

/// Appends a key and its value, as part of a map.
pub fn field(out: &mut Vec<u8>, field: Field<'_>) {
    string(out, field.key);
    nested(out, field.value, 1);
}

/// Appends `nil`.
pub fn nil(out: &mut Vec<u8>) {
    out.push(0xc0);
}

/// Appends a boolean.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.push(if value { 0xc3 } else { 0xc2 });
}

/// Appends an integer.
pub fn integer(out: &mut Vec<u8>, value: i64) {
    if let Ok(value) = u64::try_from(value) {
        unsigned(out, value);
    } else if value >= -32 {
        out.push(value.to_le_bytes()[0]);
    } else if let Ok(value) = i8::try_from(value) {
        out.push(0xd0);
        out.extend_from_slice(&value.to_be_bytes());
    } else if let Ok(value) = i16::try_from(value) {
        out.push(0xd1);
        out.extend_from_slice(&value.to_be_bytes());
    } else if let Ok(value) = i32::try_from(value) {
        out.push(0xd2);
        out.extend_from_slice(&value.to_be_bytes());
    } else {
        out.push(0xd3);
        out.extend_from_slice(&value.to_be_bytes());
    }
}

/// Appends an unsigned integer.
pub fn unsigned(out: &mut Vec<u8>, value: u64) {
    if value < 0x80 {
        out.push(value.to_le_bytes()[0]);
    } else if let Ok(value) = u8::try_from(value) {
        out.extend_from_slice(&[0xcc, value]);
    } else if let Ok(value) = u16::try_from(value) {
        out.push(0xcd);
        out.extend_from_slice(&value.to_be_bytes());
    } else if let Ok(value) = u32::try_from(value) {
        out.push(0xce);
        out.extend_from_slice(&value.to_be_bytes());
    } else {
        out.push(0xcf);
        out.extend_from_slice(&value.to_be_bytes());
    }
}

/// Appends a double.
pub fn float(out: &mut Vec<u8>, value: f64) {
    out.push(0xcb);
    out.extend_from_slice(&value.to_be_bytes());
}

/// Appends text (`str`). What is longer than 4 GiB, the format's limit, is cut.
pub fn string(out: &mut Vec<u8>, text: &[u8]) {
    let length = length_of(text.len());
    match length {
        0..32 => out.push(0xa0 | length.to_le_bytes()[0]),
        _ => sized_header(out, [0xd9, 0xda, 0xdb], length),
    }
    out.extend_from_slice(&text[..length as usize]);
}

/// Appends bytes (`bin`). What is longer than 4 GiB, the format's limit, is cut.
pub fn binary(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = length_of(bytes.len());
    sized_header(out, [0xc4, 0xc5, 0xc6], length);
    out.extend_from_slice(&bytes[..length as usize]);
}

/// Appends the header of an array; its items have to follow.
pub fn array_header(out: &mut Vec<u8>, length: usize) {
    collection_header(out, 0x90, [0xdc, 0xdd], length);
}

/// Appends the header of a map; its keys and values have to follow.
pub fn map_header(out: &mut Vec<u8>, length: usize) {
    collection_header(out, 0x80, [0xde, 0xdf], length);
}

/// Appends a time as Fluentd's `EventTime`: extension type 0, 32 bits of seconds, 32 bits of nanoseconds.
/// Seconds outside those bits wrap, as they do in Fluent Bit.
pub fn event_time(out: &mut Vec<u8>, timestamp: Timestamp) {
    out.extend_from_slice(&[0xd7, 0x00]);
    out.extend_from_slice(&timestamp.seconds.to_be_bytes()[4..]);
    out.extend_from_slice(&timestamp.nanoseconds.to_be_bytes());
}

fn nested(out: &mut Vec<u8>, value: Value<'_>, depth: usize) {
    match value {
        Value::Constant(constant) => out.extend_from_slice(constant.msgpack()),
        Value::Null => nil(out),
        Value::Bool(value) => boolean(out, value),
        Value::Int(value) => integer(out, value),
        Value::UInt(value) => unsigned(out, value),
        Value::Float(value) => float(out, value),
        Value::Str(text) => string(out, text),
        Value::Bin(bytes) => binary(out, bytes),
        Value::Array(_) | Value::Map(_) if depth >= MAX_DEPTH => nil(out),
        Value::Array(items) => {
            array_header(out, items.len());
            for item in items {
                nested(out, *item, depth + 1);
            }
        }
        Value::Map(fields) => {
            map_header(out, fields.len());
            for field in fields {
                string(out, field.key);
                nested(out, field.value, depth + 1);
            }
        }
        Value::Owned(owned) => owned_collection(out, owned.as_value(), depth),
    }
}

fn owned_collection(out: &mut Vec<u8>, value: Value<'_>, depth: usize) {
    if !matches!(value.kind(), Kind::Array | Kind::Map) {
        nested(out, value, depth);
    } else if depth >= MAX_DEPTH {
        nil(out);
    } else if let Some(items) = value.elements() {
        array_header(out, items.len());
        for item in items {
            nested(out, item, depth + 1);
        }
    } else if let Some(fields) = value.members() {
        map_header(out, fields.len());
        for field in fields {
            string(out, field.key);
            nested(out, field.value, depth + 1);
        }
    }
}

fn length_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn sized_header(out: &mut Vec<u8>, markers: [u8; 3], length: u32) {
    if let Ok(length) = u8::try_from(length) {
        out.extend_from_slice(&[markers[0], length]);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(markers[1]);
        out.extend_from_slice(&length.to_be_bytes());
    } else {
        out.push(markers[2]);
        out.extend_from_slice(&length.to_be_bytes());
    }
}

fn collection_header(out: &mut Vec<u8>, fixed: u8, markers: [u8; 2], length: usize) {
    let length = length_of(length);
    if length < 16 {
        out.push(fixed | length.to_le_bytes()[0]);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(markers[0]);
        out.extend_from_slice(&length.to_be_bytes());
    } else {
        out.push(markers[1]);
        out.extend_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OwnedField, OwnedValue};

    fn check(from: Value<'_>, expected: &[u8]) {
        let mut out = Vec::new();
        value(&mut out, from);
        assert_eq!(out, expected, "{from:?}");
        let owned = OwnedValue::from(from);
        out.clear();
        value(&mut out, Value::Owned(&owned));
        assert_eq!(out, expected, "owned {from:?}");
    }

    #[test]
    fn scalars_take_their_shortest_form() {
        check(Value::Null, b"\xc0");
        check(Value::Bool(true), b"\xc3");
        check(Value::Bool(false), b"\xc2");
        check(Value::Int(0), b"\x00");
        check(Value::Int(127), b"\x7f");
        check(Value::Int(128), b"\xcc\x80");
        check(Value::Int(256), b"\xcd\x01\x00");
        check(Value::Int(65536), b"\xce\x00\x01\x00\x00");
        check(Value::Int(1 << 32), b"\xcf\x00\x00\x00\x01\x00\x00\x00\x00");
        check(Value::UInt(u64::MAX), b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
        check(Value::UInt(1), b"\x01");
        check(Value::Int(-1), b"\xff");
        check(Value::Int(-32), b"\xe0");
        check(Value::Int(-33), b"\xd0\xdf");
        check(Value::Int(-129), b"\xd1\xff\x7f");
        check(Value::Int(-32769), b"\xd2\xff\xff\x7f\xff");
        check(Value::Int(i64::MIN), b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00");
        check(Value::Float(1.5), b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00");
    }

    #[test]
    fn lengths_take_their_shortest_form() {
        for (length, header) in [
            (0, &b"\xa0"[..]),
            (31, b"\xbf"),
            (32, b"\xd9\x20"),
            (256, b"\xda\x01\x00"),
            (65536, b"\xdb\0\x01\0\0"),
        ] {
            let text = vec![b'y'; length];
            check(Value::Str(&text), &[header, &text].concat());
        }
        check(Value::Bin(b"ab"), b"\xc4\x02ab");
        let items = [Value::Null; 16];
        check(Value::Array(&items[..15]), &[&b"\x9f"[..], &[0xc0; 15]].concat());
        check(Value::Array(&items), &[&b"\xdc\x00\x10"[..], &[0xc0; 16]].concat());
        let fields = [Field::new(b"k", Value::Null); 16];
        check(Value::Map(&fields[..1]), b"\x81\xa1k\xc0");
        check(Value::Map(&fields), &[&b"\xde\x00\x10"[..], &b"\xa1k\xc0".repeat(16)].concat());
    }

    #[test]
    fn event_times_wrap_to_32_bits() {
        let mut out = Vec::new();
        event_time(&mut out, Timestamp::new(-1, 5));
        assert_eq!(out, b"\xd7\x00\xff\xff\xff\xff\x00\x00\x00\x05");
    }

    #[test]
    fn depth_is_limited() {
        let mut deep = OwnedValue::Null;
        for _ in 0..MAX_DEPTH + 10 {
            deep = OwnedValue::Map(vec![OwnedField::new("k", deep)]);
        }
        let mut out = Vec::new();
        value(&mut out, Value::Owned(&deep));
        assert_eq!(out, [b"\x81\xa1k".repeat(MAX_DEPTH), b"\xc0".to_vec()].concat());
    }
}
