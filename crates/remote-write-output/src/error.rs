//! What keeps a writer from being started, or samples from being queued.

use std::fmt;

use prometheus_http_client::SetupError;

/// A writer cannot be started, or samples cannot be queued.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Queue(sample_queue::Error),
    Client(SetupError),
    Header(String),
}

impl Error {
    pub(crate) fn header(name: &str) -> Self {
        Self(Kind::Header(name.to_owned()))
    }
}

impl From<sample_queue::Error> for Error {
    fn from(error: sample_queue::Error) -> Self {
        Self(Kind::Queue(error))
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
            Kind::Queue(error) => write!(f, "{error}"),
            Kind::Client(error) => write!(f, "{error}"),
            Kind::Header(name) => write!(f, "the header `{name}` cannot be part of a request"),
        }
    }
}

impl std::error::Error for Error {}
