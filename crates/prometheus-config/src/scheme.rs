//! Which names are valid, and how they are asked for.

use prometheus_labels::{NameScheme, quoted};
use source_text::Diagnostic;
use source_text::yaml::Node;

use crate::decode::Decoder;

/// How metric names that older programs do not understand are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NameEscaping {
    /// As they are.
    AllowUtf8,
    /// `_` for every character that older programs reject.
    Underscores,
    /// `_dot_` for a dot, and two underscores for one.
    Dots,
    /// `U__` and the code points of such characters.
    Values,
}

impl NameEscaping {
    /// The name in the configuration and in `Accept` headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        [Self::AllowUtf8, Self::Underscores, Self::Dots, Self::Values]
            .into_iter()
            .find(|escaping| escaping.as_str() == name)
    }

    /// What is used where only the validation scheme is set.
    pub(crate) fn default_of(scheme: NameScheme) -> Self {
        match scheme {
            NameScheme::Utf8 => Self::AllowUtf8,
            NameScheme::Legacy => Self::Underscores,
        }
    }
}

/// Reads a validation scheme; `None` when it is left out.
pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Option<NameScheme> {
    let mark = decoder.mark();
    let name = decoder.string(node);
    if name.is_empty() {
        return None;
    }
    match name.parse() {
        Ok(scheme) => Some(scheme),
        Err(_) => {
            let message = format!("unrecognized ValidationScheme: {}", quoted(&name));
            let help = "the schemes are `utf8` and `legacy`";
            decoder
                .reject(mark, Diagnostic::error("unknown-validation-scheme", node.span, message).help(help));
            None
        }
    }
}
