//! Bodies of all options, as Fluent Bit sends them.

use elasticsearch_bulk::{
    BulkBody, BulkOptions, BulkWriter, Delivery, IdSource, Logstash, Origin, WriteOperation,
};
use event_model::json::Style;
use event_model::{Compat, Field, Record, Timestamp, Value};
use fluentbit_filter::accessor::{Accessor, Template};

const NOW: Timestamp = Timestamp::new(1_700_000_000, 987_654_321);

fn record<'a>(seconds: i64, nanoseconds: u32, fields: &[Field<'a>]) -> Record<'a> {
    let mut record = Record::new(Timestamp::new(seconds, nanoseconds));
    record.fields.extend_from_slice(fields);
    record
}

/// The same records for every case: `k`, a nested map with dots, an own `@timestamp`.
fn records<'a>() -> Vec<Record<'a>> {
    const INNER: &[Field<'_>] = &[Field::new(b"d.e", Value::Int(2))];
    const MAP: &[Field<'_>] =
        &[Field::new(b"a.b", Value::Int(1)), Field::new(b"c", Value::Array(&[Value::Map(INNER)]))];
    vec![
        record(1_688_466_030, 500_000_000, &[Field::new(b"k", Value::Str(b"v1"))]),
        record(1_704_067_199, 123_456_789, &[Field::new(b"m", Value::Map(MAP))]),
    ]
}

fn write(options: BulkOptions, records: &[Record<'_>]) -> String {
    let mut writer = BulkWriter::new(options);
    let mut body = BulkBody::new();
    writer.begin(b"app", NOW);
    for record in records {
        writer.write(&mut body, record, None);
    }
    assert_eq!(body.len(), records.len());
    String::from_utf8(body.into_bytes()).unwrap()
}

fn check(options: impl FnOnce(&mut BulkOptions), expected: &[&str]) {
    let mut set = BulkOptions::new(Compat::V5_1);
    options(&mut set);
    check_records(set, &records(), expected);
}

fn check_records(options: BulkOptions, records: &[Record<'_>], expected: &[&str]) {
    let body = write(options, records);
    assert_eq!(body.lines().collect::<Vec<_>>(), expected);
    assert!(body.ends_with('\n'));
}

fn key(text: &str) -> IdSource {
    IdSource::Key(Accessor::parse(text, Compat::V5_1).unwrap())
}

const FIRST: &str = r#"{"@timestamp":"2023-07-04T10:20:30.500Z","k":"v1"}"#;
const SECOND: &str = r#"{"@timestamp":"2023-12-31T23:59:59.123Z","m":{"a.b":1,"c":[{"d.e":2}]}}"#;

#[test]
fn defaults() {
    let action = r#"{"create":{"_index":"fluent-bit","_type":"_doc"}}"#;
    check(|_| {}, &[action, FIRST, action, SECOND]);
}

#[test]
fn index_and_type() {
    let action = r#"{"index":{"_index":"my-2023.11.14","_type":"logs"}}"#;
    check(
        |options| {
            options.index = "my-%Y.%m.%d".to_owned();
            options.type_name = "logs".to_owned();
            options.operation = WriteOperation::Index;
        },
        &[action, FIRST, action, SECOND],
    );
    let action = r#"{"create":{"_index":"test"}}"#;
    check(
        |options| {
            options.index = "test".to_owned();
            options.suppress_type_name = Some(true);
        },
        &[action, FIRST, action, SECOND],
    );
}

#[test]
fn ids_of_content_keep_the_index_literal() {
    // Ids that Fluent Bit made.
    let mut second = records().remove(1);
    second.fields.insert(0, Field::new(b"k", Value::Str(b"v2")));
    second.fields.push(Field::new(b"x.y", Value::Str(b"dot")));
    let first = record(
        1_688_466_030,
        500_000_000,
        &[Field::new(b"k", Value::Str(b"v1")), Field::new(b"n", Value::Int(1))],
    );
    let mut options = BulkOptions::new(Compat::V5_1);
    options.index = "my-%Y".to_owned();
    options.id = IdSource::Content;
    let body = write(options, &[first, second]);
    assert_eq!(
        body.lines().step_by(2).collect::<Vec<_>>(),
        [
            r#"{"create":{"_index":"my-%Y","_type":"_doc","_id":"1f3e3b0b-e9b2-4ed1-6c0f-6e8a542508c1"}}"#,
            r#"{"create":{"_index":"my-%Y","_type":"_doc","_id":"8a32c011-04e4-b552-d053-5495e749b4c1"}}"#,
        ]
    );
}

#[test]
fn current_time() {
    let action = r#"{"create":{"_index":"my-2023","_type":"_doc","_id":"v1"}}"#;
    let mut options = BulkOptions::new(Compat::V5_1);
    options.index = "my-%Y".to_owned();
    options.id = key("k");
    options.current_time_index = true;
    options.time_key_nanos = true;
    check_records(
        options,
        &records()[..1],
        &[action, r#"{"@timestamp":"2023-11-14T22:13:20.987654321Z","k":"v1"}"#],
    );
}

#[test]
fn logstash_indices_follow_the_record() {
    check(
        |options| {
            let mut logstash = Logstash::default();
            logstash.prefix_key = Some(Template::parse("$k", Compat::V5_1).unwrap());
            options.logstash = Some(logstash);
        },
        &[
            r#"{"create":{"_index":"v1-2023.07.04","_type":"_doc"}}"#,
            FIRST,
            r#"{"create":{"_index":"logstash-2023.12.31","_type":"_doc"}}"#,
            SECOND,
        ],
    );
    check(
        |options| {
            let mut logstash = Logstash::default();
            logstash.prefix = "p".to_owned();
            logstash.separator = "_".to_owned();
            logstash.date_format = "%Y.%W".to_owned();
            options.logstash = Some(logstash);
        },
        &[
            r#"{"create":{"_index":"p_2023.27","_type":"_doc"}}"#,
            FIRST,
            r#"{"create":{"_index":"p_2023.52","_type":"_doc"}}"#,
            SECOND,
        ],
    );
}

#[test]
fn a_remnant_names_the_index_in_1_8() {
    let mut options = BulkOptions::new(Compat::V1_8);
    options.delivery = Delivery::FluentBit(Compat::V1_8);
    let mut logstash = Logstash::default();
    logstash.prefix_key = Some(Template::parse("$k", Compat::V1_8).unwrap());
    options.logstash = Some(logstash);
    check_records(
        options,
        &records(),
        &[
            r#"{"create":{"_index":"v1-2023.07.04","_type":"_doc"}}"#,
            FIRST,
            r#"{"create":{"_index":"v1-2023.-2023.12.31","_type":"_doc"}}"#,
            SECOND,
        ],
    );
}

#[test]
fn keys_and_dots() {
    let action = r#"{"create":{"_index":"fluent-bit","_type":"_doc"}}"#;
    check(
        |options| {
            options.time_key = "t.k".to_owned();
            options.time_key_format = "%Y/%m/%d".to_owned();
            options.tag_key = Some("flb.key".to_owned());
            options.replace_dots = true;
        },
        &[
            action,
            r#"{"t.k":"2023/07/04.500Z","flb.key":"app","k":"v1"}"#,
            action,
            r#"{"t.k":"2023/12/31.123Z","flb.key":"app","m":{"a_b":1,"c":[{"d_e":2}]}}"#,
        ],
    );
    let own =
        record(0, 0, &[Field::new(b"@timestamp", Value::Str(b"mine")), Field::new(b"k", Value::Int(1))]);
    check_records(BulkOptions::new(Compat::V5_1), &[own], &[action, r#"{"@timestamp":"mine","k":1}"#]);
}

#[test]
fn updates() {
    check(
        |options| {
            options.operation = WriteOperation::Upsert;
            options.id = key("k");
        },
        &[
            r#"{"update":{"_index":"fluent-bit","_type":"_doc","_id":"v1"}}"#,
            &format!(r#"{{"doc_as_upsert":true,"doc":{FIRST}}}"#),
            r#"{"update":{"_index":"fluent-bit","_type":"_doc"}}"#,
            &format!(r#"{{"doc_as_upsert":true,"doc":{SECOND}}}"#),
        ],
    );
    let mut options = BulkOptions::new(Compat::V5_1);
    options.operation = WriteOperation::Update;
    options.id = key("k");
    check_records(
        options,
        &records()[..1],
        &[
            r#"{"update":{"_index":"fluent-bit","_type":"_doc","_id":"v1"}}"#,
            &format!(r#"{{"doc":{FIRST}}}"#),
        ],
    );
}

#[test]
fn ids_of_records() {
    let long = vec![b'x'; 513];
    let ids: Vec<_> = [
        Some(Value::Str(b"a1")),
        None,
        Some(Value::Int(7)),
        Some(Value::Str(b"")),
        Some(Value::Str(b"a/b c")),
        Some(Value::Str(b"a\"b")),
        Some(Value::Str(&long)),
    ]
    .into_iter()
    .map(|id| id.map(|id| Field::new(b"id", id)).into_iter().collect::<Vec<_>>())
    .map(|fields| record(0, 0, &fields))
    .collect();
    let long = format!("\"{}\"", "x".repeat(513));
    for (delivery, expected) in [
        (Delivery::Safe, [Some("\"a1\""), None, None, None, Some("\"a/b c\""), Some(r#""a\"b""#), None]),
        (
            Delivery::FluentBit(Compat::V5_1),
            [
                Some("\"a1\""),
                Some("\"a1\""),
                Some("\"a1\""),
                Some("\"\""),
                Some("\"a/b c\""),
                None,
                Some(&long),
            ],
        ),
        (
            Delivery::FluentBit(Compat::V1_8),
            [
                Some("\"a1\""),
                Some("\"a1\""),
                Some("\"a1\""),
                Some("\"\""),
                Some("\"a/b c\""),
                Some("\"a\"b\""),
                Some(&long),
            ],
        ),
    ] {
        let mut options = BulkOptions::new(Compat::V5_1);
        options.id = key("id");
        options.delivery = delivery;
        options.suppress_type_name = Some(true);
        let body = write(options, &ids);
        let actions: Vec<_> = body.lines().step_by(2).collect();
        let expected = expected.map(|id| {
            id.map_or_else(
                || r#"{"create":{"_index":"fluent-bit"}}"#.to_owned(),
                |id| format!(r#"{{"create":{{"_index":"fluent-bit","_id":{id}}}}}"#),
            )
        });
        assert_eq!(actions, expected, "{delivery:?}");
    }
}

#[test]
fn ids_of_origins() {
    let mut options = BulkOptions::new(Compat::V5_1);
    options.id = IdSource::Origin;
    options.index = "i-%Y".to_owned();
    let mut writer = BulkWriter::new(options);
    let same = record(0, 0, &[]);
    let mut body = BulkBody::new();
    writer.begin(b"app", NOW);
    for origin in [Some(Origin::new(b"f", 0)), Some(Origin::new(b"f", 9)), Some(Origin::new(b"f", 0)), None] {
        writer.write(&mut body, &same, origin);
    }
    let actions: Vec<_> = body.items().map(|item| item.action.to_vec()).collect();
    assert_ne!(actions[0], actions[1]);
    assert_eq!(actions[0], actions[2]);
    assert_ne!(actions[0], actions[3]);
    assert!(actions[0].starts_with(br#"{"create":{"_index":"i-2023","_type":"_doc","_id":""#));
}

#[test]
fn quotes_in_names_break_nothing_when_delivery_is_safe() {
    let name = |options: &mut BulkOptions| options.index = "a\"b".to_owned();
    let safe = r#"{"create":{"_index":"a\"b","_type":"_doc"}}"#;
    check(name, &[safe, FIRST, safe, SECOND]);
    let raw = r#"{"create":{"_index":"a"b","_type":"_doc"}}"#;
    check(
        |options| {
            name(options);
            options.delivery = Delivery::FluentBit(Compat::V5_1);
        },
        &[raw, FIRST, raw, SECOND],
    );
}

#[test]
fn text_of_each_release() {
    let text = record(0, 0, &[Field::new(b"u", Value::Str("hé".as_bytes()))]);
    for (style, expected) in [
        (Style::Ascii, r#"{"@timestamp":"1970-01-01T00:00:00.000Z","u":"h\u00e9"}"#),
        (Style::Utf8, "{\"@timestamp\":\"1970-01-01T00:00:00.000Z\",\"u\":\"hé\"}"),
    ] {
        let mut options = BulkOptions::new(Compat::V5_1);
        options.style = style;
        let body = write(options, std::slice::from_ref(&text));
        assert_eq!(body.lines().nth(1), Some(expected));
    }
}

#[test]
fn types_can_be_left_out_from_a_chunk_on() {
    let mut writer = BulkWriter::new(BulkOptions::new(Compat::V5_1));
    let mut body = BulkBody::new();
    for chunk in 0..2 {
        writer.begin(b"app", NOW);
        writer.write(&mut body, &records()[0], None);
        if chunk == 0 {
            assert!(body.has_types());
            writer.leave_out_types();
            writer.write(&mut body, &records()[0], None);
        }
    }
    let actions: Vec<_> =
        body.items().map(|item| String::from_utf8_lossy(item.action).into_owned()).collect();
    let typed = r#"{"create":{"_index":"fluent-bit","_type":"_doc"}}"#;
    assert_eq!(actions, [typed, typed, r#"{"create":{"_index":"fluent-bit"}}"#]);
}
