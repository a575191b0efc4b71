//! The way to the API server.

use std::fmt;
use std::path::PathBuf;

use kube::{Client, Config};

/// Where the API server is and how to be let in. The defaults are Fluent Bit's, and those of every pod.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiServer {
    /// The address, such as `https://kubernetes.default.svc:443`.
    pub url: String,
    /// The certificates it is checked against.
    pub ca_file: Option<PathBuf>,
    /// The file with the bearer token; read again when it changes.
    pub token_file: Option<PathBuf>,
    /// Whether its certificate is checked at all.
    pub verify: bool,
    /// Only pods of this node are asked for.
    pub node: Option<String>,
}

impl ApiServer {
    /// The server of the cluster this program runs in, with the pod's own service account.
    #[must_use]
    pub fn in_cluster() -> Self {
        let account = PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount");
        Self {
            url: "https://kubernetes.default.svc:443".to_owned(),
            ca_file: Some(account.join("ca.crt")),
            token_file: Some(account.join("token")),
            verify: true,
            node: None,
        }
    }
}

/// No client could be made, or a request failed.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Url(String),
    Certificates(PathBuf, String),
    Client(kube::Error),
    Other(String),
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    pub(crate) fn other(message: impl fmt::Display) -> Self {
        Self::new(Kind::Other(message.to_string()))
    }
}

impl From<kube::Error> for Error {
    fn from(error: kube::Error) -> Self {
        Self::new(Kind::Client(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Url(url) => write!(f, "`{url}` is no address of an API server: expected https://HOST:PORT"),
            Kind::Certificates(path, problem) => {
                write!(f, "cannot use the certificates in {}: {problem}", path.display())
            }
            Kind::Client(error) => write!(f, "{error}"),
            Kind::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

/// Makes a client. Nothing is sent yet, but it must be called inside a tokio runtime.
///
/// # Errors
///
/// When the address is malformed or the certificates cannot be read.
pub fn connect(server: &ApiServer) -> Result<Client, Error> {
    let url = server.url.parse().map_err(|_| Error::new(Kind::Url(server.url.clone())))?;
    let mut config = Config::new(url);
    config.accept_invalid_certs = !server.verify;
    // A watch is silent as long as nothing happens.
    config.read_timeout = None;
    config.auth_info.token_file = server
        .token_file
        .as_ref()
        .filter(|path| path.exists())
        .map(|path| path.to_string_lossy().into_owned());
    if let Some(path) = server.ca_file.as_ref().filter(|path| server.verify && path.exists()) {
        let unusable = |problem: String| Error::new(Kind::Certificates(path.clone(), problem));
        let text = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        config.root_cert =
            Some(certificates(&text).ok_or_else(|| unusable("it holds none in PEM form".into()))?);
    }
    Ok(Client::try_from(config)?)
}

/// The DER bytes of the certificates in a PEM file.
fn certificates(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    let found: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(text).map(|found| found.map(|der| der.to_vec())).collect();
    found.ok().filter(|found| !found.is_empty())
}
