//! Cases from YAML.

use std::collections::BTreeMap;

use event_model::OwnedValue;
use source_text::yaml::{Node, Resolved};
use source_text::{Diagnostic, SourceId, SourceMap, suggest};

use super::super::{Content, Labels, Mode};

/// A case.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) config: Option<String>,
    pub(super) lines: Option<Vec<String>>,
    pub(super) input: Option<String>,
    pub(super) path: Option<String>,
    pub(super) prometheus: Option<String>,
    pub(super) rules: Option<String>,
    pub(super) job: Option<String>,
    pub(super) labels: Option<Labels>,
    pub(super) objects: Option<String>,
    pub(super) env: BTreeMap<String, String>,
    pub(super) now: Option<i64>,
    pub(super) compat: Mode,
    pub(super) exact: bool,
    pub(super) expect: Expect,
}

/// What a case expects.
#[derive(Clone, Debug, Default)]
pub(super) struct Expect {
    pub(super) records: Option<Vec<Expected>>,
    pub(super) outputs: Vec<(String, Vec<Expected>)>,
    pub(super) documents: Vec<(String, Vec<Expected>)>,
    pub(super) stdout: Option<String>,
    pub(super) errors: Option<Vec<String>>,
    pub(super) targets: Option<Vec<Expected>>,
    pub(super) dropped: Option<usize>,
    pub(super) keep: Option<bool>,
    pub(super) labels: Option<Expected>,
    pub(super) url: Option<String>,
}

/// A value that is expected.
#[derive(Clone, Debug)]
pub(super) enum Expected {
    /// Nothing must be there.
    Absent,
    Scalar(OwnedValue),
    List(Vec<Expected>),
    /// These members, and perhaps others.
    Map(Vec<(String, Expected)>),
}

impl Case {
    /// The files it names, and whether each is a configuration of Fluent Bit.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, bool)> {
        let others = [&self.input, &self.prometheus, &self.rules, &self.objects];
        let others = others.into_iter().flatten().map(|name| (name.as_str(), false));
        self.config.as_deref().map(|name| (name, true)).into_iter().chain(others)
    }
}

/// Reads a file of cases, whose names of files are relative to `folder`.
pub(super) fn cases(
    id: SourceId,
    text: &str,
    folder: &str,
    sources: &SourceMap,
) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let root = source_text::yaml::parse_first(id, text).map_err(|problem| vec![*problem])?;
    let mut reader = Reader { folder, problems: Vec::new() };
    let items = match &root {
        None => &[][..],
        Some(root) => reader.list(root, "a list of cases"),
    };
    let mut cases = Vec::new();
    for item in items {
        let line = sources.locate(item.span).map_or(0, |(_, start, _)| start.line as usize);
        let case = reader.case(item);
        cases.push(Case { line, ..case });
    }
    if reader.problems.is_empty() { Ok(cases) } else { Err(reader.problems) }
}

