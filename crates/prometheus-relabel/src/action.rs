//! What a rule does.

use std::{error, fmt, str::FromStr};

use prometheus_labels::quoted;

use crate::case;

/// What a rule does.
///
/// *The value* is the values of the source labels, joined by the separator; a label that does not exist has
/// an empty value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Sets a label to the replacement if the value matches.
    Replace,
    /// Drops the label set unless the value matches.
    Keep,
    /// Drops the label set if the value matches.
    Drop,
    /// Drops the label set unless the value is that of the target label.
    KeepEqual,
    /// Drops the label set if the value is that of the target label.
    DropEqual,
    /// Sets the target label to the MD5 hash of the value modulo the modulus.
    HashMod,
    /// Copies every label whose name matches to the name that the replacement gives.
    LabelMap,
    /// Removes every label whose name matches.
    LabelDrop,
    /// Removes every label whose name does not match.
    LabelKeep,
    /// Sets the target label to the value in small letters.
    Lowercase,
    /// Sets the target label to the value in capitals.
    Uppercase,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::Replace,
        Self::Keep,
        Self::Drop,
        Self::KeepEqual,
        Self::DropEqual,
        Self::HashMod,
        Self::LabelMap,
        Self::LabelDrop,
        Self::LabelKeep,
        Self::Lowercase,
        Self::Uppercase,
    ];

    /// The word for it in a configuration, in small letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Keep => "keep",
            Self::Drop => "drop",
            Self::KeepEqual => "keepequal",
            Self::DropEqual => "dropequal",
            Self::HashMod => "hashmod",
            Self::LabelMap => "labelmap",
            Self::LabelDrop => "labeldrop",
            Self::LabelKeep => "labelkeep",
            Self::Lowercase => "lowercase",
            Self::Uppercase => "uppercase",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Capitals and small letters are the same.
impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let mut lower = String::with_capacity(word.len());
        case::push_lower(word, &mut lower);
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == lower)
            .ok_or_else(|| UnknownAction { word: word.into() })
    }
}

/// A word that names no [`Action`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAction {
    word: Box<str>,
}

impl fmt::Display for UnknownAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown relabel action {}", quoted(&*self.word))
    }
}

impl error::Error for UnknownAction {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
            assert_eq!(action.as_str().to_uppercase().parse(), Ok(action));
        }
        // The sign for kelvin is a capital k.
        assert_eq!("\u{212A}eep".parse(), Ok(Action::Keep));
        for word in ["", "keep ", "rename", "a\"b"] {
            let error = word.parse::<Action>().unwrap_err();
            assert_eq!(error.to_string(), format!("unknown relabel action {word:?}"));
        }
    }
}
