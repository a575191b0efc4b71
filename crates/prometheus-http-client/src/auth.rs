//! Who a client says it is.

use std::fs;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use prometheus_config::{HttpClient, Secret};

use crate::error::{Error, ErrorKind, go_io};

/// Adds the headers of the configuration. Files are read now; what cannot be read fails the request.
pub(crate) fn add_headers(config: &HttpClient, headers: &mut HeaderMap) -> Result<(), Error> {
    for (name, header) in config.headers.iter().flatten() {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| invalid(name))?;
        if headers.contains_key(&name) {
            continue;
        }
        let secrets = header.secrets.iter().map(|secret| secret.expose().to_owned());
        let mut values: Vec<_> = header.values.iter().cloned().chain(secrets).collect();
        for file in &header.files {
            values.push(read(file, &format!("http header {name}"))?);
        }
        for value in values {
            headers.append(&name, sensitive(&value)?);
        }
    }
    if headers.contains_key(AUTHORIZATION) {
        return Ok(());
    }
    if let Some(value) = authorization(config)? {
        headers.insert(AUTHORIZATION, sensitive(&value)?);
    }
    Ok(())
}

/// The header for a name and a password.
pub(crate) fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{username}:{password}")))
}

/// A header value that logs do not show.
pub(crate) fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Error::new(ErrorKind::Request, "a credential or header holds a control character"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A secret of the configuration, or else of a file.
pub(crate) fn secret(text: &Secret, file: &str, what: &str) -> Result<String, Error> {
    if file.is_empty() { Ok(text.expose().to_owned()) } else { read(file, what) }
}

fn authorization(config: &HttpClient) -> Result<Option<String>, Error> {
    if let Some(auth) = &config.basic_auth {
        let username = match auth.username_file.as_str() {
            "" => auth.username.clone(),
            file => read(file, "basic auth username")?,
        };
        let password = secret(&auth.password, &auth.password_file, "basic auth password")?;
        return Ok(Some(basic(&username, &password)));
    }
    let Some(auth) = &config.authorization else { return Ok(None) };
    let credentials = secret(&auth.credentials, &auth.credentials_file, "authorization credentials")?;
    let kind = if auth.kind.is_empty() { "Bearer" } else { auth.kind.trim() };
    Ok(Some(format!("{kind} {credentials}")))
}

fn read(file: &str, what: &str) -> Result<String, Error> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) => {
            let error = go_io(&error);
            let message = format!("unable to read {what}: unable to read file {file}: open {file}: {error}");
            Err(Error::new(ErrorKind::Request, message))
        }
    }
}

fn invalid(name: &str) -> Error {
    Error::new(ErrorKind::Request, format_args!("net/http: invalid header field name \"{name}\""))
}
