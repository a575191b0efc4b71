//! Scrapes one after the other: what is stored, what ends, and what is left out.

use std::sync::Arc;

use prometheus_config::ScrapeConfig;
use prometheus_discovery::{Outcome as Populated, Populator, Target};
use prometheus_scrape::{Failure, Response, Sample, Scrape, ScrapeOptions, Value, keeps_series};
use source_text::SourceId;

fn job(settings: &str) -> Arc<ScrapeConfig> {
    let text = format!("scrape_configs:\n- job_name: j\n{settings}");
    let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
    Arc::new(config.scrape_configs[0].clone())
}

fn target(config: &ScrapeConfig) -> Target {
    match Populator::new(config).populate(&[("__address__", "a:1")], &[]).outcome {
        Populated::Target(target) => *target,
        other => panic!("{other:?}"),
    }
}

/// `name{further labels} value@time`, of all samples but those about the scrape.
fn shown(samples: &[Sample]) -> String {
    let about = |name: &str| name == "up" || name.starts_with("scrape_");
    let mut shown = Vec::new();
    for sample in samples {
        let labels = sample.series.labels();
        let name = labels.get("__name__").unwrap_or_default();
        if about(name) {
            continue;
        }
        let further = labels.iter().filter(|(name, _)| !["__name__", "instance", "job"].contains(name));
        let further: String = further.map(|(name, value)| format!("{{{name}={value}}}")).collect();
        let value = match &sample.value {
            _ if sample.is_stale_marker() => "stale".to_owned(),
            Value::Float(value) => value.to_string(),
            other => format!("{other:?}"),
        };
        shown.push(format!("{name}{further} {value}@{}", sample.timestamp_ms));
    }
    shown.join(" ")
}

/// Scrapes `answers` every 1000 ms, with `FAIL` for none; compares the samples of each and its error.
#[track_caller]
fn check(settings: &str, answers: &[(&str, &str)]) {
    let config = job(settings);
    let mut scrape = Scrape::new(Arc::clone(&config), &target(&config), ScrapeOptions::default());
    for (index, (body, expected)) in answers.iter().enumerate() {
        let mut samples = Vec::new();
        let response = match *body {
            "FAIL" => Err(Failure::Other("connection refused".to_owned())),
            body => Ok(Response { content_type: "text/plain", body: body.as_bytes() }),
        };
        let time = 1000 * (index as i64 + 1);
        let outcome = scrape.handle_response(response, time, &mut samples);
        scrape.handle_report(&outcome, 0.1, &mut samples);
        let error = outcome.error.map(|error| format!("! {error}"));
        let found = [Some(shown(&samples)), error].into_iter().flatten().filter(|text| !text.is_empty());
        assert_eq!(found.collect::<Vec<_>>().join(" "), *expected, "scrape {index} of {settings}");
    }
}

#[test]
fn series_end_when_a_scrape_lacks_them() {
    check(
        "",
        &[("a 1\nb 2\n", "a 1@1000 b 2@1000"), ("b 3\n", "b 3@2000 a stale@2000"), ("b 3\n", "b 3@3000")],
    );
    // An empty body is a good answer.
    check("", &[("a 1\n", "a 1@1000"), ("", "a stale@2000"), ("a 1\n", "a 1@3000")]);
    check(
        "",
        &[
            ("a 1\n", "a 1@1000"),
            ("FAIL", "a stale@2000 ! connection refused"),
            ("FAIL", "! connection refused"),
            ("a 1\n", "a 1@4000"),
        ],
    );
}

#[test]
fn a_scrape_that_fails_stores_nothing() {
    let error = "! strconv.ParseFloat: parsing \"x\": invalid syntax while parsing: \"c x\"";
    check(
        "",
        &[("a 1\nb 1\n", "a 1@1000 b 1@1000"), ("c x\n", &format!("a stale@2000 b stale@2000 {error}"))],
    );
    // As in Prometheus, what was read before the mistake ends one scrape later.
    check(
        "",
        &[
            ("a 1\nb 1\n", "a 1@1000 b 1@1000"),
            ("a 1\nc x\n", &format!("b stale@2000 {error}")),
            ("FAIL", "a stale@3000 ! connection refused"),
        ],
    );
}

