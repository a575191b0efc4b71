//! TLS as the settings want it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustls_pki_types::ServerName;
use tls_client::ErrorKind;
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
        let mut tls = tls_client::Settings::new();
        if !settings.verify {
            tls.trust_anyone();
        } else if trust(&mut tls, settings)? == 0 {
            return Err(SetupError::no_roots());
        }
        if let Some((certificate, key)) = &settings.identity {
            tls.identify(&read(certificate)?, &read(key)?).map_err(|error| {
                SetupError::pem(if error.kind() == ErrorKind::Key { key } else { certificate }, &error)
            })?;
        }
        let name = settings.server_name.as_deref().unwrap_or(host);
        let server_name = tls_client::server_name(name).map_err(SetupError::server_name)?;
        Ok(Self { connector: tls.connector().map_err(SetupError::tls)?, server_name })
    }
}

/// Trusts the certificates of the settings, or the system's. Gives how many there are.
fn trust(tls: &mut tls_client::Settings, settings: &TlsSettings) -> Result<usize, SetupError> {
    let mut trusted = 0;
    if let Some(file) = &settings.ca_file {
        let found = tls_client::certificates(&read(file)?);
        trusted += tls.trust(found.map_err(|error| SetupError::pem(file, &error))?);
    }
    if let Some(folder) = &settings.ca_path {
        for file in files(folder).map_err(|error| SetupError::file(folder, error))? {
            // A folder of certificates holds other files too.
            let found = fs::read(&file).ok().and_then(|text| tls_client::certificates(&text).ok());
            trusted += tls.trust(found.unwrap_or_default());
        }
    }
    if settings.ca_file.is_none() && settings.ca_path.is_none() {
        trusted = tls.trust_system();
    }
    Ok(trusted)
}

fn read(path: &Path) -> Result<Vec<u8>, SetupError> {
    fs::read(path).map_err(|error| SetupError::file(path, error))
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    Ok(files)
}
