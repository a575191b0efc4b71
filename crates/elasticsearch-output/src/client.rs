//! One server over HTTP/1.1, with connections that are used again.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{self, HeaderValue};
use hyper::rt::{Read, Write};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::error::SetupError;
use crate::payload::Payload;
use crate::settings::Settings;
use crate::tls::Tls;

/// A connection that was not used for so long is not used again.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// The most connections that are kept.
const MOST_IDLE: usize = 8;

/// Sends requests to one server.
pub(crate) struct Client {
    host: String,
    port: u16,
    tls: Option<Tls>,
    host_header: HeaderValue,
    authorization: Option<HeaderValue>,
    connect_timeout: Duration,
    answer_timeout: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: SendRequest<Payload>,
    since: Instant,
}

/// An answer, read to its end or to a limit.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// No answer came.
#[derive(Debug)]
pub(crate) struct TransportError(String);

impl TransportError {
    fn new(doing: &str, error: impl fmt::Display) -> Self {
        Self(format!("{doing}: {error}"))
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SetupError> {
        let Settings { host, port, .. } = settings;
        // Addresses of version 6 are written in brackets in headers, and perhaps in settings.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let default_port = if settings.tls.is_some() { 443 } else { 80 };
        let name = if *port == default_port { name } else { format!("{name}:{port}") };
        let authorization = match &settings.auth {
            None => None,
            Some(auth) => {
                let mut value = HeaderValue::try_from(auth.header())
                    .map_err(|_| SetupError::request("the credential"))?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Ok(Self {
            tls: settings.tls.as_ref().map(|tls| Tls::new(tls, &host)).transpose()?,
            host_header: HeaderValue::try_from(name).map_err(|_| SetupError::request("the host"))?,
            authorization,
            host,
            port: *port,
            connect_timeout: settings.connect_timeout,
            answer_timeout: settings.answer_timeout,
            idle: Mutex::new(Vec::new()),
        })
    }

    /// A request with the headers that all have.
    pub(crate) fn request(&self, method: Method, target: &Uri, payload: Payload) -> Request<Payload> {
        let mut request = Request::new(payload);
        *request.method_mut() = method;
        *request.uri_mut() = target.clone();
        let headers = request.headers_mut();
        headers.insert(header::HOST, self.host_header.clone());
        headers.insert(header::USER_AGENT, HeaderValue::from_static("Fluent-Bit"));
        if let Some(authorization) = &self.authorization {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        request
    }

    /// Sends a request and keeps at most `limit` bytes of the answer, or its start if `enough` says of its status and
    /// start that this will do.
    pub(crate) async fn send(
        &self,
        request: Request<Payload>,
        limit: usize,
        enough: impl Fn(u16, &[u8]) -> bool,
    ) -> Result<Answer, TransportError> {
        let exchange = self.exchange(request, limit, enough);
        match timeout(self.answer_timeout + self.connect_timeout, exchange).await {
            Ok(result) => result,
            Err(elapsed) => Err(TransportError::new("waiting for the answer", elapsed)),
        }
    }

    async fn exchange(
        &self,
        mut request: Request<Payload>,
        limit: usize,
        enough: impl Fn(u16, &[u8]) -> bool,
    ) -> Result<Answer, TransportError> {
        loop {
            let (mut connection, reused) = match self.take_idle() {
                Some(mut connection) => {
                    // Its last exchange may not be quite over, and the server may have closed it since.
                    if connection.ready().await.is_err() {
                        continue;
                    }
                    (connection, true)
                }
                None => (self.connect().await?, false),
            };
            match connection.try_send_request(request).await {
                Ok(response) => return self.read(connection, response, limit, enough).await,
                Err(mut error) => match error.take_message() {
                    // The server closed a kept connection: nothing was sent.
                    Some(unsent) if reused => request = unsent,
                    _ => return Err(TransportError::new("sending", error.into_error())),
                },
            }
        }
    }

    async fn read(
        &self,
        connection: SendRequest<Payload>,
        response: Response<Incoming>,
        limit: usize,
        enough: impl Fn(u16, &[u8]) -> bool,
    ) -> Result<Answer, TransportError> {
        let status = response.status().as_u16();
        let mut incoming = response.into_body();
        let mut body = Vec::new();
        let mut is_enough = None;
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| TransportError::new("reading the answer", error))?;
            let Some(data) = frame.data_ref() else { continue };
            // The rest is read all the same, so that the connection can be used again.
            if is_enough == Some(true) {
                continue;
            }
            // Asked once: an answer in many pieces is not to be looked at as often.
            if is_enough.is_none() {
                is_enough = Some(enough(status, data));
            }
            let room = limit - body.len();
            if data.len() > room {
                body.extend_from_slice(&data[..room]);
                // The connection is closed with the rest unread.
                return Ok(Answer { status, body });
            }
            body.extend_from_slice(data);
        }
        self.put_idle(connection);
        Ok(Answer { status, body })
    }

    async fn connect(&self) -> Result<SendRequest<Payload>, TransportError> {
        let connecting = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
            // A request is written at once; there is nothing to wait for.
            stream.set_nodelay(true)?;
            Ok::<_, std::io::Error>(match &self.tls {
                None => Stream::Plain(stream),
                Some(tls) => {
                    Stream::Tls(Box::new(tls.connector.connect(tls.server_name.clone(), stream).await?))
                }
            })
        };
        match timeout(self.connect_timeout, connecting).await {
            Ok(Ok(Stream::Plain(stream))) => start(TokioIo::new(stream)).await,
            Ok(Ok(Stream::Tls(stream))) => start(TokioIo::new(stream)).await,
            Ok(Err(error)) => Err(TransportError::new("connecting", error)),
            Err(elapsed) => Err(TransportError::new("connecting", elapsed)),
        }
    }

    fn take_idle(&self) -> Option<SendRequest<Payload>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| !idle.connection.is_closed() && idle.since.elapsed() < LONGEST_IDLE);
        idle.pop().map(|idle| idle.connection)
    }

    fn put_idle(&self, connection: SendRequest<Payload>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("host", &self.host_header)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

/// Starts HTTP on a connection; a task of its own drives it until it is closed from one side.
async fn start<S>(stream: S) -> Result<SendRequest<Payload>, TransportError>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let (sender, connection) =
        handshake(stream).await.map_err(|error| TransportError::new("connecting", error))?;
    tokio::spawn(async move {
        // The request that suffers from a failure reports it.
        let _ = connection.await;
    });
    Ok(sender)
}
