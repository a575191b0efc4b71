//! The way to the API server.

use std::fmt;
use std::path::{Path, PathBuf};

use http::header::{AUTHORIZATION, HeaderValue};
use kube::client::ClientBuilder;
use kube::{Client, Config};
use tower::util::MapRequestLayer;

/// Where the API server is and how to be let in. The defaults are Fluent Bit's, and those of every pod.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiServer {
    /// The address, such as `https://kubernetes.default.svc:443`.
    pub url: String,
    /// The certificates it is checked against.
    pub ca_file: Option<PathBuf>,
    /// The file with the bearer token; it is read for every request, so that a new token counts at once.
    pub token_file: Option<PathBuf>,
    /// Whether its certificate is checked at all.
    pub verify: bool,
    /// The name its certificate has to prove, if that is not the host's.
    pub server_name: Option<String>,
    /// Only pods of this node are asked for.
    pub node: Option<String>,
    /// The whole `Authorization` header, where there is no token file.
    pub authorization: Option<String>,
    /// Files with the certificate and the key that this client shows.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The URL of an HTTP proxy in front of the server.
    pub proxy: Option<String>,
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
            server_name: None,
            node: None,
            authorization: None,
            identity: None,
            proxy: None,
        }
    }

    /// A server at this address. Its certificate is checked against those of the system, and no credential is
    /// sent.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), ca_file: None, token_file: None, ..Self::in_cluster() }
    }

    /// The kubelet of a node. It is let in, and its certificate is checked, as for this server.
    #[must_use]
    pub fn kubelet(&self, host: &str, port: u16) -> Self {
        let brackets = host.contains(':') && !host.starts_with('[');
        let host = if brackets { format!("[{host}]") } else { host.to_owned() };
        Self { url: format!("https://{host}:{port}"), node: None, ..self.clone() }
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
    config.tls_server_name.clone_from(&server.server_name);
    if let Some(path) = server.ca_file.as_ref().filter(|path| server.verify && path.exists()) {
        let unusable = |problem: String| Error::new(Kind::Certificates(path.clone(), problem));
        let text = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        config.root_cert =
            Some(certificates(&text).ok_or_else(|| unusable("it holds none in PEM form".into()))?);
    }
    if let Some((certificate, key)) = &server.identity {
        config.auth_info.client_certificate = Some(certificate.display().to_string());
        config.auth_info.client_key = Some(key.display().to_string());
    }
    if let Some(proxy) = &server.proxy {
        config.proxy_url = Some(proxy.parse().map_err(|_| Error::new(Kind::Url(proxy.clone())))?);
    }
    let token_file = server.token_file.clone();
    let fixed = server.authorization.as_deref().map(sensitive).transpose()?;
    let authorize = MapRequestLayer::new(move |mut request: http::Request<_>| {
        let value = match &token_file {
            Some(file) => bearer(file),
            None => fixed.clone(),
        };
        if let Some(value) = value {
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        request
    });
    Ok(ClientBuilder::try_from(config)?.with_layer(&authorize).build())
}

/// Makes a client from a kubeconfig file, with its current context. It must be called inside a tokio runtime.
///
/// # Errors
///
/// When the file cannot be read or does not say how to connect.
pub async fn connect_by_kubeconfig(path: &Path) -> Result<Client, Error> {
    let unusable = |problem: &dyn fmt::Display| Error::other(format_args!("{}: {problem}", path.display()));
    let file = kube::config::Kubeconfig::read_from(path).map_err(|error| unusable(&error))?;
    let options = kube::config::KubeConfigOptions::default();
    let mut config =
        Config::from_custom_kubeconfig(file, &options).await.map_err(|error| unusable(&error))?;
    config.read_timeout = None;
    Ok(Client::try_from(config)?)
}

fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Error::other("the credential for the API server cannot be part of a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The header with the token in a file. Editors and shells end the file with a newline, which is no part of it.
fn bearer(path: &Path) -> Option<HeaderValue> {
    let token = std::fs::read_to_string(path)
        .inspect_err(|error| {
            tracing::debug!(path = %path.display(), %error, "a request without a token");
        })
        .ok()?;
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.trim()))
        .inspect_err(|error| tracing::error!(path = %path.display(), %error, "this is no token"))
        .ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The DER bytes of the certificates in a PEM file.
fn certificates(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    let found: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(text).map(|found| found.map(|der| der.to_vec())).collect();
    found.ok().filter(|found| !found.is_empty())
}
