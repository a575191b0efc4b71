//! A configuration of the OpenTelemetry collector, as far as it holds one of Prometheus.
//!
//! The collector replaces variables of the environment before the receiver reads its configuration: `$1` is
//! gone then, and `$$1` is the group.

use source_text::yaml::{self, Node, NodeKind};
use source_text::{Diagnostic, Edit, SourceId, SourceMap};

use crate::prometheus::comments;
use crate::{Kind, Report, allow};

pub(crate) fn check(name: &str, bytes: &[u8]) -> Report {
    let mut sources = SourceMap::new();
    let text = String::from_utf8_lossy(bytes);
    let id = sources.add(name, text.as_ref());
    let diagnostics = check_text(&sources, id, &text);
    Report { kind: Kind::OpenTelemetry, sources, diagnostics }
}

/// Checks one file that may stand inside another: the source `id`.
pub(crate) fn check_text(sources: &SourceMap, id: SourceId, text: &str) -> Vec<Diagnostic> {
    let mut diagnostics = match yaml::parse(id, text) {
        Ok(documents) => {
            let mut found = Vec::new();
            let receivers = documents.iter().filter_map(|document| document.get("receivers")?.entries());
            for (name, receiver) in receivers.flatten() {
                let is_prometheus =
                    name.as_str().is_some_and(|name| name.split('/').next() == Some("prometheus"));
                if let Some(config) = receiver.get("config").filter(|_| is_prometheus) {
                    dollars(config, text, &mut found);
                }
            }
            found
        }
        Err(problem) => vec![*problem],
    };
    allow::apply(sources, &comments(id, text), &mut diagnostics);
    diagnostics
}

/// Templates below `node` that refer to groups.
fn dollars(node: &Node, text: &str, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        NodeKind::Sequence(items) => items.iter().for_each(|item| dollars(item, text, found)),
        NodeKind::Mapping(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value.as_str()) {
                    (Some("replacement" | "target_label"), Some(template)) => {
                        found.extend(template_dollar(value, template, text));
                    }
                    _ => dollars(value, text, found),
                }
            }
        }
        NodeKind::Scalar { .. } => {}
    }
}

fn template_dollar(node: &Node, template: &str, text: &str) -> Option<Diagnostic> {
    let (escaped, first) = with_escapes(template)?;
    let span = node.positions(text).span(first..first + 1);
    let problem = Diagnostic::warning(
        "unescaped-dollar",
        span,
        "the collector takes this for a variable of its environment: the group is lost",
    )
    .help("write `$$` for each `$` that the receiver is to see");
    Some(match Edit::of_value(node.span, template, &escaped) {
        Some(edit) => problem.fix(edit.span, edit.replacement),
        None => problem,
    })
}

/// The template with `$$` for each `$` before a group's number, and where the first of them is; `None` without
/// any.
fn with_escapes(template: &str) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut first = None;
    let mut at = 0;
    while let Some(dollar) = template[at..].find('$').map(|dollar| at + dollar) {
        out.push_str(&template[at..dollar]);
        let rest = &template[dollar + 1..];
        if rest.starts_with('$') {
            out.push_str("$$");
            at = dollar + 2;
            continue;
        }
        let group = rest.strip_prefix('{').unwrap_or(rest);
        if group.starts_with(|c: char| c.is_ascii_digit()) {
            first.get_or_insert(dollar);
            out.push('$');
        }
        out.push('$');
        at = dollar + 1;
    }
    out.push_str(&template[at..]);
    Some((out, first?))
}

#[cfg(test)]
mod tests {
    use super::with_escapes;

    #[test]
    fn dollars_before_groups() {
        for (template, expected) in [
            ("$1", Some(("$$1", 0))),
            ("a${1}:$2", Some(("a$${1}:$$2", 1))),
            ("$$1", None),
            ("$$1$2", Some(("$$1$$2", 3))),
            ("${env:PORT}", None),
            ("é$1", Some(("é$$1", 2))),
            ("", None),
        ] {
            let expected = expected.map(|(text, at)| (text.to_owned(), at));
            assert_eq!(with_escapes(template), expected, "{template}");
        }
    }
}
