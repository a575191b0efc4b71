"""Checks with a real search server: the three configurations of the seed, as they are but for paths and hosts."""

import json
import signal
import subprocess
import time

from harness import SERVERS, Container, cri_lines, docker_lines, end, expect, wait_until
from tls import Gate, TlsServer
from writer import Writer, delivered, once

TEST, SYSTEM = "kiamol-ch13-test", "kube-system"
# A refused batch is sent again within seconds.
IMPATIENT = "scheduler.base 1\n    scheduler.cap 2"
PRIORITIES = range(8)


def numbers_api():
    container = Container(TEST, "numbers-api-6c8d9f7b5-x2k4q", "api", {"app": "numbers-api"},
                          {"kiamol.net/purpose": "random numbers"})
    container.lines = docker_lines(json.dumps({"priority": str(n), "message": f"call {n}"}) for n in PRIORITIES)
    return container


def numbers_web():
    container = Container(TEST, "numbers-web-7f9d5b6c8-9zv7w", "web", {"app": "numbers-web", "tier": "front"})
    container.lines = docker_lines([f"GET /random {n} \u00e9\u2713 \"quoted\"" for n in range(150)], 60, "stderr")
    return container


def core_dns():
    container = Container(SYSTEM, "coredns-78fcd69978-4mtvb", "coredns", {"k8s-app": "kube-dns"})
    container.lines = docker_lines([f"[INFO] plugin/reload: {n}" for n in range(20)], 120)
    return container


def outsider():
    """In a namespace that no output asks for."""
    container = Container("default", "web-0", "web", {"app": "web"})
    container.lines = docker_lines(["nobody reads this"])
    return container


def furnish(bench):
    """Writes the logs and pods that the three configurations are about."""
    containers = [numbers_api(), numbers_web(), core_dns(), outsider()]
    for container in containers:
        bench.add(container)
        bench.preload(container, uid_of(container))
    return containers[:3]


def uid_of(container):
    return f"uid-{container.pod}"


def records(container, annotations=True):
    return container.records(uid_of(container), annotations)


def run(checks, name, search):
    checks.run(f"{name} elasticsearch", elasticsearch_seed, search)
    checks.run(f"{name} filtering", filtering_seed, search)
    checks.run(f"{name} cri", cri_form, search)
    checks.run(f"{name} options", output_options, search)
    checks.run(f"{name} tls and password", tls_and_password, search)
    checks.run(f"{name} refused document", refused_document, search)
    checks.run(f"{name} blocked index", blocked_index, search)
    checks.run(f"{name} killed agent", killed_agent, search, "offset" if name == "elasticsearch" else "On")


def same_documents(found, expected, what):
    """Compares documents in any order."""
    text = lambda documents: sorted(json.dumps(document, sort_keys=True) for document in documents)
    found, expected = text(found), text(expected)
    for ours, theirs in zip(found, expected):
        expect(json.loads(ours), json.loads(theirs), what)
    expect(len(found), len(expected), f"number of documents in {what}")


def stdout_seed(bench):
    """Only the test namespace is printed, a JSON object a line."""
    bench = bench("stdout")
    api, web, _ = furnish(bench)
    printed = [json.loads(line) for line in bench.run().splitlines()]
    for record in printed:
        # The time of the record is in front of its fields.
        expect(next(iter(record)), "date", "first key")
        del record["date"]
    expected = [{key: value for key, value in record.items() if key != "@timestamp"}
                for record in records(api) + records(web)]
    same_documents(printed, expected, "standard output")


def elasticsearch_seed(bench, search):
    """Each namespace in its own index, and a second run changes nothing."""
    search.clear()
    bench = bench("elasticsearch", search.url)
    api, web, dns = furnish(bench)
    bench.run()
    first = {index: search.documents(index) for index in ("test", "sys")}
    same_documents(first["test"].values(), records(api) + records(web), "index test")
    same_documents(first["sys"].values(), records(dns), "index sys")
    bench.run()
    for index, documents in first.items():
        expect(search.documents(index), documents, f"index {index} after a second run")
    expect(bench.dead_letters(), [], "rejected documents")


