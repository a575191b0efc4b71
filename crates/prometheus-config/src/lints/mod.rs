//! What Prometheus accepts and hardly anybody means.

mod edit;
mod errors;
mod kubernetes;
mod rules;
mod table;

use source_text::{Diagnostic, Edit, Fix, Severity};

use crate::decode::Decoder;
use crate::{Discovery, Role, ScrapeConfig};
use edit::Lines;

pub use table::{lint_codes, lints};

/// Warns about traps in a job.
pub(crate) fn check(decoder: &mut Decoder, config: &ScrapeConfig) {
    let text = decoder.text();
    let lines = Lines { text: &text };
    let mut found = Vec::new();
    found.extend(query_in_path(lines, config));
    if !matches!(config.scheme.as_str(), "http" | "https") && config.fields.value("scheme").is_some() {
        let span = config.fields.place("scheme");
        let message = format!("no target can be scraped with the scheme `{}`", config.scheme);
        let help = "the schemes are `http` and `https`, in lower case";
        let problem = Diagnostic::warning("unknown-scheme", span, message).help(help);
        let lower = config.scheme.to_ascii_lowercase();
        let edit =
            matches!(lower.as_str(), "http" | "https").then(|| Edit::of_value(span, &config.scheme, &lower));
        found.push(certain(problem, "write it in lower case", [edit.flatten()]));
    }
    found.extend(content_type(lines, config));
    rules::check(lines, config, &mut found);
    kubernetes::check(lines, config, &mut found);
    found.into_iter().for_each(|problem| decoder.warn(problem));
}

/// The roles of a job whose targets all come from Kubernetes.
fn roles(config: &ScrapeConfig) -> Option<Vec<Role>> {
    let role = |discovery: &Discovery| match discovery {
        Discovery::Kubernetes(kubernetes) => Some(kubernetes.role),
        _ => None,
    };
    let roles: Vec<Role> = config.service_discovery.iter().map(role).collect::<Option<_>>()?;
    (!roles.is_empty()).then_some(roles)
}

/// What Prometheus 2 took for text and Prometheus 3 refuses.
fn content_type(lines: Lines<'_>, config: &ScrapeConfig) -> Option<Diagnostic> {
    if config.fallback_scrape_protocol.is_some() {
        return None;
    }
    let span = config.fields.place("job_name");
    let message = "a target of this job that sends no `Content-Type`, or an unknown one, is down";
    let problem = Diagnostic::new(Severity::Info, "no-fallback-protocol", message).at(span).help(
        "Prometheus 2 read such an answer as text; set `fallback_scrape_protocol` if there is such a target",
    );
    let field = ["fallback_scrape_protocol: PrometheusText0.0.4"];
    let edit =
        config.fields.value("job_name").and_then(|span| lines.below(span, config.fields.section(), &field));
    Some(likely(problem, "read it as text", [edit]))
}

fn query_in_path(lines: Lines<'_>, config: &ScrapeConfig) -> Option<Diagnostic> {
    let (path, parameters) = config.metrics_path.split_once('?')?;
    let span = config.fields.place("metrics_path");
    let message = "the `?` in this path does not begin a query: it is sent as `%3F`";
    let help = format!("write the parameters `{parameters}` under `params`");
    let problem = Diagnostic::warning("query-in-metrics-path", span, message).help(help);
    let simple = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    let mut params = vec!["params:".to_owned()];
    for pair in parameters.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !name.chars().all(simple) || !value.chars().all(simple) || name.is_empty() {
            return Some(problem);
        }
        params.push(format!("  {name}: ['{value}']"));
    }
    let params: Vec<&str> = params.iter().map(String::as_str).collect();
    // A name that is there twice would be a repeated field.
    let free = config.fields.key("params").is_none() && !has_duplicates(&params);
    let edits = [
        Edit::of_value(span, &config.metrics_path, path),
        free.then(|| lines.below(span, config.fields.section(), &params)).flatten(),
    ];
    Some(certain(problem, "move the query to `params`", edits))
}

fn has_duplicates(lines: &[&str]) -> bool {
    let mut names: Vec<&str> = lines.iter().filter_map(|line| line.split(':').next()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// Adds a fix that consists of `edits`, if all of them can be made.
fn certain<const N: usize>(problem: Diagnostic, title: &str, edits: [Option<Edit>; N]) -> Diagnostic {
    match edits.into_iter().collect() {
        Some(edits) => problem.with_fix(Fix::certain(title, edits)),
        None => problem,
    }
}

/// The same for one that somebody should look at first.
fn likely<const N: usize>(problem: Diagnostic, title: &str, edits: [Option<Edit>; N]) -> Diagnostic {
    match edits.into_iter().collect() {
        Some(edits) => problem.with_fix(Fix::likely(title, edits)),
        None => problem,
    }
}

/// A fix for a complaint about a field that must not be there: its line is removed.
pub(crate) fn without_field(text: &str, problem: Diagnostic, name: &str) -> Diagnostic {
    let edit = problem.span().and_then(|span| Lines { text }.without_field(name, span));
    certain(problem, &format!("remove `{name}`"), [edit])
}