struct Reader<'a> {
    folder: &'a str,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn wrong(&mut self, node: &Node, message: impl Into<String>) {
        self.problems.push(Diagnostic::error("invalid-case", node.span, message));
    }

    fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        node.items().unwrap_or_else(|| {
            self.wrong(node, format!("{what} is expected"));
            &[]
        })
    }

    fn map<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(&'n Node, String, &'n Node)> {
        let Some(entries) = node.entries() else {
            self.wrong(node, format!("{what} is expected"));
            return Vec::new();
        };
        let entry =
            |(key, value): &'n (Node, Node)| (key, key.as_str().unwrap_or_default().to_owned(), value);
        entries.iter().map(entry).collect()
    }

    fn text(&mut self, node: &Node) -> String {
        node.as_str().map(str::to_owned).unwrap_or_else(|| {
            self.wrong(node, "a text is expected");
            String::new()
        })
    }

    fn texts(&mut self, node: &Node) -> Vec<String> {
        self.list(node, "a list of texts").iter().map(|item| self.text(item)).collect()
    }

    fn boolean(&mut self, node: &Node) -> bool {
        match node.resolve() {
            Some(Resolved::Bool(value)) => value,
            _ => {
                self.wrong(node, "true or false is expected");
                false
            }
        }
    }

    fn integer(&mut self, node: &Node) -> i64 {
        let number = node.as_str().and_then(|text| text.parse().ok());
        number.unwrap_or_else(|| {
            self.wrong(node, "a whole number is expected");
            0
        })
    }

    /// The name of a file as it stands among the files.
    fn file(&mut self, node: &Node) -> String {
        let name = self.text(node);
        match self.folder {
            folder if !folder.is_empty() && !name.starts_with('/') => format!("{folder}/{name}"),
            _ => name,
        }
    }

    fn unknown(&mut self, key: &Node, name: &str, known: &[&str]) {
        let problem =
            Diagnostic::error("invalid-case", key.span, format!("there is no member `{name}` here"));
        let help = match suggest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("expected one of {}", known.join(", ")),
        };
        self.problems.push(problem.help(help));
    }

    fn case(&mut self, node: &Node) -> Case {
        const KNOWN: [&str; 15] = [
            "name",
            "config",
            "lines",
            "input",
            "as",
            "prometheus",
            "rules",
            "job",
            "labels",
            "objects",
            "env",
            "now",
            "compat",
            "exact",
            "expect",
        ];
        let mut case = Case::default();
        for (key, name, value) in self.map(node, "a case, which has a name and members,") {
            match name.as_str() {
                "name" => case.name = self.text(value),
                "config" => case.config = Some(self.file(value)),
                "lines" => case.lines = Some(self.texts(value)),
                "input" => case.input = Some(self.file(value)),
                "as" => case.path = Some(self.text(value)),
                "prometheus" => case.prometheus = Some(self.file(value)),
                "rules" => case.rules = Some(self.file(value)),
                "job" => case.job = Some(self.text(value)),
                "labels" => case.labels = Some(self.pairs(value).into_iter().collect()),
                "objects" => case.objects = Some(self.file(value)),
                "env" => case.env = self.pairs(value).into_iter().collect(),
                "now" => case.now = Some(self.integer(value)),
                "compat" => match self.text(value).as_str() {
                    "safe" => case.compat = Mode::Safe,
                    "5.1" => case.compat = Mode::V5_1,
                    "1.8" => case.compat = Mode::V1_8,
                    _ => self.wrong(value, "`safe`, `5.1` or `1.8` is expected"),
                },
                "exact" => case.exact = self.boolean(value),
                "expect" => case.expect = self.expect(value),
                _ => self.unknown(key, &name, &KNOWN),
            }
        }
        self.check(node, &case);
        case
    }

    /// Whether the members of a case go together.
    fn check(&mut self, node: &Node, case: &Case) {
        if case.name.is_empty() {
            self.wrong(node, "a case needs a `name`");
        }
        let subjects = [&case.config, &case.prometheus, &case.rules];
        if subjects.iter().filter(|subject| subject.is_some()).count() != 1 {
            self.wrong(node, "a case has one of `config`, `prometheus` and `rules`");
        } else if case.config.is_some() && case.lines.is_some() == case.input.is_some() {
            self.wrong(node, "a case with a `config` has either `lines` or `input`");
        } else if case.rules.is_some() && case.labels.is_none() {
            self.wrong(node, "a case with `rules` has `labels`");
        }
    }

    fn pairs(&mut self, node: &Node) -> Vec<(String, String)> {
        let entries = self.map(node, "a mapping of names to texts");
        entries.into_iter().map(|(_, name, value)| (name, self.text(value))).collect()
    }

    fn expect(&mut self, node: &Node) -> Expect {
        const KNOWN: [&str; 10] = [
            "records",
            "outputs",
            "documents",
            "stdout",
            "errors",
            "targets",
            "dropped",
            "keep",
            "labels",
            "url",
        ];
        let mut expect = Expect::default();
        for (key, name, value) in self.map(node, "what is expected, a mapping,") {
            match name.as_str() {
                "records" => expect.records = Some(self.records(value)),
                "outputs" => expect.outputs = self.by_name(value),
                "documents" => expect.documents = self.by_name(value),
                "stdout" => expect.stdout = Some(self.text(value)),
                "errors" => expect.errors = Some(self.texts(value)),
                "targets" => expect.targets = Some(self.records(value)),
                "dropped" => expect.dropped = usize::try_from(self.integer(value)).ok(),
                "keep" => expect.keep = Some(self.boolean(value)),
                "labels" => expect.labels = Some(self.value(value)),
                "url" => expect.url = Some(self.text(value)),
                _ => self.unknown(key, &name, &KNOWN),
            }
        }
        expect
    }

    fn by_name(&mut self, node: &Node) -> Vec<(String, Vec<Expected>)> {
        let entries = self.map(node, "a mapping of outputs to records");
        entries.into_iter().map(|(_, name, value)| (name, self.records(value))).collect()
    }

    fn records(&mut self, node: &Node) -> Vec<Expected> {
        let items = self.list(node, "a list of records");
        items
            .iter()
            .map(|item| {
                if item.entries().is_none() {
                    self.wrong(item, "a record, which is a mapping, is expected");
                }
                self.value(item)
            })
            .collect()
    }

    fn value(&mut self, node: &Node) -> Expected {
        if let Some(items) = node.items() {
            return Expected::List(items.iter().map(|item| self.value(item)).collect());
        }
        if node.entries().is_some() {
            let entries = self.map(node, "a mapping");
            return Expected::Map(
                entries.into_iter().map(|(_, name, value)| (name, self.value(value))).collect(),
            );
        }
        let text = node.as_str().unwrap_or_default();
        match node.resolve() {
            Some(Resolved::Null) => Expected::Absent,
            Some(Resolved::Text(_)) | None => Expected::Scalar(OwnedValue::text(text)),
            // What only YAML takes for a truth value, such as `yes`, is text in a log.
            Some(Resolved::Bool(_)) => Expected::Scalar(match text {
                "true" => OwnedValue::Bool(true),
                "false" => OwnedValue::Bool(false),
                text => OwnedValue::text(text),
            }),
            // Numbers are what JSON says they are; what it does not know is text.
            Some(_) => Expected::Scalar(match (text.parse(), text.parse()) {
                (Ok(integer), _) => OwnedValue::Int(integer),
                (_, Ok(float)) => OwnedValue::Float(float),
                _ => OwnedValue::text(text),
            }),
        }
    }
}

/// The lines of a case as a log file.
pub(super) fn log(lines: &[String]) -> Content {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into()
}
