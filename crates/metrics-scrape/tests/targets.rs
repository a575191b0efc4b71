//! Loops against real servers: good ones, hostile ones, and ones that come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use metrics_scrape::{Health, Manager, Options, Sink};
use prometheus_config::{Config, TargetGroup};
use prometheus_scrape::{Sample, Value};
use source_text::SourceId;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

/// Serves each path with a function of its own, until the process ends.
fn serve(answer: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let mut requests = BufReader::new(stream.try_clone().unwrap());
                let mut stream = stream;
                loop {
                    let mut head = Vec::new();
                    let mut line = String::new();
                    while requests.read_line(&mut line).is_ok_and(|length| length > 2) {
                        head.push(std::mem::take(&mut line));
                    }
                    let Some(path) = head.first().and_then(|line| line.split(' ').nth(1)) else { return };
                    if answer(path, &mut stream).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// An answer with a length.
fn send(stream: &mut TcpStream, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{headers}Content-Length: {length}\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// Passes samples on.
struct Channel(Mutex<mpsc::Sender<Sample>>);

impl Sink for Channel {
    fn append(&self, samples: &[Sample]) {
        for sample in samples {
            let _ = self.0.lock().unwrap().send(sample.clone());
        }
    }
}

struct Scraper {
    // Dropped before the runtime.
    manager: Manager,
    samples: mpsc::Receiver<Sample>,
    _runtime: tokio::runtime::Runtime,
}

impl Scraper {
    fn start(config: &str, options: Options) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (sender, samples) = mpsc::channel();
        let manager = Manager::new(runtime.handle(), Arc::new(Channel(Mutex::new(sender))), options);
        manager.apply(&parse(config)).unwrap();
        Self { manager, samples, _runtime: runtime }
    }

    /// The next sample with this name and job.
    #[track_caller]
    fn next(&self, name: &str, job: &str) -> Sample {
        loop {
            let sample = self.samples.recv_timeout(PATIENCE).unwrap();
            let labels = sample.series.labels();
            if labels.get("__name__") == Some(name) && labels.get("job") == Some(job) {
                return sample;
            }
        }
    }
}

fn parse(text: &str) -> Config {
    prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap()
}

fn value(sample: &Sample) -> f64 {
    match sample.value {
        Value::Float(value) => value,
        ref other => panic!("{other:?}"),
    }
}

/// The most memory this process had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn hostile_targets_hurt_no_other() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..1024 {
        gzip.write_all(&[b'#'; 1024 * 1024]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    let line = format!("a{{l=\"{}\"}} 1\n", "x".repeat(10_000_000));
    let labels: String = (0..1_000_000).map(|at| format!("l{at}=\"1\",")).collect();
    let labels = format!("a{{{labels}}} 1\n");
    let address = serve(move |path, stream| match path {
        "/endless" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")?;
            loop {
                stream.write_all(&[b'#'; 65536])?;
            }
        }
        "/slow" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")?;
            loop {
                stream.write_all(b"#")?;
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        "/bomb" => send(stream, "Content-Encoding: gzip\r\n", &bomb),
        "/line" => send(stream, "", line.as_bytes()),
        "/labels" => send(stream, "", labels.as_bytes()),
        _ => send(stream, "", b"a 1\n"),
    });
    let mut config = "global: {scrape_interval: 2s, scrape_timeout: 2s}\nscrape_configs:\n".to_owned();
    let jobs = ["endless", "slow", "bomb", "line", "labels", "good"];
    for job in jobs {
        config += &format!(
            "- job_name: {job}\n  metrics_path: /{job}\n  label_value_length_limit: 1000\n  label_limit: 100\n  \
             static_configs: [{{targets: ['{address}']}}]\n"
        );
    }
    for path in ["line", "labels"] {
        config += &format!(
            "- job_name: unlimited-{path}\n  metrics_path: /{path}\n  static_configs: [{{targets: ['{address}']}}]\n"
        );
    }
    let mut options = Options::default();
    options.largest_body = 32 * 1024 * 1024;
    let before = peak();
    let scraper = Scraper::start(&config, options);
    let expected = BTreeMap::from([
        ("endless", "body size limit exceeded"),
        ("bomb", "body size limit exceeded"),
        ("slow", "context deadline exceeded"),
        ("line", "label_value_length_limit exceeded"),
        ("labels", "label_limit exceeded (metric: a, number of labels: 1000003, limit: 100)"),
    ]);
    // Until the good one was scraped three times, and each of the others failed three times, once as it should: on a busy
    // machine there may not be the time to come to the end of a body.
    let mut goods = 0;
    let mut failures: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: BTreeSet<&str> = expected.keys().copied().collect();
    while goods < 3 || !open.is_empty() || failures.values().any(|count| *count < 3) {
        let sample = scraper.samples.recv_timeout(PATIENCE).unwrap();
        let labels = sample.series.labels();
        if labels.get("__name__") != Some("up") {
            continue;
        }
        match labels.get("job") {
            Some("good") => goods += usize::from(value(&sample) == 1.0),
            // Nothing is known of these but that memory is bounded.
            Some("unlimited-line" | "unlimited-labels") => {}
            job => {
                assert_eq!(value(&sample), 0.0, "{job:?}");
                *failures.entry(job.unwrap().to_owned()).or_default() += 1;
            }
        }
        for pool in scraper.manager.status() {
            let Some((job, expected)) = expected.get_key_value(pool.job.as_str()) else { continue };
            let error = &pool.active[0].last_error;
            assert!(
                error.is_empty() || error.contains(expected) || error.contains("context deadline exceeded"),
                "{job}: {error}"
            );
            if error.contains(expected) {
                open.remove(job);
            }
        }
    }
    // Bodies of 32 MiB at once and what is made of them; a bomb alone would be a gibibyte.
    let grown = peak() - before;
    assert!(grown < 600 * 1024 * 1024, "{grown} bytes more");
}

#[test]
fn too_many_targets_are_not_asked() {
    let asked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&asked);
    let address = serve(move |_, stream| {
        noted.store(true, Ordering::Relaxed);
        send(stream, "", b"a 1\n")
    });
    let config = |limit: usize| {
        format!(
            "global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n- job_name: j\n  target_limit: \
             {limit}\n  static_configs: [{{targets: ['{address}', 'localhost:{}']}}]\n",
            address.port()
        )
    };
    let scraper = Scraper::start(&config(1), Options::default());
    for _ in 0..4 {
        assert_eq!(value(&scraper.next("up", "j")), 0.0);
    }
    assert!(!asked.load(Ordering::Relaxed));
    let pool = scraper.manager.status().remove(0);
    let errors: BTreeSet<&str> = pool.active.iter().map(|target| target.last_error.as_str()).collect();
    assert_eq!(pool.active.len(), 2);
    assert_eq!(errors, BTreeSet::from(["target_limit exceeded (number of targets: 2, limit: 1)"]));
    // A reload that allows both goes on with both.
    scraper.manager.apply(&parse(&config(2))).unwrap();
    let mut up = BTreeSet::new();
    while up.len() < 2 {
        let sample = scraper.next("up", "j");
        if value(&sample) == 1.0 {
            up.insert(sample.series.labels().get("instance").unwrap().to_owned());
        }
    }
}

#[test]
fn targets_come_and_go() {
    let address = serve(|_, stream| send(stream, "", b"a 1\n"));
    let config = "scrape_configs: [{job_name: j, scrape_interval: 200ms, scrape_timeout: 200ms}]";
    let scraper = Scraper::start(config, Options::default());
    let group = |zone: &str| {
        let labels = [("zone".to_owned(), zone.to_owned())];
        Some(TargetGroup::new(vec![address.to_string()], labels))
    };
    scraper.manager.set_group("j", "x".to_owned(), group("a"));
    let first = scraper.next("a", "j");
    assert_eq!(first.series.labels().get("zone"), Some("a"));

    // The target gets another label: its old series end, all of them.
    scraper.manager.set_group("j", "x".to_owned(), group("b"));
    let mut ended = BTreeSet::new();
    while ended.len() < 6 {
        let sample = scraper.samples.recv_timeout(PATIENCE).unwrap();
        let labels = sample.series.labels();
        // On a busy machine series of both may end because a scrape takes too long.
        if sample.is_stale_marker() && labels.get("zone") == Some("a") {
            ended.insert(labels.get("__name__").unwrap().to_owned());
        }
    }
    assert_eq!(scraper.next("a", "j").series.labels().get("zone"), Some("b"));
    scraper.manager.set_group("j", "x".to_owned(), None);
    while !scraper.next("up", "j").is_stale_marker() {}
    assert!(scraper.manager.status()[0].active.is_empty());
}

#[test]
fn a_reload_keeps_what_did_not_change() {
    let failing = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&failing);
    let address = serve(move |_, stream| {
        let body: &[u8] = if fails.load(Ordering::Relaxed) { b"x" } else { b"a 1\nb 1\n" };
        send(stream, "", body)
    });
    let config = |settings: &str| {
        format!(
            "global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n- job_name: same\n  \
             static_configs: [{{targets: ['{address}']}}]\n- job_name: other\n  static_configs: [{{targets: \
             ['{address}']}}]\n{settings}"
        )
    };
    let scraper = Scraper::start(&config(""), Options::default());
    while value(&scraper.next("scrape_series_added", "same")) < 2.0 {}
    scraper.next("a", "other");
    // Rules that change series: those that are there no more end, and only those.
    scraper
        .manager
        .apply(&parse(&config(
            "  metric_relabel_configs: [{action: drop, source_labels: [__name__], regex: b}]\n",
        )))
        .unwrap();
    while !scraper.next("b", "other").is_stale_marker() {}
    while scraper.next("a", "other").is_stale_marker() {}
    // What did not change is not scraped anew.
    assert_eq!(value(&scraper.next("scrape_series_added", "same")), 0.0);
    // A file that is not there is an error of that job alone.
    let broken = config("  tls_config: {ca_file: /nonexistent}\n");
    let errors = scraper.manager.apply(&parse(&broken)).unwrap_err();
    assert!(errors.len() == 1 && errors[0].starts_with("job other: "), "{errors:?}");
    assert_eq!(scraper.manager.counts().failed_reloads, 1);
    failing.store(true, Ordering::Relaxed);
    while value(&scraper.next("up", "same")) > 0.0 {}
    scraper.next("up", "same");
    assert_eq!(scraper.manager.status()[1].active[0].health, Health::Down);
}
