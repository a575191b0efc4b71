//! What is lost on the way out, and what parser filters leave behind.

use source_text::{Diagnostic, Severity};

use super::{is, is_on, likely, note};
use crate::load::Config;
use crate::section::Section;

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for output in &config.outputs {
        if uses_network(output) && output.get("retry_limit").is_none() {
            let message = "what cannot be delivered in two attempts is dropped: an outage of some 20 seconds loses data";
            let problem = note(output, "retry-limit-default", message)
                .help("`Retry_Limit` is 1 where it is not set; weirgate tries again without end");
            let edit = config.insertion(output, "Retry_Limit", "no_limits");
            problems.push(likely(problem, "try again without end", [edit]));
        }
        if is(output, "es") || is(output, "elasticsearch") || is(output, "opensearch") {
            problems.extend(label_dots(config, output));
            problems.extend(index_name(output));
        }
    }
    for filter in config.filters.iter().filter(|filter| is(filter, "parser")) {
        problems.extend(parser_drops_fields(config, filter));
    }
}

fn uses_network(output: &Section) -> bool {
    !["stdout", "file", "null", "counter", "exit"].iter().any(|local| is(output, local))
}

/// Labels such as `app` and `app.kubernetes.io/name` cannot both be indexed.
fn label_dots(config: &Config, output: &Section) -> Option<Diagnostic> {
    let adds_labels = config
        .filters
        .iter()
        .find(|filter| is(filter, "kubernetes") && filter.bool("labels", true).unwrap_or(true))?;
    if is_on(output, "replace_dots") {
        return None;
    }
    let span = output.plugin().map_or(output.span, |name| name.value_span);
    let problem = Diagnostic::warning(
        "es-label-dots",
        span,
        "documents of pods with the labels `app` and `app.kubernetes.io/…` are refused: one name cannot be a text and an object",
    )
    .label(adds_labels.span, "labels are added here")
    .help("set `Replace_Dots On`");
    Some(likely(problem, "replace dots in names", [config.insertion(output, "Replace_Dots", "On")]))
}

fn index_name(output: &Section) -> Option<Diagnostic> {
    let key = if is_on(output, "logstash_format") { "logstash_prefix" } else { "index" };
    let name = output.get(key)?;
    let is_bad = |c: char| c.is_ascii_uppercase() || "\\/*?\"<>|,# ".contains(c);
    // Directives of dates may be upper case.
    let mut plain = String::new();
    let mut rest = name.value.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        rest = after.get(1..).unwrap_or_default();
    }
    plain.push_str(rest);
    if !plain.contains(is_bad) && !plain.starts_with(['-', '_', '+']) {
        return None;
    }
    let problem = Diagnostic::warning(
        "es-index-name",
        name.value_span,
        format!("the server refuses the index name `{}`, and with it every document", name.value),
    )
    .help("names of indices are in lower case and do not begin with -, _ or +");
    let lower = name.raw.to_ascii_lowercase();
    let fits = !lower.contains(['%', '$']) && !lower.contains(is_bad) && !lower.starts_with(['-', '_', '+']);
    let edit = fits.then(|| name.rewritten(&lower)).flatten();
    Some(likely(problem, "write it in lower case", [edit]))
}

/// A parser filter without `Reserve_Data` leaves nothing but what it parsed.
fn parser_drops_fields(config: &Config, filter: &Section) -> Option<Diagnostic> {
    if filter.get("reserve_data").is_some() {
        return None;
    }
    let after_kubernetes = config
        .filters
        .iter()
        .take_while(|other| !std::ptr::eq(*other, filter))
        .find(|other| is(other, "kubernetes"));
    let span = filter.plugin().map_or(filter.span, |name| name.value_span);
    let severity = if after_kubernetes.is_some() { Severity::Warning } else { Severity::Info };
    let problem = Diagnostic::new(
        severity,
        "parser-drops-fields",
        "when the parser matches, all other fields of the record are gone",
    )
    .at(span)
    .help("set `Reserve_Data On` to keep them");
    let problem = match after_kubernetes {
        Some(other) => problem.label(other.span, "what this filter added, too"),
        None => problem,
    };
    Some(likely(problem, "keep the other fields", [config.insertion(filter, "Reserve_Data", "On")]))
}
