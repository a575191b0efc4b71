#!/usr/bin/env bash
# Builds the Python package's wheel, installs it into a fresh virtual environment, and runs its tests, its types and
# the example there. Needs Rust and Python 3.9 or later; installs the rest into .tools/python.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$PWD/.tools/python
if [ ! -x "$tools/build/bin/maturin" ]; then
    python3 -m venv "$tools/build"
    "$tools/build/bin/pip" install -q --disable-pip-version-check "maturin>=1.16,<2"
fi
rm -rf "$tools/wheels" "$tools/fresh"
# An unoptimised wheel is enough to test, and takes a fifth of the time.
"$tools/build/bin/maturin" build -q --profile "${PROFILE:-dev}" --locked -m bindings/python/Cargo.toml -o "$tools/wheels"
python3 -m venv "$tools/fresh"
"$tools/fresh/bin/pip" install -q --disable-pip-version-check "$tools"/wheels/*.whl pytest mypy pandas pyarrow
cd bindings/python
python=$tools/fresh/bin/python
"$python" -m mypy python/weirgate tests
(cd "$tools" && "$python" -m mypy.stubtest weirgate._weirgate)
"$python" -m pytest -q --import-mode=importlib --doctest-modules --pyargs weirgate tests ../../examples/python-validate
cd ../..
cargo run -q --locked -p conformance --bin answers -- crates/conformance/vectors > "$tools/answers.tsv"
"$python" tests/python/golden.py "$tools/answers.tsv"
