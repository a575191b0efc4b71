//! Rules at work.

use std::fmt::Write;

use md5::{Digest, Md5};
use prometheus_labels::{LabelsBuilder, NameScheme};
use re2_regex::{Captures, Regex, Template};

use crate::{Action, Rule, RuleError, case};

/// Rules that have been checked, ready to be applied.
///
/// ```
/// use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
/// use prometheus_relabel::{Action, Regex, Rule, Rules, Scratch, Verdict};
///
/// let rules = Rules::new(
///     vec![
///         Rule {
///             action: Some(Action::Drop),
///             source_labels: Some(vec!["phase".into()]),
///             regex: Some(Regex::anchored("Succeeded|Failed")?),
///             ..Rule::default()
///         },
///         Rule {
///             source_labels: Some(vec!["namespace".into(), "app".into()]),
///             separator: "/".into(),
///             target_label: "job".into(),
///             ..Rule::default()
///         },
///     ],
///     NameScheme::Utf8,
/// )
/// .unwrap();
///
/// // These are used again for every set.
/// let (mut labels, mut scratch) = (LabelsBuilder::new(), Scratch::new());
/// let web = LabelSet::from([("namespace", "shop"), ("app", "web"), ("phase", "Running")]);
/// labels = labels.reset(&web);
/// assert_eq!(rules.apply(&mut labels, &mut scratch), Verdict::Keep);
/// assert_eq!(labels.get("job"), "shop/web");
///
/// let done = LabelSet::from([("phase", "Failed")]);
/// let mut labels = labels.reset(&done);
/// assert_eq!(rules.apply(&mut labels, &mut scratch), Verdict::Drop { rule: 0 });
/// # Ok::<(), re2_regex::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules {
    steps: Box<[Step]>,
}

/// What became of a label set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Verdict {
    /// It is kept, with the labels as they are now.
    Keep,
    /// It is dropped.
    Drop {
        /// The index of the rule that dropped it. Later rules were not looked at.
        rule: usize,
    },
}

/// Memory that [`Rules::apply`] works in. Used again, it makes the next call allocate nothing.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    value: String,
    target: String,
    replacement: String,
    captures: Captures,
}

impl Scratch {
    /// No memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Rules {
    /// Checks all rules and makes them ready.
    ///
    /// # Errors
    ///
    /// Every rule that Prometheus does not accept, with its index; the first is the one Prometheus names.
    pub fn new(rules: Vec<Rule>, scheme: NameScheme) -> Result<Self, Vec<(usize, RuleError)>> {
        let mut steps = Vec::with_capacity(rules.len());
        let mut errors = Vec::new();
        for (index, rule) in rules.into_iter().enumerate() {
            match Step::new(rule, scheme) {
                Ok(step) => steps.push(step),
                Err(error) => errors.push((index, error)),
            }
        }
        if errors.is_empty() { Ok(Self { steps: steps.into() }) } else { Err(errors) }
    }

    /// The rules, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.steps.iter().map(|step| &step.rule)
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Applies the rules in order, until one drops the label set.
    pub fn apply(&self, labels: &mut LabelsBuilder<'_>, scratch: &mut Scratch) -> Verdict {
        for (rule, step) in self.steps.iter().enumerate() {
            if step.apply(labels, scratch) == Outcome::Dropped {
                return Verdict::Drop { rule };
            }
        }
        Verdict::Keep
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

/// What a single rule came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Dropped,
    /// The value does not match, so nothing is set.
    NoMatch,
    /// The template of the target gives a name that the scheme does not allow, so nothing is set.
    InvalidTarget,
}

/// A checked rule.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) rule: Rule,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    Filter { drops: Side },
    Compare { drops: Side },
    Replace { target: Target, replacement: Template },
    Hash,
    Case(fn(&str, &mut String)),
    Map(Template),
    Retain { keeps: Side },
}

/// Which sets or labels an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Matching,
    Others,
}

impl Side {
    fn includes(self, matches: bool) -> bool {
        matches == (self == Self::Matching)
    }
}

/// The label a replacement sets.
#[derive(Clone, Debug)]
enum Target {
    Fixed(Box<str>),
    /// It depends on the value whether the name is allowed.
    Template(Template, NameScheme),
}

