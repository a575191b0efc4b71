//! Regular expressions that are not read as they were meant.

use event_model::Compat;
use source_text::Diagnostic;

use super::certain;
use crate::load::Config;
use crate::section::{Property, Section};

/// Options whose value is a pattern, or ends with one.
const PATTERNS: [&str; 7] =
    ["regex", "exclude", "tag_regex", "match_regex", "rule", "remove_regex", "condition"];

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    let sections = config.inputs.iter().chain(&config.filters).chain(&config.outputs);
    for section in sections.chain(&config.parsers).chain(&config.multiline_parsers) {
        for property in section.properties.iter().filter(|property| is_pattern(property)) {
            problems.extend(double_backslash(property));
            problems.extend(flags(section, property));
        }
    }
}

fn is_pattern(property: &Property) -> bool {
    PATTERNS.iter().any(|key| property.is(key))
}

fn double_backslash(property: &Property) -> Option<Diagnostic> {
    // What people copy from C, where the compiler takes one backslash away.
    const PAIRS: [&str; 7] = [r"\\.", r"\\d", r"\\w", r"\\s", r"\\[", r"\\(", r"\\/"];
    let (at, pair) = PAIRS.iter().filter_map(|pair| Some((property.raw.find(pair)?, *pair))).min()?;
    // A quoted YAML scalar has escapes of its own.
    let plain = property.value_span.range().len() == property.raw.len();
    let span = if plain { property.value_span.part(at, at + 3) } else { property.value_span };
    let single = &pair[1..];
    let message = match pair {
        r"\\." => r"`\\.` matches a backslash and any character, not a dot".to_owned(),
        _ => format!("`{pair}` matches a backslash first, and is not `{single}`"),
    };
    let problem = Diagnostic::warning("double-backslash", span, message)
        .help(format!("the file has no escapes of its own: write `{single}`"));
    let repaired = PAIRS.iter().fold(property.raw.clone(), |text, pair| text.replace(pair, &pair[1..]));
    Some(certain(problem, &format!("write `{single}`"), [property.rewritten(&repaired)]))
}

/// `/api/m`: 5.1 takes what follows the last slash for flags.
fn flags(section: &Section, property: &Property) -> Option<Diagnostic> {
    if section.compat == Compat::V1_8 || property.is("rule") || property.is("condition") {
        return None;
    }
    // Rules of grep have a field before the pattern.
    let is_filter = section.kind == crate::section::SectionKind::Filter && !property.is("match_regex");
    let pattern = if is_filter { property.value.split_once(' ')?.1 } else { property.value.as_str() };
    let inner = pattern.strip_prefix('/')?;
    let (_, letters) = inner.rsplit_once('/')?;
    if letters.is_empty() || !letters.chars().all(|c| "mixo".contains(c)) {
        return None;
    }
    let span = property.span_of(pattern);
    Some(
        Diagnostic::warning(
            "regex-flags",
            span,
            format!("Fluent Bit 5.1 takes `{letters}` at the end for flags, 1.8 for a part of the pattern"),
        )
        .help("for a path, write another pattern such as `^/api/m`; for flags, `(?i)` works in both"),
    )
}
