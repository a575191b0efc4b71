//! Files of every kind, and what is found in them where.

use config_check::{Kind, Options, check, fix};
use fluentbit_config::MemoryFiles;
use source_text::{Applicability, Severity};

/// Problems as `line:column code`; errors begin with `!`, and notes are left out.
#[track_caller]
fn check_files(files: &[(&str, &str)], kind: Kind, expected: &[&str]) {
    let mut memory = MemoryFiles::new();
    for (name, text) in files {
        memory.insert(name, *text);
    }
    let report = check(files[0].0, &memory, &Options::default()).expect("a report");
    assert_eq!(report.kind, kind);
    let found: Vec<String> = report
        .diagnostics
        .iter()
        .filter(|problem| problem.severity() != Severity::Info)
        .map(|problem| {
            let (_, at, _) = report.sources.locate(problem.span().expect("a place")).expect("a source");
            let mark = if problem.is_error() { "!" } else { "" };
            format!("{}:{} {mark}{}", at.line, at.column, problem.code())
        })
        .collect();
    assert_eq!(found, expected, "{}", files[0].1);
}

#[track_caller]
fn check_fixed(text: &str, expected: &str) {
    let name = if text.contains("pipeline:") { "f.yaml" } else { "f" };
    let files = MemoryFiles::from([(name, text)]);
    let fixed = fix(name, &files, &Options::default(), Applicability::Certain).expect("a report");
    let after = fixed.changes.first().map_or(text, |change| &change.after);
    assert_eq!(after, expected, "{:?}", fixed.repaired);
}

/// A ConfigMap with these lines below `data`.
fn config_map(data: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n{data}")
}

#[test]
fn parts_and_parser_files() {
    check_files(&[("p.conf", "[PARSER]\n    Name a\n    Format json\n")], Kind::FluentBit, &[]);
    check_files(&[("p.conf", "[PARSER]\n    Name a\n")], Kind::FluentBit, &["1:2 !missing-parser-property"]);
    let part = "[FILTER]\n    Name parser\n    Match app.*\n    Key_Name log\n    Parser elsewhere\n    Reserve_Data On\n";
    check_files(&[("f.conf", part)], Kind::FluentBit, &[]);
}

#[test]
fn files_in_config_maps() {
    let main = "  main.conf: |\n    [SERVICE]\n        Parsers_File p.conf\n    @INCLUDE in.conf\n";
    let input =
        "  in.conf: |\n    [INPUT]\n        Name tail\n        Path /a\n        Parser nope\n        DB /d\n";
    let parsers = "  p.conf: |\n    [PARSER]\n        Name a\n        Format jsn\n";
    let text = config_map(&format!("{main}{input}{parsers}"));
    check_files(
        &[("c.yaml", &text)],
        Kind::Kubernetes,
        &["14:16 unknown-parser", "19:16 !invalid-parser-format"],
    );
    // A missing file may be in the image, unless the folder is mounted.
    let text = config_map(main);
    check_files(
        &[("c.yaml", &text)],
        Kind::Kubernetes,
        &["8:22 missing-parsers-file", "9:14 missing-include"],
    );
    let pod = "---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - volumeMounts: [{name: v, mountPath: /etc/f}]\n  volumes:\n  - {name: v, configMap: {name: c}}\n";
    check_files(
        &[("c.yaml", &format!("{text}{pod}"))],
        Kind::Kubernetes,
        &["8:22 !missing-parsers-file", "9:14 !missing-include"],
    );
}

#[test]
fn scalars_of_every_style() {
    for (data, place) in [
        ("  a.conf: |-\n    [SERVICE]\n        Flush x\n", "8:15"),
        ("  a.conf: \"[SERVICE]\\n  Flush x\\n\"\n", "6:31"),
        ("  a.conf: >\n    [SERVICE]\n      Log_Level info\n\n    [SERVICE]\n      Flush x\n", "11:13"),
    ] {
        check_files(
            &[("c.yaml", &config_map(data))],
            Kind::Kubernetes,
            &[&format!("{place} !invalid-flush")],
        );
    }
    let encoded = "apiVersion: v1\nkind: Secret\nmetadata: {name: c}\ndata:\n  a.conf: W1NFUlZJQ0VdCiAgRmx1c2ggeAo=\n  b: '?'\n";
    check_files(&[("s.yaml", encoded)], Kind::Kubernetes, &["5:11 !invalid-flush", "6:6 !invalid-base64"]);
}

#[test]
fn prometheus_in_a_config_map() {
    let data = "  prometheus.yml: |-\n    scrape_configs:\n    - job_nam: a\n  rules.yml: 'groups: []'\n";
    check_files(
        &[("c.yaml", &config_map(data))],
        Kind::Kubernetes,
        &["8:7 !unknown-field", "8:7 !job-name-empty"],
    );
}

