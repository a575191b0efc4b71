//! What a configuration means: defaults, inheritance, paths.

use prometheus_config::{Config, Discovery, NameEscaping, ScrapeConfig, ScrapeProtocol};
use prometheus_labels::NameScheme;
use source_text::SourceId;

#[track_caller]
fn config(text: &str) -> Config {
    let environment = |name: &str| (name == "HOME").then(|| "/root".to_owned());
    match prometheus_config::parse(SourceId::default(), text, environment).into_result() {
        Ok(config) => config,
        Err(problems) => panic!("{problems:?}"),
    }
}

#[track_caller]
fn job(text: &str) -> ScrapeConfig {
    config(&format!("scrape_configs:\n- job_name: j\n{text}")).scrape_configs.remove(0)
}

#[test]
fn defaults() {
    let job = job("");
    assert_eq!(
        (job.scrape_interval.to_string(), job.scrape_timeout.to_string()),
        ("1m".into(), "10s".into())
    );
    assert_eq!((&*job.metrics_path, &*job.scheme), ("/metrics", "http"));
    assert!(job.honor_timestamps && job.enable_compression && !job.honor_labels);
    assert!(job.http.follow_redirects && job.http.enable_http2);
    assert_eq!(job.scrape_protocols, ScrapeProtocol::DEFAULT);
    assert_eq!(job.metric_name_escaping_scheme, NameEscaping::AllowUtf8);
    assert_eq!(
        job.accept_header(),
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,\
         application/openmetrics-text;version=0.0.1;q=0.6,\
         text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.3"
    );
}

#[test]
fn jobs_inherit() {
    let config = config(
        "global: {scrape_interval: 5s, sample_limit: 7, metric_name_validation_scheme: legacy, \
         scrape_native_histograms: true}\n\
         scrape_configs: [{job_name: a}, {job_name: b, scrape_interval: 1m, sample_limit: 3, \
         metric_name_validation_scheme: utf8, scrape_native_histograms: false}]\n",
    );
    let [a, b] = config.scrape_configs.as_slice() else { panic!("two jobs") };
    assert_eq!((a.scrape_timeout.as_millis(), b.scrape_timeout.as_millis()), (5000, 5000));
    assert_eq!((a.sample_limit, b.sample_limit), (7, 3));
    assert_eq!(a.metric_name_validation_scheme, NameScheme::Legacy);
    assert_eq!(a.metric_name_escaping_scheme, NameEscaping::Underscores);
    assert_eq!(b.metric_name_escaping_scheme, NameEscaping::AllowUtf8);
    assert_eq!(a.scrape_protocols, ScrapeProtocol::DEFAULT_PROTO_FIRST);
    assert_eq!(b.scrape_protocols, ScrapeProtocol::DEFAULT);
}

#[test]
fn null_is_not_the_default() {
    let job = job("  honor_timestamps: null\n  metrics_path: ~\n  scrape_interval:\n");
    assert!(!job.honor_timestamps && job.metrics_path.is_empty());
    assert_eq!(job.scrape_interval.as_millis(), 60_000);
}

#[test]
fn old_tokens_become_authorization() {
    let job = job("  bearer_token: secret\n");
    let auth = job.http.authorization.expect("an authorization");
    assert_eq!((auth.kind.as_str(), auth.credentials.expose()), ("Bearer", "secret"));
    assert!(!format!("{auth:?}").contains("secret"));
}

#[test]
fn discoveries_have_an_order() {
    let job = job("  static_configs: [{targets: [a]}]\n  kubernetes_sd_configs: [{role: pod}]\n  \
         dns_sd_configs: [{names: [n]}]\n  file_sd_configs: [{files: [f.json]}]\n");
    let kinds: Vec<_> = job
        .service_discovery
        .iter()
        .map(|discovery| match discovery {
            Discovery::Static(groups) => groups[0].source.as_str(),
            Discovery::Kubernetes(_) => "kubernetes",
            Discovery::File(_) => "file",
            Discovery::Dns(_) => "dns",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["dns", "file", "kubernetes", "0"]);
}

#[test]
fn environment_in_external_labels() {
    let config = config("global: {external_labels: {a: '$HOME-${NOPE}x', b: $$5, c: ''}}\n");
    let labels = config.global.external_labels;
    assert_eq!(
        labels,
        [("a".into(), "/root-x".into()), ("b".into(), "$5".into()), ("c".into(), String::new())]
    );
}

#[test]
fn positions_do_not_count_in_comparisons() {
    let text = "scrape_configs: [{job_name: a, relabel_configs: [{target_label: b, replacement: c}]}]\n";
    assert_eq!(config(text), config(&format!("# moved\n\n{text}")));
    assert_ne!(config(text), config(&text.replace("replacement: c", "replacement: d")));
}

#[test]
fn paths_are_relative_to_the_file() {
    let mut config = config(
        "rule_files: [a.yml, /b.yml]\nscrape_configs:\n- job_name: a\n  tls_config: {ca_file: ca.pem}\n  \
         file_sd_configs: [{files: [t/*.json]}]\n",
    );
    config.set_directory("/etc/p");
    assert_eq!(config.rule_files, ["/etc/p/a.yml", "/b.yml"]);
    assert_eq!(config.scrape_configs[0].http.tls.ca_file, "/etc/p/ca.pem");
    let Discovery::File(files) = &config.scrape_configs[0].service_discovery[0] else { panic!("files") };
    assert_eq!(files.files, ["/etc/p/t/*.json"]);
}

#[test]
fn more_jobs_from_other_files() {
    let mut config = config("global: {scrape_interval: 7s}\nscrape_configs: [{job_name: a}]\n");
    let mut add = |text: &str| {
        let problems = config.add_scrape_configs(SourceId::default(), "/x/more.yml", text);
        let jobs: Vec<_> = config.scrape_configs.iter().map(|job| job.job_name.clone()).collect();
        (problems.first().map(|problem| problem.message().to_owned()), jobs)
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let more = "scrape_configs: [{job_name: b, tls_config: {ca_file: c}}]";
    assert_eq!(add(more), (None, names(&["a", "b"])));
    let twice = |job: &str, place: &str| {
        Some(format!("found multiple scrape configs with job name \"{job}\", first found in {place}"))
    };
    assert_eq!(add("scrape_configs: [{job_name: a}]"), (twice("a", "main config file"), names(&["a", "b"])));
    assert_eq!(add("scrape_configs: [{job_name: b}]"), (twice("b", "\"/x/more.yml\""), names(&["a", "b"])));
    assert!(add("global: {}").0.is_some() && add("[").0.is_some());
    assert_eq!(add(""), (None, names(&["a", "b"])));
    assert_eq!(config.scrape_configs[1].scrape_interval.to_string(), "7s");
    assert_eq!(config.scrape_configs[1].http.tls.ca_file, "/x/c");
}
