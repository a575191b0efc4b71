//! Entries in the JSON form of the recorded cases.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prometheus_exposition::{Entry, Exemplar, Label, Options, Parser, format_float};
use serde_json::{Map, Value, json};

/// Reads the body of a case and gives what the case expects.
pub(crate) fn run(case: &Value) -> Value {
    let body = match &case["input"] {
        Value::String(text) => text.clone().into_bytes(),
        _ => STANDARD.decode(case["input_b64"].as_str().unwrap()).unwrap(),
    };
    let given = &case["options"];
    let flag = |name: &str| given[name].as_bool().unwrap_or(false);
    let start_timestamps = flag("skip_created_series");
    let options = Options::new()
        .type_and_unit_labels(flag("type_and_unit_labels"))
        .created_as_start_timestamp(start_timestamps);
    let content_type = case["content_type"].as_str().unwrap();
    let fallback = given["fallback_content_type"].as_str();
    let (parser, warning) = match Parser::for_content_type(&body, content_type, fallback, options) {
        Ok(selected) => selected,
        Err(error) => return json!({"entries": [], "error": error.to_string(), "stage": "content_type"}),
    };
    let mut entries = Vec::new();
    let mut expect = json!({"error": null});
    for entry in parser {
        match entry {
            Ok(entry) => entries.push(to_json(&entry, start_timestamps)),
            Err(error) => expect["error"] = error.to_string().into(),
        }
    }
    expect["entries"] = entries.into();
    if let Some(warning) = warning {
        expect["warning"] = warning.to_string().into();
    }
    expect
}

fn to_json(entry: &Entry<'_>, start_timestamps: bool) -> Value {
    match entry {
        Entry::Series(series) => {
            let mut labels = Vec::new();
            series.label_set(&mut labels);
            let mut json =
                json!({"kind": "series", "value": value(series.value()), "ts": series.timestamp_ms()});
            put_labels(json.as_object_mut().unwrap(), &labels);
            if let Some(exemplar) = series.exemplar() {
                json["exemplar"] = exemplar_to_json(&exemplar);
            }
            if start_timestamps {
                json["start_ts"] = series.start_timestamp_ms().unwrap_or(0).into();
            }
            json
        }
        Entry::Help { name, text } => {
            let mut json = json!({"kind": "help", "text": text});
            put(json.as_object_mut().unwrap(), "name", name);
            json
        }
        Entry::Type { name, metric_type } => {
            let mut json = json!({"kind": "type", "type": metric_type.as_str()});
            put(json.as_object_mut().unwrap(), "name", name);
            json
        }
        Entry::Unit { name, unit } => {
            let mut json = json!({"kind": "unit"});
            put(json.as_object_mut().unwrap(), "name", name);
            put(json.as_object_mut().unwrap(), "unit", unit);
            json
        }
        Entry::Comment(text) => {
            let mut json = json!({"kind": "comment"});
            put(json.as_object_mut().unwrap(), "text", text);
            json
        }
        other => panic!("not in a text format: {other:?}"),
    }
}

fn exemplar_to_json(exemplar: &Exemplar<'_>) -> Value {
    let mut labels: Vec<Label<'_>> = exemplar.labels().collect();
    labels.sort_by(|a, b| a.name.cmp(&b.name));
    let mut json = json!({"value": value(exemplar.value()), "ts": exemplar.timestamp_ms()});
    put_labels(json.as_object_mut().unwrap(), &labels);
    json
}

fn value(value: f64) -> String {
    let mut text = String::new();
    if value.is_nan() && value.to_bits() != prometheus_exposition::NORMAL_NAN {
        return format!("0x{:016x}", value.to_bits());
    }
    format_float(&mut text, value);
    text
}

fn put_labels(json: &mut Map<String, Value>, labels: &[Label<'_>]) {
    let texts: Option<Vec<[&str; 2]>> =
        labels.iter().map(|label| Some([label.name_str()?, label.value_str()?])).collect();
    match texts {
        Some(texts) => json.insert("labels".to_owned(), json!(texts)),
        None => {
            let pairs: Vec<[String; 2]> = labels
                .iter()
                .map(|label| [STANDARD.encode(&label.name), STANDARD.encode(&label.value)])
                .collect();
            json.insert("labels_b64".to_owned(), json!(pairs))
        }
    };
}

fn put(json: &mut Map<String, Value>, key: &str, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => json.insert(key.to_owned(), text.into()),
        Err(_) => json.insert(format!("{key}_b64"), STANDARD.encode(bytes).into()),
    };
}
