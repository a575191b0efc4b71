//! TLS as the configuration wants it.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_config::{Tls, TlsVersion};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio_rustls::TlsConnector;

use crate::error::{SetupError, go_io};

/// Connectors for TLS. Files with certificates are read for each new connection, so that renewed ones count.
pub(crate) struct Connectors {
    settings: Tls,
    current: Mutex<(Material, TlsConnector)>,
}

/// The texts of certificates and key.
#[derive(PartialEq, Eq)]
struct Material {
    ca: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Connectors {
    pub(crate) fn new(settings: &Tls) -> Result<Self, SetupError> {
        let material = Material::read(settings)?;
        let connector = connector(settings, &material)?;
        Ok(Self { settings: settings.clone(), current: Mutex::new((material, connector)) })
    }

    /// A connector with the certificates of now.
    pub(crate) fn get(&self) -> Result<TlsConnector, SetupError> {
        let material = Material::read(&self.settings)?;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != material {
            let connector = connector(&self.settings, &material)?;
            *current = (material, connector);
        }
        Ok(current.1.clone())
    }

    /// The name that a server has to prove.
    pub(crate) fn server_name(&self, host: &str) -> Result<ServerName<'static>, SetupError> {
        let name = if self.settings.server_name.is_empty() { host } else { &self.settings.server_name };
        ServerName::try_from(name.to_owned())
            .map_err(|_| SetupError::new(format_args!("`{name}` is no host name or address")))
    }
}

impl Material {
    fn read(settings: &Tls) -> Result<Self, SetupError> {
        let load = |text: &str, file: &str, what: &str| match (text, file) {
            ("", "") => Ok(None),
            ("", file) => fs::read(file).map(Some).map_err(|error| {
                let error = go_io(&error);
                SetupError::new(format_args!("unable to load specified {what} {file}: open {file}: {error}"))
            }),
            (text, _) => Ok(Some(text.as_bytes().to_vec())),
        };
        let cert = load(&settings.cert, &settings.cert_file, "client cert")?;
        let key = load(settings.key.expose(), &settings.key_file, "client key")?;
        Ok(Self { ca: load(&settings.ca, &settings.ca_file, "CA cert")?, identity: cert.zip(key) })
    }
}

fn connector(settings: &Tls, material: &Material) -> Result<TlsConnector, SetupError> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions(settings)?)
        .map_err(SetupError::new)?;
    let config = if settings.insecure_skip_verify {
        config.dangerous().with_custom_certificate_verifier(Arc::new(TrustAnyone(provider)))
    } else {
        config.with_root_certificates(roots(settings, material)?)
    };
    let config = match &material.identity {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| {
                SetupError::new(format_args!("unable to use specified client key: {error}"))
            })?;
            config
                .with_client_auth_cert(certificates(certificate, "client cert")?, key)
                .map_err(SetupError::new)?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn versions(settings: &Tls) -> Result<Vec<&'static SupportedProtocolVersion>, SetupError> {
    let known = [(TlsVersion::Tls12, &rustls::version::TLS12), (TlsVersion::Tls13, &rustls::version::TLS13)];
    let allowed = |version: TlsVersion| {
        settings.min_version.is_none_or(|min| min <= version)
            && settings.max_version.is_none_or(|max| version <= max)
    };
    let versions: Vec<_> =
        known.into_iter().filter(|(version, _)| allowed(*version)).map(|(_, supported)| supported).collect();
    if versions.is_empty() {
        return Err(SetupError::new("tls_config: only the versions TLS12 and TLS13 can be spoken"));
    }
    Ok(versions)
}

/// The certificates to trust: those of the settings, or the system's.
fn roots(settings: &Tls, material: &Material) -> Result<RootCertStore, SetupError> {
    let mut roots = RootCertStore::empty();
    match &material.ca {
        Some(text) => {
            roots.add_parsable_certificates(certificates(text, "CA cert")?);
            if roots.is_empty() {
                let file = &settings.ca_file;
                return Err(SetupError::new(format_args!("unable to use specified CA cert {file}")));
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

fn certificates(text: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    CertificateDer::pem_slice_iter(text)
        .collect::<Result<_, _>>()
        .map_err(|error| SetupError::new(format_args!("unable to use specified {what}: {error}")))
}

/// `insecure_skip_verify`: whoever answers is the server. Signatures are still checked.
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
