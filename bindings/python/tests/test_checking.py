from pathlib import Path

import pytest
import weirgate

CONF = "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag app\n[OUTPUT]\n    Name stdout\n    Match *\n"


def test_a_file_with_includes(tmp_path: Path) -> None:
    (tmp_path / "fluent-bit.conf").write_text("@INCLUDE input.conf\n@INCLUDE out/*.conf\n")
    (tmp_path / "input.conf").write_text("[INPUT]\n    Name tial\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.conf").write_text("[OUTPUT]\n    Name stdout\n    Match *\n")
    problems = weirgate.check(tmp_path / "fluent-bit.conf", env={})
    wrong = next(problem for problem in problems if problem.code == "unknown-plugin")
    assert (Path(wrong.file or "").name, wrong.line, wrong.column, wrong.is_error) == ("input.conf", 2, 10, True)
    assert "tail" in (wrong.help or "")
    assert str(wrong).endswith(f":2:10: error[unknown-plugin]: {wrong.message}")
    assert wrong.github().startswith("::error file=") and ",line=2," in wrong.github()


def test_require_raises_with_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "prometheus.yml"
    path.write_text("scrape_configs:\n- job_name: web\n  scrape_timeot: 5s\n")
    with pytest.raises(weirgate.ConfigError) as caught:
        weirgate.require(path)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.line, problem.column) == ("unknown-field", 3, 3)
    path.write_text("scrape_configs:\n- job_name: web\n")
    assert weirgate.require(str(path)) == []


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError, match="no such file: nowhere.conf"):
        weirgate.check("nowhere.conf")


def test_text_in_memory() -> None:
    assert [p for p in weirgate.check_text(CONF) if p.is_error] == []
    problems = weirgate.check_text(
        b"@INCLUDE more.conf\n", name="fluent-bit.conf", files={"more.conf": "[INPUT]\n    Name tial\n"}
    )
    assert [(p.file, p.line) for p in problems if p.code == "unknown-plugin"] == [("more.conf", 2)]


def test_columns_count_characters() -> None:
    (problem, *_) = weirgate.check_text("up{a=\"é\"} x\n", kind="exposition")
    assert (problem.line, problem.column, problem.code) == (1, 11, "exposition-number")


def test_a_question_that_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="did you mean `check`"):
        weirgate.call("chek", {})
    with pytest.raises(ValueError, match="unknown field"):
        weirgate.call("relabel", {"ruls": "[]"})
