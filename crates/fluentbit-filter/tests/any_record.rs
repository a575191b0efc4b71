//! Filters take any record.

use event_model::{Arena, Compat, Field, Record, Timestamp, Value};
use fluentbit_config::{MemoryFiles, load};
use fluentbit_filter::{Context, Event, Filter, Scratch, Verdict};
use fluentbit_parser::ParserSet;
use fluentbit_parser::multiline::MultilineSet;
use proptest::prelude::*;

const CONFIG: &str = "
[FILTER]
    Name grep
    Match *
    Exclude a ^x
    Regex $m['a'][0] .
[FILTER]
    Name kubernetes
    Match *
    Use_Tag_For_Meta On
    Merge_Log On
    Merge_Log_Key m
    Keep_Log Off
[FILTER]
    Name modify
    Match *
    Condition Key_exists $log
    Set a b
    Hard_rename b a
    Hard_copy a m
    Move_to_start l
    Remove_regex ^$
[FILTER]
    Name nest
    Match *
    Operation lift
    Nested_under m
    Add_prefix a
[FILTER]
    Name nest
    Match *
    Operation nest
    Wildcard a*
    Nest_under m
[FILTER]
    Name record_modifier
    Match *
    Remove_key A*
[FILTER]
    Name rewrite_tag
    Match *
    Rule $a . $TAG[0].$0.$m off
";

/// Keys and texts of the few letters that mean something above, and JSON.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[abmx]{0,2}",
        Just("log".to_owned()),
        Just("stream".to_owned()),
        r#"\{"[am]":("x\\\\n"|1)\}"#
    ]
}

fn value() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        3 => text().prop_map(Leaf::Text),
        1 => any::<i64>().prop_map(Leaf::Int),
        1 => text().prop_map(Leaf::List),
        1 => (text(), text()).prop_map(|(key, text)| Leaf::Map(key, text)),
    ]
}

#[derive(Clone, Debug)]
enum Leaf {
    Text(String),
    Int(i64),
    List(String),
    Map(String, String),
}

impl Leaf {
    fn as_value<'a>(&'a self, arena: &'a Arena) -> Value<'a> {
        match self {
            Self::Text(text) => Value::Str(text.as_bytes()),
            Self::Int(value) => Value::Int(*value),
            Self::List(text) => Value::Array(arena.slice(&[Value::Str(text.as_bytes())])),
            Self::Map(key, text) => {
                let list = Value::Array(arena.slice(&[Value::Str(text.as_bytes())]));
                Value::Map(arena.slice(&[Field::new(key.as_bytes(), list)]))
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics(tag in "[ab.]{0,4}", fields in proptest::collection::vec((text(), value()), 0..6)) {
        for compat in [Compat::V5_1, Compat::V1_8] {
            let files = MemoryFiles::from([("f.conf", CONFIG.trim_start())]);
            let (config, _) = load("f.conf", &files, &(), compat);
            let (mut problems, multiline) = (Vec::new(), MultilineSet::builtin(compat));
            let build = |section| Filter::from_section(section, &ParserSet::new(), &multiline, &mut problems);
            let filters: Vec<Filter> = config.filters.iter().filter_map(build).collect();
            // 1.8 has no `Move_to_start`.
            prop_assert_eq!(filters.len(), if compat == Compat::V5_1 { 7 } else { 6 });
            let prepare = |filter: &Filter| filter.prepare(tag.as_bytes(), &(), Timestamp::default());
            let states: Vec<_> = filters.iter().filter_map(prepare).collect();
            let (arena, mut scratch) = (Arena::new(), Scratch::default());
            let mut record = Record::new(Timestamp::default());
            record.fields.extend(
                fields.iter().map(|(key, value)| Field::new(key.as_bytes(), value.as_value(&arena))),
            );
            for (filter, state) in filters.iter().zip(&states) {
                let mut events: Vec<Event> = Vec::new();
                let mut other = record.clone();
                let mut cx = Context::new(tag.as_bytes(), Timestamp::new(1, 0), &arena, &mut scratch);
                let observed = filter.apply_observed(state, &mut other, &mut cx, &mut events);
                let verdict = filter.apply(state, &mut record, &mut cx);
                // Looking on changes nothing.
                prop_assert_eq!(observed, verdict);
                prop_assert_eq!(&other, &record);
                if verdict == Verdict::Drop {
                    prop_assert!(!events.is_empty());
                }
            }
        }
    }
}
