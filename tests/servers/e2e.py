#!/usr/bin/env python3
"""Runs the log agent against real servers: e2e.py PROGRAM [elasticsearch|opensearch ...]

The configurations in e2e/ are read with the paths, hosts and ports of the test put in. Servers are built into .tools/
the first time, which takes minutes; kube-apiserver also needs etcd. Without names, both search servers are tried.
Prints a line per check; exit code 1 if one failed.
"""

import json
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "e2e"))
from harness import (  # noqa: E402
    SERVERS, TOOLS, Bench, Container, Failure, Http, Search, build, docker_lines, end, expect, server,
    wait_until)

SEARCH_SERVERS = ("elasticsearch", "opensearch")
TEST, SYSTEM = "kiamol-ch13-test", "kube-system"
# A refused batch is sent again within seconds.
IMPATIENT = "scheduler.base 1\n    scheduler.cap 2"
PRIORITIES = range(8)


def numbers_api():
    container = Container(TEST, "numbers-api-6c8d9f7b5-x2k4q", "api", {"app": "numbers-api"},
                          {"kiamol.net/purpose": "random numbers"})
    container.lines = docker_lines(json.dumps({"priority": str(n), "message": f"call {n}"}) for n in PRIORITIES)
    return container


def numbers_web():
    container = Container(TEST, "numbers-web-7f9d5b6c8-9zv7w", "web", {"app": "numbers-web", "tier": "front"})
    container.lines = docker_lines([f"GET /random {n} \u00e9\u2713 \"quoted\"" for n in range(150)], 60, "stderr")
    return container


def core_dns():
    container = Container(SYSTEM, "coredns-78fcd69978-4mtvb", "coredns", {"k8s-app": "kube-dns"})
    container.lines = docker_lines([f"[INFO] plugin/reload: {n}" for n in range(20)], 120)
    return container


def outsider():
    """In a namespace that no output asks for."""
    container = Container("default", "web-0", "web", {"app": "web"})
    container.lines = docker_lines(["nobody reads this"])
    return container


def furnish(bench):
    """Writes the logs and pods that the three configurations are about."""
    containers = [numbers_api(), numbers_web(), core_dns(), outsider()]
    for container in containers:
        bench.add(container)
        bench.preload(container, uid_of(container))
    return containers[:3]


def uid_of(container):
    return f"uid-{container.pod}"


def records(container, annotations=True):
    return container.records(uid_of(container), annotations)


def same_documents(found, expected, what):
    """Compares documents in any order."""
    text = lambda documents: sorted(json.dumps(document, sort_keys=True) for document in documents)
    found, expected = text(found), text(expected)
    for ours, theirs in zip(found, expected):
        expect(json.loads(ours), json.loads(theirs), what)
    expect(len(found), len(expected), f"number of documents in {what}")


