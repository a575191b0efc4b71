//! Recorded cases of Prometheus: the file `relabel.jsonl` in the folder that `RELABEL_CASES` names. Without
//! it there is nothing to do.
#![cfg(feature = "yaml")]

use std::{env, fs, path::Path};

use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::{Effect, Rules, Scratch, Verdict, yaml};
use serde_json::{Value, json};
use source_text::SourceId;

#[test]
fn recorded_cases() {
    let Some(folder) = env::var_os("RELABEL_CASES") else { return };
    let cases = fs::read_to_string(Path::new(&folder).join("relabel.jsonl")).unwrap();
    let mut failures = Vec::new();
    let mut count = 0;
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        count += 1;
        let found = run(&case);
        if !agrees(&found, &case["expect"]) {
            failures.push(format!("{}: {found}\n  expected {}", case["id"], case["expect"]));
        }
    }
    assert!(failures.is_empty(), "{}\n{} of {count} failed", failures.join("\n"), failures.len());
}

fn run(case: &Value) -> Value {
    let text = case["rules_yaml"].as_str().unwrap();
    let scheme: NameScheme = case["scheme"].as_str().unwrap().parse().unwrap();
    let labels = case["labels"].as_array().unwrap();
    let set: LabelSet =
        labels.iter().map(|label| (label[0].as_str().unwrap(), label[1].as_str().unwrap())).collect();
    let decoded = match source_text::yaml::parse(SourceId::default(), text) {
        Ok(documents) => documents.first().map(yaml::decode).unwrap_or_default(),
        Err(error) => return json!({"error": format!("yaml: {}", error.message()), "stage": "yaml"}),
    };
    let stage = if decoded.rejected.is_empty() && decoded.noted.is_empty() { "validate" } else { "yaml" };
    let is_noted = decoded.rejected.is_empty() && !decoded.noted.is_empty();
    let rules = match decoded.into_rules(scheme) {
        Ok(rules) => rules,
        Err(problems) => {
            let library = if is_noted { "yaml: " } else { "" };
            return json!({"error": format!("{library}{}", problems[0].message()), "stage": stage});
        }
    };
    let found = apply(&rules, &set);
    explain(&rules, &set, &found);
    found
}

fn apply(rules: &Rules, set: &LabelSet) -> Value {
    let mut labels = LabelsBuilder::new().reset(set);
    match rules.apply(&mut labels, &mut Scratch::new()) {
        Verdict::Keep => json!({"keep": true, "labels": labels.to_set().iter().collect::<Vec<_>>()}),
        Verdict::Drop { .. } => json!({"keep": false, "labels": []}),
    }
}

/// The account has to come to the same result.
fn explain(rules: &Rules, set: &LabelSet, found: &Value) {
    let mut labels = LabelsBuilder::new().reset(set);
    let explained = rules.explain(&mut labels);
    let dropped = explained.last().is_some_and(|last| last.effect == Effect::Dropped);
    assert_eq!(json!(!dropped), found["keep"]);
    let mut replayed = LabelsBuilder::new().reset(set);
    for explained in &explained {
        if let Effect::Changed(changes) = &explained.effect {
            for change in changes {
                let before = replayed.get(&change.name);
                assert_eq!(before, change.before.as_deref().unwrap_or_default());
                replayed.set(&change.name, change.after.as_deref().unwrap_or_default());
            }
        }
    }
    assert_eq!(replayed.to_set(), labels.to_set());
}

/// Texts of Go's YAML library name Go's types: only the rejection has to be the same.
fn agrees(found: &Value, expected: &Value) -> bool {
    let is_library = |value: &Value| value["error"].as_str().is_some_and(|text| text.starts_with("yaml:"));
    found == expected || is_library(found) && is_library(expected)
}
