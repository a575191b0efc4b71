//! `parse`: lines through one parser.

use event_model::Arena;
use fluentbit_parser::{ParserSet, Scratch};
use serde::{Deserialize, Serialize};

use super::tag::{Group, named_groups};
use super::{Content, Diagnostic, Error, Fields, Files, Mode, Positions, Time, logs};

/// Lines, and the parser for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParseRequest {
    /// Files of parsers; with `main`, a whole configuration.
    pub files: Files,
    /// The entry file of a configuration. Without it each of the files is a file of parsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The name of the parser; may be left out if there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
    /// The lines, without their line feeds.
    pub lines: Vec<Content>,
    /// The time it is, for times without a year.
    pub now: Time,
    /// The release of Fluent Bit to follow.
    pub compat: Mode,
    /// What columns and offsets of diagnostics count.
    pub positions: Positions,
}

/// What became of the lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParseAnswer {
    /// The lines, in order; none if there is no such parser.
    pub lines: Vec<ParsedLine>,
    /// What is wrong with the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParsedLine {
    /// The time of the line, if it has one.
    pub time: Option<Time>,
    /// The fields; null if the parser did not understand the line.
    pub fields: Option<Fields>,
    /// Why it did not.
    pub error: Option<String>,
    /// What a person should know of a line that was parsed all the same.
    pub warning: Option<String>,
    /// What the groups of a pattern matched, with their places in bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
}

/// Parses lines.
///
/// ```
/// use weirgate::api::{ParseRequest, parse, to_json};
///
/// let parsers = "[PARSER]\n    Name level\n    Format regex\n    Regex ^(?<level>[A-Z]+) (?<text>.*)$\n";
/// let request = ParseRequest {
///     files: [("parsers.conf", parsers)].into_iter().collect(),
///     lines: vec!["WARN disk is full".into(), "?".into()],
///     ..ParseRequest::default()
/// };
/// let answer = parse(&request)?;
/// assert_eq!(to_json(&answer.lines[0].fields), r#"{"level":"WARN","text":"disk is full"}"#);
/// assert!(answer.lines[1].error.is_some());
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When there is no such parser, though nothing is wrong with the files.
pub fn parse(request: &ParseRequest) -> Result<ParseAnswer, Error> {
    let (mut files, main) = (request.files.clone(), request.main.clone());
    let main = match main {
        Some(_) => logs::main(&files, main.as_deref())?,
        None => entry(&mut files),
    };
    let loaded = logs::load(&files.memory(), &main, &std::collections::BTreeMap::new(), request.compat);
    let compat = request.compat.compat();
    let diagnostics = Diagnostic::all(&loaded.problems, &loaded.config.sources, request.positions);
    let set = ParserSet::from_config(&loaded.config, &mut Vec::new());
    let names: Vec<&str> = loaded.config.parsers.iter().map(fluentbit_config::Section::name).collect();
    let wanted = match (request.parser.as_deref(), names.as_slice()) {
        (Some(name), _) => name,
        (None, [only]) => only,
        (None, names) => {
            return Err(Error::input(format!("`parser` must name one of {} parsers", names.len())));
        }
    };
    let Some(parser) = set.get(wanted) else {
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Ok(ParseAnswer { lines: Vec::new(), diagnostics });
        }
        let hint = source_text::suggest(wanted, names);
        let hint = hint.map_or_else(String::new, |hint| format!("; did you mean `{hint}`?"));
        return Err(Error::input(format!("there is no parser `{wanted}`{hint}")));
    };
    let (mut arena, mut scratch) = (Arena::new(), Scratch::new(compat));
    let mut lines = Vec::with_capacity(request.lines.len());
    for line in &request.lines {
        arena.reset();
        let mut fields = Vec::new();
        let parsed = parser.parse(line.bytes(), request.now.0, &arena, &mut scratch, &mut fields);
        let groups = parser.regex().map(|regex| named_groups(regex, line.bytes())).unwrap_or_default();
        lines.push(match parsed {
            Ok(parsed) => ParsedLine {
                time: parsed.time.map(Time),
                fields: Some(Fields::from(fields.as_slice())),
                warning: parsed.warning.map(|warning| warning.to_string()),
                groups,
                ..ParsedLine::default()
            },
            Err(error) => ParsedLine { error: Some(error.to_string()), groups, ..ParsedLine::default() },
        });
    }
    Ok(ParseAnswer { lines, diagnostics })
}

/// Adds an entry file that names all others as files of parsers.
fn entry(files: &mut Files) -> String {
    let mut name = "fluent-bit.conf".to_owned();
    while files.get(&name).is_some() {
        name.insert(0, '_');
    }
    let text: String = files.iter().map(|(file, _)| format!("    Parsers_File {file}\n")).collect();
    files.insert(name.as_str(), format!("[SERVICE]\n{text}"));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(parsers: &[(&str, &str)], parser: Option<&str>) -> ParseRequest {
        ParseRequest {
            files: parsers.iter().copied().collect(),
            parser: parser.map(str::to_owned),
            lines: vec![r#"{"a":1}"#.into()],
            ..ParseRequest::default()
        }
    }

    #[test]
    fn parsers_are_found() {
        let (a, b) = ("[PARSER]\n    Name a\n    Format json\n", "[PARSER]\n    Name b\n    Format logfmt\n");
        for (files, parser, expected) in [
            (&[("a.conf", a)][..], None, Ok(1)),
            (&[("a.conf", a), ("b.conf", b)], Some("b"), Ok(1)),
            (&[("fluent-bit.conf", a)], None, Ok(1)),
            (&[("a.conf", a)], Some("A"), Err("there is no parser `A`; did you mean `a`?")),
            (&[("a.conf", a), ("b.conf", b)], None, Err("`parser` must name one of 2 parsers")),
        ] {
            for compat in [Mode::Safe, Mode::V1_8] {
                let found = parse(&ParseRequest { compat, ..request(files, parser) });
                let found = found.map(|answer| answer.lines.len()).map_err(|error| error.to_string());
                assert_eq!(found, expected.map_err(str::to_owned), "{files:?} {parser:?}");
            }
        }
    }

    #[test]
    fn a_parser_that_is_wrong() {
        let files = [("a.conf", "[PARSER]\n    Name a\n    Format regex\n    Regex (\n")];
        let answer = parse(&request(&files, Some("a"))).unwrap();
        assert!(answer.lines.is_empty());
        assert_eq!(answer.diagnostics[0].file.as_deref(), Some("a.conf"));
    }
}