class Checks:
    """Runs checks, each in a folder of its own, and counts them."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.passed = self.failed = 0

    def run(self, name, check, *arguments):
        folder = self.folder / name.replace(" ", "-")
        try:
            check(lambda seed, *rest, **options: Bench(self.program, folder, seed, *rest, **options), *arguments)
        except Failure as failure:
            self.fail(name, failure)
        except Exception as error:  # A check must not end the others.
            self.fail(name, traceback.format_exception_only(error)[-1].strip())
        else:
            self.passed += 1
            print(f"ok {name}", flush=True)

    def fail(self, name, why):
        self.failed += 1
        print(f"FAILED {name}: {' '.join(str(why).split())}", flush=True)


def stdout_seed(bench):
    """Only the test namespace is printed, a JSON object a line."""
    bench = bench("stdout")
    api, web, _ = furnish(bench)
    printed = [json.loads(line) for line in bench.run().splitlines()]
    for record in printed:
        # The time of the record is in front of its fields.
        expect(next(iter(record)), "date", "first key")
        del record["date"]
    expected = [{key: value for key, value in record.items() if key != "@timestamp"}
                for record in records(api) + records(web)]
    same_documents(printed, expected, "standard output")


def elasticsearch_seed(bench, search, adapted):
    """Each namespace in its own index, and a second run changes nothing."""
    search.clear()
    bench = bench("elasticsearch", search.url, **adapted)
    api, web, dns = furnish(bench)
    bench.run()
    first = {index: search.documents(index) for index in ("test", "sys")}
    same_documents(first["test"].values(), records(api) + records(web), "index test")
    same_documents(first["sys"].values(), records(dns), "index sys")
    bench.run()
    for index, documents in first.items():
        expect(search.documents(index), documents, f"index {index} after a second run")
    expect(bench.dead_letters(), [], "rejected documents")


def filtering_seed(bench, search, adapted):
    """Of numbers-api only priority 2, 3 and 4 arrive, with the fields of its JSON beside the line."""
    search.clear()
    bench = bench("filtering", search.url, **adapted)
    api, web, dns = furnish(bench)
    bench.run()
    kept = [record | json.loads(record["log"]) for record in records(api, annotations=False)]
    kept = [record for record in kept if record["priority"] in ("2", "3", "4")]
    expect(len(kept), 3, "records this test keeps")
    same_documents(search.documents("test").values(), kept + records(web, annotations=False), "index test")
    same_documents(search.documents("sys").values(), records(dns, annotations=False), "index sys")


def refused_document(bench, search, adapted):
    """A document that contradicts the mapping ends up in the file of rejected ones, the others in the index."""
    search.clear()
    bench = bench("filtering", search.url, **adapted)
    container = Container(TEST, "orders-0", "orders", {"app": "orders"})
    users = ["ann", "bob", {"id": 7}, "eve"]
    container.lines = docker_lines(json.dumps({"n": n, "user": user}) for n, user in enumerate(users))
    # What a field is, the first document would decide: say it before.
    search.call("PUT", "/test", {"mappings": {"properties": {"user": {"type": "text"}}}})
    bench.add(container)
    bench.preload(container, uid_of(container))
    bench.run()
    expected = [record | json.loads(record["log"]) for record in records(container)]
    same_documents(search.documents("test").values(), expected[:2] + expected[3:], "index test")
    letters = bench.dead_letters()
    expect(len(letters), 1, "rejected documents")
    expect(letters[0]["document"], expected[2], "rejected document")
    expect(letters[0]["status"], 400, "status of the rejected document")
    expect("mapper" in letters[0]["type"] and "user" in letters[0]["reason"], True,
           f"the server's reason in {json.dumps(letters[0])}")


def blocked_index(bench, search, adapted):
    """An index that refuses writes for a while with 429 gets everything afterwards."""
    search.clear()
    bench = bench("elasticsearch", search.url, service=IMPATIENT, **adapted)
    api, web, dns = furnish(bench)
    block = lambda value: search.call("PUT", "/test/_settings", {"index.blocks.read_only_allow_delete": value})
    search.call("PUT", "/test", {})
    block(True)
    process = bench.start("--exit-on-eof")
    try:
        wait_until(lambda: search.count("sys") == len(dns.lines), 30, "documents in the index that takes them")
        time.sleep(2)
        expect(search.count("test"), 0, "documents in the blocked index")
        expect(process.poll(), None, "exit code before everything is delivered")
        block(None)
        bench.finish(process)
    finally:
        end(process)
    same_documents(search.documents("test").values(), records(api) + records(web), "index test")
    same_documents(search.documents("sys").values(), records(dns), "index sys")
    expect(bench.dead_letters(), [], "rejected documents")


class Writer(threading.Thread):
    """A busy node: containers that write, and a runtime that renames their logs as Docker does."""

    FILES, RATE, SECONDS, ROTATE_AFTER = 5, 3000, 12, 3.5

    def __init__(self, folder, links):
        super().__init__(daemon=True)
        self.written = []
        self.logs = []
        self.error = None
        folder.mkdir()
        for n in range(self.FILES):
            container = Container(TEST, f"busy-{n}", "app", {"app": "busy"})
            log = folder / f"{container.docker_id}-json.log"
            log.touch()
            (links / container.file).symlink_to(log)
            self.logs.append(log)

    def run(self):
        try:
            self.write()
        except OSError as error:
            self.error = error

    def write(self):
        files = [log.open("a") for log in self.logs]
        start = time.monotonic()
        # Not all at once.
        rotate_at = [self.ROTATE_AFTER * (1 + n / self.FILES) for n in range(self.FILES)]
        while (now := time.monotonic() - start) < self.SECONDS:
            for n, log in enumerate(self.logs):
                if now >= rotate_at[n]:
                    files[n].close()
                    files[n] = self.rotate(log)
                    rotate_at[n] += self.ROTATE_AFTER
            due = min(int(now * self.RATE), self.SECONDS * self.RATE)
            while len(self.written) < due:
                number = len(self.written)
                line = docker_lines([f"line {number} of {number % self.FILES}"])[0]
                files[number % self.FILES].write(json.dumps(line) + "\n")
                self.written.append(line["log"])
            for file in files:
                file.flush()
            time.sleep(0.01)
        for file in files:
            file.close()

    @staticmethod
    def rotate(log):
        """Makes LOG.1 of LOG, LOG.2 of LOG.1, and so on."""
        older = sorted(log.parent.glob(f"{log.name}.*"), key=lambda path: int(path.suffix[1:]), reverse=True)
        for path in older:
            path.rename(path.with_suffix(f".{int(path.suffix[1:]) + 1}"))
        log.rename(f"{log}.1")
        return log.open("a")


def killed_agent(bench, search, adapted, ids):
    """Every line is in the index once, although the agent was killed three times while files were rotated."""
    search.clear()
    tail = "DB tail.db\n    Rotate_Wait 5"
    output = adapted.get("output", "")
    bench = bench("elasticsearch", search.url, tail=tail, output=output, service=IMPATIENT)
    for name, old, new in (("output.conf", "Generate_ID     On", f"Generate_ID     {ids}"),
                           ("input.conf", "Refresh_Interval  10", "Refresh_Interval  1"),
                           ("fluent-bit.conf", "Flush         5", "Flush         1")):
        path = bench.folder / name
        path.write_text(path.read_text().replace(old, new))
    writer = Writer(bench.folder / "docker", bench.folder / "containers")
    process = bench.start()
    try:
        writer.start()
        for _ in range(3):
            time.sleep(3)
            expect(process.poll(), None, f"exit code of the running agent, which printed {bench.errors()},")
            process.kill()
            process.wait(10)
            time.sleep(0.3)
            process = bench.start()
        writer.join(60)
        expect((writer.is_alive(), writer.error), (False, None), "writer at its end")
        delivered(search, len(writer.written))
        process.send_signal(signal.SIGTERM)
        bench.finish(process)
    finally:
        end(process)
    found = [document["log"] for document in search.documents("test").values()]
    missing = set(writer.written) - set(found)
    expect({"missing": len(missing), "twice": len(found) - len(set(found))}, {"missing": 0, "twice": 0},
           f"lines of {len(writer.written)} (missing for example {sorted(missing)[:3]})")
    expect(bench.dead_letters(), [], "rejected documents")


def delivered(search, expected):
    """Waits until the index has grown to its size, or has not grown for long."""
    size, since = search.count("test"), time.monotonic()
    while time.monotonic() - since < (4 if size >= expected else 25):
        time.sleep(1)
        if (now := search.count("test")) != size:
            size, since = now, time.monotonic()


def kubernetes_pods(bench, search, adapted, cluster, kubernetes):
    """Metadata from a real API server: labels, annotations and the node of pods as the Deployments make them."""
    search.clear()
    apod = Container("kiamol-ch14-test", "apod-api-7d9c6b8f5c-x2x4z", "api", {"app": "apod-api"},
                     {"prometheus.io/path": "/actuator/prometheus"})
    numbers = Container("kiamol-ch14-test", "numbers-api-5b7f9d6c4-q8s2l", "api", {"app": "numbers-api"},
                        {"prometheus.io/port": "9115", "prometheus.io/path": "/probe",
                         "prometheus.io/target": "http://127.0.0.1/healthz"})
    cadvisor = Container(SYSTEM, "cadvisor-hx5jk", "cadvisor", {"app": "cadvisor"})
    metrics = Container(SYSTEM, "kube-state-metrics-6d7b8c9f5-tt6mw", "kube-state-metrics",
                        {"app": "kube-state-metrics"})
    gone = Container(SYSTEM, "gone-0", "gone", {})
    bench = bench("elasticsearch", search.url, kubernetes=kubernetes, namespace="kiamol-ch14-test", **adapted)
    uids = {}
    for n, container in enumerate((apod, numbers, cadvisor, metrics, gone)):
        container.lines = docker_lines([f"{container.name} {k}" for k in range(10)], n)
        bench.add(container)
        if container is not gone:
            uids[container.pod] = create_pod(cluster, container)
    bench.run()
    of = lambda *containers: [record for one in containers for record in one.records(uids.get(one.pod))]
    same_documents(search.documents("test").values(), of(apod, numbers), "index test")
    same_documents(search.documents("sys").values(), of(cadvisor, metrics, gone), "index sys")


def create_pod(cluster, container):
    """Makes a pod if it is not there yet, and says of it what a kubelet would; returns its uid."""
    if not cluster.call("GET", f"/api/v1/namespaces/{container.namespace}", missing={}):
        cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": container.namespace}})
    pods = f"/api/v1/namespaces/{container.namespace}/pods"
    if not cluster.call("GET", f"{pods}/{container.pod}", missing={}):
        cluster.call("POST", pods, container.manifest)
    patched = cluster.call("PATCH", f"{pods}/{container.pod}/status", {"status": container.status},
                           "application/merge-patch+json")
    return patched["metadata"]["uid"]


def main(arguments):
    if not arguments or not set(arguments[1:]) <= set(SEARCH_SERVERS):
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    program = shutil.which(arguments[0])
    if not program:
        print(f"{arguments[0]} is no program", file=sys.stderr)
        return 2
    names = arguments[1:] or SEARCH_SERVERS
    with tempfile.TemporaryDirectory(prefix="e2e-", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        checks = Checks(str(pathlib.Path(program).resolve()), folder)
        checks.run("stdout", stdout_seed)
        for name in names:
            with_server(checks, name, lambda: search_checks(checks, folder, name, name == names[0]))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


def with_server(checks, name, run):
    """A server that does not start is a failed check."""
    try:
        run()
    except Exception as error:
        checks.fail(f"{name} server", error)


def search_checks(checks, folder, name, cluster):
    """The checks of one search server; with `cluster` those of the API server as well."""
    programs = TOOLS / "search-node" / name
    build(SERVERS / "search-node" / "build.sh", name, programs)
    start = [SERVERS / "search-node" / "start.sh", name, programs, folder / f"{name}-data"]
    # OpenSearch knows no types any more.
    adapted = {"output": "Suppress_Type_Name On"} if name == "opensearch" else {}
    with server(start, folder / f"{name}.log") as url:
        search = Search(url)
        checks.run(f"{name} elasticsearch", elasticsearch_seed, search, adapted)
        checks.run(f"{name} filtering", filtering_seed, search, adapted)
        checks.run(f"{name} refused document", refused_document, search, adapted)
        checks.run(f"{name} blocked index", blocked_index, search, adapted)
        checks.run(f"{name} killed agent", killed_agent, search, adapted, "On")
        checks.run(f"{name} killed agent with offset ids", killed_agent, search, adapted, "offset")
        if cluster:
            with_server(checks, "kube-apiserver", lambda: cluster_checks(checks, folder, name, search, adapted))


def cluster_checks(checks, folder, name, search, adapted):
    build(SERVERS / "kube-apiserver" / "build.sh", TOOLS)
    data = folder / "kube-apiserver"
    start = [SERVERS / "kube-apiserver" / "start.sh", TOOLS, data]
    with server(start, folder / "kube-apiserver.log") as url:
        cluster = Http(url, "tok-admin")
        mounted, edited = data / "token", data / "token.txt"
        mounted.write_text("tok-admin")
        # As an editor or a shell leaves it.
        edited.write_text("tok-admin\n")
        for what, token in (("", mounted), (" token with newline", edited)):
            options = f"Kube_URL {url}\n    Kube_Token_File {token}\n    tls.verify Off"
            checks.run(f"{name} kube-apiserver{what}", kubernetes_pods, search, adapted, cluster, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
