#!/usr/bin/env python3
"""Scrapes many targets with Weirgate and with Prometheus in agent mode, one after the other, and compares CPU time and
memory.

    benches/scrape-load.py target/release/weirgate path/to/prometheus [--targets 2000] [--samples 500] [--seconds 90]

All targets are one server on 127.0.0.1 to 127.0.x.y, whose page is that of a node exporter in size and form. Only the
scraper's own CPU time counts, from the second interval on, so that the server and other programs do not.
"""

import argparse
import asyncio
import multiprocessing
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

INTERVAL = 15


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


def serve(listener, samples):
    pages = [page(samples, tick) for tick in range(8)]
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for body in pages
    ]

    async def connection(reader, writer):
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answers[int(time.time() / INTERVAL) % len(answers)])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main():
        server = await asyncio.start_server(connection, sock=listener)
        await server.serve_forever()

    asyncio.run(main())


def usage(pid):
    """CPU seconds and resident bytes."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return cpu, int(fields[21]) * os.sysconf("SC_PAGE_SIZE")


def measure(command, seconds, output):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=output)
    try:
        # Every target was scraped once after the first interval.
        time.sleep(INTERVAL + 5)
        start = usage(process.pid)[0]
        peak = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(1)
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended: see {output.name}")
            cpu, resident = usage(process.pid)
            peak = max(peak, resident)
        return (cpu - start) / seconds, peak / 2**20
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
    arguments = parser.parse_args()

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", 0))
    listener.listen(4096)
    port = listener.getsockname()[1]
    server = multiprocessing.Process(target=serve, args=(listener, arguments.samples), daemon=True)
    server.start()
    addresses = [f"127.0.{1 + at // 250}.{1 + at % 250}:{port}" for at in range(arguments.targets)]

    with tempfile.TemporaryDirectory(prefix="scrape-load-") as folder:
        folder = pathlib.Path(folder)
        config = folder / "prometheus.yml"
        targets = ", ".join(f"'{address}'" for address in addresses)
        config.write_text(
            f"global: {{scrape_interval: {INTERVAL}s, scrape_timeout: 10s}}\n"
            f"scrape_configs:\n- job_name: load\n  static_configs: [{{targets: [{targets}]}}]\n"
        )
        print(f"{arguments.targets} targets, {arguments.samples} samples each, every {INTERVAL} s, "
              f"for {arguments.seconds} s; body {len(page(arguments.samples, 0))} bytes", flush=True)
        results = {}
        for name, command in [
            ("weirgate", [arguments.weirgate, "run", "--metrics", str(config), "--listen", "127.0.0.1:0"]),
            ("prometheus", [
                arguments.prometheus, "--agent", f"--config.file={config}", f"--storage.agent.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{free_port()}",
            ]),
        ]:
            with open(folder / f"{name}.log", "w") as output:
                results[name] = measure(command, arguments.seconds, output)
            cores, memory = results[name]
            print(f"{name}: {cores:.3f} cores, {memory:.0f} MiB resident at most", flush=True)
        ours, theirs = results["weirgate"], results["prometheus"]
        print(f"ratio: CPU {ours[0] / theirs[0]:.2f}, memory {ours[1] / theirs[1]:.2f}")
    server.terminate()


main()
