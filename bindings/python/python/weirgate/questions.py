"""Questions in JSON, as every language asks them."""

from __future__ import annotations

import base64
import glob as globbing
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

from . import _weirgate

StrPath = Union[str, "os.PathLike[str]"]


def call(method: str, request: Mapping[str, Any]) -> Any:
    """Answer a question such as ``check`` or ``relabel``; both sides are JSON as Python reads and writes it.

    Raises ValueError if there is no such question, or the request does not fit it.
    """
    return json.loads(_weirgate.call(method, json.dumps(request)))


def content(data: bytes | str) -> Any:
    """A file's content in a request: a text, or base64 where it is no UTF-8."""
    if isinstance(data, str):
        return data
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def content_bytes(answer: Any) -> bytes:
    """The bytes of a content in an answer."""
    if isinstance(answer, str):
        return answer.encode()
    return base64.b64decode(answer["base64"])


def read(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def configuration(path: StrPath) -> tuple[str, dict[str, Any]]:
    """The entry file's name, and all files of a configuration of Fluent Bit as a request wants them."""
    main = os.fspath(path)
    if read(main) is None:
        raise FileNotFoundError(f"no such file: {main}")
    files = _weirgate.collect(main, read, lambda pattern: sorted(globbing.glob(pattern)))
    return main, {name: content(data) for name, data in files.items()}
