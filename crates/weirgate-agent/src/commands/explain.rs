//! `weirgate explain`

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use event_model::{Compat, strftime};
use weirgate::api::{
    self, ExplainAnswer, ExplainRequest, Fields, FilterTrace, LineState, LineTrace, Objects, OutputTrace,
    Pass, Place, RecordValue, Time,
};
use weirgate_agent::report;

use super::gather;
use super::{AnswerFormat, FOUND, Release, UNUSABLE, complain};
use weirgate_agent::paint::Paint;

/// Tell what happens to each line of a log file.
///
/// For each line: its tag, what the parser made of it, every filter with the rules it tried and the one that
/// decided, and the bytes of each output. Nothing is sent, and no file is written.
#[derive(clap::Args)]
pub(crate) struct Explain {
    /// The configuration, classic or YAML.
    #[arg(short, long, value_name = "FILE")]
    config: String,
    /// The log file; `-` for standard input.
    #[arg(short, long, value_name = "FILE")]
    input: String,
    /// The path that the log file is taken to have. Without it that is its own, or one in the folder of the first
    /// input if no input follows that.
    #[arg(long = "as", value_name = "PATH")]
    path: Option<String>,
    /// Pods and namespaces, as `kubectl get pods,namespaces -A -o json` prints them.
    #[arg(long, value_name = "FILE")]
    objects: Option<String>,
    /// Behave like this release of Fluent Bit even where it loses data.
    #[arg(long, value_name = "RELEASE")]
    compat: Option<Release>,
    /// How to print the answer; `json` is one object a line.
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

impl Explain {
    pub(crate) fn run(self) -> ExitCode {
        match self.ask() {
            Ok(answer) => self.print(&answer),
            Err(error) => {
                complain(&error);
                ExitCode::from(UNUSABLE)
            }
        }
    }

    fn ask(&self) -> Result<ExplainAnswer, String> {
        let compat = if matches!(self.compat, Some(Release::V1_8)) { Compat::V1_8 } else { Compat::V5_1 };
        let objects = self.objects.as_deref().map(gather::read_text).transpose()?;
        let mut request = ExplainRequest {
            files: gather::configuration(&self.config, compat)?,
            main: Some(self.config.clone()),
            input: gather::read(&self.input)?.into(),
            path: self.path.clone().or_else(|| (self.input != "-").then(|| self.input.clone())),
            env: gather::environment(),
            objects: Objects::new(objects.unwrap_or_default()),
            now: gather::now(),
            compat: gather::mode(self.compat),
            ..ExplainRequest::default()
        };
        let mut answer = api::explain(&request).map_err(|error| error.to_string())?;
        if self.path.is_none() && answer.started && answer.lines.is_empty() && !answer.not_followed.is_empty()
        {
            request.path = None;
            answer = api::explain(&request).map_err(|error| error.to_string())?;
        }
        Ok(answer)
    }

    fn print(&self, answer: &ExplainAnswer) -> ExitCode {
        if !answer.started {
            let mut options = weirgate_agent::Options::new(self.config.as_str());
            options.mode = self.compat.map_or(weirgate_agent::Mode::Safe, weirgate_agent::Mode::from);
            let loaded = weirgate_agent::load(&options);
            let errors = loaded.diagnostics.iter().filter(|problem| problem.is_error());
            // Nobody is left to tell if standard error is closed.
            let _ = report::write(errors, &loaded.config.sources, report::Format::Text);
            return ExitCode::from(FOUND);
        }
        for reason in &answer.not_followed {
            complain(reason);
        }
        let mut out = BufWriter::new(io::stdout().lock());
        let written = match self.format {
            AnswerFormat::Json => {
                answer.lines.iter().try_for_each(|line| writeln!(out, "{}", api::to_json(line)))
            }
            AnswerFormat::Text => {
                let paint = Paint::for_stdout();
                answer.lines.iter().try_for_each(|line| Page { paint, out: &mut out }.line(line))
            }
        };
        let written = written.and_then(|()| out.flush());
        match written {
            // Whoever reads may have seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(UNUSABLE),
            _ if answer.lines.is_empty() && !answer.not_followed.is_empty() => ExitCode::from(FOUND),
            _ => ExitCode::SUCCESS,
        }
    }
}

/// The answer for people.
struct Page<'a, W: Write> {
    paint: Paint,
    out: &'a mut W,
}

