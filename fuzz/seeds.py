#!/usr/bin/env python3
"""Write starting inputs for every fuzz target from the golden cases: fuzz/seeds.py CORPUS

The fuzzer finds its way faster from real configurations, lines and expositions than from nothing.
"""
import base64
import hashlib
import json
import struct
import sys
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent / "crates/conformance/vectors"


def cases(name):
    for line in (VECTORS / name).read_text().splitlines():
        yield json.loads(line)


def content(value):
    if isinstance(value, str):
        return value.encode()
    return base64.b64decode(value.get("base64", ""))


class Corpus:
    def __init__(self, root):
        self.root = Path(root)
        self.written = 0

    def add(self, target, data, limit=4096):
        if len(data) > limit:
            return
        folder = self.root / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
        self.written += 1


def fluent_bit(corpus):
    for path in sorted((VECTORS / "fluent-bit").glob("*.jsonl")):
        for case in cases(path.relative_to(VECTORS)):
            files = {name: content(data) for name, data in case.get("files", {}).items()}
            for name, data in files.items():
                kind = "yaml" if name.endswith((".yaml", ".yml")) else "classic"
                corpus.add(f"fluentbit_config_{kind}", data)
                corpus.add("yaml_tree", data)
                parser_section(corpus, data)
            corpus.add("fluentbit_config_load", b"---8<---\n".join(files.values()))
            for data in case.get("inputs", {}).values():
                data = content(data)
                for choice in range(6):
                    corpus.add("multiline", bytes([choice]) + data)
                    corpus.add("joined_lines", bytes([choice]) + data)
                for line in data.split(b"\n")[:20]:
                    for target in ("parser_json", "parser_logfmt", "parser_ltsv", "parser_regex"):
                        corpus.add(target, line)
                    corpus.add("decoder", b"\x00\x01" + line)
                    corpus.add("fluentbit_filter_accessor", b"$log['a']\n" + line)
            for answer in case.get("responses", []):
                body = answer.get("body", "") if isinstance(answer, dict) else ""
                body = body if isinstance(body, str) else json.dumps(body)
                corpus.add("bulk_response", bytes([50, 2]) + body.encode())


def parser_section(corpus, data):
    for line in data.split(b"\n"):
        words = line.split(None, 1)
        if len(words) == 2 and words[0].lower() in (b"regex", b"rule", b"tag_regex", b"exclude"):
            corpus.add("onigmo_regex", words[1] + b"\n2024-05-14 ERROR some text")
        if len(words) == 2 and words[0].lower() == b"time_format":
            corpus.add("time_format", words[1] + b"\n2024-05-14T10:11:12.123456789Z")
        if len(words) == 2 and words[0].lower() == b"tag":
            corpus.add("kubernetes_tag", words[1] + b"\n/var/log/containers/a-0_ns_app-" + b"0" * 64 + b".log")


def prometheus(corpus):
    for case in cases("prometheus/relabel.jsonl"):
        labels = case.get("labels", [])
        lines = "".join(f"{name}={value}\n" for name, value in labels)
        corpus.add("relabel", f"{case['rules_yaml']}---8<---\n{lines}".encode())
        for line in case["rules_yaml"].splitlines():
            name, _, value = line.strip(" -").partition(":")
            if name == "regex":
                text = labels[0][1] if labels else "x"
                corpus.add("re2_regex", f"{value.strip()}\n$1\n{text}".encode())
    for name in ("config", "targets"):
        for case in cases(f"prometheus/{name}.jsonl"):
            corpus.add("prometheus_config", case["config_yaml"].encode())
            corpus.add("yaml_tree", case["config_yaml"].encode())
    for name, target in (("text", "exposition_text"), ("openmetrics", "exposition_openmetrics")):
        for case in cases(f"prometheus/exposition-{name}.jsonl"):
            body = case["input"].encode() if "input" in case else base64.b64decode(case["input_b64"])
            corpus.add("exposition_protobuf" if "protobuf" in case.get("content_type", "") else target, body)
            corpus.add("exposition_headers", case.get("content_type", "").encode())
            for choice in range(2):
                corpus.add("exposition_families", bytes([choice]) + body)


def varint(number):
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def field(number, content):
    """A field of a protobuf message: bytes or texts with their length, doubles, or whole numbers."""
    if isinstance(content, float):
        return varint(number << 3 | 1) + struct.pack("<d", content)
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def remote_write(corpus):
    """Messages of both versions with everything that a series can have, plain and in the shortest snappy block."""
    histogram = (field(1, 3) + field(3, 18.4) + field(4, 2) + field(5, 0.001) + field(6, 1)
                 + field(11, field(1, 4) + field(2, 2)) + field(12, b"\x02\x02") + field(15, 1700000000000))
    floats = (field(2, 3.0) + field(3, 18.4) + field(7, 1.0) + field(8, field(1, 0) + field(2, 1))
              + field(10, struct.pack("<d", 2.0)) + field(14, 3) + field(15, 1700000000000))
    sample = field(1, 1.5) + field(2, 1700000000000)
    stale = field(1, b"") + field(2, 5)
    label = field(1, "__name__") + field(2, "up")
    v1 = field(1, field(1, label) + field(2, sample) + field(3, field(1, field(1, "id") + field(2, "x")) + field(2, 2.0) + field(3, 7))
               + field(4, histogram) + field(4, floats)) + field(3, field(1, 1) + field(2, "up") + field(4, "Help."))
    symbols = b"".join(field(4, text) for text in ("", "__name__", "up", "job", "web", "Help."))
    series = (field(1, bytes([1, 2, 3, 4])) + field(2, sample + field(3, 1699999999000)) + field(3, histogram)
              + field(3, floats) + field(4, field(1, bytes([3, 4])) + field(2, 2.0) + field(3, 7))
              + field(5, field(1, 1) + field(3, 5) + field(4, 0)))
    v2 = symbols + field(5, series) + field(5, field(1, bytes([1, 2])) + field(2, sample))
    for version, message in enumerate((v1, v2, field(1, field(1, label) + field(2, stale)))):
        corpus.add("remote_write", bytes([version & 1]) + message)
        # One literal of at most 65536 bytes.
        block = varint(len(message)) + b"\xf4" + struct.pack("<H", len(message) - 1) + message
        corpus.add("remote_write", bytes([version & 1 | 2]) + block)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: fuzz/seeds.py CORPUS")
    corpus = Corpus(sys.argv[1])
    fluent_bit(corpus)
    prometheus(corpus)
    remote_write(corpus)
    for path in (Path(__file__).resolve().parent / "regressions").glob("*/*"):
        corpus.add(path.parent.name, path.read_bytes(), limit=1 << 20)
    print(f"{corpus.written} inputs")


main()
