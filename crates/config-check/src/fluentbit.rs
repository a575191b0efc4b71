//! A configuration of Fluent Bit: the file itself, what it includes, and whether it can run.

use fluentbit_config::{Config, Document, Files, Form, Item, ReadError, Section, notes};
use fluentbit_pipeline::{OutputKind, Pipeline};
use source_text::{Diagnostic, Fix, Severity, SourceMap, Span};

use crate::kind::is_fluentbit_yaml;
use crate::prometheus::comments;
use crate::{Kind, Options, Report, allow, tags};

/// A configuration, made ready to run, and everything that is wrong with it.
///
/// This is what an agent starts from, so that it finds what [`check`](crate::check) finds. It can run if there
/// is no error among the diagnostics.
#[must_use]
pub fn load_fluentbit(
    entry: &str,
    files: &dyn Files,
    options: &Options<'_>,
) -> (Config, Pipeline, Vec<Diagnostic>) {
    let Options { delivery, environment, zone, .. } = *options;
    let (config, mut diagnostics) = fluentbit_config::load(entry, files, environment, delivery.compat());
    let (pipeline, found) = Pipeline::build(&config, delivery, zone);
    let by_runner = options.runner.map(|runner| runner(&config, &pipeline)).unwrap_or_default();
    for problem in found.into_iter().chain(by_runner) {
        add(problem, &mut diagnostics);
    }
    for output in &pipeline.outputs {
        if let OutputKind::Elasticsearch(options) = &output.kind {
            let found = options.lint(&output.section);
            diagnostics.extend(found.into_iter().map(|problem| repaired(problem, &config, &output.section)));
        }
    }
    diagnostics.extend(tags::check(&config, &pipeline));
    diagnostics.extend(notes(&config));
    allow::apply(&config.sources, &allow_comments(&config), &mut diagnostics);
    diagnostics.retain(|problem| options.notes || problem.severity() != Severity::Info);
    diagnostics.sort_by_key(Diagnostic::span);
    (config, pipeline, diagnostics)
}

/// Adds what building the pipeline found. What is known already is not said again: a plugin that nobody knows need not be
/// called unsupported too. What was a warning when the file was read may be a reason not to run.
fn add(problem: Diagnostic, diagnostics: &mut Vec<Diagnostic>) {
    let is_here = |other: &Diagnostic| other.span() == problem.span();
    if diagnostics.iter().any(|other| is_here(other) && other.is_error()) {
        return;
    }
    let is_same = |other: &Diagnostic| is_here(other) && other.code() == problem.code();
    match diagnostics.iter_mut().find(|other| is_same(other)) {
        None => diagnostics.push(problem),
        Some(warning) if problem.is_error() => *warning = problem,
        Some(_) => {}
    }
}

/// Adds the property that a complaint about an `es` output asks for.
fn repaired(problem: Diagnostic, config: &Config, section: &Section) -> Diagnostic {
    let key = match problem.code() {
        "es-type-name" => "Suppress_Type_Name",
        "es-repeated-documents" => "Generate_ID",
        "es-literal-index" => "Current_Time_Index",
        _ => return problem,
    };
    match config.insertion(section, key, "On").filter(|_| section.get(key).is_none()) {
        Some(edit) => problem.with_fix(Fix::likely(format!("set `{key} On`"), vec![edit])),
        None => problem,
    }
}

/// Where comments stand in all files.
fn allow_comments(config: &Config) -> Vec<Span> {
    let mut found = Vec::new();
    for document in &config.documents {
        match (document.form, config.sources.get(document.source)) {
            (Form::Yaml, Some(source)) => found.extend(comments(document.source, source.text())),
            _ => classic_comments(document, &mut found),
        }
    }
    found
}

fn classic_comments(document: &Document, found: &mut Vec<Span>) {
    fn walk(items: &[Item], found: &mut Vec<Span>) {
        for item in items {
            match item {
                Item::Comment(comment) => found.push(comment.span),
                Item::Section(section) => {
                    found.extend(section.comment.iter().map(|comment| comment.span));
                    walk(&section.items, found);
                }
                Item::Group(group) => walk(&group.items, found),
                _ => {}
            }
        }
    }
    walk(&document.items, found);
}

