//! `weirgate test`

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use event_model::Compat;
use weirgate::api::{self, CaseResult, TestAnswer, TestRequest};

use super::{AnswerFormat, FOUND, UNUSABLE, complain, gather};
use weirgate_agent::paint::Paint;

/// Run unit tests of configurations.
///
/// A file of cases says which lines, pods or labels to try, and which records, targets or labels to expect:
/// docs/testing.md.
#[derive(clap::Args)]
pub(crate) struct Test {
    /// The files of cases.
    #[arg(required = true, value_name = "CASES.yaml")]
    files: Vec<String>,
    /// Write the results as JUnit XML, too.
    #[arg(long, value_name = "FILE")]
    junit: Option<String>,
    /// How to print the results; `json` is one file of cases a line.
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

impl Test {
    pub(crate) fn run(self) -> ExitCode {
        let mut answers = Vec::new();
        let mut is_unusable = false;
        for file in &self.files {
            match ask(file) {
                Ok((text, answer)) => {
                    // Nobody is left to tell if standard error is closed.
                    let _ = gather::complain_of(&answer.diagnostics, file, &text);
                    is_unusable |= !answer.diagnostics.is_empty();
                    if answer.cases.is_empty() && answer.diagnostics.is_empty() {
                        complain(&format!("{file}: no cases"));
                        is_unusable = true;
                    }
                    answers.push((file.as_str(), answer));
                }
                Err(error) => {
                    complain(&error);
                    is_unusable = true;
                }
            }
        }
        let mut out = io::stdout().lock();
        let printed = match self.format {
            AnswerFormat::Json => {
                answers.iter().try_for_each(|(_, answer)| writeln!(out, "{}", api::to_json(answer)))
            }
            AnswerFormat::Text => print(&mut out, Paint::for_stdout(), &answers),
        };
        if let Some(path) = &self.junit
            && let Err(error) = fs::write(path, junit(&answers))
        {
            complain(&format!("{path}: {error}"));
            is_unusable = true;
        }
        match printed {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(UNUSABLE),
            _ if is_unusable => ExitCode::from(UNUSABLE),
            _ if answers.iter().any(|(_, answer)| answer.failed > 0) => ExitCode::from(FOUND),
            _ => ExitCode::SUCCESS,
        }
    }
}

/// Runs a file of cases, after reading the files it names.
fn ask(file: &str) -> Result<(String, TestAnswer), String> {
    let text = gather::read_text(file)?;
    let mut request = TestRequest { cases: file.to_owned(), ..TestRequest::default() };
    request.files.insert(file, text.as_str());
    loop {
        let answer = api::test(&request).map_err(|error| format!("{file}: {error}"))?;
        if answer.missing.is_empty() {
            return Ok((text, answer));
        }
        for missing in &answer.missing {
            let name = missing.name.as_str();
            if missing.is_configuration {
                for (name, content) in gather::configuration(name, Compat::V5_1)?.iter() {
                    request.files.insert(name, content.clone());
                }
            } else {
                request.files.insert(name, gather::read(name)?);
            }
        }
    }
}

fn print(out: &mut impl Write, paint: Paint, answers: &[(&str, TestAnswer)]) -> io::Result<()> {
    for (file, answer) in answers {
        for case in &answer.cases {
            let place = paint.dim(format!("{file}:{}", case.line));
            let mark = if case.passed { paint.green("ok  ") } else { paint.red("FAIL") };
            writeln!(out, "{mark} {} {place}", case.name)?;
            for difference in &case.differences {
                writeln!(out, "     {}", difference.what)?;
                if let Some(expected) = &difference.expected {
                    writeln!(out, "     {} {expected}", paint.green("- expected"))?;
                }
                if let Some(found) = &difference.found {
                    writeln!(out, "     {} {found}", paint.red("+ found   "))?;
                }
            }
        }
    }
    let sum =
        |count: fn(&TestAnswer) -> usize| answers.iter().map(|(_, answer)| count(answer)).sum::<usize>();
    writeln!(out, "{} passed, {} failed", sum(|answer| answer.passed), sum(|answer| answer.failed))
}

/// The results in the form that CI systems read.
fn junit(answers: &[(&str, TestAnswer)]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for (file, answer) in answers {
        let (tests, failures) = (answer.cases.len(), answer.failed);
        let name = escape(file);
        let _ = writeln!(xml, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">");
        answer.cases.iter().for_each(|case| junit_case(&mut xml, &name, case));
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn junit_case(xml: &mut String, file: &str, case: &CaseResult) {
    let (name, line) = (escape(&case.name), case.line);
    let _ = write!(xml, "    <testcase classname=\"{file}\" name=\"{name}\" file=\"{file}\" line=\"{line}\"");
    let Some(first) = case.differences.first() else {
        xml.push_str("/>\n");
        return;
    };
    let _ = write!(xml, ">\n      <failure message=\"{}\">", escape(&first.what));
    for difference in &case.differences {
        let text = |text: &Option<String>| text.as_deref().map_or("nothing".into(), escape);
        let (expected, found) = (text(&difference.expected), text(&difference.found));
        let _ = writeln!(xml, "{}: expected {expected}, found {found}", escape(&difference.what));
    }
    xml.push_str("</failure>\n    </testcase>\n");
}

/// Text in XML. Characters that XML has no place for become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml() {
        assert_eq!(escape("a<b>&\"\u{1}\n"), "a&lt;b&gt;&amp;&quot;\u{fffd}\n");
        let mut xml = String::new();
        let mut case = CaseResult::default();
        case.name = "a & b".into();
        case.line = 3;
        junit_case(&mut xml, "f", &case);
        assert_eq!(xml, "    <testcase classname=\"f\" name=\"a &amp; b\" file=\"f\" line=\"3\"/>\n");
    }
}
