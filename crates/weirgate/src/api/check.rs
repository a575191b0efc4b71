//! `check`, `fix` and `lints`: what is wrong with a configuration or an exposition.

use std::collections::BTreeMap;

use config_check::CheckError;
use serde::{Deserialize, Serialize};
use source_text::Applicability;

use super::elsewhere::Elsewhere;
use super::logs::Variables;
use super::{Diagnostic, Error, Files, Mode, OtherHalf, Positions, logs};

/// What to check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckRequest {
    /// The files.
    pub files: Files,
    /// The entry file; may be left out if it is the only file or has its usual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// What the files are.
    pub kind: Kind,
    /// The release of Fluent Bit whose rules count.
    pub compat: Mode,
    /// What columns and offsets count.
    pub positions: Positions,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
}

/// What files are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// Told from the name and the content of the entry file.
    #[default]
    Auto,
    /// A configuration of Fluent Bit, in either form.
    FluentBit,
    /// A `prometheus.yml`.
    Prometheus,
    /// A Kubernetes manifest that holds either in a ConfigMap or Secret.
    #[serde(alias = "configmap")]
    Kubernetes,
    /// A configuration of the OpenTelemetry collector: what its Prometheus receivers make of it.
    OpenTelemetry,
    /// Metrics, judged as strictly as the standards do.
    Exposition,
}

impl Kind {
    fn asked(self) -> Option<config_check::Kind> {
        match self {
            Self::Auto => None,
            Self::FluentBit => Some(config_check::Kind::FluentBit),
            Self::Prometheus => Some(config_check::Kind::Prometheus),
            Self::Kubernetes => Some(config_check::Kind::Kubernetes),
            Self::OpenTelemetry => Some(config_check::Kind::OpenTelemetry),
            Self::Exposition => Some(config_check::Kind::Exposition),
        }
    }

