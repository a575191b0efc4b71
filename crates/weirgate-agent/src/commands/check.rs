//! `weirgate check`

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use config_check::{CheckError, Delivery, Kind, Report, lints};
use fluentbit_config::Files;
use similar::TextDiff;
use source_text::{Applicability, Severity};
use weirgate_agent::report::{self, Format};
use weirgate_agent::{Mode, Variables, connection_problems};

use super::inputs::{Inputs, Named};
use super::{FOUND, Release, UNUSABLE, complain};

/// Check configurations, manifests and expositions without running them.
///
/// `-` is standard input, and a folder stands for the configurations and manifests below it.
///
/// A file is a configuration of Fluent Bit (classic or YAML), a prometheus.yml, a Kubernetes manifest with either
/// of them in a ConfigMap or Secret, or what a target answers to a scrape. Files that another one of the given
/// files includes are checked as a part of that one.
///
/// A comment `# weirgate: allow CODE` silences a warning on its line or the next, or in the whole file if it stands
/// at the top.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The files.
    #[arg(required_unless_present = "explain", value_name = "FILE")]
    files: Vec<String>,
    /// The name that standard input goes by; Fluent Bit takes what ends in .yaml for YAML.
    #[arg(long, value_name = "NAME", default_value = "-")]
    stdin_filename: String,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// What the files are, where name and content do not tell: fluent-bit, prometheus, kubernetes (configmap),
    /// open-telemetry or exposition.
    #[arg(long)]
    kind: Option<Kind>,
    /// Check for this release of Fluent Bit.
    #[arg(long, value_name = "RELEASE")]
    compat: Option<Release>,
    /// Print notes too, which are no complaints but worth knowing.
    #[arg(long)]
    notes: bool,
    /// Repair what can be repaired without a doubt, and tell what is left.
    #[arg(long)]
    fix: bool,
    /// Repair also where it is likely but not sure what was meant.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Print what `--fix` would change, and change nothing.
    #[arg(long)]
    diff: bool,
    /// Tell what is behind a code; `all` lists the codes.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "fix", "diff"])]
    explain: Option<String>,
}

impl Check {
    pub(crate) fn run(self) -> ExitCode {
        match &self.explain {
            Some(code) => explain(code),
            None => self.check(),
        }
    }

    fn check(&self) -> ExitCode {
        let (inputs, named) = match Inputs::gather(&self.files, &self.stdin_filename) {
            Ok(gathered) => gathered,
            Err(error) => {
                complain(&error);
                return ExitCode::from(UNUSABLE);
            }
        };
        let variables = Variables { process: true, ..Variables::default() };
        let mut options = config_check::Options::default();
        options.kind = self.kind;
        options.notes = true;
        options.delivery = self.compat.map_or(Delivery::Safe, |release| Mode::from(release).delivery());
        options.environment = &variables;
        options.runner = Some(&connection_problems);
        let checked = named.into_iter().map(|named| {
            let report = config_check::check(&named.name, &inputs, &options);
            (named, report)
        });
        let found: Vec<_> = checked.filter(|(named, report)| named.is_given || report.is_ok()).collect();
        let included = included(&found, &inputs);
        let mut worst = 0;
        for (named, report) in found {
            let file = &named.name;
            if included.contains(&inputs.identity(file)) {
                continue;
            }
            let status = match report {
                Ok(report) if self.fix || self.unsafe_fixes || self.diff => {
                    self.repair(file, &report, &inputs, &options)
                }
                Ok(report) => self.show(file, &report),
                Err(CheckError::UnknownKind) => {
                    Err(format!("{}; say it with --kind", CheckError::UnknownKind))
                }
                Err(error) => Err(error.to_string()),
            };
            worst = worst.max(status.unwrap_or_else(|error| {
                complain(&format!("{file}: {error}"));
                UNUSABLE
            }));
        }
        ExitCode::from(worst)
    }

    /// Prints what was found, and gives the exit code for it.
    fn show(&self, file: &str, report: &Report) -> Result<u8, String> {
        let text = self.format == Format::Text;
        let is_shown = |severity| self.notes || !text || severity != Severity::Info;
        let shown = report.diagnostics.iter().filter(|problem| is_shown(problem.severity()));
        told(report::write(shown, &report.sources, self.format))?;
        if let Some(summary) = report::summary(&report.diagnostics).filter(|_| text) {
            let hidden = report.diagnostics.iter().any(|problem| !is_shown(problem.severity()));
            complain(&format!("{file}: {summary}{}", if hidden { " (--notes shows the notes)" } else { "" }));
        }
        Ok(if report.has_errors() { FOUND } else { 0 })
    }

    fn repair(
        &self,
        file: &str,
        before: &Report,
        inputs: &Inputs,
        options: &config_check::Options<'_>,
    ) -> Result<u8, String> {
        let least = if self.unsafe_fixes { Applicability::Likely } else { Applicability::Certain };
        // What is only worth knowing is changed only for those who asked for it.
        let mut options = *options;
        options.notes = self.notes;
        let fixed = config_check::fix(file, inputs, &options, least).map_err(|error| error.to_string())?;
        if self.diff {
            let mut out = io::stdout().lock();
            for change in &fixed.changes {
                let diff = TextDiff::from_lines(&change.before, &change.after);
                told(write!(out, "{}", diff.unified_diff().header(&change.file, &change.file)))?;
            }
            return Ok(if before.has_errors() { FOUND } else { 0 });
        }
        for change in &fixed.changes {
            if inputs.is_stdin(&change.file) {
                continue;
            }
            overwrite(Path::new(&change.file), &change.after)
                .map_err(|error| format!("cannot write {}: {error}", change.file))?;
        }
        if inputs.is_stdin(file) {
            let text =
                fixed.changes.iter().find(|change| change.file == *file).map(|change| change.after.clone());
            let text = text.map_or_else(|| inputs.read(file).unwrap_or_default(), String::into_bytes);
            told(io::stdout().write_all(&text))?;
        }
        let mut out = io::stderr().lock();
        for line in &fixed.repaired {
            told(writeln!(out, "{line}"))?;
        }
        drop(out);
        self.show(file, &fixed.report)
    }
}

/// What came of writing: whoever reads may have seen enough.
fn told(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// The files that others of the given ones include, by identity.
fn included(found: &[(Named, Result<Report, CheckError>)], disk: &Inputs) -> BTreeSet<String> {
    let mut included = BTreeSet::new();
    for (file, report) in found {
        let own = disk.identity(&file.name);
        let names = report.iter().flat_map(|report| report.sources.iter()).map(|(_, source)| source.name());
        included.extend(names.map(|name| disk.identity(name)).filter(|name| *name != own));
    }
    included
}

/// Replaces a file in one step, so that nobody reads half of it. Links and permissions stay.
fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(path.metadata()?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

fn explain(code: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    let written = if code == "all" {
        let mut all: Vec<_> = lints().collect();
        all.sort_by_key(|lint| lint.code);
        all.iter().try_for_each(|lint| writeln!(out, "{:<34} {:<8} {}", lint.code, lint.severity, lint.title))
    } else if let Some(lint) = lints().find(|lint| lint.code == code) {
        write!(out, "{}", config_check::page(lint))
    } else {
        let close = source_text::suggest(code, lints().map(|lint| lint.code));
        let hint = close.map_or(String::new(), |close| format!("; did you mean `{close}`?"));
        complain(&format!("there is no diagnostic `{code}`{hint}"));
        return ExitCode::from(UNUSABLE);
    };
    match told(written) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}
