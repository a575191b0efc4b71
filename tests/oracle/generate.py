#!/usr/bin/env python3
"""Write cases for the oracle: generate.py CATEGORY COUNT SEED

The category is relabel, exposition, config, targets, kubernetes-sd or scrape-samples.

One JSON object a line, in the form of the golden cases but without `expect`. The same seed gives the same cases.
Half of the expositions are golden ones with something broken; the rest is made from the formats' grammar.
"""
import base64
import json
import random
import sys
from pathlib import Path

import mutate

VECTORS = Path(__file__).resolve().parent.parent.parent / "crates/conformance/vectors/prometheus"

NAMES = ["a", "b", "__address__", "job", "instance", "app", "__meta_x_label_app", "__meta_x_label_tier", "zone", "le",
         "__tmp_x", "__param_module", "le.x", "é", "0a", "__name__", "UPPER"]
VALUES = ["", "a", "b", "web-1", "web-22", "10.0.0.1:80", "10.0.0.1:9100", "true", "prod;eu", "foo\nbar", "ß", "ŉ", "ﬁ",
          "İstanbul", "ΣΑΣ", "K", "é", "$1", "${1}", "x\\y", "/api/v2/items?q=1", " ", "a.b.c", "0x10", "ſ", "日本", "a\tb"]
PIECES = [".*", ".+", "(.*)", "(.+)", "web", "web-(.+)", "[a-z]+", r"\d+", r"\w", r"\s", r"\bweb\b", "(a|b|web-1)", "a|b",
          "(?i)WEB.*", "(?P<n>.+)", "(?<n>a)?", "[^:]+", r"(?::\d+)?", "([^:]+)", r"(\d+)", ";", "true", "", "(", ")", "[a",
          "a**", "a{2}", "a{,3}", "{", "a{1001}", r"\Q.+\E", r"\101", r"\pL+", r"\p{Greek}", r"[[:alpha:]]+", "[a&&b]",
          r"\x{e9}", r"\z", "^a", "b$", "(?s:.)", "(?m)^.$", r"\C", r"\<", "x*?", "(?U)a+", r"\u0041", "[z-a]", r"[\d-z]",
          "(?:a|ab)(?:c|bcd)(d*)", "()", "|a", "a|", "(|a)+", r"\.", ".", r"\\", "é", "[é-ü]", "(?i)ſ", "(?i)k"]
TEMPLATES = ["$1", "$2", "${1}", "${2}x", "$1x", "$0", "$$", "$", "${", "${a-b}", "$n", "${n}", "x", "", "$1:$2", "$01",
             "$é", "a$", "${1", "${1}-${0}", "$10", "$_", "b", "$1$1"]
ACTIONS = ["replace", "keep", "drop", "keepequal", "dropequal", "hashmod", "labelmap", "labeldrop", "labelkeep",
           "lowercase", "uppercase"]

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TYPES = ["counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset", "gaugehistogram", "x", ""]
NUMBERS = ["1", "0", "-1", "1.5", "1e3", "1e400", "NaN", "nan", "+Inf", "-Inf", "inf", "Infinity", "0x10", "1_0", ".5", "5.",
           "+1", "--1", "1p3", "", "1e", "18446744073709551615", "0.1", "1e-400", "5e-324", "+NaN", "4.9e-324", "1E5"]
STAMPS = ["", "1", "1234567890123", "-5", "1.5", "1.0005", "9223372036854775807", "9223372036854775808", "NaN", "1e3", " ",
          "1625000000.1234567", "-0.0015"]
SCRAPS = [b"\n", b" ", b"\t", b"\"", b"\\", b"{", b"}", b",", b"=", b"#", b"# ", b"\r", b"\0", b"\xff", b"\xc3\xa9", b"# EOF\n",
          b"# EOF", b" # {} 1", b" # {a=\"b\"} 1 2", b"{\"m.x\"}", b"__name__", b"_created", b"_bucket", b"1", b"NaN", b"{}",
          b"# TYPE m counter\n", b"# HELP m h\n", b"# UNIT m_s s\n", b"\\n", b"\\\"", b"\xe2\x82", b"le=\"1\""]


# What is valid everywhere. Most cases choose from these, so that they get past the first check.
SOUND = {
    "pieces": [".*", ".+", "(.*)", "(.+)", "web", "web-(.+)", "[a-z]+", r"\d+", r"\w+", "(a|b|web-1)", "(?i)WEB.*", "(?P<n>.+)",
               "(?<n>a)?", "[^:]+", r"(?::\d+)?", "([^:]+)", r"(\d+)", ";", "", r"\pL+", "(?U)a+", r"[[:alpha:]]+", "é"],
    "templates": ["$1", "${1}", "$0", "x", "$1:$2", "${n}", "${1}_x", "b"],
    "names": ["a", "b", "__address__", "job", "instance", "app", "__tmp_x", "__param_module", "zone"],
    "types": ["counter", "gauge", "histogram", "summary"],
    "numbers": ["1", "0", "-1", "1.5", "1e3", "NaN", "+Inf", "-Inf", ".5", "0.1", "5e-324", "18446744073709551615"],
    "stamps": ["1", "1234567890123", "1625000000"],
    "labels": ["a", "b", "le", "quantile", "\"l.x\"", "m"],
}


