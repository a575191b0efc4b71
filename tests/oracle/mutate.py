"""Cases for the oracle that are made of golden ones: configurations, targets, Kubernetes objects and scrapes."""
import copy
import json

DURATIONS = ["5s", "10s", "1m", "90s", "0s", "0", "1h30m", "1d", "1.5m", "15", "ten", "-5s", "''", "30s1m", "7ms", "1y2w3d4h5m6s7ms",
             "100000000000y", "' 5s'", "null", "~", "1M", "292y", "300y", "[5s]", "5 s", "0x5s", "١s"]
BOOLS = ["true", "false", "yes", "no", "on", "Off", "y", "n", "TRUE", "'true'", "1", "null", "~", "maybe", "''", "[]", "!!bool yes"]
COUNTS = ["0", "1", "10", "-1", "many", "1.5", "'3'", "0x10", "1e3", "010", "0b11", "1_000", "18446744073709551615", "null", "''", "+5"]
SIZES = ["0", "1B", "10MB", "1.5MB", "100", "10MiB", "10XB", "'0'", "1KB", "1GB", "-1MB", "''", "null", "1MB1KB", "16EB", "8EB", ".5KB", "1kb",
         "1 MB", "1TiB", "7EiB"]
PROTOCOLS = ["OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText0.0.4", "PrometheusText1.0.0", "PrometheusProto",
             "prometheustext0.0.4", "''", "OpenMetricsText2.0.0", "x"]
SCHEMES = ["http", "https", "HTTP", "ftp", "''", "null", "5"]
PATHS = ["/metrics", "metrics", "''", "/a?b=c", "/a b", "/é", "'#x'", "null", "/%zz", "//x"]
NAME_SCHEMES = ["utf8", "legacy", "UTF8", "''", "x", "null"]
ESCAPING = ["allow-utf-8", "underscores", "dots", "values", "''", "x", "null"]
URLS = ["http://x:80/y", "https://x", "ftp://x/y", "http://", "'not a url'", "''", "null", "http://u:p@h/a?b=c#d", "'http://%zz'", "//h/x", "h:1",
        "'http://[::1]:80'", "'http://[::1'", "'http://a b/'", "http://h:x/", "HTTP://H", "http:/x", "mailto:x", "'http://h/%2f é'", "http://h:", "5"]
STRINGS = ["a", "''", "null", "5", "true", "'a b'", "é", "1.0", "~", "'$1'", "[a]", "{a: b}", "0x1f", "2001-01-01", "'<secret>'", "|-\n      x"]
ADDRESSES = ["'a:1'", "a:1", "'http://a:1'", "'a:1/metrics'", "''", "null", "5", "'[::1]:80'", "é", "true", "'a b'", "1.50"]
LABELS = ["{}", "{a: b}", "{a: 1, b: true}", "{'': x}", "{'a.b': x}", "{a: null}", "{a: ''}", "{__x: y}", "[a]", "null", "{a: [b]}", "{é: ü}",
          "{a: b, a: c}", "{a: 1.50}", "{a: 0x10}", "{a: yes}", "{1: 2}", "{a: ~}", "{null: x}"]
REGEXES = ["(.*)", "(", "''", "null", "5", "true", "a|b", "'a.b'", "[a", "'^a$'", "1.0", "[]", "(?i)x", "'$'"]
ACTIONS = ["replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "UPPERCASE", "keepequal", "dropequal",
           "nope", "''", "null", "Keep"]
ROLES = ["pod", "node", "service", "endpoints", "endpointslice", "ingress", "Pod", "''", "null", "x", "[pod]"]
SELECTOR_LABELS = ["app=x", "a in (b, c)", "'!a'", "a", "a!=b", "'a=b,c=d'", "a notin (b)", "''", "'a=b=c'", "'='", "a>1", "'a in ()'", "'-x=y'",
                   "'a=é'", "null", "'a = b , c'", "'a.b/c=d'", "'a/b/c=d'", "'a=b,'", "',a'", "a==b", "a > x", "'exists,!not'", "'a in (b,,c)'"]
