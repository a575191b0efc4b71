#!/usr/bin/env bash
# Installs what the wasm32 build needs besides Rust: Debian's rustc with the sources of its standard library (Rust's
# own wasm32 target cannot be had everywhere), wasm-bindgen and wasm-opt of fixed versions in .tools/.
# Quick when they are there.
set -euo pipefail
cd "$(dirname "$0")/../.."
bindgen=0.2.129 # as in Cargo.toml
binaryen=132.0.0
if ! [ -x /usr/bin/rustc ] || ! [ -d /usr/lib/rustlib/src/rust/library ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends rustc-web cargo-web rust-web-src rust-web-llvm > /dev/null
fi
# The linker is a link into a package that is not asked for by the others.
if ! [ -x "$(readlink -f /usr/bin/rust-lld)" ]; then
    apt-get install -y -qq --no-install-recommends "$(basename "$(readlink /usr/bin/rust-lld)")" > /dev/null
fi
if [ "$(.tools/bin/wasm-bindgen --version 2> /dev/null)" != "wasm-bindgen $bindgen" ]; then
    cargo install --quiet --locked --root .tools --target-dir .tools/target --no-default-features \
        --version "$bindgen" --bin wasm-bindgen wasm-bindgen-cli
    rm -rf .tools/target
fi
if [ "$(node -p 'require("./.tools/binaryen/node_modules/binaryen/package.json").version' 2> /dev/null)" != "$binaryen" ]; then
    npm install --silent --no-audit --no-fund --prefix .tools/binaryen "binaryen@$binaryen"
fi