#[test]
fn times_of_samples_count() {
    check("", &[("a 1 500\n", "a 1@500"), ("a 1 500\n", ""), ("a 2 500\n", ""), ("a 3 400\n", ""), ("", "")]);
    check("  honor_timestamps: false\n", &[("a 1 500\n", "a 1@1000"), ("", "a stale@2000")]);
    check("  track_timestamps_staleness: true\n", &[("a 1 500\n", "a 1@500"), ("", "a stale@2000")]);
    // Ten minutes ahead are the most.
    check("", &[("a 1 601000\nb 1 601001\n", "a 1@601000")]);
}

#[test]
fn a_series_is_stored_once() {
    check("", &[("a 1\na 2\n", "a 1@1000")]);
    check("", &[("a{x=\"1\"} 1\na{ x=\"1\"} 2\n", "a{x=1} 1@1000"), ("a{ x=\"1\"} 2\n", "a{x=1} 2@2000")]);
    let labels = "  metric_relabel_configs: [{action: labeldrop, regex: x}]\n";
    check(
        labels,
        &[("a{x=\"1\"} 1\na{x=\"2\"} 2\n", "a 1@1000"), ("a{x=\"2\"} 2\n", "a 2@2000"), ("", "a stale@3000")],
    );
    check("", &[("a{b=\"1\",b=\"2\"} 1\n", "! label name \"b\" is not unique: invalid sample")]);
}

#[test]
fn limits_count_all_samples() {
    let config = job("  sample_limit: 1\n");
    let mut scrape = Scrape::new(Arc::clone(&config), &target(&config), ScrapeOptions::default());
    let mut samples = Vec::new();
    let response = Response { content_type: "text/plain", body: b"a 1\nb 1\nc 1\n" };
    let outcome = scrape.handle_response(Ok(response), 1000, &mut samples);
    assert_eq!((outcome.scraped, outcome.kept, outcome.series_added), (3, 3, 1));
    assert_eq!(outcome.error.as_deref(), Some("sample limit exceeded"));
    assert!(samples.is_empty());
}

#[test]
fn the_end_of_a_target_ends_all_its_series() {
    let config = job("  extra_scrape_metrics: true\n");
    let mut scrape = Scrape::new(Arc::clone(&config), &target(&config), ScrapeOptions::default());
    let mut samples = Vec::new();
    let response = Response { content_type: "text/plain", body: b"a 1\n" };
    let outcome = scrape.handle_response(Ok(response), 1000, &mut samples);
    scrape.handle_report(&outcome, 0.1, &mut samples);
    assert_eq!(samples.len(), 9);
    let series: Vec<_> = samples.iter().map(|sample| Arc::clone(&sample.series)).collect();
    samples.clear();
    scrape.handle_end(2000, &mut samples);
    assert!(samples.iter().all(|sample| sample.is_stale_marker() && sample.timestamp_ms == 2000));
    assert_eq!(samples.iter().map(|sample| Arc::clone(&sample.series)).collect::<Vec<_>>(), series);
    assert_eq!(scrape.last_timestamp_ms(&series[0]), Some(2000));
    // Nothing is left to end.
    samples.clear();
    scrape.handle_end(2000, &mut samples);
    assert_eq!(samples, []);
}

#[test]
fn known_series_are_shared() {
    let config = job("");
    let mut scrape = Scrape::new(Arc::clone(&config), &target(&config), ScrapeOptions::default());
    let body = "# HELP a What a is.\n# TYPE a counter\na_total 1\nb 1\n";
    let mut series = Vec::new();
    for time in [1000, 2000] {
        let mut samples = Vec::new();
        let response = Response { content_type: "text/plain", body: body.as_bytes() };
        scrape.handle_response(Ok(response), time, &mut samples);
        scrape.handle_report(&prometheus_scrape::Outcome::default(), 0.0, &mut samples);
        series.push(Arc::clone(&samples[0].series));
        assert_eq!(samples[1].series.metadata(), None);
    }
    assert!(Arc::ptr_eq(&series[0], &series[1]));
    let metadata = series[0].metadata().unwrap();
    assert_eq!(
        (&*metadata.family, metadata.metric_type.as_str(), &*metadata.help),
        ("a", "counter", "What a is.")
    );
}

#[test]
fn which_settings_change_series() {
    let old = job("");
    for (settings, keeps) in [
        ("", true),
        ("  scrape_interval: 30s\n  sample_limit: 3\n", true),
        ("  basic_auth: {username: a}\n", true),
        ("  honor_labels: true\n", false),
        ("  metric_relabel_configs: [{action: labeldrop, regex: x}]\n", false),
    ] {
        assert_eq!(keeps_series(&old, &job(settings)), keeps, "{settings}");
    }
}
