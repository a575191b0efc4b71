//! From YAML nodes to values, with the order in which Prometheus finds mistakes.
//!
//! Prometheus reads the file in one pass. A value of a wrong type, an unknown field or a repeated one is noted,
//! and reading goes on; a section that is complete checks itself, unless something in it was noted, and the
//! first such check that fails ends the pass. Only a file without any of these is checked as a whole. All
//! problems are collected here, in an order that puts the one first with which Prometheus stops.

use std::collections::HashSet;
use std::rc::Rc;

use prometheus_labels::quoted;
use source_text::yaml::{Node, NodeKind, Resolved, Style};
use source_text::{Diagnostic, Span, suggest};

use crate::fields::Fields;
use crate::{Duration, Url, size};

/// Collects values and problems.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// The file, for edits of it.
    text: Rc<str>,
    /// Sections that reject themselves.
    rejected: Vec<Diagnostic>,
    /// Wrong types, unknown fields, repeated fields.
    noted: Vec<Diagnostic>,
    /// Checks of the whole file, and those of sections in which something was noted.
    late: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    /// How many names were compared with those that are known.
    suggestions: usize,
}

/// For more unknown names than this, none is suggested: the file is something else, and each one takes time.
const SUGGESTIONS: usize = 100;

/// How much was noted before a section began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize);

/// Reads the fields of a mapping: `section!(decoder, node, "name", value { "field" => statement, … })`. After
/// `else`, names and a statement for fields of a part that is written inline.
macro_rules! section {
    ($decoder:expr, $node:expr, $what:expr, $value:ident {
        $($name:literal => $read:expr,)*
    }) => {
        section!($decoder, $node, $what, key, $value { $($name => $read,)* } else (&[]) {})
    };
    ($decoder:expr, $node:expr, $what:expr, $key:ident, $value:ident {
        $($name:literal => $read:expr,)*
    } else ($inline:expr) $rest:block) => {{
        const NAMES: &[&str] = &[$($name),*];
        let inline: &[&str] = $inline;
        let (fields, values) = $decoder.fields($node, $what, &[NAMES, inline]);
        for ($key, $value) in values {
            match $key {
                $($name => $read,)*
                _ => $rest
            }
        }
        fields
    }};
}
pub(crate) use section;