def pool(rng, sound, name, everything):
    return SOUND[name] if sound and rng.random() < 0.97 else everything


def quote(text):
    return "'" + text.replace("'", "''") + "'" if "\n" not in text else json.dumps(text)


def plain(rng, text):
    """A scalar without quotes where YAML reads one, sometimes."""
    safe = text and text[0].isalnum() and all(c.isalnum() or c in "._-" for c in text) and text.isascii()
    return text if safe and rng.random() < 0.5 else quote(text)


def relabel(rng, number):
    lines = []
    sound = rng.random() < 0.7
    for _ in range(rng.randint(1, 4)):
        action = rng.choice(ACTIONS)
        fields = []
        if action != "replace" or rng.random() < 0.5:
            fields.append(("action", rng.choice([action, action.upper()]) if rng.random() < 0.1 else action))
        if action not in ("labelmap", "labeldrop", "labelkeep") or not sound and rng.random() < 0.05:
            names = [rng.choice(pool(rng, sound, "names", NAMES)) for _ in range(rng.randint(0, 3))]
            fields.append(("source_labels", "[" + ", ".join(quote(name) for name in names) + "]"))
        if action not in ("hashmod", "keepequal", "dropequal", "lowercase", "uppercase") or not sound and rng.random() < 0.05:
            if rng.random() < 0.85:
                count = rng.choices([1, 2, 3], [6, 3, 1])[0]
                fields.append(("regex", plain(rng, "".join(rng.choice(pool(rng, sound, "pieces", PIECES)) for _ in range(count)))))
        if action in ("replace", "hashmod", "keepequal", "dropequal", "lowercase", "uppercase") and rng.random() < 0.95:
            templated = rng.random() < (0.1 if sound and action == "replace" else 0 if sound else 0.25)
            target = rng.choice(TEMPLATES) if templated else rng.choice(pool(rng, sound, "names", NAMES))
            fields.append(("target_label", plain(rng, target)))
        if action in ("replace", "labelmap") and rng.random() < 0.75 or not sound and rng.random() < 0.03:
            texts = pool(rng, sound, "templates", TEMPLATES)
            text = rng.choice(texts) + rng.choice(["", "", rng.choice(texts)])
            fields.append(("replacement", plain(rng, text)))
        if rng.random() < 0.2 and (not sound or action in ("replace", "keep", "drop", "hashmod")):
            fields.append(("separator", quote(rng.choice(["", ";", ":", "$1", "-"]))))
        if action == "hashmod" and (sound or rng.random() < 0.9) or not sound and rng.random() < 0.02:
            fields.append(("modulus", str(rng.choice([1, 2, 3, 10, 1000, 18446744073709551615] + ([] if sound else [0])))))
        if not fields:
            fields.append(("target_label", "a"))
        rng.shuffle(fields)
        lines += [("- " if i == 0 else "  ") + f"{name}: {value}" for i, (name, value) in enumerate(fields)]
    labels = {rng.choice(NAMES): rng.choice(VALUES) for _ in range(rng.randint(0, 7))}
    labels = sorted((name, value) for name, value in labels.items() if value)
    labels.sort(key=lambda label: label[0].encode())
    return {"id": f"gen-rl-{number}", "group": "generated", "scheme": rng.choice(["utf8", "legacy"]),
            "rules_yaml": "\n".join(lines) + "\n", "labels": [list(label) for label in labels]}


def label_list(rng, openmetrics, sound):
    parts = []
    for _ in range(rng.randint(0, 4)):
        everything = ["a", "b", "le", "quantile", "__name__", "\"l.x\"", "é", "\"\"", "0a", "m"]
        name = rng.choice(pool(rng, sound, "labels", everything))
        value = rng.choice(VALUES + ["1", "0.5", "+Inf", "1e3", "\\n", "\\\"", "\\\\", "\\q"]).replace("\n", "\\n")
        value = value.replace("\"", "\\\"") if "\\\"" not in value else value
        gap = "" if openmetrics or rng.random() < 0.8 else " "
        parts.append(f"{name}{gap}={gap}\"{value}\"")
    if not sound and rng.random() < 0.15:
        parts.insert(rng.randint(0, len(parts)), rng.choice(["\"m.name\"", "\"m\"", "x"]))
    text = rng.choice([","] if sound or rng.random() < 0.9 else [",", ", ", " ", ",,"]).join(parts)
    return "{" + text + rng.choice(["", "", "", ","]) + "}" if parts or rng.random() < 0.3 else ""


