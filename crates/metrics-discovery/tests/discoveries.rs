//! Discoveries against files and small servers of the test's own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use metrics_discovery::{Manager, Update};
use prometheus_config::ScrapeConfig;
use source_text::SourceId;
use tokio::runtime::Runtime;

/// The jobs with these discoveries, as YAML.
fn jobs(discoveries: &[(&str, &str)]) -> Vec<ScrapeConfig> {
    let jobs = discoveries.iter().map(|(job, yaml)| format!("- job_name: {job}\n  {yaml}\n"));
    let text = format!("scrape_configs:\n{}", jobs.collect::<String>());
    prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap().scrape_configs
}

struct Discovered {
    runtime: Runtime,
    manager: Manager,
    updates: Receiver<Update>,
}

impl Discovered {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (sender, updates) = channel();
        let manager = Manager::new(runtime.handle(), move |update| {
            let _ = sender.send(update);
        });
        Self { runtime, manager, updates }
    }

    /// The next update: job, source and addresses.
    #[track_caller]
    fn next(&self) -> String {
        let update = self.updates.recv_timeout(Duration::from_secs(20)).expect("an update");
        let addresses = update.group.map(|group| {
            let address = |target: &Vec<(String, String)>| {
                target.iter().find(|(name, _)| name == "__address__").map(|(_, value)| value.clone())
            };
            group.targets.iter().filter_map(address).collect::<Vec<_>>().join(",")
        });
        format!("{} {} {}", update.job, update.source, addresses.unwrap_or_else(|| "gone".to_owned()))
    }

    #[track_caller]
    fn nothing(&self) {
        if let Ok(update) = self.updates.recv_timeout(Duration::from_millis(300)) {
            panic!("{update:?}");
        }
    }
}

#[test]
fn files_are_read_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let yaml = format!("file_sd_configs: [{{files: ['{}'], refresh_interval: 1h}}]", path("*.yml"));
    let mut discovered = Discovered::new();
    discovered.manager.apply(&jobs(&[("a", &yaml)]));
    discovered.nothing();
    let write = |name: &str, text: &str| {
        // A rename, so that no half of a file is ever seen.
        fs::write(path("new"), text).unwrap();
        fs::rename(path("new"), path(name)).unwrap();
    };
    write("one.yml", "- targets: ['h:1', 'h:2']\n- targets: ['h:3']\n");
    assert_eq!(discovered.next(), format!("a 0:{}:0 h:1,h:2", path("one.yml")));
    assert_eq!(discovered.next(), format!("a 0:{}:1 h:3", path("one.yml")));
    // The same again is no news, and a file that cannot be used keeps its groups.
    write("one.yml", "- targets: ['h:1', 'h:2']\n- targets: ['h:3']\n");
    write("one.yml", "- nonsense: 1\n");
    discovered.nothing();
    assert!(discovered.manager.counts().failures > 0);
    write("one.yml", "- targets: ['h:1']\n");
    assert_eq!(discovered.next(), format!("a 0:{}:1 gone", path("one.yml")));
    assert_eq!(discovered.next(), format!("a 0:{}:0 h:1", path("one.yml")));
    fs::remove_file(path("one.yml")).unwrap();
    assert_eq!(discovered.next(), format!("a 0:{}:0 gone", path("one.yml")));
    drop(discovered.runtime);
}

#[test]
fn jobs_come_change_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, port: u16| {
        let path = folder.path().join(name).display().to_string();
        fs::write(&path, format!(r#"[{{"targets": ["h:{port}"]}}]"#)).unwrap();
        (path.clone(), format!("file_sd_configs: [{{files: ['{path}']}}]"))
    };
    let ((one_path, one), (two_path, two)) = (file("one.json", 1), file("two.json", 2));
    let mut discovered = Discovered::new();
    discovered.manager.apply(&jobs(&[("a", &one)]));
    assert_eq!(discovered.next(), format!("a 0:{one_path}:0 h:1"));
    // Another place in the configuration is no change.
    discovered.manager.apply(&jobs(&[("b", &two), ("a", &one)]));
    assert_eq!(discovered.next(), format!("b 0:{two_path}:0 h:2"));
    discovered.nothing();
    // The old groups go when the new ones are there.
    discovered.manager.apply(&jobs(&[("a", &two)]));
    let mut seen = [discovered.next(), discovered.next(), discovered.next()];
    seen.sort();
    assert_eq!(
        seen,
        [format!("a 0:{one_path}:0 gone"), format!("a 0:{two_path}:0 h:2"), format!("b 0:{two_path}:0 gone")]
    );
}

/// Answers each request by what `answer` makes of its first line, headers included.
fn serve(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), Arc::clone(&answer));
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                loop {
                    let mut head = String::new();
                    while !head.ends_with("\r\n\r\n") {
                        if reader.read_line(&mut head).unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    answer(&head, &mut stream);
                }
            });
        }
    });
    address
}

fn send(stream: &mut TcpStream, status: &str, kind: &str, body: &str) {
    let length = body.len();
    let _ =
        write!(stream, "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}");
}

