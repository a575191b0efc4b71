//! Conditions of `modify`.

use event_model::{Compat, Field, Value};
use fluentbit_config::Property;
use onigmo_regex::Regex;
use source_text::{Diagnostic, Span};

use crate::accessor::Accessor;
use crate::regex;

/// One condition.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    test: Test,
    /// The condition holds where the test does not.
    negated: bool,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
enum Test {
    Exists(Accessor),
    Equals(Accessor, Box<[u8]>),
    Matches(Accessor, Regex),
    AnyKey(Regex),
    /// All keys that match the first have values that match the second.
    Values(Regex, Regex),
}

impl Condition {
    pub(super) fn new(
        property: &Property,
        words: &[String],
        compat: Compat,
    ) -> Result<Self, Box<Diagnostic>> {
        let span = property.value_span;
        let fail = |message: String| Box::new(Diagnostic::error("invalid-condition", span, message));
        let (name, a) = match words {
            [name, a, ..] => (name.as_str(), a.as_str()),
            _ => return Err(fail(format!("`{}` needs a key", property.value))),
        };
        let b = words.get(2).map_or("", String::as_str);
        let accessor = || {
            Accessor::parse(a, compat).map_err(|error| {
                let message = format!("`{a}` is no record accessor: {error}");
                Box::new(Diagnostic::error("invalid-accessor", span, message))
            })
        };
        let compile = |pattern: &str| match pattern {
            "" => Err(fail(format!("`{name}` needs a pattern"))),
            pattern => regex::compile(pattern, span, compat),
        };
        let (test, negated) = match name.to_ascii_lowercase().as_str() {
            "key_exists" => (Test::Exists(accessor()?), false),
            "key_does_not_exist" => (Test::Exists(accessor()?), true),
            "key_value_equals" => (Test::Equals(accessor()?, b.as_bytes().into()), false),
            "key_value_does_not_equal" => (Test::Equals(accessor()?, b.as_bytes().into()), true),
            "key_value_matches" => (Test::Matches(accessor()?, compile(b)?), false),
            "key_value_does_not_match" => (Test::Matches(accessor()?, compile(b)?), true),
            "a_key_matches" => (Test::AnyKey(compile(a)?), false),
            "no_key_matches" => (Test::AnyKey(compile(a)?), true),
            "matching_keys_have_matching_values" => (Test::Values(compile(a)?, compile(b)?), false),
            "matching_keys_do_not_have_matching_values" => (Test::Values(compile(a)?, compile(b)?), true),
            _ => {
                let problem = fail(format!("`{name}` is no condition"));
                let meant = source_text::suggest(name, NAMES);
                return Err(match meant {
                    Some(meant) => Box::new(problem.help(format!("did you mean `{meant}`?"))),
                    None => problem,
                });
            }
        };
        Ok(Self { test, negated, span })
    }

    pub(super) fn holds(&self, fields: &[Field<'_>]) -> bool {
        let held = match &self.test {
            Test::Exists(accessor) => accessor.field_value(fields).is_some(),
            // A missing key is neither equal nor unequal.
            Test::Equals(accessor, text) => match accessor.field_value(fields) {
                Some(value) => same_text(value, text),
                None => return false,
            },
            Test::Matches(accessor, regex) => match accessor.field_value(fields) {
                Some(value) => value_matches(value, regex),
                None => return false,
            },
            Test::AnyKey(regex) => fields.iter().any(|field| regex.is_match(field.key)),
            Test::Values(keys, values) => fields
                .iter()
                .filter(|field| keys.is_match(field.key))
                .all(|field| value_matches(field.value, values)),
        };
        held != self.negated
    }
}

const NAMES: [&str; 10] = [
    "Key_exists",
    "Key_does_not_exist",
    "Key_value_equals",
    "Key_value_does_not_equal",
    "Key_value_matches",
    "Key_value_does_not_match",
    "A_key_matches",
    "No_key_matches",
    "Matching_keys_have_matching_values",
    "Matching_keys_do_not_have_matching_values",
];

fn same_text(value: Value<'_>, text: &[u8]) -> bool {
    matches!(value.resolve(), Value::Str(found) | Value::Bin(found) if found == text)
}

/// Text and booleans can match.
fn value_matches(value: Value<'_>, regex: &Regex) -> bool {
    match value.resolve() {
        Value::Str(text) => regex.is_match(text),
        Value::Bool(true) => regex.is_match(b"true"),
        Value::Bool(false) => regex.is_match(b"false"),
        _ => false,
    }
}