SELECTOR_FIELDS = ["spec.nodeName=n1", "metadata.name=x", "'a!=b'", "''", "a", "'a=b,c=d'", "'a==b'", "'='", "null", "'a=b=c'", "'a=b\\'", "'a\\,b=c'"]
RELABEL_KEYS = {
    "source_labels": ["[a]", "[]", "null", "a", "[a, b.c]", "['']", "[1]", "[true]", "[null]", "['a-b']"], "separator": STRINGS, "regex": REGEXES,
    "modulus": COUNTS, "target_label": ["a", "a.b", "''", "null", "5", "'$1'", "'${1}_x'", "'a$'", "__address__", "é", "'a b'", "true"],
    "replacement": STRINGS + ["'$1'", "'${1}'"], "action": ACTIONS, "extra": ["x"],
}


def block(pool, key):
    return lambda rng: f"{key}: {rng.choice(pool)}"


def mapping(rng, keys, most, indent):
    """Some of the keys of a map; keys that belong together come as one."""
    chosen = rng.sample(sorted(keys), rng.randint(1, min(most, len(keys))))
    pad = " " * indent
    return "".join(f"\n{pad}{key}: {rng.choice(keys[key])}" for key in chosen)


def rule(rng, indent):
    text = mapping(rng, RELABEL_KEYS, 4, indent + 2).strip()
    return "\n" + " " * indent + "- " + (text if rng.random() < 0.97 else "")


def rules(key):
    return lambda rng: f"{key}:" + "".join(rule(rng, 2) for _ in range(rng.randint(1, 2)))


CREDENTIALS = {
    "basic_auth": {"username": STRINGS, "password": STRINGS, "password_file": STRINGS, "username_file": STRINGS, "username_ref": STRINGS,
                   "password_ref": STRINGS, "extra": ["x"]},
    "authorization": {"type": ["Bearer", "basic", "Basic", "''", "Token", "null", "5", "'a b'", "' Bearer '"], "credentials": STRINGS,
                      "credentials_file": STRINGS, "extra": ["x"]},
    "oauth2": {"client_id": STRINGS, "client_secret": STRINGS, "client_secret_file": STRINGS, "scopes": ["[a, b]", "[]", "a"],
               "token_url": URLS, "endpoint_params": ["{a: b}", "{}"], "tls_config": ["{insecure_skip_verify: true}", "{ca: x, ca_file: y}"],
               "grant_type": ["client_credentials", "x", "urn:ietf:params:oauth:grant-type:jwt-bearer"], "audience": STRINGS},
    "tls_config": {"ca": STRINGS, "ca_file": STRINGS, "cert": STRINGS, "cert_file": STRINGS, "key": STRINGS, "key_file": STRINGS,
                   "server_name": STRINGS, "insecure_skip_verify": BOOLS, "unknown": ["y"],
                   "min_version": ["TLS10", "TLS11", "TLS12", "TLS13", "TLS9", "''", "null", "tls12", "771"],
                   "max_version": ["TLS10", "TLS11", "TLS12", "TLS13", "''"]},
}
HTTP = {key: (lambda rng, key=key, keys=keys: f"{key}:" + mapping(rng, keys, 3, 4)) for key, keys in CREDENTIALS.items()}
HTTP |= {key: block(pool, key) for key, pool in {
    "bearer_token": STRINGS, "bearer_token_file": STRINGS, "follow_redirects": BOOLS, "enable_http2": BOOLS, "proxy_url": URLS,
    "no_proxy": STRINGS, "proxy_from_environment": BOOLS,
    "proxy_connect_header": ["{a: [b]}", "{}", "{a: b}"],
    "http_headers": ["{X-A: {values: [b]}}", "{X-A: {secrets: [s], files: [f]}}", "{}", "{Authorization: {values: [b]}}", "{host: {values: [b]}}",
                     "{X-A: b}", "{X-A: {}}", "null", "{X-A: {values: b}}", "{User-Agent: {values: [x]}}", "{x-prometheus-scrape-timeout-seconds: {values: [1]}}",
                     "{Content-Type: {values: [1]}}", "{'': {values: [x]}}", "{accept-encoding: {values: [x]}}", "{TE: {values: [x]}}"],
}.items()}

