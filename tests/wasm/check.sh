#!/usr/bin/env bash
# Compiles every pure crate for wasm32-unknown-unknown, which has no files, sockets or clocks to fall back on.
# Rust's own target cannot be had everywhere, so Debian's rustc builds the standard library from its sources.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! [ -x /usr/bin/rustc ] || ! [ -d /usr/lib/rustlib/src/rust/library ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends rustc-web cargo-web rust-web-src rust-web-llvm
fi
read -r -a pure <<< "$(cargo run -q -p xtask -- pure)"
RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/wasm-check /usr/bin/cargo check --locked --quiet \
    -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown --lib --all-features "${pure[@]}"
echo "wasm32: $((${#pure[@]} / 2)) pure crates compile"
