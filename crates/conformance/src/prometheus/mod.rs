//! Cases recorded from Prometheus: pure functions, so a case is its input and what came of it.

mod config;
mod exposition;
mod kubernetes_sd;
mod relabel;
mod scrape_samples;
mod targets;

use serde_json::Value;

/// Runs a case of a category. `Err` says what differs; `None` is for a category without code here.
pub(crate) fn check(category: &str, case: &Value) -> Option<Result<(), String>> {
    Some(match category {
        "config" => config::check(case),
        "exposition-openmetrics" | "exposition-text" => exposition::check(case),
        "kubernetes-sd" => kubernetes_sd::check(case),
        "relabel" => relabel::check(case),
        "scrape-samples" => scrape_samples::check(case),
        "targets" => targets::check(case),
        _ => return None,
    })
}

/// Asks the facade in JSON, as other languages do.
fn ask(method: &str, request: &impl serde::Serialize) -> Result<Value, String> {
    let answer = weirgate::api::call(method, &weirgate::api::to_json(request));
    serde_json::from_str(&answer.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

/// A text that every case of the category has.
fn field<'a>(case: &'a Value, name: &str) -> Result<&'a str, String> {
    case[name].as_str().ok_or_else(|| format!("the case has no {name}"))
}

fn equal(expected: &Value, found: &Value) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("result\n  expected {expected}\n  found    {found}"))
}

/// Texts of Go's YAML library name Go's types, and the words about a regular expression are those of another
/// library too: for these only the rejection has to be the same.
fn is_same_error(expected: &str, found: &str) -> bool {
    expected.starts_with("yaml:") || expected.contains("error parsing regexp:") || expected == found
}
