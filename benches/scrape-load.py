#!/usr/bin/env python3
"""Scrapes many targets with Weirgate and with Prometheus in agent mode, one after the other, and compares CPU time and
memory.

    benches/scrape-load.py target/release/weirgate path/to/prometheus [--targets 2000] [--samples 500] [--seconds 90]

Both send what they scrape to the same receiver by remote write. All targets are one server on 127.0.1.1 to 127.0.x.y,
whose page is that of a node exporter in size and form, compressed as exporters do. Only the scraper's own CPU time
counts, from the third interval on. Fails where Weirgate takes more than half of either, or where a sample is missing.
"""

import argparse
import asyncio
import gzip
import multiprocessing
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

INTERVAL = 15
TICKS = 8
# What a scrape adds about itself.
REPORTS = 5
# Goals, as ratios to Prometheus.
MOST = 0.5


def page(samples, tick):
    lines = []
    families = max(1, samples // 20)
    for family in range(families):
        name = f"node_example_{family}_total"
        lines.append(f"# HELP {name} An example of a family of the node exporter.")
        lines.append(f"# TYPE {name} counter")
        for series in range(samples // families):
            value = (family * 31 + series * 7) * 1000 + tick
            lines.append(f'{name}{{cpu="{series}",mode="system",device="/dev/sd{series % 7}"}} {value}')
    return ("\n".join(lines) + "\n").encode()


def answer(body, compressed):
    encoding = b""
    if compressed:
        body, encoding = gzip.compress(body), b"Content-Encoding: gzip\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n%sContent-Length: %d\r\n\r\n"
    return head % (encoding, len(body)) + body


def listen():
    """On all addresses of the loopback interface."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", 0))
    listener.listen(4096)
    return listener, listener.getsockname()[1]


def serve(listener, answers):
    """Answers scrapes with pages and takes what is written, whatever it is."""

    async def connection(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"POST "):
                    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                    await reader.readexactly(int(length[1]))
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                else:
                    writer.write(answers[int(time.time() / INTERVAL) % len(answers)])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main():
        server = await asyncio.start_server(connection, sock=listener)
        await server.serve_forever()

    asyncio.run(main())


def cpu(pid):
    """Seconds of CPU time."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid):
    """The most bytes that were resident."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def counted(port):
    """What a program says of itself, the sum of the series of each name."""
    sums = {}
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as response:
        for line in response.read().decode().splitlines():
            if not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                name = series.split("{", 1)[0]
                sums[name] = sums.get(name, 0) + float(value)
    return sums


def measure(command, port, seconds, output):
    """The share of a processor, the peak of memory in MiB, and the samples sent in a second."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=output)
    try:
        # Every target was scraped once after the first interval, and what that left behind is sent after the second.
        time.sleep(2 * INTERVAL + 5)
        start = (cpu(process.pid), counted(port)["prometheus_remote_storage_samples_total"], time.monotonic())
        time.sleep(seconds)
        if process.poll() is not None:
            sys.exit(f"{command[0]} ended: {pathlib.Path(output.name).read_text()[-2000:]}")
        end = (cpu(process.pid), counted(port), time.monotonic())
        wrong = {
            name: value for name, value in end[1].items()
            if value and re.fullmatch(r"prometheus_remote_storage_samples_(failed|dropped|retried)_total", name)
        }
        if wrong:
            sys.exit(f"{command[0]} did not send everything: {wrong}")
        sent = end[1]["prometheus_remote_storage_samples_total"] - start[1]
        took = end[2] - start[2]
        return (end[0] - start[0]) / took, peak(process.pid) / 2**20, sent / took
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weirgate")
    parser.add_argument("prometheus")
    parser.add_argument("--targets", type=int, default=2000)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--plain", action="store_true", help="do not compress the pages")
    parser.add_argument("--only", choices=["weirgate", "prometheus"], help="measure one of them, to find out why")
    arguments = parser.parse_args()

    # A connection for each target, here and in the programs.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listener, port = listen()
    pages = [page(arguments.samples, tick) for tick in range(TICKS)]
    answers = [answer(body, not arguments.plain) for body in pages]
    server = multiprocessing.Process(target=serve, args=(listener, answers), daemon=True)
    server.start()
    addresses = [f"127.0.{1 + at // 250}.{1 + at % 250}:{port}" for at in range(arguments.targets)]

    with tempfile.TemporaryDirectory(prefix="scrape-load-") as folder:
        folder = pathlib.Path(folder)
        config = folder / "prometheus.yml"
        targets = ", ".join(f"'{address}'" for address in addresses)
        config.write_text(
            f"global: {{scrape_interval: {INTERVAL}s, scrape_timeout: 10s}}\n"
            f"remote_write: [{{url: 'http://127.0.0.1:{port}/api/v1/write'}}]\n"
            f"scrape_configs:\n- job_name: load\n  static_configs: [{{targets: [{targets}]}}]\n"
        )
        print(f"{arguments.targets} targets, {arguments.samples} samples each, every {INTERVAL} s, for "
              f"{arguments.seconds} s; a page has {len(pages[0])} bytes, sent as {len(answers[0])}", flush=True)
        expected = arguments.targets * (pages[0].count(b"\nnode_") + REPORTS) / INTERVAL
        results = {}
        ports = {name: free_port() for name in ("weirgate", "prometheus")}
        commands = {
            "weirgate": [
                arguments.weirgate, "run", f"--metrics={config}", f"--data={folder / 'weirgate'}",
                f"--listen=127.0.0.1:{ports['weirgate']}",
            ],
            "prometheus": [
                arguments.prometheus, "--agent", f"--config.file={config}",
                f"--storage.agent.path={folder / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
            ],
        }
        for name, command in commands.items():
            if arguments.only not in (None, name):
                continue
            with open(folder / f"{name}.log", "w") as output:
                results[name] = measure(command, ports[name], arguments.seconds, output)
            cores, memory, sent = results[name]
            print(f"{name}: {cores:.3f} processors, {memory:.0f} MiB resident at most, {sent:.0f} samples/s of "
                  f"{expected:.0f} sent", flush=True)
            # A batch is here or there at the ends.
            if abs(sent - expected) > 0.03 * expected:
                sys.exit(f"{name} did not keep up: the figures say nothing")
        server.terminate()
        if arguments.only is None:
            ratios = [ours / theirs for ours, theirs in zip(results["weirgate"][:2], results["prometheus"])]
            print(f"ratio: processors {ratios[0]:.2f}, memory {ratios[1]:.2f}")
            if max(ratios) > MOST:
                sys.exit(f"more than {MOST}")


if __name__ == "__main__":
    main()
