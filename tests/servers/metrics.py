#!/usr/bin/env python3
"""Scrapes what the seed's prometheus.yml files say, with the agent and with Prometheus, side by side: metrics.py PROGRAM

The files are read as they are. Their cluster is a real kube-apiserver with pods made from the manifests, whose
addresses are on the loopback interface: a real nginx with its exporter, a real blackbox exporter, and pages in the form
of a Spring application, cAdvisor and kube-state-metrics. Both programs must find the same targets, drop the same, and
have the same series; pods that are deleted and made must vanish and appear in both.

Servers are built into .tools/ the first time, which takes minutes. Needs root, since pods listen on ports below 1024 and
see the cluster's files at the usual place (in a mount namespace). Prints a line per check; exit code 1 if one failed.
"""

import collections
import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "e2e"))
from cluster import MANIFESTS, Cluster  # noqa: E402
from harness import TOOLS, Failure, end, expect, server, temporary_folder, wait_until  # noqa: E402

PROMETHEUS = TOOLS / "go" / "bin" / "prometheus"
PACKAGES = {"nginx": "nginx-light", "prometheus-nginx-exporter": "prometheus-nginx-exporter",
            "prometheus-blackbox-exporter": "prometheus-blackbox-exporter"}
SEEDS = ("test-pods", "path-annotation", "cadvisor-and-kube-state-metrics")
PODS = {
    "apod-api": ("deployments", "kiamol-ch14-test", "127.1.0.2"),
    "todo-proxy": ("deployments", "kiamol-ch14-test", "127.1.0.3"),
    "numbers-api": ("deployments", "kiamol-ch14-test", "127.1.0.4"),
    "cadvisor": ("daemonsets", "kube-system", "127.1.0.5"),
    "kube-state-metrics": ("deployments", "kube-system", "127.1.0.6"),
}
# What stands in for images that cannot be built here.
PAGES = {
    ("127.1.0.2", 80, "/actuator/prometheus"): """\
# HELP jvm_memory_used_bytes The amount of used memory
# TYPE jvm_memory_used_bytes gauge
jvm_memory_used_bytes{area="heap",id="G1 Survivor Space",} 1048576.0
jvm_memory_used_bytes{area="nonheap",id="Metaspace",} 4.12E7
# HELP http_server_requests_seconds
# TYPE http_server_requests_seconds summary
http_server_requests_seconds_count{exception="None",method="GET",outcome="SUCCESS",status="200",uri="/image",} 12.0
http_server_requests_seconds_sum{exception="None",method="GET",outcome="SUCCESS",status="200",uri="/image",} 0.5
""",
    ("127.1.0.5", 8080, "/metrics"): """\
# HELP container_cpu_usage_seconds_total Cumulative cpu time consumed in seconds.
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{container_label_app="apod",cpu="total",id="/docker/1",image="a",name="k8s_api"} 7.25
# HELP container_last_seen Last time a container was seen by the exporter
# TYPE container_last_seen gauge
container_last_seen{container_label_app="apod",id="/docker/1",image="a",name="k8s_api"} 1.795e+09
""",
    ("127.1.0.6", 8080, "/metrics"): """\
# HELP kube_pod_status_phase The pods current phase.
# TYPE kube_pod_status_phase gauge
kube_pod_status_phase{namespace="kiamol-ch14-test",pod="apod-api-1",phase="Pending"} 0
kube_pod_status_phase{namespace="kiamol-ch14-test",pod="apod-api-1",phase="Running"} 1
""",
    ("127.1.0.6", 8081, "/metrics"): """\
# HELP kube_state_metrics_list_total Number of total resource list in kube-state-metrics
# TYPE kube_state_metrics_list_total counter
kube_state_metrics_list_total{resource="*v1.Pod",result="success"} 3
""",
}


def build():
    subprocess.run([HERE / "build.sh", "kubernetes"], check=True, timeout=2400, stdout=subprocess.DEVNULL)
    if not PROMETHEUS.exists():
        environment = os.environ | {"GOBIN": str(PROMETHEUS.parent), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"}
        package = "github.com/prometheus/prometheus/cmd/prometheus@v0.316.0"
        subprocess.run(["go", "install", "-tags", "netgo,remove_all_sd,enable_kubernetes_sd", package],
                       check=True, env=environment)
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if missing:
        # The test starts its own; the packages' services are not wanted.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-qq", *missing], check=True, env=environment,
                       stdout=subprocess.DEVNULL)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address, port = self.server.server_address
        page = PAGES.get((address, port, self.path))
        body = (page or "404 page not found\n").encode()
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def processes():
    """A list whose processes are ended."""
    running = []
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                end(process)