JOB = {key: block(pool, key) for key, pool in {
    "scrape_interval": DURATIONS, "scrape_timeout": DURATIONS, "metrics_path": PATHS, "scheme": SCHEMES, "honor_labels": BOOLS,
    "honor_timestamps": BOOLS, "track_timestamps_staleness": BOOLS, "enable_compression": BOOLS, "sample_limit": COUNTS,
    "target_limit": COUNTS, "label_limit": COUNTS, "label_name_length_limit": COUNTS, "label_value_length_limit": COUNTS,
    "keep_dropped_targets": COUNTS, "native_histogram_bucket_limit": COUNTS, "body_size_limit": SIZES,
    "native_histogram_min_bucket_factor": ["1.1", "0", "x", "-1", ".inf", "1e3"], "scrape_native_histograms": BOOLS,
    "always_scrape_classic_histograms": BOOLS, "convert_classic_histograms_to_nhcb": BOOLS, "extra_scrape_metrics": BOOLS,
    "fallback_scrape_protocol": PROTOCOLS, "metric_name_validation_scheme": NAME_SCHEMES, "metric_name_escaping_scheme": ESCAPING,
    "scrape_failure_log_file": STRINGS, "scrape_classic_histograms": BOOLS, "job_name": STRINGS, "nonsense": STRINGS,
    "params": ["{module: [a]}", "{module: a}", "{module: [a, b], x: []}", "{}", "null", "{module: [1, true]}", "{a: [null]}",
               "{a: {b: c}}", "[]", "{1: [x]}"],
}.items()} | HTTP
JOB["scrape_protocols"] = lambda rng: "scrape_protocols: " + rng.choice(
    ["[" + ", ".join(rng.choice(PROTOCOLS) for _ in range(rng.randint(0, 3))) + "]", "null", "PrometheusText0.0.4"])
JOB["relabel_configs"], JOB["metric_relabel_configs"] = rules("relabel_configs"), rules("metric_relabel_configs")


def kubernetes(rng):
    lines = [f"role: {rng.choice(ROLES[:6] if rng.random() < 0.85 else ROLES)}"] if rng.random() < 0.97 else []
    extra = {
        "namespaces": ["{names: [a, b]}", "{own_namespace: true}", "{}", "{names: a}", "null", "{names: [a], own_namespace: true}", "[a]", "{names: ['']}",
                       "{x: y}", "{names: []}", "{names: [1, true]}"],
        "api_server": URLS, "kubeconfig_file": STRINGS, "label": ["x"],
        "attach_metadata": ["{node: true}", "{namespace: true}", "{deployment: true, job: true, cronjob: true}", "{node: maybe}", "{}", "null", "{x: true}",
                            "{node: yes}"],
    }
    for key in rng.sample(sorted(extra), rng.choice([0, 0, 1, 1, 2])):
        lines.append(f"{key}: {rng.choice(extra[key])}")
    if rng.random() < 0.35:
        text = "selectors:"
        for _ in range(rng.randint(1, 2)):
            keys = {"role": [rng.choice(ROLES), lines[0].split(" ")[-1] if lines else "pod"], "label": SELECTOR_LABELS, "field": SELECTOR_FIELDS}
            text += "\n      - " + mapping(rng, keys, 3, 8).strip()
        lines.append(text)
    if rng.random() < 0.2:
        key = rng.choice(sorted(HTTP))
        lines.append(HTTP[key](rng).replace("\n", "\n  "))
    return "kubernetes_sd_configs:\n  - " + ("\n    ".join(lines) or "{}")


def statics(rng):
    keys = {"targets": ["[" + ", ".join(rng.choice(ADDRESSES) for _ in range(rng.randint(0, 2))) + "]", "['a:1']", "null", "a:1"], "labels": LABELS}
    groups = "".join("\n  - " + mapping(rng, keys, 2, 4).strip() for _ in range(rng.randint(1, 2)))
    return "static_configs:" + rng.choice([groups, groups, groups, groups, " []", " null", "\n  - ", "\n  - extra: 1", " {}"])


