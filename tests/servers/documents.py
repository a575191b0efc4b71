#!/usr/bin/env python3
"""Samples as documents in a real search server, through an outage of it and a kill of the agent:
documents.py PROGRAM [elasticsearch|opensearch ...]

A target counts how often it was scraped. Whatever happens, each count must be in the index once; documents that the
server refuses must be in the file of rejected ones. Servers are built the first time (build.sh). Prints a line per
check; exit code 1 if one failed.
"""

import collections
import http.server
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "e2e"))
from harness import Failure, Search, Server, built, end, expect, temporary_folder, wait_until  # noqa: E402

TEMPLATE = HERE.parent.parent / "examples" / "kiamol-monitoring" / "metrics-template.json"
CONFIG = """\
global: {{scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: {{cluster: test}}}}
scrape_configs:
- job_name: counts
  static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""
# The server refuses the documents of this series, whose label is no number.
REFUSED = "refused"


class Target(http.server.ThreadingHTTPServer):
    """Says how often it was asked, and what JSON has no numbers for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Page)
        self.scrapes, self.ends = 0, False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def page(self):
        self.scrapes += 1
        gone = "" if self.ends else "gone 1\n"
        return (f"# TYPE scrapes counter\nscrapes {self.scrapes}\n{gone}no_number NaN\n"
                f'bucket{{le="+Inf"}} +Inf\n{REFUSED}{{code="x"}} 1\n')


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.page().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Agent:
    def __init__(self, program, folder, port, url):
        (folder / "prometheus.yml").write_text(CONFIG.format(port=port))
        self.command = [program, "run", "--metrics", "prometheus.yml", "--listen", "127.0.0.1:0", "--elasticsearch", url]
        self.folder = folder
        self.start()

    def start(self):
        with open(self.folder / "agent.log", "ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=log, stderr=log)

    def restart(self, kind):
        self.process.send_signal(kind)
        expect(self.process.wait(30), 0 if kind == signal.SIGTERM else -kind, "exit code of the agent")
        self.start()


def of(documents, name):
    return [document for document in documents.values() if document["name"] == name]


def check(program, kind, folder):
    data = folder / "data"
    start = [HERE / "search-node" / "start.sh", kind, built(kind), data]
    node = Server(start, folder / "node.log")
    target = Target()
    index = time.strftime("metrics-%Y.%m.%d", time.gmtime())
    agent = None
    try:
        search = Search(node.url)
        search.call("PUT", "/_index_template/metrics", json.loads(TEMPLATE.read_text()))
        search.call("PUT", f"/{index}", {"mappings": {"properties": {"labels": {"properties": {"code": {"type": "integer"}}}}}})
        agent = Agent(program, folder, target.server_port, node.url)
        wait_until(lambda: len(of(search.documents("metrics-*"), "scrapes")) >= 5, 60, "documents")
        target.ends = True
        node.kill()
        outage = target.scrapes
        wait_until(lambda: target.scrapes > outage + 10, 60, "scrapes in the outage")
        # A scrape that is under way when the agent is killed may be lost, and no other.
        killed = range(target.scrapes, target.scrapes + 2)
        agent.restart(signal.SIGKILL)
        wait_until(lambda: target.scrapes > outage + 20, 60, "scrapes after the kill")
        node = Server([*start, f"http.port={node.url.rsplit(':', 1)[1]}"], folder / "node.log")
        back = target.scrapes
        wait_until(lambda: max((one["value"] for one in of(search.documents("metrics-*"), "scrapes")), default=0) > back,
                   90, "documents after the outage")
        agent.process.send_signal(signal.SIGTERM)
        expect(agent.process.wait(30), 0, "exit code of the agent")
        documents = search.documents("metrics-*")
        found = collections.Counter(int(one["value"]) for one in of(documents, "scrapes"))
        expect([value for value, count in found.items() if count > 1], [], "counts that are there twice")
        missing = [value for value in range(1, target.scrapes) if value not in found and value not in killed]
        expect(missing, [], f"missing counts of {target.scrapes}")
        labels = {"cluster": "test", "instance": f"127.0.0.1:{target.server_port}", "job": "counts"}
        one = of(documents, "scrapes")[0]
        expect({key: value for key, value in one.items() if key not in ("@timestamp", "value")},
               {"name": "scrapes", "labels": labels, "type": "counter"}, "a document")
        special = {(one["name"], one.get("value_text"), "value" in one) for one in documents.values()
                   if one["name"] in ("no_number", "bucket")}
        expect(special, {("no_number", "NaN", False), ("bucket", "+Inf", False)}, "values without a number")
        expect([one.get("stale") for one in of(documents, "gone") if "value" not in one], [True], "the end of a series")
        rejected = [json.loads(line) for line in (folder / "weirgate-rejected.jsonl").read_text().splitlines()]
        expect({(one["status"], one["document"]["name"]) for one in rejected}, {(400, REFUSED)}, "rejected documents")
        if len(rejected) < len(found):
            raise Failure(f"{len(rejected)} rejected documents of {len(found)} scrapes")
        total = search.call("POST", "/metrics-*/_search", {
            "size": 0, "query": {"term": {"name": "scrapes"}}, "aggs": {"last": {"max": {"field": "value"}}}})
        expect(total["aggregations"]["last"]["value"], float(max(found)), "the largest value by an aggregation")
        print(f"ok {kind}: {len(documents)} documents, {len(rejected)} rejected", flush=True)
    finally:
        if agent:
            end(agent.process)
        node.stop()
        target.shutdown()


def main(arguments):
    kinds = arguments[1:] or ["elasticsearch", "opensearch"]
    if not arguments or not shutil.which(arguments[0]) or not set(kinds) <= {"elasticsearch", "opensearch"}:
        print(__doc__, file=sys.stderr)
        return 2
    program = str(pathlib.Path(shutil.which(arguments[0])).resolve())
    failed = 0
    for kind in kinds:
        with temporary_folder("documents") as folder:
            try:
                check(program, kind, folder)
            except (Failure, OSError, subprocess.TimeoutExpired) as failure:
                failed += 1
                log = folder / "agent.log"
                print(f"FAILED {kind}: {failure}\n{log.read_text()[-2000:] if log.exists() else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
