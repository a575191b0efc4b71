//! Rules of grep filters.

use source_text::Diagnostic;

use super::{certain, is, likely};
use crate::load::Config;
use crate::section::{Property, Section};

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for filter in config.filters.iter().filter(|filter| is(filter, "grep")) {
        let rules: Vec<&Property> = filter.properties.iter().filter(|rule| is_rule(rule)).collect();
        dead_rules(config, filter, &rules, problems);
        for rule in rules {
            problems.extend(spaces(rule).or_else(|| number(config, rule)));
            problems.extend(unreachable_key(rule));
        }
    }
}

fn is_rule(property: &Property) -> bool {
    property.is("regex") || property.is("exclude")
}

/// Rules that come after a `Regex`, which decides for every record.
fn dead_rules(config: &Config, filter: &Section, rules: &[&Property], problems: &mut Vec<Diagnostic>) {
    let operator = filter.get("logical_op").map(|property| property.value.to_ascii_lowercase());
    if matches!(operator.as_deref(), Some("and" | "or")) {
        let (regex, exclude) = (filter.get("regex"), filter.get("exclude"));
        if let (Some(regex), Some(exclude)) = (regex, exclude) {
            problems.push(
                Diagnostic::error(
                    "exclusive-properties",
                    exclude.key_span,
                    "with `Logical_Op`, a grep filter has either `Regex` or `Exclude`",
                )
                .label(regex.key_span, "set here"),
            );
        }
        return;
    }
    let Some(decides) = rules.iter().position(|rule| rule.is("regex")) else { return };
    for dead in &rules[decides + 1..] {
        let problem = Diagnostic::warning(
            "dead-grep-rule",
            dead.key_span,
            "this rule is never looked at: the `Regex` before it decides for every record",
        )
        .label(rules[decides].key_span, "it decides here");
        problems.push(if dead.is("exclude") {
            let line = config.line_of(dead);
            let moved = line.and_then(|line| config.insertion_before(rules[decides], &line));
            let edits = [moved, config.removal(dead)];
            likely(problem.help("put every `Exclude` first"), "put it before the `Regex`", edits)
        } else {
            let edit = (rules.len() == decides + 2)
                .then(|| config.insertion(filter, "Logical_Op", "and"))
                .flatten()
                .filter(|_| decides == 0);
            let problem = problem
                .help("with `Logical_Op and` all of several `Regex` must match, with `or` one of them");
            likely(problem, "ask for both", [edit])
        });
    }
}

/// The field and the pattern of a rule, and where the pattern begins.
fn parts(rule: &Property) -> Option<(&str, &str, usize)> {
    let (field, pattern) = rule.value.split_once(' ')?;
    Some((field, pattern, field.len() + 1))
}

/// Blanks before the pattern, which belong to it.
fn spaces(rule: &Property) -> Option<Diagnostic> {
    let (_, pattern, at) = parts(rule)?;
    let blanks = pattern.len() - pattern.trim_start_matches(' ').len();
    if blanks == 0 || blanks == pattern.len() {
        return None;
    }
    let span = rule.span_of(&rule.value[at..at + blanks]);
    let problem = Diagnostic::warning(
        "spaces-in-pattern",
        span,
        "these spaces belong to the pattern: only values with spaces at that place match",
    )
    .help("one space parts the field from the pattern");
    let edit = rule.rewritten(&rule.raw.replacen(&rule.value[at - 1..at + blanks], " ", 1));
    Some(certain(problem, "leave one space", [edit]))
}

/// A pattern for digits on a field that may be a number.
fn number(config: &Config, rule: &Property) -> Option<Diagnostic> {
    let (field, pattern, at) = parts(rule)?;
    if !is_for_digits(pattern) {
        return None;
    }
    let typed = config.parsers.iter().find_map(|parser| {
        let types = parser.get("types")?;
        let is_number = |pair: &str| {
            pair.split_once(':')
                .is_some_and(|(name, kind)| name == field && !kind.eq_ignore_ascii_case("string"))
        };
        types.value.split(' ').any(is_number).then_some(types)
    });
    // Parsers other than json give texts where nothing else is said.
    let merges =
        config.filters.iter().any(|filter| is(filter, "kubernetes") && super::is_on(filter, "merge_log"));
    let json = config
        .parsers
        .iter()
        .any(|parser| parser.get("format").is_some_and(|format| format.value.eq_ignore_ascii_case("json")));
    if typed.is_none() && !merges && !json {
        return None;
    }
    let problem = Diagnostic::warning(
        "grep-on-number",
        rule.span_of(&rule.value[at..]),
        match typed {
            Some(_) => format!("`{field}` is a number, and a pattern never matches a number"),
            None => format!("if `{field}` is a number in the log, this pattern never matches it"),
        },
    )
    .help("grep looks at texts only: a `Regex` drops the record, an `Exclude` keeps it");
    Some(match typed {
        Some(types) => problem.label(types.value_span, "made a number here"),
        None => problem,
    })
}

/// Whether the pattern can only be meant for numbers.
fn is_for_digits(pattern: &str) -> bool {
    let plain = pattern.replace(r"\d", "0");
    let plain = plain.strip_prefix('/').and_then(|inner| inner.strip_suffix('/')).unwrap_or(&plain);
    plain.contains(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || "^$[]()|+*?-{},.".contains(c))
}

/// A field that no accessor reaches.
fn unreachable_key(rule: &Property) -> Option<Diagnostic> {
    let (field, ..) = parts(rule)?;
    let name = field.strip_prefix('$').unwrap_or(field);
    let outside_quotes = name.split('\'').step_by(2);
    if name.starts_with('@') {
        return Some(
            Diagnostic::warning(
                "unreachable-key",
                rule.span_of(field),
                format!("no rule can reach the key `{name}`: it never matches"),
            )
            .help("rename the key with a modify filter before this one"),
        );
    }
    if !outside_quotes.into_iter().any(|part| part.contains('.')) {
        return None;
    }
    let (first, rest) = name.split_once('.')?;
    let problem = Diagnostic::warning(
        "unreachable-key",
        rule.span_of(field),
        format!("this looks at the key `{first}`: what follows the dot is left out"),
    )
    .help("write a key inside a map as $map['key']; a key with a dot in its name cannot be reached");
    let path: String = rest.split('.').map(|key| format!("['{key}']")).collect();
    let edit = rule
        .raw
        .starts_with(field)
        .then(|| rule.rewritten(&rule.raw.replacen(field, &format!("${first}{path}"), 1)));
    Some(likely(problem, "look inside the map", [edit.flatten()]))
}

#[cfg(test)]
mod tests {
    use super::is_for_digits;

    #[test]
    fn patterns_for_numbers() {
        for (pattern, expected) in [
            ("[234]", true),
            (r"^5\d\d$", true),
            ("/4../", true),
            ("4|5", true),
            ("...", false),
            ("error", false),
            ("e5", false),
        ] {
            assert_eq!(is_for_digits(pattern), expected, "{pattern}");
        }
    }
}
