//! Delivery to receivers of the test's own: outages, restarts, refusals and a writer that is killed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use prometheus_config::RemoteWrite;
use prometheus_labels::LabelSet;
use prometheus_remote_write::{Request, Version, decompress};
use prometheus_scrape::{Metadata, STALE_NAN, Sample, Series, Value};
use remote_write_output::{Counts, Options, RemoteWriter};
use source_text::SourceId;
use tokio::runtime::Runtime;

/// A receiver and what it got.
#[derive(Clone, Default)]
struct Receiver {
    address: String,
    got: Arc<Mutex<Got>>,
}

#[derive(Default)]
struct Got {
    /// By the text of the labels: times and the bits of values, as they came.
    series: BTreeMap<String, Vec<(i64, u64)>>,
    families: Vec<String>,
    heads: Vec<String>,
}

impl Receiver {
    /// `answer` makes a status line and headers of a request's head and number; requests answered 2xx are kept.
    fn start(answer: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self { address: listener.local_addr().unwrap().to_string(), got: Arc::default() };
        let (got, answer) = (Arc::clone(&receiver.got), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (got, answer) = (Arc::clone(&got), Arc::clone(&answer));
                thread::spawn(move || serve(stream.unwrap(), &got, answer.as_ref()));
            }
        });
        receiver
    }

    fn series(&self) -> BTreeMap<String, Vec<(i64, u64)>> {
        self.got.lock().unwrap().series.clone()
    }

    fn heads(&self) -> Vec<String> {
        self.got.lock().unwrap().heads.clone()
    }
}

