//! What is wrong with a configuration, in which words, and where.

use source_text::SourceMap;

/// All problems, one on each line, as a program would print them.
fn problems(text: &str) -> String {
    let mut sources = SourceMap::new();
    let id = sources.add("p.yml", text);
    let parsed = prometheus_config::parse(id, text, |_| None);
    parsed.diagnostics.iter().map(|problem| sources.render(problem)).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(problems(text), expected, "{text}");
}

/// Problems of a job with the given fields.
#[track_caller]
fn check_job(fields: &str, expected: &str) {
    check(&format!("scrape_configs:\n- job_name: j\n{fields}"), expected);
}

#[test]
fn nothing_to_complain_about() {
    check("", "");
    check("global: {scrape_interval: 15s}\nscrape_configs: []\n", "");
    check_job("  static_configs:\n  - targets: ['a:1', b]\n    labels: {env: 5}\n", "");
    check_job("  static_configs:\n  - targets: ['a:1']\n    labels: {null: x}\n", "");
}

#[test]
fn yaml() {
    check("a: [1", "p.yml:1:6: error[yaml-syntax]: while parsing a flow sequence, expected ',' or ']'");
    check("[]", "p.yml:1:1: error[wrong-type]: the configuration is a mapping, not a list");
    check(
        "global: {}\nglobal: {}\n",
        "p.yml:2:1: error[duplicate-field]: field `global` is already set in the configuration",
    );
    check(
        "global: {}\n---\nx: 1\n",
        "p.yml:3:1: warning[ignored-document]: everything from here on is ignored: only the first YAML document counts",
    );
    check("global: {}\n---\n# nothing\n...\n", "");
}

#[test]
fn types() {
    check_job(
        "  metric_path: /m\n",
        "p.yml:3:3: error[unknown-field]: scrape_configs has no field `metric_path`",
    );
    check_job(
        "  honor_labels: 'yes'\n",
        "p.yml:3:17: error[wrong-type]: `true` or `false` is expected, not the string \"yes\"",
    );
    check_job("  honor_labels: yes\n", "");
    check_job(
        "  sample_limit: -1\n",
        "p.yml:3:17: error[wrong-type]: a whole number that is not negative is expected, not `-1`",
    );
    check_job("  params: {a: b}\n", "p.yml:3:15: error[wrong-type]: a list of strings is expected, not `b`");
    check_job("  job: [x]\n", "p.yml:3:3: error[unknown-field]: scrape_configs has no field `job`");
    check_job(
        "  scrape_interval: {}\n",
        "p.yml:3:20: error[wrong-type]: a string is expected, not a mapping",
    );
}

#[test]
fn all_problems_are_found_and_that_of_prometheus_comes_first() {
    // A section that rejects itself ends Prometheus' reading; what was noted before is forgotten.
    check(
        "x: 1\nscrape_configs:\n- {job_name: a, y: 2}\n- {job_name: ''}\n- {job_name: a, scrape_interval: z}\n",
        "p.yml:4:14: error[job-name-empty]: job_name is empty\n\
         p.yml:5:34: error[invalid-duration]: not a valid duration string: \"z\"\n\
         p.yml:1:1: error[unknown-field]: the configuration has no field `x`\n\
         p.yml:3:17: error[unknown-field]: scrape_configs has no field `y`\n\
         p.yml:5:14: error[duplicate-job-name]: found multiple scrape configs with job name \"a\"",
    );
    // A section in which something was noted does not check itself.
    check(
        "scrape_configs:\n- {y: 2}\n- job_name: a\n  basic_auth: {}\n  bearer_token: t\n",
        "p.yml:5:17: error[conflicting-authentication]: at most one of basic_auth, oauth2, bearer_token & \
         bearer_token_file must be configured\n\
         p.yml:2:4: error[unknown-field]: scrape_configs has no field `y`\n\
         p.yml:2:3: error[job-name-empty]: job_name is empty",
    );
}

