//! The `modify` filter: rules that change fields, applied in order where all conditions hold.

use event_model::{Compat, Record};
use fluentbit_config::{Property, Section};
use source_text::Diagnostic;

use crate::context::{Context, Event, Observer};
use crate::split;

mod condition;
mod rule;

use condition::Condition;
use rule::Rule;

/// A `modify` filter.
///
/// Built with [`from_section`](Self::from_section). Keys of rules are names, not record accessors; those of
/// conditions are accessors where they start with `$`.
#[derive(Clone, Debug)]
pub struct Modify {
    conditions: Vec<Condition>,
    rules: Vec<Rule>,
}

impl Modify {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = problems.len();
        let mut modify = Self { conditions: Vec::new(), rules: Vec::new() };
        for property in &section.properties {
            let is_condition = property.is("condition");
            if !is_condition && !rule::is_name(&property.key) {
                continue;
            }
            let Some(words) = words(property, section.compat) else {
                problems.push(
                    Diagnostic::error(
                        "invalid-rule",
                        property.value_span,
                        format!("`{}` has too many words or an open quote", property.key),
                    )
                    .help(match section.compat {
                        Compat::V1_8 => "Fluent Bit 1.8 splits at every space: quotes do not help",
                        _ => "put what holds spaces in quotes",
                    }),
                );
                continue;
            };
            if is_condition {
                match Condition::new(property, &words, section.compat) {
                    Ok(condition) => modify.conditions.push(condition),
                    Err(problem) => problems.push(*problem),
                }
            } else if let Some(rule) = Rule::new(property, &words, section.compat, problems) {
                modify.rules.push(rule);
            }
        }
        (!problems[before..].iter().any(Diagnostic::is_error)).then_some(modify)
    }

    /// Changes a record.
    pub fn apply<'a>(
        &'a self,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) {
        for condition in &self.conditions {
            let held = condition.holds(&record.fields);
            observer.observe(Event::Tried { rule: condition.span, held });
            if !held {
                observer.observe(Event::Decided { rule: condition.span });
                return;
            }
        }
        for rule in &self.rules {
            let held = rule.apply(&mut record.fields, cx.scratch);
            observer.observe(Event::Tried { rule: rule.span, held });
        }
    }
}

/// The words of a rule or condition: three at most.
fn words(property: &Property, compat: Compat) -> Option<Vec<String>> {
    let words = match compat {
        Compat::V1_8 => split::words(&property.value, 3).into_iter().map(str::to_owned).collect(),
        _ => split::quoted_words(&property.value, 3)?,
    };
    (1..=3).contains(&words.len()).then_some(words)
}

#[cfg(test)]
mod tests {
    use event_model::{Arena, Value};

    use super::*;
    use crate::test_support::{apply, problems, section};

    /// What the rules make of `{"a":"1","b":"two","n":5,"log":"INFO"}` and of `{"a":"","c":null}`.
    fn check(compat: Compat, rules: &[&str], expected: [&str; 2]) {
        let section = section("modify", rules, compat);
        let mut problems = Vec::new();
        let modify = Modify::from_section(&section, &mut problems).unwrap_or_else(|| panic!("{problems:?}"));
        let first = [
            ("a", Value::Str(b"1")),
            ("b", Value::Str(b"two")),
            ("n", Value::Int(5)),
            ("log", Value::Str(b"INFO")),
        ];
        let second = [("a", Value::Str(b"")), ("c", Value::Null)];
        let arena = Arena::new();
        let found = [&first[..], &second[..]]
            .map(|fields| apply(&arena, fields, |record, cx| modify.apply(record, cx, &mut ())));
        assert_eq!(found, expected, "{rules:?}");
    }

    const SAME: [&str; 2] = ["a=1 b=two n=5 log=INFO", "a= c=null"];
    const HIT_FIRST: [&str; 2] = ["a=1 b=two n=5 log=INFO hit=yes", "a= c=null"];
    const HIT_SECOND: [&str; 2] = ["a=1 b=two n=5 log=INFO", "a= c=null hit=yes"];
    const HIT_BOTH: [&str; 2] = ["a=1 b=two n=5 log=INFO hit=yes", "a= c=null hit=yes"];

