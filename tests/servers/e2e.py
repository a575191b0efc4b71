#!/usr/bin/env python3
"""Runs the log agent against real servers: e2e.py PROGRAM [elasticsearch|opensearch|kubernetes ...]

The configurations in e2e/ are read with the paths, hosts and ports of the test put in, and the manifests in manifests/
applied. Servers are built the first time, which takes minutes (build.sh). Without names, everything is
checked. Prints a line per check, and how many passed and failed at the end; exit code 1 if one failed.
"""

import pathlib
import shutil
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "e2e"))
import cluster as kubernetes  # noqa: E402
import search as documents  # noqa: E402
from harness import SERVERS, Bench, Failure, Search, built, server, temporary_folder  # noqa: E402

SEARCH_SERVERS = ("elasticsearch", "opensearch")
NAMES = (*SEARCH_SERVERS, "kubernetes")


class Checks:
    """Runs checks, each in a folder of its own, and counts them."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.passed = self.failed = 0

    def run(self, name, check, *arguments):
        folder = self.folder / name.replace(" ", "-")

        def bench(seed, *rest, part="", **options):
            return Bench(self.program, folder / part, seed, *rest, **options)

        try:
            check(bench, *arguments)
        except Failure as failure:
            self.fail(name, failure)
        except Exception as error:  # A check must not end the others.
            self.fail(name, traceback.format_exception_only(error)[-1].strip())
        else:
            self.passed += 1
            print(f"ok {name}", flush=True)

    def fail(self, name, why):
        self.failed += 1
        print(f"FAILED {name}: {' '.join(str(why).split())}", flush=True)

    def with_server(self, name, run):
        """A server that does not start is a failed check."""
        try:
            run()
        except Exception as error:
            self.fail(f"{name} server", error)


def main(arguments):
    if not arguments or not set(arguments[1:]) <= set(NAMES):
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    program = shutil.which(arguments[0])
    if not program:
        print(f"{arguments[0]} is no program", file=sys.stderr)
        return 2
    names = arguments[1:] or NAMES
    for name in names:
        built(name)
    with temporary_folder("e2e") as folder:
        checks = Checks(str(pathlib.Path(program).resolve()), folder)
        checks.run("stdout", documents.stdout_seed)
        # One of them takes the documents of the checks of Kubernetes.
        kinds = [name for name in SEARCH_SERVERS if name in names] or ["elasticsearch"]
        for kind in kinds:
            checks.with_server(kind, lambda: search_checks(checks, folder, kind, names, kind == kinds[0]))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


def search_checks(checks, folder, kind, names, first):
    start = [SERVERS / "search-node" / "start.sh", kind, built(kind), folder / f"{kind}-data"]
    with server(start, folder / f"{kind}.log") as url:
        search = Search(url)
        if kind in names:
            documents.run(checks, kind, search)
        if first and "kubernetes" in names:
            checks.with_server("kubernetes", lambda: cluster_checks(checks, folder, search))


def cluster_checks(checks, folder, search):
    data = folder / "kube-apiserver"
    with server([SERVERS / "kube-apiserver" / "start.sh", built("kubernetes"), data], folder / "kube-apiserver.log") as url:
        kubernetes.run(checks, kubernetes.Cluster(url, data), search)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
