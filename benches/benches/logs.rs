//! The log pipeline phase by phase, on the lines of the log benchmark, with peers beside it.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, Delivery, Outcome, Sent, WriteOperation};
use event_model::json::{self, Style};
use event_model::{Arena, Compat, Field, Record, Timestamp, Value};
use fluentbit_filter::grep::{Action, Combine, Grep, Rule};
use fluentbit_parser::json::JsonReader;
use fluentbit_parser::time::{TimeFormat, Zone};
use fluentbit_parser::{Format, Parser, ParserOptions, Scratch};
use fluentbit_pipeline::Body;
use pipeline_core::frame::{Framer, LongLines, Rest};
use weirgate_benches::docker_log;
use weirgate_benches::pipeline::InMemory;

const LINES: usize = 10_000;
const NOW: Timestamp = Timestamp { seconds: 1_700_000_000, nanoseconds: 0 };

fn log() -> (Vec<u8>, usize) {
    let mut log = Vec::new();
    let wanted = docker_log::write(&mut log, LINES).expect("memory takes everything");
    (log, wanted)
}

fn lines(log: &[u8]) -> Vec<&[u8]> {
    log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect()
}

/// What the application wrote, without docker's envelope.
fn documents(log: &[u8]) -> Vec<Vec<u8>> {
    let text = |line: &&[u8]| {
        let line: serde_json::Value = serde_json::from_slice(line).expect("JSON");
        line["log"].as_str().map(|text| text.as_bytes().to_vec()).expect("a text")
    };
    lines(log).iter().map(text).filter(|text| text.starts_with(b"{")).collect()
}

fn frame(c: &mut Criterion) {
    let (log, _) = log();
    let mut group = c.benchmark_group("frame");
    group.throughput(Throughput::Bytes(log.len() as u64));
    group.bench_function("weirgate", |b| {
        b.iter(|| {
            let mut count = 0;
            let rest = Framer::new().frame(black_box(&log), 0, 1 << 20, LongLines::Stop, |_| count += 1);
            assert_eq!((count, rest), (LINES, Rest::Used(log.len())));
        });
    });
    group.bench_function("std_split", |b| {
        b.iter(|| assert_eq!(black_box(&log).split(|byte| *byte == b'\n').count(), LINES + 1));
    });
    group.finish();
}

/// A parser on every line; the number of fields is asserted.
fn parse(c: &mut Criterion, name: &str, parser: &Parser, lines: &[&[u8]], fields_of_a_line: usize) {
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum()));
    let (mut arena, mut scratch) = (Arena::new(), Scratch::new(Compat::V5_1));
    group.bench_function(name, |b| {
        b.iter(|| {
            let mut count = 0;
            for line in lines {
                arena.reset();
                let mut fields = Vec::with_capacity(8);
                let parsed = parser.parse(black_box(line), NOW, &arena, &mut scratch, &mut fields);
                count += fields.len();
                assert!(parsed.is_ok_and(|parsed| parsed.time.is_some()));
            }
            assert_eq!(count, fields_of_a_line * lines.len());
        });
    });
    group.finish();
}

fn docker(c: &mut Criterion) {
    let (log, _) = log();
    let lines = lines(&log);
    let mut options = ParserOptions::new(Format::Json);
    options.time_format = Some("%Y-%m-%dT%H:%M:%S.%L".into());
    options.time_keep = true;
    let parser = Parser::new("docker", &options, Compat::V5_1).expect("a valid parser");
    parse(c, "docker", &parser, &lines, 3);

    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum()));
    group.bench_function("docker/serde_json", |b| {
        b.iter(|| {
            let sizes = lines.iter().map(|line| {
                let line: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_slice(black_box(line)).expect("JSON");
                line.len()
            });
            assert_eq!(sizes.sum::<usize>(), 3 * LINES);
        });
    });
    group.finish();
}

fn regex(c: &mut Criterion) {
    const PATTERN: &str = r"^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[FP]) (?<message>.*)$";
    let (log, _) = log();
    let text: String = documents(&log)
        .iter()
        .map(|text| format!("2022-03-01T12:00:00.123456789Z stdout F {}", String::from_utf8_lossy(text)))
        .collect();
    let lines = lines(text.as_bytes());
    let mut options = ParserOptions::new(Format::Regex(PATTERN.into()));
    options.time_format = Some("%Y-%m-%dT%H:%M:%S.%L".into());
    let parser = Parser::new("cri", &options, Compat::V5_1).expect("a valid parser");
    parse(c, "regex", &parser, &lines, 3);

    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum()));
    let raw = regex::bytes::Regex::new(PATTERN).expect("a valid pattern");
    let mut locations = raw.capture_locations();
    group.bench_function("regex/raw", |b| {
        b.iter(|| {
            let matches = lines.iter().filter(|line| raw.captures_read(&mut locations, black_box(line)).is_some());
            assert_eq!(matches.count(), lines.len());
        });
    });
    group.finish();
}

