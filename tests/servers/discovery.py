#!/usr/bin/env python3
"""Kubernetes discovery beside a real Prometheus, both at a real API server.

    tests/servers/discovery.py DISCOVER

DISCOVER is the example `discover` of metrics-discovery, built before. The servers are built the first time, which takes
minutes (build.sh).
Objects of every role are made, changed and deleted; after each step both must have found the same targets with the
same labels.
"""

import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

SERVERS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(SERVERS / "e2e"))
from harness import built, free_port  # noqa: E402

ROLES = ["pod", "node", "service", "endpoints", "endpointslice", "ingress"]
JSON, MERGE = "application/json", "application/merge-patch+json"


class Api:
    """The API server."""

    def __init__(self, url, data):
        self.url = url
        self.context = ssl.create_default_context(cafile=data / "certs/ca.crt")

    def call(self, method, path, body=None, kind=JSON):
        headers = {"Authorization": "Bearer tok-admin", "Content-Type": kind}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()[:500]}")

    def pod(self, name, ip, annotations=None):
        ports = [{"containerPort": 8080, "name": "web"}, {"containerPort": 53, "protocol": "UDP"}]
        self.call("POST", "/api/v1/namespaces/shop/pods", {
            "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "web"}, "annotations": annotations or {}},
            "spec": {"nodeName": "n1", "automountServiceAccountToken": False, "containers": [
                {"name": "c", "image": "web:1", "ports": ports}, {"name": "side", "image": "side:1"}]}})
        self.call("PATCH", f"/api/v1/namespaces/shop/pods/{name}/status", {"status": {
            "phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "hostIP": "10.1.0.1",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "c", "containerID": "containerd://abc", "image": "web:1", "imageID": "x",
                                   "ready": True, "restartCount": 0}]}}, MERGE)

    def make_objects(self):
        self.call("POST", "/api/v1/namespaces", {"metadata": {"name": "shop", "labels": {"team": "a"}}})
        self.call("POST", "/api/v1/namespaces/shop/serviceaccounts", {"metadata": {"name": "default"}})
        self.call("POST", "/api/v1/nodes", {"metadata": {"name": "n1", "labels": {"zone": "z"}}})
        self.call("PATCH", "/api/v1/nodes/n1/status", {"status": {
            "addresses": [{"type": "InternalIP", "address": "10.1.0.1"}, {"type": "Hostname", "address": "n1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "conditions": [{"type": "Ready", "status": "True"}]}}, MERGE)
        self.pod("web-0", "10.0.0.1")
        self.pod("web-1", "10.0.0.2", {"prometheus.io/scrape": "true"})
        self.call("POST", "/api/v1/namespaces/shop/services", {
            "metadata": {"name": "web", "annotations": {"a": "b"}},
            "spec": {"selector": {"x": "y"}, "ports": [{"name": "web", "port": 80, "targetPort": 8080}]}})
        reference = {"kind": "Pod", "name": "web-0", "namespace": "shop"}
        self.call("POST", "/api/v1/namespaces/shop/endpoints", {"metadata": {"name": "web"}, "subsets": [{
            "addresses": [{"ip": "10.0.0.1", "nodeName": "n1", "targetRef": reference}],
            "notReadyAddresses": [{"ip": "10.0.0.9"}], "ports": [{"name": "web", "port": 8080}]}]})
        self.call("POST", "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices", {
            "metadata": {"name": "web-abc", "labels": {"kubernetes.io/service-name": "web"}}, "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.0.0.1"], "nodeName": "n1", "targetRef": reference, "zone": "z",
                           "conditions": {"ready": True}}],
            "ports": [{"name": "web", "port": 8080, "protocol": "TCP"}]})
        self.call("POST", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses", {"metadata": {"name": "web"}, "spec": {
            "tls": [{"hosts": ["*.example"]}], "rules": [{"host": "web.example", "http": {"paths": [{
                "path": "/shop", "pathType": "Prefix",
                "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}})


def configuration(url, data):
    jobs = []
    for role in ROLES:
        attach = {"pod": "{node: true, namespace: true}", "endpoints": "{node: true}", "endpointslice": "{node: true}",
                  "service": "{namespace: true}"}.get(role, "{}")
        jobs.append(f"""- job_name: {role}
  kubernetes_sd_configs:
  - role: {role}
    api_server: {url}
    tls_config: {{ca_file: {data}/certs/ca.crt}}
    authorization: {{credentials: tok-admin}}
    attach_metadata: {attach}
    namespaces: {{names: [{"shop" if role != "node" else ""}]}}
""".replace("    namespaces: {names: []}\n", ""))
    return "global: {scrape_interval: 1m}\nscrape_configs:\n" + "".join(jobs)


class Ours:
    """What the example finds, kept as its lines say."""

    def __init__(self, program, config):
        self.groups = {}
        self.process = subprocess.Popen([program, config], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            update = json.loads(line)
            self.groups[update["job"], update["source"]] = update["targets"] or []

    def found(self):
        return normal((job, labels) for (job, _), targets in list(self.groups.items()) for labels in targets)


def theirs(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/targets?state=any", timeout=10) as answer:
        data = json.load(answer)["data"]
    active = [(target["scrapePool"], target["discoveredLabels"]) for target in data["activeTargets"]]
    return normal(active + [(target["scrapePool"], target["discoveredLabels"]) for target in data["droppedTargets"]])


def normal(found):
    keep = lambda name: name.startswith("__meta_") or name == "__address__"
    return sorted(json.dumps([job, {name: value for name, value in labels.items() if keep(name)}], sort_keys=True)
                  for job, labels in found)


def compare(step, ours, port, least):
    until = time.monotonic() + 60
    while True:
        one, other = ours.found(), theirs(port)
        if one == other and len(one) >= least:
            return print(f"{step}: {len(one)} targets, the same labels")
        if time.monotonic() > until:
            print(f"{step}: they differ", *[f"  only ours: {it}" for it in one if it not in other],
                  *[f"  only theirs: {it}" for it in other if it not in one], sep="\n", file=sys.stderr)
            sys.exit(1)
        time.sleep(0.5)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="discovery-") as folder:
        data = pathlib.Path(folder)
        cluster = subprocess.Popen([SERVERS / "kube-apiserver/start.sh", built("kubernetes"), data / "cluster"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        children = [cluster]
        try:
            url = cluster.stdout.readline().split()[-1]
            api = Api(url, data / "cluster")
            api.make_objects()
            config = data / "prometheus.yml"
            config.write_text(configuration(url, data / "cluster"))
            port = free_port()
            log = open(data / "prometheus.log", "wb")
            children.append(subprocess.Popen([built("prometheus") / "prometheus", f"--config.file={config}",
                                              f"--storage.tsdb.path={data / 'tsdb'}",
                                              f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log))
            ours = Ours(sys.argv[1], config)
            children.append(ours.process)
            until = time.monotonic() + 60
            while True:
                try:
                    theirs(port)
                    break
                except (urllib.error.URLError, ConnectionError):
                    if time.monotonic() > until:
                        sys.exit("Prometheus does not answer within 60 s")
                    time.sleep(0.3)
            compare("all roles", ours, port, 12)
            api.pod("web-2", "10.0.0.3")
            api.call("PATCH", "/api/v1/namespaces/shop/pods/web-0", {"metadata": {"labels": {"new": "label"}}}, MERGE)
            # Prometheus does not look at its endpoints again for a label of a pod; it does when they change themselves.
            touch = {"metadata": {"annotations": {"touched": "1"}}}
            api.call("PATCH", "/api/v1/namespaces/shop/endpoints/web", touch, MERGE)
            api.call("PATCH", "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/web-abc", touch, MERGE)
            compare("a pod more, and a label of another", ours, port, 15)
            api.call("DELETE", "/api/v1/namespaces/shop/pods/web-1?gracePeriodSeconds=0")
            api.call("PATCH", "/api/v1/nodes/n1", {"metadata": {"labels": {"zone": "y"}}}, MERGE)
            api.call("PATCH", "/api/v1/namespaces/shop/services/web", {"metadata": {"annotations": {"a": "c"}}}, MERGE)
            compare("a pod deleted, a node and a service changed", ours, port, 10)
        finally:
            # The API server ends with its input.
            cluster.stdin.close()
            for child in children[1:]:
                child.terminate()
            for child in children:
                child.wait()


if __name__ == "__main__":
    main()
