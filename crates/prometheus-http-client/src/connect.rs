//! Connections: plain, with TLS, through a proxy.

use std::io;
use std::net::IpAddr;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Request, Uri};
use http_body_util::Full;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::auth;
use crate::error::{Error, ErrorKind, go_io};
use crate::proxy::ProxyServer;
use crate::tls::Connectors;

/// A connection on which requests are sent one after another.
pub(crate) type Connection = SendRequest<Full<Bytes>>;

/// The server that an URL names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    pub(crate) is_https: bool,
    /// A name or an address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn of(uri: &Uri) -> Result<Self, Error> {
        let fail = |message: String| Error::new(ErrorKind::Request, message);
        let is_https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            other => {
                return Err(fail(format!("unsupported protocol scheme \"{}\"", other.unwrap_or_default())));
            }
        };
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(fail("http: no Host in request URL".to_owned()));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { is_https, host, port: uri.port_u16().unwrap_or(if is_https { 443 } else { 80 }) })
    }

    /// Host and port, as Go joins them.
    pub(crate) fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Connects to `server`, through `proxy` if there is one. With a proxy and no TLS, the connection is one to the
/// proxy itself.
pub(crate) async fn connect(
    server: &Server,
    proxy: Option<&ProxyServer>,
    tls: &Connectors,
) -> Result<Connection, Error> {
    let Some(proxy) = proxy else {
        let stream = dial(server).await?;
        return if server.is_https {
            start(secure(stream, server, tls).await?).await
        } else {
            start(stream).await
        };
    };
    let stream = dial(&proxy.server).await.map_err(|error| {
        Error::new(ErrorKind::Connect, format_args!("proxyconnect tcp: {}", error.message()))
    })?;
    if proxy.server.is_https {
        through(secure(stream, &proxy.server, tls).await?, server, proxy, tls).await
    } else {
        through(stream, server, proxy, tls).await
    }
}

async fn through<S>(
    stream: S,
    server: &Server,
    proxy: &ProxyServer,
    tls: &Connectors,
) -> Result<Connection, Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if !server.is_https {
        return start(stream).await;
    }
    let tunnel = tunnel(stream, server, proxy).await?;
    start(secure(tunnel, server, tls).await?).await
}

async fn dial(server: &Server) -> Result<TcpStream, Error> {
    let fail = |error: &io::Error| {
        let message = match server.host.parse::<IpAddr>() {
            Ok(_) => format!("dial tcp {}: connect: {}", server.address(), go_io(error)),
            Err(_) if is_lookup(error) => format!("dial tcp: lookup {}: no such host", server.host),
            Err(_) => format!("dial tcp {}: connect: {}", server.address(), go_io(error)),
        };
        Error::new(ErrorKind::Connect, message)
    };
    let stream =
        TcpStream::connect((server.host.as_str(), server.port)).await.map_err(|error| fail(&error))?;
    // A request is written at once; there is nothing to wait for.
    stream.set_nodelay(true).map_err(|error| fail(&error))?;
    Ok(stream)
}

/// Whether the name could not be resolved: an error of the resolver has no number of the operating system.
fn is_lookup(error: &io::Error) -> bool {
    error.raw_os_error().is_none()
}

async fn secure<S>(
    stream: S,
    server: &Server,
    tls: &Connectors,
) -> Result<tokio_rustls::client::TlsStream<S>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let setup = |error| Error::new(ErrorKind::Connect, error);
    let name = tls.server_name(&server.host).map_err(setup)?;
    let connector = tls.get().map_err(setup)?;
    connector
        .connect(name, stream)
        .await
        .map_err(|error| Error::new(ErrorKind::Connect, format_args!("tls: {}", go_io(&error))))
}

/// Asks a proxy for a connection to the server.
async fn tunnel<S>(
    stream: S,
    server: &Server,
    proxy: &ProxyServer,
) -> Result<impl AsyncRead + AsyncWrite + Unpin + Send + 'static, Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let fail = |message: &dyn std::fmt::Display| Error::new(ErrorKind::Connect, message);
    let mut request = Request::new(Full::new(Bytes::new()));
    *request.method_mut() = Method::CONNECT;
    let address = server.address();
    *request.uri_mut() = Uri::try_from(&address).map_err(|error| fail(&error))?;
    let host = HeaderValue::try_from(address).map_err(|error| fail(&error))?;
    request.headers_mut().insert(HOST, host);
    for (name, values) in &proxy.connect_headers {
        for value in values {
            request.headers_mut().append(name.clone(), value.clone());
        }
    }
    if let Some(value) = &proxy.authorization {
        request.headers_mut().insert(PROXY_AUTHORIZATION, auth::sensitive(value)?);
    }
    let mut connection = start(stream).await?;
    let response = connection.send_request(request).await.map_err(|error| fail(&error))?;
    if response.status() != 200 {
        return Err(fail(&response.status()));
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(|error| fail(&error))?;
    Ok(TokioIo::new(upgraded))
}

async fn start<S>(stream: S) -> Result<Connection, Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    drive(TokioIo::new(stream)).await
}

/// Starts HTTP on a connection; a task of its own drives it until it is closed from one side.
async fn drive<S>(stream: S) -> Result<Connection, Error>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let (sender, connection) =
        handshake(stream).await.map_err(|error| Error::new(ErrorKind::Connect, error))?;
    tokio::spawn(async move {
        // The request that suffers from a failure reports it.
        let _ = connection.with_upgrades().await;
    });
    Ok(sender)
}
