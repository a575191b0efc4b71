"""Lines through the parsers of Fluent Bit."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from . import _weirgate
from .questions import StrPath


class Record(NamedTuple):
    """What a parser made of a line."""

    fields: dict[str, Any]
    #: Seconds since 1970; None if the line has no time that could be read.
    time: float | None


class LineParser:
    r"""A parser of a parsers file.

    >>> parser = LineParser("[PARSER]\n    Name app\n    Format regex\n    Regex ^(?<level>\\w+) (?<text>.*)$\n", "app")
    >>> parser.parse("warn disk is full").fields
    {'level': 'warn', 'text': 'disk is full'}
    >>> parser.parse_batch(["info a", "?"]).to_pylist()
    [{'level': 'info', 'text': 'a'}, None]

    ``text`` is the content of the file; :meth:`from_file` reads one. Raises ValueError with the place of what is
    wrong in it, and KeyError if it has no parser ``name``. Threads may share a parser.
    """

    def __init__(self, text: str, name: str, *, compat: str = "5.1"):
        self._parser = _weirgate.LineParser(text, name, compat)

    @classmethod
    def from_file(cls, path: StrPath, name: str, *, compat: str = "5.1") -> LineParser:
        """The parser ``name`` of the parsers file at ``path``."""
        return cls(Path(path).read_text(encoding="utf-8"), name, compat=compat)

    @property
    def name(self) -> str:
        """Its name."""
        return self._parser.name

    def parse(self, line: bytes | str, *, now: float | None = None) -> Record | None:
        """Parse a line. None if the parser does not take it; Fluent Bit keeps such a line as it is.

        ``now`` completes times that have no year; it is the current time if it is left out.
        """
        parsed = self._parser.parse(line, time.time() if now is None else now)
        return None if parsed is None else Record(*parsed)

    def parse_batch(
        self, lines: bytes | Iterable[bytes | str], *, now: float | None = None
    ) -> _weirgate.RecordBatch:
        """Parse many lines at once, without holding the interpreter's lock.

        ``lines`` are a list, or bytes with a line feed after each line: the content of a log file. The batch has
        ``len()``, ``[i]`` (fields and time, or None), ``to_pylist()``, ``times()``, ``column(key)``,
        ``to_json_lines()`` and ``failures``.
        """
        return self._parser.parse_batch(lines, time.time() if now is None else now)
