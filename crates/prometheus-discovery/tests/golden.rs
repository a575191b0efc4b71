//! Replays recorded cases of Prometheus' own packages: `kubernetes-sd.jsonl` and `targets.jsonl` in the folder
//! that `PROMETHEUS_VECTORS` names. Without the variable nothing is done.

use std::fmt::Write as _;
use std::path::Path;

use kubernetes_metadata::read_objects;
use prometheus_config::Discovery;
use prometheus_discovery::kubernetes::{Cluster, discover};
use prometheus_discovery::{Outcome, Populator};
use serde_json::{Value, json};
use source_text::SourceId;

#[test]
fn recorded_kubernetes_cases() {
    replay("kubernetes-sd.jsonl", kubernetes);
}

#[test]
fn recorded_targets() {
    replay("targets.jsonl", target);
}

#[track_caller]
fn replay(file: &str, check: impl Fn(&Value) -> Result<(), String>) {
    let Some(folder) = std::env::var_os("PROMETHEUS_VECTORS") else { return };
    let text = std::fs::read_to_string(Path::new(&folder).join(file)).expect("readable");
    let mut report = String::new();
    let mut passed = 0;
    let mut failed = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("a case");
        match check(&case) {
            Ok(()) => passed += 1,
            Err(difference) => {
                failed += 1;
                let _ = writeln!(report, "{}: {difference}", case["id"]);
            }
        }
    }
    assert_eq!(failed, 0, "{report}{passed} passed, {failed} failed");
}

fn kubernetes(case: &Value) -> Result<(), String> {
    let entry = case["sd_config_yaml"].as_str().unwrap_or_default();
    let mut text = "scrape_configs:\n- job_name: j\n  kubernetes_sd_configs:\n".to_owned();
    for (at, line) in entry.lines().enumerate() {
        let _ = writeln!(text, "  {} {line}", if at == 0 { "-" } else { " " });
    }
    let parsed = prometheus_config::parse(SourceId::default(), &text, |_| None);
    let config = parsed.into_result().map_err(|problems| problems[0].message().to_owned())?;
    let [Discovery::Kubernetes(config)] = config.scrape_configs[0].service_discovery.as_slice() else {
        return Err("no Kubernetes discovery".to_owned());
    };
    let mut cluster = Cluster::new();
    for object in case["objects"].as_array().into_iter().flatten() {
        cluster.extend(read_objects(object.to_string().as_bytes()).map_err(|error| error.to_string())?);
    }
    let found = discover(config, &cluster, None);
    let groups: Vec<_> = found
        .groups
        .iter()
        .map(|group| {
            let mut targets: Vec<_> = group.targets.iter().map(|target| json!(target)).collect();
            targets.sort_by_key(Value::to_string);
            json!({"source": group.source, "labels": group.labels, "targets": targets})
        })
        .collect();
    let mut expected = case["expect"].clone();
    for group in expected.as_array_mut().into_iter().flatten() {
        if let Some(targets) = group["targets"].as_array_mut() {
            targets.sort_by_key(Value::to_string);
        }
    }
    if json!(groups) == expected {
        Ok(())
    } else {
        Err(format!("\n{}\ninstead of\n{expected}", json!(groups)))
    }
}

fn target(case: &Value) -> Result<(), String> {
    let expected = &case["expect"];
    let text = case["config_yaml"].as_str().unwrap_or_default();
    let parsed = prometheus_config::parse(SourceId::default(), text, |_| None);
    let config = match (parsed.into_result(), expected["stage"].as_str()) {
        (Err(problems), Some("config")) if expected["error"] == problems[0].message() => return Ok(()),
        (Err(problems), _) => return Err(format!("rejected: {}", problems[0].message())),
        (Ok(_), Some("config")) => return Err("accepted".to_owned()),
        (Ok(config), _) => config,
    };
    let labels = |key: &str| -> Vec<(&str, &str)> {
        let pairs = case[key].as_array().into_iter().flatten();
        pairs.filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?))).collect()
    };
    let mut populator = Populator::new(&config.scrape_configs[0]);
    let populated = populator.populate(&labels("target_labels"), &labels("group_labels"));
    let pairs = |labels: &prometheus_labels::LabelSet| json!(labels.iter().collect::<Vec<_>>());
    let mut shown = json!({"discovered": pairs(&populated.discovered)});
    match populated.outcome {
        Outcome::Target(target) => {
            shown["labels"] = pairs(target.labels());
            shown["public_labels"] = pairs(&target.public_labels());
            shown["url"] = json!(target.url().as_str());
            shown["interval_ms"] = json!(target.scrape_interval().as_millis());
            shown["timeout_ms"] = json!(target.scrape_timeout().as_millis());
        }
        Outcome::Dropped { .. } => shown["dropped"] = json!(true),
        Outcome::Failed(error) => {
            shown["error"] = json!(error.to_string());
            shown["stage"] = json!("target");
        }
    }
    if shown == *expected { Ok(()) } else { Err(format!("\n{shown}\ninstead of\n{expected}")) }
}
