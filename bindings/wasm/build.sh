#!/usr/bin/env bash
# Builds the npm package into target/npm/weirgate. Installs what it needs; quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/wasm/setup.sh
package=target/npm/weirgate
work=target/npm/work
mkdir -p "$package" "$work"
# A panic is a trap, without the texts that would say where: that is a fifth of the module.
export RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none"
RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/wasm /usr/bin/cargo rustc --quiet --locked \
    -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size --target wasm32-unknown-unknown \
    --profile wasm --package weirgate-wasm --lib --crate-type cdylib
module=target/wasm/wasm32-unknown-unknown/wasm/weirgate_wasm.wasm
if ! [ "$package/weirgate.wasm" -nt "$module" ]; then
    .tools/bin/wasm-bindgen "$module" --target web --no-typescript --out-name glue --out-dir "$work"
    # Debian's binaryen breaks the module without a word; npm's does not.
    node .tools/binaryen/node_modules/binaryen/bin/wasm-opt -Oz --strip-debug --strip-producers \
        "$work/glue_bg.wasm" -o "$work/weirgate.wasm"
    mv "$work/weirgate.wasm" "$package/weirgate.wasm"
fi
cp "$work/glue.js" bindings/wasm/npm/* LICENSE-MIT LICENSE-APACHE "$package"
