//! Kubernetes objects to target groups: `kubernetes-sd.jsonl`.

use serde_json::{Value, json};
use weirgate::api::{DiscoverRequest, Objects};

use super::config::difference;
use super::{ask, field};

/// Discovers the targets of the case's objects; compares the groups, whose targets come in any order.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let request = DiscoverRequest {
        config: field(case, "sd_config_yaml")?.to_owned(),
        objects: Objects::new(case["objects"].to_string()),
        ..DiscoverRequest::default()
    };
    let answer = ask("discover", &request)?;
    let groups = answer["groups"].as_array().into_iter().flatten();
    let groups: Value = groups
        .map(|group| {
            let targets = group["targets"].as_array().into_iter().flatten().map(pairs);
            json!({
                "source": group["source"],
                "labels": pairs(&group["labels"]),
                "targets": targets.collect::<Vec<_>>(),
            })
        })
        .collect();
    let (shown, expected) = (sorted(groups), sorted(case["expect"].clone()));
    match (&shown, &expected) {
        _ if shown == expected => Ok(()),
        (Value::Array(a), Value::Array(b)) if a.len() != b.len() => {
            Err(format!("groups {} instead of {}: {}", sources(a), sources(b), answer["diagnostics"]))
        }
        _ => Err(difference(&shown, &expected, "")),
    }
}

/// Labels as the cases write them: a list of pairs, by name.
fn pairs(labels: &Value) -> Value {
    labels.as_object().into_iter().flatten().map(|(name, value)| json!([name, value])).collect()
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