fn merge(c: &mut Criterion) {
    let (log, _) = log();
    let documents = documents(&log);
    let mut group = c.benchmark_group("json");
    group.throughput(Throughput::Bytes(documents.iter().map(|text| text.len() as u64).sum()));
    let (mut arena, mut reader) = (Arena::new(), JsonReader::new(Compat::V5_1));
    group.bench_function("weirgate", |b| {
        b.iter(|| {
            let mut count = 0;
            for text in &documents {
                arena.reset();
                let mut fields = Vec::with_capacity(8);
                assert!(reader.parse_object(black_box(text), &arena, &mut fields).is_ok());
                count += fields.len();
            }
            assert_eq!(count, 7 * documents.len());
        });
    });
    group.bench_function("serde_json", |b| {
        b.iter(|| {
            let sizes = documents.iter().map(|text| {
                let map: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_slice(black_box(text)).expect("JSON");
                map.len()
            });
            assert_eq!(sizes.sum::<usize>(), 7 * documents.len());
        });
    });
    group.finish();
}

fn time(c: &mut Criterion) {
    let mut group = c.benchmark_group("time");
    let expected = Timestamp::new(1_646_136_000, 123_456_789);
    for (name, format, text) in [
        ("iso", "%Y-%m-%dT%H:%M:%S.%L", "2022-03-01T12:00:00.123456789Z"),
        ("common_log", "%d/%b/%Y:%H:%M:%S.%L %z", "01/Mar/2022:12:00:00.123456789 +0000"),
    ] {
        let format = TimeFormat::new(format, Zone::UTC, Compat::V5_1);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| assert_eq!(format.parse(black_box(text.as_bytes()), NOW), Ok(expected)));
        });
    }
    group.finish();
}

fn grep(c: &mut Criterion) {
    let rule = Rule::new(Action::Regex, "priority", "[234]", Compat::V5_1).expect("a valid rule");
    let grep = Grep::new(vec![rule], Combine::Legacy);
    let record = |priority| {
        [
            Field::new(b"log", Value::Str(b"a text that is not looked at")),
            Field::new(b"priority", Value::Str(priority)),
            Field::new(b"level", Value::Str(b"warn")),
        ]
    };
    let mut group = c.benchmark_group("grep");
    group.bench_function("kept", |b| b.iter(|| assert!(grep.keeps(black_box(&record(b"4"))))));
    group.bench_function("dropped", |b| b.iter(|| assert!(!grep.keeps(black_box(&record(b"6"))))));
    group.finish();
}

/// The whole way of the log benchmark but for reading the file and sending the body.
fn pipeline(c: &mut Criterion) {
    let (log, wanted) = log();
    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Bytes(log.len() as u64));
    for name in ["null", "file", "es"] {
        let mut pipeline = InMemory::new(name);
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| {
                let (records, body) = pipeline.run(black_box(&log));
                assert_eq!(records, wanted);
                match body {
                    Body::Bulk(body) => assert_eq!(body.len(), wanted),
                    Body::File(_, bytes) => assert!(bytes.len() > 700 * wanted),
                    body => assert!(matches!(body, Body::Nothing)),
                }
            });
        });
    }
    group.finish();
}

fn render(c: &mut Criterion) {
    let text = r#"{"priority":"4","level":"warn","msg":"request handled in time","path":"/rng/7","status":200}"#;
    let mut record = Record::new(Timestamp::new(1_646_136_000, 123_456_789));
    record.fields.extend([
        Field::new(b"log", Value::Str(text.as_bytes())),
        Field::new(b"stream", Value::Str(b"stdout")),
        Field::new(b"status", Value::Int(200)),
        Field::new(b"ms", Value::Float(151.207)),
    ]);
    let mut out = Vec::new();
    json::map(&mut out, &record.fields, Style::Ascii);
    let size = out.len();
    let mut group = c.benchmark_group("render");
    group.throughput(Throughput::Bytes(size as u64));
    group.bench_function("json", |b| {
        b.iter(|| {
            out.clear();
            json::map(&mut out, black_box(&record.fields), Style::Ascii);
            assert_eq!(out.len(), size);
        });
    });
    let map = serde_json::json!({"log": text, "stream": "stdout", "status": 200, "ms": 151.207});
    group.bench_function("json/serde_json", |b| {
        b.iter(|| {
            out.clear();
            serde_json::to_writer(&mut out, black_box(&map)).expect("memory takes everything");
            assert_eq!(out.len(), size);
        });
    });
    let (mut writer, mut body) = (BulkWriter::new(BulkOptions::new(Compat::V5_1)), BulkBody::new());
    group.bench_function("bulk", |b| {
        writer.begin(b"app", NOW);
        b.iter(|| {
            body.clear();
            writer.write(&mut body, black_box(&record), None);
            assert_eq!(body.len(), 1);
        });
    });
    group.finish();
}

fn response(c: &mut Criterion) {
    let item = |status| format!(r#"{{"create":{{"_index":"test","_id":"x","_version":1,"status":{status}}}}}"#);
    let mut group = c.benchmark_group("response");
    for (name, status, errors) in [("delivered", 201, false), ("one_refused", 400, true)] {
        let mut items = vec![item(201); 999];
        items.push(item(status));
        let answer = format!(r#"{{"took":3,"errors":{errors},"items":[{}]}}"#, items.join(","));
        group.throughput(Throughput::Bytes(answer.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let sent = Sent::new(1000, WriteOperation::Create);
                match Delivery::Safe.judge(sent, 200, black_box(answer.as_bytes())) {
                    Outcome::Delivered => assert!(!errors),
                    Outcome::Partial(problems) => assert_eq!(problems.len(), 1),
                    outcome => panic!("{outcome:?}"),
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, frame, docker, regex, merge, time, grep, render, response, pipeline);
criterion_main!(benches);
