//! Diagnostics as people and programs read them.

use std::io::{self, IsTerminal, Write};

use source_text::{Diagnostic, Severity, SourceMap, Unit};

use crate::paint::{Paint, Painted};

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
            let paint = Paint::for_stderr();
            let mut out = stderr.lock();
            for diagnostic in diagnostics {
                write_text(&mut out, diagnostic, sources, draw, paint)?;
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
    paint: Paint,
) -> io::Result<()> {
    let rendered = visible(&sources.render(diagnostic));
    let kind = format!("{}[{}]", diagnostic.severity(), diagnostic.code());
    match rendered.split_once(&kind) {
        Some((place, message)) => writeln!(out, "{place}{}{message}", coloured(diagnostic, paint, kind))?,
        None => writeln!(out, "{rendered}")?,
    }
    if draw {
        draw_source(out, diagnostic, sources, paint)?;
    }
    for label in diagnostic.labels() {
        if let Some((file, start, _)) = sources.locate(label.span) {
            writeln!(out, "  {file}:{}:{}: {}", start.line, start.column, visible(&label.message))?;
        }
    }
    if let Some(help) = diagnostic.help_text() {
        writeln!(out, "  {} {}", paint.bold("help:"), visible(help))?;
    }
    if let Some(fix) = diagnostic.repair() {
        writeln!(out, "  {} {}", paint.bold("fix:"), visible(fix.title()))?;
    }
    Ok(())
}

fn coloured(diagnostic: &Diagnostic, paint: Paint, text: String) -> Painted<String> {
    match diagnostic.severity() {
        Severity::Error => paint.red(text),
        Severity::Warning => paint.yellow(text),
        Severity::Info => paint.blue(text),
    }
}

/// The source line, or the part of a long one, with a caret under the place.
fn draw_source(
    out: &mut impl Write,
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    paint: Paint,
) -> io::Result<()> {
    const BEFORE: usize = 60;
    const WIDEST: usize = 160;
    let Some(span) = diagnostic.span() else { return Ok(()) };
    let (Some(source), Some((_, start, end))) = (sources.get(span.source), sources.locate(span)) else {
        return Ok(());
    };
    let Some(range) = source.lines().line_range(source.text(), start.line) else { return Ok(()) };
    let line = source.text()[range].trim_end_matches('\r');
    let width = start.line.to_string().len();
    let column = start.column as usize - 1;
    let is_long = line.chars().nth(WIDEST).is_some();
    let first = if is_long { column.saturating_sub(BEFORE) } else { 0 };
    // One character each, so that the caret stands where the terminal put the character.
    let shown: String = line.chars().skip(first).take(WIDEST).map(symbol).collect();
    let indent: String =
        shown.chars().take(column - first).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let length = if end.line == start.line { (end.column - start.column).max(1) } else { 1 };
    let room = WIDEST - (column - first);
    let carets = "^".repeat((length as usize).min(room));
    let bar = paint.dim("|");
    writeln!(out, "{:width$} {bar}\n{} {bar} {shown}", "", start.line)?;
    writeln!(out, "{:width$} {bar} {indent}{}", "", coloured(diagnostic, paint, carets))
}

/// A character as a terminal shows it: what would steer the terminal is shown as a picture of itself.
fn symbol(c: char) -> char {
    match c {
        '\t' => c,
        '\u{7f}' => '\u{2421}',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(c),
        _ if c.is_control() => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// Text that comes from a file, fit for a terminal: nothing in it steers one, and it has an end.
#[must_use]
pub fn visible(text: &str) -> String {
    const MOST: usize = 1000;
    let mut shown: String = text.chars().take(MOST).map(|c| if c == '\n' { c } else { symbol(c) }).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
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
    fn nothing_steers_the_terminal_and_lines_have_an_end() {
        assert_eq!(visible("a\u{1b}[31m\tb\u{9b}"), "a␛[31m\tb\u{fffd}");
        assert_eq!(visible(&"x".repeat(5000)).chars().count(), 1001);
        let mut sources = SourceMap::new();
        let id = sources.add("f", format!("{}\u{1b}{}", "a".repeat(500), "b".repeat(5000)));
        let problem = Diagnostic::error("x", Span::new(id, 500, 5501), "y");
        let mut out = Vec::new();
        write_text(&mut out, &problem, &sources, true, Paint::off()).unwrap();
        let (before, after) = ("a".repeat(60), "b".repeat(99));
        let expected = format!(
            "f:1:501: error[x]: y\n  |\n1 | {before}␛{after}\n  | {}{}\n",
            " ".repeat(60),
            "^".repeat(100)
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_caret_under_the_place() {
        let mut sources = SourceMap::new();
        let id = sources.add("a.conf", "[INPUT]\n\tName tial\n");
        let problem =
            Diagnostic::error("unknown-plugin", Span::new(id, 14, 18), "no such input").help("try `tail`");
        let mut out = Vec::new();
        write_text(&mut out, &problem, &sources, true, Paint::off()).unwrap();
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
