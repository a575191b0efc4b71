"""What is wrong with a configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .questions import StrPath, call, configuration, content


@dataclass(frozen=True)
class Edit:
    """A piece of text to put in place of another."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    replacement: str


@dataclass(frozen=True)
class Fix:
    """A repair. One that is ``certain`` can be applied without looking; else somebody should look at it first."""

    title: str
    certain: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Label:
    """Another place that has to do with a problem."""

    file: str
    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Diagnostic:
    """A problem and its place. Lines and columns count from 1, columns in characters."""

    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    severity: str
    code: str
    message: str
    help: str | None = None
    fix: Fix | None = None
    labels: tuple[Label, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether the configuration does not start, or loses data, because of it."""
        return self.severity == "error"

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}:{self.line}:{self.column}: "
        return f"{place}{self.severity}[{self.code}]: {self.message}"

    def github(self) -> str:
        """The problem as a line that GitHub Actions shows beside the source."""
        level = {"error": "error", "warning": "warning"}.get(self.severity, "notice")
        places = [("file", self.file), ("line", self.line), ("endLine", self.end_line), ("col", self.column)]
        place = ",".join(f"{key}={_escaped(str(value), property=True)}" for key, value in places if value)
        title = _escaped(self.code, property=True)
        return f"::{level} {place},title={title}::{_escaped(self.message)}"


def _escaped(text: str, *, property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text


class ConfigError(ValueError):
    """A configuration has errors. ``diagnostics`` has all that was found, warnings too."""

    def __init__(self, diagnostics: Iterable[Diagnostic]):
        self.diagnostics = list(diagnostics)
        super().__init__("\n".join(str(problem) for problem in self.diagnostics))


def check(
    path: StrPath,
    *,
    kind: str = "auto",
    compat: str = "safe",
    env: Mapping[str, str] | None = None,
) -> list[Diagnostic]:
    """Check a file: Fluent Bit's configuration with all it includes, a ``prometheus.yml``, an exposition.

    ``kind`` is ``auto``, ``fluent-bit``, ``prometheus`` or ``exposition``; ``compat`` is ``safe``, ``5.1`` or
    ``1.8``; ``env`` has the variables of the process (``os.environ`` if it is left out).

    Raises FileNotFoundError if there is no such file.
    """
    main, files = configuration(path)
    return _check(main, files, kind, compat, os.environ if env is None else env)


def check_text(
    text: bytes | str,
    *,
    name: str = "-",
    files: Mapping[str, bytes | str] | None = None,
    kind: str = "auto",
    compat: str = "safe",
    env: Mapping[str, str] | None = None,
) -> list[Diagnostic]:
    """Check a text. ``files`` are those it may include; nothing is read from disk."""
    others = {other: content(data) for other, data in (files or {}).items()}
    return _check(name, {**others, name: content(text)}, kind, compat, env or {})


def require(path: StrPath, **options: Any) -> list[Diagnostic]:
    """Check a file as :func:`check` does, and raise :class:`ConfigError` if it has errors. Gives the warnings."""
    problems = check(path, **options)
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)
    return problems


def _check(
    main: str, files: dict[str, Any], kind: str, compat: str, env: Mapping[str, str]
) -> list[Diagnostic]:
    request = {
        "files": files,
        "main": main,
        "kind": kind,
        "compat": compat,
        "env": dict(env),
        "positions": "characters",
    }
    return diagnostics(call("check", request))


def diagnostics(answer: Mapping[str, Any]) -> list[Diagnostic]:
    """The diagnostics of an answer."""
    return [_diagnostic(problem) for problem in answer["diagnostics"]]


def _diagnostic(problem: Mapping[str, Any]) -> Diagnostic:
    fix = problem.get("fix")
    return Diagnostic(
        **{name: problem[name] for name in ("file", "line", "column", "end_line", "end_column")},
        severity=problem["severity"],
        code=problem["code"],
        message=problem["message"],
        help=problem.get("help"),
        fix=_fix(fix) if fix else None,
        labels=tuple(
            Label(label["file"], label["line"], label["column"], label["message"])
            for label in problem.get("labels", [])
        ),
    )


def _fix(fix: Mapping[str, Any]) -> Fix:
    names = ("file", "line", "column", "end_line", "end_column", "replacement")
    edits = tuple(Edit(**{name: edit[name] for name in names}) for edit in fix["edits"])
    return Fix(fix["title"], fix["certain"], edits)
