//! TLS as the settings want it.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

use crate::error::SetupError;
use crate::settings::TlsSettings;

/// A connector, and the name that servers have to prove.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) connector: TlsConnector,
    pub(crate) server_name: ServerName<'static>,
}

impl Tls {
    pub(crate) fn new(settings: &TlsSettings, host: &str) -> Result<Self, SetupError> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(SetupError::tls)?;
        let config = if settings.verify {
            config.with_root_certificates(roots(settings)?)
        } else {
            config.dangerous().with_custom_certificate_verifier(Arc::new(TrustAnyone(provider)))
        };
        let config = match &settings.identity {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::from_pem_file(key).map_err(|error| SetupError::pem(key, &error))?;
                config.with_client_auth_cert(certificates(certificate)?, key).map_err(SetupError::tls)?
            }
        };
        let name = settings.server_name.as_deref().unwrap_or(host);
        let server_name = ServerName::try_from(name.to_owned()).map_err(|_| SetupError::server_name(name))?;
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), server_name })
    }
}

/// The certificates to trust: those of the settings, or the system's.
fn roots(settings: &TlsSettings) -> Result<RootCertStore, SetupError> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &settings.ca_file {
        roots.add_parsable_certificates(certificates(file)?);
    }
    if let Some(folder) = &settings.ca_path {
        for file in files(folder).map_err(|error| SetupError::file(folder, error))? {
            // A folder of certificates holds other files too.
            roots.add_parsable_certificates(certificates(&file).unwrap_or_default());
        }
    }
    if settings.ca_file.is_none() && settings.ca_path.is_none() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() { Err(SetupError::no_roots()) } else { Ok(roots) }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| SetupError::pem(path, &error))
}

fn files(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut files: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    Ok(files)
}

/// `tls.verify Off`: whoever answers is the server. Signatures are still checked.
#[derive(Debug)]
struct TrustAnyone(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
