#!/usr/bin/env python3
"""Remote write 1.0 and 2.0 to a real Prometheus, through an outage of it and kills of the writer.

    tests/servers/remote-write.py [--sender FILE]

Builds Prometheus v0.316.0 with Go once, into .tools (two minutes and more), and the example `send` of
remote-write-output; then takes half a minute. Exits 0 when every sample arrived, with its value, and the series
ended where the staleness marker says.
"""

import argparse
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROMETHEUS = ROOT / ".tools/go/bin/prometheus"
PACKAGE = "github.com/prometheus/prometheus/cmd/prometheus@v0.316.0"
MESSAGES = {"1.0": "prometheus.WriteRequest", "2.0": "io.prometheus.write.v2.Request"}


class Failure(Exception):
    """What was found wrong."""


def build_prometheus():
    if PROMETHEUS.exists():
        return
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOBIN": str(PROMETHEUS.parent)}
    print(f"building {PACKAGE}", flush=True)
    tags = "netgo,remove_all_sd,enable_kubernetes_sd"
    subprocess.run(["go", "install", "-tags", tags, PACKAGE], env=environment, check=True)


def build_sender():
    command = ["cargo", "build", "--quiet", "-p", "remote-write-output", "--example", "send", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in built.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "send":
            return message["executable"]
    raise Failure("cargo says of no executable of the example `send`")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Prometheus:
    """A Prometheus that scrapes nothing and receives."""

    def __init__(self, folder, port):
        self.url = f"http://127.0.0.1:{port}"
        config = folder / "prometheus.yml"
        config.write_text("global: {scrape_interval: 1m}\n")
        self.log = open(folder / "prometheus.log", "ab")
        command = [
            PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
        ]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        wait(60, "Prometheus is ready", lambda: self.get("/-/ready") is not None)

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError):
            return None

    def query(self, expression, at):
        question = urllib.parse.urlencode({"query": expression, "time": at})
        answer = self.get(f"/api/v1/query?{question}")
        return json.loads(answer)["data"]["result"] if answer else []

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


class Sender:
    """A writer with its queue in a folder."""

    def __init__(self, program, config, queue):
        command = [program, config, queue]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, name, value, time_ms):
        self.process.stdin.write(f"{name} {value} {time_ms}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line != "queued\n":
            raise Failure(f"the sender says {line!r}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def finish(self):
        counts, _ = self.process.communicate(timeout=60)
        if self.process.returncode != 0:
            raise Failure(f"the sender ended with {self.process.returncode}")
        return counts.strip()


def wait(seconds, what, condition):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def check(version, program, folder):
    port = free_port()
    server = Prometheus(folder, port)
    config = folder / "send.yml"
    config.write_text(
        "global: {external_labels: {cluster: test}}\n"
        "remote_write:\n"
        f"- url: http://127.0.0.1:{port}/api/v1/write\n"
        f"  protobuf_message: {MESSAGES[version]}\n"
        "  queue_config: {batch_send_deadline: 50ms, max_backoff: 500ms}\n"
    )
    queue = folder / "queue"
    start = int(time.time()) - 600
    sent = []

    def feed(sender, count):
        for _ in range(count):
            second = start + len(sent)
            for name in ("first", "second"):
                sender.send(name, len(sent) / 4, second * 1000)
            sent.append(second)

    try:
        sender = Sender(program, config, queue)
        feed(sender, 100)
        wait(30, "samples arrive", lambda: server.query("first", start + 99))
        server.stop()
        feed(sender, 100)
        sender.kill()
        sender = Sender(program, config, queue)
        feed(sender, 50)
        server = Prometheus(folder, port)
        feed(sender, 50)
        # Killed while requests are under way.
        sender.kill()
        sender = Sender(program, config, queue)
        feed(sender, 100)
        sender.send("first", "stale", (start + len(sent)) * 1000)
        counts = sender.finish()
        end = start + len(sent)
        for name in ("first", "second"):
            series = server.query(f"{name}[700s]", end)
            if [one["metric"] for one in series] != [{"__name__": name, "cluster": "test"}]:
                raise Failure(f"{name}: unexpected series {series!r:.300}")
            found = {int(at): float(value) for at, value in series[0]["values"]}
            wanted = {second: index / 4 for index, second in enumerate(sent)}
            if found != wanted:
                missing = sorted(wanted.keys() - found.keys())
                raise Failure(f"{name}: {len(missing)} of {len(wanted)} samples are missing, from {missing[:5]}; {counts}")
        if server.query("first", end) or not server.query("second", end):
            raise Failure("the staleness marker ended the wrong series or none")
        print(f"remote write {version}: {2 * len(sent)} samples arrived; {counts}")
    finally:
        sender.process.kill()
        if server.process.poll() is None:
            server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sender", help="the example `send`, built before")
    options = parser.parse_args()
    build_prometheus()
    program = options.sender or build_sender()
    for version in MESSAGES:
        with tempfile.TemporaryDirectory(prefix="remote-write-") as folder:
            try:
                check(version, program, pathlib.Path(folder))
            except Failure as failure:
                log = pathlib.Path(folder) / "prometheus.log"
                print(f"remote write {version}: {failure}", file=sys.stderr)
                print(log.read_text()[-3000:], file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
