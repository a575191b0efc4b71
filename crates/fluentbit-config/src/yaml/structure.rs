//! What may stand where.

use source_text::yaml::{Node, NodeKind};
use source_text::{Diagnostic, Span};

use crate::tree::{Command, GroupNode, Item, PropertyNode, SectionNode, Text};
use crate::value::is_space;

/// The parts of a file, in order.
/// The parts of a file.
pub(crate) const TOP: [&str; 10] = [
    "env",
    "includes",
    "service",
    "pipeline",
    "parsers",
    "multiline_parsers",
    "stream_processor",
    "plugins",
    "upstream_servers",
    "customs",
];

/// Reads the documents of one file.
pub(super) fn read(documents: &[Node]) -> (Vec<Item>, Vec<Diagnostic>) {
    let mut reader = Reader { items: Vec::new(), problems: Vec::new() };
    for document in documents {
        for (key, value) in reader.entries(document, "the file").unwrap_or_default() {
            reader.top(key, value);
        }
    }
    (reader.items, reader.problems)
}

struct Reader {
    items: Vec<Item>,
    problems: Vec<Diagnostic>,
}

/// A key with its text.
#[derive(Clone, Copy)]
struct Key<'a> {
    text: &'a str,
    span: Span,
}

impl Key<'_> {
    fn is(self, name: &str) -> bool {
        self.text.eq_ignore_ascii_case(name)
    }

    fn to_text(self) -> Text {
        Text::new(self.text, self.span)
    }
}

impl Reader {
    fn top(&mut self, key: Key<'_>, value: &Node) {
        let plugins = |name: &'static str| Plugins { name, of: key.text.to_owned() };
        match TOP.iter().find(|name| key.is(name)).copied() {
            Some("env") => self.env(value),
            Some("includes") => self.includes(value),
            Some("pipeline") => self.pipeline(value),
            Some("parsers") => self.list(value, "parsers", |reader, node| reader.flat("parser", node, "")),
            Some("multiline_parsers") => self.list(value, "multiline_parsers", |reader, node| {
                reader.flat("multiline_parser", node, "rules");
            }),
            Some("stream_processor") => self.list(value, "stream_processor", |reader, node| {
                reader.flat("stream_processor", node, "");
            }),
            Some("upstream_servers") => self.list(value, "upstream_servers", |reader, node| {
                reader.flat("upstream_servers", node, "nodes");
            }),
            Some("customs") => self.plugins(value, &plugins("customs")),
            Some("plugins") => self.plugin_files(key, value),
            _ => self.section(key, value),
        }
    }

    /// `service`, and every name Fluent Bit does not know: keys with scalars.
    fn section(&mut self, key: Key<'_>, value: &Node) {
        if !matches!(value.kind, NodeKind::Mapping(_)) && !key.is("service") {
            let problem = Diagnostic::error(
                "yaml-structure",
                key.span,
                format!("there is no part `{}` at the top of the file", key.text),
            );
            let problem = if ["inputs", "filters", "outputs"].iter().any(|name| key.is(name)) {
                problem.help("it belongs below `pipeline`")
            } else {
                match source_text::suggest(key.text, TOP) {
                    Some(close) => problem.did_you_mean(key.span, key.text, close),
                    None => problem.help(format!("expected one of {}", TOP.join(", "))),
                }
            };
            self.problems.push(problem);
            return;
        }
        let Some(entries) = self.entries(value, key.text) else { return };
        let items = entries.into_iter().filter_map(|(key, value)| self.scalar_property(key, value)).collect();
        self.items.push(Item::Section(SectionNode { name: key.to_text(), comment: None, items }));
    }

    /// Variables: a mapping, or a list of mappings with `name` and either `value` or `uri`.
    fn env(&mut self, value: &Node) {
        if let NodeKind::Sequence(nodes) = &value.kind {
            for node in nodes {
                self.env_element(node);
            }
            return;
        }
        for (key, value) in self.entries(value, "env").unwrap_or_default() {
            if let Some(text) = self.scalar(value, "a variable") {
                self.items.push(Item::Command(Command {
                    name: Text::new("SET", key.span),
                    value: Text::new(format!("{}={text}", key.text), key.span.to(value.span)),
                    comment: None,
                }));
            }
        }
    }

