#!/usr/bin/env bash
# Builds the npm package, packs it, installs it into an empty folder as a user would, and tests it there.
set -euo pipefail
cd "$(dirname "$0")/../.."
bindings/wasm/build.sh
cargo run --quiet --locked -p conformance --bin answers -- crates/conformance/vectors > target/npm/answers.tsv
user=target/npm/user
rm -rf "$user" && mkdir -p "$user"
packed=$(cd target/npm/weirgate && npm pack --silent --pack-destination ..)
(cd "$user" && npm init -y > /dev/null && npm install --silent --no-audit --no-fund --offline "../$packed")
cp bindings/wasm/test/*.test.mjs "$user"
cd "$user"
ANSWERS=../answers.tsv node --test