    pub(super) fn told(kind: config_check::Kind) -> Self {
        match kind {
            config_check::Kind::FluentBit => Self::FluentBit,
            config_check::Kind::OpenTelemetry => Self::OpenTelemetry,
            config_check::Kind::Prometheus => Self::Prometheus,
            config_check::Kind::Kubernetes => Self::Kubernetes,
            config_check::Kind::Exposition => Self::Exposition,
            _ => Self::Auto,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckAnswer {
    /// What the files were taken for.
    pub kind: Kind,
    /// The problems, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a configuration or an exposition.
///
/// ```
/// use weirgate::api::{CheckRequest, Kind, check};
///
/// let text = "scrape_configs:\n- job_name: web\n  scrape_timeot: 5s\n";
/// let request = CheckRequest {
///     files: [("prometheus.yml", text)].into_iter().collect(),
///     ..CheckRequest::default()
/// };
/// let answer = check(&request)?;
/// assert_eq!(answer.kind, Kind::Prometheus);
/// let problem = &answer.diagnostics[0];
/// assert_eq!((problem.code.as_str(), problem.line, problem.column), ("unknown-field", Some(3), Some(3)));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When `main` is missing or names no file.
pub fn check(request: &CheckRequest) -> Result<CheckAnswer, Error> {
    check_half(request, &|method, _| Err(Error::left_out(method)))
}

pub(super) fn check_half(request: &CheckRequest, other: &OtherHalf<'_>) -> Result<CheckAnswer, Error> {
    let main = main(request)?;
    let variables = Variables(&request.env);
    let elsewhere = Elsewhere::new(request, other);
    let ask = |kind, name: &str, text: &str, id| elsewhere.check(kind, name, text, id);
    let mut options = options(request, &main, &variables);
    if !cfg!(feature = "api-metrics") {
        options.elsewhere = Some(&ask);
    }
    let report = config_check::check(&main, &request.files.memory(), &options);
    let report = report.map_err(|error| refused(&main, &error))?;
    elsewhere.finish()?;
    Ok(CheckAnswer::of(&report, request.positions))
}

/// The files with what can be repaired repaired.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FixAnswer {
    /// The messages of the problems that were repaired.
    pub repaired: Vec<String>,
    /// The files that change, with their new content.
    pub files: Files,
    /// What is left.
    pub left: CheckAnswer,
}

/// Repairs what a machine can repair without a doubt.
///
/// ```
/// use weirgate::api::{CheckRequest, fix};
///
/// let request = CheckRequest {
///     files: [("a.conf", "[INPUT]\n    Name tial\n    Path /l/*.log\n")].into_iter().collect(),
///     ..CheckRequest::default()
/// };
/// let answer = fix(&request)?;
/// assert_eq!(answer.files.get("a.conf").unwrap().text(), "[INPUT]\n    Name tail\n    Path /l/*.log\n");
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// As [`check`].
pub fn fix(request: &CheckRequest) -> Result<FixAnswer, Error> {
    fix_half(request, &|method, _| Err(Error::left_out(method)))
}

pub(super) fn fix_half(request: &CheckRequest, other: &OtherHalf<'_>) -> Result<FixAnswer, Error> {
    let main = main(request)?;
    let variables = Variables(&request.env);
    let elsewhere = Elsewhere::new(request, other);
    let ask = |kind, name: &str, text: &str, id| elsewhere.check(kind, name, text, id);
    let mut options = options(request, &main, &variables);
    if !cfg!(feature = "api-metrics") {
        options.elsewhere = Some(&ask);
    }
    let fixed = config_check::fix(&main, &request.files.memory(), &options, Applicability::Certain);
    let fixed = fixed.map_err(|error| refused(&main, &error))?;
    elsewhere.finish()?;
    Ok(FixAnswer {
        repaired: fixed.repaired,
        files: fixed.changes.into_iter().map(|change| (change.file, change.after)).collect(),
        left: CheckAnswer::of(&fixed.report, request.positions),
    })
}

impl CheckAnswer {
    fn of(report: &config_check::Report, positions: Positions) -> Self {
        let diagnostics = Diagnostic::all(&report.diagnostics, &report.sources, positions);
        Self { kind: Kind::told(report.kind), diagnostics }
    }
}

/// Why there is no report.
fn refused(main: &str, error: &CheckError) -> Error {
    match error {
        CheckError::LeftOut(kind) => Error::left_out(format_args!("check of a file of the kind {kind}")),
        error => Error::input(format!("{main}: {error}")),
    }
}

fn main(request: &CheckRequest) -> Result<String, Error> {
    let usual = [&logs::MAIN[..], &["prometheus.yml", "prometheus.yaml"]].concat();
    request.files.main(request.main.as_deref(), &usual)
}

fn options<'a>(
    request: &CheckRequest,
    main: &str,
    variables: &'a Variables<'a>,
) -> config_check::Options<'a> {
    let mut options = config_check::Options::default();
    // What tells nothing yet, such as an empty text in an editor, is a configuration that begins.
    let detected = || config_check::Kind::detect(main, request.files.get(main)?.bytes());
    options.kind = request.kind.asked().or_else(detected).or(Some(config_check::Kind::FluentBit));
    options.delivery = request.compat.delivery();
    options.environment = variables;
    options
}

/// Nothing is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LintsRequest {}

/// A code that diagnostics have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LintView {
    /// The code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// What is wrong, in one line.
    pub title: String,
    /// Why it matters; empty for an error that says it all.
    pub why: String,
}

/// All codes that [`check`] knows.
///
/// # Errors
///
/// None today.
pub fn lints(_: &LintsRequest) -> Result<Vec<LintView>, Error> {
    let view = |lint: &'static source_text::Lint| LintView {
        code: lint.code.to_owned(),
        severity: lint.severity.to_string(),
        title: lint.title.to_owned(),
        why: lint.why.to_owned(),
    };
    Ok(config_check::lints().map(view).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, kind: Kind, codes: &[&str]) {
        let files = [("f", text)].into_iter().collect();
        let answer = check(&CheckRequest { files, ..CheckRequest::default() }).unwrap();
        let found = answer.diagnostics.iter().filter(|problem| problem.severity != "info");
        let found: Vec<_> = found.map(|problem| problem.code.as_str()).collect();
        assert_eq!((answer.kind, found.as_slice()), (kind, codes), "{text}");
    }

    #[test]
    fn kinds_are_told_from_the_content() {
        check_text(
            "[INPUT]\n    Name tail\n    Path /a\n    Tga a\n",
            Kind::FluentBit,
            &["unknown-property"],
        );
        check_text("scrape_configs: []\n", Kind::Prometheus, &[]);
        check_text("# c\nglobal:\n  scrape_intervall: 1s\n", Kind::Prometheus, &["unknown-field"]);
        check_text("# HELP up It is.\nup 1\n", Kind::Exposition, &[]);
        check_text("up{a=\"}\"} 1 5\n", Kind::Exposition, &[]);
        check_text("up 1\nup 2\n", Kind::Exposition, &["exposition-standard"]);
        check_text("", Kind::FluentBit, &[]);
    }
}
