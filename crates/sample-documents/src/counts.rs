//! What a writer counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of samples since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Samples that were appended.
    pub appended: u64,
    /// Documents that the server has.
    pub delivered: u64,
    /// Documents that the server refused for good, or that were sent as often as they may be.
    pub rejected: u64,
    /// How often documents were put back to be sent again.
    pub retries: u64,
    /// Samples that were deleted because the queue was full.
    pub dropped_by_size: u64,
    /// Frames of the queue that were damaged.
    pub damaged_frames: u64,
    /// Bytes of the queue on disk.
    pub queue_bytes: u64,
}

/// [`Counts`] at work.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) appended: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) retries: AtomicU64,
    pub(crate) dropped_by_size: AtomicU64,
    pub(crate) damaged_frames: AtomicU64,
    pub(crate) queue_bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            appended: read(&self.appended),
            delivered: read(&self.delivered),
            rejected: read(&self.rejected),
            retries: read(&self.retries),
            dropped_by_size: read(&self.dropped_by_size),
            damaged_frames: read(&self.damaged_frames),
            queue_bytes: read(&self.queue_bytes),
        }
    }
}
