use super::*;

const CONF: &str = "[INPUT]\n    Name tail\n    Path /l/*.log\n    Tag app\n\
    [FILTER]\n    Name grep\n    Match *\n    Regex log ^e\n\
    [OUTPUT]\n    Name es\n    Match *\n    Suppress_Type_Name On\n";
const PROMETHEUS: &str = "scrape_configs:\n- job_name: a\n  static_configs: [{targets: ['h:1', 'i:1']}]\n  relabel_configs: [{source_labels: [__address__], regex: 'i.*', action: drop}]\n";

fn answer(cases: &str) -> TestAnswer {
    let request = TestRequest {
        cases: "t/cases.yaml".into(),
        files: [("t/cases.yaml", cases), ("t/f.conf", CONF), ("t/p.yml", PROMETHEUS)].into_iter().collect(),
        ..TestRequest::default()
    };
    test(&request).unwrap()
}

/// The differences of one case, as `what | expected | found`.
#[track_caller]
fn check(case: &str, expected: &[&str]) {
    let found = answer(&format!("- name: n\n  {}\n", case.replace('\n', "\n  ")));
    assert!(found.diagnostics.is_empty() && found.missing.is_empty(), "{case}\n{found:?}");
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let shown: Vec<String> = found.cases[0]
        .differences
        .iter()
        .map(|difference| {
            format!("{} | {} | {}", difference.what, text(&difference.expected), text(&difference.found))
        })
        .collect();
    assert_eq!(shown, expected, "{case}");
}

#[test]
fn pipelines() {
    let case = |expect: &str| format!("config: f.conf\nlines: [e1, x, e2]\nexpect: {{{expect}}}");
    check(&case("records: [{log: e1, $tag: app}, {log: e2}]"), &[]);
    check(&case("outputs: {es.0: [{log: e1}, {log: e2}]}"), &[]);
    check(&case("documents: {es.0: [{log: e1}, {log: e2, '@timestamp': '2024-01-01T00:00:00.000Z'}]}"), &[]);
    check(&case("records: [{log: e1}]"), &["records, too much |  | {\"log\":\"e2\",\"$tag\":\"app\"}"]);
    check(&case("records: [{log: e1}, {log: e3}]"), &["records, record 2, log | \"e3\" | \"e2\""]);
    check(
        &case("records: [{log: e1}, {log: e2}, {log: e3}]"),
        &["records, record 3, missing | {\"log\":\"e3\"} | "],
    );
    check(&case("records: [{log: null}, {log: e2}]"), &["records, record 1, log |  | \"e1\""]);
    check(&case("errors: [x]"), &["an error | x | "]);
    check(
        "config: f.conf\nlines: [e]\nexact: true\nexpect: {documents: {es.0: [{log: e}]}}",
        &["es.0, record 1, @timestamp |  | \"2024-01-01T00:00:00.000Z\""],
    );
}

#[test]
fn labels_and_targets() {
    check(
        "prometheus: p.yml\nexpect: {targets: [{url: 'http://h:1/metrics', labels: {job: a}}], dropped: 1}",
        &[],
    );
    check("prometheus: p.yml\nexpect: {dropped: 2}", &["dropped targets | 2 | 1"]);
    check(
        "prometheus: p.yml\njob: a\nlabels: {__address__: 'i:2'}\nexpect: {keep: true}",
        &["keep | true | false"],
    );
    check("prometheus: p.yml\nlabels: {__address__: 'h:2'}\nexpect: {url: 'http://h:2/metrics'}", &[]);
}

#[test]
fn files_of_cases_that_are_wrong() {
    for (cases, expected) in [
        ("- nmae: x\n", &[(1, 3), (1, 3), (1, 3)][..]),
        ("- name: x\n  config: f.conf\n", &[(1, 3)]),
        ("- name: x\n  config: f.conf\n  lines: [a]\n  expect: {record: []}\n", &[(4, 12)]),
        ("- name: x\n  config: f.conf\n  lines: a\n", &[(3, 10)]),
        ("name: x\n", &[(1, 1)]),
    ] {
        let found = answer(cases);
        let places: Vec<_> = found
            .diagnostics
            .iter()
            .map(|problem| (problem.line.unwrap_or_default(), problem.column.unwrap_or_default()))
            .collect();
        assert_eq!(places, expected, "{cases} {:?}", found.diagnostics);
    }
}

#[test]
fn missing_files_are_asked_for() {
    let found = answer("- {name: x, config: g.conf, input: a.log}\n");
    let missing: Vec<_> =
        found.missing.iter().map(|file| (file.name.as_str(), file.is_configuration)).collect();
    assert_eq!(missing, [("t/g.conf", true), ("t/a.log", false)]);
}