def filtering_seed(bench, search):
    """Of numbers-api only priority 2, 3 and 4 arrive, with the fields of its JSON beside the line."""
    search.clear()
    bench = bench("filtering", search.url)
    api, web, dns = furnish(bench)
    bench.run()
    kept = [record | json.loads(record["log"]) for record in records(api, annotations=False)]
    kept = [record for record in kept if record["priority"] in ("2", "3", "4")]
    expect(len(kept), 3, "records this test keeps")
    same_documents(search.documents("test").values(), kept + records(web, annotations=False), "index test")
    same_documents(search.documents("sys").values(), records(dns, annotations=False), "index sys")


def cri_form(bench, search):
    """Logs as containerd writes them: whole and cut lines of both streams, beside a log of Docker."""
    search.clear()
    bench = bench("elasticsearch", search.url)
    bench.replace("input.conf", "Parser            docker", "multiline.parser  docker, cri")
    api = numbers_api()
    orders = Container(TEST, "orders-7d8f9b6c5-k2v9x", "orders", {"app": "orders"})
    pieces = [("stdout", "F", "whole \u00e9"), ("stdout", "P", "cut "), ("stderr", "F", "between"), ("stdout", "P", "in "),
              ("stdout", "F", "three"), ("stderr", "F", '{"json": "stays text"}'), ("stdout", "F", "")]
    lines = cri_lines(pieces)
    for container in (api, orders):
        bench.preload(container, uid_of(container))
    bench.add(api)
    bench.add(orders, "".join(f"{' '.join(line)}\n" for line in lines))
    bench.run()
    record = lambda n, log: {"@timestamp": f"{lines[n][0][:23]}Z", "time": lines[n][0], "stream": lines[n][1],
                             "_p": lines[n][2], "log": log, "kubernetes": orders.metadata(uid_of(orders))}
    joined = [record(0, "whole \u00e9"), record(1, "cut in three"), record(2, "between"),
              record(5, '{"json": "stays text"}'), record(6, "")]
    same_documents(search.documents("test").values(), records(api) + joined, "index test")


def output_options(bench, search):
    """Dated index, ids from a field, dots replaced, compressed, upserted: twice the same, and the second run counts."""
    search.clear("test-2021.11.22")
    bench = bench("elasticsearch", search.url)
    bench.replace("output.conf", "Index           test\n    Generate_ID     On", """Logstash_Format On
    Logstash_Prefix test
    Id_Key          time
    Write_Operation upsert
    Replace_Dots    On
    Include_Tag_Key On
    Tag_Key         tag
    Time_Key        at
    Time_Key_Nanos  On
    Compress        gzip
    HTTP_User       ann
    HTTP_Passwd     secret""")
    container = numbers_api()
    container.labels = {"app.kubernetes.io/name": "numbers", "app.kubernetes.io/part-of": "kiamol"}
    bench.add(container)
    bench.preload(container, uid_of(container))
    labels = {key.replace(".", "_"): value for key, value in container.labels.items()}
    annotations = {key.replace(".", "_"): value for key, value in container.annotations.items()}
    tag = f"kube.{TEST}.api.{container.pod}.{container.docker_id}-"
    expected = {line["time"]: {"at": line["time"], "tag": tag} | line | {
        "kubernetes": container.metadata(uid_of(container)) | {"labels": labels, "annotations": annotations}}
        for line in container.lines}
    for _ in range(2):
        bench.run()
        expect(search.documents("test-2021.11.22"), expected, "index test-2021.11.22")
    expect(bench.dead_letters(), [], "rejected documents")


