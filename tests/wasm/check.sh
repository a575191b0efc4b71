#!/usr/bin/env bash
# Compiles every pure crate for wasm32-unknown-unknown, which has no files, sockets or clocks to fall back on.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/wasm/setup.sh
read -r -a pure <<< "$(cargo run -q -p xtask -- pure)"
RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/wasm /usr/bin/cargo check --locked --quiet \
    -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown --lib --all-features "${pure[@]}"
echo "wasm32: $((${#pure[@]} / 2)) pure crates compile"
