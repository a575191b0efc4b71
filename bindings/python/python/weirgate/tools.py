"""Whole configurations at work, in memory."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checking import ConfigError, Diagnostic, diagnostics
from .questions import StrPath, call, configuration, content, content_bytes

Files = Mapping[str, "bytes | str"]


@dataclass(frozen=True)
class OutputRecord:
    """A record that came out of the filters."""

    tag: str
    #: Seconds since 1970.
    time: float
    fields: dict[str, Any]
    #: The outputs that take it, such as ``es.0``.
    outputs: list[str]


@dataclass(frozen=True)
class BulkRequest:
    """A request to ``es``."""

    output: str
    #: Path and query.
    target: str
    body: bytes


@dataclass(frozen=True)
class Run:
    """What a configuration makes of log files."""

    records: list[OutputRecord]
    stdout: bytes
    files: dict[str, bytes]
    requests: list[BulkRequest]
    warnings: list[Diagnostic]


def run(
    config: StrPath,
    logs: Files,
    *,
    objects: str | Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    env: Mapping[str, str] | None = None,
    compat: str = "safe",
    now: float | None = None,
) -> Run:
    """Run a configuration of Fluent Bit on ``logs`` (path to content), without touching any output.

    ``objects`` are pods and namespaces as ``kubectl get … -o json`` prints them. Raises :class:`ConfigError` for a
    configuration with errors.
    """
    request = {
        **_surroundings(config, objects, env, compat, now),
        "inputs": {name: content(data) for name, data in logs.items()},
    }
    answer = call("pipeline", request)
    problems = diagnostics(answer)
    if not answer["started"]:
        raise ConfigError(problems)
    return Run(
        records=[_record(record) for record in answer["records"]],
        stdout=content_bytes(answer["stdout"]),
        files={name: content_bytes(data) for name, data in answer["files"].items()},
        requests=[
            BulkRequest(sent["output"], sent["target"], content_bytes(sent["body"])) for sent in answer["requests"]
        ],
        warnings=problems,
    )


def explain(
    config: StrPath,
    log: bytes | str,
    *,
    path: str,
    objects: str | Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    env: Mapping[str, str] | None = None,
    compat: str = "safe",
    now: float | None = None,
) -> list[dict[str, Any]]:
    """Tell what happens to each line of ``log``, a log file whose name is ``path``.

    Each trace has the tag, the parser with its fields and time, every filter's verdict and the rule that decided, the
    outputs and the final bytes, in the form that ``weirgate explain --format json`` prints. Raises
    :class:`ConfigError` for a configuration with errors.
    """
    request = {
        **_surroundings(config, objects, env, compat, now),
        "input": content(log),
        "as": path,
    }
    answer = call("explain", request)
    problems = diagnostics(answer)
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)
    traces: list[dict[str, Any]] = answer["lines"]
    return traces


def convert(path: StrPath, *, to: str) -> str:
    """The configuration file at ``path`` in the other form, ``yaml`` or ``classic``, comments kept."""
    name = os.fspath(path)
    answer = call("convert", {"files": {name: content(Path(path).read_bytes())}, "main": name, "to": to})
    problems = diagnostics(answer)
    if answer["text"] is None:
        raise ConfigError(problems)
    text: str = answer["text"]
    return text


@dataclass(frozen=True)
class Difference:
    """Something that is not as a case expects: None where one side has nothing."""

    what: str
    expected: str | None
    found: str | None


@dataclass(frozen=True)
class CaseResult:
    """What became of a case."""

    name: str
    #: The line it begins at.
    line: int
    passed: bool
    differences: list[Difference]


def run_tests(path: StrPath) -> list[CaseResult]:
    """Run the unit tests of configurations in the file at ``path``, as ``weirgate test`` does.

    Files that the cases name are read from where they are. Raises :class:`ConfigError` for a file of cases that is
    wrong, and FileNotFoundError for a file that is missing.
    """
    name = os.fspath(path)
    files = {name: content(Path(name).read_bytes())}
    while True:
        answer = call("test", {"cases": name, "files": files, "positions": "characters"})
        missing = [(file["name"], file["is_configuration"]) for file in answer["missing"]]
        if not missing:
            break
        for other, is_configuration in missing:
            if is_configuration:
                files.update(configuration(other)[1])
            else:
                files[other] = content(Path(other).read_bytes())
    problems = diagnostics(answer)
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)
    return [
        CaseResult(
            case["name"],
            case["line"],
            case["passed"],
            [Difference(item["what"], item["expected"], item["found"]) for item in case["differences"]],
        )
        for case in answer["cases"]
    ]


def bulk_body(
    records: Iterable[tuple[float, Mapping[str, Any]]],
    *,
    tag: str = "",
    now: float | None = None,
    compat: str = "safe",
    **options: str,
) -> bytes:
    r"""The body of a bulk request for records with their times in seconds.

    ``options`` are those of Fluent Bit's output ``es``.

    >>> bulk_body([(0, {"log": "a"})], now=0, Index="shop", Suppress_Type_Name="On").splitlines()[0]
    b'{"create":{"_index":"shop"}}'
    """
    request = {
        "records": [{"time": at, "record": dict(fields)} for at, fields in records],
        "tag": tag,
        "options": options,
        "now": time.time() if now is None else now,
        "compat": compat,
    }
    answer = call("bulk", request)
    problems = diagnostics(answer)
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)
    return content_bytes(answer["body"])


def bulk_verdicts(items: int, status: int, body: bytes | str, *, compat: str = "safe") -> dict[str, Any]:
    """What an answer to a bulk request of ``items`` documents means: ``outcome``, ``error`` and ``verdicts``."""
    answer: dict[str, Any] = call(
        "bulk_response", {"items": items, "status": status, "body": content(body), "compat": compat}
    )
    return answer


def _surroundings(
    config: StrPath,
    objects: str | Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
    env: Mapping[str, str] | None,
    compat: str,
    now: float | None,
) -> dict[str, Any]:
    """What every request says that runs a configuration."""
    main, files = configuration(config)
    request: dict[str, Any] = {
        "files": files,
        "main": main,
        "env": dict(os.environ if env is None else env),
        "now": time.time() if now is None else now,
        "compat": compat,
        "positions": "characters",
    }
    if objects is not None:
        request["objects"] = json.loads(objects) if isinstance(objects, str) else objects
    return request


def _record(record: Mapping[str, Any]) -> OutputRecord:
    tag = content_bytes(record["tag"]).decode(errors="replace")
    fields = _value(record["record"])
    return OutputRecord(tag, float(record["time"]), fields, record["outputs"])


def _value(value: Any) -> Any:
    """A value of a record without the forms for what JSON cannot say. Of repeated keys the last stays."""
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key == "$pairs":
            return {_value(name): _value(item) for name, item in inner}
        if key == "$bytes":
            return bytes.fromhex(inner)
        if key == "$float":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[inner]
    return {key: _value(item) for key, item in value.items()}
