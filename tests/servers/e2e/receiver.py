"""A Prometheus that samples are sent to."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from harness import built, wait_until


class Receiver:
    """Scrapes nothing and takes remote write. Started again in its folder it has what it had."""

    def __init__(self, folder, port):
        folder.mkdir(exist_ok=True)
        self.url = f"http://127.0.0.1:{port}"
        config = folder / "prometheus.yml"
        config.write_text("global: {scrape_interval: 1m}\n")
        command = [
            built("prometheus") / "prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
        ]
        with open(folder / "prometheus.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(lambda: self.get("/-/ready") is not None, 60, "ready Prometheus")

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
