//! What is behind the codes of this crate's diagnostics.

use source_text::Lint;

/// The entries for all codes this crate reports, and for those of relabelling rules.
///
/// ```
/// assert!(prometheus_config::lints().any(|lint| lint.code == "rule-removes-label"));
/// ```
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    TABLES.iter().copied().flatten()
}

/// The codes of [`lints`], without their texts.
pub fn lint_codes() -> impl Iterator<Item = &'static str> {
    CODES.into_iter()
}

const TABLES: &[&[Lint]] = {
    let [file, rules, http, discovery, sections] = super::errors::TABLES;
    &[LINTS, file, rules, http, discovery, sections]
};
const CODES: [&str; Lint::count(TABLES)] = Lint::codes(TABLES);

const LINTS: &[Lint] = &[
    Lint::warning("query-in-metrics-path", "A query in `metrics_path` is not sent as one")
        .why("Prometheus encodes the `?` as a part of the path; the target answers 404, or with something else.")
        .example(
            "scrape_configs:\n- job_name: probe\n  metrics_path: /probe?module=http_2xx\n",
            "scrape_configs:\n- job_name: probe\n  metrics_path: /probe\n  params:\n    module: [http_2xx]\n",
        ),
    Lint::warning("unknown-scheme", "No target can be scraped with this scheme")
        .why("The schemes are `http` and `https`, in lower case.")
        .example(
            "scrape_configs:\n- job_name: a\n  scheme: HTTPS\n",
            "scrape_configs:\n- job_name: a\n  scheme: https\n",
        ),
    Lint::warning("partial-regex", "A pattern looks as if it could match a part of a value")
        .why("Patterns of relabelling rules are anchored at both ends: `go_` matches the value `go_` alone.")
        .example(
            "scrape_configs:\n- job_name: a\n  metric_relabel_configs:\n  - source_labels: [__name__]\n    regex: go_\n    action: drop\n",
            "scrape_configs:\n- job_name: a\n  metric_relabel_configs:\n  - source_labels: [__name__]\n    regex: go_.*\n    action: drop\n",
        ),
    Lint::warning("empty-regex", "A pattern is left empty")
        .why(
            "`regex:` without a value is the empty pattern, which matches only what is missing, and not the default.",
        )
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]\n    regex:\n    target_label: c\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]\n    target_label: c\n",
        ),
    Lint::warning("never-matches", "A pattern for several labels has no place for the separator")
        .why(
            "The values are joined with `;`: `prod` does not match `prod;web`. The rule keeps nothing, or does \
             nothing.",
        )
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [env, app]\n    regex: prod\n    action: keep\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [env, app]\n    regex: prod;.*\n    action: keep\n",
        ),
    Lint::warning("escaped-dollar", "`$$` stands for a dollar sign")
        .why(
            "Collectors that replace variables of the environment, such as that of OpenTelemetry, need `$$1` for a group. \
             Prometheus takes it for the text `$1`.",
        )
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]\n    regex: (.+)\n    target_label: c\n    replacement: $$1\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]\n    regex: (.+)\n    target_label: c\n    replacement: $1\n",
        ),
    Lint::warning("rule-removes-label", "A rule removes a label where its sources are missing")
        .why(
            "The default pattern `(.*)` matches the empty text of a missing label, and an empty result removes the target \
             label. `(.+)` leaves it alone.",
        )
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]\n    target_label: __metrics_path__\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]\n    target_label: __metrics_path__\n    regex: (.+)\n",
        ),
    Lint::warning("target-label-in-metric-rule", "A rule for samples asks for a label of the target")
        .why("`__meta_…` labels and the like are gone when samples are relabelled: the value is empty.")
        .example(
            "scrape_configs:\n- job_name: a\n  metric_relabel_configs:\n  - source_labels: [__meta_kubernetes_namespace]\n    regex: (.+)\n    target_label: namespace\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_namespace]\n    regex: (.+)\n    target_label: namespace\n",
        ),
    Lint::warning("labelmap-without-group", "A `labelmap` has no group to name labels by")
        .why("All labels it matches become one with an empty name.")
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: __meta_kubernetes_pod_label_.+\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: __meta_kubernetes_pod_label_(.+)\n",
        ),
    Lint::warning("labelmap-illegal-name", "A `labelmap` makes names that are no label names")
        .why("Prometheus 3 does not check them while it relabels; queries need quotes, and other tools refuse them.")
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: __meta_kubernetes_pod_label_(.+)\n    replacement: k8s-$1\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: __meta_kubernetes_pod_label_(.+)\n    replacement: k8s_$1\n",
        ),
    Lint::warning("labelmap-collision", "Two `labelmap` rules give the same names")
        .why("A label and an annotation of one name become one label; the later rule wins.")
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: __meta_kubernetes_pod_label_(.+)\n  - action: labelmap\n    regex: __meta_kubernetes_pod_annotation_(.+)\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: __meta_kubernetes_pod_label_(.+)\n  - action: labelmap\n    regex: __meta_kubernetes_pod_annotation_(.+)\n    replacement: annotation_$1\n",
        ),
    Lint::warning("labelkeep-removes-address", "A `labelkeep` removes the address of all targets")
        .why("Among the rules for targets it sees `__address__` too; a target without one is dropped.")
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelkeep\n    regex: app|env\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelkeep\n    regex: __.*|app|env\n",
        ),
    Lint::warning("rule-removes-name", "A rule removes the name of metrics")
        .why("A sample without a name fails the whole scrape.")
        .example(
            "scrape_configs:\n- job_name: a\n  metric_relabel_configs:\n  - action: labelkeep\n    regex: app|env\n",
            "scrape_configs:\n- job_name: a\n  metric_relabel_configs:\n  - action: labelkeep\n    regex: __name__|app|env\n",
        ),
    Lint::warning("unsanitized-meta-label", "A label of discovery is written as in Kubernetes")
        .why("Characters that label names cannot have become `_` in the names of `__meta_kubernetes_…` labels.")
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_label_app.kubernetes.io/name]\n    target_label: app\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]\n    target_label: app\n",
        ),
    Lint::warning("unknown-meta-label", "No target of the job's role has a label")
        .why("The value is always empty: a `keep` drops every target.")
        .example(
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_phse]\n    regex: Running\n    action: keep\n",
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_phase]\n    regex: Running\n    action: keep\n",
        ),
    Lint::warning("port-annotation-in-address", "One port is put into the address of every port's target")
        .why(
            "Discovery makes a target of every port of every container of a pod. With one address they are the same \
             target, or, if a label tells them apart, the same series several times.",
        )
        .example(
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n  relabel_configs:\n  - source_labels: [__address__, __meta_kubernetes_pod_annotation_prometheus_io_port]\n    regex: ([^:]+)(?::\\d+)?;(\\d+)\n    target_label: __address__\n    replacement: $1:$2\n",
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_port]\n    action: keepequal\n    target_label: __meta_kubernetes_pod_container_port_number\n",
        ),
    Lint::note("no-fallback-protocol", "Answers without a known `Content-Type` are refused")
        .why(
            "Prometheus 2 read them as text. Prometheus 3 fails the scrape, unless the job has a \
             `fallback_scrape_protocol`.",
        )
        .example(
            "scrape_configs:\n- job_name: a\n",
            "scrape_configs:\n- job_name: a\n  fallback_scrape_protocol: PrometheusText0.0.4\n",
        ),
    Lint::note("finished-pods", "Pods that have ended stay targets")
        .why("Pods of jobs are kept after they ended, and init containers are targets too: they are down for ever.")
        .example(
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_namespace]\n    regex: shop\n    action: keep\n",
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_phase]\n    regex: Pending|Succeeded|Failed\n    action: drop\n",
        ),
    Lint::error("needless-field", "A rule has a field its action does not take")
        .why("`keepequal` and `dropequal` compare two labels and take no pattern, not even the default one.")
        .example(
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]\n    action: keepequal\n    regex: (.*)\n    target_label: c\n",
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]\n    action: keepequal\n    target_label: c\n",
        ),
];
