//! What can go wrong before the first line is read.

use std::fmt;
use std::path::{Path, PathBuf};

/// The tail cannot start.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Pattern { pattern: String, message: &'static str },
    Database { path: PathBuf, error: rusqlite::Error },
}

impl Error {
    pub(crate) fn pattern(pattern: &str, error: &glob::PatternError) -> Self {
        Self(Kind::Pattern { pattern: pattern.to_owned(), message: error.msg })
    }

    pub(crate) fn database(path: &Path, error: rusqlite::Error) -> Self {
        Self(Kind::Database { path: path.to_owned(), error })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Pattern { pattern, message } => write!(f, "bad path pattern `{pattern}`: {message}"),
            Kind::Database { path, error } => {
                write!(f, "cannot use the offset database {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Pattern { .. } => None,
            Kind::Database { error, .. } => Some(error),
        }
    }
}
