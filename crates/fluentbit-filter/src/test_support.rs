//! What the tests of all filters need.

use event_model::{Arena, Compat, Field, OwnedValue, Record, Timestamp, Value};
use fluentbit_config::{Section, load};
use fluentbit_parser::ParserSet;
use source_text::Diagnostic;

use crate::{Context, Scratch};

/// The first filter section of a configuration with these lines.
pub(crate) fn section(name: &str, lines: &[&str], compat: Compat) -> Section {
    let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    let text = format!("[FILTER]\n    Name {name}\n    Match *\n{lines}");
    let files = fluentbit_config::MemoryFiles::from([("f.conf", text.as_str())]);
    let (config, problems) = load("f.conf", &files, &(), compat);
    config.filters.into_iter().next().unwrap_or_else(|| panic!("{problems:?}"))
}

/// The codes of the problems `build` finds. It must fail exactly when one of them is an error.
pub(crate) fn problems(
    section: &Section,
    build: impl FnOnce(&Section, &mut Vec<Diagnostic>) -> bool,
) -> Vec<&'static str> {
    let mut problems = Vec::new();
    let built = build(section, &mut problems);
    assert_eq!(built, !problems.iter().any(Diagnostic::is_error), "{problems:?}");
    problems.iter().map(Diagnostic::code).collect()
}

/// A record of `fields` after `change`, as text.
pub(crate) fn apply<'a, T>(
    arena: &'a Arena,
    fields: &[(&'static str, Value<'static>)],
    change: impl FnOnce(&mut Record<'a>, &mut Context<'a, '_>) -> T,
) -> String {
    let mut scratch = Scratch::default();
    let mut record = Record::new(Timestamp::default());
    record.fields.extend(fields.iter().map(|(key, value)| Field::new(key.as_bytes(), *value)));
    change(&mut record, &mut Context::new(b"app", Timestamp::new(9, 0), arena, &mut scratch));
    show(&record.fields)
}

/// `key=value` for each field.
pub(crate) fn show(fields: &[Field<'_>]) -> String {
    let shown = fields.iter().map(|field| {
        let key = String::from_utf8_lossy(field.key);
        format!("{key}={}", show_value(field.value))
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn show_value(value: Value<'_>) -> String {
    match OwnedValue::from(value) {
        OwnedValue::Null => "null".to_owned(),
        OwnedValue::Bool(value) => value.to_string(),
        OwnedValue::Int(value) => value.to_string(),
        OwnedValue::Float(value) => format!("{value:?}"),
        OwnedValue::Str(text) => String::from_utf8_lossy(&text).into_owned(),
        OwnedValue::Map(_) => {
            let fields: Vec<_> = value.members().into_iter().flatten().collect();
            format!("{{{}}}", show(&fields))
        }
        OwnedValue::Array(_) => {
            let items: Vec<_> = value.elements().into_iter().flatten().map(show_value).collect();
            format!("[{}]", items.join(" "))
        }
        other => format!("{other:?}"),
    }
}

/// Parsers `level` (regex), `stamp` (regex with a time), `json` and `kv` (logfmt).
pub(crate) fn parsers(compat: Compat) -> ParserSet {
    const TEXT: &str = r"
[PARSER]
    Name level
    Format regex
    Regex ^(?<level>[A-Z]+) (?<text>.*)$
[PARSER]
    Name stamp
    Format regex
    Regex ^(?<time>\d\S+) (?<text>.*)$
    Time_Format %Y-%m-%dT%H:%M:%S%z
[PARSER]
    Name json
    Format json
    Time_Key at
    Time_Format %Y-%m-%dT%H:%M:%S%z
[PARSER]
    Name kv
    Format logfmt
[PARSER]
    Name two-parts
    Format regex
    Regex ^(?<namespace_name>[^.]+)\.(?<pod_name>.+)$
";
    let main = "[SERVICE]\n    Parsers_File p.conf\n";
    let files = fluentbit_config::MemoryFiles::from([("f.conf", main), ("p.conf", TEXT.trim_start())]);
    let (config, problems) = load("f.conf", &files, &(), compat);
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
    let mut problems = Vec::new();
    let parsers = ParserSet::from_config(&config, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    parsers
}
