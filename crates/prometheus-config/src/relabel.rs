//! Lists of relabelling rules.

use std::collections::BTreeSet;

use prometheus_labels::NameScheme;
use prometheus_relabel::yaml::{self, Decoded, Located};
use prometheus_relabel::{Regex, Rules};
use source_text::yaml::Node;

use crate::decode::Decoder;
use crate::lints;

/// Checked rules and where they stand.
#[derive(Clone, Debug, Default)]
pub struct RelabelRules {
    rules: Rules,
    located: Vec<Located>,
}

impl RelabelRules {
    /// The rules, ready to be applied.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The rules in the same order, and where their fields stand.
    #[must_use]
    pub fn located(&self) -> &[Located] {
        &self.located
    }
}

/// Two lists are equal when they say the same, wherever they stand.
impl PartialEq for RelabelRules {
    fn eq(&self, other: &Self) -> bool {
        self.rules.iter().len() == other.rules.iter().len()
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
    rules: Vec<Located>,
    /// How many entries the list has.
    length: usize,
    has_null: bool,
}

impl RawRules {
    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let Decoded { mut rules, nulls, rejected, noted, .. } = yaml::decode(node);
        let length = rules.len() + nulls.len();
        let broken: BTreeSet<_> =
            rejected.iter().chain(&noted).filter_map(|problem| problem.span()).collect();
        // A rule that could not be read is not checked: it would lack what could not be read.
        rules.retain(|rule| {
            let next = broken.range(rule.span().part(0, 0)..).next();
            next.is_none_or(|problem| problem.start >= rule.span().end)
        });
        rejected.into_iter().for_each(|problem| decoder.reject(decoder.mark(), problem));
        noted.into_iter().for_each(|problem| decoder.note(problem));
        Self { rules, length, has_null: !nulls.is_empty() }
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
        let located = self.rules;
        match Rules::new(located.iter().map(|located| located.rule.clone()).collect(), scheme) {
            Ok(rules) => RelabelRules { rules, located },
            Err(_) => {
                let text = decoder.text();
                for problem in located.iter().filter_map(|rule| rule.problem(scheme)) {
                    decoder.late(match problem.code() {
                        "needless-field" => lints::without_field(&text, problem, "regex"),
                        _ => problem,
                    });
                }
                RelabelRules::default()
            }
        }
    }
}
