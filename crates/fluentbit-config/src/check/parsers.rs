//! Parsers and multiline parsers.

use std::collections::BTreeSet;

use event_model::Compat;
use source_text::Diagnostic;

use super::values::{self, Force};
use super::{repeats, with_suggestion};
use crate::schema::{self, ValueKind};
use crate::section::{Property, Section, SectionKind};
use crate::value;

/// Checks the parsers of one file, which come after those in `before`.
///
/// 5.1 does not start with a parser it cannot make. 1.8 goes on, without that parser and all that follow it
/// in the file: those are taken away.
pub(crate) fn check_file(
    parsers: &mut Vec<Section>,
    multiline: &mut Vec<Section>,
    before: &[Section],
    compat: Compat,
    problems: &mut Vec<Diagnostic>,
) {
    let mut names: BTreeSet<&str> = before.iter().map(Section::name).collect();
    let mut keep = parsers.len();
    for (index, parser) in parsers.iter().enumerate() {
        let usable = check_parser(parser, &names, problems);
        names.insert(parser.name());
        if !usable && compat == Compat::V1_8 {
            keep = index;
            break;
        }
    }
    if keep < parsers.len() {
        multiline.clear();
    }
    parsers.truncate(keep);
    multiline.retain(|parser| check_multiline(parser, problems) || compat != Compat::V1_8);
}

/// What a release does about a parser it cannot make.
fn force(compat: Compat) -> Force {
    if compat == Compat::V1_8 { Force::Accepts } else { Force::Refuses }
}

fn missing(section: &Section, key: &str) -> Diagnostic {
    let message = format!("the {} has no `{key}`", section.kind.name().replace('_', " "));
    match force(section.compat) {
        Force::Refuses => Diagnostic::error("missing-parser-property", section.span, message),
        Force::Accepts => Diagnostic::warning("missing-parser-property", section.span, message)
            .help("Fluent Bit 1.8 leaves out this parser and all below it in the file"),
    }
}

/// Whether the parser can be made.
fn check_parser(parser: &Section, names: &BTreeSet<&str>, problems: &mut Vec<Diagnostic>) -> bool {
    keys(parser, problems);
    let mut usable = true;
    match parser.plugin() {
        None => {
            problems.push(missing(parser, "Name"));
            usable = false;
        }
        Some(name) if names.contains(name.value.as_str()) => {
            let message = format!("there is a parser `{}` already", name.value);
            problems.push(force(parser.compat).problem("duplicate-parser", name, message));
            usable = false;
        }
        Some(_) => {}
    }
    match parser.get("format") {
        None => {
            problems.push(missing(parser, "Format"));
            usable = false;
        }
        Some(format) => usable &= check_format(parser, format, problems),
    }
    if let Some(offset) = parser.get("time_offset")
        && !is_time_offset(&offset.value)
    {
        let message = format!("`{}` is no time offset", offset.value);
        problems.push(
            force(parser.compat)
                .problem("invalid-time-offset", offset, message)
                .help("expected a sign, hours and minutes, such as +0100"),
        );
        usable = false;
    }
    lints(parser, problems);
    usable
}

fn check_format(parser: &Section, format: &Property, problems: &mut Vec<Diagnostic>) -> bool {
    const FORMATS: [&str; 4] = ["json", "regex", "ltsv", "logfmt"];
    if !FORMATS.iter().any(|known| known.eq_ignore_ascii_case(&format.value)) {
        // 1.8 dies of it.
        let message = format!("there is no parser format `{}`", format.value);
        let problem = Force::Refuses.problem("invalid-parser-format", format, message);
        problems.push(with_suggestion(problem, &format.value, FORMATS, || {
            Some(format!("expected one of {}", FORMATS.join(", ")))
        }));
        return false;
    }
    // The name in lower case is the only one that makes it look for the pattern.
    if format.value == "regex" && parser.get("regex").is_none() {
        problems.push(missing(parser, "Regex"));
        return false;
    }
    if parser.str("regex").is_none() && format.value.eq_ignore_ascii_case("regex") {
        problems.push(missing(parser, "Regex"));
        return false;
    }
    true
}

