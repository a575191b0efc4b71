//! Lists of relabelling rules.

use source_text::yaml::Node;

use crate::decode::Decoder;
use prometheus_labels::NameScheme;

/// A relabelling rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {}

/// A list of rules as it stands in the file. An entry is `None` where the list has a null.
#[derive(Debug, Default)]
pub(crate) struct RawRules {
    rules: Vec<Option<Rule>>,
}

impl RawRules {
    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let items = decoder.list(node, "relabelling rules").unwrap_or_default();
        Self { rules: items.iter().map(|item| (!item.is_null()).then_some(Rule {})).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(crate) fn has_null(&self) -> bool {
        self.rules.iter().any(Option::is_none)
    }

    /// Checks the rules, now that it is known which names are valid.
    pub(crate) fn finish(self, _decoder: &mut Decoder, _scheme: NameScheme) -> Vec<Rule> {
        self.rules.into_iter().flatten().collect()
    }
}
