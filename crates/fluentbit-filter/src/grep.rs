//! The `grep` filter.
//!
//! A rule names a field and a pattern; only text matches, numbers and other values never do. How rules are
//! put together is [`Combine`].

use event_model::{Compat, Field};
use fluentbit_config::{Property, Section};
use onigmo_regex::Regex;
use source_text::{Diagnostic, Span};

use crate::accessor::Accessor;
use crate::context::{Event, Observer};
use crate::{regex, split};

/// A `grep` filter.
///
/// ```
/// use event_model::{Compat, Field, Value};
/// use fluentbit_filter::grep::{Action, Combine, Grep, Rule};
///
/// let rule = Rule::new(Action::Regex, "priority", "[234]", Compat::V5_1).unwrap();
/// let grep = Grep::new(vec![rule], Combine::Legacy);
/// assert!(grep.keeps(&[Field::new(b"priority", Value::Str(b"3"))]));
/// assert!(!grep.keeps(&[Field::new(b"priority", Value::Int(3))]));
/// ```
#[derive(Clone, Debug)]
pub struct Grep {
    rules: Vec<Rule>,
    combine: Combine,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    action: Action,
    accessor: Accessor,
    regex: Regex,
    span: Span,
}

/// What a match of a rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Records that match are wanted.
    Regex,
    /// Records that match are not wanted.
    Exclude,
}

/// How several rules are put together (`Logical_Op`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Combine {
    /// In order, each rule can decide: an `Exclude` that matches drops the record, a `Regex` keeps or drops
    /// it. Rules after the first `Regex` are therefore never reached. What no rule decides is kept.
    #[default]
    Legacy,
    /// All rules must match.
    And,
    /// One rule must match.
    Or,
}

impl Rule {
    /// A rule for the value at `field`, a key or a record accessor with or without its `$`.
    ///
    /// # Errors
    ///
    /// When the accessor or the pattern is malformed.
    pub fn new(action: Action, field: &str, pattern: &str, compat: Compat) -> Result<Self, Box<Diagnostic>> {
        Self::at(Span::default(), action, field, pattern, compat)
    }

    fn at(
        span: Span,
        action: Action,
        field: &str,
        pattern: &str,
        compat: Compat,
    ) -> Result<Self, Box<Diagnostic>> {
        let text = if field.starts_with('$') { field.to_owned() } else { format!("${field}") };
        let accessor = Accessor::parse(&text, compat).map_err(|error| {
            let message = format!("`{field}` is no record accessor: {error}");
            Diagnostic::error("invalid-accessor", span, message)
        })?;
        if accessor.is_void() && compat == Compat::V1_8 {
            let message = format!("Fluent Bit 1.8 crashes on the field `{field}`");
            return Err(Diagnostic::error("invalid-accessor", span, message).into());
        }
        Ok(Self { action, accessor, regex: regex::compile(pattern, span, compat)?, span })
    }

    fn of_property(action: Action, property: &Property, compat: Compat) -> Result<Self, Box<Diagnostic>> {
        match split::words(&property.value, 1)[..] {
            [field, pattern] => Self::at(property.value_span, action, field, pattern, compat),
            _ => {
                let message = format!("`{}` needs a field and a pattern", property.key);
                let problem = Diagnostic::error("invalid-rule", property.value_span, message);
                Err(problem.help("write the field, one space, and the pattern").into())
            }
        }
    }