def start_targets(running, folder):
    """What the pods of the manifests would serve."""
    for address, port in sorted({(address, port) for address, port, _ in PAGES}):
        pages = http.server.ThreadingHTTPServer((address, port), Page)
        threading.Thread(target=pages.serve_forever, daemon=True).start()
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""\
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{}}
http {{ access_log off; server {{ listen 127.1.0.3:80; location / {{ return 200 "todo\\n"; }}
    location /stub_status {{ stub_status; }} }} }}
""")

    def start(*command):
        with open(folder / "targets.log", "ab") as log:
            running.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log))

    start("nginx", "-c", configuration)
    wait_until(lambda: listens("127.1.0.3", 80), 30, "nginx")
    start("prometheus-nginx-exporter", "-web.listen-address=127.1.0.3:9113",
          "-nginx.scrape-uri=http://127.1.0.3/stub_status")
    start("prometheus-blackbox-exporter", "--web.listen-address=127.1.0.4:9115",
          "--config.file=/etc/prometheus/blackbox.yml")
    wait_until(lambda: listens("127.1.0.3", 9113) and listens("127.1.0.4", 9115), 30, "the exporters")


def listens(host, port):
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), 1).close()
        return True
    return False


class Scraper:
    """A program with one of the configurations, in a mount namespace with the files a pod has."""

    def __init__(self, name, command, folder, url, running):
        self.name, self.port = name, free_port()
        self.output = folder / f"{name}.out"
        script = """\
