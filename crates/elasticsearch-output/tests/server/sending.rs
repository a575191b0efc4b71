//! Batches against a server that answers as it is told.

use std::time::Duration;

use crate::support::{Answer, Stub, items, ok};
use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, Delivery};
use elasticsearch_output::{Auth, Backoff, Batch, Rejected, RetryLimit, Sender, Settings, Verdict};
use event_model::{Compat, Field, Record, Timestamp, Value};

fn body(options: &BulkOptions, count: i64) -> BulkBody {
    let mut writer = BulkWriter::new(options.clone());
    let mut body = BulkBody::new();
    writer.begin(b"app", Timestamp::default());
    for number in 0..count {
        let mut record = Record::new(Timestamp::default());
        record.fields.push(Field::new(b"n", Value::Int(number)));
        writer.write(&mut body, &record, None);
    }
    body
}

fn settings(port: u16, bulk: BulkOptions) -> Settings {
    let mut settings = Settings::new(bulk);
    settings.port = port;
    settings.ask_version = false;
    settings.backoff = Backoff::new(Duration::ZERO, Duration::ZERO);
    settings.backoff.pause = Duration::from_millis(1);
    settings
}

/// What a delivery came to.
struct Delivered {
    verdicts: String,
    /// The numbers of the documents in each request.
    requests: Vec<Vec<i64>>,
    /// `number: error` of each document that was not delivered.
    rejected: Vec<String>,
}

/// `D`elivered, `R`ejected, `G`iven up, `P`ending.
fn letters(batch: &Batch) -> String {
    let letter = |verdict: &Verdict| match verdict {
        Verdict::Delivered => 'D',
        Verdict::Rejected => 'R',
        Verdict::GivenUp => 'G',
        _ => 'P',
    };
    batch.verdicts().iter().map(letter).collect()
}

fn numbers(body: &str) -> Vec<i64> {
    body.lines().filter_map(|line| line.rsplit_once("\"n\":")?.1.trim_end_matches('}').parse().ok()).collect()
}

async fn deliver(
    count: i64,
    answers: Vec<Answer>,
    delivery: Delivery,
    change: impl FnOnce(&mut Settings),
) -> Delivered {
    let stub = Stub::start(answers).await;
    let mut bulk = BulkOptions::new(Compat::V5_1);
    bulk.delivery = delivery;
    let mut batch = Batch::new(body(&bulk, count));
    let mut settings = settings(stub.port, bulk);
    change(&mut settings);
    let mut rejected = Vec::new();
    let mut sink = |one: Rejected<'_>| {
        let number = numbers(&String::from_utf8_lossy(one.item.document));
        rejected.push(format!("{number:?}: {}", one.error));
        Ok(())
    };
    Sender::new(settings).unwrap().send(&mut batch, &mut sink).await.unwrap();
    assert!(batch.is_settled());
    Delivered {
        verdicts: letters(&batch),
        requests: stub.bodies().iter().map(|body| numbers(body)).collect(),
        rejected,
    }
}

async fn check(
    count: i64,
    answers: Vec<Answer>,
    change: impl FnOnce(&mut Settings),
    verdicts: &str,
    requests: &[&[i64]],
    rejected: &[&str],
) {
    let delivered = deliver(count, answers, Delivery::Safe, change).await;
    assert_eq!(delivered.verdicts, verdicts);
    assert_eq!(delivered.requests, requests);
    assert_eq!(delivered.rejected, rejected);
}

#[tokio::test]
async fn a_batch_is_one_request() {
    check(3, vec![ok()], |_| {}, "DDD", &[&[0, 1, 2]], &[]).await;
    check(0, vec![ok()], |_| {}, "", &[], &[]).await;
}

#[tokio::test]
async fn busy_items_are_sent_again_alone() {
    check(
        4,
        vec![items(&[201, 429, 409, 429]), items(&[429, 201]), ok()],
        |_| {},
        "DDDD",
        &[&[0, 1, 2, 3], &[1, 3], &[1]],
        &[],
    )
    .await;
}

#[tokio::test]
async fn refused_items_are_put_away() {
    check(
        3,
        vec![items(&[400, 201, 503]), items(&[404])],
        |_| {},
        "RDR",
        &[&[0, 1, 2], &[2]],
        &["[0]: status 400: t400: stub", "[2]: status 404: t404: stub"],
    )
    .await;
}

#[tokio::test]
async fn failures_are_repeated_whole() {
    let failures = vec![
        Answer::Status(500, String::new()),
        Answer::Status(429, "{}".to_owned()),
        Answer::Close,
        Answer::Status(200, String::new()),
        Answer::Status(200, "<html>".to_owned()),
        Answer::Status(302, String::new()),
        ok(),
    ];
    check(2, failures, |_| {}, "DD", &[[0, 1].as_slice(); 7], &[]).await;
}