#[test]
fn web_servers_are_asked_in_intervals() {
    let answers = Arc::new(Mutex::new(vec![
        ("200 OK", "application/json", "[]"),
        ("503 Service Unavailable", "application/json", "[]"),
        ("200 OK", "text/html", "[]"),
        ("200 OK", "application/json", r#"[{"targets": ["h:1"], "labels": {"a": "b"}}]"#),
    ]));
    let heads = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&heads);
    let address = serve(move |head, stream| {
        seen.lock().unwrap().push_str(head);
        let (status, kind, body) =
            answers.lock().unwrap().pop().unwrap_or(("200 OK", "application/json", "[]"));
        send(stream, status, kind, body);
    });
    let yaml = format!("http_sd_configs: [{{url: 'http://{address}/sd', refresh_interval: 100ms}}]");
    let mut discovered = Discovered::new();
    discovered.manager.apply(&jobs(&[("a", &yaml)]));
    assert_eq!(discovered.next(), format!("a 0:http://{address}/sd:0 h:1"));
    // Two answers that cannot be used, and one without groups.
    assert_eq!(discovered.next(), format!("a 0:http://{address}/sd:0 gone"));
    assert_eq!(discovered.manager.counts().failures, 2);
    let heads = heads.lock().unwrap();
    assert!(heads.starts_with("GET /sd HTTP/1.1\r\n"), "{heads}");
    assert!(heads.contains("x-prometheus-refresh-interval-seconds: 0.1\r\n"), "{heads}");
}

fn pod(name: &str, ip: &str, version: u32) -> String {
    format!(
        r#"{{"kind": "Pod", "apiVersion": "v1", "metadata": {{"name": "{name}", "namespace": "shop", "resourceVersion": "{version}"}}, "spec": {{"containers": [{{"name": "c", "ports": [{{"containerPort": 80}}]}}]}}, "status": {{"podIP": "{ip}"}}}}"#
    )
}

fn list(version: u32, items: &[String]) -> String {
    format!(
        r#"{{"kind": "PodList", "apiVersion": "v1", "metadata": {{"resourceVersion": "{version}"}}, "items": [{}]}}"#,
        items.join(", ")
    )
}

/// What the API server is to do next with a watch.
enum Next {
    Event(String),
    /// The connection breaks.
    Break,
}

#[test]
fn pods_are_listed_once_and_watched() {
    let (orders, events): (Sender<Next>, _) = channel();
    let events = Mutex::new(events);
    let requests = Arc::new(Mutex::new(Vec::new()));
    let lists = Mutex::new(vec![
        list(20, &[pod("three", "10.0.0.3", 20)]),
        list(10, &[pod("one", "10.0.0.1", 5), pod("two", "10.0.0.2", 6)]),
    ]);
    let seen = Arc::clone(&requests);
    let address = serve(move |head, stream| {
        let line = head.lines().next().unwrap_or_default().to_owned();
        seen.lock().unwrap().push(line.clone());
        if !line.contains("watch=1") {
            let body = lists.lock().unwrap().pop().unwrap_or_else(|| list(30, &[]));
            send(stream, "200 OK", "application/json", &body);
            return;
        }
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        while let Ok(Next::Event(event)) = events.lock().unwrap().recv() {
            let _ = write!(stream, "{:x}\r\n{event}\n\r\n", event.len() + 1);
        }
        let _ = stream.shutdown(std::net::Shutdown::Both);
    });
    let event =
        |kind: &str, object: String| Next::Event(format!(r#"{{"type": "{kind}", "object": {object}}}"#));
    let yaml = format!("kubernetes_sd_configs: [{{role: pod, api_server: 'http://{address}'}}]");
    let mut discovered = Discovered::new();
    discovered.manager.apply(&jobs(&[("a", &yaml)]));
    assert_eq!(discovered.next(), "a 0:pod/shop/one 10.0.0.1:80");
    assert_eq!(discovered.next(), "a 0:pod/shop/two 10.0.0.2:80");
    orders.send(event("MODIFIED", pod("one", "10.0.0.9", 11))).unwrap();
    assert_eq!(discovered.next(), "a 0:pod/shop/one 10.0.0.9:80");
    orders.send(event("DELETED", pod("two", "10.0.0.2", 12))).unwrap();
    assert_eq!(discovered.next(), "a 0:pod/shop/two gone");
    // A watch that breaks continues where it was.
    orders.send(Next::Break).unwrap();
    orders.send(event("ADDED", pod("two", "10.0.0.2", 13))).unwrap();
    assert_eq!(discovered.next(), "a 0:pod/shop/two 10.0.0.2:80");
    let resumed = requests.lock().unwrap().last().cloned().unwrap();
    assert!(resumed.contains("resourceVersion=12"), "{resumed}");
    // A version that is too old asks for a new list, and only what differs is told.
    let too_old = r#"{"kind": "Status", "code": 410, "message": "too old resource version"}"#.to_owned();
    orders.send(event("ERROR", too_old)).unwrap();
    let mut told = [discovered.next(), discovered.next(), discovered.next()];
    told.sort();
    assert_eq!(told, ["a 0:pod/shop/one gone", "a 0:pod/shop/three 10.0.0.3:80", "a 0:pod/shop/two gone"]);
    discovered.nothing();
}
