#!/usr/bin/env bash
# Builds or installs what the tests run against, where it is not there yet, and prints the folder of each:
#   build.sh [elasticsearch|opensearch|kubernetes|prometheus|exporters ...]
# Without names, all. Needs Java 17 with Maven, Go, curl, openssl and python3; installs Debian's etcd-server, nginx and
# exporters. All clones share what is built, in ~/.cache/weirgate (WEIRGATE_TOOLS says otherwise), which may be deleted.
# kube-apiserver takes some ten minutes on two cores, Prometheus two.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
elasticsearch=7.17.28 opensearch=2.19.1 kubernetes=v1.34.4 prometheus=v0.316.0
tools=${WEIRGATE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/weirgate}
mkdir -p "$tools"
need() { command -v "$1" > /dev/null || { echo "$1 is missing: install it ($2), then try again" >&2; exit 1; }; }
# Makes the folder $1 with a command that fills the folder it is given last. The name tells one version from another, and
# the folder is there only when it is complete: clones that build at the same time wait for each other.
provide() {
    local folder=$tools/$1
    shift
    if [ ! -d "$folder" ]; then
        (
            flock 9
            if [ ! -d "$folder" ]; then
                rm -rf "$folder.part"
                mkdir "$folder.part"
                "$@" "$folder.part" >&2 9>&-
                mv "$folder.part" "$folder"
            fi
        ) 9> "$folder.lock"
    fi
    echo "$folder"
}
packages() {
    local sudo
    sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
    $sudo apt-get -o DPkg::Lock::Timeout=600 update -qq >&2
    # The tests start their own; the packages' services are not wanted.
    $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=600 install -y -qq "$@" >&2
}
install_prometheus() {
    GOBIN=$1 GOTOOLCHAIN=local GOFLAGS=-mod=mod go install -tags netgo,remove_all_sd,enable_kubernetes_sd \
        "github.com/prometheus/prometheus/cmd/prometheus@$prometheus"
}
[ $# -gt 0 ] || set -- elasticsearch opensearch kubernetes prometheus exporters
for name in "$@"; do
    case $name in
        elasticsearch | opensearch)
            need java "Debian's openjdk-17-jdk-headless"
            need mvn "Debian's maven"
            start=$(cat "$here"/search-node/build.sh "$here"/search-node/node/* | cksum | cut -d' ' -f1)
            provide "$name-${!name}-$start" "$here/search-node/build.sh" "$name" "${!name}"
            ;;
        kubernetes)
            need go "https://go.dev/dl"
            need openssl "Debian's openssl"
            command -v etcd > /dev/null || packages etcd-server
            provide "kube-apiserver-$kubernetes" "$here/kube-apiserver/build.sh" "$kubernetes"
            ;;
        prometheus)
            need go "https://go.dev/dl"
            provide "prometheus-$prometheus" install_prometheus
            ;;
        exporters)
            for program in nginx prometheus-nginx-exporter prometheus-blackbox-exporter; do
                if ! command -v "$program" > /dev/null; then
                    packages nginx-light prometheus-nginx-exporter prometheus-blackbox-exporter
                fi
            done
            dirname "$(command -v prometheus-blackbox-exporter)"
            ;;
        *)
            echo "usage: $0 [elasticsearch|opensearch|kubernetes|prometheus|exporters ...]" >&2
            exit 2
            ;;
    esac
done
