//! From the entry file to a [`Config`]: files, variables, sections, parsers.

mod expand;
mod include;
mod walk;

use std::collections::BTreeMap;

use event_model::Compat;
use source_text::{Diagnostic, SourceMap, Span};

use crate::check;
use crate::environment::{Environment, Variables};
use crate::files::Files;
use crate::section::{Property, Section, SectionKind};
use crate::tree::{Document, Form};
pub(crate) use expand::snake_case;
use walk::{RawSection, Tree, walk};

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
/// The diagnostics hold everything that is wrong, in the order of the files. With an error among them, the
/// release `compat` names would not start; what could be read is there all the same. Warnings never keep it
/// from starting. Of sections a release does not come to although it starts, as 1.8 after an output it does
/// not know, the configuration holds none.
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
        room: MOST_EXPANDED,
    };
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
    let main = walk(&mut loader, entry);
    loader.run_commands(&main);
    loader.sort(main, &mut config);
    loader.parser_files(entry, &mut config);
    let Loader { documents, sources, mut problems, .. } = loader;
    config.documents = documents;
    config.sources = sources;
    check::check(&mut config, &mut problems);
    problems.sort_by_key(|problem| problem.span().map(|span| (span.source, span.start)));
    (config, problems)
}

/// How much text all variables together may expand to, in bytes. Fluent Bit has no limit.
const MOST_EXPANDED: usize = 64 * 1024 * 1024;

/// What is there while a configuration is read.
struct Loader<'a> {
    compat: Compat,
    files: &'a dyn Files,
    variables: Variables<'a>,
    sources: SourceMap,
    documents: Vec<Document>,
    problems: Vec<Diagnostic>,
    /// How many bytes variables may still expand to.
    room: usize,
}

