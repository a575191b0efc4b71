#!/usr/bin/env bash
# Runs etcd and kube-apiserver on free ports of 127.0.0.1 until standard input ends or a signal comes:
#   start.sh PROGRAM_FOLDER DATA_FOLDER
# Prints "READY https://127.0.0.1:PORT" and writes that address to DATA_FOLDER/url. Its certificate is checked against
# DATA_FOLDER/certs/ca.crt. The bearer token tok-admin is a cluster admin. No controllers run: make Pods and patch their
# status as a test needs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "$1" && pwd)
mkdir -p "$2/certs"
cd "$2"
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
openssl genrsa -out certs/sa.key 2048 2>/dev/null
"$here/../certificates.sh" certs
echo 'tok-admin,admin,admin,"system:masters"' > certs/tokens.csv
children=()
trap 'kill "${children[@]}" 2>/dev/null; wait' EXIT
trap 'exit 0' TERM INT
etcd_port=$(free_port) peer_port=$(free_port) port=$(free_port)
etcd --data-dir etcd --listen-client-urls "http://127.0.0.1:$etcd_port" \
    --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$peer_port" \
    --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
    --initial-cluster "default=http://127.0.0.1:$peer_port" --log-level error > etcd.log 2>&1 &
children+=($!)
"$programs/kube-apiserver" --etcd-servers="http://127.0.0.1:$etcd_port" \
    --service-account-issuer=https://localhost --service-account-key-file=certs/sa.key \
    --service-account-signing-key-file=certs/sa.key --tls-cert-file=certs/tls.crt \
    --tls-private-key-file=certs/tls.key --secure-port="$port" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --service-cluster-ip-range=10.0.0.0/24 \
    --token-auth-file=certs/tokens.csv --authorization-mode=RBAC \
    --disable-admission-plugins=ServiceAccount > api.log 2>&1 &
children+=($!)
for _ in $(seq 240); do
    if curl -sk -H 'Authorization: Bearer tok-admin' "https://127.0.0.1:$port/readyz" 2>/dev/null | grep -q '^ok'; then
        echo "https://127.0.0.1:$port" > url
        echo "READY https://127.0.0.1:$port"
        # A caller that dies closes the pipe, and the servers go with it.
        cat > /dev/null
        exit 0
    fi
    kill -0 "${children[@]}" 2>/dev/null || { echo "a server ended early, see $PWD/api.log and etcd.log" >&2; exit 1; }
    sleep 0.5
done
echo "kube-apiserver did not become ready, see $PWD/api.log" >&2
exit 1
