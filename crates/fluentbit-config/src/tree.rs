//! A configuration file as it is written: the tree both forms are read to and written from.

use source_text::{SourceId, Span};

/// The two forms of a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `[SECTION]` headers and indented `Key value` lines.
    Classic,
    /// YAML.
    Yaml,
}

impl Form {
    /// The form Fluent Bit takes a file to have: `.yaml` and `.yml` in any case mean YAML, every other name
    /// means classic.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        match path.rsplit_once('.') {
            Some((_, extension))
                if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") =>
            {
                Self::Yaml
            }
            _ => Self::Classic,
        }
    }
}

/// A piece of text and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    /// The text: for a YAML scalar what it means, not how it is quoted.
    pub value: String,
    /// Its place in the file.
    pub span: Span,
}

impl Text {
    /// `value` at `span`.
    pub fn new(value: impl Into<String>, span: Span) -> Self {
        Self { value: value.into(), span }
    }
}

/// One configuration file with everything in it, in the order it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The form it is written in.
    pub form: Form,
    /// The file.
    pub source: SourceId,
    /// Its parts from top to bottom.
    pub items: Vec<Item>,
}

impl Document {
    /// A document of `items`.
    #[must_use]
    pub fn new(form: Form, source: SourceId, items: Vec<Item>) -> Self {
        Self { form, source, items }
    }
}

/// A part of a [`Document`], a [`SectionNode`] or a [`GroupNode`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// An empty line.
    Blank(Span),
    /// A comment on a line of its own: the text after `#`.
    Comment(Text),
    /// `@NAME value`; in YAML an entry of `env` (a `SET`) or of `includes` (an `INCLUDE`).
    Command(Command),
    /// `[NAME]` and what follows it; in YAML `service` or one entry of a list such as `pipeline.inputs`.
    Section(SectionNode),
    /// Properties with a name of their own inside a section.
    Group(GroupNode),
    /// `Key value`. A YAML list of scalars is one property for each element.
    Property(PropertyNode),
}

/// An instruction to the reader of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The name without `@`, as written.
    pub name: Text,
    /// What follows. The path of an `INCLUDE` is verbatim, everything else is trimmed.
    pub value: Text,
    /// A comment on the same line (YAML only).
    pub comment: Option<Text>,
}

impl Command {
    /// Whether this command has the name `name`, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.value.eq_ignore_ascii_case(name)
    }
}

/// A section: a header and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionNode {
    /// The name as written in a classic header; in YAML the singular classic name, such as `input`.
    pub name: Text,
    /// The text after the header's `]`, which Fluent Bit ignores, without a leading `#` (classic only).
    pub comment: Option<Text>,
    /// Its properties, groups, comments and blank lines.
    pub items: Vec<Item>,
}

/// A named group of properties: a classic `[NAME]` one level deeper, or a YAML mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupNode {
    /// The name as written.
    pub name: Text,
    /// Whether it is one element of a YAML list.
    pub listed: bool,
    /// Its properties, groups, comments and blank lines.
    pub items: Vec<Item>,
}

/// One `Key value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyNode {
    /// The key as written.
    pub key: Text,
    /// The value, trimmed, before `${NAME}` is expanded.
    pub value: Text,
    /// A comment on the same line (YAML only: in the classic form it is part of the value).
    pub comment: Option<Text>,
}
