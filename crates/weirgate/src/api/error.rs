//! Why a question has no answer.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::METHODS;

/// A question that has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// The class of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// No question has this name.
    UnknownMethod,
    /// The request is no JSON, or not that of this question.
    InvalidRequest,
    /// Something in the request cannot be worked on.
    InvalidInput,
    /// This build has half of the questions, and the answer is in the other.
    OtherHalf,
}

impl Error {
    /// The class.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The error as JSON: `{"kind":"invalid-input","message":"…"}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        super::to_json(self)
    }

    /// The error that [`to_json`](Self::to_json) wrote.
    #[must_use]
    pub fn from_json(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_else(|_| Self::input(json))
    }

    pub(super) fn input(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::InvalidInput, message: message.into() }
    }

    pub(super) fn request(error: &serde_json::Error) -> Self {
        Self { kind: ErrorKind::InvalidRequest, message: error.to_string() }
    }

    pub(super) fn left_out(what: impl fmt::Display) -> Self {
        Self { kind: ErrorKind::OtherHalf, message: format!("`{what}` is a question for the other half") }
    }

    pub(super) fn unknown_method(name: &str) -> Self {
        let nearest = source_text::suggest(name, METHODS);
        let hint = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
        let message = format!("there is no question `{name}`{hint}");
        Self { kind: ErrorKind::UnknownMethod, message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
