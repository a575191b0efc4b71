//! Relabelling rules.

use std::collections::BTreeSet;

use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::yaml::Located;
use prometheus_relabel::{Action, Field, Rules, Scratch};
use source_text::{Diagnostic, Edit, Span};

use super::edit::Lines;
use super::{certain, likely};
use crate::ScrapeConfig;

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

pub(super) fn check(lines: Lines<'_>, config: &ScrapeConfig, found: &mut Vec<Diagnostic>) {
    let rules = config.relabel_configs.located();
    let mut set: BTreeSet<&str> = NEEDED.into();
    for located in rules {
        check_rule(lines, located, found);
        found.extend(deletion(lines, located, &set));
        set.insert(&located.rule.target_label);
    }
    found.extend(
        rules.iter().filter_map(|rule| keeps_no_needed(rule, "__address__", "labelkeep-removes-address")),
    );
    collisions(lines, rules, found);
    let rules = config.metric_relabel_configs.located();
    for located in rules {
        check_rule(lines, located, found);
        found.extend(drops_name(located));
        found.extend(target_labels(lines, config, located));
    }
    found.extend(rules.iter().filter_map(|rule| keeps_no_needed(rule, "__name__", "rule-removes-name")));
    collisions(lines, rules, found);
}

/// Where a field is written; `None` where it is not.
fn written(located: &Located, field: Field) -> Option<Span> {
    Some(located.place(field)).filter(|place| *place != located.span())
}

/// Traps in rules for targets and samples alike.
fn check_rule(lines: Lines<'_>, located: &Located, found: &mut Vec<Diagnostic>) {
    let rule = &located.rule;
    let pattern = rule.regex().as_str();
    let regex = written(located, Field::Regex);
    if let (Some(meant), Some(span)) = (whole_pattern(pattern), regex) {
        let message =
            format!("a pattern has to match the whole value: `{pattern}` does not match a part of it");
        let problem =
            Diagnostic::warning("partial-regex", span, message).help(format!("did you mean `{meant}`?"));
        let edit = Edit::of_value(span, pattern, &meant);
        found.push(likely(problem, "match a part of the value", [edit]));
    }
    if let Some(span) = regex.filter(|span| pattern.is_empty() && is_left_out(lines, *span)) {
        let problem = Diagnostic::warning(
            "empty-regex",
            span,
            "a pattern without a value is the empty one: it matches only what is missing",
        )
        .help("leave the field out for the default `(.*)`, or write '' if this is meant");
        found.push(likely(problem, "leave it out", [lines.without_field("regex", span)]));
    }
    found.extend(never_matches(located, pattern));
    found.extend(labelmap(located, pattern));
    if rule.replacement.contains("$$") {
        let span = located.place(Field::Replacement);
        let problem = Diagnostic::warning("escaped-dollar", span, "`$$` stands for a dollar sign here").help(
            "write `$1` for a group; only collectors that replace variables of the environment need `$$1`",
        );
        let edit = Edit::of_value(span, &rule.replacement, &rule.replacement.replace("$$", "$"));
        found.push(certain(problem, "write one `$`", [edit]));
    }
}

fn is_left_out(lines: Lines<'_>, span: Span) -> bool {
    matches!(lines.text.get(span.range()).unwrap_or_default().trim(), "" | "~" | "null")
}

/// Several values are joined with `;`, which the pattern cannot match.
fn never_matches(located: &Located, pattern: &str) -> Option<Diagnostic> {
    let rule = &located.rule;
    let matches_values = matches!(rule.action, Some(Action::Replace | Action::Keep | Action::Drop));
    let several = rule.source_labels.as_ref().is_some_and(|sources| sources.len() > 1);
    let literal = pattern.chars().all(|c| c.is_ascii_alphanumeric() || "_-/:|()".contains(c));
    if !matches_values || !several || rule.separator != ";" || !literal {
        return None;
    }
    let span = written(located, Field::Regex)?;
    Some(
        Diagnostic::warning(
            "never-matches",
            span,
            format!("`{pattern}` matches nothing: the values of several labels have `;` between them"),
        )
        .help("write a pattern with a part for each label, such as `a;b`"),
    )
}

fn labelmap(located: &Located, pattern: &str) -> Option<Diagnostic> {
    let rule = &located.rule;
    if rule.action != Some(Action::LabelMap) {
        return None;
    }
    if matches!(rule.replacement.as_str(), "$1" | "${1}") && rule.regex().group_count() == 1 {
        let span = located.place(Field::Regex);
        let problem = Diagnostic::warning(
            "labelmap-without-group",
            span,
            format!(
                "the pattern `{pattern}` has no group `$1`: all labels it matches become one with no name"
            ),
        )
        .help("put the part that names the new label in parentheses");
        let edit = pattern.ends_with(".*") || pattern.ends_with(".+");
        let (start, end) = pattern.split_at(pattern.len().saturating_sub(2));
        let edit = edit.then(|| Edit::of_value(span, pattern, &format!("{start}({end})")));
        return Some(certain(problem, "put the end in parentheses", [edit.flatten()]));
    }
    let literal = without_groups(&rule.replacement);
    let is_bad = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let starts_with_digit = rule.replacement.starts_with(|c: char| c.is_ascii_digit());
    if !literal.contains(is_bad) && !starts_with_digit {
        return None;
    }
    let span = located.place(Field::Replacement);
    Some(
        Diagnostic::warning(
            "labelmap-illegal-name",
            span,
            format!("`{}` makes names that are no label names in most tools", rule.replacement),
        )
        .help("names consist of letters, digits and `_`, and do not begin with a digit"),
    )
}

