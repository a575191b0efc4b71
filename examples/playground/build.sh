#!/usr/bin/env bash
# Builds the playground into target/playground: static files for any web server.
set -euo pipefail
cd "$(dirname "$0")"
../../bindings/wasm/build.sh
package=$PWD/../../target/npm/weirgate
out=../../target/playground
if ! cmp -s package-lock.json node_modules/.installed-for; then
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/.installed-for
fi
npx tsc
rm -rf "$out" && mkdir -p "$out"
npx esbuild src/main.ts src/worker.ts --bundle --minify --format=esm --target=es2022 --outdir="$out" --log-level=warning \
    --alias:weirgate="$package/web.js" --legal-comments=none \
    --loader:.conf=text --loader:.log=text --loader:.json=text --loader:.yml=text --loader:.prom=text
cp index.html style.css icon.svg "$package"/weirgate-*.wasm "$package/lints.json" "$out"
echo "playground: $(realpath "$out"), for example: python3 -m http.server --directory $(realpath --relative-to=../.. "$out")"
