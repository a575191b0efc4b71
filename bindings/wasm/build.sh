#!/usr/bin/env bash
# Builds the npm package into target/npm/weirgate. Installs what it needs; quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/wasm/setup.sh
package=target/npm/weirgate
work=target/npm/work
mkdir -p "$package" "$work"
# The answer that never changes needs no module.
cargo run --quiet --locked --package weirgate --example ask -- lints '{}' > "$work/lints.json"
mv "$work/lints.json" "$package/lints.json"
# A panic is a trap, without the texts that would say where: that is a fifth of the module.
export RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none"
for half in logs metrics; do
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/wasm /usr/bin/cargo rustc --quiet --locked \
        -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size --target wasm32-unknown-unknown \
        --profile wasm --package weirgate-wasm --no-default-features --features "$half" --lib --crate-type cdylib
    module=target/wasm/wasm32-unknown-unknown/wasm/weirgate_wasm.wasm
    # Both builds leave it at the same place.
    if cmp -s "$module" "$work/$half.compiled.wasm" && [ -e "$package/weirgate-$half.wasm" ]; then
        continue
    fi
    .tools/bin/wasm-bindgen "$module" --target web --no-typescript --out-name "$half" --out-dir "$work"
    # Debian's binaryen breaks the module without a word; npm's does not.
    node .tools/binaryen/node_modules/binaryen/bin/wasm-opt \
        -Oz --flatten --rereloop --converge -Oz --low-memory-unused \
        --zero-filled-memory --strip-debug --strip-producers \
        "$work/${half}_bg.wasm" -o "$work/weirgate-$half.wasm"
    mv "$work/weirgate-$half.wasm" "$package/weirgate-$half.wasm"
    cp "$module" "$work/$half.compiled.wasm"
done
cp "$work/logs.js" "$work/metrics.js" bindings/wasm/npm/* LICENSE-MIT LICENSE-APACHE "$package"