    #[test]
    fn rules() {
        for (rules, expected) in [
            (&[][..], SAME),
            (&["Set a new"], ["b=two n=5 log=INFO a=new", "c=null a=new"]),
            (&["Add a new"], SAME),
            (&["Add c new"], ["a=1 b=two n=5 log=INFO c=new", "a= c=null"]),
            (&["Remove a"], ["b=two n=5 log=INFO", "c=null"]),
            (&["Remove_wildcard l"], ["a=1 b=two n=5", "a= c=null"]),
            (&["Remove_wildcard l*"], SAME),
            (&["Remove_regex ^[ab]$"], ["n=5 log=INFO", "c=null"]),
            (&["Rename a b"], ["a=1 b=two n=5 log=INFO", "b= c=null"]),
            (&["Rename a z"], ["z=1 b=two n=5 log=INFO", "z= c=null"]),
            (&["Rename zz b"], SAME),
            (&["Hard_rename a b"], ["b=1 n=5 log=INFO", "b= c=null"]),
            (&["Hard_rename zz b"], SAME),
            (&["Copy a k"], ["a=1 k=1 b=two n=5 log=INFO", "a= k= c=null"]),
            (&["Copy a b"], ["a=1 b=two n=5 log=INFO", "a= b= c=null"]),
            (&["Hard_copy a b"], ["a=1 b=1 n=5 log=INFO", "a= b= c=null"]),
            (&["Move_to_start l"], ["log=INFO a=1 b=two n=5", "a= c=null"]),
            (&["Move_to_start l*"], SAME),
            (&["Move_to_end a"], ["b=two n=5 log=INFO a=1", "c=null a="]),
            (&["Set a 2", "Rename a b", "Rename a z"], ["b=two n=5 log=INFO z=2", "c=null b=2"]),
            (&[r#"Set "k k" "v v""#], ["a=1 b=two n=5 log=INFO k k=v v", "a= c=null k k=v v"]),
            // Three words make a `Rename` of the first to the last, whatever the rule is called.
            (&["Set a x z"], ["z=1 b=two n=5 log=INFO", "z= c=null"]),
        ] {
            check(Compat::V5_1, rules, expected);
        }
    }

    #[test]
    fn repeated_keys() {
        let fields = [("a", Value::Int(1)), ("b", Value::Int(2)), ("a", Value::Int(3)), ("b", Value::Int(4))];
        for (rule, expected) in [
            ("Set a x", "b=2 b=4 a=x"),
            ("Rename a z", "z=1 b=2 z=3 b=4"),
            ("Hard_rename a b", "b=1 b=3"),
            ("Hard_rename a a", "b=2 b=4"),
            ("Copy a z", "a=1 b=2 a=3 b=4"),
            ("Hard_copy a z", "a=1 b=2 a=3 b=4"),
        ] {
            let section = section("modify", &[rule], Compat::V5_1);
            let modify = Modify::from_section(&section, &mut Vec::new()).unwrap();
            let arena = Arena::new();
            let found = apply(&arena, &fields, |record, cx| modify.apply(record, cx, &mut ()));
            assert_eq!(found, expected, "{rule}");
        }
    }

    #[test]
    fn conditions() {
        for (condition, expected) in [
            ("Key_exists b", HIT_FIRST),
            ("Key_exists $b", HIT_FIRST),
            ("key_does_not_exist b", HIT_SECOND),
            ("Key_value_equals a 1", HIT_FIRST),
            ("Key_value_equals n 5", SAME),
            ("Key_value_equals a", HIT_SECOND),
            ("Key_value_does_not_equal a 1", HIT_SECOND),
            ("Key_value_does_not_equal b 1", HIT_FIRST),
            ("Key_value_matches b ^t", HIT_FIRST),
            ("Key_value_does_not_match b ^t", SAME),
            ("Key_value_does_not_match a ^1", HIT_SECOND),
            ("A_key_matches ^c$", HIT_SECOND),
            ("No_key_matches ^c$", HIT_FIRST),
            ("Matching_keys_have_matching_values ^b$ ^t", HIT_BOTH),
            ("Matching_keys_have_matching_values ^a$ ^1", HIT_FIRST),
            ("Matching_keys_do_not_have_matching_values ^a$ ^1", HIT_SECOND),
        ] {
            check(Compat::V5_1, &[&format!("Condition {condition}"), "Set hit yes"], expected);
        }
        let both = ["Condition Key_exists a", "Set hit yes", "Condition Key_exists b"];
        check(Compat::V5_1, &both, HIT_FIRST);
    }

    /// 1.8.11 takes a text of one byte for no accessor.
    #[test]
    fn short_keys_of_1_8() {
        for (condition, expected) in [
            ("Key_exists a", SAME),
            ("Key_exists log", HIT_FIRST),
            ("Key_exists $b", HIT_FIRST),
            ("Key_does_not_exist a", HIT_BOTH),
            ("Key_value_equals a 1", SAME),
            ("Key_value_equals log INFO", HIT_FIRST),
            ("Key_value_does_not_equal a 1", SAME),
            ("A_key_matches ^c$", HIT_SECOND),
        ] {
            check(Compat::V1_8, &[&format!("Condition {condition}"), "Set hit yes"], expected);
        }
        check(Compat::V1_8, &["Set a x z"], SAME);
    }

    #[test]
    fn malformed() {
        for (rule, code_5_1, code_1_8) in [
            ("Condition Key_likes a", Some("invalid-condition"), Some("invalid-condition")),
            ("Condition Key_exists", Some("invalid-condition"), Some("invalid-condition")),
            ("Condition Key_value_matches b", Some("invalid-condition"), Some("invalid-condition")),
            ("Condition A_key_matches (", Some("invalid-regex"), Some("invalid-regex")),
            ("Condition Key_exists $a[", Some("invalid-accessor"), Some("invalid-accessor")),
            ("Set a", Some("invalid-rule"), Some("invalid-rule")),
            ("Remove a b", Some("invalid-rule"), Some("invalid-rule")),
            ("Set a b c d", Some("invalid-rule"), Some("invalid-rule")),
            (r#"Set "a b"#, Some("invalid-rule"), None),
            ("Remove_regex (", Some("invalid-regex"), Some("invalid-regex")),
            // 5.1 compiles every key and value, wherever a pattern is of use or not.
            ("Set a (", Some("invalid-regex"), None),
            ("Move_to_start a", None, Some("invalid-rule")),
            ("Set a b c", Some("rename-by-accident"), Some("ignored-rule")),
            ("Set a b", None, None),
        ] {
            for (compat, code) in [(Compat::V5_1, code_5_1), (Compat::V1_8, code_1_8)] {
                let found = problems(&section("modify", &[rule], compat), |section, problems| {
                    Modify::from_section(section, problems).is_some()
                });
                assert_eq!(found, Vec::from_iter(code), "{rule} {compat}");
            }
        }
    }
}