def grammar(rng, openmetrics):
    out = []
    sound = rng.random() < 0.7
    for _ in range(rng.randint(1, 5)):
        families = ["m", "req_total", "lat_seconds", "x:y", "h"]
        family = rng.choice(families if sound else families + ["é", "\"m.x\""])
        if rng.random() < 0.6:
            out.append(f"# TYPE {family} {rng.choice(pool(rng, sound, 'types', TYPES))}")
        if rng.random() < 0.3:
            out.append(f"# HELP {family} " + rng.choice(["text", "a \\n b", "x \\\" y", "", "  two", "é"]))
        if rng.random() < 0.1:
            out.append(f"# UNIT {family} {rng.choice(['seconds', 'x', ''])}" if not sound else "# UNIT lat_seconds seconds")
        if rng.random() < 0.1 and not (sound and openmetrics):
            out.append(rng.choice(["# a comment", "#", "#x", "", "  ", "# EOF"]))
        for _ in range(rng.randint(0, 4)):
            name = family if family.startswith("\"") is False else "q"
            name += rng.choice(["", "", "_total", "_bucket", "_sum", "_count", "_created"])
            line = name + label_list(rng, openmetrics, sound)
            line += " " if sound else rng.choice([" ", " ", " ", "  ", "\t", ""])
            line += rng.choice(pool(rng, sound, "numbers", NUMBERS))
            stamp = rng.choice(pool(rng, sound, "stamps", STAMPS)) if rng.random() < 0.3 else ""
            line += " " + stamp if stamp else ""
            if openmetrics and rng.random() < 0.2:
                number = rng.choice(pool(rng, sound, "numbers", NUMBERS))
                line += f" # {label_list(rng, True, sound) or '{}'} {number}"
                line += rng.choice(["", " " + rng.choice(pool(rng, sound, "stamps", STAMPS))])
            out.append(line)
    text = "\n".join(out) + rng.choice(["\n", "\n", "\n", ""])
    if openmetrics and rng.random() < 0.95:
        text = text.rstrip("\n") + "\n# EOF" + rng.choice(["\n", "\n", ""])
    return text.encode()


def broken(rng, golden):
    body = bytearray(rng.choice(golden))
    for _ in range(rng.choices([1, 2, 4], [5, 3, 1])[0]):
        at = rng.randint(0, len(body))
        kind = rng.random()
        if kind < 0.45:
            body[at:at] = rng.choice(SCRAPS)
        elif kind < 0.75 and body:
            del body[min(at, len(body) - 1):at + rng.randint(1, 4)]
        elif kind < 0.9 and body:
            body[min(at, len(body) - 1)] = rng.randrange(256)
        else:
            lines = bytes(body).split(b"\n")
            lines.insert(rng.randint(0, len(lines)), rng.choice(lines))
            body = bytearray(b"\n".join(lines))
    return bytes(body)


def golden_bodies(name):
    for line in (VECTORS / f"exposition-{name}.jsonl").read_text().splitlines():
        case = json.loads(line)
        yield case["input"].encode() if "input" in case else base64.b64decode(case["input_b64"])


def exposition(rng, number, golden):
    openmetrics = rng.random() < 0.5
    body = broken(rng, golden[openmetrics]) if rng.random() < 0.5 else grammar(rng, openmetrics)
    case = {"id": f"gen-ex-{number}", "group": "generated", "content_type": OPENMETRICS if openmetrics else TEXT}
    options = {}
    if rng.random() < 0.1:
        options["type_and_unit_labels"] = True
    if openmetrics and rng.random() < 0.03:
        options["skip_created_series"] = True
    if options:
        case["options"] = options
    try:
        case["input"] = body.decode()
    except UnicodeDecodeError:
        case["input_b64"] = base64.b64encode(body).decode()
    return case


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("relabel", "exposition", *mutate.MAKERS):
        sys.exit(__doc__)
    kind, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(f"{kind} {seed}")
    if kind == "exposition":
        bodies = {False: list(golden_bodies("text")), True: list(golden_bodies("openmetrics"))}
    elif kind != "relabel":
        golden = [json.loads(line) for line in (VECTORS / f"{kind}.jsonl").read_text().splitlines()]
    for number in range(count):
        if kind == "relabel":
            case = relabel(rng, number)
        elif kind == "exposition":
            case = exposition(rng, number, bodies)
        else:
            case = mutate.MAKERS[kind](rng, number, golden)
        print(json.dumps(case, ensure_ascii=False))


main()
