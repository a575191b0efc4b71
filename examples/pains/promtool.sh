#!/usr/bin/env bash
# Prints what promtool says to the pains of Prometheus. Builds it into .tools the first time, which needs Go.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=v0.316.0
promtool=$PWD/.tools/go/bin/promtool
if [ ! -x "$promtool" ]; then
    GOBIN=$(dirname "$promtool") GOFLAGS=-mod=mod go install "github.com/prometheus/prometheus/cmd/promtool@$version"
fi
for file in examples/pains/*/prometheus.yml; do
    echo "== $file"
    "$promtool" check config "$file" 2>&1 || echo "exit $?"
done
for file in examples/pains/*/metrics.prom; do
    echo "== $file"
    "$promtool" check metrics < "$file" 2>&1 || echo "exit $?"
done