    fn env_element(&mut self, node: &Node) {
        let mut name = None;
        let (mut text, mut uri) = (None, None);
        for (key, value) in self.entries(node, "a variable").unwrap_or_default() {
            let place = match key.text {
                _ if key.is("name") => &mut name,
                _ if key.is("value") => &mut text,
                _ if key.is("uri") => &mut uri,
                // Files are read when the configuration is.
                _ if key.is("refresh_interval") => continue,
                _ => {
                    let message = format!("a variable has no `{}`", key.text);
                    let problem = Diagnostic::error("yaml-structure", key.span, message);
                    self.problems.push(problem.help("expected name, value, uri or refresh_interval"));
                    continue;
                }
            };
            *place = self.scalar(value, "a part of a variable").map(|text| (text, value.span));
        }
        let Some((name, span)) = name else {
            let problem = Diagnostic::error("yaml-structure", node.span, "the variable has no `name`");
            self.problems.push(problem.help("expected `name` and either `value` or `uri`"));
            return;
        };
        let (text, end) = uri.or(text).unwrap_or_default();
        let place = if text.is_empty() { span } else { span.to(end) };
        self.items.push(Item::Command(Command {
            name: Text::new("SET", span),
            value: Text::new(format!("{name}={text}"), place),
            comment: None,
        }));
    }

    fn includes(&mut self, value: &Node) {
        self.list(value, "includes", |reader, node| {
            if let Some(path) = reader.scalar(node, "an include") {
                let value = Text::new(path, node.span);
                let name = Text::new("INCLUDE", node.span);
                reader.items.push(Item::Command(Command { name, value, comment: None }));
            }
        });
    }

    fn pipeline(&mut self, value: &Node) {
        const PARTS: [(&str, &str); 3] = [("inputs", "input"), ("filters", "filter"), ("outputs", "output")];
        for (key, value) in self.entries(value, "pipeline").unwrap_or_default() {
            match PARTS.iter().find(|(plural, _)| key.is(plural)) {
                Some((plural, name)) => self.plugins(value, &Plugins { name, of: (*plural).to_owned() }),
                None => {
                    let message = format!("`pipeline` has no part `{}`", key.text);
                    let problem = Diagnostic::error("yaml-structure", key.span, message);
                    let names = PARTS.map(|(plural, _)| plural);
                    self.problems.push(match source_text::suggest(key.text, names) {
                        Some(close) => problem.did_you_mean(key.span, key.text, close),
                        None => problem.help("expected inputs, filters or outputs"),
                    });
                }
            }
        }
    }

    /// A list of plugins.
    fn plugins(&mut self, value: &Node, plugins: &Plugins) {
        self.list(value, &plugins.of, |reader, node| {
            let Some(entries) = reader.entries(node, &plugins.of) else { return };
            let mut items = Vec::new();
            for (key, value) in entries {
                reader.plugin_property(key, value, &mut items);
            }
            reader.items.push(Item::Section(SectionNode {
                name: name_of(plugins.name, node),
                comment: None,
                items,
            }));
        });
    }

    /// `plugins`: the paths of external plugins.
    fn plugin_files(&mut self, key: Key<'_>, value: &Node) {
        let Some(nodes) = self.elements(value, "plugins") else { return };
        let items = nodes
            .iter()
            .filter_map(|node| {
                let path = self.scalar(node, "a path")?;
                let value = Text::new(path, node.span);
                Some(Item::Property(PropertyNode { key: Text::new("path", node.span), value, comment: None }))
            })
            .collect();
        self.items.push(Item::Section(SectionNode { name: key.to_text(), comment: None, items }));
    }

    /// A section of keys with scalars, and one key with a list of groups.
    fn flat(&mut self, name: &str, node: &Node, groups: &str) {
        let Some(entries) = self.entries(node, name) else { return };
        let mut items = Vec::new();
        for (key, value) in entries {
            if key.text == groups {
                self.groups(key, value, &mut items);
            } else {
                items.extend(self.scalar_property(key, value));
            }
        }
        self.items.push(Item::Section(SectionNode { name: name_of(name, node), comment: None, items }));
    }

