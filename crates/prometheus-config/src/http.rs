//! How an HTTP client connects and who it says it is.

use std::fmt;

use crate::Url;

mod decode;

pub(crate) use decode::{FIELDS, RawHttpClient, check, tls};

/// A text that must not be shown. Its debug form hides it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(\"\")" } else { "Secret(<hidden>)" })
    }
}

/// How an HTTP client connects and who it says it is. At most one of the ways to authenticate is set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpClient {
    /// Name and password.
    pub basic_auth: Option<BasicAuth>,
    /// A token. The older `bearer_token` and `bearer_token_file` are read to this.
    pub authorization: Option<Authorization>,
    /// A token from an OAuth 2.0 server.
    pub oauth2: Option<OAuth2>,
    /// Certificates.
    pub tls: Tls,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Whether HTTP/2 may be used.
    pub enable_http2: bool,
    /// The proxy.
    pub proxy: Proxy,
    /// Headers of every request, sorted by name; `None` when the file has no `http_headers`.
    pub headers: Option<Vec<(String, Header)>>,
}

impl Default for HttpClient {
    fn default() -> Self {
        Self {
            basic_auth: None,
            authorization: None,
            oauth2: None,
            tls: Tls::default(),
            follow_redirects: true,
            enable_http2: true,
            proxy: Proxy::default(),
            headers: None,
        }
    }
}

/// Name and password, each in the configuration or in a file that is read for every connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BasicAuth {
    /// The name.
    pub username: String,
    /// A file with the name.
    pub username_file: String,
    /// The name of the name in a secret manager.
    pub username_ref: String,
    /// The password.
    pub password: Secret,
    /// A file with the password.
    pub password_file: String,
    /// The name of the password in a secret manager.
    pub password_ref: String,
}

/// The `Authorization` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorization {
    /// The scheme, `Bearer` unless set.
    pub kind: String,
    /// The token.
    pub credentials: Secret,
    /// A file with the token.
    pub credentials_file: String,
    /// The name of the token in a secret manager.
    pub credentials_ref: String,
}

/// How to get a token from an OAuth 2.0 server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuth2 {
    /// Who asks.
    pub client_id: String,
    /// The secret.
    pub client_secret: Secret,
    /// A file with the secret.
    pub client_secret_file: String,
    /// The name of the secret in a secret manager.
    pub client_secret_ref: String,
    /// The id of the key that signs, for the grant type of RFC 7523.
    pub client_certificate_key_id: String,
    /// The key that signs.
    pub client_certificate_key: Secret,
    /// A file with the key.
    pub client_certificate_key_file: String,
    /// The name of the key in a secret manager.
    pub client_certificate_key_ref: String,
    /// `client_credentials` (also when empty) or `urn:ietf:params:oauth:grant-type:jwt-bearer`.
    pub grant_type: String,
    /// `RS256`, `RS384` or `RS512`.
    pub signature_algorithm: String,
    /// The issuer of the signed request.
    pub issuer: String,
    /// The audience of the signed request.
    pub audience: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Where to ask.
    pub token_url: String,
    /// Further parameters of the request, sorted by name.
    pub endpoint_params: Vec<(String, String)>,
    /// Certificates.
    pub tls: Tls,
    /// The proxy.
    pub proxy: Proxy,
}

/// Certificates, each in the configuration or in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tls {
    /// The certificates of the authorities to trust.
    pub ca: String,
    /// A file with them.
    pub ca_file: String,
    /// Their name in a secret manager.
    pub ca_ref: String,
    /// The client's certificate.
    pub cert: String,
    /// A file with it.
    pub cert_file: String,
    /// Its name in a secret manager.
    pub cert_ref: String,
    /// The key of the client's certificate.
    pub key: Secret,
    /// A file with it.
    pub key_file: String,
    /// Its name in a secret manager.
    pub key_ref: String,
    /// The name the server's certificate must have, if not that of the URL.
    pub server_name: String,
    /// Whether any certificate will do.
    pub insecure_skip_verify: bool,
    /// The oldest version of the protocol.
    pub min_version: Option<TlsVersion>,
    /// The newest version of the protocol.
    pub max_version: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// 1.0
    Tls10,
    /// 1.1
    Tls11,
    /// 1.2
    Tls12,
    /// 1.3
    Tls13,
}

impl TlsVersion {
    /// The name in the configuration, such as `TLS12`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS10",
            Self::Tls11 => "TLS11",
            Self::Tls12 => "TLS12",
            Self::Tls13 => "TLS13",
        }
    }
}

/// The proxy between client and server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proxy {
    /// Its URL.
    pub url: Option<Url>,
    /// Hosts, addresses and networks that are reached without it, separated by commas.
    pub no_proxy: String,
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` of the environment count.
    pub from_environment: bool,
    /// Headers of the `CONNECT` request, sorted by name.
    pub connect_headers: Vec<(String, Vec<Secret>)>,
}

/// The values of one header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// Values to show.
    pub values: Vec<String>,
    /// Values to hide.
    pub secrets: Vec<Secret>,
    /// Files with values.
    pub files: Vec<String>,
}

impl HttpClient {
    /// Puts `directory` in front of the names of files that are not absolute.
    pub(crate) fn set_directory(&mut self, directory: &str) {
        self.tls.set_directory(directory);
        if let Some(auth) = &mut self.basic_auth {
            join(directory, &mut auth.username_file);
            join(directory, &mut auth.password_file);
        }
        if let Some(auth) = &mut self.authorization {
            join(directory, &mut auth.credentials_file);
        }
        if let Some(auth) = &mut self.oauth2 {
            join(directory, &mut auth.client_secret_file);
            auth.tls.set_directory(directory);
        }
        for (_, header) in self.headers.iter_mut().flatten() {
            header.files.iter_mut().for_each(|file| join(directory, file));
        }
    }
}

impl Tls {
    fn set_directory(&mut self, directory: &str) {
        [&mut self.ca_file, &mut self.cert_file, &mut self.key_file]
            .into_iter()
            .for_each(|file| join(directory, file));
    }
}

/// Puts `directory` in front of `file`, unless `file` is absolute or empty.
pub(crate) fn join(directory: &str, file: &mut String) {
    if !file.is_empty() && !file.starts_with('/') && !directory.is_empty() {
        file.insert_str(0, if directory.ends_with('/') { "" } else { "/" });
        file.insert_str(0, directory);
    }
}