impl Decoder {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn text(&self) -> Rc<str> {
        Rc::clone(&self.text)
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.noted.len())
    }

    /// A section that began at `mark` rejects itself.
    pub(crate) fn reject(&mut self, mark: Mark, problem: Diagnostic) {
        if self.noted.len() > mark.0 { self.late.push(problem) } else { self.rejected.push(problem) }
    }

    /// Something that Prometheus notes, and goes on.
    pub(crate) fn note(&mut self, problem: Diagnostic) {
        self.noted.push(problem);
    }

    /// A check of the whole file fails.
    pub(crate) fn late(&mut self, problem: Diagnostic) {
        self.late.push(problem);
    }

    /// Something to think about.
    pub(crate) fn warn(&mut self, problem: Diagnostic) {
        self.warnings.push(problem);
    }

    /// All problems, first the one with which Prometheus stops.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        let mut problems = [self.rejected, self.noted, self.late, self.warnings].concat();
        // What is wrong in the global section is found again with every job.
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert((problem.span(), problem.message().to_owned())));
        problems
    }

    /// The known fields of a mapping in order, and where all its fields stand.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&[&str]],
    ) -> (Fields, Vec<(&'n str, &'n Node)>) {
        let mut fields = Fields::new(node.span);
        let mut values = Vec::new();
        if node.is_null() {
            return (fields, values);
        }
        let Some(entries) = node.entries() else {
            self.wrong_type(node, &format!("{what} is a mapping"));
            return (fields, values);
        };
        for (key, value) in entries {
            let Some(name) = key.as_str() else {
                self.wrong_type(key, "the name of a field is a string");
                continue;
            };
            if let Some(first) = fields.key(name) {
                let message = format!("field `{name}` is already set in {what}");
                self.note(
                    Diagnostic::error("duplicate-field", key.span, message).label(first, "first set here"),
                );
                continue;
            }
            let known = || known.iter().flat_map(|names| names.iter().copied());
            if !known().any(|known| known == name) {
                let problem =
                    Diagnostic::error("unknown-field", key.span, format!("{what} has no field `{name}`"));
                self.suggestions += 1;
                let likely = if self.suggestions <= SUGGESTIONS { suggest(name, known()) } else { None };
                self.note(match likely {
                    Some(likely) => problem.did_you_mean(key.span, name, likely),
                    None => problem,
                });
                continue;
            }
            fields.push(name, key.span, value.span);
            values.push((name, value));
        }
        (fields, values)
    }

    /// A string, which in YAML every scalar can be.
    pub(crate) fn string(&mut self, node: &Node) -> String {
        if node.is_null() {
            return String::new();
        }
        node.as_str().map(str::to_owned).unwrap_or_else(|| {
            self.wrong_type(node, "a string is expected");
            String::new()
        })
    }

    pub(crate) fn bool(&mut self, node: &Node) -> bool {
        match node.resolve() {
            Some(Resolved::Bool(value)) => value,
            Some(Resolved::Null) => false,
            _ => {
                self.wrong_type(node, "`true` or `false` is expected");
                false
            }
        }
    }

    /// A truth value that can be left out.
    pub(crate) fn maybe_bool(&mut self, node: &Node) -> Option<bool> {
        if node.is_null() { None } else { Some(self.bool(node)) }
    }

    /// A whole number from 0. The fraction of a number is ignored, as Go does.
    pub(crate) fn unsigned(&mut self, node: &Node) -> u64 {
        match node.resolve() {
            Some(Resolved::Integer(value)) if value >= 0 => return value.unsigned_abs(),
            Some(Resolved::Unsigned(value)) => return value,
            // The conversion saturates.
            Some(Resolved::Float(value)) if (0.0..=u64::MAX as f64).contains(&value) => return value as u64,
            Some(Resolved::Null) => return 0,
            _ => {}
        }
        self.wrong_type(node, "a whole number that is not negative is expected");
        0
    }

    /// A whole number. The fraction of a number is ignored, as Go does.
    pub(crate) fn integer(&mut self, node: &Node) -> i64 {
        match node.resolve() {
            Some(Resolved::Integer(value)) => return value,
            Some(Resolved::Float(value)) if value <= i64::MAX as f64 => return value as i64,
            Some(Resolved::Null) => return 0,
            _ => {}
        }
        self.wrong_type(node, "a whole number is expected");
        0
    }

    pub(crate) fn float(&mut self, node: &Node) -> f64 {
        match node.resolve() {
            Some(Resolved::Integer(value)) => return value as f64,
            Some(Resolved::Unsigned(value)) => return value as f64,
            Some(Resolved::Float(value)) => return value,
            Some(Resolved::Null) => return 0.0,
            _ => {}
        }
        self.wrong_type(node, "a number is expected");
        0.0
    }

    pub(crate) fn duration(&mut self, node: &Node) -> Duration {
        if is_null(node) {
            return Duration::ZERO;
        }
        let mark = self.mark();
        let text = self.string(node);
        if self.noted.len() > mark.0 {
            return Duration::ZERO;
        }
        Duration::parse(&text).unwrap_or_else(|error| {
            let problem = Diagnostic::error("invalid-duration", node.span, error.to_string())
                .help("a duration is a number with a unit, such as `30s` or `1m30s`");
            self.reject(mark, problem);
            Duration::ZERO
        })
    }

    /// A size in bytes.
    pub(crate) fn size(&mut self, node: &Node) -> i64 {
        if node.is_null() {
            return 0;
        }
        let mark = self.mark();
        let Some(text) = node.as_str() else {
            self.wrong_type(node, "a size such as `10MB` is expected");
            return 0;
        };
        size::parse(text).unwrap_or_else(|message| {
            let problem = Diagnostic::error("invalid-size", node.span, message)
                .help("a size is a number with a unit, such as `512KB` or `10MB`");
            self.reject(mark, problem);
            0
        })
    }

    pub(crate) fn url(&mut self, node: &Node) -> Option<Url> {
        if is_null(node) {
            return None;
        }
        let mark = self.mark();
        let text = self.string(node);
        match Url::parse(&text) {
            Ok(url) => Some(url),
            Err(error) => {
                self.reject(mark, Diagnostic::error("invalid-url", node.span, error.to_string()));
                None
            }
        }
    }

    /// A list; `None` when it is left out.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        if node.is_null() {
            return None;
        }
        let items = node.items();
        if items.is_none() {
            self.wrong_type(node, &format!("a list of {what} is expected"));
        }
        items
    }

    /// A list of strings; `None` when it is left out.
    pub(crate) fn strings(&mut self, node: &Node) -> Option<Vec<String>> {
        Some(self.list(node, "strings")?.iter().map(|item| self.string(item)).collect())
    }

    /// A mapping with names of any kind; none when it is left out.
    pub(crate) fn map<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(&'n Node, &'n str, &'n Node)> {
        if node.is_null() {
            return Vec::new();
        }
        let Some(entries) = node.entries() else {
            self.wrong_type(node, &format!("{what} is a mapping"));
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for (key, value) in entries {
            let name = if key.is_null() { Some("") } else { key.as_str() };
            let Some(name) = name else {
                self.wrong_type(key, "a name is a string");
                continue;
            };
            if seen.insert(name) {
                out.push((key, name, value));
            } else {
                let message = format!("`{name}` is already set in {what}");
                self.note(Diagnostic::error("duplicate-field", key.span, message));
            }
        }
        out
    }

    /// Names and strings, sorted by name.
    pub(crate) fn string_map(&mut self, node: &Node, what: &str) -> Vec<(String, String)> {
        let entries = self.map(node, what);
        let mut pairs: Vec<_> =
            entries.into_iter().map(|(_, name, value)| (name.to_owned(), self.string(value))).collect();
        pairs.sort();
        pairs
    }

    /// Labels, sorted by name. A name is any text that is not empty; null becomes the empty one, without a check.
    pub(crate) fn labels(&mut self, node: &Node) -> Vec<(String, String)> {
        let mark = self.mark();
        let mut labels = Vec::new();
        for (key, name, value) in self.map(node, "a set of labels") {
            if name.is_empty() && !is_null(key) {
                self.reject(mark, invalid_label_name(key.span, name));
            }
            labels.push((name.to_owned(), self.string(value)));
        }
        labels.sort();
        labels
    }

    /// A value of a type that the field cannot have.
    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str) {
        let found = match &node.kind {
            NodeKind::Sequence(_) => "a list".to_owned(),
            NodeKind::Mapping(_) => "a mapping".to_owned(),
            NodeKind::Scalar { text, style: Style::Plain } => format!("`{}`", shortened(text)),
            NodeKind::Scalar { text, .. } => format!("the string {}", quoted(&shortened(text))),
        };
        self.note(Diagnostic::error("wrong-type", node.span, format!("{expected}, not {found}")));
    }
}

/// A field that a section cannot do without is at fault, or the section as a whole.
pub(crate) fn problem(
    code: &'static str,
    fields: &Fields,
    field: &str,
    message: impl Into<String>,
) -> Diagnostic {
    Diagnostic::error(code, fields.place(field), message)
}

pub(crate) fn invalid_label_name(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("invalid-label-name", span, format!("{} is not a valid label name", quoted(name)))
}

/// Null in the eyes of Go's library before it calls a type's own reader. It knows fewer spellings there:
/// `Null` reaches the reader, as the empty string.
fn is_null(node: &Node) -> bool {
    node.is_null() && matches!(node.as_str(), Some("" | "~" | "null"))
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
