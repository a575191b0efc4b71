//! `prometheus.yml`, and the files with more jobs that it names.

use fluentbit_config::Files;
use prometheus_config::parse;
use source_text::{Diagnostic, SourceId, SourceMap, Span, yaml};

use crate::{Kind, Options, Report, allow};

pub(crate) fn check(name: &str, bytes: &[u8], files: &dyn Files, options: &Options<'_>) -> Report {
    let mut sources = SourceMap::new();
    let mut diagnostics = Vec::new();
    let text = text_of(bytes);
    let id = sources.add(name, text.as_str());
    let mut parsed = parse(id, &text, |name| options.environment.get(name));
    diagnostics.append(&mut parsed.diagnostics);
    diagnostics.append(&mut parsed.notes);
    let mut comments = comments(id, &text);
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    for pattern in parsed.config.scrape_config_files.clone() {
        let pattern = match folder {
            "" => pattern,
            _ if pattern.starts_with('/') => pattern,
            _ => format!("{folder}/{pattern}"),
        };
        for path in files.glob(&pattern) {
            let Ok(bytes) = files.read(&path) else { continue };
            let text = text_of(&bytes);
            let id = sources.add(path.as_str(), text.as_str());
            diagnostics.extend(parsed.config.add_scrape_configs(id, &path, &text));
            comments.extend(self::comments(id, &text));
        }
    }
    allow::apply(&sources, &comments, &mut diagnostics);
    Report { kind: Kind::Prometheus, sources, diagnostics }
}

/// Checks one file that stands inside another: the source `id`.
pub(crate) fn check_text(
    sources: &SourceMap,
    id: SourceId,
    text: &str,
    options: &Options<'_>,
) -> Vec<Diagnostic> {
    let parsed = parse(id, text, |name| options.environment.get(name));
    let mut diagnostics = [parsed.diagnostics, parsed.notes].concat();
    allow::apply(sources, &comments(id, text), &mut diagnostics);
    diagnostics
}

/// The comments of a YAML file; none of one that is no YAML.
pub(crate) fn comments(id: SourceId, text: &str) -> Vec<Span> {
    yaml::comments(id, text).unwrap_or_default()
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
