//! Configurations: `config.jsonl`.

use prometheus_config::Config;
use serde_json::{Value, json};
use source_text::SourceId;
use weirgate::api::PrometheusConfigRequest;

use super::{ask, field, is_same_error};

/// Reads the configuration and compares every setting, or the problem found first.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let expected = &case["expect"];
    let request = PrometheusConfigRequest {
        prometheus: field(case, "config_yaml")?.to_owned(),
        show_secrets: true,
        ..PrometheusConfigRequest::default()
    };
    let answer = ask("prometheus_config", &request)?;
    let message = answer["diagnostics"][0]["message"].as_str().unwrap_or_default();
    match (answer["ok"] == true, expected["error"].as_str()) {
        (true, None) => {
            let shown = json!({"ok": true, "global": answer["global"], "jobs": answer["jobs"]});
            if shown == *expected { Ok(()) } else { Err(difference(&shown, expected, "")) }
        }
        (false, Some(error)) if is_same_error(error, message) => Ok(()),
        (false, Some(error)) => Err(format!("{message:?} instead of {error:?}")),
        (true, Some(error)) => Err(format!("accepted instead of {error:?}")),
        (false, None) => Err(format!("rejected: {message}")),
    }
}

/// The configuration, or the message of its first problem, which is the one Prometheus reports.
pub(super) fn load(text: &str) -> Result<Config, String> {
    let parsed = prometheus_config::parse(SourceId::default(), text, |_| None);
    parsed
        .into_result()
        .map_err(|problems| problems.first().map_or_else(String::new, |problem| problem.message().to_owned()))
}

/// The first place where two values differ.
pub(super) fn difference(shown: &Value, expected: &Value, path: &str) -> String {
    match (shown, expected) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in b {
                match a.get(key) {
                    Some(found) if found != value => {
                        return difference(found, value, &format!("{path}.{key}"));
                    }
                    Some(_) => {}
                    None => return format!("{path}.{key} is missing"),
                }
            }
            let extra: Vec<_> = a.keys().filter(|key| !b.contains_key(*key)).collect();
            format!("{path} has too much: {extra:?}")
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            let found = pairs.into_iter().find(|(_, (a, b))| a != b);
            found.map_or_else(String::new, |(at, (a, b))| difference(a, b, &format!("{path}[{at}]")))
        }
        _ => format!("{path} is {shown} instead of {expected}"),
    }
}
