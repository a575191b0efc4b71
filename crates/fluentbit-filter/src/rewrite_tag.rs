//! The `rewrite_tag` filter: sends records to the start of the pipeline under another tag.

use event_model::{Compat, Record};
use fluentbit_config::{Property, Section, value};
use onigmo_regex::Regex;
use source_text::{Diagnostic, Span};

use crate::accessor::{Accessor, Source, Template};
use crate::context::{Context, Event, Observer, Verdict};
use crate::matching::TagPattern;
use crate::regex;

/// A `rewrite_tag` filter.
///
/// The first rule whose pattern matches the text of its key decides. The new tag is a
/// [`Template`]: `$TAG` is the old tag, `$0` to `$9` are the match and its groups.
#[derive(Clone, Debug)]
pub struct RewriteTag {
    rules: Vec<Rule>,
    compat: Compat,
}

#[derive(Clone, Debug)]
struct Rule {
    key: Accessor,
    regex: Regex,
    tag: Template,
    keep: bool,
    span: Span,
}

impl RewriteTag {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = problems.len();
        let rules: Vec<Rule> = section
            .get_all("rule")
            .filter_map(|property| {
                Rule::new(property, section.compat).map_err(|problem| problems.push(*problem)).ok()
            })
            .collect();
        let failed = problems[before..].iter().any(Diagnostic::is_error);
        if rules.is_empty() && !failed {
            problems.push(Diagnostic::warning(
                "no-rules",
                section.span,
                "a rewrite_tag filter without `Rule` does nothing",
            ));
        }
        (!failed).then_some(Self { rules, compat: section.compat })
    }

    /// Reports rules whose new tag the filter itself is for.
    pub(crate) fn report_loops(&self, tags: &TagPattern, problems: &mut Vec<Diagnostic>) {
        for rule in &self.rules {
            let Some(tag) = rule.tag.as_text().filter(|tag| tags.matches(tag)) else { continue };
            let tag = String::from_utf8_lossy(&tag).into_owned();
            let code = "retag-loop";
            let problem = match self.compat {
                Compat::V1_8 => Diagnostic::error(
                    code,
                    rule.span,
                    format!("Fluent Bit 1.8 crashes: this filter is also for the new tag `{tag}`"),
                ),
                _ => Diagnostic::warning(
                    code,
                    rule.span,
                    format!("this filter is also for the new tag `{tag}`: it will leave those records alone"),
                ),
            };
            problems.push(problem.help("choose a new tag that `Match` does not match"));
        }
    }

    /// Decides about a record, which stays as it is.
    pub fn apply<'a>(
        &self,
        record: &Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) -> Verdict<'a> {
        for rule in &self.rules {
            let captures = &mut cx.scratch.captures;
            let text = rule.key.text(&record.fields);
            let matched = text.filter(|text| rule.regex.captures(text, captures));
            observer.observe(Event::Tried { rule: rule.span, held: matched.is_some() });
            let Some(text) = matched else { continue };
            observer.observe(Event::Decided { rule: rule.span });
            let mut tag = std::mem::take(&mut cx.scratch.bytes);
            tag.clear();
            let source =
                Source { tag: cx.tag, fields: &record.fields, matched: Some((text, &cx.scratch.captures)) };
            rule.tag.fill(&mut tag, &source);
            let verdict = Verdict::Retag { tag: cx.arena.bytes(&tag), keep: rule.keep };
            cx.scratch.bytes = tag;
            return verdict;
        }
        match self.rules.last() {
            // 1.8.11 asks the last rule it tried, not whether it matched.
            Some(rule) if self.compat == Compat::V1_8 && !rule.keep => Verdict::KeepUnlessOthersRetag,
            _ => Verdict::Keep,
        }
    }
}

impl Rule {
    fn new(property: &Property, compat: Compat) -> Result<Self, Box<Diagnostic>> {
        let span = property.value_span;
        let words = value::split_words(&property.value, 4);
        let [key, pattern, tag, keep, ..] = &words[..] else {
            let message = format!("`{}` needs four words, and has {}", property.key, words.len());
            let problem = Diagnostic::error("too-few-words", span, message);
            return Err(problem.help("write `Rule $KEY PATTERN NEW_TAG KEEP`").into());
        };
        let malformed = |text: &str, error| {
            let message = format!("`{text}` is no record accessor: {error}");
            Box::new(Diagnostic::error("invalid-accessor", span, message))
        };
        Ok(Self {
            key: Accessor::parse(key, compat).map_err(|error| malformed(key, error))?,
            regex: regex::compile(pattern, span, compat)?,
            tag: Template::parse(tag, compat).map_err(|error| malformed(tag, error))?,
            // Anything but a true word means that the record is not kept.
            keep: value::parse_bool(keep) == Some(true),
            span,
        })
    }
}

#[cfg(test)]
mod tests {
    use event_model::{Arena, Field, Value};

    use super::*;
    use crate::test_support::{apply, problems, section};

    fn check(compat: Compat, rules: &[&str], expected: &str) {
        let lines: Vec<String> = rules.iter().map(|rule| format!("Rule {rule}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let filter =
            RewriteTag::from_section(&section("rewrite_tag", &lines, compat), &mut Vec::new()).unwrap();
        let arena = Arena::new();
        let map = [Field::new(b"z", Value::Int(2))];
        apply(&arena, &[("b", Value::Str(b"two")), ("n", Value::Int(5))], |record, cx| {
            record.fields.push(Field::new(b"m", Value::Map(arena.slice(&map))));
            cx.tag = b"app.web";
            let found = match filter.apply(record, cx, &mut ()) {
                Verdict::Retag { tag, keep } => format!("{} {keep}", String::from_utf8_lossy(tag)),
                other => format!("{other:?}"),
            };
            assert_eq!(found, expected, "{rules:?}");
        });
    }

    #[test]
    fn rules() {
        for (rules, expected) in [
            (&["$b ^two$ new.tag false"][..], "new.tag false"),
            (&["$b ^two$ copy.$TAG true"], "copy.app.web true"),
            (&["$b (t)(w)o $TAG[1].$0.$2 off"], "web.two.w false"),
            (&["$b two x.$n.$m YES"], r#"x.5.{"z":2} true"#),
            (&[r#"$b "t w|two" x.$0 maybe"#], "x.two false"),
            (&["$zzz .* x false", "$b . two false"], "two false"),
            (&["$m['z'] 2 x false"], "Keep"),
            (&["$b three x false"], "Keep"),
            (&["b two x false"], "x false"),
            (&[], "Keep"),
        ] {
            check(Compat::V5_1, rules, expected);
        }
        for (rules, expected) in [
            (&["$b ^two$ new.tag false"][..], "new.tag false"),
            (&["$b three x false"], "KeepUnlessOthersRetag"),
            (&["$b three x true"], "Keep"),
            (&["$b three x false", "$b three x true"], "Keep"),
        ] {
            check(Compat::V1_8, rules, expected);
        }
    }

    #[test]
    fn complaints() {
        for (lines, expected) in [
            (&[][..], Some("no-rules")),
            (&["Rule $b two x"], Some("too-few-words")),
            (&["Rule $b ( x false"], Some("invalid-regex")),
            (&["Rule $b[ two x false"], Some("invalid-accessor")),
            (&["Rule $b two $x[ false"], Some("invalid-accessor")),
            (&["Rule $b two x false"], None),
        ] {
            let found = problems(&section("rewrite_tag", lines, Compat::V5_1), |section, problems| {
                RewriteTag::from_section(section, problems).is_some()
            });
            assert_eq!(found, Vec::from_iter(expected), "{lines:?}");
        }
    }
}
