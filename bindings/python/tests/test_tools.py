import json
from pathlib import Path

import pytest
import weirgate

CONF = """\
[INPUT]
    Name tail
    Path logs/*.log
    Tag app
[FILTER]
    Name grep
    Match *
    Regex log ERROR
[OUTPUT]
    Name es
    Match *
    Index shop
    Suppress_Type_Name On
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "fluent-bit.conf"
    path.write_text(CONF)
    return path


def test_a_run_in_memory(conf: Path) -> None:
    done = weirgate.run(conf, {"logs/a.log": "ERROR: no disk\nall is well\n"}, env={}, now=1715681472.5)
    (record,) = done.records
    assert (record.tag, record.fields, record.time) == ("app", {"log": "ERROR: no disk"}, 1715681472.5)
    (request,) = done.requests
    action, document = request.body.splitlines()
    assert json.loads(action) == {"create": {"_index": "shop"}}
    assert json.loads(document)["log"] == "ERROR: no disk"
    conf.write_text(CONF.replace("grep", "grab"))
    with pytest.raises(weirgate.ConfigError, match="unknown-plugin"):
        weirgate.run(conf, {}, env={})


def test_explained_line_by_line(conf: Path) -> None:
    traces = weirgate.explain(conf, "ERROR: no disk\nall is well\n", path="logs/a.log", env={})
    assert len(traces) == 2
    assert "grep" in json.dumps(traces[1])


def test_converted_and_back(conf: Path, tmp_path: Path) -> None:
    text = weirgate.convert(conf, to="yaml")
    assert "pipeline:" in text
    again = tmp_path / "fluent-bit.yaml"
    again.write_text(text)
    assert "[FILTER]" in weirgate.convert(again, to="classic")


def test_bulk_bodies() -> None:
    body = weirgate.bulk_body(
        [(1715681472.5, {"log": "a", "n": 2**63}), (0, {"log": "b"})], now=0, Index="shop", Generate_ID="On"
    )
    lines = body.splitlines()
    assert len(lines) == 4
    assert json.loads(lines[1])["@timestamp"] == "2024-05-14T10:11:12.500Z"
    assert json.loads(lines[1])["n"] == 2**63
    answer = '{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429,"error":{"type":"x"}}}]}'
    verdicts = weirgate.bulk_verdicts(2, 200, answer)
    assert verdicts["outcome"] == "partial"
    assert [(v["item"], v["remedy"]) for v in verdicts["verdicts"]] == [(1, "retry")]


def test_cases_of_a_configuration(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(conf.parent)
    cases = conf.parent / "cases.yaml"
    cases.write_text(
        "- name: errors\n  config: fluent-bit.conf\n  as: logs/a.log\n  lines: ['ERROR: no disk', ok]\n"
        "  expect: {records: [{log: 'ERROR: no disk'}]}\n"
        "- name: wrong\n  config: fluent-bit.conf\n  as: logs/a.log\n  lines: [ok]\n"
        "  expect: {records: [{log: ok}]}\n"
    )
    results = weirgate.run_tests("cases.yaml")
    assert [(case.name, case.line, case.passed) for case in results] == [("errors", 1, True), ("wrong", 6, False)]
    assert results[1].differences
    cases.write_text("- nam: x\n")
    with pytest.raises(weirgate.ConfigError):
        weirgate.run_tests(cases)
    cases.write_text("- name: x\n  config: nowhere.conf\n  lines: [a]\n  expect: {records: []}\n")
    with pytest.raises(FileNotFoundError):
        weirgate.run_tests(cases)
