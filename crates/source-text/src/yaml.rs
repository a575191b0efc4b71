//! YAML as a tree whose nodes know their place and whose scalars keep their text.
//!
//! Programs that read YAML through typed decoding disagree about what `yes`, `010` or `1e3` are, and the
//! answer often depends on the field. Here a scalar is its text and its style; [`Node::resolve`] gives the
//! reading of Go's `yaml.v2` (YAML 1.1 booleans, octal and binary integers), which Prometheus and
//! Kubernetes use, to those who want it.
//!
//! ```
//! use source_text::{SourceMap, yaml};
//!
//! let mut sources = SourceMap::new();
//! let text = "job: api # the shop\nports: [80, 0x50]\n";
//! let id = sources.add("shop.yml", text);
//! let documents = yaml::parse(id, text).unwrap();
//! let root = &documents[0];
//! let ports = root.get("ports").and_then(|node| node.items()).unwrap();
//! assert_eq!(root.get("job").and_then(|node| node.as_str()), Some("api"));
//! assert_eq!(ports[1].as_str(), Some("0x50"));
//! assert_eq!(ports[1].resolve(), Some(yaml::Resolved::Integer(80)));
//! assert_eq!(sources.text(ports[1].span), "0x50");
//! assert_eq!(sources.text(yaml::comments(id, text).unwrap()[0]), "# the shop");
//! ```
//!
//! Aliases are replaced by what they stand for and merge keys (`<<`) by the entries they merge; both keep
//! the place of their definition. As in `yaml.v2`, the order of the text decides which entry of the same
//! name wins: a merge replaces what stands above it and is replaced by what stands below it. Keys that are
//! simply written twice stay in the tree, for the reader to judge.
//!
//! What is YAML is decided as libyaml and Go's library decide it where the parser below is stricter or laxer:
//! brackets and quotes need no indentation, tabs are blanks except where indentation is due.
//!
//! Promises: no panic, linear time, and memory proportional to the text: nesting deeper than [`MAX_DEPTH`]
//! and aliases that expand to much more than the text itself are errors.
//!
//! What it does not do: decode into types, write YAML, or read anything but UTF-8 text.

use crate::{Diagnostic, SourceId, Span};

mod build;
mod comments;
mod mend;
mod offsets;
mod positions;
mod resolve;
mod tabs;

pub use comments::comments;
pub use positions::PositionMap;
pub use resolve::Resolved;

/// How deep collections may be nested. A tree can be walked by recursion.
pub const MAX_DEPTH: usize = 200;

/// One value of a YAML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands. For a quoted scalar this includes the quotes; for a block scalar it is the lines of
    /// the text without the `|`; for a value that is left out, the place after the `:` or `-`.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
    tag: Option<Box<str>>,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A text.
    Scalar {
        /// The text after quotes, escapes and line folding are resolved. Empty when a value is left out.
        text: String,
        /// How it was written.
        style: Style,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the text, repeated keys included.
    Mapping(Vec<(Node, Node)>),
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes. The only style whose text may mean something else than a string.
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `|`: lines as they are.
    Literal,
    /// `>`: lines joined.
    Folded,
}

/// Reads `text` to one node for each document in it; none for an empty text.
///
/// # Errors
/// The first thing that is no YAML (code `yaml-syntax`), nesting deeper than [`MAX_DEPTH`] (`yaml-depth`),
/// aliases that expand to too much (`yaml-aliases`), or a `<<` without a mapping (`yaml-merge`).
pub fn parse(source: SourceId, text: &str) -> Result<Vec<Node>, Box<Diagnostic>> {
    build::documents(source, text, usize::MAX)
}

/// Reads the first document of `text` and nothing after it, as Go's library does; `None` for an empty text.
///
/// # Errors
/// As [`parse`].
pub fn parse_first(source: SourceId, text: &str) -> Result<Option<Node>, Box<Diagnostic>> {
    Ok(build::documents(source, text, 1)?.into_iter().next())
}

impl Node {
    /// The text of a scalar, whatever its style.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The items of a sequence.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The keys and values of a mapping.
    #[must_use]
    pub fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            NodeKind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of `key`; of the last one, when the key is repeated.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key node and the value of `key`; of the last one, when the key is repeated.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        let found = self.entries()?.iter().rev().find(|(name, _)| name.as_str() == Some(key))?;
        Some((&found.0, &found.1))
    }

    /// Whether it is nothing: left out, `~` or `null` without quotes, or tagged `!!null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.resolve() == Some(Resolved::Null)
    }

    /// The style of a scalar.
    #[must_use]
    pub fn style(&self) -> Option<Style> {
        match self.kind {
            NodeKind::Scalar { style, .. } => Some(style),
            _ => None,
        }
    }

    /// The explicit tag in its full form, such as `tag:yaml.org,2002:str` for `!!str`.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// What a scalar means to Go's `yaml.v2`, and so to Prometheus and Kubernetes.
    #[must_use]
    pub fn resolve(&self) -> Option<Resolved<'_>> {
        match &self.kind {
            NodeKind::Scalar { text, style } => Some(resolve::resolve(text, *style, self.tag())),
            _ => None,
        }
    }

    /// A map from offsets in the text of this scalar to places in `source_text`, the text this node was
    /// parsed from. For a file inside a ConfigMap, or for a regular expression in quotes.
    #[must_use]
    pub fn positions(&self, source_text: &str) -> PositionMap {
        PositionMap::new(self, source_text)
    }
}

#[cfg(test)]
mod tests;
