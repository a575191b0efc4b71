//! What can go wrong.

use std::fmt;
use std::io;

use prometheus_config::HttpClient;

/// A client cannot be made of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupError(String);

/// No answer came, or only a part of it. Its display has Prometheus' (that is, Go's) form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    operation: &'static str,
    url: String,
    message: String,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be made: its URL, a header, or a file with a credential.
    Request,
    /// There is no connection.
    Connect,
    /// The connection ended, or what came is no HTTP.
    Transport,
    /// Time ran out.
    Timeout,
    /// The body, uncompressed, is longer than the request allows.
    TooLarge,
    /// The body is no gzip though its header says so.
    Encoding,
    /// There are too many redirects, or one leads nowhere.
    Redirect,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, operation: "", url: String::new(), message: message.to_string() }
    }

    /// Says which request it was.
    pub(crate) fn of(mut self, method: &http::Method, url: &str) -> Self {
        self.operation = match *method {
            http::Method::GET => "Get",
            http::Method::POST => "Post",
            _ => "Do",
        };
        self.url = url.to_owned();
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, without the request.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Go names the request when there is no answer, and not when its body fails.
        match self.kind {
            ErrorKind::TooLarge | ErrorKind::Encoding => f.write_str(&self.message),
            _ => write!(f, "{} \"{}\": {}", self.operation, self.url, self.message),
        }
    }
}

impl std::error::Error for Error {}

impl SetupError {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }

    /// The fields that no client here can honour.
    pub(crate) fn unsupported(config: &HttpClient) -> Option<Self> {
        let tls = &config.tls;
        let basic = config.basic_auth.as_ref();
        let references = [
            ("tls_config.ca_ref", Some(&tls.ca_ref)),
            ("tls_config.cert_ref", Some(&tls.cert_ref)),
            ("tls_config.key_ref", Some(&tls.key_ref)),
            ("basic_auth.username_ref", basic.map(|auth| &auth.username_ref)),
            ("basic_auth.password_ref", basic.map(|auth| &auth.password_ref)),
            (
                "authorization.credentials_ref",
                config.authorization.as_ref().map(|auth| &auth.credentials_ref),
            ),
            ("oauth2.client_secret_ref", config.oauth2.as_ref().map(|auth| &auth.client_secret_ref)),
        ];
        let set = references.into_iter().find(|(_, value)| value.is_some_and(|value| !value.is_empty()));
        set.map(|(field, _)| Self(format!("{field}: there is no secret manager to ask; use a file")))
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SetupError {}

/// The words of Go for a failure of the operating system.
pub(crate) fn go_io(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "connection reset by peer",
        io::ErrorKind::HostUnreachable => "no route to host",
        io::ErrorKind::NetworkUnreachable => "network is unreachable",
        io::ErrorKind::IsADirectory => "is a directory",
        io::ErrorKind::UnexpectedEof => "EOF",
        _ => return error.to_string(),
    };
    known.to_owned()
}
