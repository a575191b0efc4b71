//! Which release's behaviour to follow.

use std::fmt;
use std::str::FromStr;

/// The release of Fluent Bit whose behaviour is followed where releases differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Compat {
    /// Fluent Bit 1.8.11.
    V1_8,
    /// Fluent Bit 5.1.1.
    #[default]
    V5_1,
}

impl FromStr for Compat {
    type Err = UnknownCompat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1.8" => Ok(Self::V1_8),
            "5.1" => Ok(Self::V5_1),
            _ => Err(UnknownCompat),
        }
    }
}

impl fmt::Display for Compat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_8 => "1.8",
            Self::V5_1 => "5.1",
        })
    }
}

/// The text names no release this crate knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCompat;

impl fmt::Display for UnknownCompat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `5.1` or `1.8`")
    }
}

impl std::error::Error for UnknownCompat {}