    #[inline]
    fn matches(&self, fields: &[Field<'_>]) -> bool {
        self.accessor.text(fields).is_some_and(|text| self.regex.is_match(text))
    }
}

impl Grep {
    /// A filter with `rules` in this order.
    #[must_use]
    pub fn new(rules: Vec<Rule>, combine: Combine) -> Self {
        Self { rules, combine }
    }

    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let compat = section.compat;
        let before = problems.len();
        let operator = section.get("logical_op");
        if let Some(property) = operator.filter(|_| compat == Compat::V1_8) {
            problems.push(Diagnostic::error(
                "unknown-property",
                property.key_span,
                "Fluent Bit 1.8 takes `Logical_Op` for a rule and fails",
            ));
        }
        let combine = match operator.map(|property| property.value.to_ascii_lowercase()).as_deref() {
            Some("and") => Combine::And,
            Some("or") => Combine::Or,
            _ => Combine::Legacy,
        };
        let mut rules: Vec<Rule> = Vec::new();
        for property in &section.properties {
            let action = match property {
                property if property.is("regex") => Action::Regex,
                property if property.is("exclude") => Action::Exclude,
                _ => continue,
            };
            match Rule::of_property(action, property, compat) {
                Ok(rule) => rules.push(rule),
                Err(problem) => problems.push(*problem),
            }
        }
        if combine != Combine::Legacy
            && let (Some(regex), Some(exclude)) = (section.get("regex"), section.get("exclude"))
        {
            problems.push(
                Diagnostic::error(
                    "exclusive-properties",
                    exclude.key_span,
                    "`Logical_Op` cannot put `Regex` and `Exclude` together",
                )
                .label(regex.key_span, "the other kind of rule")
                .help("use two grep filters, one after the other"),
            );
        }
        (!problems[before..].iter().any(Diagnostic::is_error)).then(|| Self::new(rules, combine))
    }

