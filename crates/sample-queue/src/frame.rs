//! Frames: what is appended at once, as it stands on disk.
//!
//! The length of the payload, the checksum of what follows it, and the number of samples, four bytes each, the lowest
//! first; the version of remote write, one byte; then the payload, a compressed message of it.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use prometheus_remote_write::{Compressor, Request, Version, decompress};

/// Bytes before the payload.
pub(crate) const HEAD: usize = 13;
/// The longest message in a frame; a longer one is no frame of ours.
const LONGEST: usize = 256 << 20;

/// Samples that are appended to a queue at once.
#[derive(Clone, Debug)]
pub struct Frame {
    pub(crate) bytes: Vec<u8>,
    pub(crate) message: Vec<u8>,
    pub(crate) version: Version,
    pub(crate) samples: usize,
}

impl Frame {
    /// A message as a frame.
    pub(crate) fn new(compressor: &mut Compressor, version: Version, message: &[u8], samples: usize) -> Self {
        let mut bytes = vec![0; HEAD];
        compressor.compress(message, &mut bytes);
        if let Some((head, payload)) = bytes.split_first_chunk_mut::<HEAD>() {
            let count = u32::try_from(samples).unwrap_or(u32::MAX).to_le_bytes();
            let [l0, l1, l2, l3] = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes();
            let [c0, c1, c2, c3] = checksum(count, number(version), payload).to_le_bytes();
            let [s0, s1, s2, s3] = count;
            *head = [l0, l1, l2, l3, c0, c1, c2, c3, s0, s1, s2, s3, number(version)];
        }
        Self { bytes, message: message.to_vec(), version, samples }
    }

    /// How many samples are in it.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }
}

/// A frame that was read from a queue.
#[derive(Clone, Debug)]
pub struct Payload {
    pub(crate) version: Version,
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// As it stands on disk.
    Compressed(Vec<u8>),
    /// As it was appended a moment ago.
    Message(Vec<u8>),
}

impl Payload {
    /// The samples in it; `None` when it is damaged in a way that checksums do not find.
    #[must_use]
    pub fn decode(self) -> Option<Request> {
        let message = match self.content {
            Content::Compressed(bytes) => decompress(&bytes, LONGEST).ok()?,
            Content::Message(message) => message,
        };
        Request::read(self.version, message).ok()
    }
}

/// Where in a queue something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
}

impl Position {
    /// Up to where the queue in `folder` was delivered, as it was stored there; the start of the queue without it.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("position")).unwrap_or_default();
        let mut numbers = text.split_whitespace().map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(segment)), Some(Ok(offset))) => Self { segment, offset },
            _ => Self::default(),
        }
    }

    /// Stores it beside the queue. It has the same number of bytes each time and is written at once, so that a program
    /// that is killed leaves either one or the other.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn store(self, folder: &Path) -> io::Result<()> {
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("position"))?;
        file.write_all_at(format!("{:020} {:020}\n", self.segment, self.offset).as_bytes(), 0)
    }

    /// Which segment it is in. They are numbered as they are made.
    #[must_use]
    pub fn segment(self) -> u64 {
        self.segment
    }
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) length: usize,
    pub(crate) samples: u32,
    pub(crate) version: Version,
    checksum: u32,
}

impl Head {
    /// The head that these bytes are; `None` when no frame can have it.
    pub(crate) fn read(bytes: [u8; HEAD]) -> Option<Self> {
        let [l0, l1, l2, l3, c0, c1, c2, c3, s0, s1, s2, s3, version] = bytes;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
        let version = [Version::V1, Version::V2].into_iter().find(|known| number(*known) == version)?;
        let checksum = u32::from_le_bytes([c0, c1, c2, c3]);
        Some(Self { length, checksum, samples: u32::from_le_bytes([s0, s1, s2, s3]), version })
    }

    /// Whether `payload` is what was written.
    pub(crate) fn fits(&self, payload: &[u8]) -> bool {
        self.checksum == checksum(self.samples.to_le_bytes(), number(self.version), payload)
    }
}

fn number(version: Version) -> u8 {
    if version == Version::V1 { 1 } else { 2 }
}

fn checksum(samples: [u8; 4], version: u8, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&samples);
    hasher.update(&[version]);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn positions_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        for (segment, offset) in [(0, 0), (7, 123_456_789), (u64::MAX, u64::MAX), (1, 2)] {
            let position = Position { segment, offset };
            position.store(folder.path()).unwrap();
            assert_eq!(Position::load(folder.path()), position);
        }
        std::fs::write(folder.path().join("position"), "no position").unwrap();
        assert_eq!(Position::load(folder.path()), Position::default());
    }
}