def other(rng):
    keys = {
        "file_sd_configs": {"files": ["[a.json]", "['d*/x.json']", "[]", "[a.yml, b.yaml]", "[x.txt]", "a.json", "['*.json']", "['a*b*.json']", "['']",
                                      "[dir/a.JSON]", "[a.json.gz]", "['[a].json']", "['*']", "[5]"], "refresh_interval": DURATIONS, "x": ["y"]},
        "http_sd_configs": {"url": URLS, "refresh_interval": DURATIONS, "bearer_token": STRINGS, "x": ["y"]},
        "dns_sd_configs": {"names": ["[a.b]", "[]", "a", "['']", "[a, b]"], "type": ["A", "a", "SRV", "TXT", "MX", "AAAA", "NS", "''", "srv", "null", "ns"],
                           "port": COUNTS, "refresh_interval": DURATIONS, "x": ["y"]},
    }
    key = rng.choice(sorted(keys))
    return f"{key}:\n  - " + (mapping(rng, keys[key], 4, 4).strip() if rng.random() < 0.95 else rng.choice(["", "{}", "5"]))


GLOBAL = {
    "scrape_interval": DURATIONS, "scrape_timeout": DURATIONS, "evaluation_interval": DURATIONS, "rule_query_offset": DURATIONS,
    "external_labels": LABELS + ["{a: '${X}'}", "{a: '$$5'}", "{a: '$X'}", "{a: '${'}", "{a: 'x$'}"], "query_log_file": STRINGS,
    "scrape_protocols": ["[OpenMetricsText1.0.0]", "[]", "null", "[x]", "[PrometheusProto, PrometheusProto]", "PrometheusText0.0.4"],
    "body_size_limit": SIZES, "sample_limit": COUNTS, "target_limit": COUNTS, "label_limit": COUNTS, "label_name_length_limit": COUNTS,
    "label_value_length_limit": COUNTS, "keep_dropped_targets": COUNTS, "metric_name_validation_scheme": NAME_SCHEMES,
    "metric_name_escaping_scheme": ESCAPING, "scrape_native_histograms": BOOLS, "always_scrape_classic_histograms": BOOLS,
    "convert_classic_histograms_to_nhcb": BOOLS, "scrape_failure_log_file": STRINGS, "extra_scrape_metrics": BOOLS, "nonsense": STRINGS,
}


def config(rng, number, golden):
    if rng.random() < 0.25:
        text = edited(rng, rng.choice(golden)["config_yaml"], golden)
    else:
        text = "global:" + mapping(rng, GLOBAL, 3, 2) + "\n" if rng.random() < 0.4 else ""
        text += "scrape_configs:\n"
        for job in range(rng.choice([1, 1, 1, 2])):
            parts = [f"job_name: {rng.choice(['one', 'two', 'one', str(job)])}"] if rng.random() < 0.98 else []
            parts += [JOB[key](rng) for key in rng.sample(sorted(JOB), rng.choice([0, 1, 1, 2]))]
            parts += [part(rng) for part in rng.choice([[], [statics], [kubernetes], [other], [statics, other]])]
            text += "- " + "\n  ".join(parts or ["{}"]) + "\n"
    return {"id": f"gen-cf-{number}", "group": "generated", "config_yaml": text}


def edited(rng, text, golden):
    """Lines of one configuration among those of another, one that is gone, one that is indented otherwise."""
    lines = text.split("\n")
    others = rng.choice(golden)["config_yaml"].split("\n")
    for _ in range(rng.choice([1, 1, 2])):
        at = rng.randrange(len(lines))
        kind = rng.random()
        if lines[at].startswith("..."):
            continue  # Go's library looks at nothing behind the end of a document, and ours does.
        if kind < 0.4:
            lines.insert(at, rng.choice(others))
        elif kind < 0.6:
            lines.pop(at)
        elif kind < 0.7:
            lines[at] = rng.choice([" ", "  ", "\t", "- ", "# ", "? "]) + lines[at]
        elif kind < 0.85 and ": " in lines[at]:
            lines[at] = lines[at].split(": ")[0] + ": " + rng.choice(STRINGS + DURATIONS + BOOLS + COUNTS)
        else:
            lines[at] = lines[at].rstrip(":") + rng.choice([" # c", ":", " x", "'", " []", " {}", "", " &b", " *b", " |"])
        if not lines:
            lines = [""]
    text = "\n".join(lines)
    # Prometheus leaves everything zero where a document is null.
    return text if "scrape_configs" in text else "{}\n"


