//! Kubernetes objects to target groups: `kubernetes-sd.jsonl`.

use std::fmt::Write as _;

use kubernetes_metadata::read_objects;
use prometheus_config::Discovery;
use prometheus_discovery::kubernetes::{Cluster, discover};
use serde_json::{Value, json};

use super::config::{difference, load};
use super::field;

/// Discovers the targets of the case's objects; compares the groups, whose targets come in any order.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let config =
        load(&job(field(case, "sd_config_yaml")?)).map_err(|message| format!("rejected: {message}"))?;
    let services = config.scrape_configs.first().map(|job| job.service_discovery.as_slice());
    let Some([Discovery::Kubernetes(discovery)]) = services else {
        return Err("no Kubernetes discovery".to_owned());
    };
    let mut cluster = Cluster::new();
    for object in case["objects"].as_array().into_iter().flatten() {
        cluster.extend(read_objects(object.to_string().as_bytes()).map_err(|error| error.to_string())?);
    }
    let found = discover(discovery, &cluster, None);
    let groups: Vec<_> = found
        .groups
        .iter()
        .map(|group| json!({"source": group.source, "labels": group.labels, "targets": group.targets}))
        .collect();
    let (shown, expected) = (sorted(json!(groups)), sorted(case["expect"].clone()));
    match (&shown, &expected) {
        _ if shown == expected => Ok(()),
        (Value::Array(a), Value::Array(b)) if a.len() != b.len() => {
            Err(format!("groups {} instead of {}", sources(a), sources(b)))
        }
        _ => Err(difference(&shown, &expected, "")),
    }
}

/// A whole configuration with one entry of `kubernetes_sd_configs`.
fn job(entry: &str) -> String {
    let mut text = "scrape_configs:\n- job_name: j\n  kubernetes_sd_configs:\n".to_owned();
    for (at, line) in entry.lines().enumerate() {
        let _ = writeln!(text, "  {} {line}", if at == 0 { "-" } else { " " });
    }
    text
}

/// The groups with their targets in the order of their texts.
fn sorted(mut groups: Value) -> Value {
    for group in groups.as_array_mut().into_iter().flatten() {
        if let Some(targets) = group.get_mut("targets").and_then(Value::as_array_mut) {
            targets.sort_by_key(Value::to_string);
        }
    }
    groups
}

/// Names of groups, for people.
fn sources(groups: &[Value]) -> String {
    let names: Vec<_> = groups.iter().map(|group| group["source"].to_string()).collect();
    format!("[{}]", names.join(", "))
}
