from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import weirgate

PARSERS = r"""
[PARSER]
    Name        docker
    Format      json
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%L
    Time_Keep   On
[PARSER]
    Name        cri
    Format      regex
    Regex       ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[^ ]*) (?<message>.*)$
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
"""
LINE = b'{"log":"a\\n","stream":"stdout","time":"2024-05-14T10:11:12.500000000Z"}'


def test_a_line() -> None:
    parser = weirgate.LineParser(PARSERS, "docker")
    record = parser.parse(LINE)
    assert record == weirgate.Record(
        {"log": "a\n", "stream": "stdout", "time": "2024-05-14T10:11:12.500000000Z"}, 1715681472.5
    )
    assert parser.name == "docker"
    assert parser.parse("no json") is None


def test_a_batch_of_either_kind() -> None:
    parser = weirgate.LineParser(PARSERS, "docker")
    kinds: list[bytes | list[bytes | str]] = [[LINE, "?", LINE.decode()], LINE + b"\n?\n" + LINE + b"\n"]
    for lines in kinds:
        batch = parser.parse_batch(lines)
        assert (len(batch), batch.failures) == (3, 1)
        assert batch.times() == [1715681472.5, None, 1715681472.5]
        assert batch.column("stream") == ["stdout", None, "stdout"]
        assert batch[-1] == parser.parse(LINE)
        assert batch.to_pylist()[1] is None
        lines_again = batch.to_json_lines().splitlines()
        assert [json.loads(line)["log"] for line in lines_again] == ["a\n", "a\n"]
        with pytest.raises(IndexError):
            batch[3]
    assert len(parser.parse_batch(b"")) == 0


def test_cri_lines_and_files(tmp_path: Path) -> None:
    path = tmp_path / "parsers.conf"
    path.write_text(PARSERS)
    parser = weirgate.LineParser.from_file(path, "cri")
    record = parser.parse("2024-05-14T10:11:12.5+02:00 stderr F disk is full")
    assert record is not None and record.time == 1715674272.5
    assert record.fields == {"stream": "stderr", "logtag": "F", "message": "disk is full"}


def test_values_of_every_kind() -> None:
    parser = weirgate.LineParser(PARSERS, "docker")
    text = '{"i":-1,"u":18446744073709551615,"f":1.5,"b":true,"n":null,"l":[1,{"a":"b"}],"m":{},"i":2}'
    record = parser.parse(text)
    assert record is not None
    assert record.fields == {
        "i": 2, "u": 2**64 - 1, "f": 1.5, "b": True, "n": None, "l": [1, {"a": "b"}], "m": {},
    }  # fmt: skip


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(KeyError, match="docker"):
        weirgate.LineParser(PARSERS, "syslog")
    with pytest.raises(ValueError, match=r"parsers.conf:\d+:\d+: error"):
        weirgate.LineParser("[PARSER]\n    Name a\n    Format regex\n    Regex (\n", "a")
    parser = weirgate.LineParser(PARSERS, "docker")
    with pytest.raises(TypeError, match="bytes or str expected, not int"):
        parser.parse(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="encode the str"):
        parser.parse_batch("a\nb")
    with pytest.raises(ValueError, match="compat"):
        weirgate.LineParser(PARSERS, "docker", compat="9")


def test_threads_share_a_parser() -> None:
    parser = weirgate.LineParser(PARSERS, "docker")
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: parser.parse_batch([LINE] * 1000), range(8)))
    assert [batch.failures for batch in batches] == [0] * 8
