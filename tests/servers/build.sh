#!/usr/bin/env bash
# Builds or installs the servers of the tests that are named, or all of them: build.sh [elasticsearch|opensearch|kubernetes ...]
# Needs Java 17 with Maven, Go, curl, openssl and python3; installs Debian's etcd-server. Everything else goes to
# .tools/, and a second call finds it there. kube-apiserver takes some ten minutes on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/.tools
mkdir -p "$tools"
[ $# -gt 0 ] || set -- elasticsearch opensearch kubernetes
# Two builds at once, of ./test for instance, would do the same work twice.
exec 9> "$tools/.lock"
flock 9
need() { command -v "$1" > /dev/null || { echo "$1 is missing: install it ($2), then try again" >&2; exit 1; }; }
for name in "$@"; do
    case $name in
        elasticsearch | opensearch)
            need java "Debian's openjdk-17-jdk-headless"
            need mvn "Debian's maven"
            "$here/search-node/build.sh" "$name" "$tools/search-node/$name"
            ;;
        kubernetes)
            need go "https://go.dev/dl"
            need openssl "Debian's openssl"
            if ! command -v etcd > /dev/null; then
                sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
                $sudo apt-get update -qq >&2
                # The test starts its own; the package's service is not wanted.
                $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq etcd-server >&2
            fi
            "$here/kube-apiserver/build.sh" "$tools"
            ;;
        *)
            echo "usage: $0 [elasticsearch|opensearch|kubernetes ...]" >&2
            exit 2
            ;;
    esac
done
