//! `/api/v1/targets` in Prometheus' form.

use chrono::{DateTime, Utc};
use metrics_scrape::{PoolStatus, TargetStatus};
use prometheus_labels::LabelSet;
use serde_json::{Map, Value, json};

/// The answer for a query such as `state=active&scrapePool=web`.
pub(super) fn json(pools: &[PoolStatus], query: &str, own_address: &str) -> Value {
    let state = parameter(query, "state").to_lowercase();
    let pool = parameter(query, "scrapePool");
    let shows = |what: &str| matches!(state.as_str(), "" | "any") || state == what;
    let chosen = || pools.iter().filter(|status| pool.is_empty() || status.job == pool);
    let mut active = Vec::new();
    if shows("active") {
        for status in chosen() {
            active.extend(status.active.iter().map(|target| target_json(target, &status.job, own_address)));
        }
    }
    let (mut dropped, mut counts) = (Vec::new(), Value::Null);
    if shows("dropped") {
        counts = pools.iter().map(|status| (status.job.clone(), Value::from(status.dropped_count))).collect();
        for status in chosen() {
            dropped.extend(
                status
                    .dropped
                    .iter()
                    .map(|labels| json!({"discoveredLabels": labels_json(labels), "scrapePool": status.job})),
            );
        }
    }
    json!({"activeTargets": active, "droppedTargets": dropped, "droppedTargetCounts": counts})
}

fn target_json(target: &TargetStatus, job: &str, own_address: &str) -> Value {
    json!({
        "discoveredLabels": labels_json(&target.discovered),
        "labels": labels_json(&target.labels),
        "scrapePool": job,
        "scrapeUrl": target.url,
        "globalUrl": global_url(&target.url, own_address),
        "lastError": target.last_error,
        "lastScrape": target.last_scrape.map_or("0001-01-01T00:00:00Z".to_owned(), |time| {
            DateTime::<Utc>::from(time).format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()
        }),
        "lastScrapeDuration": target.last_scrape_seconds,
        "health": target.health.as_str(),
        "scrapeInterval": target.interval,
        "scrapeTimeout": target.timeout,
    })
}

fn labels_json(labels: &LabelSet) -> Value {
    labels.iter().map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>().into()
}

/// The URL with the name of this machine in place of a loopback address.
fn global_url(url: &str, own_address: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some((host, port)) = authority.rsplit_once(':') else { return url.to_owned() };
    if !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        return url.to_owned();
    }
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let own_port = own_address.rsplit_once(':').map(|(_, port)| port);
    let scheme = if own_port == Some(port) { "http" } else { scheme };
    format!("{scheme}://{name}:{port}{path}")
}

/// The value of a parameter of a query, decoded.
fn parameter(query: &str, name: &str) -> String {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut ahead = rest.clone();
        let code = ahead.next().and_then(hex).zip(ahead.next().and_then(hex));
        match (byte, code) {
            (b'%', Some((high, low))) => {
                bytes.push(high * 16 + low);
                rest = ahead;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{global_url, parameter};

    #[test]
    fn parameters_are_decoded() {
        for (query, expected) in
            [("a=1&b=2", "2"), ("b=x%20y+z", "x y z"), ("b=%e9%", "\u{fffd}%"), ("bb=1", ""), ("", "")]
        {
            assert_eq!(parameter(query, "b"), expected, "{query}");
        }
    }

    #[test]
    fn only_loopback_addresses_change() {
        assert_eq!(global_url("http://10.0.0.1:80/m", "127.0.0.1:9090"), "http://10.0.0.1:80/m");
        let changed = global_url("http://127.0.0.1:80/m", "127.0.0.1:9090");
        assert!(changed.ends_with(":80/m") && !changed.contains("127.0.0.1"), "{changed}");
    }
}
