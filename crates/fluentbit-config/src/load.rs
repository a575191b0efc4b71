//! From the entry file to a [`Config`]: includes, variables, parser files.

mod include;

use event_model::Compat;
use source_text::{Diagnostic, Severity, SourceMap, Span};

use crate::classic;
use crate::environment::{Environment, Event, Variables, expand};
use crate::files::Files;
use crate::section::{Group, Property, Section, SectionKind};
use crate::tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode};
use include::Includes;

/// A whole configuration: every file of it read, variables expanded, sections sorted by kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The release whose rules were followed.
    pub compat: Compat,
    /// The service; empty where the configuration has no such section.
    pub service: Section,
    /// Inputs in order.
    pub inputs: Vec<Section>,
    /// Filters in order.
    pub filters: Vec<Section>,
    /// Outputs in order.
    pub outputs: Vec<Section>,
    /// Parsers in order, those of parser files first.
    pub parsers: Vec<Section>,
    /// Multiline parsers in order, those of parser files first.
    pub multiline_parsers: Vec<Section>,
    /// Sections of every other kind.
    pub others: Vec<Section>,
    /// The files as they are written: the entry file, then the others in the order they were read.
    pub documents: Vec<Document>,
    /// The text of the files.
    pub sources: SourceMap,
}

/// Reads the configuration whose entry file is `entry`.
///
/// The diagnostics hold everything that is wrong. With an error among them, the release `compat` names would
/// not start; what could be read is there all the same. Warnings never keep it from starting.
///
/// ```
/// use fluentbit_config::{Compat, MemoryFiles, load};
///
/// let files = MemoryFiles::from([
///     ("fluent-bit.conf", "@SET level=warn\n[SERVICE]\n    Log_Level ${level}\n@INCLUDE in/*.conf\n"),
///     ("in/tail.conf", "[INPUT]\n    Name tail\n    Path /var/log/*.log\n"),
/// ]);
/// let (config, problems) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
/// assert!(problems.is_empty());
/// assert_eq!(config.service.str("log_level"), Some("warn"));
/// assert_eq!(config.inputs[0].name(), "tail");
/// assert_eq!(config.sources.text(config.inputs[0].get("path").unwrap().value_span), "/var/log/*.log");
/// ```
#[must_use]
pub fn load(
    entry: &str,
    files: &dyn Files,
    environment: &dyn Environment,
    compat: Compat,
) -> (Config, Vec<Diagnostic>) {
    let mut loader = Loader {
        compat,
        files,
        variables: Variables::new(environment),
        sources: SourceMap::new(),
        documents: Vec::new(),
        problems: Vec::new(),
    };
    let mut sections = Vec::new();
    let main = loader.read_tree(entry, &mut sections);
    loader.run_commands(&main);
    let mut config = Config {
        compat,
        service: Section::new(SectionKind::Service, Span::default(), compat),
        inputs: Vec::new(),
        filters: Vec::new(),
        outputs: Vec::new(),
        parsers: Vec::new(),
        multiline_parsers: Vec::new(),
        others: Vec::new(),
        documents: Vec::new(),
        sources: SourceMap::new(),
    };
    loader.sort(sections, &mut config);
    loader.parser_files(entry, &mut config);
    config.documents = loader.documents;
    config.sources = loader.sources;
    (config, loader.problems)
}

struct Loader<'a> {
    compat: Compat,
    files: &'a dyn Files,
    variables: Variables<'a>,
    sources: SourceMap,
    documents: Vec<Document>,
    problems: Vec<Diagnostic>,
}

/// A section before its values are expanded.
struct RawSection {
    name: crate::tree::Text,
    form: Form,
    properties: Vec<PropertyNode>,
    groups: Vec<GroupNode>,
}