TARGET_VALUES = {
    "__address__": ["10.1.2.3:9100", "h:1", "h", "[2001:db8::5]:9100", "[2001:db8::5]", "2001:db8::5", "host:notaport", "host:", "host:99999", "host/path",
                    "", "a b", "user:pw@host:1", "münchen:80", "host:80:90", "%zz", "h%20x:1", "http://h:1", "h?x=1", "h#x", ":80", "[::1%eth0]:80", "[::1",
                    "h:-1", "h:0080", "a\tb", "日本:1", "h:1\n", "h\"x", "h<x>", "h[1]:2", "a@b", "@h", "h:80@x", "h\\x", "[fe80::1%25en0]:80", "a%41:1", "A.B:80",
                    "h:443", "h:80", "h|x", "h^x", "{h}", "h'x", "h;x", "h&x=1", "h,x", "h=x", "h*", "h!x", "(h)", "h$x", "h~x", "+h", "\u00a0h", "h\x7f"],
    "__scheme__": ["http", "https", "HTTPS", "ftp", "", "a b", "é", "1x", "h+x", "http:", "-", "a.b-c"],
    "__metrics_path__": ["/probe", "noslash", "", "/", "/x#frag", "/%41", "/a;b=1", "/a?b=c", "/é", "/a b", "/%zz", "//h/x", "/a%2fb", "/[x]", "/\"q\"", "/a:b",
                         "a:b", "../x", "/a/../b", "/%", "/a|b", "/{x}", "/\\x", "/^x`", "/a&b", "/~x", "/'x'", "/(x)", "/a,b", "/a=b", "/a@b", "/a$b", "/!*", "?", "#",
                         "/日本", "/a\tb", "/a%C3%A9", "/é%41", "*", "/*", "\x7f", "/<>"],
    "__scrape_interval__": ["5s", "20s", "0s", "0", "abc", "1.5m", "90", "30s1m", "1d", "-5s", "", "1y2w3d4h5m6s7ms", "100000000000y", "15s", "1m", "ms", "1h1h",
                            "292y", "293y", "9223372036854775807ms", "9223372036854775808ms", " 5s", "5S", "1500ms", "01s", "60s", "٣s"],
    "__scrape_timeout__": ["5s", "21s", "x", "", "0s", "1h", "10s", "60s", "1m", "59999ms", "61s"],
    "__convert_classic_histograms_to_nhcb__": ["yes", "T", "0", "", "1", "TRUE", "True", "tRUE", "f", "F", "FALSE", "false", "no", " true"],
    "__always_scrape_classic_histograms__": ["nope", "t", "false", ""], "__scrape_native_histograms__": ["x", "true", "1", ""],
    "__param_new": ["n v", "", "é", "a&b=c+d%"], "__param_blank": ["b", ""], "__param_": ["none"], "__param_ü": ["ö"], "__param_a[]": ["1"], "__param_module": ["m"],
    "job": ["own-job", "", "é"], "instance": ["pretty-name", "", "h:1"], "__meta_a": ["1"], "__meta_": ["2"], "__metab": ["3"], "__tmp_x": ["4"],
    "_single": ["6"], "pub": ["7", ""], "with.dot": ["a"], "__name__": ["n"], "le": ["1"], "a-b": ["x"],
}
TARGET_JOBS = [
    "", "  metrics_path: /m\n", "  scheme: https\n", "  params:\n    module: [http_2xx, second]\n    target: ['http://x/y?z=1&w=2']\n    empty: []\n    blank: ['']\n",
    "  params:\n    'match[]': ['{job=\"x\"}', '{__name__=~\"a.*\"}']\n", "  scrape_interval: 90s\n", "  scrape_interval: 3600s\n  scrape_timeout: 60s\n",
    "  metric_name_validation_scheme: legacy\n", "  metrics_path: /a?b=c\n", "  metrics_path: '/é x'\n", "  params: {a: [b], '': [c], 'x y': ['&', '']}\n",
    "  convert_classic_histograms_to_nhcb: true\n  scrape_native_histograms: true\n", "  scrape_timeout: 2s\n", "  scheme: FTP\n", "  metrics_path: 'x'\n",
    "  params: {module: [é, 'ü ö', '/', '~', \"'\", '*', '!', '()', '+', '%', '\"', '[]']}\n",
]


