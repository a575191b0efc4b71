//! Expositions, in the text format and in OpenMetrics, read entry by entry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prometheus_exposition::{Entry, Exemplar, Label, NORMAL_NAN, Options, Parser, format_float};
use serde_json::{Value, json};

use super::{equal, field};

pub(super) fn check(case: &Value) -> Result<(), String> {
    let body = match case["input"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => STANDARD.decode(field(case, "input_b64")?).map_err(|error| error.to_string())?,
    };
    let found = read(&body, field(case, "content_type")?, &case["options"])?;
    equal(&case["expect"], &found)
}

fn read(body: &[u8], content_type: &str, given: &Value) -> Result<Value, String> {
    let has = |name: &str| given[name].as_bool().unwrap_or(false);
    let has_start = has("skip_created_series");
    let options = Options::new()
        .type_and_unit_labels(has("type_and_unit_labels"))
        .created_as_start_timestamp(has_start);
    let fallback = given["fallback_content_type"].as_str();
    let (parser, warning) = match Parser::for_content_type(body, content_type, fallback, options) {
        Ok(selected) => selected,
        Err(error) => {
            return Ok(json!({"entries": [], "error": error.to_string(), "stage": "content_type"}));
        }
    };
    let mut found = json!({"error": null});
    let mut entries = Vec::new();
    for entry in parser {
        match entry {
            Ok(entry) => {
                let mut json = entry_json(&entry)?;
                if let (Entry::Series(series), true) = (&entry, has_start) {
                    json["start_ts"] = series.start_timestamp_ms().unwrap_or(0).into();
                }
                entries.push(json);
            }
            Err(error) => found["error"] = error.to_string().into(),
        }
    }
    found["entries"] = entries.into();
    if let Some(warning) = warning {
        found["warning"] = warning.to_string().into();
    }
    Ok(found)
}

fn entry_json(entry: &Entry<'_>) -> Result<Value, String> {
    let mut json;
    match entry {
        Entry::Series(series) => {
            let mut labels = Vec::new();
            series.label_set(&mut labels);
            json = json!({
                "kind": "series",
                "value": value_text(series.value()),
                "ts": series.timestamp_ms(),
            });
            put_labels(&mut json, &labels);
            if let Some(exemplar) = series.exemplar() {
                json["exemplar"] = exemplar_json(&exemplar);
            }
        }
        Entry::Help { name, text } => {
            json = json!({"kind": "help", "text": text});
            put(&mut json, "name", name);
        }
        Entry::Type { name, metric_type } => {
            json = json!({"kind": "type", "type": metric_type.as_str()});
            put(&mut json, "name", name);
        }
        Entry::Unit { name, unit } => {
            json = json!({"kind": "unit"});
            put(&mut json, "name", name);
            put(&mut json, "unit", unit);
        }
        Entry::Comment(text) => {
            json = json!({"kind": "comment"});
            put(&mut json, "text", text);
        }
        other => return Err(format!("an entry that is in no text format: {other:?}")),
    }
    Ok(json)
}

fn exemplar_json(exemplar: &Exemplar<'_>) -> Value {
    let mut labels: Vec<Label<'_>> = exemplar.labels().collect();
    labels.sort_by(|a, b| a.name.cmp(&b.name));
    let mut json = json!({"value": value_text(exemplar.value()), "ts": exemplar.timestamp_ms()});
    put_labels(&mut json, &labels);
    json
}

fn value_text(value: f64) -> String {
    if value.is_nan() && value.to_bits() != NORMAL_NAN {
        return format!("0x{:016x}", value.to_bits());
    }
    let mut text = String::new();
    format_float(&mut text, value);
    text
}

/// Label sets are in base64 as soon as one name or value is no UTF-8.
fn put_labels(json: &mut Value, labels: &[Label<'_>]) {
    let texts: Option<Vec<[&str; 2]>> =
        labels.iter().map(|label| Some([label.name_str()?, label.value_str()?])).collect();
    if let Some(texts) = texts {
        json["labels"] = json!(texts);
    } else {
        let encode = |label: &Label<'_>| [STANDARD.encode(&label.name), STANDARD.encode(&label.value)];
        json["labels_b64"] = json!(labels.iter().map(encode).collect::<Vec<_>>());
    }
}

fn put(json: &mut Value, key: &str, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => json[key] = text.into(),
        Err(_) => json[format!("{key}_b64")] = STANDARD.encode(bytes).into(),
    }
}
