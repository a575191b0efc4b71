//! An entry file and everything it includes.

use event_model::Compat;
use source_text::{Diagnostic, Severity, Span};

use super::Loader;
use super::include::{Includes, Place};
use crate::section::SectionKind;
use crate::tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text};
use crate::{classic, yaml};

/// A section before its values are expanded.
pub(super) struct RawSection {
    pub(super) name: Text,
    pub(super) form: Form,
    pub(super) properties: Vec<PropertyNode>,
    pub(super) groups: Vec<GroupNode>,
}

impl RawSection {
    /// Whether the name is that of the kind, not only its beginning.
    pub(super) fn is_exact(&self, kind: SectionKind) -> bool {
        let name = self.name.value.as_str();
        name.eq_ignore_ascii_case(kind.name()) || name.eq_ignore_ascii_case(&format!("{}s", kind.name()))
    }
}

/// What one entry file leads to.
pub(super) struct Tree {
    /// The sections in the order they begin.
    pub(super) sections: Vec<RawSection>,
    /// The commands in order, with the form of their file, without includes.
    pub(super) commands: Vec<(Form, Command)>,
}

/// Reads `entry` and everything it includes.
pub(super) fn walk(loader: &mut Loader<'_>, entry: &str) -> Tree {
    let mut includes = Includes::new(entry, loader.compat);
    let mut tree = Tree { sections: Vec::new(), commands: Vec::new() };
    match loader.files.read(entry) {
        Ok(bytes) => {
            includes.enter(entry, loader.files);
            let form = Form::of_path(entry);
            let mut walker = Walker { loader, includes, tree: &mut tree };
            walker.file(entry, form, &bytes);
        }
        Err(error) => {
            let message = format!("cannot read `{entry}`: {error}");
            loader.problems.push(Diagnostic::new(Severity::Error, "unreadable-file", message));
        }
    }
    tree
}

struct Walker<'w, 'a> {
    loader: &'w mut Loader<'a>,
    includes: Includes,
    tree: &'w mut Tree,
}

impl Walker<'_, '_> {
    fn is_1_8(&self) -> bool {
        self.loader.compat == Compat::V1_8
    }

    fn file(&mut self, path: &str, form: Form, bytes: &[u8]) {
        let document = self.parse(path, form, bytes);
        let items = document.items.clone();
        self.loader.documents.push(document);
        for item in items {
            match item {
                Item::Section(node) => self.section(node, path, form),
                Item::Command(command) => self.command(command, path, form),
                Item::Property(property) => self.loose_property(property),
                Item::Blank(_) | Item::Comment(_) | Item::Group(_) => {}
            }
        }
    }

    fn parse(&mut self, path: &str, form: Form, bytes: &[u8]) -> Document {
        let text = String::from_utf8_lossy(bytes);
        let id = self.loader.sources.add(path, text.as_ref());
        let problems = &mut self.loader.problems;
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            let replacement = char::REPLACEMENT_CHARACTER.len_utf8();
            problems.push(
                Diagnostic::warning(
                    "invalid-utf8",
                    Span::new(id, at, at + replacement),
                    "the file is not UTF-8 here",
                )
                .help("bytes that are not UTF-8 were replaced"),
            );
        }
        let (document, found) = match form {
            Form::Classic => classic::parse(id, &text, self.loader.compat),
            Form::Yaml => {
                if self.loader.compat == Compat::V1_8 {
                    let message = "Fluent Bit 1.8 does not read YAML";
                    problems.push(Diagnostic::error("yaml-unsupported", Span::at_start(id), message));
                }
                yaml::parse(id, &text)
            }
        };
        problems.extend(found);
        document
    }

    fn section(&mut self, node: SectionNode, path: &str, form: Form) {
        let own = self.tree.sections.len();
        let name = node.name;
        self.tree.sections.push(RawSection { name, form, properties: Vec::new(), groups: Vec::new() });
        for item in node.items {
            // 1.8 adds a key to the section that began last in any file.
            let target = if self.is_1_8() { self.tree.sections.len() - 1 } else { own };
            match item {
                Item::Property(property) => self.tree.sections[target].properties.push(property),
                Item::Group(group) => self.tree.sections[target].groups.push(group),
                Item::Command(command) => self.command(command, path, form),
                Item::Blank(_) | Item::Comment(_) | Item::Section(_) => {}
            }
        }
    }

    /// A key before the first section of its file.
    fn loose_property(&mut self, property: PropertyNode) {
        let span = property.key.span;
        let message = format!("the key `{}` is in no section", property.key.value);
        if !self.is_1_8() {
            self.loader.problems.push(
                Diagnostic::error("key-outside-section", span, message)
                    .help("put it below a `[SECTION]` header of the same file"),
            );
            return;
        }
        match self.tree.sections.last_mut() {
            Some(section) => section.properties.push(property),
            None => self
                .loader
                .problems
                .push(Diagnostic::warning("key-outside-section", span, message).help(
                    "Fluent Bit 1.8 ignores it, 5.1 does not start; put it below a `[SECTION]` header",
                )),
        }
    }

    fn command(&mut self, command: Command, path: &str, form: Form) {
        // `@INCLUDE ` without a path is a command nobody knows.
        if command.is("INCLUDE") && !command.value.value.is_empty() {
            self.include(&command, path, form);
        } else {
            self.tree.commands.push((form, command));
        }
    }

    fn include(&mut self, command: &Command, path: &str, form: Form) {
        let place = Place { form, including: path, span: command.value.span };
        let files = self.loader.files;
        let found = match self.includes.find(&command.value.value, place, files) {
            Ok(found) => found,
            Err(problem) => {
                self.loader.problems.push(*problem);
                return;
            }
        };
        for path in found {
            match self.includes.open(&path, place, files) {
                Ok(bytes) => {
                    self.file(&path, form, &bytes);
                    self.includes.leave(&path, form);
                }
                Err(problem) => self.loader.problems.push(*problem),
            }
        }
    }
}
