//! The YAML form.

use source_text::Diagnostic;

use super::parts::{Parts, Placed};
use super::{lost, renamed, rules, scalar};
use crate::section::SectionKind;
use crate::tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text};

/// Writes a tree as YAML, and says what that form cannot hold.
///
/// The parts of the file come in a fixed order, each once; sections of one kind keep their order, and
/// comments stay before what they stood before. Properties with the same key that follow each other become
/// a list. Reading the text again gives the same tree, if the tree came from YAML in that order and had no
/// comment before the first key of a section.
///
/// ```
/// use fluentbit_config::{Compat, parse_classic, write_yaml};
/// use source_text::SourceId;
///
/// let text = "# the shop\n[INPUT]\n    Name tail\n    Tag *.x\n[FILTER]\n    Name grep\n    Match *\n    Exclude a b\n    Exclude c d\n";
/// let (document, _) = parse_classic(SourceId::default(), text, Compat::V5_1);
/// let (yaml, problems) = write_yaml(&document);
/// assert_eq!(
///     yaml,
///     "pipeline:\n  inputs:\n    # the shop\n    - name: tail\n      tag: '*.x'\n  filters:\n    - name: grep\n      match: '*'\n      exclude:\n        - a b\n        - c d\n"
/// );
/// assert!(problems.is_empty());
/// ```
#[must_use]
pub fn write(document: &Document) -> (String, Vec<Diagnostic>) {
    let mut writer =
        Writer { from: document.form, out: String::new(), problems: Vec::new(), headers: Vec::new() };
    let parts = Parts::of(&document.items, document.form, &mut writer.problems);
    writer.document(&parts);
    (writer.out, writer.problems)
}

/// How a key that is set several times is written. Where Fluent Bit reads no lists, it takes the key again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    List,
    Keys,
}

impl Repeated {
    fn of(kind: SectionKind) -> Self {
        if kind.is_plugin() { Self::List } else { Self::Keys }
    }
}

/// The parts that are lists of mappings.
const LISTS: [(&str, SectionKind); 5] = [
    ("parsers", SectionKind::Parser),
    ("multiline_parsers", SectionKind::MultilineParser),
    ("stream_processor", SectionKind::StreamProcessor),
    ("upstream_servers", SectionKind::UpstreamServers),
    ("customs", SectionKind::Custom),
];
const PIPELINE: [(&str, SectionKind); 3] =
    [("inputs", SectionKind::Input), ("filters", SectionKind::Filter), ("outputs", SectionKind::Output)];

struct Writer {
    from: Form,
    out: String,
    problems: Vec<Diagnostic>,
    /// Keys that are written when something stands below them: their level and text.
    headers: Vec<(usize, &'static str)>,
}

impl Writer {
    fn document(&mut self, parts: &Parts<'_>) {
        self.variables(&parts.variables);
        if !parts.includes_last {
            self.includes(&parts.includes);
        }
        self.services(&parts.services);
        for placed in &parts.others {
            if let Item::Section(section) = placed.item {
                self.trivia(&placed.before, 0);
                self.mapping_section(section);
            }
        }
        for (name, kind) in LISTS {
            self.headers = vec![(0, name)];
            self.list(kind, parts, 1);
        }
        self.plugin_files(parts);
        let mut above: &[(usize, &str)] = &[(0, "pipeline")];
        for (name, kind) in PIPELINE {
            self.headers = above.iter().copied().chain([(1, name)]).collect();
            self.list(kind, parts, 2);
            if self.headers.is_empty() {
                above = &[];
            }
        }
        if parts.includes_last {
            self.includes(&parts.includes);
        }
        self.trivia(&parts.after, 0);
    }

    /// Writes the keys above the first element of a part, with blank lines before them and comments after.
    fn begin_element(&mut self, trivia: &[&Item], level: usize) {
        let blank = trivia.iter().take_while(|item| matches!(item, Item::Blank(_))).count();
        let above = if self.headers.is_empty() { 0 } else { blank };
        self.trivia(&trivia[..above], 0);
        for (level, name) in std::mem::take(&mut self.headers) {
            self.key(name, level);
        }
        self.trivia(&trivia[above..], level);
    }

