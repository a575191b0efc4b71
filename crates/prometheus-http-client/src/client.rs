//! Sending requests.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap,
    HeaderValue, LOCATION, PROXY_AUTHORIZATION, USER_AGENT,
};
use http::{Method, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use prometheus_config::HttpClient;
use tokio::time::{Instant, timeout};

use crate::auth;
use crate::body;
use crate::connect::{Connection, Server, connect};
use crate::error::{Error, ErrorKind, SetupError};
use crate::oauth::TokenSource;
use crate::proxy::{Proxies, user_info};
use crate::request::{Request, Response};
use crate::tls::Connectors;

/// A connection that was not used for so long is not used again, as in Prometheus.
const LONGEST_IDLE: Duration = Duration::from_mins(5);
/// The most connections to one server that are kept.
const MOST_IDLE: usize = 64;
/// The most redirects, as in Go.
const MOST_REDIRECTS: usize = 10;

/// Sends requests as a configuration says. Clones share connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    config: HttpClient,
    tls: Connectors,
    proxies: Proxies,
    tokens: Option<TokenSource>,
    user_agent: HeaderValue,
    idle: Mutex<HashMap<Server, Vec<(Connection, Instant)>>>,
}

impl Client {
    /// A client for this configuration. Files with certificates are read.
    ///
    /// # Errors
    ///
    /// When certificates cannot be read or used, or the configuration asks for what this crate does not do.
    pub fn new(config: &HttpClient) -> Result<Self, SetupError> {
        Self::with_user_agent(config, concat!("Weirgate/", env!("CARGO_PKG_VERSION")))
    }

    /// A client that calls itself `user_agent`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and when the name cannot be part of a header.
    pub fn with_user_agent(config: &HttpClient, user_agent: &str) -> Result<Self, SetupError> {
        if let Some(error) = SetupError::unsupported(config) {
            return Err(error);
        }
        let shared = Shared {
            tls: Connectors::new(&config.tls)?,
            proxies: Proxies::new(&config.proxy)?,
            tokens: config.oauth2.as_ref().map(TokenSource::new).transpose()?,
            user_agent: HeaderValue::try_from(user_agent)
                .map_err(|_| SetupError::new("the name of the client cannot be part of a header"))?,
            config: config.clone(),
            idle: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Sends a request and reads the whole answer. An answer of any status is no error.
    ///
    /// # Errors
    ///
    /// When no answer came, or not all of it in time and size.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let mut body = Vec::new();
        let mut response = self.send_into(request, &mut body).await?;
        response.body = body;
        Ok(response)
    }

    /// Like [`send`](Self::send), but appends the body to `into`, which can so be used for many answers.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); a part of the body may be in `into` then.
    pub async fn send_into(&self, request: Request, into: &mut Vec<u8>) -> Result<Response, Error> {
        let (method, url) = (request.method.clone(), request.url.clone());
        let result = match request.timeout {
            None => self.follow(request, into).await,
            Some(limit) => match timeout(limit, self.follow(request, into)).await {
                Ok(result) => result,
                Err(_) => Err(Error::new(ErrorKind::Timeout, "context deadline exceeded")),
            },
        };
        result.map_err(|error| error.of(&method, &url))
    }

    async fn follow(&self, mut request: Request, into: &mut Vec<u8>) -> Result<Response, Error> {
        let mut uri = parse(&request.url)?;
        let origin = Server::of(&uri)?;
        for _ in 0..MOST_REDIRECTS {
            let server = Server::of(&uri)?;
            let (connection, response) =
                self.exchange(&request, &uri, &server, server.host == origin.host).await?;
            let status = response.status();
            let target = self.redirect(&response, &uri)?;
            let Some(target) = target else {
                return self.finish(server, connection, response, &request, into).await;
            };
            if status != StatusCode::TEMPORARY_REDIRECT && status != StatusCode::PERMANENT_REDIRECT {
                request.method = Method::GET;
                request.body = Bytes::new();
                request.headers.remove(CONTENT_TYPE);
                request.headers.remove(CONTENT_ENCODING);
            }
            uri = target;
            if Server::of(&uri)?.host != origin.host {
                for header in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
                    request.headers.remove(header);
                }
            }
        }
        Err(Error::new(ErrorKind::Redirect, format_args!("stopped after {MOST_REDIRECTS} redirects")))
    }

    /// Where an answer leads, if it does and that is to be followed.
    fn redirect(&self, response: &http::Response<Incoming>, from: &Uri) -> Result<Option<Uri>, Error> {
        let leads = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
        if !leads || !self.shared.config.follow_redirects {
            return Ok(None);
        }
        let Some(location) = response.headers().get(LOCATION) else {
            let status = response.status().as_u16();
            return Err(Error::new(
                ErrorKind::Redirect,
                format_args!("{status} response missing Location header"),
            ));
        };
        let invalid = || Error::new(ErrorKind::Redirect, "failed to parse Location header");
        resolve(from, location.to_str().map_err(|_| invalid())?).ok_or_else(invalid).map(Some)
    }

