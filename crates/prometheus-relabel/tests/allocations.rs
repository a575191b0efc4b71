//! What relabelling allocates, once it was done before with the same builder and scratch.

use allocation_counter::measure;
use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::{Action, Regex, Rule, Rules, Scratch, Verdict};

fn rule(action: Action, regex: &str) -> Rule {
    Rule { action: Some(action), regex: Some(Regex::anchored(regex).unwrap()), ..Rule::default() }
}

fn of(source: &[&str], rule: Rule) -> Rule {
    Rule { source_labels: Some(source.iter().map(|name| (*name).into()).collect()), ..rule }
}

fn set(target: &str, replacement: &str, rule: Rule) -> Rule {
    Rule { target_label: target.into(), replacement: replacement.into(), ..rule }
}

/// Rules as they stand in many a configuration for pods; the last but one drops.
fn rules() -> Rules {
    let (scrape, port) = ("__meta_kubernetes_pod_annotation_scrape", "__meta_kubernetes_pod_annotation_port");
    let address = rule(Action::Replace, r"([^:]+)(?::\d+)?;(\d+)");
    let rules = vec![
        of(&[scrape], rule(Action::Keep, "true")),
        set("__address__", "$1:$2", of(&["__address__", port], address)),
        rule(Action::LabelMap, "__meta_kubernetes_pod_label_(.+)"),
        set("namespace", "$1", of(&["__meta_kubernetes_namespace"], rule(Action::Replace, "(.*)"))),
        of(&["__meta_kubernetes_pod_phase"], rule(Action::Drop, "Pending|Succeeded|Failed|Completed")),
        rule(Action::LabelDrop, "pod_template_.*"),
    ];
    Rules::new(rules, NameScheme::Utf8).unwrap()
}

#[track_caller]
fn check(changed: &[(&str, &str)], verdict_is_keep: bool, expected: u64) {
    let mut labels = vec![
        ("__address__".to_owned(), "10.1.2.3:80".to_owned()),
        ("__meta_kubernetes_namespace".to_owned(), "prod".to_owned()),
        ("__meta_kubernetes_pod_annotation_port".to_owned(), "9113".to_owned()),
        ("__meta_kubernetes_pod_annotation_scrape".to_owned(), "true".to_owned()),
        ("__meta_kubernetes_pod_phase".to_owned(), "Running".to_owned()),
    ];
    labels.extend((0..30).map(|n| (format!("__meta_kubernetes_pod_label_l{n}"), format!("value {n}"))));
    labels.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let target: LabelSet = labels.into_iter().collect();
    let (rules, mut builder, mut scratch) = (rules(), LabelsBuilder::new(), Scratch::new());
    let mut once = || {
        let mut labels = std::mem::take(&mut builder).reset(&target);
        let verdict = rules.apply(&mut labels, &mut scratch);
        let set = (verdict == Verdict::Keep).then(|| labels.to_set());
        builder = labels.clear();
        set
    };
    let first = once();
    assert_eq!(first.is_some(), verdict_is_keep);
    let allocations = measure(|| assert_eq!(once(), first)).count_total;
    assert_eq!(allocations, expected);
}

#[test]
fn dropped_targets_cost_no_allocation() {
    check(&[("__meta_kubernetes_pod_annotation_scrape", "false")], false, 0);
    // By a rule behind some that have changed labels.
    check(&[("__meta_kubernetes_pod_phase", "Succeeded")], false, 0);
}

#[test]
fn kept_targets_cost_those_of_the_finished_set() {
    // Its text and where its labels end, and the order of those that were set.
    check(&[], true, 3);
}
