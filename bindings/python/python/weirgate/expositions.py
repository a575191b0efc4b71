"""Expositions, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from . import _weirgate
from .questions import call, content, content_bytes

if TYPE_CHECKING:
    import pandas
    import pyarrow

#: The Content-Type of the text format.
TEXT = "text/plain; version=0.0.4; charset=utf-8"
#: The Content-Type of OpenMetrics.
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Sample(NamedTuple):
    """A sample of an exposition."""

    name: str
    labels: dict[str, str]
    value: float
    #: Milliseconds since 1970; None if the exposition gives no time.
    timestamp_ms: int | None


class Exposition(Sequence[Sample]):
    """The samples of an exposition, in order. Python objects are made for those that are looked at."""

    def __init__(self, native: _weirgate.Exposition):
        self._native = native

    def __len__(self) -> int:
        return len(self._native)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return Sample._make(self._native[index])

    def __iter__(self) -> Iterator[Sample]:
        return map(Sample._make, self._native)

    @property
    def families(self) -> dict[str, dict[str, str]]:
        """``type``, ``help`` and ``unit`` by family, as far as the exposition says."""
        return self._native.families()

    def columns(self) -> dict[str, list[Any]]:
        """Columns of equal length: ``__name__``, ``value``, ``timestamp_ms`` and one for each label."""
        names, values, times, labels = self._native.columns()
        return {"__name__": names, "value": values, "timestamp_ms": times, **labels}

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of :meth:`columns`. Needs pandas."""
        import pandas

        return pandas.DataFrame(self.columns())

    def to_arrow(self) -> pyarrow.Table:
        """A table of :meth:`columns`. Needs pyarrow."""
        import pyarrow

        return pyarrow.table(self.columns())


def read_exposition(
    body: bytes | str,
    content_type: str = TEXT,
    *,
    fallback: str | None = None,
    strict: bool = False,
) -> Exposition:
    r"""Read an exposition as Prometheus does: text, OpenMetrics or delimited protobuf, by ``content_type``.

    >>> read_exposition('up{job="web"} 1\n')[0]
    Sample(name='up', labels={'job': 'web'}, value=1.0, timestamp_ms=None)

    ``fallback`` is the type for a ``content_type`` that is not known; ``strict`` rejects what the standards reject.
    Raises ValueError with the line and column of the first error.
    """
    return Exposition(_weirgate.Exposition(body, content_type, fallback, strict))


def write_exposition(body: bytes | str, content_type: str = TEXT, *, to: str = OPENMETRICS) -> bytes:
    """Write an exposition in another format: the Content-Type ``to``."""
    request: Mapping[str, Any] = {"body": content(body), "content_type": content_type, "to": to}
    answer = call("write_exposition", request)
    if answer.get("error"):
        raise ValueError(answer["error"]["message"])
    return content_bytes(answer["body"])
