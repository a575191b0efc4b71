"""Checks with a real Kubernetes API server: metadata of pods and namespaces, and what it costs."""

import concurrent.futures
import hashlib
import re
import signal
import subprocess

from harness import SERVERS, Container, Failure, Http, docker_lines, end, expect, wait_until
from search import same_documents
from tls import Handler, TlsServer

MANIFESTS = SERVERS / "manifests"
NODE = "node-1"
ACCOUNT = "/api/v1/namespaces/kiamol-ch13-logging/serviceaccounts/fluent-bit/token"


class Cluster(Http):
    """A cluster without controllers: what they would do, the checks do."""

    def __init__(self, url, data):
        super().__init__(url, "tok-admin", data / "certs" / "ca.crt")
        self.data = data
        self.kinds = {}

    def options(self, token=None):
        """The lines of a kubernetes filter that lead here, as the service account of the seed."""
        token = token or self.service_account_token()
        return (f"Kube_URL {self.url}\n    Kube_CA_File {self.data}/certs/ca.crt\n"
                f"    Kube_Token_File {token}")

    def service_account_token(self):
        """A file with a fresh token of the account that the seed's DaemonSet runs under."""
        answer = self.call("POST", ACCOUNT, {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
                                             "spec": {"expirationSeconds": 3600}})
        path = self.data / "token"
        path.write_text(answer["status"]["token"])
        return path

    def apply(self, text):
        """Applies each document of a manifest, as `kubectl apply --server-side` does."""
        for document in re.split(r"^---.*$", text, flags=re.MULTILINE):
            path = self.path_of(document)
            request = f"{path}?fieldManager=e2e&force=true"
            self.send("PATCH", request, document.encode(), "application/apply-patch+yaml")

    def path_of(self, document):
        """Where the object of a YAML document lives."""
        find = lambda pattern: (re.search(pattern, document, re.MULTILINE) or [None, None])[1]
        version, kind = find(r"^apiVersion:\s*(\S+)"), find(r"^kind:\s*(\S+)")
        name, namespace = find(r"^metadata:\n(?:  .*\n)*?  name:\s*(\S+)"), find(r"^  namespace:\s*(\S+)")
        group = "/api/v1" if version == "v1" else f"/apis/{version}"
        if group not in self.kinds:
            resources = self.call("GET", group)["resources"]
            self.kinds[group] = {it["kind"]: it["name"] for it in resources if "/" not in it["name"]}
        if kind.startswith("Cluster"):
            return f"{group}/{self.kinds[group][kind]}/{name}"
        self.make_namespace(namespace)
        return f"{group}/namespaces/{namespace}/{self.kinds[group][kind]}/{name}"

    def make_namespace(self, name, labels=None):
        if not self.call("GET", f"/api/v1/namespaces/{name}", missing={}):
            self.call("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels or {}}})

    def pod_of(self, kind, namespace, name):
        """Makes the pod that a Deployment or DaemonSet is about, and says of it what a kubelet would; gives its
        containers."""
        owner = self.call("GET", f"/apis/apps/v1/namespaces/{namespace}/{kind}/{name}")
        template = owner["spec"]["template"]
        digest = hashlib.sha256(f"{namespace}/{name}".encode()).hexdigest()
        if kind == "deployments":
            pod, label = f"{name}-{digest[:10]}-{digest[10:15]}", {"pod-template-hash": digest[:10]}
        else:
            pod, label = f"{name}-{digest[:5]}", {"controller-revision-hash": digest[:10]}
        labels = template["metadata"].get("labels", {}) | label
        annotations = template["metadata"].get("annotations", {})
        containers = [Container(namespace, pod, it["name"], labels, annotations) for it in template["spec"]["containers"]]
        manifest = {"apiVersion": "v1", "kind": "Pod",
                    "metadata": {"name": pod, "labels": labels, "annotations": annotations},
                    "spec": template["spec"] | {"nodeName": NODE}}
        uid = self.call("POST", f"/api/v1/namespaces/{namespace}/pods", manifest)["metadata"]["uid"]
        self.report(pod, containers)
        return uid, containers

    def report(self, pod, containers):
        """What a kubelet says of a running pod."""
        status = containers[0].status
        status["containerStatuses"] = [it.status["containerStatuses"][0] for it in containers]
        self.call("PATCH", f"/api/v1/namespaces/{containers[0].namespace}/pods/{pod}/status", {"status": status},
                  "application/merge-patch+json")

    def requests(self, resource):
        """How many requests of each verb for a resource the server has answered."""
        counts = {}
        for line in self.send("GET", "/metrics").decode().splitlines():
            if line.startswith("apiserver_request_total{") and f'resource="{resource}"' in line:
                verb = re.search(r'verb="(\w+)"', line)[1]
                counts[verb] = counts.get(verb, 0) + int(float(line.rsplit(" ", 1)[1]))
        return counts


def run(checks, cluster, search):
    for path in sorted(MANIFESTS.glob("*.yaml")):
        cluster.apply(path.read_text())
    pods = {name: cluster.pod_of(kind, namespace, name) for kind, namespace, name in (
        ("deployments", "kiamol-ch14-test", "apod-api"),
        ("deployments", "kiamol-ch14-test", "todo-proxy"),
        ("deployments", "kiamol-ch14-test", "numbers-api"),
        ("daemonsets", "kube-system", "cadvisor"),
        ("deployments", "kube-system", "kube-state-metrics"),
    )}
    checks.run("kubernetes manifests", manifests, search, cluster, pods)
    checks.run("kubernetes token with newline", token_with_newline, search, cluster, pods)
    checks.run("kubernetes wrong authority", wrong_authority, search, cluster, pods)
    checks.run("kubernetes 500 pods", crowd, search, cluster)
    checks.run("kubernetes changed label", changed_label, search, cluster)
    checks.run("kubernetes kubelet", kubelet, search, cluster, pods)


def furnish(bench, pods):
    """Writes a log for every container, and gives the expected documents of the two indices."""
    expected = {"kiamol-ch14-test": [], "kube-system": []}
    for second, (uid, containers) in enumerate(pods.values()):
        for container in containers:
            container.lines = docker_lines([f"{container.name} {n}" for n in range(10)], second)
            bench.add(container)
            expected[container.namespace] += container.records(uid)
    return expected["kiamol-ch14-test"], expected["kube-system"]


def bench_of(bench, search, kubernetes):
    return bench("elasticsearch", search.url, kubernetes=kubernetes, namespace="kiamol-ch14-test")


def manifests(bench, search, cluster, pods):
    """Labels, annotations and the node of pods as the seed's Deployments make them; a pod that is gone has none."""
    search.clear()
    bench = bench_of(bench, search, cluster.options())
    test, system = furnish(bench, pods)
    gone = Container("kube-system", "gone-0", "gone", {})
    gone.lines = docker_lines(["nobody knows me"])
    bench.add(gone)
    bench.run()
    same_documents(search.documents("test").values(), test, "index test")
    same_documents(search.documents("sys").values(), system + gone.records(), "index sys")


def token_with_newline(bench, search, cluster, pods):
    """A token file as an editor or a shell leaves it."""
    search.clear()
    token = cluster.service_account_token()
    token.write_text(f"{token.read_text()}\n")
    bench = bench_of(bench, search, cluster.options(token))
    test, system = furnish(bench, pods)
    bench.run()
    same_documents(search.documents("test").values(), test, "index test")
    same_documents(search.documents("sys").values(), system, "index sys")


def wrong_authority(bench, search, cluster, pods):
    """A server that another authority vouches for is told nothing; with tls.verify Off it is."""
    other = cluster.data / "other-ca.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-out", other,
                    "-days", "1", "-subj", "/CN=other"], check=True, stderr=subprocess.DEVNULL)
    options = cluster.options().replace(f"{cluster.data}/certs/ca.crt", str(other))
    for verify, known in (("On", False), ("Off", True)):
        search.clear()
        one = bench_of(lambda *rest, **more: bench(*rest, part=verify, **more), search,
                       f"{options}\n    tls.verify {verify}")
        furnish(one, pods)
        one.run()
        found = ["kubernetes" in document for document in search.documents("test").values()]
        expect(set(found), {known}, f"whether documents have metadata with tls.verify {verify}")


