//! Values as msgpack-c prints them.

use event_model::{Value, number};

/// How deep maps and arrays are printed.
const MAX_DEPTH: usize = event_model::MAX_DEPTH;

/// Appends a value in the notation of msgpack-c's printer: `{"k"=>[1, nil, 2.000000]}`.
///
/// Text is written as it is between quotes, bytes (`bin`) with `\x..` for what is not printable. Maps and
/// arrays nested deeper than [`event_model::MAX_DEPTH`] become `nil`.
///
/// ```
/// use event_model::Value;
///
/// let mut out = Vec::new();
/// fluentbit_output::print(&mut out, Value::Array(&[Value::Float(1.5), Value::Str(b"a\"b"), Value::Null]));
/// assert_eq!(out, br#"[1.500000, "a"b", nil]"#);
/// ```
pub fn print(out: &mut Vec<u8>, value: Value<'_>) {
    nested(out, value, 0);
}

/// Appends text between quotes, unchanged.
pub(crate) fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn nested(out: &mut Vec<u8>, value: Value<'_>, depth: usize) {
    match value.resolve() {
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(value) => number::integer(out, value),
        Value::UInt(value) => number::unsigned(out, value),
        Value::Float(value) => number::fixed_float(out, value),
        Value::Str(text) => quoted(out, text),
        Value::Bin(bytes) => binary(out, bytes),
        collection if depth < MAX_DEPTH => {
            if let Some(items) = collection.elements() {
                separated(out, [b'[', b']'], items, |out, item| nested(out, item, depth + 1));
            } else if let Some(fields) = collection.members() {
                separated(out, [b'{', b'}'], fields, |out, field| {
                    quoted(out, field.key);
                    out.extend_from_slice(b"=>");
                    nested(out, field.value, depth + 1);
                });
            } else {
                out.extend_from_slice(b"nil");
            }
        }
        _ => out.extend_from_slice(b"nil"),
    }
}

fn separated<T>(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut Vec<u8>, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        write(out, item);
    }
    out.push(close);
}

fn binary(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for &byte in bytes {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            0x20..0x7f => out.push(byte),
            _ => out.extend_from_slice(&[
                b'\\',
                b'x',
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_model::{Field, OwnedField, OwnedValue};

    fn check(value: Value<'_>, expected: &str) {
        let mut out = Vec::new();
        print(&mut out, value);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{value:?}");
        let owned = OwnedValue::from(value);
        out.clear();
        print(&mut out, Value::Owned(&owned));
        assert_eq!(String::from_utf8_lossy(&out), expected, "owned {value:?}");
    }

    #[test]
    fn values() {
        check(Value::Null, "nil");
        check(Value::Bool(true), "true");
        check(Value::UInt(u64::MAX), "18446744073709551615");
        check(Value::Int(-7), "-7");
        check(Value::Float(1e20), "100000000000000000000.000000");
        check(Value::Str("a\"b\\c\n\t/é".as_bytes()), "\"a\"b\\c\n\t/é\"");
        check(Value::Bin(b"a\"\x00\xff"), r#""a\"\x00\xff""#);
        check(Value::Array(&[]), "[]");
        check(Value::Map(&[]), "{}");
        let fields = [Field::new(b"a", Value::Int(1)), Field::new(b"a", Value::Array(&[Value::Null]))];
        check(Value::Map(&fields), r#"{"a"=>1, "a"=>[nil]}"#);
    }

    #[test]
    fn depth_is_limited() {
        let mut deep = OwnedValue::Null;
        for _ in 0..MAX_DEPTH + 10 {
            deep = OwnedValue::Map(vec![OwnedField::new("k", deep)]);
        }
        let mut out = Vec::new();
        print(&mut out, Value::Owned(&deep));
        assert_eq!(out.len(), (r#"{"k"=>"#.len() + 1) * MAX_DEPTH + "nil".len());
    }
}
