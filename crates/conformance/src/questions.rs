//! Golden cases as questions to `weirgate::api`, for comparing the answers of other languages byte by byte.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::score::files;

/// A question, and what the crates answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question {
    /// The case, and the release where a case is for several.
    pub id: String,
    /// The name of the question.
    pub method: &'static str,
    /// The request in JSON.
    pub request: String,
    /// The answer in JSON, or the error.
    pub answer: String,
}

/// The folder that all cases run in: its name is part of tags.
const FOLDER: &str = "/case";

#[derive(Deserialize)]
struct Case<'a> {
    id: String,
    #[serde(borrow)]
    objects: Option<&'a RawValue>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The questions of the cases below a folder, in the order of the files. Cases that no single question covers are
/// left out.
///
/// # Errors
///
/// When a file cannot be read or holds no such cases.
pub fn questions(folder: &Path) -> io::Result<Vec<Question>> {
    let mut found = Vec::new();
    for file in files(folder)? {
        let category = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for line in fs::read_to_string(&file)?.lines().filter(|line| !line.trim().is_empty()) {
            let case: Case<'_> = serde_json::from_str(line)
                .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
            for (release, method, request) in ask(&category, &case) {
                let request = request.to_string();
                let answer = weirgate::api::call(method, &request).unwrap_or_else(|error| error.to_json());
                found.push(Question { id: format!("{}{release}", case.id), method, request, answer });
            }
        }
    }
    Ok(found)
}

fn ask(category: &str, case: &Case<'_>) -> Vec<(&'static str, &'static str, Value)> {
    let rest = &case.rest;
    if rest.contains_key("files") {
        let expected = rest.get("expect").and_then(Value::as_object);
        let releases = [("@5.1", "5.1.1", "5.1"), ("@1.8", "1.8.11", "1.8")];
        let asked =
            releases.iter().filter(|(_, version, _)| expected.is_some_and(|all| all.contains_key(*version)));
        return asked.map(|(mark, _, compat)| (*mark, "pipeline", pipeline(rest, compat))).collect();
    }
    let asked = match category {
        "relabel" => (
            "relabel",
            json!({"rules": rest["rules_yaml"], "labels": rest["labels"], "scheme": rest["scheme"]}),
        ),
        "targets" => {
            let parts = [&rest["group_labels"], &rest["target_labels"]];
            let labels: Vec<&Value> = parts.into_iter().filter_map(Value::as_array).flatten().collect();
            ("relabel", json!({"prometheus": rest["config_yaml"], "labels": labels}))
        }
        "config" => ("prometheus_config", json!({"prometheus": rest["config_yaml"], "show_secrets": true})),
        "kubernetes-sd" => {
            let objects = case.objects.map_or("[]", RawValue::get);
            ("discover", json!({"config": rest["sd_config_yaml"], "objects": objects}))
        }
        "exposition-openmetrics" | "exposition-text" => ("exposition", exposition(rest)),
        _ => return Vec::new(),
    };
    vec![("", asked.0, asked.1)]
}

fn pipeline(case: &Map<String, Value>, compat: &str) -> Value {
    let inputs = case.get("inputs").and_then(Value::as_object).into_iter().flatten();
    let inputs: Map<String, Value> =
        inputs.map(|(name, content)| (format!("logs/{name}"), filled(content))).collect();
    let mut request = json!({
        "files": filled(&case["files"]),
        "main": case.get("main").cloned().unwrap_or_else(|| json!("fluent-bit.conf")),
        "inputs": inputs,
        "folder": FOLDER,
        "now": "1700000000.500000000",
        "compat": compat,
        "seed": 7,
    });
    if let Some(env) = case.get("env") {
        request["env"] = filled(env);
    }
    request
}

fn exposition(case: &Map<String, Value>) -> Value {
    let body = case.get("input").cloned();
    let body = body.unwrap_or_else(|| json!({"base64": case["input_b64"]}));
    let mut request = json!({"body": body, "content_type": case["content_type"]});
    for (name, value) in case.get("options").and_then(Value::as_object).into_iter().flatten() {
        request[name] = value.clone();
    }
    request
}

/// The value with its placeholders filled, in names too.
fn filled(value: &Value) -> Value {
    let fill = |text: &str| {
        text.replace("{DIR}", FOLDER).replace("{DIR_DOTTED}", &FOLDER[1..]).replace("{PORT}", "9200")
    };
    match value {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(items) => items.iter().map(filled).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (fill(name), filled(value))).collect(),
        other => other.clone(),
    }
}
