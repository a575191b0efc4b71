#!/usr/bin/env python3
"""Asks the questions of the golden cases in Python and compares with the answers that Rust gave, byte for byte.

    golden.py ANSWERS

ANSWERS is what `cargo run -p conformance --bin answers -- crates/conformance/vectors` prints.
"""

import json
import sys

from weirgate import _weirgate


def main() -> None:
    asked, different = 0, []
    with open(sys.argv[1], encoding="utf-8") as answers:
        for line in answers:
            case, method, request, expected = line.rstrip("\n").split("\t")
            asked += 1
            try:
                same = _weirgate.call(method, request) == expected
            except ValueError as error:
                # A question that cannot be asked is an exception here, with Rust's message.
                same = json.loads(expected).get("message") == str(error)
            if not same:
                different.append(case)
    print(f"golden cases: {asked - len(different)} passed, {len(different)} failed")
    if different or not asked:
        sys.exit("other bytes than in Rust: " + " ".join(different))


main()
