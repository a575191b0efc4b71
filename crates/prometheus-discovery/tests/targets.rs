//! From labels to targets.

use prometheus_config::{ScrapeConfig, TargetGroup};
use prometheus_discovery::{Outcome, Populator, PortDefaults, TargetErrorKind, TargetPool};
use source_text::SourceId;

#[track_caller]
fn job(fields: &str) -> ScrapeConfig {
    let text = format!("scrape_configs:\n- job_name: j\n{fields}");
    let parsed = prometheus_config::parse(SourceId::default(), &text, |_| None);
    parsed.into_result().expect("valid").scrape_configs.remove(0)
}

/// The URL and the public labels, or why there are none.
fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Target(target) => format!("{} {}", target.url(), target.public_labels()),
        Outcome::Dropped { rule } => format!("dropped by {rule}"),
        Outcome::Failed(error) => error.to_string(),
    }
}

#[track_caller]
fn check(fields: &str, labels: &[(&str, &str)], expected: &str) {
    let job = job(fields);
    let populated = Populator::new(&job).populate(labels, &[]);
    assert_eq!(outcome(&populated.outcome), expected, "{fields}");
}

const A: &[(&str, &str)] = &[("__address__", "a:1"), ("__meta_x", "m")];

#[test]
fn targets() {
    check("", A, r#"http://a:1/metrics {instance="a:1", job="j"}"#);
    check("  scheme: https\n  metrics_path: m?x\n", A, r#"https://a:1/m%3Fx {instance="a:1", job="j"}"#);
    check(
        "  params: {b: [1, 2], a: ['']}\n",
        A,
        r#"http://a:1/metrics?a=&b=1&b=2 {instance="a:1", job="j"}"#,
    );
    check(
        "  params: {b: [1, 2]}\n  relabel_configs: [{source_labels: [__meta_x], target_label: __param_b}]\n",
        A,
        r#"http://a:1/metrics?b=m&b=2 {instance="a:1", job="j"}"#,
    );
    check(
        "",
        &[("__address__", "a"), ("job", "k"), ("instance", "i"), ("__tmp", "t")],
        r#"http://a/metrics {instance="i", job="k"}"#,
    );
}

#[test]
fn no_targets() {
    check("", &[], "no address");
    check("", &[("__address__", "http://a")], "\"http://a\" is not a valid hostname");
    let with = |name, value| [("__address__", "a"), (name, value)];
    check(
        "",
        &with("__scrape_interval__", "x"),
        "error parsing scrape interval: not a valid duration string: \"x\"",
    );
    check("", &with("__scrape_interval__", "0s"), "scrape interval cannot be 0");
    check("", &with("__scrape_timeout__", "0"), "scrape timeout cannot be 0");
    check(
        "",
        &with("__scrape_timeout__", "2m"),
        "scrape timeout cannot be greater than scrape interval (\"2m\" > \"1m\")",
    );
    check(
        "",
        &with("__scrape_native_histograms__", "yes"),
        "error parsing scrape native histograms: strconv.ParseBool: parsing \"yes\": invalid syntax",
    );
    check("  relabel_configs: [{target_label: x, replacement: y}, {action: drop}]\n", A, "dropped by 1");
    check("  relabel_configs: [{action: labeldrop, regex: __address__}]\n", A, "no address");
}

#[test]
fn labels_of_the_target_win_over_those_of_the_group() {
    let job = job("");
    let mut populator = Populator::new(&job);
    let group = [("a", "1"), ("b", "2"), ("job", "k")];
    let populated = populator.populate(&[("__address__", "x"), ("a", "3"), ("b", "")], &group);
    assert_eq!(outcome(&populated.outcome), r#"http://x/metrics {a="3", instance="x", job="k"}"#);
    assert_eq!(populated.discovered.get("__scrape_timeout__"), Some("10s"));
    // Nothing of one target is left for the next.
    let populated = populator.populate(&[("__address__", "y")], &[]);
    assert_eq!(outcome(&populated.outcome), r#"http://y/metrics {instance="y", job="j"}"#);
}

#[test]
fn default_ports() {
    let check = |fields: &str, address: &str, expected: &str| {
        let job = job(fields);
        let mut populator = Populator::new(&job).port_defaults(PortDefaults::V2);
        let populated = populator.populate(&[("__address__", address)], &[]);
        let found = match &populated.outcome {
            Outcome::Target(target) => target.labels().get("instance").unwrap_or_default().to_owned(),
            Outcome::Failed(error) => format!("{:?}", error.kind()),
            Outcome::Dropped { .. } => "dropped".to_owned(),
        };
        assert_eq!(found, expected, "{address}");
    };
    check("", "a", "a:80");
    check("", "a:9", "a:9");
    check("", "[::1]", "[::1]:80");
    check("", "::1", "::1");
    check("  scheme: https\n", "a", "a:443");
    check("  scheme: ftp\n", "a", &format!("{:?}", TargetErrorKind::InvalidScheme));
}

#[test]
fn equal_targets_are_one() {
    let job = job(
        "  target_limit: 1\n  relabel_configs:\n  - {source_labels: [__meta_a], target_label: __address__, regex: (.+)}\n",
    );
    let groups = [TargetGroup {
        source: "s".to_owned(),
        targets: ["a:1", "b:1", "/"]
            .map(|address| vec![("__address__".to_owned(), address.to_owned())])
            .to_vec(),
        labels: Vec::new(),
    }];
    let pool = TargetPool::new(&job, &groups);
    assert_eq!((pool.active.len(), pool.merged.len()), (2, 0));
    assert_eq!(pool.failures, ["instance 2 in group s: \"/\" is not a valid hostname"]);
    assert_eq!(pool.limit.as_deref(), Some("target_limit exceeded (number of targets: 2, limit: 1)"));

    let mut groups = groups;
    groups[0].labels.push(("__meta_a".to_owned(), "c:1".to_owned()));
    let pool = TargetPool::new(&job, &groups);
    assert_eq!((pool.active.len(), pool.merged.len()), (1, 2));
    // The last entry is shown.
    assert_eq!(pool.active[0].discovered.get("__address__"), Some("/"));
    assert!(pool.limit.is_none());
}

#[test]
fn what_is_left_behind_makes_targets_differ() {
    let job = job("");
    let mut populator = Populator::new(&job);
    let mut identity = |labels: &[(&str, &str)]| match populator.populate(labels, &[]).outcome {
        Outcome::Target(target) => target.identity(),
        other => panic!("{other:?}"),
    };
    let plain = identity(&[("__address__", "a")]);
    assert_eq!(plain, identity(&[("__address__", "a"), ("__meta_x", "y")]));
    assert_ne!(plain, identity(&[("__address__", "a"), ("__tmp_hash", "1")]));
}
