//! The classic form.

use event_model::Compat;
use source_text::Diagnostic;

use super::{lost, renamed, rules};
use crate::load::snake_case;
use crate::section::SectionKind;
use crate::tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text};
use crate::value::is_space;

const INDENT: &str = "    ";

/// Writes a tree as classic text, and says what that form cannot hold.
///
/// Comments and blank lines stay where they are; a comment at the end of a YAML line comes to a line of its
/// own before it. Reading the text again gives the same tree, spaces in it aside, if the tree came from
/// classic text.
///
/// ```
/// use fluentbit_config::{parse_yaml, write_classic};
/// use source_text::SourceId;
///
/// let text = "pipeline:\n  inputs:\n    # the shop\n    - name: tail\n      readFromHead: true # all\n";
/// let (document, _) = parse_yaml(SourceId::default(), text);
/// let (classic, problems) = write_classic(&document);
/// assert_eq!(classic, "# the shop\n[INPUT]\n    name tail\n    # all\n    read_from_head true\n");
/// assert!(problems.is_empty());
/// ```
#[must_use]
pub fn write(document: &Document) -> (String, Vec<Diagnostic>) {
    let mut writer = Writer { from: document.form, out: String::new(), problems: Vec::new() };
    for item in &document.items {
        match item {
            // Keys and groups that are in no section are indented all the same.
            Item::Property(_) | Item::Group(_) => writer.item(item, INDENT),
            item => writer.item(item, ""),
        }
    }
    writer.parsers_in_main_file(document);
    (writer.out, writer.problems)
}

struct Writer {
    from: Form,
    out: String,
    problems: Vec<Diagnostic>,
}

impl Writer {
    fn item(&mut self, item: &Item, indent: &str) {
        match item {
            Item::Blank(_) => self.out.push('\n'),
            Item::Comment(comment) => self.comment(comment, indent),
            Item::Command(command) => self.command(command, indent),
            Item::Section(section) => self.section(section),
            Item::Group(group) => self.group(group, indent),
            Item::Property(property) => self.property(property, indent),
        }
    }

    /// In YAML a parser may stand beside a pipeline.
    fn parsers_in_main_file(&mut self, document: &Document) {
        let sections = || {
            document.items.iter().filter_map(|item| match item {
                Item::Section(section) => Some(&section.name),
                _ => None,
            })
        };
        let is_parser = |name: &&Text| {
            ["parser", "multiline_parser"].iter().any(|parser| name.value.eq_ignore_ascii_case(parser))
        };
        let is_main = sections().any(|name| {
            let kind = SectionKind::of_header(&name.value, Compat::V5_1);
            kind.is_plugin() || kind == SectionKind::Service
        });
        if let (Form::Yaml, true, Some(name)) = (self.from, is_main, sections().find(is_parser)) {
            let message = "in the classic form a parser is not allowed in the main file";
            let problem = lost(name.span, message);
            self.problems.push(problem.help("move the parsers to a file that `Parsers_File` names"));
        }
    }

    fn line(&mut self, parts: &[&str]) {
        self.out.extend(parts.iter().copied());
        self.out.push('\n');
    }

    fn comment(&mut self, comment: &Text, indent: &str) {
        self.line(&[indent, "#", &comment.value]);
    }

    fn command(&mut self, command: &Command, indent: &str) {
        if let Some(comment) = &command.comment {
            self.comment(comment, indent);
        }
        let mut value = command.value.value.clone();
        if command.is("INCLUDE") && self.from == Form::Yaml {
            let span = command.value.span;
            if let Some(path) = renamed(&value, &[".yaml", ".yml"], ".conf") {
                self.problems.push(lost(span, format!("`{value}` must be converted to `{path}` too")));
                value = path;
            }
        }
        // Fluent Bit takes no line for a command that is shorter than four bytes.
        let short = command.name.value.len() + value.len() < 2;
        // A command begins at column 1 wherever it stands.
        self.line(&["@", &command.name.value, " ", &value, if short { "  " } else { "" }]);
    }

    fn section(&mut self, section: &SectionNode) {
        let name = match self.from {
            Form::Yaml => section.name.value.to_ascii_uppercase(),
            Form::Classic => section.name.value.clone(),
        };
        match &section.comment {
            Some(comment) => self.line(&["[", &name, "] #", &comment.value]),
            None => self.line(&["[", &name, "]"]),
        }
        for item in &section.items {
            self.item(item, INDENT);
        }
    }

    fn group(&mut self, group: &GroupNode, indent: &str) {
        if let Some(rule) = rules::to_property(group) {
            self.property(&rule, indent);
            return;
        }
        let flat = group.items.iter().all(|item| !matches!(item, Item::Group(_)));
        if group.listed || !flat || indent != INDENT {
            let message = format!("the classic form has no place for `{}`", group.name.value);
            self.problems.push(lost(group.name.span, message));
            return;
        }
        // Without the space at the end it would be no group to Fluent Bit.
        self.line(&[indent, "[", &group.name.value, "] "]);
        let inner = format!("{indent}{INDENT}");
        for item in &group.items {
            self.item(item, &inner);
        }
    }

    fn property(&mut self, property: &PropertyNode, indent: &str) {
        if let Some(comment) = &property.comment {
            self.comment(comment, indent);
        }
        let key = match self.from {
            Form::Yaml => snake_case(&property.key.value),
            Form::Classic => property.key.value.clone(),
        };
        let value = property.value.value.as_str();
        let writable = !value.is_empty()
            && !value.contains(['\n', '\0'])
            && value.trim_matches(is_space) == value
            && !key.is_empty()
            && !key.starts_with(['#', '['])
            && !key.contains(char::is_whitespace);
        if writable {
            self.line(&[indent, &key, " ", value]);
        } else {
            let message = format!("`{key}` cannot be written in the classic form");
            self.problems.push(lost(property.key.span.to(property.value.span), message));
        }
    }
}