#[test]
fn expositions() {
    check_files(&[("a.prom", "# TYPE a counter\na 1\n")], Kind::Exposition, &[]);
    check_files(&[("a.prom", "a 1\nb x\n")], Kind::Exposition, &["2:3 !exposition-number"]);
    check_files(&[("a.prom", "a 1\r\n")], Kind::Exposition, &["1:3 !exposition-carriage-return"]);
    check_files(&[("a.prom", "<html>\n")], Kind::Exposition, &["1:1 !not-an-exposition"]);
}

#[test]
fn pods() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {prometheus.io/port: '9113', a.b: x, a-b: y}\nspec:\n  containers:\n  - ports: [{containerPort: 80}]\n  - ports: [{containerPort: 9113}]\n";
    check_files(
        &[("p.yaml", pod)],
        Kind::Kubernetes,
        &["4:17 port-annotation-several-ports", "4:53 colliding-labels"],
    );
}

#[test]
fn allowed() {
    let section = |comments: &str, after: &str| {
        format!("{comments}[INPUT]\n    Name tail\n    Path /a\n    DB /d\n[SERVICE]\n    Flush 1\n{after}")
    };
    let typo = "[OUTPTU]\n    Name null\n";
    check_files(&[("a", &section("", typo))], Kind::FluentBit, &["7:2 unknown-section"]);
    check_files(
        &[("a", &section("", &format!("# weirgate: allow unknown-section\n{typo}")))],
        Kind::FluentBit,
        &[],
    );
    check_files(
        &[("a", &section("# weirgate: allow unknown-section, no-such-tag\n", typo))],
        Kind::FluentBit,
        &["1:36 unused-allow"],
    );
    check_files(
        &[("a", &section("", "[OUTPTU] # weirgate: allow unknown-section\n    Name null\n"))],
        Kind::FluentBit,
        &[],
    );
    check_files(
        &[("a", &section("# weirgate: allow unknwon-section\n", ""))],
        Kind::FluentBit,
        &["1:19 unused-allow"],
    );
    // Errors stay.
    let bad = "# weirgate: allow invalid-flush\n[SERVICE]\n    Flush x\n";
    check_files(&[("a", bad)], Kind::FluentBit, &["1:19 unused-allow", "3:11 !invalid-flush"]);
    let yaml = "scrape_configs:\n- job_name: a\n  scheme: HTTPS # weirgate: allow unknown-scheme\n";
    check_files(&[("a", yaml)], Kind::Prometheus, &[]);
    let map = config_map(&format!(
        "  # weirgate: allow unknown-section\n  a.conf: |\n{}",
        section("", typo).lines().map(|line| format!("    {line}\n")).collect::<String>()
    ));
    check_files(&[("c.yaml", &map)], Kind::Kubernetes, &["6:21 unused-allow", "14:6 unknown-section"]);
}

#[test]
fn fixes() {
    check_fixed(
        "[SERVICE]\n    Flush 1 # c\n[OUTPTU]\n    Name null\n",
        "[SERVICE]\n    Flush 1\n[OUTPUT]\n    Name null\n",
    );
    check_fixed(
        &config_map("  a.conf: |\n    [SERVICE]\n        Flush 1 # c\n    [OUTPTU]\n        Name null\n"),
        &config_map("  a.conf: |\n    [SERVICE]\n        Flush 1\n    [OUTPUT]\n        Name null\n"),
    );
    check_fixed(
        &config_map("  a.conf: \"[SERVICE]\\n  Flush 1 # c\\n\"\n"),
        &config_map("  a.conf: \"[SERVICE]\\n  Flush 1\\n\"\n"),
    );
}

#[test]
fn lines_removed_and_added_in_yaml() {
    let yaml = |keys: &str| format!("pipeline:\n  inputs:\n{keys}");
    let tail = "    - name: tail\n      path: /a\n      multiline.parser: docker\n";
    check_fixed(
        &yaml(&format!("{tail}      parser: x # old\n      tag: b\n")),
        &yaml(&format!("{tail}      tag: b\n")),
    );
    check_fixed(&yaml(&format!("{tail}      parser: \"x\"")), &yaml(tail.trim_end()));
    // The first of an item.
    let rest = "name: tail\n      path: /a\n      multiline.parser: docker\n";
    check_fixed(&yaml(&format!("    - parser: x\n      {rest}")), &yaml(&format!("    - {rest}")));
    // Not a line of its own.
    let flow = yaml("    - {name: tail, path: /a, multiline.parser: docker, parser: x}\n");
    check_fixed(&flow, &flow);
    let braces = "    - name: tail\n      path: /a\n      tag_regex: a{2}${V}(?<b>.)\n      tag: <b>\n";
    let fixed = braces.replace("{2}", "${braces_2}");
    check_fixed(
        &format!("env:\n  V: x\n{}", yaml(braces)),
        &format!("env:\n  braces_2: '{{2}}'\n  V: x\n{}", yaml(&fixed)),
    );
}