fn serve(mut stream: TcpStream, got: &Mutex<Got>, answer: &(dyn Fn(&str, usize) -> String + Send + Sync)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        let mut body = vec![0; field("content-length").unwrap().parse().unwrap()];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let mut got = got.lock().unwrap();
        let status = answer(&head, got.heads.len());
        if status.starts_with('2') {
            let version = Version::from_content_type(field("content-type").unwrap()).unwrap();
            let request = Request::read(version, decompress(&body, 64 << 20).unwrap()).unwrap();
            for series in request.iter().map(Result::unwrap) {
                let labels: LabelSet = series.labels.iter().copied().collect();
                let samples =
                    series.samples.iter().map(|sample| (sample.timestamp_ms, sample.value.to_bits()));
                got.series.entry(labels.to_string()).or_default().extend(samples);
            }
            got.families.extend(request.families().map(|family| family.unwrap().name.to_owned()));
        }
        got.heads.push(head.clone());
        drop(got);
        if write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

fn always(status: &'static str) -> impl Fn(&str, usize) -> String + Send + Sync {
    move |_, _| status.to_owned()
}

const QUICK: &str = "queue_config: {batch_send_deadline: 5ms, min_backoff: 5ms, max_backoff: 20ms}";
/// Nothing listens there.
const NOWHERE: &str = "127.0.0.1:1";

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn start(runtime: &Runtime, address: &str, yaml: &str, options: Options) -> RemoteWriter {
    let text = format!("remote_write: [{{url: 'http://{address}/api/v1/write', {yaml}}}]");
    let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
    let config: &RemoteWrite = &config.remote_write[0];
    RemoteWriter::start(runtime.handle(), config, options).unwrap()
}

fn series(count: usize) -> Vec<Arc<Series>> {
    let labels = |number: usize| LabelSet::from([("__name__", "m".to_owned()), ("n", number.to_string())]);
    (0..count).map(|number| Arc::new(Series::new(labels(number)))).collect()
}

fn samples(series: &[Arc<Series>], timestamp_ms: i64) -> Vec<Sample> {
    let value = Value::Float(timestamp_ms as f64);
    series.iter().map(|series| Sample::new(Arc::clone(series), timestamp_ms, value.clone())).collect()
}

/// Appends 10 series at these times and closes the writer.
fn deliver(address: &str, folder: &Path, yaml: &str, times: std::ops::Range<i64>) -> Counts {
    let runtime = runtime();
    let writer = start(&runtime, address, yaml, Options::new(folder));
    let series = series(10);
    for time in times {
        writer.append(&samples(&series, time)).unwrap();
    }
    let patience = if address == NOWHERE { Duration::from_millis(50) } else { Duration::from_secs(60) };
    runtime.block_on(writer.close(patience))
}

/// Every one of the 10 series has each time once, in order.
#[track_caller]
fn check_all(receiver: &Receiver, times: std::ops::Range<i64>) {
    let got = receiver.series();
    assert_eq!(got.len(), 10);
    for (labels, samples) in got {
        let seen: Vec<_> = samples.iter().map(|(time, _)| *time).collect();
        assert_eq!(seen, times.clone().collect::<Vec<_>>(), "{labels}");
        assert!(samples.iter().all(|(time, bits)| f64::from_bits(*bits) == *time as f64));
    }
}

#[test]
fn both_versions_arrive_in_order() {
    for version in [Version::V1, Version::V2] {
        let message = match version {
            Version::V1 => "prometheus.WriteRequest",
            _ => "io.prometheus.write.v2.Request",
        };
        let receiver = Receiver::start(always("200 OK\r\nx-prometheus-remote-write-samples-written: 7"));
        let folder = tempfile::tempdir().unwrap();
        let yaml = format!("protobuf_message: {message}, headers: {{X-Tenant: a}}, {QUICK}");
        let counts = deliver(&receiver.address, folder.path(), &yaml, 1..101);
        check_all(&receiver, 1..101);
        assert_eq!((counts.appended, counts.sent, counts.failed, counts.pending), (1000, 1000, 0, 0));
        assert_eq!(counts.confirmed, 7 * counts.requests);
        assert_eq!(counts.highest_sent_timestamp_ms, 100);
        for head in receiver.heads() {
            for line in [
                "POST /api/v1/write HTTP/1.1".to_owned(),
                format!("content-type: {}", version.content_type()),
                "content-encoding: snappy".to_owned(),
                format!("x-prometheus-remote-write-version: {}", version.header()),
                "x-tenant: a".to_owned(),
            ] {
                assert!(head.lines().any(|found| found == line), "{line} in {head}");
            }
        }
    }
}

#[test]
fn requests_are_repeated_until_they_arrive() {
    let receiver = Receiver::start(|_, number| match number {
        0..5 => "503 Service Unavailable".to_owned(),
        5..8 => "429 Too Many Requests\r\nretry-after: 0".to_owned(),
        _ => "204 No Content".to_owned(),
    });
    let folder = tempfile::tempdir().unwrap();
    let yaml = QUICK.replace("{batch", "{retry_on_http_429: true, batch");
    let counts = deliver(&receiver.address, folder.path(), &yaml, 1..51);
    check_all(&receiver, 1..51);
    assert_eq!((counts.sent, counts.failed), (500, 0));
    assert!(counts.retried > 0);
    assert!(receiver.heads().iter().any(|head| head.contains("retry-attempt: 1\r\n")));
}

#[test]
fn what_is_refused_is_dropped_and_counted() {
    for status in ["400 Bad Request", "429 Too Many Requests"] {
        let receiver = Receiver::start(always(status));
        let folder = tempfile::tempdir().unwrap();
        let counts = deliver(&receiver.address, folder.path(), QUICK, 1..6);
        assert_eq!((counts.sent, counts.failed, counts.retried), (0, 50, 0), "{status}");
    }
}

#[test]
fn a_receiver_of_version_1_is_sent_version_1() {
    let receiver = Receiver::start(|head, _| {
        let is_v2 = head.contains("x-prometheus-remote-write-version: 2.0.0");
        if is_v2 { "415 Unsupported Media Type" } else { "200 OK" }.to_owned()
    });
    let folder = tempfile::tempdir().unwrap();
    let yaml = format!("protobuf_message: io.prometheus.write.v2.Request, {QUICK}");
    let counts = deliver(&receiver.address, folder.path(), &yaml, 1..21);
    check_all(&receiver, 1..21);
    assert_eq!((counts.sent, counts.failed), (200, 0));
}

#[test]
fn a_restart_during_an_outage_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let counts = deliver(NOWHERE, folder.path(), QUICK, 1..41);
    assert_eq!((counts.appended, counts.sent), (400, 0));
    let receiver = Receiver::start(always("200 OK"));
    let counts = deliver(&receiver.address, folder.path(), QUICK, 41..61);
    check_all(&receiver, 1..61);
    assert_eq!((counts.appended, counts.sent), (200, 600));
    // What was delivered is deleted, and a third start sends nothing.
    let silent = Receiver::start(always("200 OK"));
    deliver(&silent.address, folder.path(), QUICK, 0..0);
    assert!(silent.heads().is_empty());
}

#[test]
fn a_refused_request_of_a_restart_is_sent_in_halves() {
    let folder = tempfile::tempdir().unwrap();
    deliver(NOWHERE, folder.path(), QUICK, 1..2);
    // The receiver refuses what comes with more than one sample.
    let receiver = Receiver::start(|head, _| {
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if length.unwrap_or(0) > 45 { "400 out of order sample" } else { "200 OK" }.to_owned()
    });
    let counts = deliver(&receiver.address, folder.path(), QUICK, 0..0);
    check_all(&receiver, 1..2);
    assert_eq!((counts.sent, counts.failed), (10, 0));
    assert!(receiver.heads().len() > 10);
}

