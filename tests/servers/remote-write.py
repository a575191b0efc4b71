#!/usr/bin/env python3
"""Remote write 1.0 and 2.0 to a real Prometheus, through an outage of it and kills of the writer: remote-write.py SEND

SEND is the example `send` of remote-write-output, built before. Takes seconds, and minutes the first time, when
Prometheus is built (build.sh). Exits 0 when every sample arrived, with its value, and the series ended where the
staleness marker says.
"""

import json
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "e2e"))
from harness import Failure, free_port, temporary_folder, wait_until  # noqa: E402
from receiver import Receiver  # noqa: E402

MESSAGES = {"1.0": "prometheus.WriteRequest", "2.0": "io.prometheus.write.v2.Request"}


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


def check(version, program, folder):
    port = free_port()
    server = Receiver(folder, port)
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
        wait_until(lambda: server.query("first", start + 99), 30, "samples")
        server.stop()
        feed(sender, 100)
        sender.kill()
        sender = Sender(program, config, queue)
        feed(sender, 50)
        server = Receiver(folder, port)
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


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    for version in MESSAGES:
        with temporary_folder("remote-write") as folder:
            try:
                check(version, arguments[0], folder)
            except Failure as failure:
                print(f"remote write {version}: {failure}", file=sys.stderr)
                print((folder / "prometheus.log").read_text()[-3000:], file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
