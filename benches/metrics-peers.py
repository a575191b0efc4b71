#!/usr/bin/env python3
"""The metrics crates beside Prometheus and VictoriaMetrics, in one interleaved run.

    benches/metrics-peers.py [--rounds 7] [--seconds 1] [--write-result]

Needs Go; it builds `peers/` with the modules' checksums in `peers/go.sum`. Both sides read the same exposition of
2.7 MB, and the same ten rules and target of 35 labels. Times are CPU time of the whole process, so that garbage
collection on other threads counts. Both sides say what they found, and it must be the same.
"""
import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import tempfile

BENCHES = os.path.dirname(os.path.abspath(__file__))
TASKS = [
    # (what, ours, peer's name, peer's task, least ratio)
    ("text, entries", "entries", "Prometheus", "prometheus-entries", 4.0),
    ("text, entries", "entries", "VictoriaMetrics", "victoriametrics", 1.2),
    ("text, entries and their labels", "labels", "VictoriaMetrics", "victoriametrics", 1.2),
    ("text, sorted label sets", "label-sets", "Prometheus", "prometheus-labels", 6.0),
    ("ten rules, 35 labels, 100 targets kept", "relabel", "Prometheus", "prometheus-relabel", 4.0),
    ("the same, dropped by the third rule", "relabel-dropped", "Prometheus", "prometheus-relabel-dropped", None),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each task in each round")
    parser.add_argument("--write-result", action="store_true", help="write benches/results/DATE-metrics-peers.md")
    options = parser.parse_args()
    subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", "--bins", "--manifest-path",
                    os.path.join(BENCHES, "Cargo.toml")], check=True)
    with tempfile.TemporaryDirectory(prefix="weirgate-peers-") as folder:
        peers = os.path.join(folder, "peers")
        subprocess.run(["go", "build", "-o", peers, "."], cwd=os.path.join(BENCHES, "peers"), check=True)
        text, failed = measure(folder, peers, options)
    print(text)
    if failed:
        sys.exit("below the least ratio: " + ", ".join(failed))
    if options.write_result:
        path = os.path.join(BENCHES, "results", f"{datetime.date.today()}-metrics-peers.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def measure(folder, peers, options):
    release = os.path.join(BENCHES, "target/release")
    exposition = os.path.join(folder, "exposition.txt")
    subprocess.run([f"{release}/weirgate-generate", "exposition", exposition], check=True)
    ours = f"{release}/weirgate-measure"
    commands = {task: [ours, task] for _, task, *_ in TASKS} | {task: [peers, task] for *_, task, _ in TASKS}
    runs = {task: [] for task in commands}
    for _ in range(options.rounds):
        for task, command in commands.items():
            data = os.path.join(BENCHES, "data") if "relabel" in task else exposition
            output = subprocess.check_output([*command, data, str(options.seconds)], text=True)
            runs[task].append([float(number) for number in output.split()])
    rows, failed = [], []
    for what, task, name, peer, least in TASKS:
        (time, allocations, found), (peer_time, peer_allocations, peer_found) = (
            [statistics.median(column) for column in zip(*runs[task])] for task in (task, peer))
        if found != peer_found:
            sys.exit(f"{task} found {found:.0f}, {peer} {peer_found:.0f}")
        ratio = peer_time / time
        if least and ratio < least or task == "relabel-dropped" and allocations > 0:
            failed.append(f"{task} / {peer}")
        rows.append(f"| {what} | {time / 1e3:.0f} µs | {allocations:.0f} | {name} | {peer_time / 1e3:.0f} µs | "
                    f"{peer_allocations:.0f} | {ratio:.1f} |")
    text = "\n".join([
        f"# Metrics beside Go, {datetime.date.today()}", "",
        f"`benches/metrics-peers.py --rounds {options.rounds} --seconds {options.seconds:g}` on {cpu_name()}, "
        f"{platform.system()} {platform.release()}.",
        f"An exposition of {os.path.getsize(exposition) / 1e6:.2f} MB; Prometheus v0.316.0, VictoriaMetrics v1.130.0, "
        f"{subprocess.check_output(['go', 'version'], text=True).split()[2]}.", "",
        "| what | Weirgate | allocations | peer | its time | its allocations | times as fast |",
        "| --- | --- | --- | --- | --- | --- | --- |", *rows, ""])
    return text, failed


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


if __name__ == "__main__":
    main()
