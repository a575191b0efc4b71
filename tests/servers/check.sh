#!/usr/bin/env bash
# The agent against real search servers, which are built from Maven Central once.
set -euo pipefail
cd "$(dirname "$0")/../.."
missing=()
command -v java > /dev/null || missing+=(openjdk-17-jre-headless)
command -v mvn > /dev/null || missing+=(maven)
command -v python3 > /dev/null || missing+=(python3)
if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
cargo build -q --locked --release -p weirgate-agent
exec python3 tests/servers/e2e.py target/release/weirgate "$@"
