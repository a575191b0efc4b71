//! Multiline parsers from `[MULTILINE_PARSER]` sections.

use event_model::Compat;
use fluentbit_config::value::{parse_bool, split_words};
use fluentbit_config::{Property, Section};
use source_text::{Diagnostic, Span};

use super::parser::{Join, MultilineOptions, MultilineParser, MultilineRule};
use crate::line::ParserSet;

impl MultilineParser {
    /// Makes the parser of a `[MULTILINE_PARSER]` section. `parsers` are those that its `Parser` may name.
    ///
    /// # Errors
    ///
    /// Everything for which Fluent Bit would not make the parser.
    pub fn from_section(
        section: &Section,
        compat: Compat,
        parsers: &ParserSet,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut refused = Vec::new();
        let name =
            required(section, "Name", &mut refused).map(|name| name.value.as_str()).unwrap_or_default();
        let (join, spans) = read_join(section, &mut refused);
        let line = section.get("parser").filter(|property| !property.value.is_empty());
        let line = line.map(|property| (parsers.get(&property.value), property));
        if let Some((None, property)) = line {
            let message = format!("no parser is called `{}`", property.value);
            refused.push(Diagnostic::error("unknown-parser", property.value_span, message));
        }
        let Some(join) = join else { return Err(refused) };
        let mut options = MultilineOptions::new(join);
        let text = |key| section.str(key).map(str::to_owned);
        options.key_content = text("key_content");
        options.key_pattern = text("key_pattern");
        options.key_group = text("key_group");
        // As in all parsers, what is not false is true.
        options.negate = section.str("negate").is_some_and(|value| parse_bool(value).unwrap_or(true));
        if let Ok(milliseconds @ 1..) = u64::try_from(section.int("flush_timeout", 0)) {
            options.flush_timeout = milliseconds;
        }
        match Self::new(name, &options, line.and_then(|(parser, _)| parser), compat) {
            Ok(parser) if refused.is_empty() => Ok(parser),
            Ok(_) => Err(refused),
            Err(error) => {
                let span = spans.get(error.rule()).copied().unwrap_or(section.span);
                refused.push(Diagnostic::error("invalid-rule", span, error.to_string()));
                Err(refused)
            }
        }
    }
}

fn required<'s>(section: &'s Section, key: &str, refused: &mut Vec<Diagnostic>) -> Option<&'s Property> {
    let property = section.get(key).filter(|property| !property.value.is_empty());
    if property.is_none() {
        let message = format!("the multiline parser has no `{key}`");
        refused.push(Diagnostic::error("missing-parser-property", section.span, message));
    }
    property
}

/// How lines are joined, and where the rules for it stand.
fn read_join(section: &Section, refused: &mut Vec<Diagnostic>) -> (Option<Join>, Vec<Span>) {
    let Some(kind) = required(section, "Type", refused) else { return (None, Vec::new()) };
    let mut with_text = |join: fn(String) -> Join| {
        let text = required(section, "Match_String", refused).map(|text| text.value.clone());
        (text.map(join), Vec::new())
    };
    match kind.value.to_ascii_lowercase().as_str() {
        "endswith" => with_text(Join::EndsWith),
        "equal" | "eq" => with_text(Join::Equal),
        "regex" => {
            let (rules, spans) = rules(section, refused);
            (Some(Join::Regex(rules)), spans)
        }
        _ => {
            let message = format!("there is no type of multiline parser `{}`", kind.value);
            let problem = Diagnostic::error("invalid-multiline-type", kind.value_span, message);
            refused.push(problem.help("expected one of regex, endswith, equal"));
            (None, Vec::new())
        }
    }
}

/// The rules, those of YAML first, as Fluent Bit reads them.
fn rules(section: &Section, refused: &mut Vec<Diagnostic>) -> (Vec<MultilineRule>, Vec<Span>) {
    let mut rules = Vec::new();
    for group in section.groups.iter().filter(|group| group.name == "rules") {
        let text = |key| {
            group.properties.iter().find(|property| property.is(key)).map_or("", |property| &property.value)
        };
        rules.push((MultilineRule::new(text("state"), text("regex"), text("next_state")), group.span));
    }
    for property in section.get_all("rule") {
        let words = split_words(&property.value, 3);
        match words.as_slice() {
            [states, pattern, rest @ ..] => {
                let next = rest.first().map_or("", |next| next);
                rules.push((MultilineRule::new(states, pattern.as_ref(), next), property.value_span));
            }
            _ => refused.push(
                Diagnostic::error("invalid-rule", property.value_span, "a rule needs a state and a pattern")
                    .help("expected \"STATE\" \"/PATTERN/\" \"NEXT STATE\""),
            ),
        }
    }
    rules.into_iter().unzip()
}
