//! What keeps a sender from being set up.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A sender cannot be set up.
#[derive(Debug)]
pub struct SetupError {
    kind: SetupErrorKind,
    path: Option<PathBuf>,
    message: String,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SetupErrorKind {
    /// A file cannot be read, or holds no certificate or key.
    File,
    /// No certificate to trust was found.
    NoRoots,
    /// The host is no name or address.
    ServerName,
    /// TLS refuses the certificate, the key or both.
    Tls,
    /// The host, the path or a credential cannot be part of a request.
    Request,
}

impl SetupError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> SetupErrorKind {
        self.kind
    }

    /// The file it is about, if any.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(crate) fn file(path: &Path, error: io::Error) -> Self {
        Self { path: Some(path.to_owned()), ..Self::new(SetupErrorKind::File, error) }
    }

    pub(crate) fn pem(path: &Path, error: &tls_client::Error) -> Self {
        Self { path: Some(path.to_owned()), ..Self::new(SetupErrorKind::File, error) }
    }

    pub(crate) fn no_roots() -> Self {
        Self::new(SetupErrorKind::NoRoots, "no certificate to trust was found")
    }

    pub(crate) fn server_name(error: tls_client::Error) -> Self {
        Self::new(SetupErrorKind::ServerName, error)
    }

    pub(crate) fn tls(error: tls_client::Error) -> Self {
        Self::new(SetupErrorKind::Tls, error)
    }

    pub(crate) fn request(what: &str) -> Self {
        Self::new(SetupErrorKind::Request, format_args!("{what} cannot be part of a request"))
    }

    fn new(kind: SetupErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, path: None, message: message.to_string() }
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for SetupError {}
