//! The objects of a manifest, and the files in them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use source_text::Diagnostic;
use source_text::yaml::Node;

use super::files::Embedded;

/// One object.
#[derive(Clone, Copy)]
pub(super) struct Object<'n> {
    pub(super) node: &'n Node,
    pub(super) kind: &'n str,
    pub(super) name: &'n str,
    pub(super) namespace: &'n str,
}

/// All objects of the documents, those in lists too.
pub(super) fn of(documents: &[Node]) -> Vec<Object<'_>> {
    let mut found = Vec::new();
    for node in documents {
        let is_list = text(node, &["kind"]).is_some_and(|kind| kind.ends_with("List"));
        match node.get("items").and_then(Node::items).filter(|_| is_list) {
            Some(items) => found.extend(items.iter().filter_map(Object::of)),
            None => found.extend(Object::of(node)),
        }
    }
    found
}

impl<'n> Object<'n> {
    fn of(node: &'n Node) -> Option<Self> {
        Some(Self {
            node,
            kind: text(node, &["kind"])?,
            name: text(node, &["metadata", "name"]).unwrap_or_default(),
            namespace: text(node, &["metadata", "namespace"]).unwrap_or_default(),
        })
    }
}

/// The node at the end of `path`.
pub(super) fn at<'n>(node: &'n Node, path: &[&str]) -> Option<&'n Node> {
    path.iter().try_fold(node, |node, key| node.get(key))
}

/// The text at the end of `path`.
pub(super) fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    at(node, path)?.as_str()
}

/// The items of the list at the end of `path`.
pub(super) fn list<'n>(node: &'n Node, path: &[&str]) -> impl Iterator<Item = &'n Node> {
    at(node, path).and_then(Node::items).unwrap_or_default().iter()
}

/// A ConfigMap or Secret.
pub(super) struct Store<'n> {
    pub(super) kind: &'n str,
    pub(super) name: &'n str,
    pub(super) namespace: &'n str,
    /// By key.
    pub(super) files: Vec<(&'n str, Embedded<'n>)>,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'n> Store<'n> {
    pub(super) fn of(object: &Object<'n>) -> Option<Self> {
        let mut store = Self {
            kind: object.kind,
            name: object.name,
            namespace: object.namespace,
            files: Vec::new(),
            problems: Vec::new(),
        };
        match object.kind {
            "ConfigMap" => {
                store.texts(object.node, "data");
                store.encoded(object.node, "binaryData");
            }
            "Secret" => {
                store.encoded(object.node, "data");
                store.texts(object.node, "stringData");
            }
            _ => return None,
        }
        Some(store)
    }

    fn entries(node: &'n Node, field: &str) -> impl Iterator<Item = (&'n str, &'n Node)> {
        let entries = node.get(field).and_then(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|(key, value)| Some((key.as_str()?, value)))
    }

    fn texts(&mut self, node: &'n Node, field: &str) {
        for (key, value) in Self::entries(node, field) {
            if let Some(text) = value.as_str() {
                self.files.push((key, Embedded { node: value, text: text.to_owned(), is_encoded: false }));
            }
        }
    }

    fn encoded(&mut self, node: &'n Node, field: &str) {
        for (key, value) in Self::entries(node, field) {
            let Some(text) = value.as_str() else { continue };
            let packed: String = text.split_ascii_whitespace().collect();
            match STANDARD.decode(packed).map(String::from_utf8) {
                Ok(Ok(text)) => self.files.push((key, Embedded { node: value, text, is_encoded: true })),
                // Bytes that are no text are no configuration.
                Ok(Err(_)) => {}
                Err(error) => self.problems.push(
                    Diagnostic::error(
                        "invalid-base64",
                        value.span,
                        format!("`{key}` in `{field}` is not base64: {error}"),
                    )
                    .help("text as it is belongs into `data` of a ConfigMap or `stringData` of a Secret"),
                ),
            }
        }
    }
}
