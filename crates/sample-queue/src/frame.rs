//! Frames: what is appended at once, as it stands on disk.
//!
//! The length of the payload, the checksum of what follows it, and the number of samples, four bytes each, the lowest
//! first; then the payload, a compressed message of remote write 2.0.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use prometheus_remote_write::{Request, Version, compress, decompress};

/// Bytes before the payload.
pub(crate) const HEAD: usize = 12;
/// The longest message in a frame; a longer one is no frame of ours.
const LONGEST: usize = 256 << 20;

/// Samples that are appended to a queue at once.
#[derive(Clone, Debug)]
pub struct Frame {
    pub(crate) bytes: Vec<u8>,
    pub(crate) samples: usize,
}

impl Frame {
    /// A message as a frame.
    pub(crate) fn new(message: &[u8], samples: usize) -> Self {
        let payload = compress(message);
        let count = u32::try_from(samples).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = Vec::with_capacity(HEAD + payload.len());
        bytes.extend_from_slice(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&checksum(count, &payload).to_le_bytes());
        bytes.extend_from_slice(&count);
        bytes.extend_from_slice(&payload);
        Self { bytes, samples }
    }

    /// How many samples are in it.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }
}

/// A frame that was read from a queue, still packed.
#[derive(Clone, Debug)]
pub struct Payload(pub(crate) Vec<u8>);

impl Payload {
    /// The samples in it; `None` when it is damaged in a way that checksums do not find.
    #[must_use]
    pub fn decode(&self) -> Option<Request> {
        Request::read(Version::V2, decompress(&self.0, LONGEST).ok()?).ok()
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
        let mut numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
        match (numbers.next(), numbers.next()) {
            (Some(segment), Some(offset)) => Self { segment, offset },
            _ => Self::default(),
        }
    }

    /// Stores it beside the queue. Half a position is never seen.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn store(self, folder: &Path) -> io::Result<()> {
        let new = folder.join("position.new");
        File::create(&new)?.write_all(format!("{} {}\n", self.segment, self.offset).as_bytes())?;
        fs::rename(new, folder.join("position"))
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
    checksum: u32,
}

impl Head {
    /// The head that these bytes are; `None` when no frame can have it.
    pub(crate) fn read(bytes: [u8; HEAD]) -> Option<Self> {
        let number = |at: usize| {
            let part: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(part))
        };
        let length = usize::try_from(number(0)?).ok().filter(|length| *length <= LONGEST)?;
        Some(Self { length, checksum: number(4)?, samples: number(8)? })
    }

    /// Whether `payload` is what was written.
    pub(crate) fn fits(&self, payload: &[u8]) -> bool {
        self.checksum == checksum(self.samples.to_le_bytes(), payload)
    }
}

fn checksum(samples: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&samples);
    hasher.update(payload);
    hasher.finalize()
}
