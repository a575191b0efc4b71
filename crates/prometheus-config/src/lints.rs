//! What Prometheus accepts and hardly anybody means.

use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::yaml::Located;
use prometheus_relabel::{Action, Field, Rules, Scratch};
use source_text::Diagnostic;

use crate::decode::Decoder;
use crate::{RelabelRules, ScrapeConfig};

/// Labels that a target cannot do without, or that everybody expects to be there.
const NEEDED: [&str; 7] = [
    "__address__",
    "__scheme__",
    "__metrics_path__",
    "__scrape_interval__",
    "__scrape_timeout__",
    "job",
    "instance",
];

/// Warns about traps in a job.
pub(crate) fn check(decoder: &mut Decoder, config: &ScrapeConfig) {
    if let Some(query) = config.metrics_path.find('?') {
        let span = config.fields.place("metrics_path");
        let message = "the `?` in this path does not begin a query: it is sent as `%3F`";
        let parameters = &config.metrics_path[query + 1..];
        let help = format!("write the parameters `{parameters}` under `params`");
        decoder.warn(Diagnostic::warning("query-in-metrics-path", span, message).help(help));
    }
    if !matches!(config.scheme.as_str(), "http" | "https") && config.fields.value("scheme").is_some() {
        let span = config.fields.place("scheme");
        let message = format!("no target can be scraped with the scheme `{}`", config.scheme);
        let help = "the schemes are `http` and `https`, in lower case";
        decoder.warn(Diagnostic::warning("unknown-scheme", span, message).help(help));
    }
    for located in config.relabel_configs.located() {
        check_rule(decoder, located);
        check_deletion(decoder, located);
    }
    for located in config.metric_relabel_configs.located() {
        check_rule(decoder, located);
    }
    check_phase(decoder, &config.metric_relabel_configs);
}

/// Traps in rules for targets and samples alike.
fn check_rule(decoder: &mut Decoder, located: &Located) {
    let rule = &located.rule;
    let pattern = rule.regex().as_str();
    if let Some(meant) = whole_pattern(pattern) {
        let span = located.place(Field::Regex);
        let message =
            format!("a pattern has to match the whole value: `{pattern}` does not match a part of it");
        let help = format!("did you mean `{meant}`?");
        decoder.warn(Diagnostic::warning("partial-regex", span, message).help(help));
    }
    let refers_to_group = matches!(rule.replacement.as_str(), "$1" | "${1}");
    if rule.action == Some(Action::LabelMap) && refers_to_group && rule.regex().group_count() == 1 {
        let span = located.place(Field::Regex);
        let message = format!(
            "the pattern `{pattern}` has no group `$1`: all labels it matches become one with no name"
        );
        let help = "put the part that names the new label in parentheses";
        decoder.warn(Diagnostic::warning("labelmap-without-group", span, message).help(help));
    }
    if rule.replacement.contains("$$") {
        let span = located.place(Field::Replacement);
        let message = "`$$` stands for a dollar sign here";
        let help =
            "write `$1` for a group; only collectors that replace variables of the environment need `$$1`";
        decoder.warn(Diagnostic::warning("escaped-dollar", span, message).help(help));
    }
}

/// A rule that removes a label where its sources are missing.
fn check_deletion(decoder: &mut Decoder, located: &Located) {
    let rule = &located.rule;
    let target = rule.target_label.as_str();
    let sources = rule.source_labels.as_deref().unwrap_or_default();
    if rule.action != Some(Action::Replace) || !NEEDED.contains(&target) || sources.is_empty() {
        return;
    }
    let Ok(rules) = Rules::new(vec![rule.clone()], NameScheme::Utf8) else { return };
    let labels = LabelSet::from([(target, "x")]);
    let mut labels = LabelsBuilder::new().reset(&labels);
    let _ = rules.apply(&mut labels, &mut Scratch::new());
    if labels.get(target).is_empty() {
        let message = format!("this rule removes `{target}` where the source labels are missing");
        let help = "a pattern such as `(.+)` leaves the label alone then";
        let field = if rule.regex.is_some() { Field::Regex } else { Field::SourceLabels };
        let span = located.place(field);
        decoder.warn(Diagnostic::warning("rule-removes-label", span, message).help(help));
    }
}

/// Rules for samples that ask for labels which only targets have.
fn check_phase(decoder: &mut Decoder, rules: &RelabelRules) {
    for located in rules.located() {
        let is_gone = |name: &str| name.starts_with("__") && name != "__name__" && !name.starts_with("__tmp");
        for name in located.rule.source_labels.iter().flatten().filter(|name| is_gone(name)) {
            let span = located.place(Field::SourceLabels);
            let message = format!("samples have no label `{name}`: it belongs to the target");
            let help = "rules that need it stand under `relabel_configs`";
            decoder.warn(Diagnostic::warning("target-label-in-metric-rule", span, message).help(help));
        }
    }
}

/// The pattern that was probably meant by one that looks as if it could match a part of a value.
fn whole_pattern(pattern: &str) -> Option<String> {
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if let Some(start) = pattern.strip_prefix('^').filter(|start| is_word(start)) {
        return Some(format!("{start}.*"));
    }
    if let Some(end) = pattern.strip_suffix('$').filter(|end| is_word(end)) {
        return Some(format!(".*{end}"));
    }
    if !is_word(pattern) || pattern.starts_with("__") {
        return None;
    }
    match (pattern.starts_with('_'), pattern.ends_with('_')) {
        (false, true) => Some(format!("{pattern}.*")),
        (true, false) => Some(format!(".*{pattern}")),
        _ => None,
    }
}
