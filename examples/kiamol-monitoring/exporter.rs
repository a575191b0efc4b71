//! A small exporter: the metrics of a proxy that serves more and more requests.
//!
//! `cargo run --release -p weirgate-agent --example kiamol-exporter -- 127.0.0.1:9113`

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use prometheus_exposition::{Format, Metric, MetricFamily, MetricType, MetricValue, Writer};

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9113".to_owned());
    let listener = TcpListener::bind(address)?;
    let start = Instant::now();
    for stream in listener.incoming() {
        // A client that went away is no reason to stop.
        let _ = answer(stream?, start.elapsed().as_secs());
    }
    Ok(())
}

fn answer(mut stream: TcpStream, seconds: u64) -> std::io::Result<()> {
    let mut requests = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while requests.read_line(&mut line)? > 2 {
        line.clear();
    }
    let body = exposition(seconds);
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n")?;
    write!(stream, "Content-Length: {}\r\n\r\n", body.len())?;
    stream.write_all(&body)
}

fn exposition(seconds: u64) -> Vec<u8> {
    let mut writer = Writer::new(Format::Text);
    let mut write = |name, metric_type, help: &str, metrics| {
        let mut family = MetricFamily::new(name, metric_type);
        family.help = Some(help.to_owned());
        family.metrics = metrics;
        writer.family(&family);
    };
    let requests = [("200", 7), ("404", 2), ("500", 1)].map(|(code, each)| {
        let mut metric = Metric::new(MetricValue::Number((seconds * each) as f64));
        metric.labels.push(("code".to_owned(), code.to_owned()));
        metric
    });
    write("nginx_http_requests_total", MetricType::Counter, "Requests by status.", requests.to_vec());
    let active = Metric::new(MetricValue::Number((seconds % 10) as f64));
    write("nginx_connections_active", MetricType::Gauge, "Open connections.", vec![active]);
    // A rule of the example drops this one.
    let threads = Metric::new(MetricValue::Number(8.0));
    write("go_threads", MetricType::Gauge, "Threads.", vec![threads]);
    writer.finish()
}