def targets(rng, number, golden):
    if rng.random() < 0.4:
        base = copy.deepcopy(rng.choice(golden))
        text, group, target = base["config_yaml"], base["group_labels"], dict(base["target_labels"])
    else:
        text, group, target = "scrape_configs:\n- job_name: " + rng.choice(["x", "é", "'a b'", "5"]) + "\n" + rng.choice(TARGET_JOBS), [], {}
        if rng.random() < 0.97:
            target["__address__"] = rng.choice(["h:1", rng.choice(TARGET_VALUES["__address__"])])
        if rng.random() < 0.4 and "relabel_configs" not in text:
            name = rng.choice(sorted(TARGET_VALUES))
            text += rng.choice([
                f"  relabel_configs:\n  - target_label: {json.dumps(name)}\n    replacement: {json.dumps(rng.choice(TARGET_VALUES[name]).replace('$', ''))}\n",
                f"  relabel_configs:\n  - action: labeldrop\n    regex: {json.dumps(rng.choice([name.replace('[]', ''), '__.*', '__s.*', '__param_.*', 'job|instance', '__meta_.+']))}\n",
                f"  relabel_configs:\n  - source_labels: [__address__]\n    target_label: {json.dumps(name)}\n",
                "  relabel_configs:\n  - action: labelkeep\n    regex: '" + rng.choice(["__.*", "job|__address__", ".*", "__address__|__scrape.*"]) + "'\n",
                "  relabel_configs:\n  - action: labelmap\n    regex: __(?:meta|param)_(.+)\n",
            ])
    for _ in range(rng.choice([0, 1, 1, 2])):
        name = rng.choice(sorted(TARGET_VALUES))
        value = rng.choice(TARGET_VALUES[name])
        if rng.random() < 0.2:
            group = [label for label in group if label[0] != name] + [[name, value]]
        else:
            target[name] = value
    return {"id": f"gen-tg-{number}", "group": "generated", "config_yaml": text, "group_labels": group,
            "target_labels": [[name, value] for name, value in target.items()]}


def places(node, found, parent=None, key=None):
    """Every place of a tree below its top."""
    if parent is not None:
        found.append((parent, key))
    for below, child in list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []:
        places(child, found, node, below)
    return found


KINDS = {"pod": "Pod", "node": "Node", "service": "Service", "endpoints": "Endpoints", "endpointslice": "EndpointSlice", "ingress": "Ingress"}
NAMES = ["a", "web", "web-a", "d", "worker-1", "x-12345678"]
WORDS = ["", "a", "web", "web-a", "d", "other", "worker-1", "10.0.0.1", "fd00::1", "é", "True", "False", "Unknown", "Pod", "Node", "Running", "Succeeded",
         "Failed", "Pending", "ExternalName", "ClusterIP", "LoadBalancer", "None", "http", "IPv6", "a.example.org", "*.example.org", "ReplicaSet", "StatefulSet",
         "Job", "x-12345678", "x-28000000", "InternalIP", "ExternalIP", "Hostname", "LegacyHostIP", "InternalDNS", "/x", "UDP", "SCTP"]


