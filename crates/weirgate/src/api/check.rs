//! `check`: what is wrong with a configuration or an exposition.

use std::collections::BTreeMap;

use prometheus_exposition::{Format, Mode as Strictness, Options, Parser};
use serde::{Deserialize, Serialize};
use source_text::{SourceMap, Span};

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
    /// Metrics in text, judged as strictly as the standards do.
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
    let usual = [&logs::MAIN[..], &["prometheus.yml", "prometheus.yaml"]].concat();
    let main = request.files.main(request.main.as_deref(), &usual)?;
    let text = request.files.get(&main).map(|content| content.text().into_owned()).unwrap_or_default();
    let kind = if request.kind == Kind::Auto { Kind::of(&text) } else { request.kind };
    let diagnostics = match kind {
        Kind::Prometheus => {
            let mut sources = SourceMap::new();
            let id = sources.add(main, text.as_str());
            let parsed = prometheus_config::parse(id, &text, |name| request.env.get(name).cloned());
            Diagnostic::all(&parsed.diagnostics, &sources, request.positions)
        }
        Kind::Exposition => {
            let mut sources = SourceMap::new();
            let id = sources.add(main, text.as_str());
            let problem = exposition_problem(&text).map(|(offset, message)| {
                let end = text[offset..].find('\n').map_or(text.len(), |length| offset + length);
                source_text::Diagnostic::error("invalid-exposition", Span::new(id, offset, end), message)
            });
            let problems: Vec<_> = problem.into_iter().collect();
            Diagnostic::all(&problems, &sources, request.positions)
        }
        Kind::Auto | Kind::FluentBit => {
            let loaded = logs::load(&request.files.memory(), &main, &request.env, request.compat);
            Diagnostic::all(&loaded.problems, &loaded.config.sources, request.positions)
        }
    };
    Ok(CheckAnswer { kind, diagnostics })
}

/// Where a strict reader stops, and why.
fn exposition_problem(text: &str) -> Option<(usize, String)> {
    let open = text.trim_end().ends_with("# EOF");
    let format = if open { Format::OpenMetrics } else { Format::Text };
    let options = Options::new().mode(Strictness::Strict);
    let error = Parser::new(text.as_bytes(), format, options).find_map(Result::err)?;
    let mut offset = error.offset().min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    Some((offset, error.to_string()))
}

impl Kind {
    /// What a text is most likely meant to be.
    fn of(text: &str) -> Self {
        const PROMETHEUS: [&str; 7] =
            ["global:", "scrape_configs:", "rule_files:", "alerting:", "remote_write:", "storage:", "otlp:"];
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        if text.lines().any(|line| PROMETHEUS.iter().any(|key| line.starts_with(key))) {
            return Self::Prometheus;
        }
        match lines.find(|line| !line.starts_with('#') || is_metadata(line)) {
            Some(line) if is_metadata(line) || is_sample(line) => Self::Exposition,
            _ => Self::FluentBit,
        }
    }
}

fn is_metadata(line: &str) -> bool {
    ["# HELP ", "# TYPE ", "# UNIT "].iter().any(|start| line.starts_with(start))
}

/// Whether a line is a metric's name, labels perhaps, and a number.
fn is_sample(line: &str) -> bool {
    let name = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    let rest = match name.strip_prefix('{') {
        Some(labels) => labels.rsplit_once('}').map(|(_, rest)| rest),
        None => name.starts_with(' ').then_some(name),
    };
    let value = rest.and_then(|rest| rest.split_whitespace().next());
    name.len() < line.len() && value.is_some_and(|value| value.parse::<f64>().is_ok())
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
        check_text("up 1\nup 2\n", Kind::Exposition, &["invalid-exposition"]);
        check_text("up 1\n# EOF\n", Kind::Exposition, &[]);
        check_text("", Kind::FluentBit, &[]);
    }
}