impl<W: Write> Page<'_, W> {
    fn line(&mut self, line: &LineTrace) -> io::Result<()> {
        let paint = self.paint;
        if line.line == 1 {
            writeln!(self.out, "{} {}", paint.bold(&line.input), paint.bold(line.tag.tag.text()))?;
            for group in &line.tag.groups {
                let value = group.value.as_ref().map_or("no part of the match".into(), api::Content::text);
                writeln!(self.out, "  {} {value}", paint.dim(format!("{:16}", group.name)))?;
            }
            if let Some(pod) = &line.tag.pod {
                for (name, value) in [
                    ("pod_name", &pod.pod_name),
                    ("namespace_name", &pod.namespace_name),
                    ("container_name", &pod.container_name),
                ] {
                    if let Some(value) = value.as_ref().filter(|_| line.tag.groups.is_empty()) {
                        writeln!(self.out, "  {} {}", paint.dim(format!("{name:16}")), value.text())?;
                    }
                }
            }
        }
        writeln!(self.out, "\n{} {}", paint.bold(format!("line {}", line.line)), line.text.text())?;
        match line.state {
            LineState::Joined => {
                let to = line.joined_to.map_or("another line".to_owned(), |line| format!("line {line}"));
                return writeln!(self.out, "  {}", paint.yellow(format!("joined to {to}")));
            }
            LineState::Skipped => return writeln!(self.out, "  {}", paint.yellow("skipped: no record")),
            _ => {}
        }
        if let Some(parser) = &line.parser {
            let name = paint.blue(format!("parser {}", parser.name));
            match &parser.error {
                Some(error) => writeln!(self.out, "  {name} {}: {error}", paint.red("no match"))?,
                None => writeln!(self.out, "  {name} {}", paint.green("match"))?,
            }
            if let Some(warning) = &parser.warning {
                writeln!(self.out, "    {}", paint.yellow(warning))?;
            }
        }
        if let Some(time) = line.time {
            writeln!(self.out, "    {} {}", paint.dim("time"), shown_time(time))?;
        }
        if let Some(record) = &line.record {
            self.fields(record)?;
        }
        line.passes.iter().enumerate().try_for_each(|(index, pass)| self.pass(pass, index > 0))
    }

    fn fields(&mut self, fields: &Fields) -> io::Result<()> {
        for field in &fields.0 {
            let value = api::to_json(&RecordValue(field.value.clone()));
            let key = String::from_utf8_lossy(&field.key);
            writeln!(self.out, "    {} {value}", self.paint.dim(key))?;
        }
        Ok(())
    }

    fn pass(&mut self, pass: &Pass, is_retagged: bool) -> io::Result<()> {
        let paint = self.paint;
        if is_retagged {
            writeln!(self.out, "  {} {}", paint.bold("again as"), paint.bold(pass.tag.text()))?;
        }
        for filter in &pass.filters {
            self.filter(filter)?;
        }
        if pass.record.is_some() && pass.outputs.is_empty() {
            writeln!(self.out, "  {}", paint.red(format!("no output matches {}", pass.tag.text())))?;
        }
        pass.outputs.iter().try_for_each(|output| self.output(output))
    }

    fn filter(&mut self, filter: &FilterTrace) -> io::Result<()> {
        let paint = self.paint;
        let verdict = match (filter.verdict.as_str(), filter.changes.is_empty()) {
            ("keep", true) => paint.green("keep"),
            ("keep", false) => paint.green("keep, changed"),
            ("drop", _) => paint.red("drop"),
            ("retag", _) => paint.yellow("retag"),
            (other, _) => paint.yellow(other),
        };
        let place = paint.dim(shown_place(filter.place.as_ref()));
        let notes: String = filter.notes.iter().map(|note| format!(", {}", shown_note(note))).collect();
        writeln!(self.out, "  {} {verdict}{notes} {place}", paint.blue(&filter.filter))?;
        for (index, rule) in filter.rules.iter().enumerate() {
            let held = if rule.held { paint.green("held") } else { paint.dim("did not hold") };
            let decided = if filter.decided == Some(index) { ", and decided" } else { "" };
            let place = paint.dim(shown_place(rule.place.as_ref()));
            writeln!(self.out, "    {} {held}{} {place}", rule.text, paint.bold(decided))?;
        }
        if let Some(tag) = &filter.retagged {
            writeln!(self.out, "    {} {}", paint.dim("new tag"), tag.text())?;
        }
        for change in &filter.changes {
            let key = change.key.text();
            let json = |value: &RecordValue| api::to_json(value);
            match (&change.before, &change.after) {
                (None, Some(after)) => writeln!(self.out, "    {} {key} {}", paint.green("+"), json(after))?,
                (Some(_), None) => writeln!(self.out, "    {} {key}", paint.red("-"))?,
                (_, Some(after)) => writeln!(self.out, "    {} {key} {}", paint.yellow("~"), json(after))?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn output(&mut self, output: &OutputTrace) -> io::Result<()> {
        let paint = self.paint;
        let file = output.file.as_ref().map_or(String::new(), |file| format!(" {file}"));
        writeln!(self.out, "  {}{file}", paint.blue(format!("→ {}", output.output)))?;
        let text = output.bytes.as_ref().map(api::Content::text).unwrap_or_default();
        text.lines().try_for_each(|line| writeln!(self.out, "    {line}"))
    }
}

fn shown_place(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |place| format!("{}:{}", place.file, place.line))
}

fn shown_note(note: &str) -> &str {
    match note {
        "merged" => "log merged",
        "not-merged" => "log not merged",
        "excluded" => "an annotation of the pod excludes it",
        "no-pod" => "the tag names no pod",
        "no-metadata" => "nothing is known about the pod",
        "emptied" => "no field would be left",
        "no-field" => "the field is missing or no text",
        "not-parsed" => "no parser understood the field",
        other => other,
    }
}

/// A time in the form of RFC 3339.
fn shown_time(time: Time) -> String {
    let mut text = Vec::new();
    strftime(&mut text, b"%Y-%m-%dT%H:%M:%S", time.0.seconds);
    let fraction = format!(".{:09}", time.0.nanoseconds);
    format!("{}{}Z", String::from_utf8_lossy(&text), fraction.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use event_model::Timestamp;

    use super::*;

    #[test]
    fn times() {
        for (time, expected) in
            [((0, 0), "1970-01-01T00:00:00Z"), ((60, 120_000_000), "1970-01-01T00:01:00.12Z")]
        {
            assert_eq!(shown_time(Time(Timestamp::new(time.0, time.1))), expected);
        }
    }
}
