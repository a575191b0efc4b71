#!/usr/bin/env bash
# Builds a real kube-apiserver from its Go modules: build.sh vX.Y.Z FOLDER
# About ten minutes on two cores.
set -euo pipefail
version=$1
folder=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod GOTOOLCHAIN=local
printf 'module apiserver\ngo 1.24\nrequire k8s.io/kubernetes %s\n' "$version" > go.mod
module=$(go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
# k8s.io/kubernetes names its staging modules by local folders: point them at their published versions.
staging=v0.${version#v1.}
for name in $(grep -oE 'k8s.io/[a-z-]+ => ./staging' "$module/go.mod" | cut -d' ' -f1); do
    go mod edit -replace="$name=$name@$staging"
done
for name in $(grep -oE '^\s+k8s.io/[a-z-]+ v0.0.0( |$)' "$module/go.mod" | awk '{print $1}'); do
    go mod edit -replace="$name=$name@$staging"
done
printf '//go:build tools\n\npackage tools\n\nimport _ "k8s.io/kubernetes/cmd/kube-apiserver"\n' > tools.go
go build -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" \
    -o "$folder/kube-apiserver" k8s.io/kubernetes/cmd/kube-apiserver
