//! An HTTP client that does what the HTTP settings of a Prometheus configuration say: basic authentication,
//! tokens, certificates, proxies, headers and redirects.
//!
//! A [`Client`] is made of a [`prometheus_config::HttpClient`]. It keeps connections for later requests, reads
//! the files with tokens and passwords for every request and those with certificates for every connection, and
//! never holds more of an answer than a [`Request`] allows, whatever the server sends.
//!
//! ```
//! use std::time::Duration;
//! use prometheus_http_client::{Client, Request};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let client = Client::new(&prometheus_config::HttpClient::default()).unwrap();
//! let request = Request::get("http://127.0.0.1:1/metrics").timeout(Duration::from_secs(5));
//! let error = client.send(request).await.unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     r#"Get "http://127.0.0.1:1/metrics": dial tcp 127.0.0.1:1: connect: connection refused"#
//! );
//! # }
//! ```
//!
//! What it does not do: HTTP/2 (every server also speaks 1.1, so `enable_http2` changes nothing), SOCKS proxies,
//! secret managers (`*_ref`), tokens signed with a key (`jwt-bearer`), TLS before 1.2. Where a configuration asks
//! for one of these but HTTP/2, [`Client::new`] says so. Unlike Prometheus it sends no credentials to another
//! host when it follows a redirect.
#![forbid(unsafe_code)]

mod auth;
mod body;
mod client;
mod connect;
mod error;
mod oauth;
mod proxy;
mod request;
mod tls;

pub use client::Client;
pub use error::{Error, ErrorKind, SetupError};
pub use request::{Request, Response};
