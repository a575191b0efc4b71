"""Servers, container logs and runs of the program, all below one temporary folder."""

import contextlib
import hashlib
import json
import os
import pathlib
import select
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = HERE.parent
TOOLS = SERVERS.parent.parent / ".tools"


class Failure(Exception):
    """What a check found wrong."""


def expect(found, expected, what):
    if found != expected:
        raise Failure(f"{what}: expected {shorten(expected)}, found {shorten(found)}")


def shorten(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)
    return text if len(text) <= 600 else f"{text[:600]}… ({len(text)} characters)"


def wait_until(condition, seconds, what):
    """Returns the first true result of `condition`."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise Failure(f"no {what} within {seconds} s")
        time.sleep(0.2)
    return result


class Http:
    """A JSON client for one server."""

    def __init__(self, url, token=None):
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        # The servers of these tests make their certificates themselves.
        self.context = ssl._create_unverified_context() if url.startswith("https") else None

    def call(self, method, path, body=None, content_type="application/json", missing=None):
        """The answer to a request; `missing` when there is no such thing."""
        data = None if body is None else json.dumps(body).encode()
        headers = self.headers | ({"Content-Type": content_type} if data else {})
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404 and missing is not None:
                return missing
            raise Failure(f"{method} {path}: {error.code} {shorten(error.read().decode())}") from error


class Search(Http):
    """A search server, looked at through its public API."""

    def clear(self):
        for index in ("test", "sys"):
            self.call("DELETE", f"/{index}", missing={})

    def count(self, index):
        self.call("POST", f"/{index}/_refresh", missing={})
        return self.call("GET", f"/{index}/_count", missing={"count": 0})["count"]

    def documents(self, index):
        """Every document of an index by its id."""
        self.call("POST", f"/{index}/_refresh", missing={})
        nothing = {"hits": {"hits": []}}
        page = self.call("POST", f"/{index}/_search?scroll=1m", {"size": 5000, "sort": ["_doc"]}, missing=nothing)
        found = {}
        while page["hits"]["hits"]:
            found |= {hit["_id"]: hit["_source"] for hit in page["hits"]["hits"]}
            page = self.call("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})
        return found


@contextlib.contextmanager
def server(command, log, seconds=180):
    """Runs a start script and gives the address it prints; closing its standard input stops it."""
    with open(log, "wb") as errors:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=errors, start_new_session=True)
    try:
        end = time.monotonic() + seconds
        output = b""
        while b"READY " not in output or not output.endswith(b"\n"):
            readable, _, _ = select.select([process.stdout], [], [], max(0, end - time.monotonic()))
            part = os.read(process.stdout.fileno(), 65536) if readable else b""
            if not part:
                raise Failure(f"{command[0]} did not start: {shorten(pathlib.Path(log).read_text(errors='replace'))}")
            output += part
        yield output.decode().split("READY ", 1)[1].split()[0]
    finally:
        process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            # The session is this script's own child with whatever it started.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        process.stdout.close()


def build(*command):
    subprocess.run([str(part) for part in command], check=True, timeout=1800, stdout=subprocess.DEVNULL)


def end(process):
    """Leaves no child behind."""
    if process.poll() is None:
        process.kill()
        process.wait(10)


class Container:
    """A container of a pod, and its log file named as the kubelet names it."""

    def __init__(self, namespace, pod, name, labels, annotations=None):
        self.namespace, self.pod, self.name = namespace, pod, name
        self.labels, self.annotations = labels, annotations
        self.docker_id = hashlib.sha256(f"{namespace}/{pod}/{name}".encode()).hexdigest()
        self.image_hash = hashlib.sha256(name.encode()).hexdigest()
        self.lines = []

    @property
    def file(self):
        return f"{self.pod}_{self.namespace}_{self.name}-{self.docker_id}.log"

    @property
    def status(self):
        return {
            "phase": "Running",
            "podIP": "10.1.0.7",
            "podIPs": [{"ip": "10.1.0.7"}],
            "containerStatuses": [{
                "name": self.name,
                "containerID": f"docker://{self.docker_id}",
                "image": f"kiamol/{self.name}:latest",
                "imageID": f"docker-pullable://kiamol/{self.name}@sha256:{self.image_hash}",
                "ready": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": "2021-11-22T10:00:00Z"}},
            }],
        }

    @property
    def manifest(self):
        """The pod as it is posted to the API."""
        metadata = {"name": self.pod, "namespace": self.namespace, "labels": self.labels}
        if self.annotations:
            metadata["annotations"] = self.annotations
        containers = [{"name": self.name, "image": f"kiamol/{self.name}"}]
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata,
                "spec": {"nodeName": "node-1", "containers": containers}}

    def metadata(self, uid, annotations=True):
        """The `kubernetes` map of its records."""
        found = {
            "pod_name": self.pod, "namespace_name": self.namespace, "pod_id": uid, "labels": self.labels,
            "host": "node-1", "pod_ip": "10.1.0.7", "container_name": self.name, "docker_id": self.docker_id,
            "container_hash": f"kiamol/{self.name}@sha256:{self.image_hash}",
            "container_image": f"kiamol/{self.name}:latest",
        }
        return found | ({"annotations": self.annotations} if annotations and self.annotations else {})

    def records(self, uid=None, annotations=True):
        """The documents its lines become, without merged fields."""
        kubernetes = {"kubernetes": self.metadata(uid, annotations)} if uid else {}
        return [{"@timestamp": f"{line['time'][:-7]}Z"} | line | kubernetes for line in self.lines]


def docker_lines(logs, second=0, stream="stdout"):
    """Docker's JSON for each text, a millisecond apart."""
    return [{"log": f"{log}\n", "stream": stream,
             "time": f"2021-11-22T10:{second // 60:02}:{second % 60:02}.{number:03}000000Z"}
            for number, log in enumerate(logs)]


