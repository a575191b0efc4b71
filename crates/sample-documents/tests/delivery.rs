//! Delivery to a server of the test's own: outages, restarts, refusals, and a queue that is full.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use elasticsearch_bulk::{BulkOptions, ServerError};
use elasticsearch_output::{Backoff, Rejected, Settings};
use event_model::Compat;
use prometheus_labels::LabelSet;
use prometheus_scrape::{Sample, Series, Value};
use sample_documents::{Counts, DocumentWriter, Options};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

/// What a server answers to a document, and to a request before it looks at documents.
type Judge = fn(&Json) -> u16;

/// Keeps documents by their id, as a search server does.
#[derive(Clone)]
struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    documents: BTreeMap<String, Json>,
    /// Whether requests are answered 503.
    is_down: bool,
    requests: usize,
    judge: Judge,
}

impl Server {
    fn start(judge: Judge) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State { documents: BTreeMap::new(), is_down: false, requests: 0, judge };
        let server = Self { port, state: Arc::new(Mutex::new(state)) };
        let state = Arc::clone(&server.state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&state);
                thread::spawn(move || serve(&stream.unwrap(), &state));
            }
        });
        server
    }

    fn set_down(&self, is_down: bool) {
        self.state.lock().unwrap().is_down = is_down;
    }

    fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// The values of the documents, by time.
    fn values(&self) -> Vec<f64> {
        let state = self.state.lock().unwrap();
        let mut found: Vec<_> =
            state.documents.values().map(|document| document["value"].as_f64().unwrap()).collect();
        found.sort_by(f64::total_cmp);
        found
    }
}

fn serve(mut stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let (status, answer) = answer(&body, &mut state.lock().unwrap());
        let text = answer.to_string();
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", text.len());
        let _ = stream.write_all((head + &text).as_bytes());
    }
}

fn answer(body: &[u8], state: &mut State) -> (u16, Json) {
    state.requests += 1;
    if state.is_down {
        return (503, json!({"error": {"type": "down", "reason": "down"}}));
    }
    let lines: Vec<Json> = body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let items: Vec<Json> = lines
        .chunks(2)
        .map(|pair| {
            let id = pair[0]["create"]["_id"].as_str().unwrap().to_owned();
            let status = match (state.judge)(&pair[1]) {
                201 if state.documents.contains_key(&id) => 409,
                201 => {
                    state.documents.insert(id, pair[1].clone());
                    201
                }
                other => other,
            };
            json!({"create": {"status": status, "error": {"type": "t", "reason": "r"}}})
        })
        .collect();
    (200, json!({"errors": items.iter().any(|item| item["create"]["status"] != 201), "items": items}))
}

struct Writer {
    runtime: Runtime,
    writer: Option<DocumentWriter>,
    rejected: Arc<Mutex<Vec<String>>>,
}

impl Writer {
    fn start(server: &Server, folder: &Path, largest_queue: u64) -> Self {
        let mut bulk = BulkOptions::new(Compat::V5_1);
        bulk.index = "metrics".to_owned();
        bulk.suppress_type_name = Some(true);
        let mut settings = Settings::new(bulk);
        settings.port = server.port;
        settings.backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(5));
        settings.backoff.pause = Duration::ZERO;
        let mut options = Options::new(folder);
        options.largest_queue = largest_queue;
        options.flush_interval = Duration::from_millis(20);
        options.external_labels = vec![("cluster".to_owned(), "test".to_owned())];
        let rejected: Arc<Mutex<Vec<String>>> = Arc::default();
        let sink = Arc::clone(&rejected);
        let sink = move |rejected: Rejected<'_>| {
            let ServerError { status, .. } = rejected.error;
            let document = String::from_utf8_lossy(rejected.item.document);
            sink.lock().unwrap().push(format!("{status} {document}"));
            Ok(())
        };
        let runtime = Runtime::new().unwrap();
        let writer = DocumentWriter::start(runtime.handle(), settings, options, sink).unwrap();
        Self { runtime, writer: Some(writer), rejected }
    }

    fn append(&self, values: impl IntoIterator<Item = i32>) {
        let series = Arc::new(Series::new(LabelSet::from([("__name__", "m"), ("job", "web")])));
        for value in values {
            let time = 1_700_000_000_000 + i64::from(value);
            let sample = Sample::new(Arc::clone(&series), time, Value::Float(value.into()));
            self.writer.as_ref().unwrap().append(&[sample]).unwrap();
        }
    }

    fn counts(&self) -> Counts {
        self.writer.as_ref().unwrap().counts()
    }

    fn close(mut self) -> Counts {
        let writer = self.writer.take().unwrap();
        self.runtime.block_on(writer.close(Duration::from_secs(30)))
    }
}

fn wait(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn numbers(numbers: impl IntoIterator<Item = i32>) -> Vec<f64> {
    numbers.into_iter().map(f64::from).collect()
}

#[test]
fn outages_and_restarts_lose_nothing_and_repeat_nothing() {
    let server = Server::start(|_| 201);
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::start(&server, folder.path(), 1 << 20);
    writer.append(0..100);
    wait("the first samples", || server.values().len() == 100);
    server.set_down(true);
    writer.append(100..200);
    let before = server.requests();
    wait("more attempts", || server.requests() > before + 2);
    // As if it were killed: what it sent in vain is still in the queue.
    drop(writer);
    let writer = Writer::start(&server, folder.path(), 1 << 20);
    writer.append(200..250);
    server.set_down(false);
    let counts = writer.close();
    assert_eq!(server.values(), numbers(0..250));
    assert_eq!((counts.appended, counts.rejected), (50, 0));
    assert!(counts.delivered >= 150, "{counts:?}");

    // A position that was lost makes everything that is left be sent again, which changes nothing.
    std::fs::remove_file(folder.path().join("position")).unwrap();
    let counts = Writer::start(&server, folder.path(), 1 << 20).close();
    assert!(counts.delivered > 0, "{counts:?}");
    assert_eq!(server.values(), numbers(0..250));
}

#[test]
fn refused_documents_are_handed_out_alone() {
    let server = Server::start(|document| if document["value"] == 3.0 { 400 } else { 201 });
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::start(&server, folder.path(), 1 << 20);
    writer.append(0..6);
    let rejected = Arc::clone(&writer.rejected);
    let counts = writer.close();
    assert_eq!(server.values(), numbers([0, 1, 2, 4, 5]));
    assert_eq!((counts.delivered, counts.rejected), (5, 1));
    assert_eq!(
        *rejected.lock().unwrap(),
        ["400 {\"@timestamp\":\"2023-11-14T22:13:20.003Z\",\"name\":\"m\",\
          \"labels\":{\"cluster\":\"test\",\"job\":\"web\"},\"value\":3.0}"]
    );
}

#[test]
fn a_full_queue_drops_its_oldest_samples_and_counts_them() {
    let server = Server::start(|_| 201);
    server.set_down(true);
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::start(&server, folder.path(), 16 << 10);
    writer.append(0..1);
    // From then on nothing more is read from the queue.
    wait("the first attempt", || server.requests() > 0);
    writer.append(1..1000);
    let counts = writer.counts();
    assert!(counts.queue_bytes <= 16 << 10, "{counts:?}");
    assert!(counts.dropped_by_size > 0, "{counts:?}");
    server.set_down(false);
    let counts = writer.close();
    let found = server.values();
    assert_eq!(found.len() as u64 + counts.dropped_by_size, 1000, "{counts:?}");
    assert_eq!(found.last(), Some(&999.0));
}