impl Step {
    fn new(rule: Rule, scheme: NameScheme) -> Result<Self, RuleError> {
        rule.check(scheme)?;
        let template = |text: &str| Template::new(text, rule.regex());
        let work = match rule.action.unwrap_or(Action::Replace) {
            Action::Replace => {
                let target = template(&rule.target_label);
                let target = match target.as_literal() {
                    Some(name) if scheme.allows_label(name) => Target::Fixed(name.into()),
                    _ => Target::Template(target, scheme),
                };
                Work::Replace { target, replacement: template(&rule.replacement) }
            }
            Action::Keep => Work::Filter { drops: Side::Others },
            Action::Drop => Work::Filter { drops: Side::Matching },
            Action::KeepEqual => Work::Compare { drops: Side::Others },
            Action::DropEqual => Work::Compare { drops: Side::Matching },
            Action::HashMod => Work::Hash,
            Action::Lowercase => Work::Case(case::push_lower),
            Action::Uppercase => Work::Case(case::push_upper),
            Action::LabelMap => Work::Map(template(&rule.replacement)),
            Action::LabelDrop => Work::Retain { keeps: Side::Others },
            Action::LabelKeep => Work::Retain { keeps: Side::Matching },
        };
        Ok(Self { rule, work })
    }

    /// Does what the rule says.
    pub(crate) fn apply(&self, labels: &mut LabelsBuilder<'_>, scratch: &mut Scratch) -> Outcome {
        let Scratch { value, target: name, replacement: text, captures } = scratch;
        let rule = &self.rule;
        text.clear();
        let target = match &self.work {
            Work::Filter { drops } => {
                let matches = rule.regex().is_match(self.value(labels, value));
                return if drops.includes(matches) { Outcome::Dropped } else { Outcome::Done };
            }
            Work::Compare { drops } => {
                let matches = labels.get(&rule.target_label) == self.value(labels, value);
                return if drops.includes(matches) { Outcome::Dropped } else { Outcome::Done };
            }
            Work::Map(template) => {
                let regex = rule.regex();
                labels.copy_as(|name, new| {
                    regex.is_match(name) && regex.replace_all(name, template, captures, new)
                });
                return Outcome::Done;
            }
            Work::Retain { keeps } => {
                labels.retain(|name, _| keeps.includes(rule.regex().is_match(name)));
                return Outcome::Done;
            }
            Work::Replace { target, replacement } => {
                let value = self.value(labels, value);
                match self.replace(value, target, replacement, captures, name, text) {
                    Ok(target) => target,
                    Err(outcome) => return outcome,
                }
            }
            Work::Hash => {
                // Writing to a string does not fail.
                let _ = write!(text, "{}", hashmod(self.value(labels, value), rule.modulus));
                &*rule.target_label
            }
            Work::Case(push) => {
                push(self.value(labels, value), text);
                &*rule.target_label
            }
        };
        labels.set(target, text);
        Outcome::Done
    }

    /// Puts the new value into `text` and says which label is to have it.
    fn replace<'t>(
        &'t self,
        value: &str,
        target: &'t Target,
        replacement: &Template,
        captures: &mut Captures,
        name: &'t mut String,
        text: &mut String,
    ) -> Result<&'t str, Outcome> {
        let regex: &Regex = self.rule.regex();
        // Without references it does not matter where the groups lie.
        if let (Target::Fixed(target), Some(literal)) = (target, replacement.as_literal()) {
            text.push_str(literal);
            return if regex.is_match(value) { Ok(target) } else { Err(Outcome::NoMatch) };
        }
        if !regex.captures(value, captures) {
            return Err(Outcome::NoMatch);
        }
        replacement.expand(value, captures, text);
        match target {
            Target::Fixed(target) => Ok(target),
            Target::Template(template, scheme) => {
                name.clear();
                template.expand(value, captures, name);
                if scheme.allows_label(name) { Ok(name) } else { Err(Outcome::InvalidTarget) }
            }
        }
    }

    /// The values of the source labels, joined.
    pub(crate) fn value<'v>(&self, labels: &'v LabelsBuilder<'_>, buffer: &'v mut String) -> &'v str {
        let names = self.rule.source_labels.as_deref().unwrap_or_default();
        if let [name] = names {
            return labels.get(name);
        }
        buffer.clear();
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                buffer.push_str(&self.rule.separator);
            }
            buffer.push_str(labels.get(name));
        }
        buffer
    }
}

/// The number that the action `hashmod` gives `value`; 0 for the modulus 0, which no checked rule has.
///
/// ```
/// assert_eq!(prometheus_relabel::hashmod("baz", 1000), 976);
/// ```
#[must_use]
pub fn hashmod(value: &str, modulus: u64) -> u64 {
    last_half(Md5::digest(value).into()).checked_rem(modulus).unwrap_or_default()
}

/// The number in the last eight bytes.
fn last_half(hash: [u8; 16]) -> u64 {
    u128::from_be_bytes(hash) as u64
}
