//! What is sent at once.

use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_config::Duration;
use prometheus_remote_write::{Compressor, Encoder, Version};

use crate::counters::{Counters, add};
use crate::frame::Entry;

/// Makes bodies of requests, in memory of its own.
#[derive(Debug)]
pub(crate) struct Batcher {
    encoder: Encoder,
    compressor: Compressor,
    message: Vec<u8>,
}

/// The body of a request and what is in it.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    pub(crate) samples: usize,
    pub(crate) exemplars: usize,
    /// How many samples were left out.
    pub(crate) too_old: usize,
    pub(crate) latest_ms: i64,
}

impl Default for Batcher {
    fn default() -> Self {
        Self { encoder: Encoder::new(Version::V1), compressor: Compressor::new(), message: Vec::new() }
    }
}

impl Batcher {
    /// The body that has what is in `batch` and is not older than `age`, if that is not zero.
    pub(crate) fn body(
        &mut self,
        version: Version,
        batch: &[Entry],
        age: Duration,
        counters: &Counters,
    ) -> Body {
        if self.encoder.version() != version {
            self.encoder = Encoder::new(version);
        }
        let oldest_ms = match age.as_millis() {
            0 => i64::MIN,
            limit => now_ms().saturating_sub_unsigned(limit),
        };
        let mut body = Body { bytes: Vec::new(), samples: 0, exemplars: 0, too_old: 0, latest_ms: 0 };
        for Entry { frame, index, outline } in batch {
            if outline.latest_ms < oldest_ms {
                body.too_old += outline.samples;
                continue;
            }
            if version == Version::V1 && frame.request.version() == version {
                self.encoder.encoded_series(frame.request.series_bytes(*index));
            } else if let Ok(series) = frame.request.series(*index) {
                self.encoder.time_series(&series);
            } else {
                add(&counters.damaged_frames, 1);
                continue;
            }
            body.samples += outline.samples;
            body.exemplars += outline.exemplars;
            body.latest_ms = body.latest_ms.max(outline.latest_ms);
        }
        self.message.clear();
        self.encoder.finish(&mut self.message);
        self.compressor.compress(&self.message, &mut body.bytes);
        body
    }
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
