//! The `nest` filter: moves fields into a map, or the members of a map to the top.

use event_model::{Field, Kind, Record, Value};
use fluentbit_config::Section;
use source_text::Diagnostic;

use crate::context::Context;

/// A `nest` filter.
#[derive(Clone, Debug)]
pub struct Nest {
    operation: Operation,
    /// The map's key.
    key: Box<[u8]>,
    prefix: Prefix,
}

#[derive(Clone, Debug)]
enum Operation {
    Nest(Vec<Wildcard>),
    Lift,
}

/// A key, or the start of one.
#[derive(Clone, Debug)]
struct Wildcard {
    text: Box<[u8]>,
    open: bool,
}

#[derive(Clone, Debug)]
enum Prefix {
    None,
    Add(Box<[u8]>),
    Remove(Box<[u8]>),
}

impl Nest {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = problems.len();
        let bytes = |text: &str| text.as_bytes().into();
        let lift = match section.get("operation") {
            Some(property) if property.value.starts_with("lift") => true,
            Some(property) if !property.value.starts_with("nest") => {
                problems.push(
                    Diagnostic::error(
                        "invalid-value",
                        property.value_span,
                        format!("`{}` is no operation", property.value),
                    )
                    .help("expected `nest` or `lift`"),
                );
                false
            }
            _ => false,
        };
        // Several names mean the same; the last property wins.
        let last = |names: &[&str]| {
            section.properties.iter().rfind(|property| names.iter().any(|name| property.is(name)))
        };
        let key = last(&["nest_under", "nested_under"]);
        let add = last(&["add_prefix", "prefix_with"]);
        let remove = last(&["remove_prefix"]);
        let prefix = match (add, remove) {
            (Some(other), Some(_)) => {
                problems.push(Diagnostic::error(
                    "exclusive-properties",
                    other.key_span,
                    "a prefix is either added or removed, not both",
                ));
                Prefix::None
            }
            (Some(add), None) => Prefix::Add(bytes(&add.value)),
            (None, Some(remove)) => Prefix::Remove(bytes(&remove.value)),
            (None, None) => Prefix::None,
        };
        let wildcards: Vec<Wildcard> = section
            .get_all("wildcard")
            .map(|property| match property.value.strip_suffix('*') {
                Some(start) => Wildcard { text: bytes(start), open: true },
                None => Wildcard { text: bytes(&property.value), open: false },
            })
            .collect();
        if key.is_none() && (lift || !wildcards.is_empty()) {
            let (name, operation) = if lift { ("Nested_under", "lift") } else { ("Nest_under", "nest") };
            problems.push(Diagnostic::error(
                "missing-property",
                section.plugin().map_or(section.span, |name| name.value_span),
                format!("the operation `{operation}` needs `{name}`"),
            ));
        }
        (!problems[before..].iter().any(Diagnostic::is_error)).then(|| Self {
            operation: if lift { Operation::Lift } else { Operation::Nest(wildcards) },
            key: key.map(|property| bytes(&property.value)).unwrap_or_default(),
            prefix,
        })
    }

    /// Changes a record.
    pub fn apply<'a>(&'a self, record: &mut Record<'a>, cx: &mut Context<'a, '_>) {
        match &self.operation {
            Operation::Nest(wildcards) => self.nest(record, wildcards, cx),
            Operation::Lift => self.lift(record, cx),
        }
    }

    fn nest<'a>(&'a self, record: &mut Record<'a>, wildcards: &[Wildcard], cx: &mut Context<'a, '_>) {
        let is_nested = |field: &Field<'_>| wildcards.iter().any(|wildcard| wildcard.is(field.key));
        let mut nested = cx.scratch.take_fields();
        nested.extend(record.fields.iter().filter(|field| is_nested(field)));
        if !nested.is_empty() {
            record.fields.retain(|field| !is_nested(field));
            for field in &mut nested {
                field.key = self.prefixed(field.key, cx);
            }
            record.fields.push(Field::new(&self.key, Value::Map(cx.arena.slice(&nested))));
        }
        cx.scratch.put_fields(nested);
    }

    fn lift<'a>(&'a self, record: &mut Record<'a>, cx: &mut Context<'a, '_>) {
        let is_lifted = |field: &Field<'_>| field.key == &*self.key && field.value.kind() == Kind::Map;
        let mut lifted = cx.scratch.take_fields();
        lifted.extend(record.fields.iter().filter(|field| is_lifted(field)));
        if !lifted.is_empty() {
            record.fields.retain(|field| !is_lifted(field));
            for member in lifted.iter().filter_map(|field| field.value.members()).flatten() {
                record.fields.push(Field::new(self.prefixed(member.key, cx), member.value));
            }
        }
        cx.scratch.put_fields(lifted);
    }

    fn prefixed<'a>(&'a self, key: &'a [u8], cx: &Context<'a, '_>) -> &'a [u8] {
        match &self.prefix {
            Prefix::None => key,
            Prefix::Add(prefix) => cx.arena.concat(&[prefix, key]),
            Prefix::Remove(prefix) => key.strip_prefix(&**prefix).unwrap_or(key),
        }
    }
}

