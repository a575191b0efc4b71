//! Lists of relabelling rules.

use std::ops::Range;

use prometheus_labels::NameScheme;
use prometheus_relabel::{Regex, Rule, Rules};
use source_text::yaml::{self, Node, Style};
use source_text::{Diagnostic, SourceId, Span};

use crate::Fields;
use crate::decode::{Decoder, invalid_label_name, is_null, problem, section};

/// Checked rules and where they stand.
#[derive(Clone, Debug, Default)]
pub struct RelabelRules {
    rules: Rules,
    fields: Vec<Fields>,
}

impl RelabelRules {
    /// Reads a YAML list of rules: what stands under `relabel_configs`, alone.
    ///
    /// ```
    /// use prometheus_config::RelabelRules;
    /// use prometheus_labels::NameScheme;
    /// use source_text::SourceId;
    ///
    /// let text = "- action: labeldrop\n  regex: tmp_.*\n";
    /// let rules = RelabelRules::parse_list(SourceId::default(), text, NameScheme::Utf8).unwrap();
    /// assert_eq!(rules.iter().len(), 1);
    /// let problems = RelabelRules::parse_list(SourceId::default(), "- {}", NameScheme::Utf8).unwrap_err();
    /// let message = "relabel configuration for replace action requires 'target_label' value";
    /// assert_eq!(problems[0].message(), message);
    /// ```
    ///
    /// # Errors
    /// All that is wrong, first what Prometheus finds first.
    pub fn parse_list(source: SourceId, text: &str, scheme: NameScheme) -> Result<Self, Vec<Diagnostic>> {
        let document = yaml::parse_first(source, text).map_err(|problem| vec![*problem])?;
        let mut decoder = Decoder::default();
        let raw = document.map(|document| RawRules::decode(&mut decoder, &document)).unwrap_or_default();
        if raw.has_null() {
            let message = "empty or null target relabeling rule in scrape config";
            decoder.late(Diagnostic::error("empty-rule", Span::at_start(source), message));
        }
        let rules = raw.finish(&mut decoder, scheme);
        let problems = decoder.finish();
        if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok(rules) }
    }

    /// The rules, ready to be applied.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Where the fields of the rule at `index` stand.
    #[must_use]
    pub fn fields(&self, index: usize) -> Option<&Fields> {
        self.fields.get(index)
    }

    /// The rules and where their fields stand.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Rule, &Fields)> {
        self.rules.iter().zip(&self.fields)
    }
}

/// Two lists are equal when they say the same, wherever they stand.
impl PartialEq for RelabelRules {
    fn eq(&self, other: &Self) -> bool {
        self.fields.len() == other.fields.len()
            && self.rules.iter().zip(other.rules.iter()).all(|(a, b)| {
                a.source_labels == b.source_labels
                    && a.separator == b.separator
                    && a.regex.as_ref().map(Regex::as_str) == b.regex.as_ref().map(Regex::as_str)
                    && a.modulus == b.modulus
                    && a.target_label == b.target_label
                    && a.replacement == b.replacement
                    && a.action == b.action
            })
    }
}

impl Eq for RelabelRules {}

/// A list of rules as it stands in the file.
#[derive(Debug, Default)]
pub(crate) struct RawRules {
    /// Those that could be read.
    rules: Vec<(Rule, Fields)>,
    /// How many entries the list has.
    length: usize,
    has_null: bool,
}

