"""Servers, container logs and runs of the program, all below one temporary folder."""

import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = HERE.parent


class Failure(Exception):
    """What a check found wrong."""


def built(name):
    """The folder of a server, which is built the first time."""
    command = [SERVERS / "build.sh", name]
    answer = subprocess.run(command, check=True, timeout=2400, stdout=subprocess.PIPE, text=True).stdout
    return pathlib.Path(answer.strip())


def expect(found, expected, what):
    if found != expected:
        raise Failure(f"{what}: expected {shorten(expected)}, found {shorten(found)}")


def shorten(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)
    return text if len(text) <= 600 else f"{text[:600]}… ({len(text)} characters)"


@contextlib.contextmanager
def temporary_folder(prefix):
    """A folder whose path has no `_`, which tempfile likes: the seed's Tag_Regex would take it for one of its own."""
    folder = pathlib.Path(tempfile.gettempdir()) / f"{prefix}-{secrets.token_hex(8)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(condition, seconds, what):
    """Returns the first true result of `condition`."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise Failure(f"no {what} within {seconds} s")
        time.sleep(0.2)
    return result


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Http:
    """A JSON client for one server."""

    def __init__(self, url, token=None, authority=None):
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.context = ssl.create_default_context(cafile=authority) if url.startswith("https") else None

    def call(self, method, path, body=None, content_type="application/json", missing=None):
        """The answer to a request, in JSON both; `missing` when there is no such thing."""
        data = None if body is None else json.dumps(body).encode()
        answer = self.send(method, path, data, content_type, missing)
        return json.loads(answer) if isinstance(answer, bytes) else answer

    def send(self, method, path, data=None, content_type=None, missing=None):
        """The bytes of an answer."""
        headers = self.headers | ({"Content-Type": content_type} if data else {})
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404 and missing is not None:
                return missing
            raise Failure(f"{method} {path}: {error.code} {shorten(error.read().decode())}") from error


class Search(Http):
    """A search server, looked at through its public API."""

    def clear(self, *others):
        for index in ("test", "sys", *others):
            self.call("DELETE", f"/{index}", missing={})

    def count(self, index):
        self.call("POST", f"/{index}/_refresh", missing={})
        return self.call("GET", f"/{index}/_count", missing={"count": 0})["count"]

    def documents(self, index, fields=True):
        """Every document of an index by its id; perhaps only some of its fields."""
        self.call("POST", f"/{index}/_refresh", missing={})
        nothing = {"hits": {"hits": []}}
        query = {"size": 5000, "sort": ["_doc"], "_source": fields}
        page = self.call("POST", f"/{index}/_search?scroll=1m", query, missing=nothing)
        found = {}
        while page["hits"]["hits"]:
            found |= {hit["_id"]: hit["_source"] for hit in page["hits"]["hits"]}
            page = self.call("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})
        return found


class Server:
    """A start script that prints READY and an address. Closing its standard input stops it."""

    def __init__(self, command, log, seconds=180):
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
        try:
            self.url = self.wait_for_ready(time.monotonic() + seconds)
        except Failure:
            self.stop()
            raise

    def wait_for_ready(self, end):
        output = b""
        while b"READY " not in output or not output.endswith(b"\n"):
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            part = os.read(self.process.stdout.fileno(), 65536) if readable else b""
            if not part:
                errors = pathlib.Path(self.log).read_text(errors="replace")
                raise Failure(f"{self.process.args[0]} did not start: {shorten(errors)}")
            output += part
        return output.decode().split("READY ", 1)[1].split()[0]

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()

    def kill(self):
        """Without notice, like a lost machine."""
        # The session is this script's own child with whatever it started.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextlib.contextmanager
def server(command, log):
    """Runs a start script and gives the address it prints."""
    running = Server(command, log)
    try:
        yield running.url
    finally:
        running.stop()


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


def cri_lines(pieces, second=0):
    """The four parts of a line of a container runtime for each stream, flag and text, a millisecond apart."""
    return [(f"2021-11-22T10:{second // 60:02}:{second % 60:02}.{number:03}000000Z", *piece)
            for number, piece in enumerate(pieces)]


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

    def replacements(self, url, kubernetes=None, tail="", service="", namespace=None):
        option = "\n    "
        kubernetes = kubernetes or f"Kube_meta_preload_cache_dir {self.folder}/pods"
        yield "Path              /var/log/containers/", f"Read_from_Head On{option}{tail}{option}Path {self.folder}/containers/"
        yield "Kube_Tag_Prefix     kube.", f"Kube_Tag_Prefix     kube.{option}{kubernetes}"
        yield "Daemon        off", f"Daemon        off{option}{service}"
        if url:
            host, port = url.removeprefix("http://").split(":")
            yield "Host            elasticsearch", f"Host            {host}{option}Port            {port}"
        if namespace:
            yield "kube.kiamol-ch13-test.", f"kube.{namespace}."

    def replace(self, name, old, new):
        """Changes a file of the configuration."""
        path = self.folder / name
        if old not in (text := path.read_text()):
            raise Failure(f"{name} does not say {old!r} any more")
        path.write_text(text.replace(old, new))

    def add(self, container, text=None):
        """Writes its log file, of which what was there before stays."""
        text = text or "".join(json.dumps(line) + "\n" for line in container.lines)
        path = self.folder / "containers" / container.file
        with open(path, "a") as log:
            log.write(text[log.tell():])

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
