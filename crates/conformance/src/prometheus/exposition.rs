//! Expositions, in the text format and in OpenMetrics, read entry by entry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use weirgate::api::{Content, ExpositionRequest};

use super::{ask, equal, field};

pub(super) fn check(case: &Value) -> Result<(), String> {
    let body = match case["input"].as_str() {
        Some(text) => Content::from(text),
        None => STANDARD.decode(field(case, "input_b64")?).map_err(|error| error.to_string())?.into(),
    };
    let given = &case["options"];
    let has = |name: &str| given[name].as_bool().unwrap_or(false);
    let answer = ask(
        "exposition",
        &ExpositionRequest {
            body,
            content_type: field(case, "content_type")?.to_owned(),
            fallback_content_type: given["fallback_content_type"].as_str().map(str::to_owned),
            type_and_unit_labels: has("type_and_unit_labels"),
            skip_created_series: has("skip_created_series"),
            ..ExpositionRequest::default()
        },
    )?;
    let entries = answer["entries"].as_array().into_iter().flatten().map(entry);
    let mut found = json!({"entries": entries.collect::<Vec<_>>(), "error": answer["error"]["message"]});
    // A problem without a place is that of the body's type.
    if answer["error"].is_object() && answer["error"]["line"].is_null() {
        found["stage"] = "content_type".into();
    }
    if !answer["warning"].is_null() {
        found["warning"] = answer["warning"].clone();
    }
    equal(&case["expect"], &found)
}

/// An entry in the form of the cases: what is no UTF-8 has a key of its own, and labels are in base64 as soon as one
/// name or value is no UTF-8.
fn entry(entry: &Value) -> Value {
    let mut found = json!({});
    for (name, value) in entry.as_object().into_iter().flatten() {
        match (name.as_str(), encoded(value)) {
            ("labels", _) => put_labels(&mut found, value),
            ("exemplar", _) => found["exemplar"] = self::entry(value),
            (_, Some(base64)) => found[format!("{name}_b64")] = base64.into(),
            _ => found[name] = value.clone(),
        }
    }
    found
}

fn put_labels(entry: &mut Value, labels: &Value) {
    let pairs = || labels.as_array().into_iter().flatten();
    if pairs().all(|pair| pair[0].is_string() && pair[1].is_string()) {
        entry["labels"] = labels.clone();
        return;
    }
    let encode =
        |value: &Value| encoded(value).unwrap_or_else(|| STANDARD.encode(value.as_str().unwrap_or_default()));
    entry["labels_b64"] = pairs().map(|pair| json!([encode(&pair[0]), encode(&pair[1])])).collect();
}

/// The base64 of a content that is no UTF-8.
fn encoded(content: &Value) -> Option<String> {
    content.get("base64")?.as_str().map(str::to_owned)
}
