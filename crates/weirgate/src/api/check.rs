//! `check`: what is wrong with a configuration or an exposition.

use std::collections::BTreeMap;

use config_check::{CheckError, Options};
use serde::{Deserialize, Serialize};

use super::{Diagnostic, Error, Files, Mode, Positions, logs};

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
    /// Told from the content of the entry file.
    #[default]
    Auto,
    /// A configuration of Fluent Bit, in either form.
    FluentBit,
    /// A `prometheus.yml`.
    Prometheus,
    /// A Kubernetes manifest with configurations in ConfigMaps and Secrets.
    #[serde(alias = "configmap")]
    Kubernetes,
    /// Metrics in text.
    Exposition,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckAnswer {
    /// What the files were taken for.
    pub kind: Kind,
    /// The problems, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a configuration, a manifest or an exposition, as `weirgate check` does.
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
    let usual = [&logs::MAIN[..], &["prometheus.yml", "prometheus.yaml"]].concat();
    let main = request.files.main(request.main.as_deref(), &usual)?;
    let variables = logs::Variables(&request.env);
    let mut options = Options::default();
    options.kind = request.kind.asked();
    options.delivery = request.compat.delivery();
    options.environment = &variables;
    let files = request.files.memory();
    let report = match config_check::check(&main, &files, &options) {
        Err(CheckError::UnknownKind) => {
            options.kind = Some(config_check::Kind::FluentBit);
            config_check::check(&main, &files, &options)
        }
        report => report,
    };
    let report = report.map_err(|error| Error::input(format!("{main}: {error}")))?;
    let diagnostics = Diagnostic::all(&report.diagnostics, &report.sources, request.positions);
    Ok(CheckAnswer { kind: Kind::found(report.kind), diagnostics })
}

impl Kind {
    fn asked(self) -> Option<config_check::Kind> {
        match self {
            Self::Auto => None,
            Self::FluentBit => Some(config_check::Kind::FluentBit),
            Self::Prometheus => Some(config_check::Kind::Prometheus),
            Self::Kubernetes => Some(config_check::Kind::Kubernetes),
            Self::Exposition => Some(config_check::Kind::Exposition),
        }
    }

    fn found(kind: config_check::Kind) -> Self {
        match kind {
            config_check::Kind::Prometheus => Self::Prometheus,
            config_check::Kind::Kubernetes => Self::Kubernetes,
            config_check::Kind::Exposition => Self::Exposition,
            _ => Self::FluentBit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, kind: Kind, codes: &[&str]) {
        let files = [("f", text)].into_iter().collect();
        let answer = check(&CheckRequest { files, ..CheckRequest::default() }).unwrap();
        let found: Vec<_> = answer.diagnostics.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!((answer.kind, found.as_slice()), (kind, codes), "{text}");
    }

    #[test]
    fn kinds_are_told_from_the_content() {
        check_text("[INPUT]\n    Name tial\n", Kind::FluentBit, &["unknown-plugin"]);
        check_text("# c\n@SET a=b\n", Kind::FluentBit, &[]);
        check_text("scrape_configs: []\n", Kind::Prometheus, &[]);
        check_text("# c\nglobal:\n  scrape_intervall: 1s\n", Kind::Prometheus, &["unknown-field"]);
        check_text("# HELP up It is.\nup 1\n", Kind::Exposition, &[]);
        check_text("up{a=\"}\"} 1 5\n", Kind::Exposition, &[]);
        check_text("up 1\nup 2\n", Kind::Exposition, &["exposition-standard"]);
        check_text("up 1\n# EOF\n", Kind::Exposition, &[]);
        check_text("", Kind::FluentBit, &[]);
    }
}
