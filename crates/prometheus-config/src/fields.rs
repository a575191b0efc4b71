//! Where the fields of a section stand.

use source_text::Span;

/// The places of the fields that a section of the file has.
///
/// Two sections that differ only in their places are equal: a reload must not restart what did not change.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    section: Span,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: Box<str>,
    key: Span,
    value: Span,
}

impl Fields {
    /// The whole section.
    #[must_use]
    pub fn section(&self) -> Span {
        self.section
    }

    /// The value of a field; `None` when the file does not have the field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Span> {
        self.find(name).map(|entry| entry.value)
    }

    /// The name of a field where it is written.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<Span> {
        self.find(name).map(|entry| entry.key)
    }

    /// The names of the fields that the file has, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    pub(crate) fn new(section: Span) -> Self {
        Self { section, entries: Vec::new() }
    }

    pub(crate) fn push(&mut self, name: &str, key: Span, value: Span) {
        self.entries.push(Entry { name: name.into(), key, value });
    }

    /// The best place to show for a problem with `name`.
    pub(crate) fn place(&self, name: &str) -> Span {
        self.value(name).unwrap_or(self.section)
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.name == name)
    }
}

impl PartialEq for Fields {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Fields {}