impl Loader<'_> {
    /// Reads `entry` and everything it includes; gives the sections, in the order they begin, and the
    /// indexes of the documents.
    fn read_tree(&mut self, entry: &str, sections: &mut Vec<RawSection>) -> Vec<usize> {
        let mut includes = Includes::new(entry, self.compat);
        let mut read = Vec::new();
        match self.open(entry) {
            Ok(document) => {
                includes.enter(entry, self.files);
                self.walk_document(document, &mut includes, sections, &mut read);
            }
            Err(problem) => self.problems.push(*problem),
        }
        read
    }

    /// Reads and parses one file.
    fn open(&mut self, path: &str) -> Result<Document, Box<Diagnostic>> {
        let bytes = self.files.read(path).map_err(|error| {
            let message = format!("cannot read `{path}`: {error}");
            Box::new(Diagnostic::new(Severity::Error, "unreadable-file", message))
        })?;
        Ok(self.parse(path, &bytes))
    }

    fn parse(&mut self, path: &str, bytes: &[u8]) -> Document {
        let text = String::from_utf8_lossy(bytes);
        let id = self.sources.add(path, text.as_ref());
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            self.problems.push(
                Diagnostic::warning("invalid-utf8", Span::new(id, at, at + 3), "the file is not UTF-8 here")
                    .help("bytes that are not UTF-8 were replaced"),
            );
        }
        let (document, problems) = classic::parse(id, &text, self.compat);
        self.problems.extend(problems);
        document
    }

    fn walk_document(
        &mut self,
        document: Document,
        includes: &mut Includes,
        sections: &mut Vec<RawSection>,
        read: &mut Vec<usize>,
    ) {
        let index = self.documents.len();
        read.push(index);
        let items = document.items.clone();
        let form = document.form;
        self.documents.push(document);
        for item in items {
            match item {
                Item::Section(node) => self.walk_section(node, form, includes, sections, read),
                Item::Command(command) if command.is("INCLUDE") => {
                    self.include(&command, includes, sections, read);
                }
                Item::Property(property) => self.loose_property(property, sections),
                Item::Blank(_) | Item::Comment(_) | Item::Command(_) | Item::Group(_) => {}
            }
        }
    }

    fn walk_section(
        &mut self,
        node: SectionNode,
        form: Form,
        includes: &mut Includes,
        sections: &mut Vec<RawSection>,
        read: &mut Vec<usize>,
    ) {
        let own = sections.len();
        sections.push(RawSection { name: node.name, form, properties: Vec::new(), groups: Vec::new() });
        for item in node.items {
            // 1.8 adds a key to the section that began last in any file.
            let target = if self.compat == Compat::V1_8 { sections.len() - 1 } else { own };
            match item {
                Item::Property(property) => sections[target].properties.push(property),
                Item::Group(group) => sections[target].groups.push(group),
                Item::Command(command) if command.is("INCLUDE") => {
                    self.include(&command, includes, sections, read);
                }
                Item::Blank(_) | Item::Comment(_) | Item::Command(_) | Item::Section(_) => {}
            }
        }
    }

    /// A key before the first section of its file.
    fn loose_property(&mut self, property: PropertyNode, sections: &mut [RawSection]) {
        let span = property.key.span;
        let message = format!("the key `{}` is in no section", property.key.value);
        match (self.compat, sections.last_mut()) {
            (Compat::V1_8, Some(section)) => section.properties.push(property),
            (Compat::V1_8, None) => self
                .problems
                .push(Diagnostic::warning("key-outside-section", span, message).help(
                    "Fluent Bit 1.8 ignores it, 5.1 does not start; put it below a `[SECTION]` header",
                )),
            _ => self.problems.push(
                Diagnostic::error("key-outside-section", span, message)
                    .help("put it below a `[SECTION]` header of the same file"),
            ),
        }
    }

    fn include(
        &mut self,
        command: &Command,
        includes: &mut Includes,
        sections: &mut Vec<RawSection>,
        read: &mut Vec<usize>,
    ) {
        let path = &command.value.value;
        let span = command.value.span;
        let found = if path.contains('*') {
            includes.glob(path, span, self.files)
        } else {
            includes.find(path, span, self.files).map(|found| vec![found])
        };
        let found = match found {
            Ok(found) => found,
            Err(problem) => {
                self.problems.push(*problem);
                return;
            }
        };
        for path in found {
            match includes.enter_once(&path, span, self.files) {
                Ok(bytes) => {
                    let document = self.parse(&path, &bytes);
                    self.walk_document(document, includes, sections, read);
                    includes.leave(&path);
                }
                Err(problem) => {
                    self.problems.push(*problem);
                }
            }
        }
    }

    /// Runs the commands of the documents `read`: all of them before any value is expanded.
    fn run_commands(&mut self, read: &[usize]) {
        let mut commands = Vec::new();
        for &index in read {
            collect_commands(&self.documents[index].items, &mut commands);
        }
        for command in commands {
            if !command.is("SET") {
                let message = format!("`@{}` is no command Fluent Bit knows", command.name.value);
                let problem = Diagnostic::warning("unknown-command", command.name.span, message);
                let help = match source_text::suggest(&command.name.value, ["SET", "INCLUDE"]) {
                    Some(close) => format!("it is ignored; did you mean `@{close}`?"),
                    None => "it is ignored; expected `@SET` or `@INCLUDE`".to_owned(),
                };
                self.problems.push(problem.help(help));
                continue;
            }
            match command.value.value.split_once('=') {
                Some((name, value)) => self.set(name, value, &command),
                None => self.problems.push(
                    Diagnostic::warning("invalid-set", command.value.span, "`@SET` without `=` sets nothing")
                        .help("expected `@SET key=value`"),
                ),
            }
        }
    }

    fn set(&mut self, name: &str, value: &str, command: &Command) {
        let Some(path) =
            value.strip_prefix("file://").filter(|path| !path.is_empty() && self.compat != Compat::V1_8)
        else {
            self.variables.set(name, value);
            return;
        };
        let problem = match self.files.read(path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let text = text.strip_suffix(['\n', '\r']).unwrap_or(&text);
                if !text.is_empty() {
                    self.variables.set(name, text);
                    return;
                }
                format!("the file `{path}` is empty")
            }
            Err(error) => format!("cannot read `{path}`: {error}"),
        };
        self.problems.push(
            Diagnostic::warning("unreadable-variable-file", command.value.span, problem)
                .help(format!("the variable `{name}` stays unset")),
        );
    }

    fn sort(&mut self, sections: Vec<RawSection>, config: &mut Config) {
        let mut service_seen = false;
        for raw in sections {
            let kind = self.classify(&raw);
            let section = self.expand_section(kind, raw);
            match kind {
                SectionKind::Service if !service_seen => {
                    service_seen = true;
                    config.service = section;
                }
                // 5.1 merges them, 1.8 uses the first one.
                SectionKind::Service if self.compat != Compat::V1_8 => {
                    config.service.properties.extend(section.properties);
                }
                SectionKind::Service => self.problems.push(
                    Diagnostic::warning("duplicate-service", section.span, "a second SERVICE section")
                        .help("Fluent Bit 1.8 ignores it"),
                ),
                SectionKind::Input => config.inputs.push(section),
                SectionKind::Filter => config.filters.push(section),
                SectionKind::Output => config.outputs.push(section),
                SectionKind::Parser => config.parsers.push(section),
                SectionKind::MultilineParser => config.multiline_parsers.push(section),
                _ => config.others.push(section),
            }
        }
    }

    fn classify(&mut self, raw: &RawSection) -> SectionKind {
        let name = raw.name.value.as_str();
        let kind = SectionKind::of_header(name, self.compat);
        let span = raw.name.span;
        if kind == SectionKind::Unknown {
            let names = ["SERVICE", "INPUT", "FILTER", "OUTPUT", "PARSER", "MULTILINE_PARSER"];
            let message = format!("unknown section `{name}`");
            let mut problem = match self.compat {
                Compat::V1_8 => Diagnostic::error("unknown-section", span, message),
                _ => Diagnostic::warning("unknown-section", span, message),
            };
            problem = match source_text::suggest(name.trim(), names) {
                Some(close) => problem.help(format!("did you mean `{close}`?")).fix(span, close),
                None => problem.help("Fluent Bit 5.1 ignores it without a word, 1.8 does not start"),
            };
            self.problems.push(problem);
        } else if raw.form == Form::Classic
            && matches!(name.to_ascii_lowercase().as_str(), "parser" | "multiline_parser")
        {
            self.problems.push(
                Diagnostic::error(
                    "parser-in-main-file",
                    span,
                    format!("`[{name}]` is not allowed in the main configuration"),
                )
                .help("put it in a file of its own and name that with `Parsers_File` in `[SERVICE]`"),
            );
        }
        kind
    }

    fn expand_section(&mut self, kind: SectionKind, raw: RawSection) -> Section {
        let mut section = Section::new(kind, raw.name.span, self.compat);
        let form = raw.form;
        section.properties =
            raw.properties.into_iter().map(|node| self.expand_property(node, form)).collect();
        section.groups = raw.groups.into_iter().map(|node| self.expand_group(node, form)).collect();
        section
    }

    fn expand_group(&mut self, node: GroupNode, form: Form) -> Group {
        let mut group = Group {
            name: node.name.value.to_ascii_lowercase(),
            span: node.name.span,
            properties: Vec::new(),
            groups: Vec::new(),
        };
        for item in node.items {
            match item {
                Item::Property(property) => group.properties.push(self.expand_property(property, form)),
                Item::Group(inner) => group.groups.push(self.expand_group(inner, form)),
                Item::Blank(_) | Item::Comment(_) | Item::Command(_) | Item::Section(_) => {}
            }
        }
        group
    }

    fn expand_property(&mut self, node: PropertyNode, form: Form) -> Property {
        let (value, events) = expand(&node.value.value, &self.variables, self.compat);
        let key = match form {
            Form::Classic => node.key.value,
            Form::Yaml => snake_case(&node.key.value),
        };
        for event in events {
            let problem = describe(&event, node.value.span, &node.value.value);
            self.problems.push(problem);
        }
        Property { key, key_span: node.key.span, value, raw: node.value.value, value_span: node.value.span }
    }

    /// Reads the files named by `Parsers_File`.
    fn parser_files(&mut self, entry: &str, config: &mut Config) {
        let named: Vec<Property> = config.service.get_all("parsers_file").cloned().collect();
        let mut parsers = Vec::new();
        let mut multiline = Vec::new();
        for property in named {
            let path = match include::resolve(&property.value, entry, self.files) {
                Some(path) => path,
                None => {
                    let message = format!("the parser file `{}` does not exist", property.value);
                    let problem = match self.compat {
                        Compat::V1_8 => {
                            Diagnostic::warning("missing-parsers-file", property.value_span, message)
                        }
                        _ => Diagnostic::error("missing-parsers-file", property.value_span, message),
                    };
                    self.problems.push(problem.help("a relative path starts at the folder of the main file"));
                    continue;
                }
            };
            let mut sections = Vec::new();
            self.read_tree(&path, &mut sections);
            for raw in sections {
                let kind = SectionKind::of_header(&raw.name.value, self.compat);
                let section = self.expand_section(kind, raw);
                match kind {
                    SectionKind::Parser => parsers.push(section),
                    SectionKind::MultilineParser => multiline.push(section),
                    _ => config.others.push(section),
                }
            }
        }
        parsers.append(&mut config.parsers);
        multiline.append(&mut config.multiline_parsers);
        config.parsers = parsers;
        config.multiline_parsers = multiline;
    }
}

