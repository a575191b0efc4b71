#!/usr/bin/env python3
"""CPU time and memory of the log pipeline, beside gzip on the same file in the same run.

    benches/log-pipeline.py [--agent PROGRAM] [--lines 700000] [--rounds 5] [--write-result]

Makes a container's log of 185 MB, then lets the agent read it to its end with the outputs null, file and es, the last
to a server on the loopback interface that takes every document. Rounds are interleaved; the figures are medians of the
operating system's account of user and system time, and of the peak resident set. They are compared as ratios to
`gzip -6`, since machines differ. Every run's documents are counted.
"""
import argparse
import datetime
import multiprocessing
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile

BENCHES = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(BENCHES)
OUTPUTS = {
    "null": "[OUTPUT]\n    Name null\n    Match *\n",
    "file": "[OUTPUT]\n    Name file\n    Match *\n    Path {folder}\n    File out.txt\n    Format plain\n",
    "es": "[OUTPUT]\n    Name es\n    Match *\n    Host 127.0.0.1\n    Port {port}\n    Index test\n    Generate_ID On\n",
}
# The ratios to gzip that a change must not exceed, and the peak in megabytes.
LIMITS = {"es": (0.40, 40), "file": (0.40, 40), "null": (0.40, 40)}


class Sink(multiprocessing.Process):
    """A search server that stores nothing: answers as one would, and counts documents."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.documents = multiprocessing.Value("q", 0)
        self.bytes = multiprocessing.Value("q", 0)

    def run(self):
        import threading

        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        stream = connection.makefile("rb", buffering=1 << 20)
        while True:
            line = stream.readline()
            if not line:
                return
            length = 0
            while (header := stream.readline().strip()):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            body = stream.read(length)
            if line.startswith(b"POST"):
                documents = body.count(b"\n") // 2
                with self.documents.get_lock():
                    self.documents.value += documents
                    self.bytes.value += length
                item = b'{"create":{"_index":"test","_type":"_doc","_id":"bce417cb-1ab2-fcc4-a2f7-d1f5547deb5e",' \
                       b'"_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},' \
                       b'"_seq_no":1,"_primary_term":1,"status":201}}'
                answer = b'{"took":30,"errors":false,"items":[' + b",".join([item] * documents) + b"]}"
            else:
                answer = b'{"version":{"number":"7.17.28"}}'
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                               % len(answer) + answer)


def run(command, **options):
    """Runs a command to its end: seconds of CPU time and the peak resident set in megabytes."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def build(manifest, *arguments):
    subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", "--manifest-path", manifest, *arguments],
                   check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", help="the program to measure instead of a release build of this tree")
    parser.add_argument("--lines", type=int, default=700_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write-result", action="store_true", help="write benches/results/DATE-log-pipeline.md")
    options = parser.parse_args()
    agent = options.agent and os.path.abspath(options.agent)
    if agent is None:
        build(os.path.join(ROOT, "Cargo.toml"), "-p", "weirgate-agent")
        agent = os.path.join(ROOT, "target/release/weirgate")
    build(os.path.join(BENCHES, "Cargo.toml"), "--bins")
    # The Tag_Regex of the pipeline would take an underscore in the folder's name for the one behind the pod's.
    folder = os.path.join(tempfile.gettempdir(), f"weirgate-bench-{os.getpid()}")
    os.mkdir(folder, 0o700)
    try:
        text = measure(agent, folder, options)
    finally:
        shutil.rmtree(folder)
    print(text)
    if options.write_result:
        path = os.path.join(BENCHES, "results", f"{datetime.date.today()}-log-pipeline.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def measure(agent, folder, options):
    generate = os.path.join(BENCHES, "target/release/weirgate-generate")
    wanted = int(subprocess.check_output([generate, "log", folder, str(options.lines)]))
    (name,) = os.listdir(f"{folder}/logs")
    log = f"{folder}/logs/{name}"
    sink = Sink()
    sink.start()
    with open(f"{folder}/pipeline.conf", encoding="utf-8") as file:
        pipeline = file.read()
    for output, section in OUTPUTS.items():
        with open(f"{folder}/{output}.conf", "w", encoding="utf-8") as file:
            file.write(pipeline + "\n" + section.format(folder=folder, port=sink.port))
    runs = {name: [] for name in ["gzip", *OUTPUTS]}
    for _ in range(options.rounds):
        runs["gzip"].append(run(["gzip", "-6", "-c", log], stdout=subprocess.DEVNULL))
        for output in OUTPUTS:
            sink.documents.value = sink.bytes.value = 0
            if os.path.exists(f"{folder}/out.txt"):
                os.remove(f"{folder}/out.txt")
            runs[output].append(run([agent, "run", "-c", f"{folder}/{output}.conf", "--exit-on-eof"], cwd=folder))
            if output == "file":
                with open(f"{folder}/out.txt", "rb") as file:
                    kept = sum(1 for _ in file)
            elif output == "es":
                kept, size = sink.documents.value, sink.bytes.value
            if output != "null" and kept != wanted:
                sys.exit(f"{output}: {kept} documents instead of {wanted}")
    sink.terminate()
    cpu = {name: statistics.median(seconds for seconds, _ in rows) for name, rows in runs.items()}
    peak = {name: statistics.median(megabytes for _, megabytes in rows) for name, rows in runs.items()}
    rows = [f"| {name} | {cpu[name]:.2f} s | {cpu[name] / cpu['gzip']:.3f} | {peak[name]:.0f} MB |"
            for name in runs]
    failed = [name for name, (ratio, megabytes) in LIMITS.items()
              if cpu[name] > ratio * cpu["gzip"] or peak[name] > megabytes]
    text = "\n".join([
        f"# Log pipeline, {datetime.date.today()}", "",
        f"`benches/log-pipeline.py --lines {options.lines} --rounds {options.rounds}` on {cpu_name()}, "
        f"{platform.system()} {platform.release()}.",
        f"{options.lines} lines, {os.path.getsize(log) / 1e6:.1f} MB; {wanted} records kept, {size / 1e6:.1f} MB of "
        "bulk bodies.", "",
        "| output | CPU time | to gzip -6 | peak memory |", "| --- | --- | --- | --- |", *rows, ""])
    if failed:
        print(text)
        sys.exit("over the limit: " + ", ".join(failed))
    return text


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


if __name__ == "__main__":
    main()
