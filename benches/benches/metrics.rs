//! Reading, writing and relabelling metrics, with the other crates of the field beside it.
//!
//! The peers in Go are measured by `metrics-peers.py`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use prometheus_exposition::{Entry, Format, MetricFamily, Mode, Options, Parser, Writer, read_families};
use prometheus_labels::LabelsBuilder;
use prometheus_relabel::{Scratch, Verdict};
use re2_regex::{Captures, Regex};
use weirgate_benches::{kube_state, relabel};

const SERIES: usize = 14_740;

fn families() -> Vec<MetricFamily> {
    read_families(kube_state::exposition().as_bytes(), Format::Text, Options::new())
        .expect("a valid exposition")
}

fn bodies() -> [(&'static str, Format, Vec<u8>); 3] {
    let families = families();
    let body = |format| {
        let mut writer = Writer::new(format);
        families.iter().for_each(|family| writer.family(family));
        writer.finish()
    };
    [
        ("text", Format::Text, kube_state::exposition().into_bytes()),
        ("openmetrics", Format::OpenMetrics, body(Format::OpenMetrics)),
        ("protobuf", Format::Protobuf, body(Format::Protobuf)),
    ]
}

fn series(body: &[u8], format: Format, mode: Mode) -> usize {
    let entries =
        Parser::new(body, format, Options::new().mode(mode)).map(|entry| entry.expect("a valid exposition"));
    entries.filter(|entry| matches!(entry, Entry::Series(_))).count()
}

fn entries(c: &mut Criterion) {
    let mut group = c.benchmark_group("entries");
    for (name, format, body) in bodies() {
        group.throughput(Throughput::Bytes(body.len() as u64));
        for (mode_name, mode) in [("scrape", Mode::Scrape), ("strict", Mode::Strict)] {
            group.bench_function(BenchmarkId::new(name, mode_name), |b| {
                b.iter(|| assert_eq!(series(black_box(&body), format, mode), SERIES));
            });
        }
    }
    group.finish();
}

fn label_sets(c: &mut Criterion) {
    let mut group = c.benchmark_group("label_sets");
    for (name, format, body) in bodies() {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let (mut set, mut labels) = (Vec::new(), 0);
                for entry in Parser::new(black_box(&body), format, Options::new()) {
                    if let Ok(Entry::Series(series)) = entry {
                        series.label_set(&mut set);
                        labels += set.len();
                    }
                }
                assert!(labels > 4 * SERIES);
            });
        });
    }
    group.finish();
}

fn whole(c: &mut Criterion) {
    let text = kube_state::exposition();
    let mut group = c.benchmark_group("families");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.sample_size(20);
    group.bench_function("weirgate", |b| {
        b.iter(|| {
            let families = read_families(black_box(text.as_bytes()), Format::Text, Options::new());
            assert_eq!(families.expect("a valid exposition").len(), 6);
        });
    });
    group.bench_function("prometheus-parse", |b| {
        b.iter(|| {
            let scrape =
                prometheus_parse::Scrape::parse(black_box(&text).lines().map(|line| Ok(line.to_owned())));
            assert_eq!(scrape.expect("a valid exposition").samples.len(), SERIES);
        });
    });
    group.bench_function("prom_text_format_parser", |b| {
        b.iter(|| {
            let scrape = prom_text_format_parser::Scrape::parse(black_box(&text));
            assert_eq!(scrape.expect("a valid exposition").metrics.len(), 6);
        });
    });
    group.bench_function("openmetrics-parser", |b| {
        b.iter(|| {
            let exposition = openmetrics_parser::prometheus::parse_prometheus(black_box(&text));
            assert_eq!(exposition.expect("a valid exposition").families.len(), 6);
        });
    });
    group.finish();
}

fn write(c: &mut Criterion) {
    let families = families();
    let mut group = c.benchmark_group("write");
    for (name, format, body) in bodies() {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut writer = Writer::new(format);
                families.iter().for_each(|family| writer.family(black_box(family)));
                assert!(writer.finish().len() > body.len() / 2);
            });
        });
    }
    group.finish();
}

fn relabelling(c: &mut Criterion) {
    let rules = relabel::rules();
    let mut group = c.benchmark_group("relabel");
    for (name, dropped) in [("kept", false), ("dropped", true)] {
        let target = relabel::target(dropped);
        let (mut labels, mut scratch) = (LabelsBuilder::new(), Scratch::new());
        group.bench_function(name, |b| {
            b.iter(|| {
                labels = std::mem::take(&mut labels).reset(black_box(&target));
                match rules.apply(&mut labels, &mut scratch) {
                    Verdict::Keep => {
                        assert_eq!(black_box(labels.to_set()).get("job"), Some("kiamol-ch14-test/apod-api"))
                    }
                    Verdict::Drop { rule } => assert_eq!((rule, dropped), (2, true)),
                }
            });
        });
    }
    group.finish();
}

fn patterns(c: &mut Criterion) {
    let mut group = c.benchmark_group("re2");
    for (name, pattern, text) in [
        ("alternation", "Pending|Succeeded|Failed|Completed", "Failed"),
        ("prefix", "kiamol-.*", "kiamol-ch14-test"),
        ("groups", r"([^:]+)(?::\d+)?;(\d+)", "10.1.0.7:80;9115"),
    ] {
        let ours = Regex::anchored(pattern).expect("a valid pattern");
        let raw = regex::Regex::new(&format!("^(?s:{pattern})$")).expect("a valid pattern");
        let mut captures = Captures::new();
        group.bench_function(BenchmarkId::new(name, "weirgate"), |b| {
            b.iter(|| assert!(ours.captures(black_box(text), &mut captures)));
        });
        let mut locations = raw.capture_locations();
        group.bench_function(BenchmarkId::new(name, "regex"), |b| {
            b.iter(|| assert!(raw.captures_read(&mut locations, black_box(text)).is_some()));
        });
    }
    group.finish();
}

criterion_group!(benches, entries, label_sets, whole, write, relabelling, patterns);
criterion_main!(benches);
