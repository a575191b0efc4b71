//! The builder, against a plain model of how Prometheus keeps what was added and what was deleted.

use prometheus_labels::{Base, LabelSet, LabelsBuilder};
use proptest::prelude::*;

/// Applies `change` to a builder over `base` and compares the order it lists its labels in.
#[track_caller]
fn check(base: &[(&str, &str)], change: impl Fn(&mut LabelsBuilder<'_>), expected: &[(&str, &str)]) {
    let set: LabelSet = base.iter().copied().collect();
    for base in [Base::from(&set), Base::from(base)] {
        let mut labels = LabelsBuilder::new().reset(base);
        change(&mut labels);
        assert_eq!(labels.iter().collect::<Vec<_>>(), expected);
        assert_eq!(labels.to_set(), expected.iter().copied().collect());
    }
}

const BASE: &[(&str, &str)] = &[("a", "1"), ("b", "2"), ("c", "3")];

#[test]
fn one_change() {
    check(BASE, |_| {}, BASE);
    check(BASE, |labels| labels.set("b", "x"), &[("a", "1"), ("c", "3"), ("b", "x")]);
    check(BASE, |labels| labels.set("b", ""), &[("a", "1"), ("c", "3")]);
    check(BASE, |labels| labels.set("", "x"), &[("a", "1"), ("b", "2"), ("c", "3"), ("", "x")]);
    check(BASE, |labels| labels.remove("nope"), BASE);
    check(BASE, |labels| labels.retain(|name, value| name == "a" || value == "3"), &[("a", "1"), ("c", "3")]);
}

#[test]
fn order_of_what_was_set() {
    let change =
        |labels: &mut LabelsBuilder<'_>| labels.extend([("z", "1"), ("y", "1"), ("z", "2"), ("a", "4")]);
    check(BASE, change, &[("b", "2"), ("c", "3"), ("z", "2"), ("y", "1"), ("a", "4")]);
    let change = |labels: &mut LabelsBuilder<'_>| {
        labels.extend([("z", "1"), ("y", "1"), ("a", "4")]);
        labels.remove("z");
        labels.remove("a");
        labels.extend([("a", "5"), ("z", "3")]);
    };
    check(BASE, change, &[("b", "2"), ("c", "3"), ("y", "1"), ("a", "5"), ("z", "3")]);
}

#[test]
fn copies_see_the_labels_as_they_were() {
    let copy = |map: &'static [(&str, &str)]| {
        move |labels: &mut LabelsBuilder<'_>| {
            labels.copy_as(|name, new| {
                let found = map.iter().find(|(from, _)| *from == name);
                new.push_str(found.map_or("ignored", |(_, to)| to));
                found.is_some()
            });
        }
    };
    check(BASE, copy(&[("a", "b"), ("b", "c")]), &[("a", "1"), ("b", "1"), ("c", "2")]);
    check(BASE, copy(&[("a", "c"), ("c", "c")]), &[("a", "1"), ("b", "2"), ("c", "3")]);
    check(BASE, copy(&[("a", "x"), ("b", "x")]), &[("a", "1"), ("b", "2"), ("c", "3"), ("x", "2")]);
    check(BASE, copy(&[("a", "")]), &[("a", "1"), ("b", "2"), ("c", "3"), ("", "1")]);
    check(BASE, copy(&[]), BASE);
}

#[test]
fn an_empty_value_of_the_base_is_no_label() {
    let labels = LabelsBuilder::new().reset(&[("a", ""), ("b", "1")][..]);
    assert_eq!(labels.get("a"), "");
    assert_eq!(labels.iter().collect::<Vec<_>>(), [("b", "1")]);
    assert_eq!(labels.to_set(), LabelSet::from([("b", "1")]));
}

#[test]
fn used_again() {
    let first = LabelSet::from([("a", "1"), ("b", "2")]);
    let mut labels = LabelsBuilder::new().reset(&first);
    labels.set("c", "3");
    labels.remove("a");
    let second = LabelSet::from([("a", "9")]);
    let labels = labels.reset(&second);
    assert_eq!(labels.iter().collect::<Vec<_>>(), [("a", "9")]);
    assert_eq!(labels.clear().iter().count(), 0);
}

#[derive(Debug, Clone)]
enum Change {
    Set(String, String),
    Remove(String),
    Retain(String),
    Copy(String, String),
}

fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    let name = || "[a-d]";
    let change = prop_oneof![
        (name(), "[x-z]?").prop_map(|(name, value)| Change::Set(name, value)),
        name().prop_map(Change::Remove),
        name().prop_map(Change::Retain),
        (name(), name()).prop_map(|(from, to)| Change::Copy(from, to)),
    ];
    prop::collection::vec(change, 0..12)
}

proptest! {
    #[test]
    fn as_the_model(base in prop::collection::btree_map("[a-d]", "[x-z]?", 0..4), changes in any_changes()) {
        let pairs: Vec<_> = base.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut labels = LabelsBuilder::new().reset(&pairs[..]);
        let mut model = Model { base: base.clone().into_iter().filter(|(_, value)| !value.is_empty()).collect(), ..Model::default() };
        for change in &changes {
            match change {
                Change::Set(name, value) => {
                    labels.set(name, value);
                    model.set(name, value);
                }
                Change::Remove(name) => {
                    labels.remove(name);
                    model.remove(name);
                }
                Change::Retain(kept) => {
                    labels.retain(|name, _| name != kept);
                    for (name, _) in model.list() {
                        if name == *kept {
                            model.remove(&name);
                        }
                    }
                }
                Change::Copy(from, to) => {
                    labels.copy_as(|name, new| {
                        new.push_str(to);
                        name >= from.as_str()
                    });
                    for (name, value) in model.list() {
                        if name >= *from {
                            model.set(to, &value);
                        }
                    }
                }
            }
            let expected = model.list();
            let listed: Vec<_> = labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!(&listed, &expected);
            prop_assert_eq!(labels.to_set(), expected.iter().map(|(n, v)| (n, v)).collect());
            for name in ["a", "b", "c", "d"] {
                let value = expected.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value);
                prop_assert_eq!(labels.get(name), value);
            }
        }
    }
}

/// Three lists, searched from end to end.
#[derive(Default)]
struct Model {
    base: Vec<(String, String)>,
    deleted: Vec<String>,
    added: Vec<(String, String)>,
}

impl Model {
    fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return self.remove(name);
        }
        match self.added.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value.into(),
            None => self.added.push((name.into(), value.into())),
        }
    }

    fn remove(&mut self, name: &str) {
        self.added.retain(|(other, _)| other != name);
        self.deleted.push(name.into());
    }

    fn list(&self) -> Vec<(String, String)> {
        let gone =
            |name: &String| self.deleted.contains(name) || self.added.iter().any(|(added, _)| added == name);
        self.base.iter().filter(|(name, _)| !gone(name)).chain(&self.added).cloned().collect()
    }
}
