"""A busy node: containers that write, and a runtime that renames their logs as Docker does."""

import json
import threading
import time

from harness import Container, docker_lines, expect


class Writer(threading.Thread):
    """Writes `rate` lines a second into `files` logs for `seconds`, and rotates each every `rotate` seconds."""

    def __init__(self, bench, namespace, files, rate, seconds, rotate):
        super().__init__(daemon=True)
        self.rate, self.seconds, self.rotate_after = rate, seconds, rotate
        self.written = []
        self.rotations = 0
        self.error = None
        self.logs = []
        folder = bench.folder / "docker"
        folder.mkdir()
        for n in range(files):
            container = Container(namespace, f"busy-{n}", "app", {"app": "busy"})
            log = folder / f"{container.docker_id}-json.log"
            log.touch()
            (bench.folder / "containers" / container.file).symlink_to(log)
            self.logs.append(log)

    def run(self):
        try:
            self.write()
        except OSError as error:
            self.error = error

    def write(self):
        files = [log.open("a") for log in self.logs]
        start = time.monotonic()
        # Not all at once.
        rotate_at = [self.rotate_after * (1 + n / len(files)) for n in range(len(files))]
        while (now := time.monotonic() - start) < self.seconds:
            for n, log in enumerate(self.logs):
                if now >= rotate_at[n]:
                    files[n].close()
                    files[n] = self.rotate(log)
                    rotate_at[n] += self.rotate_after
            due = min(int(now * self.rate), self.seconds * self.rate)
            while len(self.written) < due:
                number = len(self.written)
                line = docker_lines([f"line {number} of {number % len(files)}"])[0]
                files[number % len(files)].write(json.dumps(line) + "\n")
                self.written.append(line["log"])
            for file in files:
                file.flush()
            time.sleep(0.01)
        for file in files:
            file.close()

    def rotate(self, log):
        """Makes LOG.1 of LOG, LOG.2 of LOG.1, and so on."""
        older = sorted(log.parent.glob(f"{log.name}.*"), key=lambda path: int(path.suffix[1:]), reverse=True)
        for path in older:
            path.rename(path.with_suffix(f".{int(path.suffix[1:]) + 1}"))
        log.rename(f"{log}.1")
        self.rotations += 1
        return log.open("a")

    def finish(self):
        """Waits for the last line."""
        self.join(self.seconds + 60)
        expect((self.is_alive(), self.error), (False, None), "writer at its end")


def delivered(search, index, expected, patience):
    """Waits until the index has its size, or has not grown for `patience` seconds."""
    size, since = search.count(index), time.monotonic()
    while time.monotonic() - since < (3 if size >= expected else patience):
        time.sleep(1)
        if (now := search.count(index)) != size:
            size, since = now, time.monotonic()


def once(search, index, written):
    """Every line is in the index, and no line is there twice."""
    found = [document["log"] for document in search.documents(index, ["log"]).values()]
    missing, strange = set(written) - set(found), set(found) - set(written)
    expect({"missing": len(missing), "twice": len(found) - len(set(found)), "strange": len(strange)},
           {"missing": 0, "twice": 0, "strange": 0},
           f"lines of {len(written)} (missing for example {sorted(missing)[:3]})")