impl Wildcard {
    fn is(&self, key: &[u8]) -> bool {
        if self.open { key.starts_with(&self.text) } else { *key == *self.text }
    }
}

#[cfg(test)]
mod tests {
    use event_model::{Arena, Compat, Constant, OwnedField, OwnedValue};

    use super::*;
    use crate::test_support::{apply, problems, section};

    fn check(lines: &[&str], fields: &[(&'static str, Value<'static>)], expected: &str) {
        let filter = Nest::from_section(&section("nest", lines, Compat::V5_1), &mut Vec::new()).unwrap();
        let arena = Arena::new();
        assert_eq!(apply(&arena, fields, |record, cx| filter.apply(record, cx)), expected, "{lines:?}");
    }

    const MAP: &[Field<'_>] = &[Field::new(b"x", Value::Int(1)), Field::new(b"y", Value::Map(&[]))];
    const RECORD: [(&str, Value<'_>); 4] =
        [("a", Value::Str(b"1")), ("b", Value::Int(2)), ("m", Value::Map(MAP)), ("ab", Value::Null)];
    const SAME: &str = "a=1 b=2 m={x=1 y={}} ab=null";

    #[test]
    fn nesting() {
        for (lines, expected) in [
            (
                &["Operation nest", "Wildcard a*", "Wildcard b", "Nest_under in"][..],
                "m={x=1 y={}} in={a=1 b=2 ab=null}",
            ),
            (&["Operation nest", "Wildcard a", "Nest_under m"], "b=2 m={x=1 y={}} ab=null m={a=1}"),
            (
                &["Operation nest", "Wildcard a*", "Nest_under in", "Remove_prefix a"],
                "b=2 m={x=1 y={}} in={=1 b=null}",
            ),
            (
                &["Operation nest", "Wildcard a", "Nest_under in", "Add_prefix p."],
                "b=2 m={x=1 y={}} ab=null in={p.a=1}",
            ),
            (&["Operation nest", "Wildcard *", "Nest_under in"], "in={a=1 b=2 m={x=1 y={}} ab=null}"),
            (&["Operation nest", "Wildcard zz*", "Nest_under in"], SAME),
            (&["Operation nest"], SAME),
            // Without an operation, `nest` is meant.
            (&["Nested_under m"], SAME),
        ] {
            check(lines, &RECORD, expected);
        }
    }

    #[test]
    fn lifting() {
        for (lines, expected) in [
            (&["Operation lift", "Nested_under m"][..], "a=1 b=2 ab=null x=1 y={}"),
            (&["Operation lift", "Nested_under m", "Add_prefix m_"], "a=1 b=2 ab=null m_x=1 m_y={}"),
            (&["Operation lift", "Nested_under m", "Remove_prefix x"], "a=1 b=2 ab=null =1 y={}"),
            (&["Operation lift", "Nested_under a"], SAME),
            (&["Operation lift", "Nested_under zz"], SAME),
        ] {
            check(lines, &RECORD, expected);
        }
        let twice = [("m", Value::Map(MAP)), ("m", Value::Null), ("m", Value::Map(&[]))];
        check(&["Operation lift", "Nested_under m"], &twice, "m=null x=1 y={}");
    }

    #[test]
    fn a_constant_is_lifted() {
        let pod = Constant::new(OwnedValue::Map(vec![OwnedField::new("pod", OwnedValue::text("web"))]));
        let section = section("nest", &["Operation lift", "Nested_under k"], Compat::V5_1);
        let filter = Nest::from_section(&section, &mut Vec::new()).unwrap();
        let arena = Arena::new();
        let found = apply(&arena, &[], |record, cx| {
            record.fields.push(Field::new(b"k", Value::Constant(&pod)));
            filter.apply(record, cx);
        });
        assert_eq!(found, "pod=web");
    }

    #[test]
    fn complaints() {
        for (lines, expected) in [
            (&["Operation fold"][..], Some("invalid-value")),
            (&["Operation lift"], Some("missing-property")),
            (&["Operation nest", "Wildcard a"], Some("missing-property")),
            (&["Add_prefix a", "Remove_prefix b"], Some("exclusive-properties")),
            (&["Operation nested", "Nest_under a"], None),
        ] {
            let found = problems(&section("nest", lines, Compat::V5_1), |section, problems| {
                Nest::from_section(section, problems).is_some()
            });
            assert_eq!(found, Vec::from_iter(expected), "{lines:?}");
        }
    }
}
