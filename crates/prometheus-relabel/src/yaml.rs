//! Rules from YAML: the value of `relabel_configs`, `metric_relabel_configs` and their like.
//!
//! Fields are strict and scalars keep their source text, as in Prometheus: `regex: 010` is the pattern
//! `010`, and a pattern that is written as null is the empty one, not the default.
//!
//! ```
//! use prometheus_labels::NameScheme;
//! use prometheus_relabel::yaml;
//! use source_text::SourceMap;
//!
//! let text = "\
//! - action: keep
//!   source_labels: [env]
//!   regex: prod|(test
//! - target_label: team
//!   replacment: a
//! ";
//! let mut sources = SourceMap::new();
//! let id = sources.add("rules.yml", text);
//! let documents = source_text::yaml::parse(id, text).unwrap();
//! let problems = yaml::decode(&documents[0]).into_rules(NameScheme::Utf8).unwrap_err();
//! let messages: Vec<_> = problems.iter().map(|problem| sources.render(problem)).collect();
//! assert_eq!(
//!     messages,
//!     [
//!         "rules.yml:3:10: error[invalid-regex]: error parsing regexp: missing closing ): `^(?s:prod|(test)$`",
//!         "rules.yml:5:3: error[unknown-field]: a relabelling rule has no field `replacment`",
//!     ]
//! );
//! ```

use prometheus_labels::{NameScheme, quoted};
use re2_regex::Regex;
use source_text::{
    Diagnostic, Span, suggest,
    yaml::{Node, NodeKind, Resolved, Style},
};

use crate::{ErrorKind, Field, Rule, RuleError, Rules};

/// What a list of rules holds, and what is wrong with it.
///
/// Prometheus distinguishes three times at which a rule can fail, and another part of the file may fail
/// between them; so the parts are kept apart here. [`into_rules`](Self::into_rules) is for those who have
/// only this list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Decoded {
    /// The rules in the order of the list. Parts of them that were wrong are as by default.
    pub rules: Vec<Located>,
    /// Where the list has nothing in place of a rule, which Prometheus rejects after reading.
    pub nulls: Vec<Span>,
    /// Values that no rule may have. At the first of them Prometheus stops reading the file.
    pub rejected: Vec<Diagnostic>,
    /// Values of a wrong type, unknown fields and repeated ones. Prometheus reports them together after
    /// reading, in words of its YAML library.
    pub noted: Vec<Diagnostic>,
}

/// A rule, and where its fields stand.
#[derive(Clone, Debug)]
pub struct Located {
    /// The rule.
    pub rule: Rule,
    span: Span,
    fields: Vec<(Field, Span)>,
}

/// Reads a list of rules. A list that is left out has none.
#[must_use]
pub fn decode(list: &Node) -> Decoded {
    let mut decoded = Decoded::default();
    if list.is_null() {
        return decoded;
    }
    let Some(items) = list.items() else {
        decoded.wrong_type(list, "a list of relabelling rules is expected");
        return decoded;
    };
    for item in items {
        if is_left_out(item) {
            decoded.nulls.push(item.span);
        } else {
            let rule = decoded.rule(item);
            decoded.rules.push(rule);
        }
    }
    decoded
}

impl Decoded {
    /// Checks the rules and makes them ready.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, first what Prometheus stops at.
    pub fn into_rules(self, scheme: NameScheme) -> Result<Rules, Vec<Diagnostic>> {
        let mut problems = [self.rejected, self.noted].concat();
        let null = |span| Diagnostic::error("empty-rule", span, "empty or null relabeling rule");
        problems.extend(self.nulls.into_iter().map(null));
        let rules = self.rules.iter().map(|located| located.rule.clone()).collect();
        match Rules::new(rules, scheme) {
            Ok(rules) if problems.is_empty() => Ok(rules),
            _ => {
                problems.extend(self.rules.iter().filter_map(|rule| rule.problem(scheme)));
                Err(problems)
            }
        }
    }

    fn rule(&mut self, node: &Node) -> Located {
        let mut located = Located { rule: Rule::default(), span: node.span, fields: Vec::new() };
        if node.is_null() {
            // To Go's library `NULL` is a value, unlike `null`: that of a rule without defaults.
            let regex = Regex::anchored("").ok();
            let (separator, replacement) = Default::default();
            located.rule = Rule { action: None, regex, separator, replacement, ..Rule::default() };
            return located;
        }
        let Some(entries) = node.entries() else {
            self.wrong_type(node, "a relabelling rule is a mapping");
            return located;
        };
        for (key, value) in entries {
            let Some(name) = key.as_str() else {
                self.wrong_type(key, "the name of a field is a string");
                continue;
            };
            let Some(field) = Field::ALL.into_iter().find(|field| field.as_str() == name) else {
                self.unknown_field(key, name);
                continue;
            };
            if let Some(first) = located.find(field) {
                let message = format!("field `{name}` is already set in a relabelling rule");
                let problem = Diagnostic::error("duplicate-field", key.span, message);
                self.noted.push(problem.label(first, "first set here"));
                continue;
            }
            located.fields.push((field, value.span));
            self.field(&mut located.rule, field, value);
        }
        located
    }

    fn field(&mut self, rule: &mut Rule, field: Field, value: &Node) {
        match field {
            Field::Action => rule.action = self.action(value),
            Field::SourceLabels => rule.source_labels = self.source_labels(value),
            Field::Regex => rule.regex = self.regex(value),
            Field::Modulus => rule.modulus = self.modulus(value),
            Field::Separator => rule.separator = self.string(value).unwrap_or_default(),
            Field::TargetLabel => rule.target_label = self.string(value).unwrap_or_default(),
            Field::Replacement => rule.replacement = self.string(value).unwrap_or_default(),
        }
    }

