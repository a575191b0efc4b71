#!/usr/bin/env python3
"""Times the package beside what people use without it, in one run, and prints the ratios.

    pip install weirgate prometheus_client && python bindings/python/bench.py

The two jobs: 100,000 docker lines to fields and times, and an exposition of about 2.7 MB to names, labels and values.
Both sides are checked to give the same. Runs alternate; the medians' ratio is what counts.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timezone

import weirgate
from prometheus_client.parser import text_string_to_metric_families

PARSER = "[PARSER]\n    Name docker\n    Format json\n    Time_Key time\n    Time_Format %Y-%m-%dT%H:%M:%S.%L\n    Time_Keep On\n"
STAMP = re.compile(r"^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d+)Z?$")


def docker_lines(count: int) -> bytes:
    rng = random.Random(1)
    lines = []
    for number in range(count):
        log = f'{{"level":"info","path":"/api/{rng.randrange(100)}","took":{rng.random():.3f},"n":{number}}}\n'
        stamp = f"2024-05-14T10:{number // 60000 % 60:02}:{number // 1000 % 60:02}.{number % 1000 * 1000003 % 10**9:09}Z"
        lines.append(json.dumps({"log": log, "stream": "stdout", "time": stamp}))
    return "\n".join(lines).encode() + b"\n"


def lines_in_python(text: bytes) -> list[tuple[dict[str, str], float]]:
    records = []
    for line in text.splitlines():
        record = json.loads(line)
        match = STAMP.match(record["time"])
        if match is None:
            raise ValueError(record["time"])
        year, month, day, hour, minute, second, fraction = match.groups()
        whole = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=timezone.utc)
        records.append((record, whole.timestamp() + int(fraction) / 10 ** len(fraction)))
    return records


def exposition(size: int) -> bytes:
    rng = random.Random(2)
    out, length = [], 0
    for family in ("kube_pod_info", "kube_pod_status_phase", "kube_pod_container_resource_requests"):
        out += [f"# HELP {family} Of a pod.", f"# TYPE {family} gauge"]
        while length < size:
            pod = f"web-{rng.randrange(16**8):08x}"
            line = (
                f'{family}{{namespace="ns-{rng.randrange(40)}",pod="{pod}",uid="{rng.randrange(16**12):012x}",'
                f'node="node-{rng.randrange(60)}",phase="{rng.choice(["Running", "Pending"])}"}} {rng.randrange(3)}'
            )
            out.append(line)
            length += len(line) + 1
            if rng.random() < 0.00015:
                break
    return "\n".join(out).encode() + b"\n"


def exposition_in_python(body: bytes) -> list[tuple[str, dict[str, str], float]]:
    families = text_string_to_metric_families(body.decode())
    return [(sample.name, sample.labels, sample.value) for family in families for sample in family.samples]


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> None:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for job, taken in zip((ours, theirs), times):
            start = time.process_time()
            job()
            taken.append(time.process_time() - start)
    ours_median, theirs_median = (statistics.median(taken) for taken in times)
    print(f"{name}: {ours_median:.3f} s and {theirs_median:.3f} s of CPU, ratio {theirs_median / ours_median:.1f}")


def main() -> None:
    lines = docker_lines(100_000)
    parser = weirgate.LineParser(PARSER, "docker")
    batch = parser.parse_batch(lines)
    expected = lines_in_python(lines)
    if batch.to_pylist() != [fields for fields, _ in expected]:
        raise SystemExit("the records differ")
    if any(abs(a - b) > 1e-6 for a, (_, b) in zip((t or 0.0 for t in batch.times()), expected)):
        raise SystemExit("the times differ")
    compare("docker lines, parsed", lambda: parser.parse_batch(lines), lambda: lines_in_python(lines), 5)
    compare(
        "docker lines, parsed, all as dicts",
        lambda: parser.parse_batch(lines).to_pylist(),
        lambda: lines_in_python(lines),
        5,
    )
    body = exposition(2_700_000)
    if [(s.name, s.labels, s.value) for s in weirgate.read_exposition(body)] != exposition_in_python(body):
        raise SystemExit("the samples differ")
    compare(
        f"exposition of {len(body)} bytes, read",
        lambda: weirgate.read_exposition(body),
        lambda: exposition_in_python(body),
        3,
    )
    compare(
        f"exposition of {len(body)} bytes, every sample as an object",
        lambda: list(weirgate.read_exposition(body)),
        lambda: exposition_in_python(body),
        3,
    )


main()
