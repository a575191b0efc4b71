//! Relabelling rules applied to a set of labels.

use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::{Effect, Rules, Scratch, Verdict, yaml};
use serde_json::{Value, json};
use source_text::SourceId;
use weirgate::api::{Labels, RelabelRequest};

use super::{ask, equal, field, is_same_error};

pub(super) fn check(case: &Value) -> Result<(), String> {
    let scheme: NameScheme = field(case, "scheme")?.parse().map_err(|_| "unknown name scheme".to_owned())?;
    let set = labels(&case["labels"]).ok_or("labels that are no pairs of texts")?;
    let expected = &case["expect"];
    let rules = match read(field(case, "rules_yaml")?, scheme) {
        Ok(rules) => rules,
        Err(mut found) => {
            if let (Some(error), Some(wanted)) = (found["error"].as_str(), expected["error"].as_str())
                && is_same_error(wanted, error)
            {
                found["error"] = wanted.into();
            }
            return equal(expected, &found);
        }
    };
    let mut kept = LabelsBuilder::new().reset(&set);
    let found = match rules.apply(&mut kept, &mut Scratch::new()) {
        Verdict::Keep => json!({"keep": true, "labels": kept.to_set().iter().collect::<Vec<_>>()}),
        Verdict::Drop { .. } => json!({"keep": false, "labels": []}),
    };
    equal(expected, &found)?;
    let request = RelabelRequest {
        rules: Some(field(case, "rules_yaml")?.to_owned()),
        labels: Labels::from(&set),
        scheme: Some(scheme.as_str().to_owned()),
        ..RelabelRequest::default()
    };
    let answer = ask("relabel", &request)?;
    let labels = answer["labels"].as_object().into_iter().flatten();
    let labels: Value = labels.map(|(name, value)| json!([name, value])).collect();
    equal(expected, &json!({"keep": answer["keep"], "labels": labels}))?;
    check_account(&rules, &set, found["keep"] == true)
}

/// Reads rules; else the error in the form of a case.
fn read(text: &str, scheme: NameScheme) -> Result<Rules, Value> {
    let decoded = match source_text::yaml::parse(SourceId::default(), text) {
        Ok(documents) => documents.first().map(yaml::decode).unwrap_or_default(),
        Err(error) => return Err(json!({"error": format!("yaml: {}", error.message()), "stage": "yaml"})),
    };
    let is_library = decoded.rejected.is_empty() && !decoded.noted.is_empty();
    let stage = if decoded.rejected.is_empty() && !is_library { "validate" } else { "yaml" };
    decoded.into_rules(scheme).map_err(|problems| {
        let text = problems.first().map(|problem| problem.message()).unwrap_or_default();
        let library = if is_library { "yaml: " } else { "" };
        json!({"error": format!("{library}{text}"), "stage": stage})
    })
}

/// The account of what each rule did has to lead to the same result as the rules.
fn check_account(rules: &Rules, set: &LabelSet, is_kept: bool) -> Result<(), String> {
    let mut labels = LabelsBuilder::new().reset(set);
    let account = rules.explain(&mut labels);
    if account.last().is_some_and(|last| last.effect == Effect::Dropped) == is_kept {
        return Err("the account of the rules ends differently".to_owned());
    }
    let mut replayed = LabelsBuilder::new().reset(set);
    for explained in &account {
        let Effect::Changed(changes) = &explained.effect else { continue };
        for change in changes {
            if replayed.get(&change.name) != change.before.as_deref().unwrap_or_default() {
                return Err(format!("the account has a wrong former value of {:?}", change.name));
            }
            replayed.set(&change.name, change.after.as_deref().unwrap_or_default());
        }
    }
    let (replayed, labels) = (replayed.to_set(), labels.to_set());
    if replayed == labels {
        return Ok(());
    }
    Err(format!("the account leads to other labels\n  expected {labels:?}\n  found    {replayed:?}"))
}

fn labels(pairs: &Value) -> Option<LabelSet> {
    let pairs: Option<Vec<(&str, &str)>> =
        pairs.as_array()?.iter().map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?))).collect();
    Some(pairs?.into_iter().collect())
}
