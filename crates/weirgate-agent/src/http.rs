//! The plumbing of the agent's HTTP endpoints: an address, and a function that answers requests.
//!
//! HTTP/1.1 without TLS, as Fluent Bit's monitoring server. A request has at most 1 MiB of body, must
//! arrive in time, and a bounded number of connections is served at once; others wait.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
pub use hyper::{Method, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Most bytes of a request's body.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long a client may take for the head of its request, and again for the body.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Connections served at once.
const CONNECTIONS: usize = 64;

/// What a client asks.
#[derive(Debug)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `POST` and so on.
    pub method: Method,
    /// The path, as sent.
    pub path: String,
    /// What follows the `?`, as sent; empty without one.
    pub query: String,
    /// At most 1 MiB.
    pub body: Bytes,
}

/// What it is told.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Response {
    /// An answer with this status.
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into() }
    }

    /// Status 200 and plain text.
    pub fn text(body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, "text/plain; charset=utf-8", body)
    }

    /// Status 200 and JSON.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, "application/json", body)
    }
}

/// A server at work. It ends when this is dropped.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl HttpServer {
    /// Listens on `address` (host and port; port 0 lets the kernel choose) and answers with `router` from now on.
    ///
    /// The router runs on a thread for blocking work: it may wait.
    ///
    /// # Errors
    ///
    /// When the address has no form of one, does not resolve, or cannot be bound.
    pub fn start(
        runtime: &Handle,
        address: impl ToSocketAddrs,
        router: impl Fn(Request) -> Response + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let inside = runtime.enter();
        let listener = TcpListener::from_std(listener)?;
        drop(inside);
        let accepting = runtime.spawn(accept(listener, Arc::new(router)));
        Ok(Self { address, accepting })
    }

    /// Where it listens, with the port the kernel chose.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

type Router = dyn Fn(Request) -> Response + Send + Sync;

async fn accept(listener: TcpListener, router: Arc<Router>) {
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = Arc::clone(&router);
                tokio::spawn(async move {
                    serve(stream, router).await;
                    drop(turn);
                });
            }
            Err(error) => {
                // Out of descriptors, most likely: others give some back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, router: Arc<Router>) {
    let service = service_fn(move |request| {
        let router = Arc::clone(&router);
        async move { Ok::<_, Infallible>(answer(request, router).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a client went away");
    }
}

async fn answer(request: hyper::Request<Incoming>, router: Arc<Router>) -> hyper::Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let response = match collect(body).await {
        Ok(body) => {
            let request = Request {
                method: head.method,
                path: head.uri.path().to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
                body,
            };
            tokio::task::spawn_blocking(move || router(request)).await.unwrap_or_else(|_| {
                Response::new(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "the request failed\n")
            })
        }
        Err(refusal) => refusal,
    };
    let mut out = hyper::Response::new(Full::new(Bytes::from(response.body)));
    *out.status_mut() = response.status;
    out.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(response.content_type));
    out
}

/// The whole body, or the answer to one that is too large or too slow.
async fn collect(body: Incoming) -> Result<Bytes, Response> {
    let too_large = || Response::new(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "the body is too large\n");
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(TIMEOUT, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Response::new(StatusCode::REQUEST_TIMEOUT, "text/plain", "the body did not come\n")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    /// Sends `request` and gives the answer's status line and body.
    #[track_caller]
    fn check(request: &[u8], status: &str, body: &str) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = HttpServer::start(runtime.handle(), "127.0.0.1:0", |request| {
            if request.path == "/echo" {
                let text = format!("{} {} ", request.method, request.query);
                Response::text([text.as_bytes(), &request.body].concat())
            } else {
                Response::new(StatusCode::NOT_FOUND, "text/plain", "no such page\n")
            }
        })
        .unwrap();
        let mut client = std::net::TcpStream::connect(server.address()).unwrap();
        client.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        client.write_all(request).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        let (head, found) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!((head.lines().next().unwrap(), found), (status, body));
    }

    #[test]
    fn requests_reach_the_router() {
        check(b"GET /echo?a=1 HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK", "GET a=1 ");
        check(
            b"POST /echo HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
            "HTTP/1.1 200 OK",
            "POST  hi",
        );
        check(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 Not Found", "no such page\n");
        check(b"GET /echo HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK", "GET  ");
    }

    #[test]
    fn what_is_no_request_or_too_large_is_refused() {
        check(b"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request", "");
        let head = format!(
            "POST /echo HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            LARGEST_BODY + 1
        );
        check(head.as_bytes(), "HTTP/1.1 413 Payload Too Large", "the body is too large\n");
    }
}
