//! Ten rules and a target of 35 labels, read from the files that the Go peer reads too.

use std::collections::BTreeMap;

use prometheus_labels::{LabelSet, NameScheme};
use prometheus_relabel::{Rules, yaml};
use source_text::SourceMap;

const RULES: &str = include_str!("../data/relabel.yml");
const TARGET: &str = include_str!("../data/target.json");

/// The rules.
///
/// # Panics
///
/// When the file does not hold ten valid rules.
pub fn rules() -> Rules {
    let id = SourceMap::new().add("relabel.yml", RULES);
    let documents = source_text::yaml::parse(id, RULES).expect("YAML");
    let rules = yaml::decode(&documents[0]).into_rules(NameScheme::Utf8).expect("valid rules");
    assert_eq!(rules.iter().len(), 10);
    rules
}

/// The target; `dropped` makes it one that the third rule drops.
///
/// # Panics
///
/// When the file does not hold 35 labels.
pub fn target(dropped: bool) -> LabelSet {
    let mut labels: BTreeMap<String, String> = serde_json::from_str(TARGET).expect("a JSON object");
    assert_eq!(labels.len(), 35);
    if dropped {
        labels.insert("__meta_kubernetes_pod_annotation_prometheus_io_scrape".into(), "false".into());
    }
    labels.into_iter().collect()
}
