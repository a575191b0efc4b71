#!/usr/bin/env python3
"""Scrapes what the seed's prometheus.yml files say, with the agent and with Prometheus, side by side: metrics.py PROGRAM

The files are read as they are. Their cluster is a real kube-apiserver with pods made from the manifests, whose
addresses are on the loopback interface: a real nginx with its exporter, a real blackbox exporter, and pages in the form
of a Spring application, cAdvisor and kube-state-metrics. Both programs must find the same targets and drop the same. The
agent sends its samples to another Prometheus by remote write, and a query there must find the same series and values as
where Prometheus scraped them. Pods that are deleted and made must vanish and appear in both.

Servers are built the first time, which takes minutes (build.sh). Needs root: pods have addresses of their own (in
a network namespace) and see the cluster's files at the usual place (in a mount namespace). Prints a line per check; exit
code 1 if one failed.
"""

import collections
import contextlib
import ctypes
import http.server
import json
import os
import pathlib
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
from harness import Failure, built, end, expect, free_port, server, temporary_folder, wait_until  # noqa: E402
from receiver import Receiver  # noqa: E402

SEEDS = ("test-pods", "path-annotation", "cadvisor-and-kube-state-metrics")
PODS = {
    "apod-api": ("deployments", "kiamol-ch14-test", "127.1.0.2"),
    "todo-proxy": ("deployments", "kiamol-ch14-test", "127.1.0.3"),
    "numbers-api": ("deployments", "kiamol-ch14-test", "127.1.0.4"),
    "cadvisor": ("daemonsets", "kube-system", "127.1.0.5"),
    "kube-state-metrics": ("deployments", "kube-system", "127.1.0.6"),
}
# Where a pod is that is made later.
NEW_ADDRESS = "127.1.0.7"
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
PAGES[NEW_ADDRESS, 80, "/actuator/prometheus"] = PAGES["127.1.0.2", 80, "/actuator/prometheus"]


def leave_network():
    """Goes on in a network of its own, where the addresses of the pods are free, whatever else runs on the machine."""
    new_network = 0x40000000  # CLONE_NEWNET
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise OSError(ctypes.get_errno(), "no network of its own")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


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
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        script = """\
mount -t tmpfs tmpfs /run/secrets && mkdir -p /run/secrets/kubernetes.io/serviceaccount &&
cp "$1"/ca.crt "$1"/token "$1"/namespace /run/secrets/kubernetes.io/serviceaccount/ && mount --bind "$1"/hosts /etc/hosts &&
shift && exec "$@" """
        api_host, api_port = url.removeprefix("https://").split(":")
        environment = os.environ | {"KUBERNETES_SERVICE_HOST": api_host, "KUBERNETES_SERVICE_PORT": api_port}
        arguments = [str(part).replace("PORT", str(port)) for part in command]
        with open(folder / f"{name}.log", "wb") as log:
            running.append(subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", str(folder / "pod"), *arguments],
                stdout=log, stderr=log, env=environment))

    def targets(self):
        """What both programs must say of targets: the active ones, the dropped ones, and how many each job dropped."""
        data = get(f"{self.url}/api/v1/targets")
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


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)["data"]


def queried(server):
    """The values of all series that a Prometheus has now."""
    result = get(f"{server.url}/api/v1/query?query=%7B__name__%21%3D%22%22%7D")["result"]
    return {json.dumps(series["metric"], sort_keys=True): series["value"][1] for series in result}


class Pair:
    """One of the configurations at work in the agent, with a receiver, and in Prometheus."""

    def __init__(self, program, seed, folder, url, running):
        config, prometheus = HERE / "prometheus" / f"{seed}.yml", built("prometheus") / "prometheus"
        self.receiver = Receiver(folder / f"{seed}-receiver", free_port())
        running.append(self.receiver.process)
        self.ours = Scraper(f"{seed}-weirgate", [
            program, "run", "--metrics", config, "--listen", "127.0.0.1:PORT", "--data", folder / f"{seed}-queue",
            "--remote-write", f"{self.receiver.url}/api/v1/write"], folder, url, running)
        self.theirs = Scraper(f"{seed}-prometheus", [
            prometheus, f"--config.file={config}", "--web.listen-address=127.0.0.1:PORT",
            f"--storage.tsdb.path={folder}/{seed}-data"], folder, url, running)

    def scraped(self):
        return self.ours.scraped() and self.theirs.scraped()

    def same_targets(self):
        for what, found, expected in zip(("active targets", "dropped targets", "numbers of dropped targets"),
                                         self.ours.targets(), self.theirs.targets()):
            expect(found, expected, what)

    def same_series(self):
        """The series that are there now are the same, and so are the values that do not depend on the time of a scrape."""
        expected = queried(self.theirs)
        # The last samples may be on their way to the receiver.
        with contextlib.suppress(Failure):
            wait_until(lambda: queried(self.receiver).keys() == expected.keys(), 15, "the same series")
        found = queried(self.receiver)
        expect(sorted(found), sorted(expected), "series")
        steady = ("jvm_", "http_server_", "container_", "kube_", "up", "scrape_samples_")
        compared = {series for series in expected if json.loads(series)["__name__"].startswith(steady)}
        expect({series: found[series] for series in compared}, {series: expected[series] for series in compared}, "values")


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
    for name in ("exporters", "prometheus", "kubernetes"):
        built(name)
    leave_network()
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
        with server([HERE / "kube-apiserver" / "start.sh", built("kubernetes"), api], folder / "api.log") as url:
            cluster = Cluster(url, api)
            for path in sorted(MANIFESTS.glob("*.yaml")):
                cluster.apply(path.read_text())
            paths = {name: set_address(cluster, *pod[:2], name, pod[2]) for name, pod in PODS.items()}
            furnish_pod(cluster, folder)
            start_targets(running, folder)
            pairs = {seed: Pair(program, seed, folder, url, running) for seed in SEEDS}
            for seed, pair in pairs.items():
                wait_until(pair.scraped, 120, f"{seed}: every target scraped once")
                check(f"{seed} targets", pair.same_targets)
                check(f"{seed} series", pair.same_series)
            check("replaced pod", replaced_pod, cluster, paths["apod-api"], pairs["path-annotation"])
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


def replaced_pod(cluster, path, pair):
    """The old target is gone in both, and its series end two scrapes later; the new one is scraped."""
    kind, namespace, address = PODS["apod-api"]
    before = [series for series in queried(pair.theirs) if json.loads(series).get("instance") == f"{address}:80"]
    if not before:
        raise Failure("there are no series of the pod to end")
    cluster.call("DELETE", f"{path}?gracePeriodSeconds=0")
    set_address(cluster, kind, namespace, "apod-api", NEW_ADDRESS)

    def replaced(scraper):
        targets = scraper.targets()[0]
        return all(address not in target["scrapeUrl"] for target in targets) and any(
            NEW_ADDRESS in target["scrapeUrl"] and target["health"] == "up" for target in targets)

    wait_until(lambda: replaced(pair.ours) and replaced(pair.theirs), 120, "new target")
    pair.same_targets()
    wait_until(lambda: not set(before) & set(queried(pair.theirs)), 120, "end of the series in Prometheus")
    wait_until(lambda: not set(before) & set(queried(pair.receiver)), 60, "end of the series where they were sent")
    pair.same_series()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:]))
