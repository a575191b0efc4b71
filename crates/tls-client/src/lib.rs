//! TLS connectors of PEM files, for clients that are told whom to trust.
//!
//! ```
//! use tls_client::{Settings, certificates, server_name};
//!
//! # let authority = rcgen::generate_simple_self_signed(["localhost".to_owned()])?.cert.pem();
//! let mut settings = Settings::new();
//! settings.trust(certificates(authority.as_bytes())?);
//! let connector = settings.connector()?;
//! let name = server_name("localhost")?;
//! // connector.connect(name, stream).await
//! # let _ = (connector, name);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crypto is that of `ring`, the versions are TLS 1.2 and 1.3.
//!
//! What it does not do: read files, connect, decrypt keys, or look at lists of revoked certificates.
#![forbid(unsafe_code)]

mod anyone;
mod error;

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_rustls::TlsConnector;

use anyone::TrustAnyone;

pub use error::{Error, ErrorKind};

/// Whom to trust, and who we are.
#[derive(Debug)]
pub struct Settings {
    trusted: Trusted,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    versions: Vec<Version>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// 1.2
    Tls12,
    /// 1.3
    Tls13,
}

#[derive(Debug)]
enum Trusted {
    /// The authorities that the system trusts.
    System,
    These(RootCertStore),
    Anyone,
}

impl Settings {
    /// Trusts whom the system trusts, without a certificate of our own.
    #[must_use]
    pub fn new() -> Self {
        Self { trusted: Trusted::System, identity: None, versions: vec![Version::Tls12, Version::Tls13] }
    }

    /// Trusts these authorities, and those that were given before, instead of the system's. Gives how many of them can
    /// be used.
    pub fn trust(&mut self, authorities: Vec<CertificateDer<'static>>) -> usize {
        if !matches!(self.trusted, Trusted::These(_)) {
            self.trusted = Trusted::These(RootCertStore::empty());
        }
        match &mut self.trusted {
            Trusted::These(roots) => roots.add_parsable_certificates(authorities).0,
            _ => 0,
        }
    }

    /// Whoever answers is the server. Signatures are still checked.
    pub fn trust_anyone(&mut self) {
        self.trusted = Trusted::Anyone;
    }

    /// Trusts whom the system trusts now. Gives how many authorities that are.
    pub fn trust_system(&mut self) -> usize {
        let roots = system();
        let count = roots.len();
        self.trusted = Trusted::These(roots);
        count
    }

    /// Shows this certificate, with those that vouch for it behind, to servers that ask for one. Both texts are PEM.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Certificate`] and [`ErrorKind::Key`], when one is not there or cannot be read.
    pub fn identify(&mut self, certificate: &[u8], key: &[u8]) -> Result<(), Error> {
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| Error::new(ErrorKind::Key, error))?;
        self.identity = Some((certificates(certificate)?, key));
        Ok(())
    }

    /// Speaks these versions only.
    pub fn versions(&mut self, versions: impl IntoIterator<Item = Version>) {
        self.versions = versions.into_iter().collect();
    }

    /// A connector.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`], when certificate and key do not belong together or there is no version to speak.
    pub fn connector(self) -> Result<TlsConnector, Error> {
        let refused = |error| Error::new(ErrorKind::Refused, error);
        let provider = Arc::new(ring::default_provider());
        let versions: Vec<&SupportedProtocolVersion> = self
            .versions
            .iter()
            .map(|version| match version {
                Version::Tls12 => &rustls::version::TLS12,
                Version::Tls13 => &rustls::version::TLS13,
            })
            .collect();
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_protocol_versions(&versions).map_err(refused)?;
        let config = match self.trusted {
            Trusted::System => config.with_root_certificates(system()),
            Trusted::These(roots) => config.with_root_certificates(roots),
            Trusted::Anyone => {
                config.dangerous().with_custom_certificate_verifier(Arc::new(TrustAnyone::new(provider)))
            }
        };
        let config = match self.identity {
            None => config.with_no_client_auth(),
            Some((certificates, key)) => config.with_client_auth_cert(certificates, key).map_err(refused)?,
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// The certificates in a PEM text.
///
/// # Errors
///
/// [`ErrorKind::Certificate`], when it is damaged.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found: Result<_, _> = CertificateDer::pem_slice_iter(pem).collect();
    found.map_err(|error| Error::new(ErrorKind::Certificate, error))
}

/// The name that a server has to prove: a host name or an address.
///
/// # Errors
///
/// [`ErrorKind::ServerName`], when it is neither.
pub fn server_name(name: &str) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(name.to_owned())
        .map_err(|_| Error::new(ErrorKind::ServerName, format_args!("`{name}` is no host name or address")))
}

fn system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
