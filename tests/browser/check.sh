#!/usr/bin/env bash
# Builds the playground and drives it in a real Chromium without a window. UPDATE_IMAGES=1 renews docs/images.
set -euo pipefail
cd "$(dirname "$0")"
if ! [ -x /usr/bin/chromium ]; then
    apt-get update -qq
    # The fonts are for the pictures in docs/images.
    apt-get install -y -qq --no-install-recommends chromium fonts-inter fonts-jetbrains-mono fonts-nanum > /dev/null
fi
if ! cmp -s package-lock.json node_modules/.installed-for; then
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/.installed-for
fi
../../examples/playground/build.sh
cargo run --quiet --locked -p conformance --bin answers -- ../../crates/conformance/vectors > ../../target/npm/answers.tsv
node --test
