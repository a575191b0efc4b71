//! Diagnostics as people and programs read them.

use std::io::{self, IsTerminal, Write};

use source_text::{Diagnostic, Severity, SourceMap, Unit};

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people, on standard error.
    #[default]
    Text,
    /// One JSON object a line, on standard output.
    Json,
    /// Workflow commands of GitHub Actions, on standard output: remarks on the changed files.
    Github,
}

/// Writes `diagnostics`, in the order of their places.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &SourceMap,
    format: Format,
) -> io::Result<()> {
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
                writeln!(out, "{}", config_check::to_json(diagnostic, sources, Unit::Characters))?;
            }
            Ok(())
        }
        Format::Github => {
            let mut out = io::stdout().lock();
            for diagnostic in diagnostics {
                writeln!(out, "{}", to_github(diagnostic, sources))?;
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
    let parts: Vec<String> =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")]
            .into_iter()
            .filter_map(|(severity, word)| say(count(severity), word))
            .collect();
    let (last, first) = parts.split_last()?;
    Some(if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) })
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

/// One line in the form GitHub turns into a remark on a changed file.
fn to_github(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let command = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = diagnostic.span().and_then(|span| sources.locate(span)).map_or(
        String::new(),
        |(file, start, end)| {
            // Columns only count where both ends are on one line.
            let columns = if start.line == end.line {
                format!(",col={},endColumn={}", start.column, end.column)
            } else {
                String::new()
            };
            format!("file={},line={},endLine={}{columns},", property(file), start.line, end.line)
        },
    );
    let help = diagnostic.help_text().map_or(String::new(), |help| format!("\n{help}"));
    let message = data(&format!("{}{help}", diagnostic.message()));
    format!("::{command} {place}title={}::{message}", property(diagnostic.code()))
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
    fn workflow_commands() {
        let mut sources = SourceMap::new();
        let id = sources.add("a,b.conf", "[INPUT]\n");
        let problem = Diagnostic::warning("x", Span::new(id, 1, 6), "100% wrong").help("look");
        assert_eq!(
            to_github(&problem, &sources),
            "::warning file=a%2Cb.conf,line=1,endLine=1,col=2,endColumn=7,title=x::100%25 wrong%0Alook"
        );
        assert_eq!(to_github(&Diagnostic::new(Severity::Info, "x", "y"), &sources), "::notice title=x::y");
    }
}
