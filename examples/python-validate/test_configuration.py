"""Checks that a team pastes into its CI: the configurations are right, and do what they are meant to do.

    pip install weirgate pytest
    pytest examples/python-validate
"""

from __future__ import annotations

from pathlib import Path

import pytest
import weirgate

EXAMPLES = Path(__file__).resolve().parent.parent
LOGGING = EXAMPLES / "kiamol-logging"
#: Warnings that the team has read and accepts.
ACCEPTED = {"backslash-before-dot"}


@pytest.mark.parametrize("path", [LOGGING / "fluent-bit.conf"], ids=str)
def test_configurations_have_no_problems(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    problems = [problem for problem in weirgate.check(path) if problem.is_error]
    assert not problems, "\n".join(map(str, problems))


def test_debug_lines_never_leave_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    logs = {str(path.relative_to(EXAMPLES.parent)): path.read_bytes() for path in (LOGGING / "logs").glob("*.log")}
    done = weirgate.run("examples/kiamol-logging/fluent-bit.conf", logs)
    sent = [record for record in done.records if record.outputs]
    assert len(sent) == 8
    assert "debug" not in {record.fields.get("level") for record in sent}


def test_cases_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    cases = weirgate.run_tests("examples/kiamol-logging/cases.yaml")
    assert cases
    assert {case.name: case.differences for case in cases if not case.passed} == {}


def test_pods_that_opt_out_are_not_scraped() -> None:
    rules = [
        {
            "action": "drop",
            "source_labels": ["__meta_kubernetes_pod_annotation_prometheus_io_scrape"],
            "regex": "false",
        }
    ]
    assert not weirgate.relabel(rules, {"__meta_kubernetes_pod_annotation_prometheus_io_scrape": "false"}).keep
    assert weirgate.relabel(rules, {"__meta_kubernetes_pod_annotation_prometheus_io_scrape": "true"}).keep
