#!/usr/bin/env python3
"""Write patterns and texts for `search`: generate.py COUNT SEED. The same seed gives the same lines."""
import random
import sys

ATOMS = ["a", "b", "c", ".", r"\d", r"\w", r"\s", r"\h", r"\D", r"\W", r"\S", r"\H", "[a-c]", "[^a]", "[[:alpha:]]", "[[:digit:]b]", "[^[:space:]]", "[a-z&&[^b]]",
         "[ab&&bc]", "[]a]", "[^]a]", "[a-]", "[-a]", r"[\w-]", r"[\d.]", r"[^\s\]]", "é", "[é-ü]", "한", r"\p{Alpha}", r"\p{Han}", r"\p{^Lu}", r"\P{Ll}", r"\t", r"\n", r"\x61",
         r"\u0061", r"\101", r"\.", r"\-", r"\/", r"\:", r"\ ", "/", "-", ":", " ", "=", '"', "1", "2", "A", "B", r"\R", r"\e", r"\q", r"\_", "]", "}", "{", "{a", "a{,2}", "a{1,}", "a{2}",
         r"\[", r"\]", r"\{", "[a[bc]]", "[[^a]b]", r"[\n\t]", r"[\h]", "(?#x)", "ß", "İ", "K", "ſ", "&", "&&", "x", r"\o", "[[:word:]]", "[[:punct:]]", "[[:xdigit:]]", "[[:graph:]]", r"[\x61-\x63]", r"\X"]
ANCHORS = ["^", "$", r"\A", r"\z", r"\Z", r"\b", r"\B", r"\G", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?<=ab|c)", r"\K"]
REPEATS = ["*", "+", "?", "{2}", "{1,2}", "{,2}", "{1,}", "*?", "+?", "??", "{1,2}?", "{2}?", "*+", "++", "?+", "{2}+", "{0}", "{0,1}", "{1,2}+", "**", "+*", "{2,1}"]
OPENERS = ["(", "(?:", "(?<n>", "(?<m>", "(?'q'", "(?i:", "(?m:", "(?x:", "(?>", "(?-i:", "(?=", "(?!", "(?<=", "(?<!", "(?im-x:"]
SWITCHES = ["(?i)", "(?m)", "(?x)", "(?-m)", "(?a)", "(?u)", "(?d)", "(?mi)"]
REFERENCES = [r"\1", r"\2", r"\k<n>", r"\k<1>", r"\k'n'", r"\k<-1>", r"\g<n>", r"\g<1>", "(?(1)a|b)", "(?(<n>)a|b)"]
TEXTS = ["a", "b", "c", "A", "B", "1", "2", "٣", " ", "\n", "\t", ".", "-", "_", "/", ":", "=", '"', "é", "É", "한", "ß", "S", "s", "K", "k", "K", "ſ", "x", "]", "[", "{", "}", "\\", "&", "\r\n", "ab", "abc", "aab", "11"]
LINES = [
    '10.1.2.3 - ann [04/Jul/2023:10:20:30 +0900] "GET /numbers HTTP/1.1" 200 17', "2023-07-04T10:20:30.123456789+09:00 stdout F hello", "INFO hello world",
    "/var/log/containers/my.pod-0_ns_app-" + "0" * 64 + ".log", "level=info msg=\"two words\" n=5", "<13>Jul  4 10:20:30 host app[123]: text", "a\nb\nc", "Exception in thread \"main\" x.Y: z\n\tat a.b(C.java:1)",
    "key: value", "[2023] x", "{\"a\":1}", "한국 café ١٢", "",
]
REAL = [
    r"^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \[(?<time>[^\]]*)\] \"(?<method>\S+)(?: +(?<path>[^ ]*) +\S*)?\" (?<code>[^ ]*) (?<size>[^ ]*)$",
    r"^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[FP]) (?<log>.*)$", r"^(?<level>[A-Z]+) (?<msg>.*)$",
    r"(?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)_(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\.log$",
    r"(?<pod_name>[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)_(?<namespace_name>[^_]+)_(?<container_name>.+)-",
    r"^\<(?<pri>[0-9]+)\>(?<time>[^ ]* {1,2}[^ ]* [^ ]*) (?<host>[^ ]*) (?<ident>[a-zA-Z0-9_\/\.\-]*)(?:\[(?<pid>[0-9]+)\])?(?:[^\:]*\:)? *(?<message>.*)$",
    r"(?<k>\w+)=(?<v>\"[^\"]*\"|\S*)", r"^[\t ]+(?:eval )?at ", r"(?:Exception|Error|Throwable)[:\r\n]", r"^(?<key>[^:]+):\s*(?<value>.+)$", r"^(?<a>\w+)(?=!)", r"(?i)info|warn", r"(\d+)-(\d+)",
]


def pattern(rng, depth=0):
    parts = []
    for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
        kind = rng.random()
        if kind < 0.55 or depth > 2:
            part = rng.choice(ATOMS)
        elif kind < 0.65:
            part = rng.choice(ANCHORS)
        elif kind < 0.68:
            part = rng.choice(SWITCHES)
        elif kind < 0.72:
            part = rng.choice(REFERENCES)
        else:
            part = rng.choice(OPENERS) + pattern(rng, depth + 1) + ")"
        if rng.random() < 0.35:
            part += rng.choice(REPEATS)
        parts.append(part)
    if rng.random() < 0.2:
        parts.insert(rng.randint(0, len(parts)), "|")
    return "".join(parts)


def mutated(rng):
    text = rng.choice(REAL)
    for _ in range(rng.choice([0, 1, 1, 2])):
        at = rng.randint(0, len(text))
        if rng.random() < 0.5:
            text = text[:at] + rng.choice(ATOMS + ANCHORS + REPEATS) + text[at:]
        else:
            text = text[:at] + text[at + 1:]
    return text


def main():
    rng = random.Random(int(sys.argv[2]))
    for _ in range(int(sys.argv[1])):
        real = rng.random() < 0.25
        expression = mutated(rng) if real else pattern(rng)
        text = rng.choice(LINES) if real or rng.random() < 0.1 else "".join(rng.choice(TEXTS) for _ in range(rng.randint(0, 8)))
        print(expression.encode().hex(), text.encode().hex())


main()
