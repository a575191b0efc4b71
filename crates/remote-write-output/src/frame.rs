//! Frames: what is appended at once, as it stands on disk and in memory.
//!
//! On disk: the length of the payload, the checksum of what follows it, and the number of samples, four bytes each,
//! the lowest first; then the payload, a compressed message of version 2.

use std::sync::atomic::AtomicUsize;

use prometheus_remote_write::{Request, Version, compress, decompress};

/// Bytes before the payload.
pub(crate) const HEAD: usize = 12;
/// The longest message in a frame; a longer one is no frame of ours.
const LONGEST: usize = 256 << 20;

/// Where in the queue something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
}

/// A frame in memory.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) request: Request,
    /// Where the next frame begins.
    pub(crate) end: Position,
    /// Whether it was queued before this start of the program.
    pub(crate) is_replayed: bool,
    /// How many series have no verdict yet.
    pub(crate) open: AtomicUsize,
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) length: usize,
    pub(crate) samples: u32,
    checksum: u32,
}

/// A message as a frame.
pub(crate) fn encode(message: &[u8], samples: usize) -> Vec<u8> {
    let payload = compress(message);
    let samples = u32::try_from(samples).unwrap_or(u32::MAX).to_le_bytes();
    let mut frame = Vec::with_capacity(HEAD + payload.len());
    frame.extend_from_slice(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes());
    frame.extend_from_slice(&checksum(samples, &payload).to_le_bytes());
    frame.extend_from_slice(&samples);
    frame.extend_from_slice(&payload);
    frame
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

/// The message in a payload; `None` when it is damaged.
pub(crate) fn decode(payload: &[u8]) -> Option<Request> {
    Request::read(Version::V2, decompress(payload, LONGEST).ok()?).ok()
}

fn checksum(samples: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&samples);
    hasher.update(payload);
    hasher.finalize()
}
