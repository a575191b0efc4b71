#!/usr/bin/env python3
"""Runs the log agent through a bad minute: faults.py PROGRAM [elasticsearch|opensearch] [SECONDS]

A busy node writes 5,000 lines a second into 20 logs that are rotated. Meanwhile the agent is killed ten times and the
search server twice, both without notice, and the index refuses writes (429) three times for a while. At the end every
line must be in the index exactly once. Takes two to four minutes; SECONDS (60) is how long lines are written. PROGRAM
should be a release build. Exit code 1 if a line is missing or there twice.
"""

import pathlib
import shutil
import signal
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "e2e"))
from harness import SERVERS, Bench, Failure, Search, Server, built, end, expect, temporary_folder  # noqa: E402
from writer import Writer, delivered, once  # noqa: E402

NAMESPACE, INDEX = "kiamol-ch13-test", "test"
FILES, RATE, AGENT_KILLS = 20, 5000, 10
# When something happens, in parts of the time lines are written.
NODE_KILLS = (0.25, 0.65)
BLOCKS = ((0.08, 0.17), (0.50, 0.60), (0.90, 0.97))


class Node:
    """A search server that comes back on its old address."""

    def __init__(self, kind, folder):
        self.command = [SERVERS / "search-node" / "start.sh", kind, built(kind), folder / "data"]
        self.log = folder / "node.log"
        self.server = Server(self.command, self.log)
        self.search = Search(self.server.url)
        self.kills = 0

    def kill(self):
        self.server.kill()
        self.kills += 1
        port = self.search.url.rsplit(":", 1)[1]
        self.server = Server([*self.command, f"http.port={port}"], self.log)

    def block(self, value):
        self.search.call("PUT", f"/{INDEX}/_settings", {"index.blocks.read_only_allow_delete": value})


class Agent:
    """The agent, which is started again whenever it was killed."""

    def __init__(self, bench):
        self.bench, self.kills = bench, 0
        self.process = bench.start()

    def kill(self):
        expect(self.process.poll(), None, f"exit code of the running agent, which printed {self.bench.errors()},")
        self.process.kill()
        self.process.wait(10)
        self.kills += 1
        self.process = self.bench.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.bench.finish(self.process)


def prepare(program, folder, url):
    bench = Bench(program, folder, "elasticsearch", url, tail="DB tail.db\n    Rotate_Wait 5",
                  service="scheduler.base 1\n    scheduler.cap 2")
    bench.replace("output.conf", "Generate_ID     On", "Generate_ID     offset")
    bench.replace("input.conf", "Refresh_Interval  10", "Refresh_Interval  1")
    bench.replace("fluent-bit.conf", "Flush         5", "Flush         1")
    return bench


class Events(threading.Thread):
    """Lets things happen at their times, one after another."""

    def __init__(self, start, events):
        super().__init__(daemon=True)
        self.start_time, self.events, self.error = start, sorted(events, key=lambda event: event[0]), None

    def run(self):
        try:
            for at, what, act in self.events:
                time.sleep(max(0, self.start_time + at - time.monotonic()))
                print(f"{time.monotonic() - self.start_time:5.1f} s: {what}", flush=True)
                act()
        except Exception as error:
            self.error = error

    def finish(self):
        self.join()
        if self.error:
            raise self.error


def of_agent(agent, seconds):
    return [(seconds * (n + 0.5) / AGENT_KILLS, "the agent is killed", agent.kill) for n in range(AGENT_KILLS)]


def of_server(node, seconds):
    events = [(at * seconds, "the search server is killed", node.kill) for at in NODE_KILLS]
    for since, until in BLOCKS:
        events += [(since * seconds, "the index refuses writes", lambda: node.block(True)),
                   (until * seconds, "the index takes writes again", lambda: node.block(None))]
    return events


def run(program, kind, seconds, folder):
    node = Node(kind, folder)
    agent = None
    try:
        node.search.call("PUT", f"/{INDEX}", {"settings": {"number_of_replicas": 0}})
        bench = prepare(program, folder / "agent", node.search.url)
        writer = Writer(bench, NAMESPACE, FILES, RATE, seconds, rotate=max(8, seconds / 6))
        agent = Agent(bench)
        start = time.monotonic()
        writer.start()
        plans = [Events(start, of_agent(agent, seconds)), Events(start, of_server(node, seconds))]
        for events in plans:
            events.start()
        for events in plans:
            events.finish()
        writer.finish()
        print(f"{time.monotonic() - start:5.1f} s: the last of {len(writer.written)} lines is written", flush=True)
        delivered(node.search, INDEX, len(writer.written), 60)
        print(f"{time.monotonic() - start:5.1f} s: {node.search.count(INDEX)} documents", flush=True)
        agent.stop()
        once(node.search, INDEX, writer.written)
        expect(bench.dead_letters(), [], "rejected documents")
        expect((agent.kills, node.kills), (AGENT_KILLS, len(NODE_KILLS)), "kills of the agent and the server")
        print(f"ok: {len(writer.written)} lines over {FILES} files and {writer.rotations} rotations, each in {kind} "
              f"once, after {agent.kills} kills of the agent, {node.kills} of the server and {len(BLOCKS)} times of 429")
    finally:
        if agent:
            end(agent.process)
        node.server.stop()


def main(arguments):
    program = shutil.which(arguments[0]) if arguments else None
    kind = arguments[1] if len(arguments) > 1 else "elasticsearch"
    if not program or kind not in ("elasticsearch", "opensearch"):
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    with temporary_folder("faults") as folder:
        try:
            run(str(pathlib.Path(program).resolve()), kind, int(arguments[2]) if len(arguments) > 2 else 60, folder)
        except Failure as failure:
            print(f"FAILED: {' '.join(str(failure).split())}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