    fn variables(&mut self, variables: &[Placed<'_>]) {
        self.headers = vec![(0, "env")];
        for placed in variables {
            self.begin_element(&placed.before, 1);
            let Item::Command(command) = placed.item else { continue };
            let Some((name, value)) = command.value.value.split_once('=') else { continue };
            self.entry(name, value, command.comment.as_ref(), 1);
        }
    }

    fn includes(&mut self, includes: &[Placed<'_>]) {
        self.headers = vec![(0, "includes")];
        for placed in includes {
            self.begin_element(&placed.before, 1);
            let Item::Command(command) = placed.item else { continue };
            let path = self.include_path(command);
            self.scalar_element(&path, command.comment.as_ref(), 1);
        }
    }

    fn include_path(&mut self, command: &Command) -> String {
        let path = command.value.value.clone();
        if self.from == Form::Yaml {
            return path;
        }
        let renamed = renamed(&path, &[".conf"], ".yaml").unwrap_or_else(|| path.clone());
        let message = format!("`{path}` must be converted to `{renamed}` too");
        let help = "in YAML a relative path starts at the folder of the file it stands in";
        self.problems.push(lost(command.value.span, message).help(help));
        renamed
    }

    /// All `SERVICE` sections as one.
    fn services(&mut self, services: &[Placed<'_>]) {
        let sections = || {
            services.iter().filter_map(|placed| match placed.item {
                Item::Section(section) => Some((placed, section)),
                _ => None,
            })
        };
        let is_empty = sections().all(|(_, section)| is_empty(&section.items));
        for (index, (placed, section)) in sections().enumerate() {
            self.trivia(&placed.before, usize::from(index > 0));
            if index == 0 {
                self.section_header(section, is_empty);
            }
            self.items(Repeated::Keys, &section.items, 1);
        }
    }

    /// A section that is a mapping under its own name.
    fn mapping_section(&mut self, section: &SectionNode) {
        self.section_header(section, is_empty(&section.items));
        self.items(Repeated::Keys, &section.items, 1);
    }

    fn section_header(&mut self, section: &SectionNode, is_empty: bool) {
        if let Some(comment) = &section.comment {
            self.comment(comment, 0);
        }
        let name = match self.from {
            Form::Classic => section.name.value.to_ascii_lowercase(),
            Form::Yaml => section.name.value.clone(),
        };
        scalar::push(&mut self.out, &name);
        self.out.push_str(if is_empty { ": {}\n" } else { ":\n" });
    }

    /// A list of sections of one kind.
    fn list(&mut self, kind: SectionKind, parts: &Parts<'_>, level: usize) {
        for (placed, section) in parts.sections(kind) {
            self.begin_element(&placed.before, level);
            if let Some(comment) = &section.comment {
                self.comment(comment, level);
            }
            let mut items = rules::to_groups(kind, &section.items);
            items.retain(|item| !matches!(item, Item::Command(_)));
            self.element(Repeated::of(kind), &items, level);
        }
    }

    /// One element of a list of mappings.
    fn element(&mut self, repeated: Repeated, items: &[Item], level: usize) {
        // What stands before the first key stands before the element.
        let first = items.iter().take_while(|item| matches!(item, Item::Blank(_) | Item::Comment(_))).count();
        let (before, items) = items.split_at(first);
        self.trivia(&before.iter().collect::<Vec<_>>(), level);
        if items.is_empty() {
            self.indent(level);
            self.out.push_str("- {}\n");
            return;
        }
        let start = self.out.len();
        self.items(repeated, items, level + 1);
        // The first line is written like the others; its indent becomes the dash.
        let dash = start + 2 * level;
        if self.out.get(dash..dash + 2) == Some("  ") {
            self.out.replace_range(dash..dash + 2, "- ");
        }
    }

    /// `plugins`: a list of paths.
    fn plugin_files(&mut self, parts: &Parts<'_>) {
        self.headers = vec![(0, "plugins")];
        for (placed, section) in parts.sections(SectionKind::Plugins) {
            self.begin_element(&placed.before, 1);
            for item in &section.items {
                match item {
                    Item::Property(property) => {
                        self.scalar_element(&property.value.value, property.comment.as_ref(), 1);
                    }
                    item => self.trivia(&[item], 1),
                }
            }
        }
    }

    /// The entries of a mapping.
    fn items(&mut self, repeated: Repeated, items: &[Item], level: usize) {
        let mut rest = items;
        while let Some(item) = rest.first() {
            let run = self.run_of(repeated, rest);
            match item {
                Item::Property(property) if run.count > 1 => {
                    self.key(&self.key_text(property), level);
                    for item in &rest[..run.length] {
                        match item {
                            Item::Property(property) => {
                                let comment = property.comment.as_ref();
                                self.scalar_element(&property.value.value, comment, level + 1);
                            }
                            item => self.trivia(&[item], level + 1),
                        }
                    }
                }
                Item::Property(property) => {
                    let key = self.key_text(property);
                    self.entry(&key, &property.value.value, property.comment.as_ref(), level);
                }
                Item::Group(group) => self.groups(repeated, group, &rest[..run.length], level),
                item => self.trivia(&[item], level),
            }
            rest = &rest[run.length..];
        }
    }

    /// The items at the start of `items` that are written under one key.
    fn run_of(&self, repeated: Repeated, items: &[Item]) -> Run {
        let same = |item: &Item| match (&items[0], item) {
            (Item::Property(first), Item::Property(other)) => {
                repeated == Repeated::List && self.key_text(first) == self.key_text(other)
            }
            (Item::Group(first), Item::Group(other)) => {
                first.listed && other.listed && first.name.value == other.name.value
            }
            _ => false,
        };
        let mut run = Run { length: 1, count: 1 };
        if matches!(items[0], Item::Blank(_) | Item::Comment(_)) {
            return run;
        }
        for (index, item) in items.iter().enumerate().skip(1) {
            match item {
                Item::Blank(_) | Item::Comment(_) => {}
                item if same(item) => run = Run { length: index + 1, count: run.count + 1 },
                _ => break,
            }
        }
        run
    }

    fn groups(&mut self, repeated: Repeated, group: &GroupNode, run: &[Item], level: usize) {
        self.key(&group.name.value, level);
        if !group.listed {
            self.items(repeated, &group.items, level + 1);
            return;
        }
        for item in run {
            match item {
                Item::Group(group) => self.element(repeated, &group.items, level + 1),
                item => self.trivia(&[item], level + 1),
            }
        }
    }

    fn scalar_element(&mut self, value: &str, comment: Option<&Text>, level: usize) {
        self.indent(level);
        self.out.push_str("- ");
        scalar::push(&mut self.out, value);
        self.end_line(comment);
    }

    fn key_text(&self, property: &PropertyNode) -> String {
        match self.from {
            Form::Classic => property.key.value.to_ascii_lowercase(),
            Form::Yaml => property.key.value.clone(),
        }
    }

    fn key(&mut self, key: &str, level: usize) {
        self.indent(level);
        scalar::push(&mut self.out, key);
        self.out.push_str(":\n");
    }

    fn entry(&mut self, key: &str, value: &str, comment: Option<&Text>, level: usize) {
        self.indent(level);
        scalar::push(&mut self.out, key);
        self.out.push_str(": ");
        scalar::push(&mut self.out, value);
        self.end_line(comment);
    }

    fn end_line(&mut self, comment: Option<&Text>) {
        if let Some(comment) = comment {
            self.out.push_str(" #");
            scalar::push_comment(&mut self.out, &comment.value);
        }
        self.out.push('\n');
    }

    fn trivia(&mut self, items: &[&Item], level: usize) {
        for item in items {
            match item {
                // Parts change places, and a blank line at the start of the file is of no use.
                Item::Blank(_) if self.out.is_empty() && self.from == Form::Classic => {}
                Item::Blank(_) => self.out.push('\n'),
                Item::Comment(comment) => self.comment(comment, level),
                _ => {}
            }
        }
    }

    fn comment(&mut self, comment: &Text, level: usize) {
        self.indent(level);
        self.out.push('#');
        scalar::push_comment(&mut self.out, &comment.value);
        self.out.push('\n');
    }

    fn indent(&mut self, level: usize) {
        for _ in 0..level {
            self.out.push_str("  ");
        }
    }
}

/// Items that are written under one key.
struct Run {
    /// How many items, comments and blank lines between them included.
    length: usize,
    /// How many of them have the key.
    count: usize,
}

/// Whether there is nothing to write but comments.
fn is_empty(items: &[Item]) -> bool {
    !items.iter().any(|item| matches!(item, Item::Property(_) | Item::Group(_)))
}
