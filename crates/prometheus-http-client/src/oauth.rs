//! Tokens of an OAuth 2.0 server, by client credentials.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use prometheus_config::{HttpClient, OAuth2};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::auth;
use crate::client::Client;
use crate::error::{Error, ErrorKind, SetupError};
use crate::request::Request;

/// A token is renewed so long before it ends, as in Go.
const EARLY: Duration = Duration::from_secs(10);
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of an answer, as in Go.
const LONGEST_ANSWER: usize = 1 << 20;

/// Where tokens come from.
pub(crate) struct TokenSource {
    config: OAuth2,
    client: Client,
    current: Mutex<Option<Token>>,
}

struct Token {
    header: String,
    ends: Option<Instant>,
}

impl TokenSource {
    pub(crate) fn new(config: &OAuth2) -> Result<Self, SetupError> {
        if !matches!(config.grant_type.as_str(), "" | "client_credentials") {
            return Err(SetupError::new("oauth2.grant_type: only client_credentials is spoken"));
        }
        let mut http = HttpClient::default();
        http.tls = config.tls.clone();
        http.proxy = config.proxy.clone();
        Ok(Self { client: Client::new(&http)?, config: config.clone(), current: Mutex::default() })
    }

    /// The value of the `Authorization` header, from a token that is still good.
    pub(crate) async fn header(&self) -> Result<String, Error> {
        let mut current = self.current.lock().await;
        if let Some(token) = &*current
            && token.ends.is_none_or(|ends| Instant::now() + EARLY < ends)
        {
            return Ok(token.header.clone());
        }
        let token = self.fetch().await?;
        let header = token.header.clone();
        *current = Some(token);
        Ok(header)
    }

    async fn fetch(&self) -> Result<Token, Error> {
        let fail = |message: String| {
            Error::new(ErrorKind::Request, format_args!("oauth2: cannot fetch token: {message}"))
        };
        let config = &self.config;
        let secret = auth::secret(&config.client_secret, &config.client_secret_file, "OAuth2 client secret")?;
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if !config.scopes.is_empty() {
            form.push(("scope", config.scopes.join(" ")));
        }
        form.extend(config.endpoint_params.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let form: Vec<_> =
            form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        let credentials = auth::basic(&escape(&config.client_id), &escape(&secret));
        let request = Request::post(&config.token_url, form.join("&"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .header(http::header::AUTHORIZATION, auth::sensitive(&credentials)?)
            .timeout(PATIENCE)
            .max_body(LONGEST_ANSWER);
        let response = self.client.send(request).await.map_err(|error| fail(error.to_string()))?;
        if !response.status.is_success() {
            return Err(fail(response.status_line));
        }
        let answer: serde_json::Value =
            serde_json::from_slice(&response.body).map_err(|error| fail(error.to_string()))?;
        let Some(token) = answer["access_token"].as_str().filter(|token| !token.is_empty()) else {
            return Err(fail("server response missing access_token".to_owned()));
        };
        let kind = match answer["token_type"].as_str() {
            None | Some("") => "Bearer",
            Some(kind) if kind.eq_ignore_ascii_case("bearer") => "Bearer",
            Some(kind) => kind,
        };
        let lasts = answer["expires_in"].as_u64().filter(|seconds| *seconds > 0).map(Duration::from_secs);
        Ok(Token {
            header: format!("{kind} {token}"),
            ends: lasts.and_then(|lasts| Instant::now().checked_add(lasts)),
        })
    }
}

/// Percent-encodes a part of a form.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => escaped.push('+'),
            _ if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