/// A replacement without its references to groups.
fn without_groups(replacement: &str) -> String {
    let mut out = String::new();
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = match after.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
            Some((_, after)) => after,
            None => after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        };
    }
    out.push_str(rest);
    out
}

/// Two mappings that give the same names.
fn collisions(lines: Lines<'_>, rules: &[Located], found: &mut Vec<Diagnostic>) {
    let maps: Vec<&Located> =
        rules.iter().filter(|located| located.rule.action == Some(Action::LabelMap)).collect();
    for (index, located) in maps.iter().enumerate() {
        let same = |other: &&&Located| {
            other.rule.replacement == located.rule.replacement
                && other.rule.regex().as_str() != located.rule.regex().as_str()
        };
        if let Some(first) = maps[..index].iter().find(same) {
            let problem = Diagnostic::warning(
                "labelmap-collision",
                located.place(Field::Regex),
                "two rules give labels the same names: where both match, this one wins",
            )
            .label(first.place(Field::Regex), "the other rule")
            .help("add a prefix to one of them, such as `replacement: annotation_$1`");
            let kinds = ["annotation", "label"];
            let kind = kinds.into_iter().find(|kind| located.rule.regex().as_str().contains(kind));
            let edit = kind
                .filter(|_| written(located, Field::Replacement).is_none())
                .and_then(|kind| lines.append(located.span(), &[&format!("replacement: {kind}_$1")]));
            found.push(likely(problem, "add a prefix", [edit]));
        }
    }
}

/// A rule that removes a label where its sources are missing.
fn deletion(lines: Lines<'_>, located: &Located, set: &BTreeSet<&str>) -> Option<Diagnostic> {
    let rule = &located.rule;
    let target = rule.target_label.as_str();
    let sources = rule.source_labels.as_deref().unwrap_or_default();
    if rule.action != Some(Action::Replace)
        || !set.contains(target)
        || sources.is_empty()
        || sources.iter().any(|source| source == target)
    {
        return None;
    }
    let rules = Rules::new(vec![rule.clone()], NameScheme::Utf8).ok()?;
    let labels = LabelSet::from([(target, "x")]);
    let mut labels = LabelsBuilder::new().reset(&labels);
    let _ = rules.apply(&mut labels, &mut Scratch::new());
    if !labels.get(target).is_empty() {
        return None;
    }
    let field = if rule.regex.is_some() { Field::Regex } else { Field::SourceLabels };
    let span = located.place(field);
    let message = format!("this rule removes `{target}` where the source labels are missing");
    let problem = Diagnostic::warning("rule-removes-label", span, message)
        .help("a pattern such as `(.+)` leaves the label alone then");
    let edit = match written(located, Field::Regex) {
        Some(regex) if rule.regex().as_str() == "(.*)" => Edit::of_value(regex, "(.*)", "(.+)"),
        Some(_) => None,
        None => lines.append(located.span(), &["regex: (.+)"]),
    };
    Some(certain(problem, "leave the label alone", [edit]))
}

/// A `labelkeep` that does not keep a label nothing works without.
fn keeps_no_needed(located: &Located, needed: &str, code: &'static str) -> Option<Diagnostic> {
    let rule = &located.rule;
    if rule.action != Some(Action::LabelKeep) || rule.regex().is_match(needed) {
        return None;
    }
    let span = located.place(Field::Regex);
    let pattern = rule.regex().as_str();
    let (message, kept) = match needed {
        "__address__" => ("this rule removes `__address__`: no target is left", "__.*"),
        _ => ("this rule removes the metric name: every scrape fails", "__name__"),
    };
    let problem = Diagnostic::warning(code, span, message).help(format!("keep `{kept}`, too"));
    Some(likely(problem, "keep it, too", [Edit::of_value(span, pattern, &format!("{kept}|{pattern}"))]))
}

fn drops_name(located: &Located) -> Option<Diagnostic> {
    let rule = &located.rule;
    let drops = rule.action == Some(Action::LabelDrop) && rule.regex().is_match("__name__");
    drops.then(|| {
        let message = "this rule removes the metric name: every scrape fails";
        Diagnostic::warning("rule-removes-name", located.place(Field::Regex), message)
            .help("to drop series, use the action `drop` on `__name__`")
    })
}

/// A rule for samples that asks for labels which only targets have.
fn target_labels(lines: Lines<'_>, config: &ScrapeConfig, located: &Located) -> Option<Diagnostic> {
    let is_gone = |name: &str| name.starts_with("__") && name != "__name__" && !name.starts_with("__tmp");
    let sources = located.rule.source_labels.as_deref().unwrap_or_default();
    let name = sources.iter().find(|name| is_gone(name))?;
    let list = located.place(Field::SourceLabels);
    let span = lines.find(list, name).unwrap_or(list);
    let message = format!("samples have no label `{name}`: it belongs to the target");
    let problem = Diagnostic::warning("target-label-in-metric-rule", span, message)
        .help("rules that need it stand under `relabel_configs`");
    let alone = config.metric_relabel_configs.located().len() == 1;
    let no_others = config.relabel_configs.located().is_empty();
    let key = config.fields.key("metric_relabel_configs").filter(|_| alone && no_others);
    Some(likely(problem, "make it a rule for targets", [key.map(|key| Edit::new(key, "relabel_configs"))]))
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
