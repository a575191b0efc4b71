#!/usr/bin/env bash
# Makes an authority and a server's certificate for localhost and 127.0.0.1, as a cluster has them:
#   certificates.sh FOLDER
# leaves ca.crt, tls.crt and tls.key there.
set -euo pipefail
mkdir -p "$1"
cd "$1"
make() { openssl "$@" 2> /dev/null; }
make req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj /CN=test-ca
make req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj /CN=localhost
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' > tls.ext
make x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile tls.ext -out tls.crt -days 30
