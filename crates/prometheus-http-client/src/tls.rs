//! TLS as the configuration wants it.

use std::fs;
use std::sync::{Mutex, PoisonError};

use prometheus_config::{Tls, TlsVersion};
use rustls_pki_types::ServerName;
use tls_client::{ErrorKind, Version};
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
        tls_client::server_name(name).map_err(SetupError::new)
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
    let mut tls = tls_client::Settings::new();
    tls.versions(versions(settings)?);
    if settings.insecure_skip_verify {
        tls.trust_anyone();
    } else if let Some(text) = &material.ca {
        let certificates = tls_client::certificates(text).map_err(|error| unusable("CA cert", &error))?;
        if tls.trust(certificates) == 0 {
            let file = &settings.ca_file;
            return Err(SetupError::new(format_args!("unable to use specified CA cert {file}")));
        }
    }
    if let Some((certificate, key)) = &material.identity {
        tls.identify(certificate, key).map_err(|error| match error.kind() {
            ErrorKind::Key => unusable("client key", &error),
            _ => unusable("client cert", &error),
        })?;
    }
    tls.connector().map_err(SetupError::new)
}

fn versions(settings: &Tls) -> Result<Vec<Version>, SetupError> {
    let known = [(TlsVersion::Tls12, Version::Tls12), (TlsVersion::Tls13, Version::Tls13)];
    let allowed = |version: TlsVersion| {
        settings.min_version.is_none_or(|min| min <= version)
            && settings.max_version.is_none_or(|max| version <= max)
    };
    let versions: Vec<_> =
        known.into_iter().filter(|(version, _)| allowed(*version)).map(|(_, version)| version).collect();
    if versions.is_empty() {
        return Err(SetupError::new("tls_config: only the versions TLS12 and TLS13 can be spoken"));
    }
    Ok(versions)
}

fn unusable(what: &str, error: &tls_client::Error) -> SetupError {
    SetupError::new(format_args!("unable to use specified {what}: {error}"))
}
