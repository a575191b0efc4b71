//! The cache of pods and a server of the test's own. Real servers are asked by tests/servers/e2e.py.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use kubernetes_watch::{ApiServer, PodCache};

/// Long enough for a busy machine; nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that knows some paths, and tells events to whoever watches.
struct Server {
    url: String,
    /// The path and authorization of every request.
    asked: Arc<Mutex<Vec<(String, String)>>>,
    events: Option<Sender<String>>,
}

impl Server {
    fn new(answers: &[(&'static str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<_>>> = Arc::default();
        let (events, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let (answers, seen) = (answers.to_vec(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answers, seen, waiting) = (answers.clone(), Arc::clone(&seen), Arc::clone(&waiting));
                thread::spawn(move || serve(&stream, &answers, &seen, &waiting));
            }
        });
        Self { url, asked, events: Some(events) }
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }
}

/// Answers the requests of one connection.
fn serve(
    mut stream: &TcpStream,
    answers: &[(&str, String)],
    seen: &Mutex<Vec<(String, String)>>,
    events: &Mutex<Receiver<String>>,
) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(first) = lines.next() {
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let headers: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        let token = headers.iter().find_map(|line| line.strip_prefix("authorization: "));
        seen.lock().unwrap().push((path.clone(), token.unwrap_or_default().to_owned()));
        let done = if path.contains("watch=1") {
            write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").unwrap();
            let events = events.lock().unwrap();
            while let Ok(event) = events.recv() {
                if writeln!(stream, "{event}").is_err() {
                    break;
                }
            }
            true
        } else {
            let found = answers.iter().find(|(start, _)| path.starts_with(start));
            let (status, body) = found.map_or(("404 Not Found", "{}"), |(_, body)| ("200 OK", body));
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).is_err()
        };
        if done {
            return;
        }
    }
}

fn pod(namespace: &str, name: &str, label: &str) -> String {
    format!(
        r#"{{"kind":"Pod","metadata":{{"name":"{name}","namespace":"{namespace}","resourceVersion":"8","labels":{{"l":"{label}"}}}}}}"#
    )
}

fn list(kind: &str, items: &[String]) -> String {
    format!(r#"{{"kind":"{kind}","metadata":{{"resourceVersion":"7"}},"items":[{}]}}"#, items.join(","))
}

/// A cache that asks `server` with the token in a file that ends in a newline.
fn cache(server: &Server, folder: &tempfile::TempDir, runtime: &tokio::runtime::Runtime) -> PodCache {
    let token = folder.path().join("token");
    std::fs::write(&token, "secret\n").unwrap();
    let mut api = ApiServer::in_cluster();
    api.url.clone_from(&server.url);
    api.token_file = Some(token);
    PodCache::new(api, runtime.handle().clone())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn label(cache: &PodCache, namespace: &str, name: &str) -> Option<String> {
    let pod = cache.get(namespace, name, PATIENCE)?;
    let labels = pod.metadata.labels.as_ref()?;
    labels.iter().next().map(|(_, value)| value.to_owned())
}

#[track_caller]
fn wait_until(condition: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < until, "it never happened");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn one_list_and_one_watch_for_a_namespace() {
    let pods: Vec<_> = (0..500).map(|n| pod("shop", &format!("web-{n}"), &n.to_string())).collect();
    let server = Server::new(&[("/api/v1/namespaces/shop/pods", list("PodList", &pods))]);
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    let cache = cache(&server, &folder, &runtime);
    for n in 0..500 {
        assert_eq!(label(&cache, "shop", &format!("web-{n}")), Some(n.to_string()));
    }
    assert_eq!(cache.get("shop", "nobody", Duration::ZERO), None);
    // A change comes through the watch.
    let event = format!(r#"{{"type":"MODIFIED","object":{}}}"#, pod("shop", "web-7", "new"));
    server.events.as_ref().unwrap().send(event).unwrap();
    wait_until(|| label(&cache, "shop", "web-7").as_deref() == Some("new"));
    let asked = server.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked.iter().all(|(_, token)| token == "Bearer secret"), "{asked:?}");
}

#[test]
fn a_namespace() {
    let namespace = r#"{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"red"}}}"#.to_owned();
    let server = Server::new(&[("/api/v1/namespaces?", list("NamespaceList", &[namespace]))]);
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    let cache = cache(&server, &folder, &runtime);
    let found = cache.namespace("shop", PATIENCE).unwrap();
    let labels: Vec<_> = found.metadata.labels.as_ref().unwrap().iter().collect();
    assert_eq!(labels, [("team", "red")]);
    assert!(server.asked()[0].0.contains("fieldSelector=metadata.name%3Dshop"), "{:?}", server.asked());
}

#[test]
fn the_pods_of_a_kubelet_are_asked_for_again_when_one_is_missing() {
    let pods = [pod("shop", "web-1", "a"), pod("bank", "web-1", "b")];
    let server = Server::new(&[("/pods", list("PodList", &pods))]);
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    let mut kubelet = ApiServer::in_cluster();
    kubelet.url.clone_from(&server.url);
    let cache = cache(&server, &folder, &runtime).with_kubelet(kubelet);
    assert_eq!(label(&cache, "shop", "web-1").as_deref(), Some("a"));
    assert_eq!(label(&cache, "bank", "web-1").as_deref(), Some("b"));
    // The whole name counts.
    assert_eq!(cache.get("shop", "web", PATIENCE), None);
    assert!(server.asked().iter().all(|(path, _)| path == "/pods"), "{:?}", server.asked());
    wait_until(|| server.asked().len() >= 2);
}

#[test]
fn a_watch_that_is_refused_is_not_asked_for_all_the_time() {
    let mut server =
        Server::new(&[("/api/v1/namespaces/shop/pods", list("PodList", &[pod("shop", "web-1", "a")]))]);
    // Nobody has events to tell: every watch ends at once.
    server.events = None;
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    let cache = cache(&server, &folder, &runtime);
    assert_eq!(label(&cache, "shop", "web-1").as_deref(), Some("a"));
    thread::sleep(Duration::from_secs(1));
    // After 0.2 s, 0.4 s, 0.8 s.
    assert!(server.asked().len() <= 8, "{:?}", server.asked());
}
