#!/usr/bin/env python3
"""Compare answers of two engines: compare.py LINES OURS RUBYS. What the crate says it does otherwise is left out."""
import re
import sys


def is_known(pattern, ours, rubys):
    if "unsupported" in (ours, rubys) or "limit" in (ours, rubys):
        return True
    if rubys == "invalid":
        # Options and lookarounds that hold alternatives of different lengths, and letters that fold to several; Ruby
        # itself refuses `\x` without digits before Onigmo sees it.
        return "(?<=" in pattern or "(?<!" in pattern or re.search(r"\\x(?![0-9A-Fa-f])", pattern) is not None
    # Repetitions of what would rather match nothing, and of nothing.
    return re.search(r"\(\||\|\)|[*+?}]\??\)?[*+?{]|[*?][^()]*\)[*+{]|\{0\}", pattern) is not None


def main():
    lines, ours, rubys = (open(name).read().splitlines() for name in sys.argv[1:4])
    assert len(lines) == len(ours) == len(rubys), (len(lines), len(ours), len(rubys))
    compared = differences = 0
    for line, a, b in zip(lines, ours, rubys):
        pattern, text = (bytes.fromhex(part).decode() for part in (line.split(" ") + [""])[:2])
        compared += a not in ("unsupported", "limit", "invalid") and b != "limit"
        if a != b and not is_known(pattern, a, b):
            differences += 1
            print(f"{pattern!r} in {text!r}: {a}, in Ruby {b}")
    print(f"{len(lines)} searches, {compared} of valid patterns, {differences} differences")
    sys.exit(differences > 0 or compared == 0)


main()
