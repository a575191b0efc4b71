//! Conditions of processors: for which records one runs.

use event_model::{Compat, Record};
use fluentbit_config::{Group, Property, value};
use onigmo_regex::Regex;
use source_text::{Diagnostic, Span};

use crate::accessor::{Source, Template};
use crate::context::Context;
use crate::regex;

/// The `condition` of a processor in Fluent Bit 5.1.1.
///
/// A rule looks at the text its `field`, a record accessor, has in the record: numbers are written out, and a
/// field that is not there is empty text.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// Whether one rule is enough (`op: or`).
    any: bool,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    field: Template,
    test: Test,
    /// Whether the test must fail.
    negate: bool,
}

#[derive(Clone, Debug)]
enum Test {
    /// The text is one of these.
    OneOf(Vec<Box<[u8]>>),
    /// The number at the start of the text compares like this, or not.
    Number(fn(&f64, &f64) -> bool, f64),
    /// The pattern matches at the start of the text, at least one byte.
    Regex(Regex),
}

impl Condition {
    /// Reads the group `condition` of a processor.
    pub(crate) fn from_group(group: &Group, compat: Compat) -> Result<Self, Box<Diagnostic>> {
        let any = match property(group, "op") {
            None => false,
            Some(op) if op.value.eq_ignore_ascii_case("and") => false,
            Some(op) if op.value.eq_ignore_ascii_case("or") => true,
            Some(op) => return Err(invalid(op, "and, or")),
        };
        let rules = group.groups.iter().filter(|inner| inner.name == "rules");
        let rules: Vec<Rule> = rules.map(|rule| Rule::from_group(rule, compat)).collect::<Result<_, _>>()?;
        if rules.is_empty() {
            return Err(missing(group.span, "rules"));
        }
        Ok(Self { any, rules })
    }

    /// Whether the processor is for this record.
    pub(crate) fn holds(&self, record: &Record<'_>, cx: &mut Context<'_, '_>) -> bool {
        let mut text = std::mem::take(&mut cx.scratch.bytes);
        let mut holds = |rule: &Rule| {
            text.clear();
            rule.field.fill(&mut text, &Source { tag: cx.tag, fields: &record.fields, matched: None });
            rule.test.holds(&text) != rule.negate
        };
        let result =
            if self.any { self.rules.iter().any(&mut holds) } else { self.rules.iter().all(&mut holds) };
        cx.scratch.bytes = text;
        result
    }
}

impl Rule {
    fn from_group(group: &Group, compat: Compat) -> Result<Self, Box<Diagnostic>> {
        let required = |key| property(group, key).ok_or_else(|| missing(group.span, key));
        let (field, op, value) = (required("field")?, required("op")?, required("value")?);
        if let Some(context) =
            property(group, "context").filter(|context| !context.value.eq_ignore_ascii_case("body"))
        {
            let message = format!("conditions on `{}` are not supported yet", context.value);
            return Err(Box::new(Diagnostic::error("not-supported-yet", context.value_span, message)));
        }
        let values = || {
            let values = group.properties.iter().filter(|property| property.is("value"));
            values.map(|value| Box::from(value.value.as_bytes())).collect()
        };
        let number = |compare| {
            let text = value.value.trim();
            let number = text.parse().map_err(|_| invalid(value, "a number"))?;
            Ok::<_, Box<Diagnostic>>(Test::Number(compare, number))
        };
        let pattern =
            || Ok::<_, Box<Diagnostic>>(Test::Regex(regex::compile(&value.value, value.value_span, compat)?));
        let (test, negate) = match op.value.to_ascii_lowercase().as_str() {
            "eq" | "in" => (Test::OneOf(values()), false),
            "neq" | "not_in" => (Test::OneOf(values()), true),
            "gt" => (number(f64::gt)?, false),
            "lt" => (number(f64::lt)?, false),
            "gte" => (number(f64::ge)?, false),
            "lte" => (number(f64::le)?, false),
            "regex" => (pattern()?, false),
            "not_regex" => (pattern()?, true),
            _ => return Err(invalid(op, "eq, neq, gt, lt, gte, lte, regex, not_regex, in, not_in")),
        };
        let field = Template::parse(&field.value, compat).map_err(|error| {
            let message = format!("`{}` is no record accessor: {error}", field.value);
            Box::new(Diagnostic::error("invalid-accessor", field.value_span, message))
        })?;
        Ok(Self { field, test, negate })
    }
}

impl Test {
    fn holds(&self, text: &[u8]) -> bool {
        match self {
            Self::OneOf(values) => values.iter().any(|value| **value == *text),
            Self::Number(compare, number) => {
                compare(&value::parse_double(&String::from_utf8_lossy(text)), number)
            }
            Self::Regex(regex) => regex.match_at_start(text).is_some_and(|end| end > 0),
        }
    }
}

fn property<'g>(group: &'g Group, key: &str) -> Option<&'g Property> {
    group.properties.iter().find(|property| property.is(key) && !property.value.is_empty())
}

fn missing(span: Span, key: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("missing-property", span, format!("the condition needs `{key}` here")))
}

fn invalid(property: &Property, expected: &str) -> Box<Diagnostic> {
    let message = format!("`{}` of a condition cannot be `{}`", property.key, property.value);
    Box::new(
        Diagnostic::error("invalid-value", property.value_span, message)
            .help(format!("expected one of {expected}")),
    )
}
