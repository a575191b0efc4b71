#!/usr/bin/env bash
# Runs a search server that build.sh made, on a free port of 127.0.0.1, until standard input ends or a signal comes:
#   start.sh elasticsearch|opensearch PROGRAM_FOLDER DATA_FOLDER [setting=value ...]
# Prints "READY http://127.0.0.1:PORT" and writes that address to DATA_FOLDER/url. Started again on the same data
# it has the same documents. HEAP is the most memory for its objects, 512m if not set; after the start the whole
# process has some 210 MB.
set -euo pipefail
programs=$(cd "$2" && pwd)
mkdir -p "$3/tmp"
data=$(cd "$3" && pwd)
case $1 in
    elasticsearch) distribution=(-Des.distribution.type=tar -Des.distribution.flavor=default -Des.bundled_jdk=true) ;;
    opensearch) distribution=(-Dopensearch.distribution.type=tar) ;;
    *) echo "usage: $0 elasticsearch|opensearch PROGRAM_FOLDER DATA_FOLDER [setting=value ...]" >&2; exit 2 ;;
esac
heap=${HEAP:-512m}
# The quick compiler and the simple collector start soonest.
exec java -Xms"$heap" -Xmx"$heap" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:-UsePerfData \
    -Djava.io.tmpdir="$data/tmp" "${distribution[@]}" -cp "$programs/lib/*" StartNode "$data" "${@:4}"
