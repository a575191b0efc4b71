//! What a writer counts.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// What became of samples since the start. Histograms count as samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Samples that were appended and not dropped by a rule.
    pub appended: u64,
    /// Samples in requests that were accepted.
    pub sent: u64,
    /// Samples in requests that the receiver refused for good.
    pub failed: u64,
    /// Samples in requests that had to be repeated, as often as they were.
    pub retried: u64,
    /// Samples that `write_relabel_configs` dropped.
    pub dropped_by_rules: u64,
    /// Samples older than `sample_age_limit`.
    pub dropped_by_age: u64,
    /// Samples that were deleted because the queue was full.
    pub dropped_by_size: u64,
    /// Samples lost because a frame on disk was damaged: frames, not samples.
    pub damaged_frames: u64,
    /// Exemplars in requests that were accepted.
    pub exemplars_sent: u64,
    /// Entries about metric families in requests that were accepted.
    pub metadata_sent: u64,
    /// Requests that were sent, repeated ones included.
    pub requests: u64,
    /// Bytes of the bodies of requests that were accepted.
    pub bytes_sent: u64,
    /// Samples that a receiver of version 2 said it has written.
    pub confirmed: u64,
    /// Samples that wait in memory or are under way.
    pub pending: u64,
    /// Bytes of the queue on disk.
    pub queue_bytes: u64,
    /// The latest time of a sample that was sent, in milliseconds since 1970; 0 before the first.
    pub highest_sent_timestamp_ms: i64,
    /// How many shards there are.
    pub shards: u64,
}

macro_rules! counters {
    ($($name:ident),*) => {
        /// [`Counts`] at work.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: AtomicU64,)*
            pub(crate) highest_sent_timestamp_ms: AtomicI64,
            /// The latest time of a sample that was appended.
            pub(crate) highest_timestamp_ms: AtomicI64,
            /// What the number of shards depends on.
            pub(crate) traffic: Traffic,
        }

        impl Counters {
            pub(crate) fn read(&self) -> Counts {
                Counts {
                    $($name: self.$name.load(Ordering::Relaxed),)*
                    highest_sent_timestamp_ms: self.highest_sent_timestamp_ms.load(Ordering::Relaxed),
                }
            }
        }
    };
}

counters!(
    appended,
    sent,
    failed,
    retried,
    dropped_by_rules,
    dropped_by_age,
    dropped_by_size,
    damaged_frames,
    exemplars_sent,
    metadata_sent,
    requests,
    bytes_sent,
    confirmed,
    pending,
    queue_bytes,
    shards
);

/// Samples and exemplars that came and went since the rates were worked out last.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) appended: AtomicU64,
    pub(crate) dropped: AtomicU64,
    /// Accepted or refused.
    pub(crate) settled: AtomicU64,
    /// How long the requests took together, pauses included.
    pub(crate) sending_nanos: AtomicU64,
}

pub(crate) fn add(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Ordering::Relaxed);
}
