import pytest
import weirgate

PROMETHEUS = """\
scrape_configs:
- job_name: pods
  kubernetes_sd_configs: [{role: pod}]
  relabel_configs:
  - action: drop
    source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
    regex: "false"
  - source_labels: [__meta_kubernetes_pod_label_app]
    target_label: app
"""


def pod(name: str, ip: str, **annotations: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}, "annotations": annotations},
        "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80}]}]},
        "status": {"podIP": ip, "phase": "Running"},
    }


def test_rules_step_by_step() -> None:
    rules = [
        {"source_labels": ["path"], "regex": "/api/(?P<version>v[0-9])/.*", "target_label": "version"},
        {"action": "keep", "source_labels": ["version"], "regex": "v2"},
    ]
    done = weirgate.relabel(rules, {"path": "/api/v2/items"})
    assert (done.keep, done.labels) == (True, {"path": "/api/v2/items", "version": "v2"})
    step = done.steps[0]
    assert (step.action, step.matched, step.effect) == ("replace", True, "changed")
    assert step.groups[1]["name"] == "version" and step.groups[1]["value"] == "v2"
    dropped = weirgate.relabel(rules, {"path": "/api/v3/items"})
    assert (dropped.keep, dropped.labels, dropped.steps[-1].effect) == (False, None, "dropped")


def test_rules_that_are_refused() -> None:
    with pytest.raises(weirgate.ConfigError, match="invalid-regex") as caught:
        weirgate.relabel("- {action: keep, source_labels: [a], regex: '('}", {})
    assert caught.value.diagnostics[0].line == 1


def test_targets_of_pods() -> None:
    objects = [pod("web", "10.0.0.1"), pod("job", "10.0.0.2", **{"prometheus.io/scrape": "false"})]
    found = weirgate.targets(PROMETHEUS, {"kind": "List", "items": objects})
    (active,) = found.active
    assert (active.url, active.labels["app"]) == ("http://10.0.0.1:80/metrics", "web")
    (dropped,) = found.dropped
    assert dropped.discovered["__meta_kubernetes_pod_name"] == "job"
    assert (dropped.step.rule, dropped.step.action, dropped.step.line) == (0, "drop", 5)
    assert found.failures == []
    with pytest.raises(weirgate.ConfigError):
        weirgate.targets("scrape_configs: [{}]", [])
