//! What keeps a writer from being started, or samples from being queued.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use prometheus_http_client::SetupError;

/// A writer cannot be started, or samples cannot be queued.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Io(PathBuf, io::Error),
    Client(SetupError),
    Header(String),
}

impl Error {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Self(Kind::Io(path.to_owned(), error))
    }

    pub(crate) fn header(name: &str) -> Self {
        Self(Kind::Header(name.to_owned()))
    }
}

impl From<SetupError> for Error {
    fn from(error: SetupError) -> Self {
        Self(Kind::Client(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Kind::Client(error) => write!(f, "{error}"),
            Kind::Header(name) => write!(f, "the header `{name}` cannot be part of a request"),
        }
    }
}

impl std::error::Error for Error {}