    /// Whether a record of these fields is kept.
    #[must_use]
    #[inline]
    pub fn keeps(&self, fields: &[Field<'_>]) -> bool {
        self.keeps_observed(fields, &mut ())
    }

    /// The same, telling `observer` which rules were tried and which decided.
    #[inline]
    pub fn keeps_observed(&self, fields: &[Field<'_>], observer: &mut impl Observer) -> bool {
        match self.combine {
            Combine::Legacy => self.legacy(fields, observer),
            Combine::And | Combine::Or => self.logical(fields, observer),
        }
    }

    #[inline]
    fn legacy(&self, fields: &[Field<'_>], observer: &mut impl Observer) -> bool {
        for rule in &self.rules {
            let held = rule.matches(fields);
            observer.observe(Event::Tried { rule: rule.span, held });
            if held || rule.action == Action::Regex {
                observer.observe(Event::Decided { rule: rule.span });
                return held && rule.action == Action::Regex;
            }
        }
        true
    }

    fn logical(&self, fields: &[Field<'_>], observer: &mut impl Observer) -> bool {
        let mut held = false;
        let mut last = None;
        for rule in &self.rules {
            held = rule.matches(fields);
            last = Some(rule);
            observer.observe(Event::Tried { rule: rule.span, held });
            if held == (self.combine == Combine::Or) {
                break;
            }
        }
        let Some(rule) = last else { return true };
        observer.observe(Event::Decided { rule: rule.span });
        held == (rule.action == Action::Regex)
    }
}

#[cfg(test)]
mod tests {
    use event_model::Value;

    use super::*;

    fn grep(rules: &[(Action, &str, &str)], combine: Combine, compat: Compat) -> Grep {
        let rule = |(action, field, pattern): &(Action, &str, &str)| {
            Rule::new(*action, field, pattern, compat).unwrap()
        };
        Grep::new(rules.iter().map(rule).collect(), combine)
    }

    /// The records a=x b=y, a=x b=n, a=n b=y, a=n b=n, a=x, b=y, c=z, empty that are kept.
    fn check(combine: Combine, rules: &[(Action, &str, &str)], expected: [bool; 8]) {
        let fields = |text: &'static str| -> Vec<Field<'static>> {
            let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
            pairs.map(|(key, value)| Field::new(key.as_bytes(), Value::Str(value.as_bytes()))).collect()
        };
        let grep = grep(rules, combine, Compat::V5_1);
        let kept = ["a=x b=y", "a=x b=n", "a=n b=y", "a=n b=n", "a=x", "b=y", "c=z", ""]
            .map(|text| grep.keeps(&fields(text)));
        assert_eq!(kept, expected, "{combine:?} {rules:?}");
    }

    #[test]
    fn rules_in_order() {
        use Action::{Exclude as E, Regex as R};
        const T: bool = true;
        const F: bool = false;
        for (rules, expected) in [
            (&[][..], [T; 8]),
            (&[(R, "a", "x")], [T, T, F, F, T, F, F, F]),
            (&[(E, "a", "x"), (E, "b", "y")], [F, F, F, T, F, F, T, T]),
            // Rules after a `Regex` are never reached.
            (&[(R, "a", "x"), (E, "b", "y")], [T, T, F, F, T, F, F, F]),
            (&[(R, "a", "x"), (R, "a", "n")], [T, T, F, F, T, F, F, F]),
            (&[(E, "a", "x"), (R, "b", "y")], [F, F, T, F, F, T, F, F]),
            (&[(E, "a", "x"), (R, "a", "x")], [F; 8]),
        ] {
            check(Combine::Legacy, rules, expected);
        }
        for (rules, expected) in [
            (&[][..], [T; 8]),
            (&[(R, "a", "x"), (R, "b", "y")], [T, F, F, F, F, F, F, F]),
            (&[(E, "a", "x"), (E, "b", "y")], [F, T, T, T, T, T, T, T]),
        ] {
            check(Combine::And, rules, expected);
        }
        for (rules, expected) in [
            (&[][..], [T; 8]),
            (&[(R, "a", "x"), (R, "b", "y")], [T, T, T, F, T, T, F, F]),
            (&[(E, "a", "x"), (E, "b", "y")], [F, F, F, T, F, F, T, T]),
        ] {
            check(Combine::Or, rules, expected);
        }
    }

    #[test]
    fn only_text_matches() {
        let grep = grep(&[(Action::Regex, "p", "2|true")], Combine::Legacy, Compat::V5_1);
        let two = [Value::Str(b"2")];
        for (value, expected) in [
            (Value::Str(b"12"), true),
            (Value::Int(2), false),
            (Value::Float(2.0), false),
            (Value::Bool(true), false),
            (Value::Null, false),
            (Value::Bin(b"2"), false),
            (Value::Array(&two), false),
            (Value::Map(&[]), false),
        ] {
            assert_eq!(grep.keeps(&[Field::new(b"p", value)]), expected, "{value:?}");
        }
    }

    #[test]
    fn the_observer_hears_what_decided() {
        let mut rules = grep(
            &[(Action::Exclude, "a", "n"), (Action::Regex, "a", "x"), (Action::Regex, "b", "y")],
            Combine::Legacy,
            Compat::V5_1,
        );
        for (index, rule) in rules.rules.iter_mut().enumerate() {
            rule.span = Span::new(Span::default().source, index, index);
        }
        let at = |index: usize| rules.rules[index].span;
        let mut events = Vec::new();
        assert!(rules.keeps_observed(&[Field::new(b"a", Value::Str(b"x"))], &mut events));
        assert_eq!(
            events,
            [
                Event::Tried { rule: at(0), held: false },
                Event::Tried { rule: at(1), held: true },
                Event::Decided { rule: at(1) },
            ]
        );
    }

    #[test]
    fn malformed_rules() {
        let code = |field, pattern, compat| {
            Rule::new(Action::Regex, field, pattern, compat).err().map(|problem| problem.code())
        };
        assert_eq!(code("m", "(a", Compat::V5_1), Some("invalid-regex"));
        assert_eq!(code("$k[a]", "a", Compat::V5_1), Some("invalid-accessor"));
        assert_eq!(code("1x", "a", Compat::V5_1), None);
        assert_eq!(code("1x", "a", Compat::V1_8), Some("invalid-accessor"));
        assert_eq!(code("log-level", "a", Compat::V1_8), Some("invalid-accessor"));
    }
}