def kubernetes_sd(rng, number, golden):
    base = copy.deepcopy(rng.choice(golden))
    objects, role, settings = base["objects"], base["role"], base["sd_config_yaml"]
    if rng.random() < 0.4:
        objects += copy.deepcopy(rng.choice(golden)["objects"])
    if rng.random() < 0.15:
        role = rng.choice(sorted(KINDS))
        settings = f"role: {role}\n"
    if rng.random() < 0.4:
        settings = f"role: {role}\n" + rng.choice(["", "", "namespaces: {names: [d]}\n", "namespaces: {names: [d, default]}\n"])
        settings += rng.choice(["", "attach_metadata: {node: true}\n", "attach_metadata: {namespace: true}\n", "attach_metadata: {node: true, namespace: true}\n",
                                "attach_metadata: {deployment: true, job: true, cronjob: true}\n"])
    for _ in range(rng.choice([0, 1, 2, 4])):
        found = [(parent, key) for parent, key in places(objects, []) if key not in ("apiVersion", "kind", "name", "namespace") or rng.random() < 0.2]
        found = [(parent, key) for parent, key in found if parent is not objects and not (key in ("apiVersion", "kind", "metadata") and "metadata" in parent)]
        if not found:
            break
        parent, key = rng.choice(found)
        value = parent[key]
        if rng.random() < 0.35 and not (key == "name" and "namespace" in parent):
            del parent[key]
        elif isinstance(value, bool):
            parent[key] = not value
        elif isinstance(value, str) and not (key == "name" and "namespace" in parent and not value):
            parent[key] = rng.choice(NAMES if key == "name" and "namespace" in parent else WORDS)
        elif isinstance(value, int):
            parent[key] = rng.choice([0, 1, 80, 443, 65535, 70000])
        elif isinstance(value, list) and value:
            value.append(copy.deepcopy(rng.choice(value)))
    # A cluster has one object of a name, and no name is empty.
    seen, kept = set(), []
    for item in objects:
        meta = item.get("metadata", {})
        mark = (item["kind"], meta.get("namespace", ""), meta.get("name", ""))
        if mark[2] and mark not in seen:
            seen.add(mark)
            kept.append(item)
    if not kept:
        return kubernetes_sd(rng, number, golden)
    return {"id": f"gen-ks-{number}", "group": "generated", "role": role, "sd_config_yaml": settings, "objects": kept}


SCRAPE_OPTIONS = [
    "honor_labels: true", "honor_timestamps: false", "track_timestamps_staleness: true", "sample_limit: 1", "sample_limit: 3", "label_limit: 3",
    "label_limit: 5", "label_name_length_limit: 4", "label_name_length_limit: 8", "label_value_length_limit: 9", "label_value_length_limit: 2",
    "body_size_limit: 1B", "body_size_limit: 10B", "body_size_limit: 1KB", "metric_name_validation_scheme: legacy", "fallback_scrape_protocol: PrometheusText0.0.4",
    "fallback_scrape_protocol: OpenMetricsText1.0.0", "extra_scrape_metrics: true",
    "metric_name_escaping_scheme: underscores", "always_scrape_classic_histograms: true", "native_histogram_bucket_limit: 2", "scrape_native_histograms: true",
]
SCRAPE_RULES = [
    "- regex: path\n    action: labeldrop", "- regex: __name__\n    action: labeldrop", "- action: drop", "- source_labels: [__name__]\n    regex: (.+)_total\n    target_label: __name__",
    "- source_labels: [__name__]\n    regex: m\n    action: drop", "- target_label: __name__\n    replacement: same", "- action: labelkeep\n    regex: __name__",
    "- target_label: job\n    replacement: ''", "- target_label: instance\n    replacement: i9", "- action: labelmap\n    regex: (.+)\n    replacement: l_$1",
    "- target_label: a.b\n    replacement: x", "- target_label: __tmp\n    replacement: x", "- source_labels: [code]\n    regex: 5..\n    action: keep",
    "- action: hashmod\n    source_labels: [code]\n    modulus: 3\n    target_label: h", "- target_label: __name__\n    replacement: 'with space'",
    "- source_labels: [env]\n    target_label: exported_env",
]
BODIES = [
    "m 1\n", "m 1", "m 1 5000\nm 2 6000\n", "m NaN\nn +Inf\no -0\n", "", "\n", "# only\n", "m 1\nm 2\n", "m 1\nn two\n", "{\"a.b\",\"l.x\"=\"1\"} 1\n",
    "{\"a.b\"} 1\nc 2\n", "c{\"l.x\"=\"1\"} 2\n", "{\"\"} 1\n", "m{env=\"dev\",x=\"1\"} 1\n", "m{env=\"a\",exported_env=\"b\"} 1\n", "m{job=\"inner\",instance=\"i2\"} 1\n",
    "m{env=\"a\",exported_env=\"b\",exported_exported_env=\"c\"} 1\n", "m{env=\"\",exported_env=\"b\"} 1\n", "up 7\nscrape_samples_scraped 8\n",
    "go_threads 8\nreq_total{code=\"200\",path=\"/a\"} 5\nreq_total{code=\"500\",path=\"/b\"} 1\ntemp{room=\"k\"} 21.5\n",
    "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 3\n", "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n",
    "m 1\n# EOF\n", "# TYPE m counter\nm_total 1 5.5 # {t=\"x\"} 1 2\nm_created 3\n# EOF\n", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 3\n# EOF\n",
    "m{__hidden=\"x\"} 1\n", "m 1 -5\n", "m 1 9223372036854775807\n", "# HELP m é\n# TYPE m gauge\nm{b=\"é\"} 1e3\n", "<html>", "m\n", "m{a=\"\"} 1\nm 2\n",
    "m{exported_job=\"x\",job=\"y\"} 1\n", "m 0x10\n", "m 1 1700000000000\nm 1\n", "m 1\n\nn 2\r\n",
]
TYPES = ["text/plain; version=0.0.4", "text/plain; version=0.0.4", "text/plain", "application/openmetrics-text; version=1.0.0", "text/html", "", "garbage;;",
         "application/openmetrics-text", "text/plain; version=1.0.0; escaping=allow-utf-8", "TEXT/PLAIN", "text/plain; charset", "application/json", "application/openmetrics-text; version=2.0.0"]
