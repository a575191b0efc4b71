//! Jobs whose targets come from Kubernetes.

use prometheus_relabel::yaml::Located;
use prometheus_relabel::{Action, Field};
use source_text::{Diagnostic, Edit, Severity};

use super::edit::Lines;
use super::{certain, likely, roles};
use crate::{Discovery, Role, ScrapeConfig};

const META: &str = "__meta_kubernetes_";

pub(super) fn check(lines: Lines<'_>, config: &ScrapeConfig, found: &mut Vec<Diagnostic>) {
    let rules = config.relabel_configs.located();
    for located in rules {
        for name in located.rule.source_labels.iter().flatten() {
            found.extend(label(lines, config, located, name));
        }
    }
    if roles(config).is_some_and(|roles| roles.contains(&Role::Pod)) {
        found.extend(port_annotation(lines, rules));
        found.extend(finished_pods(lines, config, rules));
    }
}

/// A label that discovery cannot give.
fn label(lines: Lines<'_>, config: &ScrapeConfig, located: &Located, name: &str) -> Option<Diagnostic> {
    let rest = name.strip_prefix(META)?;
    let list = located.place(Field::SourceLabels);
    let span = lines.find(list, name).unwrap_or(list);
    if rest.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        let sanitized: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        let problem = Diagnostic::warning(
            "unsanitized-meta-label",
            span,
            format!("no target has the label `{name}`: other characters than letters and digits become `_`"),
        )
        .help(format!("write `{sanitized}`"));
        let edit = (span != list).then(|| Edit::new(span, sanitized.as_str()));
        return Some(certain(problem, &format!("write `{sanitized}`"), [edit]));
    }
    let roles = roles(config)?;
    if roles.iter().any(|role| gives(*role, rest)) {
        return None;
    }
    let names = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" or ");
    let problem = Diagnostic::warning(
        "unknown-meta-label",
        span,
        format!("no target of the role {names} has the label `{name}`"),
    );
    Some(match meant(&roles, rest).filter(|_| span != list) {
        Some(meant) => problem.did_you_mean(span, name, &format!("{META}{meant}")),
        None => problem.help("the value is always empty"),
    })
}

/// The kinds of object whose labels a role has.
fn kinds(role: Role) -> &'static [&'static str] {
    match role {
        Role::Node => &["node"],
        Role::Service => &["namespace", "service"],
        Role::Ingress => &["namespace", "ingress"],
        Role::Endpoints => &["namespace", "endpoints", "endpoint", "service", "pod", "node"],
        Role::EndpointSlice => &["namespace", "endpointslice", "service", "pod", "node"],
        _ => &["namespace", "pod", "node"],
    }
}

/// What a pod's label can be called after `pod_`.
const POD: [&str; 17] = [
    "name",
    "ip",
    "ready",
    "phase",
    "node_name",
    "host_ip",
    "uid",
    "controller_kind",
    "controller_name",
    "deployment_name",
    "job_name",
    "cronjob_name",
    "container_",
    "label_",
    "labelpresent_",
    "annotation_",
    "annotationpresent_",
];

fn gives(role: Role, rest: &str) -> bool {
    let (kind, after) = rest.split_once('_').unwrap_or((rest, ""));
    let known = kinds(role).contains(&kind);
    known
        && (kind != "pod"
            || POD.iter().any(|name| after == *name || name.ends_with('_') && after.starts_with(name)))
}

/// The name without its prefix that was probably meant.
fn meant(roles: &[Role], rest: &str) -> Option<String> {
    let (kind, after) = rest.split_once('_')?;
    let kinds = roles.iter().flat_map(|role| kinds(*role).iter().copied());
    if !roles.iter().any(|role| self::kinds(*role).contains(&kind)) {
        let kind = source_text::suggest(kind, kinds)?;
        return Some(format!("{kind}_{after}"));
    }
    let exact = POD.iter().copied().filter(|name| !name.ends_with('_'));
    if let Some(name) = source_text::suggest(after, exact) {
        return Some(format!("{kind}_{name}"));
    }
    let (word, end) = after.split_once('_')?;
    let words = POD.iter().filter_map(|name| name.strip_suffix('_'));
    Some(format!("{kind}_{}_{end}", source_text::suggest(word, words)?))
}

/// A rule that puts one port into the address of every port's target.
fn port_annotation(lines: Lines<'_>, rules: &[Located]) -> Option<Diagnostic> {
    const PORT: &str = "__meta_kubernetes_pod_container_port_number";
    let sets_address = |located: &&Located| {
        located.rule.action == Some(Action::Replace) && located.rule.target_label == "__address__"
    };
    let located = rules.iter().find(sets_address)?;
    let annotation = located
        .rule
        .source_labels
        .iter()
        .flatten()
        .find(|name| name.starts_with("__meta_kubernetes_pod_annotation_") && name.ends_with("port"))?;
    let by_port = |located: &Located| {
        located.rule.target_label == PORT
            || located.rule.source_labels.iter().flatten().any(|name| name == PORT)
    };
    if rules.iter().any(by_port) {
        return None;
    }
    let list = located.place(Field::SourceLabels);
    let problem = Diagnostic::warning(
        "port-annotation-in-address",
        lines.find(list, annotation).unwrap_or(list),
        "each port of a pod is a target, and all of them get this address: a pod with several is scraped several times",
    )
    .help(format!("keep only the target whose `{PORT}` is that of the annotation"));
    let sources = format!("source_labels: [{annotation}]");
    let items: [&[&str]; 3] = [
        &["source_labels: [__meta_kubernetes_pod_container_port_number]", "target_label: __tmp_port"],
        &[&sources, "regex: (.+)", "target_label: __tmp_port"],
        &[
            "source_labels: [__tmp_port]",
            "action: keepequal",
            "target_label: __meta_kubernetes_pod_container_port_number",
        ],
    ];
    let edit = lines.items(located.span(), &items, true);
    Some(likely(problem, "keep the target of the annotated port", [edit]))
}

/// Pods that have ended stay objects, and targets.
fn finished_pods(lines: Lines<'_>, config: &ScrapeConfig, rules: &[Located]) -> Option<Diagnostic> {
    let looks = |located: &Located| {
        let sources = located.rule.source_labels.iter().flatten();
        sources.into_iter().any(|name| name.ends_with("_pod_phase") || name.ends_with("_pod_ready"))
    };
    if rules.iter().any(looks) {
        return None;
    }
    let role = config.service_discovery.iter().find_map(|discovery| match discovery {
        Discovery::Kubernetes(kubernetes) if kubernetes.role == Role::Pod => Some(kubernetes),
        _ => None,
    })?;
    let problem = Diagnostic::new(
        Severity::Info,
        "finished-pods",
        "pods of jobs that have ended, and their init containers, stay targets that are down",
    )
    .at(role.fields.place("role"))
    .help("drop them by `__meta_kubernetes_pod_phase`");
    let rule: [&str; 3] =
        ["source_labels: [__meta_kubernetes_pod_phase]", "regex: Pending|Succeeded|Failed", "action: drop"];
    let edit = rules.last().map(|last| lines.items(last.span(), &[&rule], false));
    Some(likely(problem, "drop them", [edit.flatten()]))
}
