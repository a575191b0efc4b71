//! A set that is being changed.

use std::ops::Range;

use crate::{LabelSet, set::Writer};

/// What a [`LabelsBuilder`] starts from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Base<'a> {
    /// A finished set.
    Set(&'a LabelSet),
    /// Names and values that must be sorted by name and must not repeat a name. An empty value stands for
    /// no label.
    Pairs(&'a [(&'a str, &'a str)]),
}

impl Default for Base<'_> {
    fn default() -> Self {
        Self::Pairs(&[])
    }
}

impl<'a> From<&'a LabelSet> for Base<'a> {
    fn from(set: &'a LabelSet) -> Self {
        Self::Set(set)
    }
}

impl<'a> From<&'a [(&'a str, &'a str)]> for Base<'a> {
    fn from(pairs: &'a [(&'a str, &'a str)]) -> Self {
        Self::Pairs(pairs)
    }
}

impl<'a> Base<'a> {
    fn len(self) -> usize {
        match self {
            Self::Set(set) => set.len(),
            Self::Pairs(pairs) => pairs.len(),
        }
    }

    fn nth(self, index: usize) -> Option<(&'a str, &'a str)> {
        match self {
            Self::Set(set) => set.nth(index),
            Self::Pairs(pairs) => pairs.get(index).copied(),
        }
    }

    /// Calls `f` for each label. Each kind of base has a loop of its own, so that the kind is not asked for at
    /// every label.
    fn for_each(self, mut f: impl FnMut(usize, &'a str, &'a str)) {
        match self {
            Self::Set(set) => set.iter().enumerate().for_each(|(index, (name, value))| f(index, name, value)),
            Self::Pairs(pairs) => {
                pairs.iter().enumerate().for_each(|(index, (name, value))| f(index, name, value));
            }
        }
    }

    /// Where the label `name` is.
    fn find(self, name: &str) -> Option<usize> {
        match self {
            Self::Set(set) => set.find(name),
            Self::Pairs(_) => self.position(name).ok(),
        }
    }

    /// Where the label `name` is, or where it would be.
    fn position(self, name: &str) -> Result<usize, usize> {
        match self {
            Self::Set(set) => set.position(name),
            Self::Pairs(pairs) => pairs.binary_search_by(|(other, _)| (*other).cmp(name)),
        }
    }

    fn copy(self, labels: Range<usize>, out: &mut Writer) {
        match self {
            Self::Set(set) => out.copy(set, labels),
            Self::Pairs(pairs) => {
                pairs.get(labels).unwrap_or_default().iter().for_each(|(name, value)| out.push(name, value));
            }
        }
    }
}

/// A label set that is being changed, as `labels.Builder` of Prometheus 3.14 behaves.
///
/// It borrows the set it starts from and records what differs. [`reset`](Self::reset) starts again with
/// another one and keeps the memory, so that a loop over many sets allocates only for those it keeps.
///
/// ```
/// use prometheus_labels::{LabelSet, LabelsBuilder};
///
/// let mut labels = LabelsBuilder::new();
/// let mut kept = Vec::new();
/// for set in [LabelSet::from([("env", "prod")]), LabelSet::from([("env", "test")])] {
///     let mut changed = labels.reset(&set);
///     changed.set("team", "a");
///     if changed.get("env") == "prod" {
///         kept.push(changed.to_set());
///     }
///     labels = changed.clear();
/// }
/// assert_eq!(kept, [LabelSet::from([("env", "prod"), ("team", "a")])]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LabelsBuilder<'a> {
    base: Base<'a>,
    /// By label of the base: whether it was removed or set anew.
    hidden: Vec<bool>,
    /// Labels that were set, in that order.
    added: Vec<Added>,
    /// The text of their names and values. It only grows, so that spans stay what they are.
    text: String,
    /// What `rename` is about to set, and the text of the new names.
    renamed: Vec<(Span, Value)>,
    names: String,
}

#[derive(Clone, Copy, Debug)]
struct Added {
    name: Span,
    value: Value,
}

/// A piece of text.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Appends `piece` to `text`.
    fn push(piece: &str, text: &mut String) -> Self {
        let start = text.len();
        text.push_str(piece);
        Self { start, end: text.len() }
    }
}

/// Where the value of a label that was set stands.
#[derive(Clone, Copy, Debug)]
enum Value {
    Text(Span),
    /// It is that of a label of the base.
    Base(usize),
}