STATUSES = [None] * 30 + [200, 201, 204, 400, 401, 403, 404, 429, 500, 502, 503, 504, 206, 301, 304, 418]


def scrape_samples(rng, number, golden):
    base = copy.deepcopy(rng.choice(golden))
    case = {"id": f"gen-ss-{number}", "group": "generated"}
    chosen = rng.sample(SCRAPE_OPTIONS, rng.choice([0, 0, 1, 1, 2]))
    chosen = list({option.split(":")[0]: option for option in chosen}.values())
    text = "scrape_configs:\n- job_name: j\n  scrape_interval: 1s\n  scrape_timeout: 1s\n" + "".join(f"  {option}\n" for option in chosen)
    if rng.random() < 0.35:
        text += "  metric_relabel_configs:\n" + "".join(f"  {rule}\n" for rule in rng.sample(SCRAPE_RULES, rng.choice([1, 1, 2])))
    case["config_yaml"] = base["config_yaml"] if rng.random() < 0.2 else text
    labels = {"instance": "t1"}
    for name, values in {"env": ["prod", ""], "exported_env": ["e"], "job": ["other", ""], "dc.name": ["x"], "__hidden": ["h"], "code": ["200"], "__name__": ["n"],
                         "exported_job": ["j2"], "__param_x": ["p"], "le": ["1"], "exported_instance": ["i"]}.items():
        if rng.random() < (0.5 if name == "env" else 0.08):
            labels[name] = rng.choice(values)
    case["target_labels"] = [list(label) for label in labels.items()]
    body = rng.choice(BODIES + [base["body"]])
    if rng.random() < 0.15:
        body += rng.choice(BODIES)
    openmetrics = body.endswith("# EOF\n")
    case["content_type"] = TYPES[3] if openmetrics and rng.random() < 0.8 else rng.choice(TYPES[:2]) if rng.random() < 0.6 else rng.choice(TYPES)
    status = rng.choice(STATUSES)
    if status is not None:
        case["status"] = status
    case["body"] = "" if status in (204, 304) else body
    return case


MAKERS = {"config": config, "targets": targets, "kubernetes-sd": kubernetes_sd, "scrape-samples": scrape_samples}
