//! A shard: series of its own, one request at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_config::Queue;
use prometheus_remote_write::{Encoder, Version, compress};
use tokio::sync::mpsc::Receiver as Channel;
use tokio::time::{Instant, sleep, timeout_at};

use crate::counters::add;
use crate::frame::Frame;
use crate::request::Answer;
use crate::writer::Shared;

/// A series of a frame.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) frame: Arc<Frame>,
    pub(crate) index: usize,
}

/// What a batch became.
struct Body {
    bytes: Vec<u8>,
    samples: usize,
    exemplars: usize,
    too_old: usize,
    highest_ms: i64,
}

/// Sends what comes in batches until the channel is closed.
pub(crate) async fn run(shared: Arc<Shared>, mut entries: Channel<Entry>) {
    let queue = shared.config.queue.clone();
    let most = usize::try_from(queue.max_samples_per_send).unwrap_or(1).max(1);
    let patience = Duration::from_millis(queue.batch_send_deadline.as_millis());
    let mut encoder = Encoder::new(Version::V1);
    loop {
        let mut batch = Vec::new();
        if entries.recv_many(&mut batch, most).await == 0 {
            return;
        }
        let deadline = Instant::now() + patience;
        while batch.len() < most {
            let room = most - batch.len();
            match timeout_at(deadline, entries.recv_many(&mut batch, room)).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        deliver(&shared, &queue, &mut encoder, &batch).await;
        for entry in &batch {
            shared.progress.settle(&entry.frame);
        }
        shared.counters.pending.fetch_sub(batch.len() as u64, Ordering::Relaxed);
        shared.progress.advance(&shared.log, &shared.counters);
    }
}

/// Sends a batch. One that was queued before a restart and is refused is sent in halves: the receiver may have some
/// of its samples, and refuses all for them.
async fn deliver(shared: &Shared, queue: &Queue, encoder: &mut Encoder, batch: &[Entry]) {
    let mut open = vec![batch];
    while let Some(batch) = open.pop() {
        let is_refused = !send(shared, queue, encoder, batch).await;
        if is_refused && let Some((one, other)) = batch.split_at_checked(batch.len() / 2) {
            // The first half is next, so that samples of a series stay in order.
            open.extend([other, one]);
        }
    }
}

/// Sends a batch until it is settled. `false` when it is to be sent in halves.
async fn send(shared: &Shared, queue: &Queue, encoder: &mut Encoder, batch: &[Entry]) -> bool {
    let counters = &shared.counters;
    let longest = Duration::from_millis(queue.max_backoff.as_millis());
    let mut pause = Duration::from_millis(queue.min_backoff.as_millis());
    let mut attempt = 0;
    let mut too_old = 0;
    loop {
        let version = shared.version();
        // Made anew for each attempt: the version may have changed, and samples grow old.
        let body = encode(shared, queue, encoder, version, batch);
        add(&counters.dropped_by_age, body.too_old.saturating_sub(too_old));
        too_old = too_old.max(body.too_old);
        if body.samples == 0 {
            return true;
        }
        add(&counters.requests, 1);
        match shared.receiver.send(version, &body.bytes, attempt).await {
            Answer::Accepted { written } => {
                add(&counters.sent, body.samples);
                add(&counters.exemplars_sent, body.exemplars);
                add(&counters.bytes_sent, body.bytes.len());
                counters.confirmed.fetch_add(written.unwrap_or(0), Ordering::Relaxed);
                counters.highest_sent_timestamp_ms.fetch_max(body.highest_ms, Ordering::Relaxed);
                if version == Version::V2 && written.is_none() {
                    warn_unconfirmed(shared);
                }
                return true;
            }
            Answer::UnknownVersion if version == Version::V2 => shared.fall_back(),
            Answer::UnknownVersion => {
                add(&counters.failed, body.samples);
                tracing::error!(url = shared.url(), "the receiver accepts no version of remote write (415)");
                return true;
            }
            Answer::Refused(problem) => {
                if batch.len() > 1 && batch.iter().any(|entry| entry.frame.is_replayed) {
                    return false;
                }
                add(&counters.failed, body.samples);
                tracing::error!(url = shared.url(), samples = body.samples, problem, "samples are dropped");
                return true;
            }
            Answer::Again { after, problem } => {
                add(&counters.retried, body.samples);
                if attempt == 0 {
                    tracing::warn!(url = shared.url(), problem, "cannot send samples, trying again");
                }
                attempt += 1;
                sleep(after.unwrap_or(pause)).await;
                pause = (pause * 2).min(longest);
            }
        }
    }
}

fn warn_unconfirmed(shared: &Shared) {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if !WARNED.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            url = shared.url(),
            "the receiver does not say what it wrote: it may not know version 2 of remote write"
        );
    }
}

fn encode(shared: &Shared, queue: &Queue, encoder: &mut Encoder, version: Version, batch: &[Entry]) -> Body {
    if encoder.version() != version {
        *encoder = Encoder::new(version);
    }
    let oldest_ms = match queue.sample_age_limit.as_millis() {
        0 => i64::MIN,
        limit => now_ms().saturating_sub_unsigned(limit),
    };
    let mut body = Body { bytes: Vec::new(), samples: 0, exemplars: 0, too_old: 0, highest_ms: 0 };
    for entry in batch {
        let Ok(series) = entry.frame.request.series(entry.index) else {
            add(&shared.counters.damaged_frames, 1);
            continue;
        };
        let times = series.samples.iter().map(|sample| sample.timestamp_ms);
        let mut times = times.chain(series.histograms.iter().map(|histogram| histogram.timestamp_ms));
        if times.clone().all(|time| time < oldest_ms) {
            body.too_old += times.count();
            continue;
        }
        body.highest_ms = times.clone().fold(body.highest_ms, i64::max);
        body.samples += times.by_ref().count();
        body.exemplars += series.exemplars.len();
        let mut one = encoder.series(series.labels);
        for sample in series.samples {
            one = one.sample(sample.value, sample.timestamp_ms, sample.start_timestamp_ms);
        }
        for histogram in &series.histograms {
            one = one.histogram(&histogram.native, histogram.timestamp_ms, histogram.start_timestamp_ms);
        }
        for exemplar in series.exemplars {
            one = one.exemplar(exemplar.labels, exemplar.value, exemplar.timestamp_ms);
        }
        if let Some(metadata) = &series.metadata {
            one = one.metadata(metadata);
        }
        drop(one);
    }
    let mut message = Vec::with_capacity(encoder.size());
    encoder.finish(&mut message);
    body.bytes = compress(&message);
    body
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