pub(crate) fn check(name: &str, files: &dyn Files, options: &Options<'_>) -> Report {
    let (sources, diagnostics) = check_entry(name, files, options);
    Report { kind: Kind::FluentBit, sources, diagnostics }
}

/// Checks a file that may be a whole configuration, a part of one, or a file of parsers.
pub(crate) fn check_entry(
    name: &str,
    files: &dyn Files,
    options: &Options<'_>,
) -> (SourceMap, Vec<Diagnostic>) {
    if let Some(found) = yaml_by_another_name(name, files) {
        return found;
    }
    let load = |entry, files: &dyn Files| {
        let (config, _, diagnostics) = load_fluentbit(entry, files, options);
        (config, diagnostics)
    };
    let (config, mut diagnostics) = load(name, files);
    if is_parser_file(&config, &diagnostics) {
        let parsers = ParserFile { files, text: format!("[SERVICE]\n    Parsers_File {name}\n") };
        let (config, diagnostics) = load(ParserFile::ENTRY, &parsers);
        return (config.sources, diagnostics);
    }
    if is_part(&config) {
        // What needs the rest of the configuration cannot be judged.
        let needs_rest = ["unknown-parser", "no-such-tag", "output-without-match"];
        let before = diagnostics.len();
        diagnostics.retain(|problem| !needs_rest.contains(&problem.code()));
        if let Some(document) = config.documents.first().filter(|_| diagnostics.len() < before) {
            let message = "this is a part of a configuration: its parsers and tags are not checked";
            diagnostics.push(
                Diagnostic::new(Severity::Info, "part-of-configuration", message)
                    .at(Span::at_start(document.source))
                    .help("check the file that includes it"),
            );
        }
    }
    (config.sources, diagnostics)
}

/// The one complaint about a YAML file that Fluent Bit would read as a classic one: that none of its lines can be
/// read need not be said for each.
fn yaml_by_another_name(name: &str, files: &dyn Files) -> Option<(SourceMap, Vec<Diagnostic>)> {
    let bytes = files.read(name).ok().filter(|_| Form::of_path(name) == Form::Classic)?;
    let text = String::from_utf8_lossy(&bytes);
    if !is_fluentbit_yaml(&text) {
        return None;
    }
    let mut sources = SourceMap::new();
    let id = sources.add(name, text.as_ref());
    let message = "this is YAML, and Fluent Bit reads it as a classic configuration, because of its name";
    let problem = Diagnostic::error("yaml-file-name", Span::at_start(id), message);
    Some((sources, vec![problem.help("give the file a name that ends in .yaml")]))
}

/// Whether a file has parsers and nothing else.
fn is_parser_file(config: &Config, diagnostics: &[Diagnostic]) -> bool {
    config.inputs.is_empty()
        && config.filters.is_empty()
        && config.outputs.is_empty()
        && config.service.properties.is_empty()
        && diagnostics.iter().any(|problem| problem.code() == "parser-in-main-file")
}

/// Whether a file can only be meant to be included by another.
fn is_part(config: &Config) -> bool {
    let has_plugins = !(config.inputs.is_empty() && config.filters.is_empty() && config.outputs.is_empty());
    has_plugins
        && config.service.properties.is_empty()
        && (config.inputs.is_empty() || config.outputs.is_empty())
}

/// Files with one more: an entry that names a file of parsers.
struct ParserFile<'a> {
    files: &'a dyn Files,
    text: String,
}

impl ParserFile<'_> {
    /// A name that no file on a disk has.
    const ENTRY: &'static str = "\0";
}

impl Files for ParserFile<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path == Self::ENTRY { Ok(self.text.clone().into_bytes()) } else { self.files.read(path) }
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        self.files.glob(pattern)
    }

    fn identity(&self, path: &str) -> String {
        if path == Self::ENTRY { path.to_owned() } else { self.files.identity(path) }
    }
}
