//! The commands that answer questions, run as programs.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `weirgate` in a folder with `files`, and compares its exit code and parts of what it prints.
#[track_caller]
fn check(files: &[(&str, &str)], arguments: &str, code: i32, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(path, content).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_weirgate"))
        .args(arguments.split(' '))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments}\n{text}");
    for part in expected {
        assert!(text.contains(part), "{arguments}: no {part:?} in\n{text}");
    }
}

const CONF: (&str, &str) = (
    "fluent-bit.conf",
    "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag app\n\
     [FILTER]\n    Name grep\n    Match *\n    Exclude log debug\n\
     [OUTPUT]\n    Name stdout\n    Match *\n    Format json_lines\n    json_date_key false\n",
);

#[test]
fn explain() {
    let files = [CONF, ("a.txt", "debug: x\nerror: y\n"), ("bad.conf", "[INPUT]\n    Name tial\n")];
    check(
        &files,
        "explain -c fluent-bit.conf --input a.txt",
        0,
        &[
            "tail.0 app\n",
            "grep.0 drop fluent-bit.conf:5\n    Exclude log debug held, and decided fluent-bit.conf:8\n",
            "→ stdout.0\n    {\"log\":\"error: y\"}\n",
        ],
    );
    check(
        &files,
        "explain -c fluent-bit.conf --input a.txt --as /var/log/a.log --format json",
        0,
        &["{\"line\":1,\"offset\":0,\"text\":\"debug: x\",\"input\":\"tail.0\",", "\"state\":\"delivered\""],
    );
    let other = "explain -c fluent-bit.conf --input a.txt --as /tmp/a.log";
    check(&files, other, 1, &["no input follows `/tmp/a.log`: they follow /var/log/*.log"]);
    check(&files, "explain -c bad.conf --input a.txt", 1, &["bad.conf:2:10: error[unknown-plugin]"]);
    check(&files, "explain -c fluent-bit.conf --input b.txt", 2, &["weirgate: b.txt: "]);
}

#[test]
fn relabel() {
    let rules =
        "- {source_labels: [a], regex: '(x)(?P<n>y)?', action: keep}\n- {target_label: b, replacement: c}\n";
    let job =
        "scrape_configs:\n- job_name: web\n  relabel_configs:\n  - {source_labels: [a], target_label: b}\n";
    let files = [
        ("rules.yaml", rules),
        ("bad.yaml", "- {action: dorp}\n"),
        ("prometheus.yml", job),
        ("x.json", r#"{"a": "x", "__address__": "h:1"}"#),
        ("y.json", r#"{"a": "z"}"#),
    ];
    check(
        &files,
        "relabel rules.yaml --labels x.json",
        0,
        &[
            "0 keep changes nothing rules.yaml:1\n",
            "\n    $1 \"x\"\n    $n no part of the match\n",
            "\nkept\n",
        ],
    );
    check(&files, "relabel rules.yaml --labels y.json", 0, &["\ndropped\n"]);
    check(
        &files,
        "relabel rules.yaml --labels y.json --format json",
        0,
        &["{\"keep\":false,\"labels\":null,"],
    );
    check(&files, "relabel bad.yaml --labels x.json", 1, &["bad.yaml:1:12: error["]);
    check(&files, "relabel prometheus.yml --labels x.json", 0, &["target http://h:1/metrics\n"]);
    let no_address = "relabel prometheus.yml --scrape-config web --labels y.json";
    check(&files, no_address, 1, &["no target: no address\n"]);
    let no_job = "relabel prometheus.yml --scrape-config wbe --labels x.json";
    check(&files, no_job, 2, &["there is no job `wbe`; did you mean `web`?"]);
}

#[test]
fn targets() {
    let config = "scrape_configs:\n- job_name: pods\n  kubernetes_sd_configs: [{role: pod}]\n  relabel_configs:\n\
        \x20 - {source_labels: [__meta_kubernetes_namespace], regex: shop, action: keep}\n\
        - job_name: files\n  file_sd_configs: [{files: ['t/*.json']}]\n";
    let pod = |name: &str, namespace: &str| {
        format!(
            r#"{{"kind": "Pod", "metadata": {{"name": "{name}", "namespace": "{namespace}"}},
            "spec": {{"containers": [{{"name": "c", "ports": [{{"containerPort": 80}}]}}]}}, "status": {{"podIP": "10.0.0.7"}}}}"#
        )
    };
    let list = format!(r#"{{"kind": "List", "items": [{}, {}]}}"#, pod("web", "shop"), pod("db", "other"));
    let files =
        [("p/prometheus.yml", config), ("k8s.json", &list), ("p/t/a.json", r#"[{"targets": ["h:1"]}]"#)];
    check(
        &files,
        "targets p/prometheus.yml --objects k8s.json",
        0,
        &[
            "job pods 1 active, 1 dropped\n✓ http://10.0.0.7:80/metrics\n",
            "✗ db 10.0.0.7:80 0 keep drops the labels p/prometheus.yml:5\n  \"other\" does not match shop\n",
            "✓ http://h:1/metrics\n",
        ],
    );
    check(&files, "targets k8s.json --objects k8s.json", 1, &["k8s.json:1:2: error[unknown-field]"]);
}

#[test]
fn convert() {
    let yaml = "pipeline:\n  inputs:\n    # the shop\n    - name: tail\n      path: a.log\n";
    let files = [("a.yaml", yaml), ("bad.yaml", "pipeline: [\n")];
    check(
        &files,
        "convert a.yaml --to classic",
        0,
        &["# the shop\n[INPUT]\n    name tail\n    path a.log\n"],
    );
    check(&files, "convert bad.yaml --to classic", 1, &["bad.yaml:2:1: error["]);
    check(&files, "convert c.yaml --to classic", 2, &["weirgate: c.yaml: "]);
}

#[test]
fn test() {
    let case = |name: &str, expected: &str| {
        format!(
            "- name: {name}\n  config: ../fluent-bit.conf\n  lines: ['debug: x', 'error: y']\n  expect:\n    outputs:\n      stdout.0: [{{log: '{expected}'}}]\n"
        )
    };
    let (good, bad) = (case("kept", "error: y"), case("lost", "debug: x"));
    let files = [CONF, ("t/good.yaml", &good), ("t/bad.yaml", &bad), ("t/wrong.yaml", "- nmae: x\n")];
    check(&files, "test t/good.yaml", 0, &["ok   kept t/good.yaml:1\n1 passed, 0 failed\n"]);
    check(
        &files,
        "test t/good.yaml t/bad.yaml --junit out.xml",
        1,
        &[
            "FAIL lost t/bad.yaml:1\n     stdout.0, record 1, log\n     - expected \"debug: x\"\n     + found    \"error: y\"\n",
            "1 passed, 1 failed\n",
        ],
    );
    let message = "t/wrong.yaml:1:3: error[invalid-case]: there is no member `nmae` here\n  help: did you mean `name`?\n";
    check(&files, "test t/wrong.yaml", 2, &[message]);
}