#[tokio::test]
async fn attempts_are_limited() {
    check(
        2,
        vec![items(&[201, 429]), items(&[429])],
        |settings| settings.retry_limit = RetryLimit::Times(1),
        "DG",
        &[&[0, 1], &[1]],
        &["[1]: status 429: t429: stub"],
    )
    .await;
    check(
        1,
        vec![Answer::Status(503, "down".to_owned())],
        |settings| settings.retry_limit = RetryLimit::Times(0),
        "G",
        &[&[0]],
        &["[0]: status 503: down"],
    )
    .await;
}

#[tokio::test]
async fn bodies_that_are_too_large_are_halved() {
    let too_large = || Answer::Status(413, String::new());
    check(
        5,
        vec![too_large(), ok(), too_large(), ok(), too_large()],
        |_| {},
        "DDDDR",
        &[&[0, 1, 2, 3, 4], &[0, 1, 2], &[3, 4], &[3], &[4]],
        &["[4]: status 413"],
    )
    .await;
    // So are those that one item spoils.
    let malformed = || Answer::Status(400, r#"{"error":{"type":"i","reason":"Malformed"}}"#.to_owned());
    check(
        2,
        vec![malformed(), malformed(), ok()],
        |_| {},
        "RD",
        &[&[0, 1], &[0], &[1]],
        &["[0]: status 400: i: Malformed"],
    )
    .await;
}

#[tokio::test]
async fn releases_decide_for_the_whole_body() {
    let once = |settings: &mut Settings| settings.retry_limit = RetryLimit::Times(1);
    for (compat, answers, verdicts, requests) in [
        (Compat::V5_1, vec![items(&[201, 400])], "DD", 1),
        (Compat::V1_8, vec![items(&[201, 400]), ok()], "DD", 2),
        (Compat::V5_1, vec![items(&[409, 409])], "GG", 2),
        (Compat::V1_8, vec![items(&[409, 409])], "DD", 1),
        (Compat::V5_1, vec![Answer::Status(413, String::new())], "GG", 2),
    ] {
        let delivered = deliver(2, answers, Delivery::FluentBit(compat), once).await;
        assert_eq!(delivered.verdicts, verdicts);
        assert_eq!(delivered.requests, vec![vec![0, 1]; requests]);
    }
}

#[tokio::test]
async fn releases_cut_long_answers() {
    let cut = |settings: &mut Settings| {
        settings.answer_limit = Some(40);
        settings.retry_limit = RetryLimit::Times(0);
    };
    let long = |start: &str| Answer::Status(200, format!("{start}{}]}}", " ".repeat(100)));
    let release = Delivery::FluentBit(Compat::V5_1);
    assert_eq!(deliver(1, vec![long(r#"{"errors":false,"items":["#)], release, cut).await.verdicts, "D");
    assert_eq!(deliver(1, vec![long(r#"{"errors": false,"items":["#)], release, cut).await.verdicts, "G");
    assert_eq!(
        deliver(1, vec![long(r#"{"errors": false,"items":["#)], Delivery::Safe, cut).await.verdicts,
        "D"
    );
}

#[tokio::test]
async fn requests_have_their_headers() {
    let stub = Stub::start(vec![ok()]).await;
    let mut bulk = BulkOptions::new(Compat::V5_1);
    bulk.path = "es".to_owned();
    bulk.pipeline = Some("clean".to_owned());
    let mut settings = settings(stub.port, bulk.clone());
    settings.auth = Some(Auth::ApiKey("a2V5".to_owned()));
    settings.gzip = true;
    let sender = Sender::new(settings).unwrap();
    let expected = body(&bulk, 3);
    sender.send(&mut Batch::new(expected.clone()), &mut |_: Rejected<'_>| Ok(())).await.unwrap();
    let request = &stub.requests()[0];
    assert_eq!(request.line, "POST /es/_bulk?pipeline=clean HTTP/1.1");
    assert_eq!(request.body.as_bytes(), expected.bytes());
    for (name, value) in [
        ("host", format!("127.0.0.1:{}", stub.port).as_str()),
        ("user-agent", "Fluent-Bit"),
        ("content-type", "application/x-ndjson"),
        ("content-encoding", "gzip"),
        ("authorization", "ApiKey a2V5"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let stub = Stub::start(vec![ok(), ok(), Answer::Last(200, r#"{"errors":false}"#.to_owned()), ok()]).await;
    let bulk = BulkOptions::new(Compat::V5_1);
    let sender = Sender::new(settings(stub.port, bulk.clone())).unwrap();
    for _ in 0..4 {
        sender.send(&mut Batch::new(body(&bulk, 1)), &mut |_: Rejected<'_>| Ok(())).await.unwrap();
        // A server that closes has done so.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let connections: Vec<_> = stub.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 0, 1]);
}

#[tokio::test]
async fn servers_that_refuse_types_get_none() {
    let refused = Answer::Status(
        400,
        r#"{"error":{"type":"illegal_argument_exception","reason":"Action/metadata line [1] contains an unknown parameter [_type]"},"status":400}"#.to_owned(),
    );
    let stub = Stub::start(vec![refused, ok()]).await;
    let bulk = BulkOptions::new(Compat::V5_1);
    let sender = Sender::new(settings(stub.port, bulk.clone())).unwrap();
    for _ in 0..2 {
        let mut batch = Batch::new(body(&bulk, 2));
        sender.send(&mut batch, &mut |_: Rejected<'_>| Ok(())).await.unwrap();
        assert_eq!((letters(&batch).as_str(), batch.retries()), ("DD", 0));
    }
    assert!(sender.refuses_types());
    let typed: Vec<_> = stub.bodies().iter().map(|body| body.contains("_type")).collect();
    assert_eq!(typed, [true, false, false]);
}

#[tokio::test]
async fn the_server_is_asked_once() {
    for (answer, typed) in [
        (r#"{"version":{"number":"7.17.28"}}"#, true),
        (r#"{"version":{"number":"2.19.1","distribution":"opensearch"}}"#, false),
        ("not a server of documents", true),
    ] {
        let stub = Stub::start(vec![Answer::Status(200, answer.to_owned()), ok()]).await;
        let bulk = BulkOptions::new(Compat::V5_1);
        let mut settings = settings(stub.port, bulk.clone());
        settings.ask_version = true;
        let sender = Sender::new(settings).unwrap();
        for _ in 0..2 {
            sender.send(&mut Batch::new(body(&bulk, 1)), &mut |_: Rejected<'_>| Ok(())).await.unwrap();
        }
        let requests = stub.requests();
        let lines: Vec<_> = requests.iter().map(|request| request.line.as_str()).collect();
        assert_eq!(lines, ["GET / HTTP/1.1", "POST /_bulk HTTP/1.1", "POST /_bulk HTTP/1.1"]);
        assert_eq!(requests[1].body.contains("_type"), typed, "{answer}");
        assert_eq!(sender.refuses_types(), !typed);
    }
}

#[tokio::test]
async fn sending_can_be_interrupted_and_taken_up() {
    let stub = Stub::start(vec![items(&[201, 429, 400]), Answer::Silence, ok()]).await;
    let bulk = BulkOptions::new(Compat::V5_1);
    let sender = Sender::new(settings(stub.port, bulk.clone())).unwrap();
    let mut batch = Batch::new(body(&bulk, 3));
    let mut sink = |_: Rejected<'_>| Ok(());
    let interrupted =
        tokio::time::timeout(Duration::from_millis(300), sender.send(&mut batch, &mut sink)).await;
    assert!(interrupted.is_err());
    assert_eq!((letters(&batch).as_str(), batch.pending()), ("DPR", 1));
    sender.send(&mut batch, &mut sink).await.unwrap();
    assert_eq!(letters(&batch), "DDR");
    assert_eq!(
        stub.bodies().iter().map(|body| numbers(body)).collect::<Vec<_>>(),
        [vec![0, 1, 2], vec![1], vec![1]]
    );
}

#[tokio::test]
async fn documents_that_cannot_be_put_away_stay_pending() {
    let stub = Stub::start(vec![items(&[400, 201, 400, 429]), items(&[400, 400]), ok()]).await;
    let bulk = BulkOptions::new(Compat::V5_1);
    let sender = Sender::new(settings(stub.port, bulk.clone())).unwrap();
    let mut batch = Batch::new(body(&bulk, 4));
    let mut full = 0;
    let mut sink = |_: Rejected<'_>| {
        full += 1;
        if full == 2 { Err(std::io::Error::other("disk full")) } else { Ok(()) }
    };
    let error = sender.send(&mut batch, &mut sink).await.unwrap_err();
    assert_eq!(error.to_string(), "disk full");
    assert_eq!(letters(&batch), "RDPP");
    sender.send(&mut batch, &mut sink).await.unwrap();
    assert_eq!(letters(&batch), "RDRR");
}

#[tokio::test]
async fn silence_is_a_failure() {
    check(
        1,
        vec![Answer::Silence, ok()],
        |settings| {
            settings.answer_timeout = Duration::from_millis(50);
            settings.connect_timeout = Duration::from_millis(50);
        },
        "D",
        &[&[0], &[0]],
        &[],
    )
    .await;
}

#[tokio::test]
async fn nobody_there_is_a_failure() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let bulk = BulkOptions::new(Compat::V5_1);
    let mut settings = settings(port, bulk.clone());
    settings.retry_limit = RetryLimit::Times(2);
    let mut batch = Batch::new(body(&bulk, 1));
    let mut errors = Vec::new();
    let mut sink = |rejected: Rejected<'_>| {
        errors.push(rejected.error.to_string());
        Ok(())
    };
    Sender::new(settings).unwrap().send(&mut batch, &mut sink).await.unwrap();
    assert_eq!((letters(&batch).as_str(), batch.retries()), ("G", 2));
    assert!(errors[0].starts_with("status 0: connecting: "), "{errors:?}");
}