    /// A list of mappings with scalars.
    fn groups(&mut self, key: Key<'_>, value: &Node, items: &mut Vec<Item>) {
        for node in self.elements(value, key.text).unwrap_or_default() {
            let Some(entries) = self.entries(node, key.text) else { continue };
            let inner =
                entries.into_iter().filter_map(|(key, value)| self.scalar_property(key, value)).collect();
            items.push(Item::Group(GroupNode { name: name_of(key.text, node), listed: true, items: inner }));
        }
    }

    fn plugin_property(&mut self, key: Key<'_>, value: &Node, items: &mut Vec<Item>) {
        match &value.kind {
            NodeKind::Scalar { .. } => items.extend(self.scalar_property(key, value)),
            NodeKind::Mapping(_) if key.text == "processors" => self.processors(key, value, items),
            NodeKind::Mapping(_) | NodeKind::Sequence(_) if key.text == "routes" => {
                self.nested(key, value, items);
            }
            NodeKind::Sequence(nodes) if nodes.is_empty() => {
                let message = format!("the list of `{}` is empty", key.text);
                self.problems.push(Diagnostic::error("yaml-structure", value.span, message));
            }
            NodeKind::Sequence(nodes) => {
                for node in nodes {
                    items.extend(self.scalar_property(key, node));
                }
            }
            NodeKind::Mapping(_) => {
                let message = format!("the value of `{}` is a mapping", key.text);
                let problem = Diagnostic::error("yaml-structure", value.span, message);
                self.problems.push(problem.help("expected a scalar, or a list of scalars"));
            }
        }
    }

    fn processors(&mut self, key: Key<'_>, value: &Node, items: &mut Vec<Item>) {
        const SIGNALS: [&str; 3] = ["logs", "metrics", "traces"];
        let mut inner = Vec::new();
        for (signal, value) in self.entries(value, "processors").unwrap_or_default() {
            if !SIGNALS.iter().any(|known| signal.is(known)) {
                let message = format!("there are no processors for `{}`", signal.text);
                let problem = Diagnostic::error("yaml-structure", signal.span, message);
                self.problems.push(problem.help("expected logs, metrics or traces"));
                continue;
            }
            for node in self.elements(value, signal.text).unwrap_or_default() {
                if self.entries(node, signal.text).is_some() {
                    self.nested_element(signal, node, &mut inner);
                }
            }
        }
        items.push(Item::Group(GroupNode { name: key.to_text(), listed: false, items: inner }));
    }

    /// Anything below processors and routes.
    fn nested(&mut self, key: Key<'_>, value: &Node, items: &mut Vec<Item>) {
        match &value.kind {
            NodeKind::Scalar { .. } => items.extend(self.scalar_property(key, value)),
            NodeKind::Sequence(nodes) => {
                for node in nodes {
                    self.nested_element(key, node, items);
                }
            }
            NodeKind::Mapping(_) => {
                let inner = self.nested_entries(value, key.text);
                items.push(Item::Group(GroupNode { name: key.to_text(), listed: false, items: inner }));
            }
        }
    }

    fn nested_element(&mut self, key: Key<'_>, node: &Node, items: &mut Vec<Item>) {
        match &node.kind {
            NodeKind::Scalar { .. } => items.extend(self.scalar_property(key, node)),
            NodeKind::Mapping(_) => {
                let inner = self.nested_entries(node, key.text);
                items.push(Item::Group(GroupNode {
                    name: name_of(key.text, node),
                    listed: true,
                    items: inner,
                }));
            }
            NodeKind::Sequence(_) => {
                let message = format!("the list of `{}` has a list in it", key.text);
                self.problems.push(Diagnostic::error("yaml-structure", node.span, message));
            }
        }
    }

    fn nested_entries(&mut self, node: &Node, of: &str) -> Vec<Item> {
        let mut items = Vec::new();
        for (key, value) in self.entries(node, of).unwrap_or_default() {
            self.nested(key, value, &mut items);
        }
        items
    }

