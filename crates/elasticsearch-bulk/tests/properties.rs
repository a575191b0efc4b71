//! What holds for bodies of any records.

use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, IdSource, Origin};
use event_model::{Compat, Field, OwnedField, OwnedValue, Record, Timestamp, Value};
use fluentbit_filter::accessor::Accessor;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::IgnoredAny;

fn values() -> impl Strategy<Value = OwnedValue> {
    let scalar = prop_oneof![
        Just(OwnedValue::Null),
        any::<bool>().prop_map(OwnedValue::Bool),
        any::<i64>().prop_map(OwnedValue::Int),
        (-1e300..1e300_f64).prop_map(OwnedValue::Float),
        vec(any::<u8>(), 0..40).prop_map(OwnedValue::text),
    ];
    scalar.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(OwnedValue::Array),
            vec(("[a-c.\"]{0,3}", inner), 0..4).prop_map(|fields| {
                OwnedValue::Map(fields.into_iter().map(|(key, value)| OwnedField::new(key, value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn lines_are_json_and_items_are_found_again(
        records in vec((any::<i64>(), 0..1_000_000_000_u32, vec(("[a-c.\"\n]{0,3}", values()), 0..6)), 1..6),
        index in "[a-z\"\\\\%Y-]{0,8}",
        id in 0..4,
        replace_dots: bool,
    ) {
        let mut options = BulkOptions::new(Compat::V5_1);
        options.index = index;
        options.replace_dots = replace_dots;
        options.id = match id {
            0 => IdSource::Server,
            1 => IdSource::Content,
            2 => IdSource::Origin,
            _ => IdSource::Key(Accessor::parse("$a", Compat::V5_1).unwrap()),
        };
        let mut writer = BulkWriter::new(options);
        let mut body = BulkBody::new();
        writer.begin(b"a\"b", Timestamp::default());
        for (offset, (seconds, nanoseconds, fields)) in (0..).zip(&records) {
            let mut record = Record::new(Timestamp::new(*seconds, *nanoseconds));
            record.fields.extend(fields.iter().map(|(key, value)| Field::new(key.as_bytes(), Value::Owned(value))));
            writer.write(&mut body, &record, Some(Origin::new(b"file", offset)));
        }
        prop_assert_eq!(body.len(), records.len());
        prop_assert_eq!(body.bytes().split_inclusive(|byte| *byte == b'\n').count(), 2 * records.len());
        for item in body.items() {
            for line in [item.action, item.document] {
                let json = serde_json::from_slice::<IgnoredAny>(line);
                prop_assert!(json.is_ok(), "{}: {:?}", String::from_utf8_lossy(line), json);
            }
        }
        prop_assert_eq!(&body.select(0..body.len()), &body);
        prop_assert_eq!(body.without_types().len(), body.len());
    }
}