fn collect_commands(items: &[Item], commands: &mut Vec<Command>) {
    for item in items {
        match item {
            Item::Command(command) if !command.is("INCLUDE") => commands.push(command.clone()),
            Item::Section(section) => collect_commands(&section.items, commands),
            Item::Group(group) => collect_commands(&group.items, commands),
            _ => {}
        }
    }
}

/// A YAML key as 5.1 looks it up: `camelCase` becomes `snake_case` unless there is an underscore or the
/// first letter is upper case.
fn snake_case(key: &str) -> String {
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        return key.to_owned();
    }
    if key.contains('_') {
        return key.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// What happened while a value was expanded, as a warning.
fn describe(event: &Event, span: Span, value: &str) -> Diagnostic {
    // A quoted YAML scalar is longer than its value: point at the whole of it then.
    let part = |from: usize, to: usize| {
        if (span.end - span.start) as usize == value.len() { span.part(from, to) } else { span }
    };
    match event {
        Event::Unset { name, from, to } => Diagnostic::warning(
            "undefined-variable",
            part(*from, *to),
            format!("the variable `{name}` is not set; it expands to nothing"),
        ),
        Event::BraceBefore { at } => Diagnostic::warning(
            "brace-before-variable",
            part(*at, value.len()),
            "this variable is not expanded, because a `}` stands before it",
        )
        .help("Fluent Bit takes the first `}` for the end of the variable; set the whole value with `@SET`"),
        Event::Lost { from, to } => Diagnostic::warning(
            "brace-before-variable",
            part(*from, *to),
            format!(
                "the text `{}` is lost while variables are expanded",
                value.get(*from..*to).unwrap_or_default()
            ),
        )
        .help("Fluent Bit takes the first `}` for the end of a variable; set the whole value with `@SET`"),
        Event::NameTooLong { from, to } => Diagnostic::warning(
            "variable-name-too-long",
            part(*from, *to),
            "Fluent Bit 1.8 has room for 63 bytes between the braces and overruns its buffer",
        ),
    }
}
