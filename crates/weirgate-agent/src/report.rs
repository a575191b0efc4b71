//! Diagnostics as people and programs read them.

use std::io::{self, IsTerminal, Write};

use serde_json::json;
use source_text::{Applicability, Diagnostic, Edit, Fix, Severity, SourceMap, Span};

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people, on standard error.
    #[default]
    Text,
    /// One JSON object a line, on standard output.
    Json,
}

/// Writes `diagnostics`, in the order of their places.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write(diagnostics: &[Diagnostic], sources: &SourceMap, format: Format) -> io::Result<()> {
    match format {
        Format::Text => {
            let stderr = io::stderr();
            let draw = stderr.is_terminal();
            let mut out = stderr.lock();
            for diagnostic in diagnostics {
                write_text(&mut out, diagnostic, sources, draw)?;
            }
            Ok(())
        }
        Format::Json => {
            let mut out = io::stdout().lock();
            for diagnostic in diagnostics {
                writeln!(out, "{}", to_json(diagnostic, sources))?;
            }
            Ok(())
        }
    }
}

/// `2 errors and 1 warning`, or nothing.
#[must_use]
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity() == severity).count();
    let say = |number: usize, word: &str| {
        (number > 0).then(|| format!("{number} {word}{}", if number == 1 { "" } else { "s" }))
    };
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning")]
        .into_iter()
        .filter_map(|(severity, word)| say(count(severity), word))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

fn write_text(
    out: &mut impl Write,
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    draw: bool,
) -> io::Result<()> {
    writeln!(out, "{}", sources.render(diagnostic))?;
    if draw {
        draw_source(out, diagnostic, sources)?;
    }
    for label in diagnostic.labels() {
        if let Some((file, start, _)) = sources.locate(label.span) {
            writeln!(out, "  {file}:{}:{}: {}", start.line, start.column, label.message)?;
        }
    }
    if let Some(help) = diagnostic.help_text() {
        writeln!(out, "  help: {help}")?;
    }
    if let Some(fix) = diagnostic.repair() {
        writeln!(out, "  fix: {}", fix.title())?;
    }
    Ok(())
}

/// The source line with a caret under the place.
fn draw_source(out: &mut impl Write, diagnostic: &Diagnostic, sources: &SourceMap) -> io::Result<()> {
    let Some(span) = diagnostic.span() else { return Ok(()) };
    let (Some(source), Some((_, start, end))) = (sources.get(span.source), sources.locate(span)) else {
        return Ok(());
    };
    let Some(range) = source.lines().line_range(source.text(), start.line) else { return Ok(()) };
    let line = source.text()[range].trim_end_matches('\r');
    let width = start.line.to_string().len();
    // Tabs before the caret are kept, so that it stands where the terminal put the character.
    let indent: String =
        line.chars().take(start.column as usize - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let length = if end.line == start.line { (end.column - start.column).max(1) } else { 1 };
    writeln!(out, "{:width$} |\n{} | {line}", "", start.line)?;
    writeln!(out, "{:width$} | {indent}{}", "", "^".repeat(length as usize))
}

fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> serde_json::Value {
    let mut object = place(diagnostic.span(), sources);
    object["severity"] = json!(diagnostic.severity().to_string());
    object["code"] = json!(diagnostic.code());
    object["message"] = json!(diagnostic.message());
    object["help"] = json!(diagnostic.help_text());
    object["fix"] = json!(diagnostic.repair().map(|fix| fix_to_json(fix, sources)));
    object
}

fn fix_to_json(fix: &Fix, sources: &SourceMap) -> serde_json::Value {
    let edit = |edit: &Edit| {
        let mut object = place(Some(edit.span), sources);
        object["replacement"] = json!(edit.replacement);
        object
    };
    json!({
        "title": fix.title(),
        "certain": fix.applicability() == Applicability::Certain,
        "edits": fix.edits().iter().map(edit).collect::<Vec<_>>(),
    })
}

/// The file and both ends of a place.
fn place(span: Option<Span>, sources: &SourceMap) -> serde_json::Value {
    let place = span.and_then(|span| sources.locate(span));
    json!({
        "file": place.map(|(file, ..)| file),
        "line": place.map(|(_, start, _)| start.line),
        "column": place.map(|(_, start, _)| start.column),
        "end_line": place.map(|(.., end)| end.line),
        "end_column": place.map(|(.., end)| end.column),
    })
}

#[cfg(test)]
mod tests {
    use source_text::Span;

    use super::*;

    #[test]
    fn a_caret_under_the_place() {
        let mut sources = SourceMap::new();
        let id = sources.add("a.conf", "[INPUT]\n\tName tial\n");
        let problem =
            Diagnostic::error("unknown-plugin", Span::new(id, 14, 18), "no such input").help("try `tail`");
        let mut out = Vec::new();
        write_text(&mut out, &problem, &sources, true).unwrap();
        let expected = "a.conf:2:7: error[unknown-plugin]: no such input\n  |\n2 | \tName tial\n  | \t     ^^^^\n  help: try `tail`\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert_eq!(summary(&[problem.clone(), problem]), Some("2 errors".to_owned()));
    }

    #[test]
    fn json_has_fixed_members() {
        let sources = SourceMap::new();
        let problem = Diagnostic::new(Severity::Warning, "x", "y");
        assert_eq!(
            to_json(&problem, &sources).to_string(),
            r#"{"code":"x","column":null,"end_column":null,"end_line":null,"file":null,"fix":null,"help":null,"line":null,"message":"y","severity":"warning"}"#
        );
    }
}
