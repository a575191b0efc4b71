//! The messages of Prometheus remote write: `prometheus.WriteRequest` (1.0) and `io.prometheus.write.v2.Request`
//! (2.0), as Prometheus 3.14 (v0.316.0) has them.
//!
//! An [`Encoder`] writes them without an allocation per sample; a [`Request`] reads them without copying texts.
//!
//! ```
//! use prometheus_remote_write::{Encoder, Request, Version, compress, decompress};
//!
//! let mut encoder = Encoder::new(Version::V2);
//! encoder.series([("__name__", "up"), ("job", "web")]).sample(1.0, 1_700_000_000_000, None);
//! encoder.series([("__name__", "up"), ("job", "db")]).sample(0.0, 1_700_000_000_000, None);
//! let mut message = Vec::new();
//! encoder.finish(&mut message);
//! let body = compress(&message);
//!
//! // The other side:
//! let request = Request::read(Version::V2, decompress(&body, 1 << 20)?)?;
//! let series = request.series(1)?;
//! assert_eq!(series.labels, [("__name__", "up"), ("job", "db")]);
//! assert_eq!(series.samples[0].value, 0.0);
//! # Ok::<(), prometheus_remote_write::Error>(())
//! ```
//!
//! A request is an HTTP POST of the compressed message with the headers `Content-Type`
//! ([`Version::content_type`]), `Content-Encoding: snappy` and `X-Prometheus-Remote-Write-Version`
//! ([`Version::header`]).
//!
//! Promises: floats keep all their bits (staleness markers are NaNs that only their bits tell apart), no panic,
//! and reading takes memory proportional to the message.
//!
//! What it does not do: send or receive (see `remote-write-output`), check that labels are sorted and unique, or
//! know the messages of remote read.
#![forbid(unsafe_code)]

mod encoder;
mod error;
mod histogram;
mod outline;
mod reader;
mod request;
mod symbols;
mod version;
mod wire;

pub use encoder::{Encoder, SeriesEncoder};
pub use error::{Error, ErrorKind};
pub use outline::Outline;
pub use request::{Exemplar, Family, Histogram, Metadata, Request, ResetHint, Sample, TimeSeries};
pub use version::{Compressor, Version, compress, decompress};
