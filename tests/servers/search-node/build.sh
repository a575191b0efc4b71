#!/usr/bin/env bash
# Builds a real search server from its published jars: build.sh elasticsearch|opensearch FOLDER
# About half a minute the first time; a second call finds the server and does nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case $1 in
    # The versions of log4j are the ones the servers were built with.
    elasticsearch) group=org.elasticsearch version=7.17.28 log4j=2.17.1 ;;
    opensearch) group=org.opensearch version=2.19.1 log4j=2.21.0 ;;
    *) echo "usage: $0 elasticsearch|opensearch FOLDER" >&2; exit 2 ;;
esac
mkdir -p "$2"
folder=$(cd "$2" && pwd)
stamp="$version $(cat "$here"/node/* | cksum)"
exec 9> "$folder/.lock"
flock 9
if [ "$(cat "$folder/built" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Both servers are the same program under different package names.
mkdir -p "$work/src/main/java" "$work/src/main/resources"
sed "s/@group@/$group/g" "$here/node/StartNode.java" > "$work/src/main/java/StartNode.java"
sed "s/@group@/$group/g" "$here/node/log4j2.xml" > "$work/src/main/resources/log4j2.xml"
cp "$here/node/pom.xml" "$work/"
(cd "$work" && mvn -q -B -ntp -Dgroup="$group" -Dartifact="$1" -Dversion.server="$version" -Dversion.log4j="$log4j" package) >&2
rm -rf "$folder/lib"
cp -r "$work/target/lib" "$folder/"
cp "$work/target/node.jar" "$folder/lib/"
echo "$stamp" > "$folder/built"
