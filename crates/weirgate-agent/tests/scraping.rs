//! The program scraping, seen through its endpoints.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// `weirgate run --metrics`, killed at the end.
struct Agent {
    process: Child,
    address: String,
}

impl Agent {
    fn start(config: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_weirgate"))
            .args(["run", "--listen", "127.0.0.1:0", "--metrics"])
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("address="))).unwrap();
        // Further lines must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let address = line.rsplit_once("address=").unwrap().1.trim().to_owned();
        Self { process, address }
    }

    /// The status line's number and the body.
    fn ask(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request} HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    #[track_caller]
    fn check(&self, request: &str, status: u16, part: &str) {
        let (found, body) = self.ask(request);
        assert!(found == status && body.contains(part), "{request}: {found} {body}");
    }

    fn targets(&self, query: &str) -> Value {
        let body: Value = serde_json::from_str(&self.ask(&format!("GET /api/v1/targets?{query}")).1).unwrap();
        assert_eq!(body["status"], "success");
        body["data"].clone()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn endpoints_are_those_of_prometheus() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prometheus.yml");
    let job = "- job_name: web\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  basic_auth: {username: a, password: hidden}\n  \
               static_configs: [{targets: ['127.0.0.1:1', 'a/b', 'c:1']}]\n  \
               relabel_configs: [{action: drop, source_labels: [__address__], regex: 'c:1'}]\n";
    fs::write(&file, format!("scrape_configs:\n{job}")).unwrap();
    let agent = Agent::start(&file);
    agent.check("GET /-/healthy", 200, "Healthy");
    agent.check("GET /-/ready", 200, "Ready");
    agent.check("GET /nothing", 404, "");
    agent.check("POST /metrics", 405, "");
    agent.check("GET /api/v1/status/buildinfo", 200, "\"version\"");
    agent.check("GET /api/v1/status/config", 200, "password: <secret>");
    agent.check("GET /metrics", 200, "prometheus_target_scrape_pool_targets{scrape_job=\"web\"} 1\n");

    let mut targets = agent.targets("");
    while targets["activeTargets"][0]["health"] == "unknown" {
        targets = agent.targets("state=any");
    }
    let target = &targets["activeTargets"][0];
    assert_eq!((target["health"].as_str(), target["scrapePool"].as_str()), (Some("down"), Some("web")));
    assert_eq!(target["labels"], serde_json::json!({"instance": "127.0.0.1:1", "job": "web"}));
    let error = target["lastError"].as_str().unwrap();
    assert!(error.ends_with("connect: connection refused"), "{error}");
    assert_eq!(targets["droppedTargets"][0]["discoveredLabels"]["__address__"], "c:1");
    assert_eq!(targets["droppedTargetCounts"]["web"], 1);
    let targets = agent.targets("state=dropped&scrapePool=other");
    assert_eq!(
        (targets["activeTargets"].clone(), targets["droppedTargets"].clone()),
        (Value::from(Vec::<Value>::new()), Value::from(Vec::<Value>::new()))
    );

    // A wrong configuration leaves the old one at work.
    fs::write(&file, "scrape_configs: [{job_name: web, x: 1}]\n").unwrap();
    agent.check("GET /-/reload", 405, "Only POST or PUT requests allowed");
    agent.check("POST /-/reload", 500, "failed to reload config: ");
    agent.check("GET /metrics", 200, "prometheus_config_last_reload_successful 0\n");
    assert_eq!(agent.targets("")["activeTargets"][0]["scrapePool"], "web");
    fs::write(&file, "scrape_configs: [{job_name: other, static_configs: [{targets: ['127.0.0.1:1']}]}]\n")
        .unwrap();
    agent.check("PUT /-/reload", 200, "");
    agent.check("GET /api/v1/scrape_pools", 200, "[\"other\"]");
    agent.check("GET /metrics", 200, "prometheus_config_last_reload_successful 1\n");
}
