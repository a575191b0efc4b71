import math

import pytest
import weirgate

BODY = """\
# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{code="200",path="/a"} 3
http_requests_total{code="500"} 1 1715681472500
up NaN
"""


def test_samples() -> None:
    samples = weirgate.read_exposition(BODY)
    assert len(samples) == 3
    assert samples[0] == ("http_requests_total", {"code": "200", "path": "/a"}, 3.0, None)
    assert samples[1].timestamp_ms == 1715681472500
    assert samples[-1].name == "up" and math.isnan(samples[-1].value)
    assert [sample.name for sample in samples] == ["http_requests_total"] * 2 + ["up"]
    assert samples[0:2] == [samples[0], samples[1]]
    assert samples.families == {"http_requests_total": {"help": "Requests.", "type": "counter"}}
    with pytest.raises(IndexError):
        samples[3]


def test_columns_and_tables() -> None:
    samples = weirgate.read_exposition(BODY.encode())
    columns = samples.columns()
    assert columns["__name__"] == ["http_requests_total", "http_requests_total", "up"]
    assert columns["code"] == ["200", "500", None]
    assert columns["timestamp_ms"] == [None, 1715681472500, None]
    pandas = pytest.importorskip("pandas")
    frame = samples.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame[frame["code"] == "500"]["value"]) == [1.0]


def test_arrow() -> None:
    pytest.importorskip("pyarrow")
    assert weirgate.read_exposition(BODY).to_arrow().column("code").to_pylist() == ["200", "500", None]


def test_errors_have_a_place() -> None:
    with pytest.raises(ValueError, match=r"^line 2, column \d+: .*"):
        weirgate.read_exposition("a 1\n<html>\n")
    with pytest.raises(ValueError, match="unsupported Content-Type"):
        weirgate.read_exposition("a 1\n", "text/html")
    assert len(weirgate.read_exposition("a 1\n", "text/html", fallback="text/plain")) == 1
    with pytest.raises(ValueError, match="line 2"):
        weirgate.read_exposition("a 1\na 2\n", strict=True)


def test_written_in_another_format() -> None:
    written = weirgate.write_exposition("# TYPE a_total counter\na_total 1\n")
    assert written.decode().splitlines()[-1] == "# EOF"
    again = weirgate.read_exposition(written, weirgate.OPENMETRICS)
    assert [sample.name for sample in again] == ["a_total"]
