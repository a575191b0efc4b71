//! `http_sd_configs`

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use prometheus_config::{HttpDiscovery, TargetGroup};
use prometheus_discovery::groups;
use prometheus_http_client::{Client, Request};
use tokio::time::{Instant, sleep_until};

use crate::sink::Sink;

/// The most bytes of an answer. Prometheus has no limit.
const LONGEST_ANSWER: usize = 64 << 20;

/// Asks now and in intervals. When an answer cannot be used, the groups of the one before stay.
pub(crate) async fn run(config: HttpDiscovery, sink: Sink) {
    let client = match Client::new(&config.http) {
        Ok(client) => client,
        Err(error) => {
            sink.count_failure();
            tracing::error!(job = sink.job(), url = config.url, %error, "cannot discover by HTTP");
            return;
        }
    };
    let interval = Duration::from_millis(config.refresh_interval.as_millis()).max(Duration::from_millis(1));
    let mut next = Instant::now();
    loop {
        match ask(&client, &config.url, interval).await {
            Ok(groups) => sink.snapshot(groups),
            Err(error) => {
                sink.count_failure();
                tracing::error!(job = sink.job(), error, "Unable to refresh target groups");
            }
        }
        next = (next + interval).max(Instant::now());
        sleep_until(next).await;
    }
}

async fn ask(client: &Client, url: &str, interval: Duration) -> Result<Vec<TargetGroup>, String> {
    let seconds = interval.as_secs_f64().to_string();
    let request = Request::get(url)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(
            HeaderName::from_static("x-prometheus-refresh-interval-seconds"),
            HeaderValue::try_from(seconds).map_err(|error| error.to_string())?,
        )
        .gzip()
        .timeout(interval)
        .max_body(LONGEST_ANSWER);
    let response = client.send(request).await.map_err(|error| error.to_string())?;
    if response.status != 200 {
        return Err(format!("server returned HTTP status {}", response.status_line));
    }
    let content_type = response.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    if !groups::accepts_content_type(content_type) {
        return Err(format!("unsupported content type {content_type:?}"));
    }
    groups::from_http(url, &response.body).map_err(|error| error.to_string())
}