    fn action(&mut self, node: &Node) -> Option<crate::Action> {
        if is_left_out(node) {
            return None;
        }
        let default = Rule::default().action;
        let Some(word) = self.string(node) else { return default };
        word.parse().map(Some).unwrap_or_else(|error: crate::UnknownAction| {
            let problem = Diagnostic::error("unknown-action", node.span, error.to_string());
            let likely = suggest(&word, crate::Action::ALL.map(crate::Action::as_str));
            self.rejected.push(match likely {
                Some(likely) => problem.did_you_mean(node.span, &word, likely),
                None => problem,
            });
            default
        })
    }

    fn regex(&mut self, node: &Node) -> Option<Regex> {
        let pattern = self.string(node)?;
        match Regex::anchored(&pattern) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let span = part_of(node, &pattern, error.span());
                self.rejected.push(Diagnostic::error("invalid-regex", span, error.to_string()));
                None
            }
        }
    }

    fn source_labels(&mut self, node: &Node) -> Option<Vec<String>> {
        if node.is_null() {
            return None;
        }
        let Some(items) = node.items() else {
            self.wrong_type(node, "a list of label names is expected");
            return None;
        };
        Some(items.iter().filter_map(|item| self.source_label(item)).collect())
    }

    fn source_label(&mut self, node: &Node) -> Option<String> {
        let name = self.string(node)?;
        if name.is_empty() && !is_left_out(node) {
            let message = format!("{} is not a valid label name", quoted(&name));
            self.rejected.push(Diagnostic::error("invalid-label-name", node.span, message));
        }
        Some(name)
    }

    /// A number as Go's library turns it into an unsigned integer, on the processors Prometheus mostly
    /// runs on: fractions are cut off, and what is just too large becomes 2⁶³.
    fn modulus(&mut self, node: &Node) -> u64 {
        const TWO_TO_THE_64: f64 = 18_446_744_073_709_551_616.0;
        match node.resolve() {
            Some(Resolved::Null) => 0,
            Some(Resolved::Integer(number)) if number >= 0 => number.unsigned_abs(),
            Some(Resolved::Unsigned(number)) => number,
            Some(Resolved::Float(number)) if number < 0.0 => (number as i64).cast_unsigned(),
            Some(Resolved::Float(number)) if number < TWO_TO_THE_64 => number as u64,
            Some(Resolved::Float(TWO_TO_THE_64)) => 1 << 63,
            _ => {
                self.wrong_type(node, "a whole number that is not negative is expected");
                0
            }
        }
    }

    /// A string, which every scalar is; null is the empty one.
    fn string(&mut self, node: &Node) -> Option<String> {
        if node.is_null() {
            return Some(String::new());
        }
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(node, "a string is expected");
        }
        text.map(str::to_owned)
    }

    fn unknown_field(&mut self, key: &Node, name: &str) {
        let message = format!("a relabelling rule has no field `{name}`");
        let problem = Diagnostic::error("unknown-field", key.span, message);
        self.noted.push(match suggest(name, Field::ALL.map(Field::as_str)) {
            Some(likely) => problem.did_you_mean(key.span, name, likely),
            None => problem,
        });
    }

    fn wrong_type(&mut self, node: &Node, expected: &str) {
        let found = match &node.kind {
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
            NodeKind::Scalar { style: Style::Plain, .. } => "this value",
            NodeKind::Scalar { .. } => "a string",
        };
        self.noted.push(Diagnostic::error("wrong-type", node.span, format!("{expected}, not {found}")));
    }
}

impl Located {
    /// Where a field stands: its value, or the whole rule if it is not written.
    #[must_use]
    pub fn place(&self, field: Field) -> Span {
        self.find(field).unwrap_or(self.span)
    }

    /// The whole rule.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What [`Rule::check`] finds: Prometheus' message, at the field it is about.
    #[must_use]
    pub fn problem(&self, scheme: NameScheme) -> Option<Diagnostic> {
        let error = self.rule.check(scheme).err()?;
        Some(Diagnostic::error(code(&error), self.place(error.field()), error.to_string()))
    }

    fn find(&self, field: Field) -> Option<Span> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, span)| *span)
    }
}

/// The stable code of a failed check.
fn code(error: &RuleError) -> &'static str {
    match error.kind() {
        ErrorKind::MissingAction => "missing-action",
        ErrorKind::MissingTarget => "missing-target-label",
        ErrorKind::ZeroModulus => "zero-modulus",
        ErrorKind::InvalidTarget => "invalid-target-label",
        ErrorKind::InvalidReplacement => "invalid-replacement",
        ErrorKind::NeedlessField => "needless-field",
    }
}

/// Null as Go's library sees it before it asks a type to read itself: fewer spellings than [`Node::is_null`].
fn is_left_out(node: &Node) -> bool {
    node.is_null() && matches!(node.as_str(), Some("" | "~" | "null"))
}

/// The place of a part of a scalar, if the scalar stands in the file as it is; else that of all of it.
fn part_of(node: &Node, text: &str, part: std::ops::Range<usize>) -> Span {
    let quotes = match node.style() {
        Some(Style::Plain) => 0,
        Some(Style::SingleQuoted | Style::DoubleQuoted) => 1,
        _ => return node.span,
    };
    if node.span.range().len() != text.len() + 2 * quotes {
        return node.span;
    }
    node.span.part(part.start + quotes, part.end + quotes)
}
