//! Parsers from `[PARSER]` sections.

use event_model::Compat;
use fluentbit_config::value::parse_bool;
use fluentbit_config::{Property, Section};
use source_text::{Diagnostic, suggest};

use super::{DecodeRule, Format, Parser, ParserError, ParserOptions};
use crate::time::{TimeFormat, Zone};

impl Parser {
    /// Makes the parser of a `[PARSER]` section. What is odd about it, but accepted, is added to `problems`.
    ///
    /// # Errors
    ///
    /// Everything for which Fluent Bit would not make the parser.
    pub fn from_section(
        section: &Section,
        compat: Compat,
        problems: &mut Vec<Diagnostic>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut refused = Vec::new();
        let name = required(section, "Name", &mut refused);
        let options = ParserOptions::from_section(section, problems, &mut refused);
        let parser = options.and_then(|options| {
            options.build(name.unwrap_or_default(), compat, &mut |error| {
                refused.push(diagnostic(section, &error));
            })
        });
        match parser {
            Some(parser) if refused.is_empty() => Ok(parser),
            _ => Err(refused),
        }
    }
}

impl ParserOptions {
    /// Reads the options of a section. None if it says no known format.
    fn from_section(
        section: &Section,
        problems: &mut Vec<Diagnostic>,
        refused: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mut options = Self::new(format(section, refused)?);
        let text = |key| section.str(key).map(str::to_owned);
        options.time_key = text("time_key");
        options.time_format = text("time_format");
        options.time_offset = text("time_offset");
        options.time_zone = text("time_zone");
        options.types = text("types");
        let mut set = |key, option: &mut bool| {
            if let Some(property) = section.get(key).filter(|property| !property.value.is_empty()) {
                *option = flag(property, problems);
            }
        };
        set("time_keep", &mut options.time_keep);
        set("time_strict", &mut options.time_strict);
        set("time_system_timezone", &mut options.time_system_timezone);
        set("skip_empty_values", &mut options.skip_empty_values);
        set("logfmt_no_bare_keys", &mut options.logfmt_no_bare_keys);
        options.decoders = decoders(section, problems);
        check_time_format(section, problems);
        Some(options)
    }
}

fn required<'s>(section: &'s Section, key: &str, refused: &mut Vec<Diagnostic>) -> Option<&'s str> {
    let value = section.str(key);
    if value.is_none() {
        let message = format!("the parser has no `{key}`");
        refused.push(Diagnostic::error("missing-parser-property", section.span, message));
    }
    value
}

fn format(section: &Section, refused: &mut Vec<Diagnostic>) -> Option<Format> {
    const NAMES: [&str; 4] = ["json", "regex", "ltsv", "logfmt"];
    let name = required(section, "Format", refused)?;
    match name.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "ltsv" => Some(Format::Ltsv),
        "logfmt" => Some(Format::Logfmt),
        "regex" => required(section, "Regex", refused).map(|pattern| Format::Regex(pattern.to_owned())),
        _ => {
            let span = section.get("format").map_or(section.span, |property| property.value_span);
            let message = format!("there is no parser format `{name}`");
            let help = match suggest(name, NAMES) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("expected one of {}", NAMES.join(", ")),
            };
            refused.push(Diagnostic::error("invalid-parser-format", span, message).help(help));
            None
        }
    }
}

/// Fluent Bit's boolean of a parser, where everything that is not false is true.
fn flag(property: &Property, problems: &mut Vec<Diagnostic>) -> bool {
    parse_bool(&property.value).unwrap_or_else(|| {
        let message = format!("`{}` is no boolean; in a parser it counts as true", property.value);
        problems.push(
            Diagnostic::warning("invalid-boolean", property.value_span, message)
                .help("expected one of true, on, yes, false, off, no"),
        );
        true
    })
}

/// The decoders, in order. One that is invalid takes all away.
fn decoders(section: &Section, problems: &mut Vec<Diagnostic>) -> Vec<DecodeRule> {
    let mut rules = Vec::new();
    for property in &section.properties {
        let replace = property.is("decode_field_as");
        if !replace && !property.is("decode_field") {
            continue;
        }
        let Some(rule) = DecodeRule::read(&property.value, replace) else {
            let message = format!("`{}` is no decoder and field", property.value);
            problems.push(
                Diagnostic::warning("unknown-decoder", property.value_span, message)
                    .help("Fluent Bit leaves out all decoders of this parser; expected json, escaped, escaped_utf8 or mysql_quoted, and a field"),
            );
            return Vec::new();
        };
        rules.push(rule);
    }
    rules
}

fn check_time_format(section: &Section, problems: &mut Vec<Diagnostic>) {
    let Some(property) = section.get("time_format") else { return };
    let format = TimeFormat::new(&property.value, Zone::UTC, Compat::default());
    let Some(at) = format.unknown_directive() else { return };
    let rest = property.value.get(at..).unwrap_or_default();
    // The directive is a percent sign, perhaps a modifier, and a letter.
    let len: usize = rest
        .chars()
        .take(2 + usize::from(rest.starts_with("%E") || rest.starts_with("%O")))
        .map(char::len_utf8)
        .sum();
    let directive = rest.get(..len).unwrap_or(rest);
    let message = format!("there is no time directive `{directive}`: no time matches this format");
    problems.push(Diagnostic::warning("unknown-time-directive", property.span_of(directive), message));
}

fn diagnostic(section: &Section, error: &ParserError) -> Diagnostic {
    let span = match section.get(error.option()) {
        Some(property) => {
            let offset = error.offset().filter(|&offset| offset <= property.value.len());
            let rest = offset.and_then(|offset| property.value.get(offset..));
            let one = rest.map(|rest| rest.split_at(rest.chars().next().map_or(0, char::len_utf8)).0);
            one.map_or(property.value_span, |one| property.span_of(one))
        }
        None => section.span,
    };
    Diagnostic::error(error.code(), span, error.to_string())
}