#[test]
fn rules_labels_markers_and_metadata() {
    let receiver = Receiver::start(always("200 OK"));
    let folder = tempfile::tempdir().unwrap();
    let yaml = "queue_config: {batch_send_deadline: 5ms}, metadata_config: {send_interval: 50ms}, \
                write_relabel_configs: [{source_labels: [n], regex: '1', action: drop}]";
    let runtime = runtime();
    let mut options = Options::new(folder.path());
    options.external_labels = vec![("cluster".to_owned(), "c".to_owned()), ("n".to_owned(), "x".to_owned())];
    let writer = start(&runtime, &receiver.address, yaml, options);
    let metadata = Arc::new(Metadata::new("m"));
    let with_metadata =
        |series: Arc<Series>| Arc::new(Series::clone(&series).with_metadata(Some(Arc::clone(&metadata))));
    let series: Vec<_> = series(3).into_iter().map(with_metadata).collect();
    let mut all = samples(&series, 5);
    all.push(Sample::new(Arc::clone(&series[0]), 6, Value::Float(STALE_NAN)));
    writer.append(&all).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while writer.counts().metadata_sent == 0 {
        assert!(Instant::now() < until, "metadata is sent");
        thread::sleep(Duration::from_millis(10));
    }
    let counts = runtime.block_on(writer.close(Duration::from_secs(60)));
    assert_eq!((counts.appended, counts.dropped_by_rules, counts.sent), (3, 1, 3));
    let got = receiver.series();
    let labels: Vec<_> = got.keys().map(String::as_str).collect();
    assert_eq!(labels, [r#"{__name__="m", cluster="c", n="0"}"#, r#"{__name__="m", cluster="c", n="2"}"#]);
    assert_eq!(got[labels[0]], [(5, 5.0_f64.to_bits()), (6, STALE_NAN.to_bits())]);
    assert_eq!(receiver.got.lock().unwrap().families, ["m"]);
}

#[test]
fn old_samples_and_a_full_queue() {
    let receiver = Receiver::start(always("200 OK"));
    let folder = tempfile::tempdir().unwrap();
    let yaml = "queue_config: {batch_send_deadline: 5ms, sample_age_limit: 1h}";
    let counts = deliver(&receiver.address, folder.path(), yaml, 1..4);
    assert_eq!((counts.sent, counts.dropped_by_age), (0, 30));
    let runtime = runtime();
    let mut options = Options::new(folder.path());
    options.largest_queue = 20_000;
    let writer = start(&runtime, NOWHERE, "queue_config: {capacity: 10}", options);
    let series = series(100);
    for time in 1..201 {
        writer.append(&samples(&series, time)).unwrap();
        assert!(writer.counts().queue_bytes <= 20_000);
    }
    let counts = writer.counts();
    assert!(counts.dropped_by_size > 5000 && counts.dropped_by_size < 20_000, "{counts:?}");
}

/// Not a test of its own: the writer that the next test starts and kills. It prints the time of each append that
/// returned.
#[test]
fn child() {
    let Ok(folder) = std::env::var("REMOTE_WRITE_CHILD_FOLDER") else { return };
    let address = std::env::var("REMOTE_WRITE_CHILD_RECEIVER").unwrap();
    let first: i64 = std::env::var("REMOTE_WRITE_CHILD_FIRST").unwrap().parse().unwrap();
    let runtime = runtime();
    let writer = start(&runtime, &address, QUICK, Options::new(folder));
    let series = series(10);
    for time in first.. {
        writer.append(&samples(&series, time)).unwrap();
        let mut output = std::io::stdout().lock();
        let _ = writeln!(output, "appended {time}");
        let _ = output.flush();
        drop(output);
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn kill_9_loses_nothing_that_was_appended() {
    // Now and then the receiver is away.
    let receiver = Receiver::start(|_, number| {
        if number % 7 < 2 { "503 Service Unavailable" } else { "200 OK" }.to_owned()
    });
    let folder = tempfile::tempdir().unwrap();
    let time = |line: &str| line.strip_prefix("appended ")?.parse::<i64>().ok();
    let mut last = 0;
    for _ in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env("REMOTE_WRITE_CHILD_FOLDER", folder.path())
            .env("REMOTE_WRITE_CHILD_RECEIVER", &receiver.address)
            .env("REMOTE_WRITE_CHILD_FIRST", (last + 1).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let target = last + 100;
        while last < target {
            let line = lines.next().expect("the child goes on").unwrap();
            last = time(&line).unwrap_or(last);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // It may have appended more before it was killed.
        last = lines.map_while(Result::ok).filter_map(|line| time(&line)).last().unwrap_or(last);
    }
    deliver(&receiver.address, folder.path(), QUICK, 0..0);
    let got = receiver.series();
    assert_eq!(got.len(), 10);
    for (labels, samples) in got {
        // What was under way when the writer was killed may have arrived twice.
        let mut times: Vec<_> = samples.iter().map(|(time, _)| *time).collect();
        times.sort_unstable();
        times.dedup();
        let missing: Vec<_> = (1..=last).filter(|time| times.binary_search(time).is_err()).collect();
        assert!(missing.is_empty(), "{labels} lacks {missing:?}");
    }
}