def crowd(bench, search, cluster):
    """500 pods of one namespace, each with a log: a handful of requests."""
    namespace = "kiamol-ch14-crowd"
    search.clear()
    cluster.make_namespace(namespace, {"team": "crowd"})
    containers = [Container(namespace, f"web-{n}", "web", {"app": "web", "n": str(n)}) for n in range(500)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        make = lambda one: cluster.call("POST", f"/api/v1/namespaces/{namespace}/pods", one.manifest)
        list(pool.map(make, containers))
    options = f"{cluster.options()}\n    Namespace_Labels On"
    bench = bench("elasticsearch", search.url, kubernetes=options, namespace=namespace)
    for n, container in enumerate(containers):
        container.lines = docker_lines([f"hello from {n}"], n // 10)
        bench.add(container)
    before = {resource: cluster.requests(resource) for resource in ("pods", "namespaces")}
    bench.run()
    after = {resource: cluster.requests(resource) for resource in ("pods", "namespaces")}
    documents = search.documents("test").values()
    expect(len(documents), 500, "documents")
    for document in documents:
        expect(f"web-{document['kubernetes']['labels']['n']}", document["kubernetes"]["pod_name"], "labels of")
        expect(document["kubernetes_namespace"],
               {"name": namespace, "labels": {"team": "crowd", "kubernetes.io/metadata.name": namespace}},
               "what is said of the namespace")
    for resource in before:
        asked = {verb: after[resource].get(verb, 0) - before[resource].get(verb, 0) for verb in ("GET", "LIST", "WATCH")}
        # A watch is counted when it ends.
        if asked["GET"] or asked["LIST"] > 2 or asked["WATCH"] > 2:
            raise Failure(f"500 pods cost these requests for {resource}: {asked}")


def changed_label(bench, search, cluster):
    """A label that changes while the agent runs is on the lines that follow."""
    search.clear()
    namespace = "kiamol-ch14-test"
    container = Container(namespace, "canary-0", "app", {"release": "one"})
    cluster.call("POST", f"/api/v1/namespaces/{namespace}/pods", container.manifest)
    bench = bench_of(bench, search, cluster.options())
    container.lines = docker_lines(["first"])
    bench.add(container)
    releases = lambda: {it["kubernetes"]["labels"]["release"] for it in search.documents("test").values()}
    process = bench.start()
    try:
        wait_until(lambda: releases() == {"one"}, 30, "document with the first label")
        cluster.call("PATCH", f"/api/v1/namespaces/{namespace}/pods/canary-0",
                     {"metadata": {"labels": {"release": "two"}}}, "application/merge-patch+json")

        def another_line():
            container.lines += docker_lines([f"line {len(container.lines)}"], len(container.lines))
            bench.add(container)
            return "two" in releases()

        wait_until(another_line, 40, "document with the second label")
        process.send_signal(signal.SIGTERM)
        bench.finish(process)
    finally:
        end(process)


class Kubelet(Handler):
    """A kubelet's read-only side: what runs on its node, for who has a token of the cluster."""

    def do_GET(self):
        allowed = self.headers.get("Authorization", "").startswith("Bearer ey") and self.path == "/pods"
        self.server.asked.append((self.path, allowed))
        self.answer(*((200, self.server.pods) if allowed else (401, b"Unauthorized")))


def kubelet(bench, search, cluster, pods):
    """With Use_Kubelet, pods come from the node's kubelet and the API server is not asked for any."""
    search.clear()
    server = TlsServer(cluster.data / "certs", Kubelet)
    server.pods = cluster.send("GET", f"/api/v1/pods?fieldSelector=spec.nodeName%3D{NODE}")
    server.asked = []
    with server.running():
        options = f"Use_Kubelet On\n    Kubelet_Host 127.0.0.1\n    Kubelet_Port {server.server_port}"
        bench = bench_of(bench, search, f"{cluster.options()}\n    {options}")
        test, system = furnish(bench, pods)
        before = cluster.requests("pods")
        bench.run()
        expect(cluster.requests("pods"), before, "requests for pods to the API server")
    same_documents(search.documents("test").values(), test, "index test")
    same_documents(search.documents("sys").values(), system, "index sys")
    expect(set(server.asked), {("/pods", True)}, "requests to the kubelet")
    if len(server.asked) > 5:
        raise Failure(f"{len(server.asked)} requests to the kubelet for {len(pods)} pods")
