//! The endpoints that tell how the agent does.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use weirgate_agent::{Control, Options, run};

/// Sends a request and gives status and body.
fn ask(port: u16, request: &str) -> std::io::Result<(u16, String)> {
    let mut client = TcpStream::connect(("127.0.0.1", port))?;
    client.set_read_timeout(Some(Duration::from_mins(1)))?;
    write!(client, "{request} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    client.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, body.to_owned()))
}

/// Asks until the answer is as wanted.
#[track_caller]
fn wait_for(port: u16, request: &str, wanted: impl Fn(u16, &str) -> bool) -> String {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let answer = ask(port, request);
        match answer {
            Ok((status, body)) if wanted(status, &body) => return body,
            other => assert!(Instant::now() < end, "{request}: {other:?}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn check(port: u16, request: &str, status: u16, part: &str) {
    let (found, body) = ask(port, request).unwrap();
    assert!(found == status && body.contains(part), "{request}: {found} {body}");
}

fn configure(folder: &Path, port: u16, service: &str) {
    let text = format!(
        "[SERVICE]\n    Flush 0.1\n    HTTP_Server On\n    HTTP_Listen 127.0.0.1\n    HTTP_Port {port}\n{service}\
         [INPUT]\n    Name tail\n    Path *.log\n    Tag app\n    Read_from_Head On\n\
         [FILTER]\n    Name grep\n    Match *\n    Exclude log noise\n\
         [OUTPUT]\n    Name file\n    Alias kept\n    Match *\n    File out.txt\n    Format plain\n"
    );
    std::fs::write(folder.join("f.conf"), text).unwrap();
}

#[test]
fn what_the_endpoints_tell() {
    let folder = tempfile::tempdir().unwrap();
    // The port is free, most likely still when the agent takes it.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    configure(folder.path(), port, "    Health_Check On\n    Hot_Reload On\n");
    std::fs::write(folder.path().join("a.log"), "one\nnoise\ntwo\n").unwrap();
    let mut options = Options::new("f.conf");
    options.base = folder.path().to_owned();
    let control = Control::new().unwrap();
    let agent = thread::spawn({
        let control = control.clone();
        move || run(options, &control).map_err(|error| error.to_string())
    });

    let body = wait_for(port, "GET /api/v1/metrics", |_, body| body.contains("\"proc_records\":2"));
    let metrics: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(metrics["input"]["tail.0"]["records"], 3);
    assert_eq!(metrics["input"]["tail.0"]["bytes"], 14);
    assert_eq!(metrics["input"]["tail.0"]["files_opened"], 1);
    assert_eq!(metrics["filter"]["grep.0"]["drop_records"], 1);
    assert_eq!(metrics["output"]["kept"]["errors"], 0);
    let sample = "fluentbit_output_proc_records_total{name=\"kept\"} 2";
    check(port, "GET /api/v1/metrics/prometheus", 200, sample);
    check(port, "GET /api/v2/metrics/prometheus", 200, sample);
    check(port, "GET /api/v2/metrics", 200, "fluentbit_input_records_total{name=\"tail.0\"} = 3");
    check(port, "GET /", 200, "\"version\":\"5.1.1\"");
    check(port, "GET /api/v1/uptime", 200, "\"uptime_sec\":");
    check(port, "GET /api/v1/health", 200, "ok\n");
    let health = "{\"error_limit\":5,\"errors\":0,\"period_limit\":60,\"retries_failed\":0,\"retry_failure_limit\":5,\"status\":\"ok\"}";
    check(port, "GET /api/v2/health", 200, health);
    check(port, "DELETE /api/v2/reload", 400, "");
    check(port, "GET /api/v1/plugins", 200, "\"inputs\":[\"tail\"]");
    check(port, "GET /api/v1/storage", 200, "\"total_chunks\":0");
    check(port, "GET /api/v1/nothing", 404, "");
    check(port, "POST /api/v1/metrics", 405, "");

    // A configuration that is read again starts its counters anew, on the same server.
    check(port, "GET /api/v2/reload", 200, "{\"hot_reload_count\":0}");
    configure(folder.path(), port, "    Storage.metrics Off\n");
    check(port, "POST /api/v2/reload", 200, "\"done\"");
    wait_for(port, "GET /api/v2/reload", |_, body| body == "{\"hot_reload_count\":1}");
    check(port, "POST /api/v2/reload", 200, "{\"reload\":\"not enabled\",\"status\":-1}");
    check(port, "GET /api/v1/health", 404, "");
    check(port, "GET /api/v2/health", 200, health);
    check(port, "GET /api/v2/metrics/prometheus", 200, "# TYPE fluentbit_hot_reloaded_times counter\n");
    check(port, "GET /api/v1/storage", 404, "");
    check(port, "GET /api/v1/metrics", 200, "\"records\":0");
    control.stop();
    assert_eq!(agent.join().unwrap(), Ok(()));
}
