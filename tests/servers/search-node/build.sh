#!/usr/bin/env bash
# Builds a real search server from its published jars: build.sh elasticsearch|opensearch VERSION FOLDER
# About half a minute.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case $1 in
    # The versions of log4j are the ones the servers were built with.
    elasticsearch) group=org.elasticsearch log4j=2.17.1 ;;
    opensearch) group=org.opensearch log4j=2.21.0 ;;
    *) echo "usage: $0 elasticsearch|opensearch VERSION FOLDER" >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Both servers are the same program under different package names.
mkdir -p "$work/src/main/java" "$work/src/main/resources"
sed "s/@group@/$group/g" "$here/node/StartNode.java" > "$work/src/main/java/StartNode.java"
sed "s/@group@/$group/g" "$here/node/log4j2.xml" > "$work/src/main/resources/log4j2.xml"
cp "$here/node/pom.xml" "$work/"
(cd "$work" && mvn -q -B -ntp -Dgroup="$group" -Dartifact="$1" -Dversion.server="$2" -Dversion.log4j="$log4j" package) >&2
mkdir -p "$3"
cp -r "$work/target/lib" "$3/"
cp "$work/target/node.jar" "$3/lib/"
