//! What each rule did, and why.

use std::ops::Range;

use prometheus_labels::{LabelSet, LabelsBuilder};
use re2_regex::Captures;

use crate::{
    Action, Rules, Scratch,
    engine::{Outcome, Step},
};

/// What one rule did to a label set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The index of the rule.
    pub rule: usize,
    /// What it is meant to do.
    pub action: Action,
    /// What it looked at.
    pub input: Input,
    /// What came of it.
    pub effect: Effect,
}

/// What a rule looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// A value that is matched.
    Matched {
        /// The values of the source labels, joined.
        value: String,
        /// The groups of the match, the whole match first; `None` if it does not match.
        groups: Option<Vec<Group>>,
    },
    /// A value that is compared with that of the target label.
    Compared {
        /// The values of the source labels, joined.
        value: String,
        /// The value of the target label.
        target: String,
    },
    /// A value that is worked on as it is.
    Value(String),
    /// The names of the labels that match.
    Names(Vec<String>),
}

/// A group of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it matched; `None` if it took no part in the match.
    pub value: Option<String>,
    /// Where in the value that stands, in bytes.
    pub range: Option<Range<usize>>,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// The label set goes on as it was.
    Nothing,
    /// The label set goes on as it was, because the value does not match.
    NoMatch,
    /// The label set goes on as it was, because the target is a template that gives a name the name scheme
    /// does not allow.
    InvalidTarget,
    /// These labels changed, by name.
    Changed(Vec<Change>),
    /// The label set is dropped. No further rule was applied.
    Dropped,
}

/// A label that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The label.
    pub name: String,
    /// Its value before; `None` if it did not exist.
    pub before: Option<String>,
    /// Its value now; `None` if it was removed.
    pub after: Option<String>,
}

impl Rules {
    /// Applies the rules as [`apply`](Self::apply) does and tells what each of them did. A rule after the
    /// one that dropped the label set is not in the list.
    ///
    /// ```
    /// use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
    /// use prometheus_relabel::{Effect, Input, Regex, Rule, Rules};
    ///
    /// let rule = Rule {
    ///     source_labels: Some(vec!["path".into()]),
    ///     regex: Some(Regex::anchored("/api/(?P<version>v[0-9])/.*")?),
    ///     target_label: "version".into(),
    ///     replacement: "${version}".into(),
    ///     ..Rule::default()
    /// };
    /// let rules = Rules::new(vec![rule], NameScheme::Utf8).unwrap();
    /// let set = LabelSet::from([("path", "/api/v2/items")]);
    /// let explained = rules.explain(&mut LabelsBuilder::new().reset(&set));
    ///
    /// let Input::Matched { groups: Some(groups), .. } = &explained[0].input else { panic!() };
    /// assert_eq!(groups[1].name.as_deref(), Some("version"));
    /// let Effect::Changed(changes) = &explained[0].effect else { panic!() };
    /// assert_eq!(changes[0].name, "version");
    /// assert_eq!(changes[0].after.as_deref(), Some("v2"));
    /// # Ok::<(), re2_regex::Error>(())
    /// ```
    pub fn explain(&self, labels: &mut LabelsBuilder<'_>) -> Vec<Explained> {
        let mut scratch = Scratch::new();
        let mut explained = Vec::new();
        let mut before = labels.to_set();
        for (rule, step) in self.steps().iter().enumerate() {
            let input = step.input(labels);
            let outcome = step.apply(labels, &mut scratch);
            let after = labels.to_set();
            let effect = match outcome {
                Outcome::Dropped => Effect::Dropped,
                Outcome::NoMatch => Effect::NoMatch,
                Outcome::InvalidTarget => Effect::InvalidTarget,
                Outcome::Done => match changes(&before, &after) {
                    changes if changes.is_empty() => Effect::Nothing,
                    changes => Effect::Changed(changes),
                },
            };
            let dropped = effect == Effect::Dropped;
            explained.push(Explained { rule, action: step.action(), input, effect });
            if dropped {
                break;
            }
            before = after;
        }
        explained
    }
}

impl Step {
    fn action(&self) -> Action {
        // A checked rule has one.
        self.rule.action.unwrap_or(Action::Replace)
    }

    fn input(&self, labels: &LabelsBuilder<'_>) -> Input {
        let mut buffer = String::new();
        let value = self.value(labels, &mut buffer);
        match self.action() {
            Action::Replace | Action::Keep | Action::Drop => {
                Input::Matched { value: value.to_owned(), groups: self.groups(value) }
            }
            Action::KeepEqual | Action::DropEqual => {
                let target = labels.get(&self.rule.target_label).to_owned();
                Input::Compared { value: value.to_owned(), target }
            }
            Action::HashMod | Action::Lowercase | Action::Uppercase => Input::Value(value.to_owned()),
            Action::LabelMap | Action::LabelDrop | Action::LabelKeep => {
                let names = labels.iter().map(|(name, _)| name);
                let matching = names.filter(|name| self.rule.regex().is_match(name));
                Input::Names(matching.map(str::to_owned).collect())
            }
        }
    }

    fn groups(&self, value: &str) -> Option<Vec<Group>> {
        let regex = self.rule.regex();
        let mut captures = Captures::new();
        if !regex.captures(value, &mut captures) {
            return None;
        }
        let group = |(index, name): (usize, Option<&str>)| Group {
            name: name.map(str::to_owned),
            value: captures.get(index).and_then(|range| value.get(range)).map(str::to_owned),
            range: captures.get(index),
        };
        Some(regex.group_names().enumerate().map(group).collect())
    }
}

/// How `after` differs from `before`.
fn changes(before: &LabelSet, after: &LabelSet) -> Vec<Change> {
    let removed = before.iter().filter(|(name, _)| after.get(name).is_none());
    let set = after.iter().filter(|(name, value)| before.get(name) != Some(value));
    let change = |name: &str| Change {
        name: name.to_owned(),
        before: before.get(name).map(str::to_owned),
        after: after.get(name).map(str::to_owned),
    };
    let mut changes: Vec<_> = removed.chain(set).map(|(name, _)| change(name)).collect();
    changes.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    changes
}
