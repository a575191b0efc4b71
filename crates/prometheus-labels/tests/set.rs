//! Finished sets.

use std::collections::BTreeMap;

use prometheus_labels::LabelSet;
use proptest::prelude::*;

#[test]
fn shown_as_prometheus_shows_it() {
    let labels = LabelSet::from([("a.b", "1"), ("__name__", "up"), ("", "\n\"é"), ("z", "")]);
    assert_eq!(labels.to_string(), r#"{""="\n\"é", __name__="up", "a.b"="1"}"#);
    assert_eq!(format!("{labels:?}"), r#"{"": "\n\"é", "__name__": "up", "a.b": "1"}"#);
    assert_eq!(LabelSet::new().to_string(), "{}");
}

#[test]
fn compared_label_by_label() {
    let sorted = [
        LabelSet::new(),
        LabelSet::from([("a", "1")]),
        LabelSet::from([("a", "1"), ("b", "1")]),
        LabelSet::from([("a", "2")]),
        LabelSet::from([("a1", "1")]),
        LabelSet::from([("b", "1")]),
    ];
    assert!(sorted.is_sorted_by(|one, other| one < other));
    // The same text, divided otherwise.
    assert_ne!(LabelSet::from([("a", "bc")]), LabelSet::from([("ab", "c")]));
}

proptest! {
    #[test]
    fn a_set_is_a_sorted_map(labels in prop::collection::vec(("[a-cé]{0,2}", "[a-bé]{0,2}"), 0..12)) {
        let set: LabelSet = labels.iter().map(|(name, value)| (name, value)).collect();
        let map: BTreeMap<_, _> = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected: Vec<_> = map.iter().filter(|(_, value)| !value.is_empty()).map(|(n, v)| (*n, *v)).collect();
        prop_assert_eq!(set.iter().collect::<Vec<_>>(), expected.clone());
        prop_assert_eq!(set.len(), expected.len());
        prop_assert_eq!(set.iter().len(), expected.len());
        for (name, _) in &labels {
            let value = map.get(name.as_str()).copied().filter(|value| !value.is_empty());
            prop_assert_eq!(set.get(name), value);
        }
        prop_assert_eq!(set.get("missing"), None);
    }
}
