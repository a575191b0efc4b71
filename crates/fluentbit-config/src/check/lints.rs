//! What Fluent Bit accepts without a word although it hardly does what was meant.

use std::collections::BTreeMap;

use source_text::Diagnostic;

use crate::load::Config;
use crate::section::{Property, Section};

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for input in config.inputs.iter().filter(|input| is(input, "tail")) {
        parser_beside_multiline(input, problems);
        star_with_tag_regex(input, problems);
        double_backslash(input, "tag_regex", problems);
    }
    for parser in &config.parsers {
        double_backslash(parser, "regex", problems);
    }
    for filter in config.filters.iter().filter(|filter| is(filter, "grep")) {
        dead_grep_rules(filter, problems);
    }
    shared_databases(config, problems);
}

fn is(section: &Section, plugin: &str) -> bool {
    section.name().eq_ignore_ascii_case(plugin)
}

fn parser_beside_multiline(input: &Section, problems: &mut Vec<Diagnostic>) {
    if let (Some(parser), Some(multiline)) = (input.get("parser"), input.get("multiline.parser")) {
        problems.push(
            Diagnostic::warning(
                "parser-ignored",
                parser.key_span,
                "`Parser` does nothing beside `multiline.parser`",
            )
            .label(multiline.key_span, "set here")
            .help("parse the joined record with a parser filter"),
        );
    }
}

fn star_with_tag_regex(input: &Section, problems: &mut Vec<Diagnostic>) {
    let (Some(tag), Some(regex)) = (input.get("tag"), input.get("tag_regex")) else { return };
    if tag.value.contains('*') {
        problems.push(
            Diagnostic::warning(
                "star-with-tag-regex",
                tag.value_span,
                "with `Tag_Regex`, the `*` stays in the tag",
            )
            .label(regex.key_span, "set here")
            .help("name the groups of the pattern in the tag instead, as <name>"),
        );
    }
}

fn double_backslash(section: &Section, key: &str, problems: &mut Vec<Diagnostic>) {
    let Some(property) = section.get(key) else { return };
    let Some(at) = property.raw.find(r"\\.") else { return };
    // A quoted YAML scalar has escapes of its own.
    let plain = (property.value_span.end - property.value_span.start) as usize == property.raw.len();
    let span = if plain { property.value_span.part(at, at + 3) } else { property.value_span };
    problems.push(
        Diagnostic::warning(
            "double-backslash",
            span,
            r"`\\.` matches a backslash and any character, not a dot",
        )
        .help(r"the file has no escapes of its own: write `\.`"),
    );
}

/// Rules that come after a `Regex`, which decides for every record.
fn dead_grep_rules(filter: &Section, problems: &mut Vec<Diagnostic>) {
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
    let rules: Vec<&Property> =
        filter.properties.iter().filter(|property| property.is("regex") || property.is("exclude")).collect();
    let Some(decides) = rules.iter().position(|rule| rule.is("regex")) else { return };
    for dead in &rules[decides + 1..] {
        problems.push(
            Diagnostic::warning(
                "dead-grep-rule",
                dead.key_span,
                "this rule is never looked at: the `Regex` before it decides for every record",
            )
            .label(rules[decides].key_span, "it decides here")
            .help("put every `Exclude` first, and a second `Regex` in a filter of its own"),
        );
    }
}

/// Two inputs with one database delete each other's offsets.
fn shared_databases(config: &Config, problems: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &Property> = BTreeMap::new();
    for input in config.inputs.iter().filter(|input| is(input, "tail")) {
        let Some(database) = input.get("db").filter(|property| !property.value.is_empty()) else { continue };
        match seen.get(database.value.as_str()) {
            Some(first) => problems.push(
                Diagnostic::warning(
                    "shared-database",
                    database.value_span,
                    "another input uses this database",
                )
                .label(first.value_span, "used here")
                .help("at its start each input deletes the offsets of files it does not read"),
            ),
            None => {
                seen.insert(&database.value, database);
            }
        }
    }
}