impl<'a> LabelsBuilder<'a> {
    /// A builder without labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything and starts from `base`, which may live longer or shorter than the last one.
    #[must_use]
    pub fn reset<'b>(self, base: impl Into<Base<'b>>) -> LabelsBuilder<'b> {
        let base = base.into();
        let Self { mut hidden, mut added, mut text, renamed, names, .. } = self;
        hidden.clear();
        hidden.resize(base.len(), false);
        if let Base::Pairs(pairs) = base {
            for (hidden, (_, value)) in hidden.iter_mut().zip(pairs) {
                *hidden = value.is_empty();
            }
        }
        added.clear();
        text.clear();
        LabelsBuilder { base, hidden, added, text, renamed, names }
    }

    /// Forgets everything.
    #[must_use]
    pub fn clear<'b>(self) -> LabelsBuilder<'b> {
        self.reset(Base::default())
    }

    /// The value of the label `name`; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        if let Some(added) = self.added.iter().find(|added| added.name.of(&self.text) == name) {
            return self.value(added.value);
        }
        let visible = self.base.find(name).filter(|index| !self.is_hidden(*index));
        visible.and_then(|index| self.base.nth(index)).map_or("", |(_, value)| value)
    }

    /// Sets the label `name`. An empty value removes it.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return self.remove(name);
        }
        let value = Value::Text(Span::push(value, &mut self.text));
        self.put(name, value);
    }

    /// Removes the label `name`. Set again later, it is listed behind the labels set until then.
    pub fn remove(&mut self, name: &str) {
        if let Some(index) = self.added.iter().position(|added| added.name.of(&self.text) == name) {
            self.added.remove(index);
        }
        self.hide(name);
    }

    /// Removes every label for which `keep` says no.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        let hidden = &mut self.hidden;
        self.base.for_each(|index, name, value| {
            if let Some(hidden) = hidden.get_mut(index)
                && !*hidden
            {
                *hidden = !keep(name, value);
            }
        });
        let (base, text) = (self.base, &self.text);
        self.added.retain(|added| keep(added.name.of(text), value_of(base, text, added.value)));
    }

    /// Sets further labels to the values of those there are. `rename` is given each name and appends the
    /// name to set to its second argument, or says no.
    ///
    /// All names are asked for before the first label is set. Of several labels with the same new name the
    /// last in the order of [`iter`](Self::iter) counts.
    pub fn copy_as(&mut self, mut rename: impl FnMut(&str, &mut String) -> bool) {
        let (mut names, mut renamed) = (std::mem::take(&mut self.names), std::mem::take(&mut self.renamed));
        names.clear();
        renamed.clear();
        let mut visit = |name: &str, value| {
            let start = names.len();
            if rename(name, &mut names) {
                renamed.push((Span { start, end: names.len() }, value));
            } else {
                names.truncate(start);
            }
        };
        self.base.for_each(|index, name, _| {
            if !self.is_hidden(index) {
                visit(name, Value::Base(index));
            }
        });
        for added in &self.added {
            visit(added.name.of(&self.text), added.value);
        }
        for (name, value) in &renamed {
            self.put(name.of(&names), *value);
        }
        (self.names, self.renamed) = (names, renamed);
    }

    /// The labels: first those of the base that are as they were, by name, then those that were set, in the
    /// order in which that happened first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.unchanged().chain(self.added())
    }

    /// The finished set. The builder stays as it is.
    #[must_use]
    pub fn to_set(&self) -> LabelSet {
        if let Base::Set(set) = self.base
            && self.added.is_empty()
            && !self.hidden.contains(&true)
        {
            return set.clone();
        }
        let mut added: Vec<_> = self.added().collect();
        added.sort_unstable();
        let count =
            |(labels, text), (name, value): (&str, &str)| (labels + 1, text + name.len() + value.len());
        let (labels, text) = self.iter().fold((0, 0), count);
        let mut set = Writer::with_capacity(labels, text);
        let mut copied = 0;
        for (name, value) in added {
            let (Ok(before) | Err(before)) = self.base.position(name);
            self.copy_unchanged(copied..before, &mut set);
            set.push(name, value);
            copied = before;
        }
        self.copy_unchanged(copied..self.hidden.len(), &mut set);
        set.finish()
    }

    /// Adds those labels of a part of the base that are as they were.
    fn copy_unchanged(&self, labels: Range<usize>, set: &mut Writer) {
        let mut start = labels.start;
        for run in self.hidden.get(labels).unwrap_or_default().chunk_by(|one, other| one == other) {
            if run.first() == Some(&false) {
                self.base.copy(start..start + run.len(), set);
            }
            start += run.len();
        }
    }

    /// The labels of the base that are as they were.
    fn unchanged(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let visible = self.hidden.iter().enumerate().filter(|(_, hidden)| !**hidden);
        visible.filter_map(|(index, _)| self.base.nth(index))
    }

    /// The labels that were set.
    fn added(&self) -> impl Iterator<Item = (&str, &str)> {
        self.added.iter().map(|added| (added.name.of(&self.text), self.value(added.value)))
    }

    fn value(&self, value: Value) -> &str {
        value_of(self.base, &self.text, value)
    }

    fn put(&mut self, name: &str, value: Value) {
        let text = &self.text;
        if let Some(added) = self.added.iter_mut().find(|added| added.name.of(text) == name) {
            added.value = value;
            return;
        }
        self.hide(name);
        let name = Span::push(name, &mut self.text);
        self.added.push(Added { name, value });
    }

    fn hide(&mut self, name: &str) {
        if let Some(hidden) = self.base.find(name).and_then(|index| self.hidden.get_mut(index)) {
            *hidden = true;
        }
    }

    fn is_hidden(&self, index: usize) -> bool {
        self.hidden.get(index).is_none_or(|hidden| *hidden)
    }
}

impl<N: AsRef<str>, V: AsRef<str>> Extend<(N, V)> for LabelsBuilder<'_> {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, labels: I) {
        for (name, value) in labels {
            self.set(name.as_ref(), value.as_ref());
        }
    }
}

fn value_of<'t>(base: Base<'t>, text: &'t str, value: Value) -> &'t str {
    match value {
        Value::Text(span) => span.of(text),
        Value::Base(index) => base.nth(index).map_or("", |(_, value)| value),
    }
}