def tls_and_password(bench, search):
    """Over TLS with a password: nothing arrives where the authority or the password is wrong."""
    certificates = {}
    for name in ("ours", "other"):
        certificates[name] = bench("elasticsearch", search.url, part=name).folder
        subprocess.run([SERVERS / "certificates.sh", certificates[name]], check=True)
    gate = TlsServer(certificates["ours"], Gate)
    gate.behind, gate.authorization, gate.asked = search.url, "Basic YW5uOnNlY3JldA==", []
    right = {"tls": "On", "tls.ca_file": certificates["ours"] / "ca.crt", "HTTP_User": "ann", "HTTP_Passwd": "secret"}
    with gate.running():
        for part, change, arrive in (
            ("wrong-authority", {"tls.ca_file": certificates["other"] / "ca.crt"}, False),
            ("wrong-password", {"HTTP_Passwd": "guess"}, False),
            ("wrong-name", {"tls.vhost": "search.example"}, False),
            ("right", {"tls.vhost": "localhost"}, True),
            ("unchecked", {"tls.ca_file": certificates["other"] / "ca.crt", "tls.verify": "Off"}, True),
        ):
            search.clear()
            one = bench("elasticsearch", f"http://127.0.0.1:{gate.server_port}", part=part)
            settings = right | change | {"Retry_Limit": "no_retries"}
            lines = "".join(f"    {key} {value}\n" for key, value in settings.items())
            one.replace("output.conf", "    Index           test\n", f"    Index           test\n{lines}")
            one.replace("output.conf", "    Index           sys\n", f"    Index           sys\n{lines}")
            containers = furnish(one)
            one.run()
            expected = [record for it in containers for record in records(it)] if arrive else []
            found = [*search.documents("test").values(), *search.documents("sys").values()]
            same_documents(found, expected, f"both indices, {part}")
            expect(len(one.dead_letters()), 0 if arrive else 178, f"rejected documents, {part}")
    expect(set(gate.asked), {"/", "/_bulk"}, "requests")


def refused_document(bench, search):
    """A document that contradicts the mapping ends up in the file of rejected ones, the others in the index."""
    search.clear()
    bench = bench("filtering", search.url)
    container = Container(TEST, "orders-0", "orders", {"app": "orders"})
    users = ["ann", "bob", {"id": 7}, "eve"]
    container.lines = docker_lines(json.dumps({"n": n, "user": user}) for n, user in enumerate(users))
    # What a field is, the first document would decide: say it before.
    search.call("PUT", "/test", {"mappings": {"properties": {"user": {"type": "text"}}}})
    bench.add(container)
    bench.preload(container, uid_of(container))
    bench.run()
    expected = [record | json.loads(record["log"]) for record in records(container)]
    same_documents(search.documents("test").values(), expected[:2] + expected[3:], "index test")
    letters = bench.dead_letters()
    expect(len(letters), 1, "rejected documents")
    expect(letters[0]["document"], expected[2], "rejected document")
    expect(letters[0]["status"], 400, "status of the rejected document")
    expect("mapper" in letters[0]["type"] and "user" in letters[0]["reason"], True,
           f"the server's reason in {json.dumps(letters[0])}")


def blocked_index(bench, search):
    """An index that refuses writes for a while with 429 gets everything afterwards."""
    search.clear()
    bench = bench("elasticsearch", search.url, service=IMPATIENT)
    api, web, dns = furnish(bench)
    block = lambda value: search.call("PUT", "/test/_settings", {"index.blocks.read_only_allow_delete": value})
    search.call("PUT", "/test", {})
    block(True)
    process = bench.start("--exit-on-eof")
    try:
        wait_until(lambda: search.count("sys") == len(dns.lines), 30, "documents in the index that takes them")
        time.sleep(2)
        expect(search.count("test"), 0, "documents in the blocked index")
        expect(process.poll(), None, "exit code before everything is delivered")
        block(None)
        bench.finish(process)
    finally:
        end(process)
    same_documents(search.documents("test").values(), records(api) + records(web), "index test")
    same_documents(search.documents("sys").values(), records(dns), "index sys")
    expect(bench.dead_letters(), [], "rejected documents")


def killed_agent(bench, search, ids):
    """Every line is in the index once, although the agent was killed twice while files were rotated."""
    search.clear()
    bench = bench("elasticsearch", search.url, tail="DB tail.db\n    Rotate_Wait 5", service=IMPATIENT)
    bench.replace("output.conf", "Generate_ID     On", f"Generate_ID     {ids}")
    bench.replace("input.conf", "Refresh_Interval  10", "Refresh_Interval  1")
    bench.replace("fluent-bit.conf", "Flush         5", "Flush         1")
    writer = Writer(bench, TEST, files=5, rate=2000, seconds=9, rotate=3)
    process = bench.start()
    try:
        writer.start()
        for _ in range(2):
            time.sleep(3)
            expect(process.poll(), None, f"exit code of the running agent, which printed {bench.errors()},")
            process.kill()
            process.wait(10)
            process = bench.start()
        writer.finish()
        delivered(search, "test", len(writer.written), 25)
        process.send_signal(signal.SIGTERM)
        bench.finish(process)
    finally:
        end(process)
    once(search, "test", writer.written)
    expect(bench.dead_letters(), [], "rejected documents")
