//! Batches against real servers, which `tests/servers` builds by Maven and starts:
//! `cargo test -p elasticsearch-output --test real_servers -- --ignored`

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, Delivery, IdSource};
use elasticsearch_output::{Backoff, Batch, DeadLetters, Rejected, Sender, Settings, Verdict};
use event_model::{Compat, Field, Record, Timestamp, Value};
use fluentbit_filter::accessor::Accessor;

/// A server that ends with the test.
struct Server {
    process: Child,
    port: u16,
    _data: tempfile::TempDir,
}

impl Server {
    fn start(distribution: &str, settings: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let scripts = root.join("tests/servers");
        let built = Command::new(scripts.join("build.sh")).arg(distribution).output().unwrap();
        assert!(built.status.success());
        let programs = String::from_utf8(built.stdout).unwrap();
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(scripts.join("search-node/start.sh"))
            .arg(distribution)
            .arg(programs.trim())
            .arg(data.path())
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.find_map(|line| Some(line.unwrap().strip_prefix("READY ")?.to_owned())).unwrap();
        let port = ready.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { process, port, _data: data }
    }

    /// Asks the server something and returns the body of the answer.
    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// How many documents an index has.
    fn count(&self, index: &str) -> usize {
        self.ask("POST", &format!("/{index}/_refresh"), "");
        let answer = self.ask("GET", &format!("/{index}/_count"), "");
        let (_, count) = answer.split_once("\"count\":").unwrap_or_else(|| panic!("{answer}"));
        count.split_once(',').unwrap().0.parse().unwrap()
    }

    fn sender(&self, options: &BulkOptions, change: impl FnOnce(&mut Settings)) -> Sender {
        let mut settings = Settings::new(options.clone());
        settings.port = self.port;
        settings.backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(200));
        settings.backoff.pause = Duration::ZERO;
        change(&mut settings);
        Sender::new(settings).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn options(index: &str) -> BulkOptions {
    let mut options = BulkOptions::new(Compat::V5_1);
    options.index = index.to_owned();
    options.id = IdSource::Content;
    options
}

fn body<'a>(options: &BulkOptions, values: impl IntoIterator<Item = Value<'a>>) -> BulkBody {
    let mut writer = BulkWriter::new(options.clone());
    let mut body = BulkBody::new();
    writer.begin(b"app", Timestamp::default());
    for value in values {
        let mut record = Record::new(Timestamp::new(1_700_000_000, 0));
        record.fields.push(Field::new(b"n", value));
        writer.write(&mut body, &record, None);
    }
    body
}

fn nothing_rejected(rejected: Rejected<'_>) -> std::io::Result<()> {
    panic!("{}: {}", String::from_utf8_lossy(rejected.item.document), rejected.error)
}

async fn run(distribution: &str) {
    let server = Server::start(distribution, &["http.max_content_length=64kb"]);

    // A body that is too large for a request; sent twice, it is stored once.
    let all = options("all");
    let text = "x".repeat(200);
    for _ in 0..2 {
        let sender = server.sender(&all, |_| {});
        let values: Vec<_> = (0..1000).map(|number| format!("{number} {text}")).collect();
        let mut batch = Batch::new(body(&all, values.iter().map(|value| Value::Str(value.as_bytes()))));
        sender.send(&mut batch, &mut nothing_rejected).await.unwrap();
        assert!(batch.verdicts().iter().all(|verdict| *verdict == Verdict::Delivered));
        assert_eq!(server.count("all"), 1000);
        assert_eq!(sender.refuses_types(), distribution == "opensearch");
    }

    // Types are left out of what is sent when nobody asked before, too.
    let unasked = options("unasked");
    let sender = server.sender(&unasked, |settings| settings.ask_version = false);
    sender
        .send(&mut Batch::new(body(&unasked, (0..10).map(Value::Int))), &mut nothing_rejected)
        .await
        .unwrap();
    assert_eq!(server.count("unasked"), 10);
    assert_eq!(sender.refuses_types(), distribution == "opensearch");

    // One document that does not fit the mapping is put away.
    let mapped = options("mapped");
    server.ask("PUT", "/mapped", r#"{"mappings":{"properties":{"n":{"type":"long"}}}}"#);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rejected.jsonl");
    let mut dead_letters = DeadLetters::open(&file).unwrap();
    let mut batch = Batch::new(body(&mapped, [Value::Int(1), Value::Str(b"word"), Value::Int(3)]));
    server.sender(&mapped, |_| {}).send(&mut batch, &mut dead_letters).await.unwrap();
    assert_eq!(batch.verdicts(), [Verdict::Delivered, Verdict::Rejected, Verdict::Delivered]);
    assert_eq!(server.count("mapped"), 2);
    let line = std::fs::read_to_string(&file).unwrap();
    assert!(
        line.contains(
            r#""status":400,"type":"mapper_parsing_exception","reason":"failed to parse field [n]"#
        ),
        "{line}"
    );
    assert!(line.ends_with("\"n\":\"word\"}}\n"), "{line}");

    // An id the server takes for no id spoils the whole request, and only that document is put away.
    let mut named = options("named");
    named.id = IdSource::Key(Accessor::parse("$n", Compat::V5_1).unwrap());
    named.delivery = Delivery::FluentBit(Compat::V5_1);
    named.suppress_type_name = Some(true);
    let long = "i".repeat(600);
    let spoiled = body(&named, ["a", &long, "b", "c"].map(|id| Value::Str(id.as_bytes())));
    named.delivery = Delivery::Safe;
    let mut batch = Batch::new(spoiled);
    let mut reasons = Vec::new();
    let mut sink = |rejected: Rejected<'_>| {
        reasons.push(rejected.error.to_string());
        Ok(())
    };
    server.sender(&named, |_| {}).send(&mut batch, &mut sink).await.unwrap();
    assert_eq!(server.count("named"), 3);
    assert_eq!(batch.verdicts()[1], Verdict::Rejected);
    assert!(reasons.len() == 1 && reasons[0].contains("too long"), "{reasons:?}");

    // A server that is full turns documents away until it is not.
    let full = options("full");
    server.ask("PUT", "/full", "");
    let block = |on: &str| {
        let settings = format!(r#"{{"index.blocks.read_only_allow_delete":{on}}}"#);
        assert!(server.ask("PUT", "/full/_settings", &settings).contains("true"));
    };
    block("true");
    let mut batch = Batch::new(body(&full, (0..10).map(Value::Int)));
    let sender = server.sender(&full, |_| {});
    let stuck =
        tokio::time::timeout(Duration::from_secs(1), sender.send(&mut batch, &mut nothing_rejected)).await;
    assert!(stuck.is_err());
    assert_eq!(batch.pending(), 10);
    assert!(batch.retries() > 0);
    block("null");
    sender.send(&mut batch, &mut nothing_rejected).await.unwrap();
    assert_eq!(server.count("full"), 10);
}

#[tokio::test]
#[ignore = "builds and starts a server"]
async fn elasticsearch_7() {
    run("elasticsearch").await;
}

#[tokio::test]
#[ignore = "builds and starts a server"]
async fn opensearch_2() {
    run("opensearch").await;
}