    fn scalar_property(&mut self, key: Key<'_>, value: &Node) -> Option<Item> {
        let text = self.scalar(value, &format!("`{}`", key.text))?;
        let trimmed = text.trim_matches(is_space);
        if trimmed.is_empty() && !text.is_empty() {
            let message = format!("the value of `{}` is blank", key.text);
            self.problems.push(Diagnostic::error("empty-value", value.span, message));
            return None;
        }
        let value = Text::new(trimmed, value.span);
        Some(Item::Property(PropertyNode { key: key.to_text(), value, comment: None }))
    }

    fn scalar<'a>(&mut self, node: &'a Node, of: &str) -> Option<&'a str> {
        let text = node.as_str();
        if text.is_none() {
            let message = format!("the value of {of} must be a scalar");
            self.problems.push(Diagnostic::error("yaml-structure", node.span, message));
        }
        text
    }

    /// Calls `each` for the elements of a list.
    fn list(&mut self, node: &Node, of: &str, mut each: impl FnMut(&mut Self, &Node)) {
        for element in self.elements(node, of).unwrap_or_default() {
            each(self, element);
        }
    }

    /// The elements of a list that are written there, not elsewhere.
    fn elements<'a>(&mut self, node: &'a Node, of: &str) -> Option<Vec<&'a Node>> {
        let Some(elements) = node.items() else {
            let message = format!("`{of}` must be a list");
            let problem = Diagnostic::error("yaml-structure", node.span, message);
            self.problems.push(problem.help("expected elements that begin with `- `"));
            return None;
        };
        let mut cursor = Cursor::at(node);
        Some(elements.iter().filter(|element| self.is_own(&mut cursor, element)).collect())
    }

    /// The entries of a mapping whose keys are scalars and that are written there, not elsewhere.
    fn entries<'a>(&mut self, node: &'a Node, of: &str) -> Option<Vec<(Key<'a>, &'a Node)>> {
        let Some(entries) = node.entries() else {
            let message = format!("`{of}` must be a mapping");
            let message = if of == "the file" { "the file must be a mapping".to_owned() } else { message };
            let problem = Diagnostic::error("yaml-structure", node.span, message);
            self.problems.push(problem.help("expected lines of the form `key: value`"));
            return None;
        };
        let mut own = Vec::new();
        let mut cursor = Cursor::at(node);
        for (key, value) in entries {
            let Some(text) = key.as_str() else {
                let message = "a key must be a scalar";
                self.problems.push(Diagnostic::error("yaml-structure", key.span, message));
                continue;
            };
            if self.is_own(&mut cursor, key) && self.is_own(&mut cursor, value) {
                own.push((Key { text, span: key.span }, value));
            }
        }
        Some(own)
    }

    /// Whether a node stands after what was read before it: an alias has the place of what it stands for.
    fn is_own(&mut self, cursor: &mut Cursor, node: &Node) -> bool {
        let own = node.span.start >= cursor.last.end;
        if own {
            cursor.last = node.span;
        } else {
            let message = "Fluent Bit reads no aliases and no merge keys";
            let problem = Diagnostic::error("yaml-alias", cursor.last, message);
            self.problems.push(problem.label(node.span, "this would be repeated").help("write it out"));
        }
        own
    }
}

/// How far the nodes of a collection were read.
struct Cursor {
    last: Span,
}

impl Cursor {
    fn at(collection: &Node) -> Self {
        Self { last: collection.span.part(0, 0) }
    }
}

/// A list of plugins: the name of its sections, and what it is called itself.
struct Plugins {
    name: &'static str,
    of: String,
}

/// The name of a section that is an element of a list, at the first line of the element.
fn name_of(name: &str, node: &Node) -> Text {
    let first = match &node.kind {
        NodeKind::Mapping(entries) => entries.first().map(|(key, value)| key.span.to(value.span)),
        _ => None,
    };
    Text::new(name, first.map_or(node.span, |first| Span { start: node.span.start, ..first }))
}
