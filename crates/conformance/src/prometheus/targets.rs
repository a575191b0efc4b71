//! Discovered labels to targets: `targets.jsonl`.

use prometheus_discovery::{Outcome, Populator};
use prometheus_labels::LabelSet;
use serde_json::{Value, json};

use super::config::{difference, load};
use super::{field, is_same_error};

/// Relabels the labels of one target as its job says; compares the target, or why there is none.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let expected = &case["expect"];
    let wanted = expected["error"].as_str().unwrap_or_default();
    let config = match (load(field(case, "config_yaml")?), expected["stage"] == "config") {
        (Ok(config), false) => config,
        (Ok(_), true) => return Err(format!("accepted instead of {wanted:?}")),
        (Err(message), true) if is_same_error(wanted, &message) => return Ok(()),
        (Err(message), _) => return Err(format!("rejected: {message:?}")),
    };
    let job = config.scrape_configs.first().ok_or("no job")?;
    let populated =
        Populator::new(job).populate(&labels(&case["target_labels"]), &labels(&case["group_labels"]));
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
            let error = error.to_string();
            shown["error"] = json!(if is_same_error(wanted, &error) { wanted } else { &error });
            shown["stage"] = json!("target");
        }
    }
    if shown == *expected { Ok(()) } else { Err(difference(&shown, expected, "")) }
}

/// The names and values of a case's list.
pub(super) fn labels(list: &Value) -> Vec<(&str, &str)> {
    let pairs = list.as_array().into_iter().flatten();
    pairs.filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?))).collect()
}

/// A label set as the cases write it.
pub(super) fn pairs(labels: &LabelSet) -> Value {
    json!(labels.iter().collect::<Vec<_>>())
}
