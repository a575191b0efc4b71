//! JSON documents as the two releases of Fluent Bit read them.

use std::fmt::Write as _;

use event_model::{Arena, Compat, Field, Value};
use fluentbit_parser::json::{ErrorKind, JsonReader, MAX_DEPTH};
use proptest::prelude::*;

/// A value in a notation that tells all kinds apart.
fn show(value: Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => write!(out, "{value}").unwrap(),
        Value::Int(value) => write!(out, "{value}").unwrap(),
        Value::UInt(value) => write!(out, "{value}u").unwrap(),
        Value::Float(value) => write!(out, "{value:?}").unwrap(),
        Value::Str(text) => write!(out, "'{}'", text.escape_ascii()).unwrap(),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                show(*item, out);
            }
            out.push(']');
        }
        Value::Map(fields) => show_fields(fields, out),
        other => panic!("{other:?} does not come from JSON"),
    }
}

fn show_fields(fields: &[Field<'_>], out: &mut String) {
    out.push('{');
    for (i, field) in fields.iter().enumerate() {
        write!(out, "{}{}:", if i > 0 { "," } else { "" }, field.key.escape_ascii()).unwrap();
        show(field.value, out);
    }
    out.push('}');
}

fn read(compat: Compat, text: &[u8]) -> Result<String, ErrorKind> {
    let arena = Arena::new();
    let mut fields = vec![Field::new(b"before", Value::Null)];
    let mut reader = JsonReader::new(compat);
    let result = reader.parse_object(text, &arena, &mut fields);
    assert_eq!(fields[0].key, b"before");
    match result {
        Ok(()) => {
            let mut shown = String::new();
            show_fields(&fields[1..], &mut shown);
            // What was read through `parse_value` must be the same.
            let mut value = String::new();
            show(reader.parse_value(text, &arena).unwrap(), &mut value);
            assert_eq!(value, shown);
            Ok(shown)
        }
        Err(error) => {
            assert_eq!(fields.len(), 1, "a failure leaves nothing behind");
            assert!(error.offset() <= text.len());
            Err(error.kind())
        }
    }
}

/// Expects what both releases read, or `-` for an error.
fn check(text: impl AsRef<[u8]>, v5_1: &str, v1_8: &str) {
    let text = text.as_ref();
    for (compat, expected) in [(Compat::V5_1, v5_1), (Compat::V1_8, v1_8)] {
        let shown = read(compat, text).unwrap_or_else(|_| "-".to_owned());
        assert_eq!(shown, expected, "{compat}: {}", text.escape_ascii());
    }
}

fn check_both(text: impl AsRef<[u8]>, expected: &str) {
    check(text, expected, expected);
}

#[test]
fn values() {
    check_both("{}", "{}");
    check_both(" { \"a\" : [ 1 , true ,\tnull ] }\r\n", "{a:[1,true,null]}");
    check_both(r#"{"m":{"x":1,"x":2},"m":{},"e":[],"":""}"#, "{m:{x:1,x:2},m:{},e:[],:''}");
    check_both(r#"{"a":[{"b":[[]]},{"c":false}],"d":"e"}"#, "{a:[{b:[[]]},{c:false}],d:'e'}");
}

#[test]
fn no_single_object() {
    for text in ["", "   ", "[1,2]", "\"str\"", "42", "null", "true", "[{\"a\":1}]", "\u{feff}{\"a\":1}"] {
        check_both(text, "-");
    }
    for text in [r#"{"a":1}{"b":2}"#, r#"{"a":1} {}"#, r#"{"a":1} 5"#, r#"{"a":1} "x" rest"#] {
        check_both(text, "-");
    }
    for rest in [" xyz", "}", " {\"b\":", "]", " tru"] {
        check(format!("{{\"a\":1}}{rest}"), "{a:1}", "-");
    }
    for rest in [",", "\0", ":"] {
        check_both(format!("{{\"a\":1}}{rest}"), "{a:1}");
    }
}

#[test]
fn broken() {
    for text in [
        r#"{"a":1"#,
        r#"{"a":}"#,
        r#"{"a" 1}"#,
        "{a:1}",
        "{'a':1}",
        r#"{"a":"x"#,
        "nul",
        "{",
        "{\"a\"}",
        "{\"a\":[}",
        "{\"a\":\"\\q\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\",
        "{1:2}",
        r#"{"a":1 2}"#,
    ] {
        check_both(text, "-");
    }
    check(r#"{"a":1,}"#, "-", "{a:1}");
    check(r#"{"a":[1,]}"#, "-", "{a:[1]}");
    check("{,}", "-", "{}");
    check(r#"{"a":tru}"#, "-", "{a:true}");
    check(r#"{"a":1 "b":2}"#, "-", "{a:1}");
    check(r#"{"a":1,,"b":2}"#, "-", "{a:1,b:2}");
}

#[test]
fn integers() {
    check(
        r#"{"a":9223372036854775807,"b":9223372036854775808,"c":-9223372036854775808,
            "d":-9223372036854775809,"e":18446744073709551616,"z":0,"nz":-0,"u":18446744073709551615}"#,
        "{a:9223372036854775807,b:9223372036854775808u,c:-9223372036854775808,d:-9.223372036854776e18,\
         e:1.8446744073709552e19,z:0,nz:0,u:18446744073709551615u}",
        "{a:9223372036854775807,b:9223372036854775807,c:-9223372036854775808,d:-9223372036854775808,\
         e:9223372036854775807,z:0,nz:0,u:9223372036854775807}",
    );
}

#[test]
fn floats() {
    check(
        r#"{"a":1e3,"b":1E-3,"c":1.0,"d":1e20,"e":0.1,"f":-2.5e+10,"g":123456789.123456789,
            "h":1.7976931348623157e308,"i":5e-324,"j":-0.0,"k":1646136000.001}"#,
        "{a:1000.0,b:0.001,c:1.0,d:1e20,e:0.1,f:-25000000000.0,g:123456789.12345679,\
         h:1.7976931348623157e308,i:5e-324,j:-0.0,k:1646136000.001}",
        "{a:1,b:1,c:1.0,d:1,e:0.1,f:-25000000000.0,g:123456789.12345679,\
         h:1.7976931348623157e308,i:5e-324,j:-0.0,k:1646136000.001}",
    );
    for (text, v1_8) in [("01", "1"), ("1.", "1.0"), ("0x10", "0"), ("-", "0"), ("1e", "1"), ("1e400", "1")] {
        check(format!("{{\"a\":{text}}}"), "-", &format!("{{a:{v1_8}}}"));
    }
    for text in [".5", "+1", "NaN", "Infinity"] {
        check_both(format!("{{\"a\":{text}}}"), "-");
    }
}

#[test]
fn strings() {
    check_both(r#"{"a":"\"\\\/\b\f\n\r\t","\u0041":1}"#, r#"{a:'\"\\/\x08\x0c\n\r\t',A:1}"#);
    check_both(r#"{"a":"\u00e9\u20AC\u0000x"}"#, r"{a:'\xc3\xa9\xe2\x82\xac\x00x'}");
    check(r#"{"a":"\ud83d\ude00"}"#, r"{a:'\xf0\x9f\x98\x80'}", r"{a:'\xed\xa0\xbd\xed\xb8\x80'}");
    for half in [r"\ud83d", r"\ude00", r"\ud83dx", r"\ud83d\n", r"\ud83d\u0041"] {
        assert_eq!(
            read(Compat::V5_1, format!("{{\"a\":\"{half}\"}}").as_bytes()),
            Err(ErrorKind::InvalidEscape)
        );
    }
    check_both(b"{\"k\":\"a\x01\t\x7f\xFF\xC3\"}", r"{k:'a\x01\t\x7f\xff\xc3'}");
    check(b"{\"k\":\"a\0b\"}", r"{k:'a\x00b'}", "-");
}

#[test]
fn long_strings_with_escapes_anywhere() {
    let mut reader = JsonReader::new(Compat::V5_1);
    for before in 0..70 {
        for between in [0, 1, 15, 16, 17, 40] {
            let (a, b) = ("x".repeat(before), "y".repeat(between));
            let text = format!(r#"{{"k":"{a}\"{b}\u00e9{a}\n","{b}":"{a}"}}"#);
            let arena = Arena::new();
            let mut fields = Vec::new();
            reader.parse_object(text.as_bytes(), &arena, &mut fields).unwrap();
            let expected = format!("{a}\"{b}\u{e9}{a}\n");
            assert_eq!(fields[0].value, Value::Str(expected.as_bytes()));
            assert_eq!(fields[1], Field::new(b.as_bytes(), Value::Str(a.as_bytes())));
        }
    }
}

#[test]
fn depth() {
    for compat in [Compat::V5_1, Compat::V1_8] {
        for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
            let nested = |depth: usize| {
                let depth = depth - 1;
                format!("{{\"a\":{}1{}}}", open.repeat(depth), close.repeat(depth))
            };
            assert!(read(compat, nested(MAX_DEPTH).as_bytes()).is_ok());
            assert_eq!(read(compat, nested(MAX_DEPTH + 1).as_bytes()), Err(ErrorKind::TooDeep));
            assert_eq!(read(compat, nested(100_000).as_bytes()), Err(ErrorKind::TooDeep));
        }
    }
}

#[test]
fn values_that_are_no_objects() {
    let arena = Arena::new();
    let mut reader = JsonReader::new(Compat::V5_1);
    for (text, expected) in [(" 5 ", "5"), ("\"a\\n\"", "'a\\n'"), ("[[],{\"a\":[1]}]", "[[],{a:[1]}]")] {
        let mut shown = String::new();
        show(reader.parse_value(text.as_bytes(), &arena).unwrap(), &mut shown);
        assert_eq!(shown, expected);
    }
    let error = reader.parse_value(b"[1] [2]", &arena).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::SeveralDocuments, 4));
}

#[test]
fn errors_say_where() {
    for (text, kind, offset) in [
        ("{\"a\":1", ErrorKind::UnexpectedEnd, 6),
        ("{\"a\";1}", ErrorKind::UnexpectedByte, 4),
        ("{\"a\":\"b\\qc\"}", ErrorKind::InvalidEscape, 7),
        ("{\"a\":-}", ErrorKind::InvalidNumber, 5),
        (" [1]", ErrorKind::NotAnObject, 1),
    ] {
        let error =
            JsonReader::default().parse_object(text.as_bytes(), &Arena::new(), &mut Vec::new()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{text}");
        assert!(error.to_string().ends_with(&format!("at byte {offset}")), "{error}");
    }
}

/// JSON texts, well formed or nearly so.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        " ",
        "\"a\"",
        "\"\\n\"",
        "\"\\u00e9",
        "1",
        "-",
        "2.5",
        "e",
        "true",
        "null",
        "x",
        "\"k\":",
        "{\"k\":1}",
        "[1,2]",
        "\0",
        "\u{e9}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn never_panics(text in texts(), compat in prop::sample::select(vec![Compat::V5_1, Compat::V1_8])) {
        let _ = read(compat, text.as_bytes());
        let _ = read(compat, format!("{{\"k\":{text}}}").as_bytes());
    }

    #[test]
    fn strings_come_back(text: String) {
        let json = format!("{{\"k\":\"{}\"}}", text.replace('\\', "\\\\").replace('"', "\\\""));
        let arena = Arena::new();
        let mut fields = Vec::new();
        JsonReader::default().parse_object(json.as_bytes(), &arena, &mut fields).unwrap();
        prop_assert_eq!(fields[0].value, Value::Str(text.as_bytes()));
    }
}