mount -t tmpfs tmpfs /run/secrets && mkdir -p /run/secrets/kubernetes.io/serviceaccount &&
cp "$1"/ca.crt "$1"/token "$1"/namespace /run/secrets/kubernetes.io/serviceaccount/ && mount --bind "$1"/hosts /etc/hosts &&
shift && exec "$@" """
        host, port = url.removeprefix("https://").split(":")
        environment = os.environ | {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
        arguments = [str(part).replace("PORT", str(self.port)) for part in command]
        with open(self.output, "wb") as output, open(folder / f"{name}.log", "wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", str(folder / "pod"), *arguments],
                stdout=output, stderr=log, env=environment)
        running.append(self.process)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return json.load(answer)["data"]

    def targets(self):
        """What both programs must say of targets."""
        data = self.get("/api/v1/targets")
        keep = ("scrapePool", "scrapeUrl", "labels", "discoveredLabels", "health", "scrapeInterval", "scrapeTimeout")
        active = [{key: target[key] for key in keep} for target in data["activeTargets"]]
        dropped = [target["discoveredLabels"] for target in data["droppedTargets"]]
        return (sorted(active, key=json.dumps), sorted(dropped, key=json.dumps), data["droppedTargetCounts"])

    def scraped(self):
        try:
            active = self.targets()[0]
        except OSError:
            return False
        return active and all(target["health"] != "unknown" for target in active)

    def printed(self):
        """The last value of each series that the agent has printed."""
        found = {}
        for line in self.output.read_text().splitlines():
            match = re.fullmatch(r"([^{ ]+)\{(.*)\} (\S+) (\d+)", line)
            if match:
                pairs = re.findall(r'(?:^|,)((?:[^=,"]|"(?:\\.|[^"])*")+)="((?:\\.|[^"\\])*)"', match[2])
                labels = {"__name__": match[1]} | {name: json.loads(f'"{value}"') for name, value in pairs}
                found[key(labels)] = match[3]
        return found

    def queried(self):
        """The values of all series that Prometheus has now."""
        result = self.get("/api/v1/query?query=%7B__name__%21%3D%22%22%7D")["result"]
        return {key(series["metric"]): series["value"][1] for series in result}


def key(labels):
    return json.dumps(labels, sort_keys=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_both(program, seed, folder, url, running):
    config = HERE / "prometheus" / f"{seed}.yml"
    ours = Scraper(f"{seed}-weirgate", [program, "run", "--metrics", config, "--listen", "127.0.0.1:PORT"],
                   folder, url, running)
    theirs = Scraper(f"{seed}-prometheus", [PROMETHEUS, f"--config.file={config}", "--web.listen-address=127.0.0.1:PORT",
                                            f"--storage.tsdb.path={folder}/{seed}-data"], folder, url, running)
    return ours, theirs


def same_targets(ours, theirs):
    for what, found, expected in zip(("active targets", "dropped targets", "numbers of dropped targets"),
                                     ours.targets(), theirs.targets()):
        expect(found, expected, what)


def same_series(ours, theirs):
    """The series that are there now are the same, and so are the values of those that do not depend on the scrape."""
    found = {series: value for series, value in ours.printed().items() if value != "StaleNaN"}
    expected = theirs.queried()
    expect(sorted(found), sorted(expected), "series")
    steady = ("jvm_", "http_server_", "container_", "kube_", "up", "scrape_samples_")
    for series, value in expected.items():
        name = json.loads(series)["__name__"]
        if name.startswith(steady):
            expect(float(found[series]), float(value), series)


def set_address(cluster, kind, namespace, name, address):
    uid, containers = cluster.pod_of(kind, namespace, name)
    path = f"/api/v1/namespaces/{namespace}/pods/{containers[0].pod}"
    status = {"status": {"podIP": address, "podIPs": [{"ip": address}]}}
    cluster.call("PATCH", f"{path}/status", status, "application/merge-patch+json")
    return path


def furnish_pod(cluster, folder):
    """The files that a pod finds at their usual places."""
    pod = folder / "pod"
    pod.mkdir()
    shutil.copy(cluster.data / "certs" / "ca.crt", pod / "ca.crt")
    (pod / "token").write_text("tok-admin")
    (pod / "namespace").write_text("default")
    (pod / "hosts").write_text("127.0.0.1 localhost\n127.1.0.6 kube-state-metrics.kube-system.svc.cluster.local\n")


def main(arguments):
    if len(arguments) != 1 or not shutil.which(arguments[0]) or os.geteuid() != 0:
        print(__doc__.splitlines()[0], "(as root)", file=sys.stderr)
        return 2
    program = str(pathlib.Path(shutil.which(arguments[0])).resolve())
    build()
    pathlib.Path("/run/secrets").mkdir(exist_ok=True)
    counts = collections.Counter()

    def check(name, run, *rest):
        try:
            run(*rest)
        except (Failure, OSError, KeyError) as failure:
            counts["failed"] += 1
            print(f"FAILED {name}: {' '.join(str(failure).split())}", flush=True)
        else:
            counts["passed"] += 1
            print(f"ok {name}", flush=True)

    with temporary_folder("metrics") as folder, processes() as running:
        api = folder / "api"
        api.mkdir()
        with server([HERE / "kube-apiserver" / "start.sh", TOOLS, api], folder / "api.log") as url:
            cluster = Cluster(url, api)
            for path in sorted(MANIFESTS.glob("*.yaml")):
                cluster.apply(path.read_text())
            paths = {name: set_address(cluster, *pod[:2], name, pod[2]) for name, pod in PODS.items()}
            furnish_pod(cluster, folder)
            start_targets(running, folder)
            pairs = {seed: start_both(program, seed, folder, url, running) for seed in SEEDS}
            for seed, (ours, theirs) in pairs.items():
                wait_until(lambda: ours.scraped() and theirs.scraped(), 120, f"{seed}: every target scraped once")
                check(f"{seed} targets", same_targets, ours, theirs)
                check(f"{seed} series", same_series, ours, theirs)
            ours, theirs = pairs["path-annotation"]
            check("deleted pod", deleted_pod, cluster, paths["apod-api"], ours, theirs)
            check("new pod", new_pod, cluster, ours, theirs)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


def deleted_pod(cluster, path, ours, theirs):
    """Its target is gone in both, and its series end two scrapes later."""
    before = [series for series in theirs.queried() if json.loads(series).get("instance") == "127.1.0.2:80"]
    if not before:
        raise Failure("there are no series of the pod to end")
    cluster.call("DELETE", f"{path}?gracePeriodSeconds=0")
    wait_until(lambda: all("127.1.0.2" not in target["scrapeUrl"] for target in ours.targets()[0]), 60, "no target")
    wait_until(lambda: not set(before) & set(theirs.queried()), 180, "the end of the series in Prometheus")
    wait_until(lambda: all(ours.printed()[series] == "StaleNaN" for series in before), 60, "their markers")
    same_targets(ours, theirs)


def new_pod(cluster, ours, theirs):
    kind, namespace, address = PODS["apod-api"]
    set_address(cluster, kind, namespace, "apod-api", address)

    def there(scraper):
        return any(address in target["scrapeUrl"] and target["health"] == "up" for target in scraper.targets()[0])

    wait_until(lambda: there(ours) and there(theirs), 120, "the new pod scraped")
    same_targets(ours, theirs)
    same_series(ours, theirs)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:]))