#[test]
fn jobs() {
    check(
        "scrape_configs: [null]\n",
        "p.yml:1:18: error[empty-section]: empty or null scrape config section",
    );
    check_job(
        "  scrape_timeout: 2m\n",
        "p.yml:3:19: error[timeout-above-interval]: scrape timeout greater than scrape interval for scrape config with job name \"j\"",
    );
    check_job(
        "  scrape_protocols: [x]\n",
        "p.yml:3:21: error[invalid-scrape-protocols]: scrape_protocols: unknown scrape protocol x, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 OpenMetricsText2.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0] for scrape config with job name \"j\"",
    );
    check_job(
        "  static_configs: [{targets: ['http://a']}]\n",
        "p.yml:3:19: error[invalid-address]: \"http://a\" is not a valid hostname",
    );
    check_job(
        "  static_configs: [{targets: ['http://a']}]\n  relabel_configs: [{target_label: b, replacement: c}]\n",
        "",
    );
    check_job(
        "  kubernetes_sd_configs: [{role: pods}]\n",
        "p.yml:3:34: error[unknown-role]: unknown Kubernetes SD role \"pods\"",
    );
    check_job(
        "  kubernetes_sd_configs: [{role: pod, selectors: [{role: pod, label: '='}]}]\n",
        "p.yml:3:70: error[invalid-selector]: found '=', expected: !, identifier, or 'end of string'",
    );
    check_job(
        "  consul_sd_configs: [{server: a}]\n",
        "p.yml:3:23: warning[unsupported-discovery]: targets of `consul_sd_configs` are not discovered",
    );
}

#[test]
fn global() {
    check(
        "global: {metric_name_escaping_scheme: x}\nscrape_configs: [{job_name: a}, {job_name: b}]\n",
        "p.yml:1:39: error[unknown-escaping-scheme]: unknown global name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', got \"x\"",
    );
    check(
        "global: {external_labels: {'': x}}\n",
        "p.yml:1:28: error[invalid-label-name]: \"\" is not a valid label name",
    );
}

#[test]
fn rules() {
    check_job(
        "  relabel_configs: [{action: kep}]\n",
        "p.yml:3:30: error[unknown-action]: unknown relabel action \"kep\"",
    );
    check_job(
        "  relabel_configs: [{target_label: a, regex: 'x('}]\n",
        "p.yml:3:47: error[invalid-regex]: error parsing regexp: missing closing ): `^(?s:x()$`",
    );
    check_job(
        "  metric_relabel_configs: [{action: hashmod}]\n",
        "p.yml:3:28: error[zero-modulus]: relabel configuration for hashmod requires non-zero modulus",
    );
    check_job(
        "  relabel_configs: [null]\n",
        "p.yml:3:20: error[empty-rule]: empty or null target relabeling rule in scrape config",
    );
}

#[test]
fn a_rule_that_cannot_be_read_is_not_checked() {
    check_job(
        "  relabel_configs:\n  - acton: keep\n  - action: hashmod\n",
        "p.yml:4:5: error[unknown-field]: a relabelling rule has no field `acton`\n\
         p.yml:5:5: error[zero-modulus]: relabel configuration for hashmod requires non-zero modulus",
    );
}

#[test]
fn traps() {
    check_job(
        "  metrics_path: /a?b=c\n",
        "p.yml:3:17: warning[query-in-metrics-path]: the `?` in this path does not begin a query: it is sent as `%3F`",
    );
    check_job(
        "  scheme: HTTPS\n",
        "p.yml:3:11: warning[unknown-scheme]: no target can be scraped with the scheme `HTTPS`",
    );
    check_job(
        "  metric_relabel_configs: [{action: drop, source_labels: [__name__], regex: go_}]\n",
        "p.yml:3:77: warning[partial-regex]: a pattern has to match the whole value: `go_` does not match a part of it",
    );
    check_job(
        "  metric_relabel_configs: [{action: drop, source_labels: [__meta_x], regex: a}]\n",
        "p.yml:3:59: warning[target-label-in-metric-rule]: samples have no label `__meta_x`: it belongs to the target",
    );
    check_job(
        "  relabel_configs: [{action: labelmap, regex: a.*}]\n",
        "p.yml:3:47: warning[labelmap-without-group]: the pattern `a.*` has no group `$1`: all labels it matches become one with no name",
    );
    check_job(
        "  relabel_configs: [{target_label: a, replacement: $$1}]\n",
        "p.yml:3:52: warning[escaped-dollar]: `$$` stands for a dollar sign here",
    );
    let removes = "  relabel_configs: [{source_labels: [__meta_x], target_label: __metrics_path__";
    check_job(
        &format!("{removes}}}]\n"),
        "p.yml:3:37: warning[rule-removes-label]: this rule removes `__metrics_path__` where the source labels are missing",
    );
    check_job(&format!("{removes}, regex: (.+)}}]\n"), "");
}

#[test]
fn suggestions() {
    let text = "scrape_configs: [{job_nam: a}]\n";
    let mut sources = SourceMap::new();
    let id = sources.add("p.yml", text);
    let parsed = prometheus_config::parse(id, text, |_| None);
    let fix = parsed.diagnostics[0].repair().expect("a repair");
    let edit = &fix.edits()[0];
    assert_eq!((sources.text(edit.span), edit.replacement.as_str()), ("job_nam", "job_name"));
}