impl RawRules {
    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let items = decoder.list(node, "relabelling rules").unwrap_or_default();
        let mut rules = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !item.is_null()) {
            let problems = decoder.count();
            let rule = rule(decoder, item);
            // A rule that could not be read is not checked: it would lack what could not be read.
            if decoder.count() == problems {
                rules.push(rule);
            }
        }
        Self { rules, length: items.len(), has_null: items.iter().any(Node::is_null) }
    }

    /// Whether the list is left out or empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether there is a null among the rules.
    pub(crate) fn has_null(&self) -> bool {
        self.has_null
    }

    /// Checks the rules, now that it is known which names are valid. A list with a mistake becomes empty.
    pub(crate) fn finish(self, decoder: &mut Decoder, scheme: NameScheme) -> RelabelRules {
        let (rules, fields): (Vec<_>, Vec<_>) = self.rules.into_iter().unzip();
        match Rules::new(rules, scheme) {
            Ok(rules) => RelabelRules { rules, fields },
            Err(errors) => {
                for (index, error) in errors {
                    let Some(fields) = fields.get(index) else { continue };
                    decoder.late(problem("invalid-rule", fields, error.field().as_str(), error.to_string()));
                }
                RelabelRules::default()
            }
        }
    }
}

fn rule(decoder: &mut Decoder, node: &Node) -> (Rule, Fields) {
    let mut rule = Rule::default();
    let fields = section!(decoder, node, "a relabelling rule", value {
        "source_labels" => rule.source_labels = source_labels(decoder, value),
        "separator" => rule.separator = decoder.string(value),
        "regex" => rule.regex = regex(decoder, value).or(rule.regex),
        "modulus" => rule.modulus = decoder.unsigned(value),
        "target_label" => rule.target_label = decoder.string(value),
        "replacement" => rule.replacement = decoder.string(value),
        "action" => {
            let mark = decoder.mark();
            let word = decoder.string(value);
            // Left out as null, it is missed when the rule is checked.
            rule.action = None;
            if !is_null(value) && value.as_str().is_some() {
                match word.parse() {
                    Ok(action) => rule.action = Some(action),
                    Err(error) => {
                        let error: prometheus_relabel::UnknownAction = error;
                        decoder.reject(mark, unknown_action(value.span, &word, &error));
                        rule.action = Rule::default().action;
                    }
                }
            }
        },
    });
    (rule, fields)
}

fn source_labels(decoder: &mut Decoder, node: &Node) -> Option<Vec<String>> {
    let items = decoder.list(node, "label names")?;
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        let mark = decoder.mark();
        let name = decoder.string(item);
        if name.is_empty() && !item.is_null() && item.as_str().is_some() {
            decoder.reject(mark, invalid_label_name(item.span, &name));
        }
        names.push(name);
    }
    Some(names)
}

/// `None` for a value that is no pattern.
fn regex(decoder: &mut Decoder, node: &Node) -> Option<Regex> {
    let mark = decoder.mark();
    let pattern = decoder.string(node);
    if !node.is_null() && node.as_str().is_none() {
        return None;
    }
    match Regex::anchored(&pattern) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let place = part(node, error.span());
            decoder.reject(mark, Diagnostic::error("invalid-regex", place, error.to_string()));
            None
        }
    }
}

fn unknown_action(span: Span, word: &str, error: &prometheus_relabel::UnknownAction) -> Diagnostic {
    const ACTIONS: [&str; 11] = [
        "replace",
        "keep",
        "drop",
        "hashmod",
        "labelmap",
        "labeldrop",
        "labelkeep",
        "lowercase",
        "uppercase",
        "keepequal",
        "dropequal",
    ];
    let problem = Diagnostic::error("unknown-action", span, error.to_string());
    match source_text::suggest(word, ACTIONS) {
        Some(likely) => problem.help(format!("did you mean `{likely}`?")).fix(span, likely),
        None => problem,
    }
}

/// The place of a part of a scalar's text; the whole scalar when it has escapes or several lines.
fn part(node: &Node, range: Range<usize>) -> Span {
    let length = node.as_str().map_or(0, str::len);
    let span = node.span;
    let quotes = span.range().len().saturating_sub(length);
    match node.style() {
        Some(Style::Plain) if quotes == 0 => span.part(range.start, range.end),
        Some(Style::SingleQuoted | Style::DoubleQuoted) if quotes == 2 => {
            span.part(range.start + 1, range.end + 1)
        }
        _ => span,
    }
}
