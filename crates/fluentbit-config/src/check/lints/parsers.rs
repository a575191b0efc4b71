//! Parsers whose times, types or decoders are not what they seem.

use source_text::Diagnostic;

use super::{certain, likely, note};
use crate::load::Config;
use crate::section::{Property, Section};

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for parser in &config.parsers {
        let is =
            |format: &str| parser.get("format").is_some_and(|found| found.value.eq_ignore_ascii_case(format));
        if let Some(types) = parser.get("types") {
            if is("json") {
                let problem = Diagnostic::warning(
                    "types-ignored",
                    types.key_span,
                    "`Types` does nothing in a json parser",
                )
                .help("JSON values have their own types");
                problems.push(certain(problem, "remove `Types`", [config.removal(types)]));
            } else if is("logfmt") {
                let message = "with `Types`, a key without a value is empty in place of true, and quotes are not unescaped";
                problems.push(note(parser, "logfmt-types", message).label(types.key_span, "set here"));
            }
        }
        if let Some(format) = parser.get("time_format") {
            problems.extend(without_year(format));
            problems.extend(repeated_fraction(format));
        }
        problems.extend(time_key(config, parser));
        decoders(parser, problems);
    }
}

fn time_key(config: &Config, parser: &Section) -> Option<Diagnostic> {
    let key = parser.get("time_key").filter(|_| parser.get("time_format").is_none())?;
    let message = "`Time_Key` does nothing without `Time_Format`";
    let problem = Diagnostic::warning("time-key-without-format", key.key_span, message)
        .help("set `Time_Format`, such as %Y-%m-%dT%H:%M:%S.%L");
    let edit = config.insertion_below(key, "Time_Format", "%Y-%m-%dT%H:%M:%S.%L%z");
    Some(likely(problem, "read times as RFC 3339 has them", [edit]))
}

/// The directives of a time format with their offsets.
fn directives(format: &str) -> impl Iterator<Item = (usize, char)> {
    let mut after_percent = false;
    format.char_indices().filter_map(move |(at, c)| {
        if std::mem::take(&mut after_percent) {
            return Some((at - 1, c));
        }
        after_percent = c == '%';
        None
    })
}

fn without_year(format: &Property) -> Option<Diagnostic> {
    let any = |set: &str| directives(&format.value).any(|(_, directive)| set.contains(directive));
    if any("YyCGgDscx+F") || !any("mbBhdej") {
        return None;
    }
    Some(
        Diagnostic::warning(
            "time-without-year",
            format.value_span,
            "the current year is assumed: what was logged in December and read in January lies in the future",
        )
        .help("log the year and read it with %Y, or let the time of reading count"),
    )
}

fn repeated_fraction(format: &Property) -> Option<Diagnostic> {
    let (at, _) = directives(&format.value).filter(|(_, directive)| *directive == 'L').nth(1)?;
    Some(
        Diagnostic::warning(
            "repeated-fraction",
            format.span_of(&format.value[at..at + 2]),
            "only the first `%L` is read as a fraction: no time matches this format",
        )
        .help("keep one `%L`"),
    )
}

fn decoders(parser: &Section, problems: &mut Vec<Diagnostic>) {
    let words = |property: &Property| -> Vec<String> {
        property.value.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut first: Option<(&Property, String)> = None;
    for property in parser.get_all("decode_field") {
        let [decoder, field, ..] = &words(property)[..] else { continue };
        if !decoder.eq_ignore_ascii_case("json") {
            problems.push(
                Diagnostic::warning(
                    "decode-field-text",
                    property.key_span,
                    format!("`{decoder}` gives a text, and `Decode_Field` has no use for a text"),
                )
                .help("`Decode_Field_As` puts it in the place of the field")
                .fix(property.key_span, "Decode_Field_As"),
            );
        }
        match &first {
            Some((other, name)) if name != field => problems.push(
                Diagnostic::warning(
                    "several-decode-fields",
                    property.key_span,
                    "only what the last of several decoded fields holds is added to the record",
                )
                .label(other.key_span, "what this one holds is lost")
                .help("use `Decode_Field_As` for all but one of them"),
            ),
            Some(_) => {}
            None => first = Some((property, field.clone())),
        }
    }
}
