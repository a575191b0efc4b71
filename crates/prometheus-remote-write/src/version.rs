//! The two versions and what a request says about them.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// A version of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Version {
    /// 1.0: `prometheus.WriteRequest`.
    #[default]
    V1,
    /// 2.0: `io.prometheus.write.v2.Request`.
    V2,
}

impl Version {
    /// The `Content-Type` of a request.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::V1 => "application/x-protobuf",
            Self::V2 => "application/x-protobuf;proto=io.prometheus.write.v2.Request",
        }
    }

    /// The value of `X-Prometheus-Remote-Write-Version`.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::V1 => "0.1.0",
            Self::V2 => "2.0.0",
        }
    }

    /// The version that the `Content-Type` of a request names; `None` for what is no remote write.
    ///
    /// ```
    /// use prometheus_remote_write::Version;
    ///
    /// assert_eq!(Version::from_content_type("application/x-protobuf"), Some(Version::V1));
    /// assert_eq!(Version::from_content_type(Version::V2.content_type()), Some(Version::V2));
    /// assert_eq!(Version::from_content_type("application/json"), None);
    /// ```
    #[must_use]
    pub fn from_content_type(header: &str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case("application/x-protobuf") {
            return None;
        }
        match parts.find_map(|part| part.strip_prefix("proto=")) {
            None | Some("prometheus.WriteRequest") => Some(Self::V1),
            Some("io.prometheus.write.v2.Request") => Some(Self::V2),
            Some(_) => None,
        }
    }
}

/// Compresses one message after another, in memory of its own.
///
/// ```
/// use prometheus_remote_write::{Compressor, compress};
///
/// let (mut compressor, mut body) = (Compressor::new(), b"head".to_vec());
/// compressor.compress(b"a message", &mut body);
/// assert_eq!(body[4..], compress(b"a message"));
/// ```
pub struct Compressor {
    encoder: snap::raw::Encoder,
    /// Room for the longest message so far, so that it need not be cleared each time.
    room: Vec<u8>,
}

impl Compressor {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        Self { encoder: snap::raw::Encoder::new(), room: Vec::new() }
    }

    /// Appends what [`compress`] makes of `message` to `into`.
    pub fn compress(&mut self, message: &[u8], into: &mut Vec<u8>) {
        let most = snap::raw::max_compress_len(message.len());
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
        // Only a message of more than 4 GiB is refused; no request comes near that.
        let written = self.encoder.compress(message, &mut self.room).unwrap_or_default();
        into.extend_from_slice(self.room.get(..written).unwrap_or_default());
    }
}

impl Default for Compressor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor").finish_non_exhaustive()
    }
}

/// A message as a snappy block, the form in which both versions are sent.
#[must_use]
pub fn compress(message: &[u8]) -> Vec<u8> {
    // Only a message of more than 4 GiB is refused; no request comes near that.
    snap::raw::Encoder::new().compress_vec(message).unwrap_or_default()
}

/// The message in a snappy block, if it is no longer than `limit` bytes.
///
/// # Errors
///
/// When the block is damaged or the message is longer.
pub fn decompress(body: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    // An element of three bytes stands for 64 at most: no memory is taken for what a block only claims.
    const MOST_PER_BYTE: usize = 22;
    let damaged = |_| Error::new(ErrorKind::Snappy, 0);
    let length = snap::raw::decompress_len(body).map_err(damaged)?;
    if length > limit || length / MOST_PER_BYTE > body.len() {
        return Err(Error::new(ErrorKind::Snappy, 0));
    }
    snap::raw::Decoder::new().decompress_vec(body).map_err(damaged)
}