/// A sign and `HHMM` or `HH:MM`; or `Z`.
fn is_time_offset(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |at: usize| {
        let digits = bytes.get(at..at + 2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u8>().ok()).flatten()
    };
    match bytes.first() {
        Some(b'Z') => true,
        Some(b'+' | b'-') => {
            let minutes = if bytes.len() == 6 && bytes.get(3) == Some(&b':') { number(4) } else { number(3) };
            number(1).is_some_and(|hours| hours < 60) && minutes.is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

fn lints(parser: &Section, problems: &mut Vec<Diagnostic>) {
    if let Some(types) = parser.get("types") {
        check_types(types, problems);
    }
    for key in ["decode_field", "decode_field_as"] {
        for property in parser.get_all(key) {
            check_decoder(property, problems);
        }
    }
}

fn check_types(types: &Property, problems: &mut Vec<Diagnostic>) {
    const KNOWN: [&str; 5] = ["integer", "float", "bool", "hex", "string"];
    for pair in types.value.split(' ').filter(|pair| !pair.is_empty()) {
        let problem = match pair.split_once(':') {
            None => format!("`{pair}` is no NAME:TYPE"),
            Some((_, kind)) if KNOWN.iter().any(|known| known.eq_ignore_ascii_case(kind)) => continue,
            Some((_, kind)) => format!("there is no type `{kind}`"),
        };
        problems.push(Force::Accepts.problem("invalid-types", types, problem).help(format!(
            "the field stays a text; expected one of {}, with spaces between",
            KNOWN.join(", ")
        )));
    }
}

fn check_decoder(property: &Property, problems: &mut Vec<Diagnostic>) {
    const DECODERS: [&str; 4] = ["json", "escaped", "escaped_utf8", "mysql_quoted"];
    const ACTIONS: [&str; 2] = ["try_next", "do_next"];
    let words: Vec<&str> = property.value.split(' ').filter(|word| !word.is_empty()).collect();
    let problem = match words.as_slice() {
        [decoder, ..] if !DECODERS.iter().any(|known| known.eq_ignore_ascii_case(decoder)) => {
            let message = format!("there is no decoder `{decoder}`");
            let help =
                format!("all decoders of this parser are left out; expected one of {}", DECODERS.join(", "));
            Force::Accepts.problem("unknown-decoder", property, message).help(help)
        }
        [_] | [] => Force::Accepts
            .problem("unknown-decoder", property, format!("`{}` names no field", property.key))
            .help("expected DECODER FIELD"),
        [_, _, action, ..] if !ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(action)) => {
            Force::Accepts
                .problem("unknown-decoder", property, format!("there is no action `{action}`"))
                .help("expected try_next or do_next")
        }
        _ => return,
    };
    problems.push(problem);
}

/// Keys the release does not know, and values that do not fit.
fn keys(section: &Section, problems: &mut Vec<Diagnostic>) {
    let known = schema::common_options(section.kind);
    for property in &section.properties {
        let option = known.iter().find(|option| option.is_set_by(&property.key));
        match option {
            Some(option) if option.since <= section.compat => {
                if !matches!(option.kind, ValueKind::Choice(_)) {
                    problems.extend(values::check(property, option.kind, section.compat, Force::Accepts));
                }
            }
            _ => {
                let message =
                    format!("a {} has no key `{}`", section.kind.name().replace('_', " "), property.key);
                let problem = Diagnostic::warning("unknown-property", property.key_span, message);
                let problem = match option {
                    Some(_) => problem.help("it is new in Fluent Bit 5.1; 1.8 ignores it"),
                    None => with_suggestion(
                        problem,
                        &property.key,
                        known.iter().map(|option| option.name),
                        || Some("Fluent Bit ignores it without a word".to_owned()),
                    ),
                };
                problems.push(problem);
            }
        }
    }
    repeats::check(&section.properties, known, "the first one counts", problems);
}

/// The states and patterns of a multiline parser: from classic `Rule` lines or YAML `rules`.
struct Rule<'a> {
    states: String,
    next: String,
    span: source_text::Span,
    place: Option<&'a Property>,
}

/// Whether the multiline parser can be made.
fn check_multiline(parser: &Section, problems: &mut Vec<Diagnostic>) -> bool {
    debug_assert_eq!(parser.kind, SectionKind::MultilineParser);
    keys(parser, problems);
    let mut usable = true;
    for key in ["Name", "Type"] {
        if parser.str(key).is_none() {
            problems.push(missing(parser, key));
            usable = false;
        }
    }
    let Some(kind) = parser.get("type").filter(|kind| !kind.value.is_empty()) else { return usable };
    let kinds = ["regex", "endswith", "equal", "eq"];
    if !kinds.iter().any(|known| known.eq_ignore_ascii_case(&kind.value)) {
        // 1.8 dies of it.
        let message = format!("there is no type of multiline parser `{}`", kind.value);
        let problem = Force::Refuses.problem("invalid-multiline-type", kind, message);
        problems.push(with_suggestion(problem, &kind.value, kinds, || {
            Some("expected one of regex, endswith, equal".to_owned())
        }));
        return false;
    }
    if kind.value.eq_ignore_ascii_case("regex") {
        usable &= check_rules(parser, problems);
    }
    usable
}

fn check_rules(parser: &Section, problems: &mut Vec<Diagnostic>) -> bool {
    let mut rules = Vec::new();
    let mut usable = true;
    for property in parser.get_all("rule") {
        let words = value::split_words(&property.value, 3);
        match words.as_slice() {
            [states, _, next, ..] => rules.push(Rule {
                states: states.to_string(),
                next: next.to_string(),
                span: property.value_span,
                place: Some(property),
            }),
            _ => {
                problems.push(
                    force(parser.compat)
                        .problem("invalid-rule", property, "a rule needs three parts".to_owned())
                        .help("expected \"STATE\" \"/PATTERN/\" \"NEXT STATE\""),
                );
                usable = false;
            }
        }
    }
    for group in parser.groups.iter().filter(|group| group.name == "rules") {
        let text = |key: &str| {
            group.properties.iter().find(|property| property.is(key)).map(|property| property.value.clone())
        };
        rules.push(Rule {
            states: text("state").unwrap_or_default(),
            next: text("next_state").unwrap_or_default(),
            span: group.span,
            place: None,
        });
    }
    let problem = |span, message: String| match force(parser.compat) {
        Force::Refuses => Diagnostic::error("invalid-rule", span, message),
        Force::Accepts => {
            Diagnostic::warning("invalid-rule", span, message).help("Fluent Bit 1.8 leaves the parser out")
        }
    };
    let Some(first) = rules.first() else { return usable };
    if !value::split_commas(&first.states).any(|state| state == "start_state") {
        problems.push(problem(first.span, "the first rule must be for `start_state`".to_owned()));
        usable = false;
    }
    let states: BTreeSet<&str> = rules.iter().flat_map(|rule| value::split_commas(&rule.states)).collect();
    for rule in &rules {
        let next = rule.next.trim();
        if next.is_empty() || states.contains(next) {
            continue;
        }
        let span = rule.place.map_or(rule.span, |place| place.value_span);
        problems.push(problem(span, format!("no rule is for the state `{next}`")));
        usable = false;
    }
    usable
}

#[cfg(test)]
mod tests {
    use super::is_time_offset;

    #[test]
    fn time_offsets() {
        for (text, expected) in [
            ("+0900", true),
            ("-0330", true),
            ("+09:00", true),
            ("0900", false),
            ("+9", false),
            ("+xx00", false),
            ("", false),
            ("+", false),
            ("+é900", false),
        ] {
            assert_eq!(is_time_offset(text), expected, "{text}");
        }
    }
}