impl Loader<'_> {
    /// Expands the sections of the main file and sorts them by kind.
    fn sort(&mut self, tree: Tree, config: &mut Config) {
        let mut service: Option<Form> = None;
        for raw in tree.sections {
            let kind = self.classify(&raw);
            let again = service.is_some();
            let is_service_key = raw.form == Form::Yaml && raw.name.value.eq_ignore_ascii_case("service");
            let form = raw.form;
            let section = self.expand_section(kind, raw);
            match kind {
                SectionKind::Service if !again => {
                    service = Some(form);
                    config.service = section;
                }
                SectionKind::Service if is_service_key => self.problems.push(
                    Diagnostic::error("duplicate-service", section.span, "a second `service`")
                        .label(config.service.span, "the first one")
                        .help("all files of a configuration have one together"),
                ),
                // 5.1 merges them, 1.8 uses the first one.
                SectionKind::Service if self.compat == Compat::V1_8 => self.problems.push(
                    Diagnostic::warning("duplicate-service", section.span, "a second SERVICE section")
                        .label(config.service.span, "the first one")
                        .help("Fluent Bit 1.8 ignores it"),
                ),
                SectionKind::Service => config.service.properties.extend(section.properties),
                SectionKind::Input => config.inputs.push(section),
                SectionKind::Filter => config.filters.push(section),
                SectionKind::Output => config.outputs.push(section),
                SectionKind::Parser => config.parsers.push(section),
                SectionKind::MultilineParser => config.multiline_parsers.push(section),
                _ => config.others.push(section),
            }
        }
    }

    /// The kind of a section of the main file.
    fn classify(&mut self, raw: &RawSection) -> SectionKind {
        let name = raw.name.value.as_str();
        let kind = SectionKind::of_header(name, self.compat);
        let span = raw.name.span;
        if kind == SectionKind::Unknown {
            let problem = self.unknown_section(raw);
            self.problems.push(problem);
        } else if raw.form == Form::Classic
            && matches!(name.to_ascii_lowercase().as_str(), "parser" | "multiline_parser")
        {
            let message = format!("`[{name}]` is not allowed in the main configuration");
            self.problems.push(
                Diagnostic::error("parser-in-main-file", span, message)
                    .help("put it in a file of its own and name that with `Parsers_File` in `[SERVICE]`"),
            );
        } else if !raw.is_exact(kind) {
            let message = format!("`{name}` is taken for `{}`", kind.name());
            self.problems.push(
                Diagnostic::warning("abbreviated-section", span, message)
                    .help("Fluent Bit 5.1 accepts the beginning of a name, 1.8 does not start")
                    .fix(span, kind.name().to_ascii_uppercase()),
            );
        }
        kind
    }

    fn unknown_section(&self, raw: &RawSection) -> Diagnostic {
        const NAMES: [&str; 6] = ["SERVICE", "INPUT", "FILTER", "OUTPUT", "PARSER", "MULTILINE_PARSER"];
        let (name, span) = (raw.name.value.as_str(), raw.name.span);
        let message = format!("unknown section `{name}`");
        let problem = match self.compat {
            Compat::V1_8 => Diagnostic::error("unknown-section", span, message),
            _ => Diagnostic::warning("unknown-section", span, message),
        };
        let known: &[&str] = if raw.form == Form::Classic { &NAMES } else { &crate::yaml::TOP };
        match source_text::suggest(name.trim(), known.iter().copied()) {
            Some(close) => problem.did_you_mean(span, name, close),
            _ => problem.help("Fluent Bit 5.1 ignores it without a word, 1.8 does not start"),
        }
    }

    /// Reads the files named by `Parsers_File`, and checks all parsers.
    fn parser_files(&mut self, entry: &str, config: &mut Config) {
        let named: Vec<Property> = config.service.get_all("parsers_file").cloned().collect();
        let mut parsers = Vec::new();
        let mut multiline = Vec::new();
        // Whether the files read so far have parsers, by the identity of the file.
        let mut read: BTreeMap<String, bool> = BTreeMap::new();
        for property in named {
            let Some(path) = include::resolve(&property.value, entry, self.files) else {
                let message = format!("the parser file `{}` does not exist", property.value);
                let problem = match self.compat {
                    Compat::V1_8 => Diagnostic::warning("missing-parsers-file", property.value_span, message),
                    _ => Diagnostic::error("missing-parsers-file", property.value_span, message),
                };
                self.problems.push(problem.help("a relative path starts at the folder of the main file"));
                continue;
            };
            let identity = self.files.identity(&path);
            if let Some(has_parsers) = read.get(&identity) {
                let message = format!("the parser file `{path}` is named twice");
                self.problems.push(if *has_parsers && self.compat != Compat::V1_8 {
                    Diagnostic::error("repeated-parsers-file", property.value_span, message)
                        .help("Fluent Bit does not start with two parsers of one name")
                } else {
                    Diagnostic::warning("repeated-parsers-file", property.value_span, message)
                });
                continue;
            }
            let (mut new, mut new_multiline) = self.parser_file(&path, config);
            read.insert(identity, !new.is_empty());
            check::check_parser_file(&mut new, &mut new_multiline, &parsers, self.compat, &mut self.problems);
            parsers.append(&mut new);
            multiline.append(&mut new_multiline);
        }
        // YAML and shortened headers put parsers into the main file.
        let mut new = std::mem::take(&mut config.parsers);
        let mut new_multiline = std::mem::take(&mut config.multiline_parsers);
        check::check_parser_file(&mut new, &mut new_multiline, &parsers, self.compat, &mut self.problems);
        parsers.append(&mut new);
        multiline.append(&mut new_multiline);
        config.parsers = parsers;
        config.multiline_parsers = multiline;
    }

    /// The parsers and multiline parsers of one file.
    fn parser_file(&mut self, path: &str, config: &mut Config) -> (Vec<Section>, Vec<Section>) {
        let mut parsers = Vec::new();
        let mut multiline = Vec::new();
        for raw in walk(self, path).sections {
            let kind = SectionKind::of_header(&raw.name.value, self.compat);
            let name = raw.name.value.clone();
            let section = self.expand_section(kind, raw);
            match kind {
                SectionKind::Parser => parsers.push(section),
                SectionKind::MultilineParser => multiline.push(section),
                _ => {
                    self.problems.push(
                        Diagnostic::warning(
                            "unknown-section",
                            section.span,
                            format!("`{name}` in a parser file"),
                        )
                        .help("it is ignored; expected `PARSER` or `MULTILINE_PARSER`"),
                    );
                    config.others.push(section);
                }
            }
        }
        (parsers, multiline)
    }
}