    async fn exchange(
        &self,
        request: &Request,
        uri: &Uri,
        server: &Server,
        is_origin: bool,
    ) -> Result<(Connection, http::Response<Incoming>), Error> {
        let proxy = self.shared.proxies.of(server);
        let mut message = http::Request::new(Full::new(request.body.clone()));
        *message.method_mut() = request.method.clone();
        *message.headers_mut() = self.headers(request, uri, server, is_origin).await?;
        *message.uri_mut() = match proxy {
            Some(_) if !server.is_https => without_user(uri)?,
            _ => origin_form(uri)?,
        };
        if let Some(value) = proxy.filter(|_| !server.is_https).and_then(|proxy| proxy.authorization.as_ref())
        {
            message.headers_mut().insert(PROXY_AUTHORIZATION, auth::sensitive(value)?);
        }
        loop {
            let (mut connection, reused) = match self.take_idle(server) {
                Some(mut connection) => {
                    // Its last exchange may not be quite over, and the server may have closed it since.
                    if connection.ready().await.is_err() {
                        continue;
                    }
                    (connection, true)
                }
                None => (connect(server, proxy, &self.shared.tls).await?, false),
            };
            match connection.try_send_request(message).await {
                Ok(response) => return Ok((connection, response)),
                Err(mut error) => match error.take_message() {
                    // The server closed a kept connection: nothing was sent.
                    Some(unsent) if reused => message = unsent,
                    _ => {
                        let error = error.into_error();
                        let message =
                            if error.is_incomplete_message() { "EOF".to_owned() } else { error.to_string() };
                        return Err(Error::new(ErrorKind::Transport, message));
                    }
                },
            }
        }
    }

    async fn headers(
        &self,
        request: &Request,
        uri: &Uri,
        server: &Server,
        is_origin: bool,
    ) -> Result<HeaderMap, Error> {
        let mut headers = request.headers.clone();
        headers.entry(USER_AGENT).or_insert_with(|| self.shared.user_agent.clone());
        let default_port = if server.is_https { 443 } else { 80 };
        let host = match server.address() {
            address if server.port == default_port => {
                address.strip_suffix(&format!(":{default_port}")).unwrap_or(&address).to_owned()
            }
            address => address,
        };
        if !headers.contains_key(HOST) {
            let invalid = |_| Error::new(ErrorKind::Request, "the host cannot be part of a header");
            headers.insert(HOST, HeaderValue::try_from(host).map_err(invalid)?);
        }
        if request.gzip {
            headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
        }
        if request.method == Method::POST {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(request.body.len()));
        }
        if is_origin {
            if let Some((name, password)) = user_info(uri) {
                let basic = auth::sensitive(&auth::basic(&name, &password))?;
                headers.entry(AUTHORIZATION).or_insert(basic);
            }
            auth::add_headers(&self.shared.config, &mut headers)?;
            if let Some(tokens) = &self.shared.tokens
                && !headers.contains_key(AUTHORIZATION)
            {
                // The token is asked for by a client like this one, without tokens of its own.
                headers.insert(AUTHORIZATION, auth::sensitive(&Box::pin(tokens.header()).await?)?);
            }
        }
        Ok(headers)
    }

    async fn finish(
        &self,
        server: Server,
        connection: Connection,
        response: http::Response<Incoming>,
        request: &Request,
        into: &mut Vec<u8>,
    ) -> Result<Response, Error> {
        let (parts, incoming) = response.into_parts();
        let gzip = request.gzip && parts.headers.get(CONTENT_ENCODING).is_some_and(|value| value == "gzip");
        body::read(incoming, gzip, request.max_body, into).await?;
        self.put_idle(server, connection);
        let reason = parts.extensions.get::<ReasonPhrase>();
        let reason = reason.map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned());
        let reason = reason.or_else(|| parts.status.canonical_reason().map(str::to_owned));
        let status_line = match reason {
            Some(reason) => format!("{} {reason}", parts.status.as_str()),
            None => parts.status.as_str().to_owned(),
        };
        Ok(Response { status: parts.status, status_line, headers: parts.headers, body: Vec::new() })
    }

    fn take_idle(&self, server: &Server) -> Option<Connection> {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(server)?;
        kept.retain(|(connection, since)| !connection.is_closed() && since.elapsed() < LONGEST_IDLE);
        kept.pop().map(|(connection, _)| connection)
    }

    fn put_idle(&self, server: Server, connection: Connection) {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.entry(server).or_default();
        if kept.len() < MOST_IDLE && !connection.is_closed() {
            kept.push((connection, Instant::now()));
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

fn parse(url: &str) -> Result<Uri, Error> {
    // A fragment is for browsers; servers never see it.
    let url = url.split('#').next().unwrap_or_default();
    url.parse().map_err(|error| Error::new(ErrorKind::Request, error))
}

/// Path and query alone, as they are sent to the server itself.
fn origin_form(uri: &Uri) -> Result<Uri, Error> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    path.parse().map_err(|error| Error::new(ErrorKind::Request, error))
}

/// The whole URL, as it is sent to a proxy.
fn without_user(uri: &Uri) -> Result<Uri, Error> {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    format!("http://{authority}{path}").parse().map_err(|error| Error::new(ErrorKind::Request, error))
}

/// What `location` means on the page `from`.
fn resolve(from: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let scheme = from.scheme_str()?;
    let authority = from.authority()?.as_str();
    let whole = if location.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.starts_with('?') || location.is_empty() {
        format!("{scheme}://{authority}{}{location}", from.path())
    } else {
        let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let from = "http://u:p@host:90/a/b?c=d".parse().unwrap();
        for (location, expected) in [
            ("https://other/x", "https://other/x"),
            ("//other/x", "http://other/x"),
            ("/x?y=z#part", "http://u:p@host:90/x?y=z"),
            ("x", "http://u:p@host:90/a/x"),
            ("?y=z", "http://u:p@host:90/a/b?y=z"),
        ] {
            assert_eq!(resolve(&from, location).unwrap().to_string(), expected, "{location}");
        }
    }
}