class Bench:
    """A folder with container logs, pod metadata and one of the three configurations, adapted to it."""

    def __init__(self, program, folder, seed, url=None, **replaced):
        self.program, self.folder = program, folder
        for name in ("containers", "pods"):
            (folder / name).mkdir(parents=True)
        texts = {source.name: source.read_text() for source in (HERE / seed).iterdir()}
        for old, new in self.replacements(url, **replaced):
            if not any(old in text for text in texts.values()):
                raise Failure(f"the configuration {seed} does not say {old!r} any more")
            texts = {name: text.replace(old, new) for name, text in texts.items()}
        for name, text in texts.items():
            (folder / name).write_text(text)

    def replacements(self, url, kubernetes=None, tail="", output="", service="", namespace=None):
        option = "\n    "
        kubernetes = kubernetes or f"Kube_meta_preload_cache_dir {self.folder}/pods"
        yield "Path              /var/log/containers/", f"Read_from_Head On{option}{tail}{option}Path {self.folder}/containers/"
        yield "Kube_Tag_Prefix     kube.", f"Kube_Tag_Prefix     kube.{option}{kubernetes}"
        yield "Daemon        off", f"Daemon        off{option}{service}"
        if url:
            host, port = url.removeprefix("http://").split(":")
            yield "Host            elasticsearch", f"Host            {host}{option}Port            {port}{option}{output}"
        if namespace:
            yield "kube.kiamol-ch13-test.", f"kube.{namespace}."

    def add(self, container):
        """Writes its log file."""
        text = "".join(json.dumps(line) + "\n" for line in container.lines)
        (self.folder / "containers" / container.file).write_text(text)

    def preload(self, container, uid):
        """Writes the pod where the filter looks before it asks the API."""
        pod = container.manifest | {"status": container.status}
        pod["metadata"] |= {"uid": uid}
        (self.folder / "pods" / f"{container.namespace}_{container.pod}.meta").write_text(json.dumps(pod))

    def start(self, *arguments):
        """Starts the program beside its configuration."""
        command = [self.program, "run", "-c", "fluent-bit.conf", "--dead-letters", "rejected.jsonl", *arguments]
        with open(self.folder / "stdout", "wb") as output, open(self.folder / "stderr", "ab") as errors:
            return subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)

    def finish(self, process, seconds=60):
        """Waits for the program to end well, and gives what it printed."""
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"the program did not end within {seconds} s: {self.errors()}") from None
        finally:
            end(process)
        if code:
            raise Failure(f"the program ended with {code}: {self.errors()}")
        return (self.folder / "stdout").read_text()

    def run(self):
        return self.finish(self.start("--exit-on-eof"))

    def errors(self):
        return shorten((self.folder / "stderr").read_text(errors="replace")) or "nothing on standard error"

    def dead_letters(self):
        path = self.folder / "rejected.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
