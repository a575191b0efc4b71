//! `weirgate relabel`

use std::io::{self, Write};
use std::process::ExitCode;

use weirgate::api::{self, Labels, RelabelAnswer, RelabelRequest, RelabelStep};

use super::{AnswerFormat, FOUND, UNUSABLE, complain, gather};
use weirgate_agent::paint::Paint;

/// Tell what each relabelling rule does to a label set.
#[derive(clap::Args)]
pub(crate) struct Relabel {
    /// The rules: a list, a mapping with `relabel_configs`, or a whole prometheus.yml.
    #[arg(value_name = "RULES.yaml")]
    rules: String,
    /// The labels, a JSON object; `-` for standard input.
    #[arg(long, value_name = "LABELS.json")]
    labels: String,
    /// The job of a prometheus.yml: its rules are applied to discovered labels, up to the URL of the target.
    #[arg(long, value_name = "JOB")]
    scrape_config: Option<String>,
    /// Which names are valid.
    #[arg(long, value_parser = ["utf8", "legacy"])]
    scheme: Option<String>,
    /// Give addresses without a port the one of their scheme, as Prometheus 2 did.
    #[arg(long, value_parser = clap::value_parser!(u8).range(2..=3))]
    port_defaults: Option<u8>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

impl Relabel {
    pub(crate) fn run(self) -> ExitCode {
        let (text, answer) = match self.ask() {
            Ok(answer) => answer,
            Err(error) => {
                complain(&error);
                return ExitCode::from(UNUSABLE);
            }
        };
        // Nobody is left to tell if standard error is closed.
        let _ = gather::complain_of(&answer.diagnostics, &self.rules, &text);
        let mut out = io::stdout().lock();
        let written = match self.format {
            AnswerFormat::Json => writeln!(out, "{}", api::to_json(&answer)),
            AnswerFormat::Text if answer.keep.is_none() => Ok(()),
            AnswerFormat::Text => print(&mut out, Paint::for_stdout(), &answer, &self.rules),
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(UNUSABLE),
            _ if answer.keep.is_none() || answer.target_error.is_some() => ExitCode::from(FOUND),
            _ => ExitCode::SUCCESS,
        }
    }

    fn ask(&self) -> Result<(String, RelabelAnswer), String> {
        let text = gather::read_text(&self.rules)?;
        let labels = gather::read_text(&self.labels)?;
        let labels: Labels =
            serde_json::from_str(&labels).map_err(|error| format!("{}: {error}", self.labels))?;
        let is_whole = self.scrape_config.is_some()
            || text.lines().any(|line| line.starts_with("scrape_configs:") || line.starts_with("global:"));
        let (rules, prometheus) =
            if is_whole { (None, Some(text.clone())) } else { (Some(text.clone()), None) };
        let request = RelabelRequest {
            rules,
            prometheus,
            job: self.scrape_config.clone(),
            labels,
            scheme: self.scheme.clone(),
            port_defaults: self.port_defaults,
            ..RelabelRequest::default()
        };
        let answer = api::relabel(&request).map_err(|error| format!("{}: {error}", self.rules))?;
        Ok((text, answer))
    }
}

fn print(out: &mut impl Write, paint: Paint, answer: &RelabelAnswer, file: &str) -> io::Result<()> {
    for step in &answer.steps {
        print_step(out, paint, step, file)?;
    }
    match (&answer.labels, &answer.target, &answer.target_error) {
        (None, ..) => writeln!(out, "{}", paint.red("dropped")),
        (_, Some(target), _) => {
            writeln!(out, "{} {}", paint.green("target"), paint.bold(&target.url))?;
            print_labels(out, paint, &target.labels)
        }
        (_, _, Some(error)) => writeln!(out, "{} {error}", paint.red("no target:")),
        (Some(labels), ..) => {
            writeln!(out, "{}", paint.green("kept"))?;
            print_labels(out, paint, labels)
        }
    }
}

/// A rule, what it saw and what it did.
pub(super) fn print_step(
    out: &mut impl Write,
    paint: Paint,
    step: &RelabelStep,
    file: &str,
) -> io::Result<()> {
    let place = step.place.as_ref().map_or_else(String::new, |place| format!("{file}:{}", place.line));
    let effect = match step.effect.as_str() {
        "dropped" => paint.red("drops the labels"),
        "changed" => paint.green("changes labels"),
        "invalid-target" => paint.yellow("changes nothing: the target is no valid name"),
        _ => paint.dim("changes nothing"),
    };
    let name = paint.blue(format!("{} {}", step.rule, step.action));
    writeln!(out, "{name} {effect} {}", paint.dim(place))?;
    if let Some(value) = &step.value {
        let verb = match (step.matched, &step.regex, &step.compared) {
            (Some(true), Some(regex), _) => format!("matches {regex}"),
            (Some(false), Some(regex), _) => format!("does not match {regex}"),
            (Some(true), _, Some(other)) => format!("equals {other:?}"),
            (_, _, Some(other)) => format!("differs from {other:?}"),
            _ => String::new(),
        };
        writeln!(out, "  {value:?} {verb}")?;
    }
    for (index, group) in step.groups.iter().enumerate().skip(1) {
        let name = group.name.clone().unwrap_or_else(|| index.to_string());
        let value =
            group.value.as_ref().map_or("no part of the match".to_owned(), |value| format!("{value:?}"));
        writeln!(out, "    {} {value}", paint.dim(format!("${name}")))?;
    }
    if let Some(names) = &step.names {
        writeln!(out, "  names that match: {}", names.join(", "))?;
    }
    for change in &step.changes {
        match (&change.before, &change.after) {
            (None, Some(after)) => writeln!(out, "  {} {}={after:?}", paint.green("+"), change.name)?,
            (Some(before), None) => writeln!(out, "  {} {}={before:?}", paint.red("-"), change.name)?,
            (Some(before), Some(after)) => {
                writeln!(out, "  {} {}={after:?} (was {before:?})", paint.yellow("~"), change.name)?;
            }
            (None, None) => {}
        }
    }
    Ok(())
}

pub(super) fn print_labels(out: &mut impl Write, paint: Paint, labels: &Labels) -> io::Result<()> {
    labels.0.iter().try_for_each(|(name, value)| writeln!(out, "  {}={value:?}", paint.dim(name)))
}
