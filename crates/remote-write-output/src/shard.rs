//! A shard: series of its own, one request at a time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_remote_write::Version;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::batch::Batcher;
use crate::counters::add;
use crate::frame::Entry;
use crate::request::Answer;
use crate::writer::Shared;

/// What shards are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// Shards that were started when this was less are to stop.
    pub(crate) generation: u64,
    /// Whether no time is left to wait for more samples.
    pub(crate) is_closing: bool,
}

/// What waits for a shard.
#[derive(Debug)]
pub(crate) struct Queue {
    entries: Mutex<VecDeque<Entry>>,
    /// There is something, or enough for a request.
    added: Notify,
    capacity: usize,
    batch: usize,
}

impl Queue {
    /// A queue for so many entries, from which requests of so many are made.
    pub(crate) fn new(capacity: usize, batch: usize) -> Self {
        Self { entries: Mutex::default(), added: Notify::new(), capacity: capacity.max(batch), batch }
    }

    /// Appends an entry; gives it back when there is no room.
    pub(crate) fn push(&self, entry: Entry) -> Result<(), Entry> {
        let mut entries = self.lock();
        if entries.len() >= self.capacity {
            return Err(entry);
        }
        entries.push_back(entry);
        if entries.len() == 1 || entries.len() == self.batch {
            self.added.notify_one();
        }
        Ok(())
    }

    /// Everything that waits.
    pub(crate) fn drain(&self) -> VecDeque<Entry> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what is in a queue until it is told to stop.
pub(crate) struct Shard {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    orders: watch::Receiver<Order>,
    generation: u64,
    batcher: Batcher,
}

/// What became of a batch.
enum Fate {
    Settled,
    /// It is to be sent in halves.
    Refused,
    /// The shard was told to stop first.
    Open,
}

impl Shard {
    pub(crate) fn new(shared: Arc<Shared>, queue: Arc<Queue>) -> Self {
        let orders = shared.orders.subscribe();
        let generation = orders.borrow().generation;
        Self { shared, queue, orders, generation, batcher: Batcher::default() }
    }

    /// Gives back what it had begun to send and has not settled. What is in the queue stays there.
    pub(crate) async fn run(mut self) -> Vec<Entry> {
        loop {
            let Some(batch) = self.next_batch().await else { return Vec::new() };
            self.shared.room.notify_one();
            let open = self.deliver(batch).await;
            if !open.is_empty() {
                return open;
            }
        }
    }

    /// Waits for as many samples as a request may have, or until those that are there have waited long enough.
    async fn next_batch(&mut self) -> Option<Vec<Entry>> {
        let patience = Duration::from_millis(self.shared.config.queue.batch_send_deadline.as_millis());
        let mut deadline = None;
        loop {
            let order = *self.orders.borrow_and_update();
            if order.generation != self.generation {
                return None;
            }
            {
                let mut entries = self.queue.lock();
                if !entries.is_empty() {
                    let now = Instant::now();
                    let until = *deadline.get_or_insert(now + patience);
                    if entries.len() >= self.queue.batch || order.is_closing || now >= until {
                        let count = entries.len().min(self.queue.batch);
                        return Some(entries.drain(..count).collect());
                    }
                }
            }
            let waited = async {
                match deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.queue.added.notified() => {}
                () = waited => {}
                changed = self.orders.changed() => changed.ok()?,
            }
        }
    }

    /// Sends a batch and gives back what is not settled when it is told to stop. A batch that was queued before a
    /// restart and is refused is sent in halves: the receiver may have some of its samples, and refuses all for them.
    async fn deliver(&mut self, batch: Vec<Entry>) -> Vec<Entry> {
        let mut open = vec![batch];
        while let Some(mut part) = open.pop() {
            match self.send(&part).await {
                Fate::Settled => {
                    let shared = &self.shared;
                    shared.progress.settle(&part);
                    shared.counters.pending.fetch_sub(part.len() as u64, Ordering::Relaxed);
                    shared.progress.advance(&shared.log, &shared.counters);
                }
                Fate::Refused => {
                    let other = part.split_off(part.len() / 2);
                    // The first half is next, so that samples of a series stay in order.
                    open.extend([other, part]);
                }
                Fate::Open => {
                    open.push(part);
                    return open.into_iter().rev().flatten().collect();
                }
            }
        }
        Vec::new()
    }

    /// Sends a batch until it is settled.
    async fn send(&mut self, batch: &[Entry]) -> Fate {
        let shared = Arc::clone(&self.shared);
        let (counters, queue) = (&shared.counters, &shared.config.queue);
        let longest = Duration::from_millis(queue.max_backoff.as_millis());
        let mut pause = Duration::from_millis(queue.min_backoff.as_millis());
        let start = Instant::now();
        let mut attempt = 0;
        let mut too_old = 0;
        loop {
            let version = shared.version();
            // Made anew for each attempt: the version may have changed, and samples grow old.
            let body = self.batcher.body(version, batch, queue.sample_age_limit, counters);
            add(&counters.dropped_by_age, body.too_old.saturating_sub(too_old));
            too_old = too_old.max(body.too_old);
            if body.samples == 0 {
                return Fate::Settled;
            }
            add(&counters.requests, 1);
            let length = body.bytes.len();
            match shared.receiver.send(version, body.bytes, attempt).await {
                Answer::Accepted { written } => {
                    add(&counters.sent, body.samples);
                    add(&counters.exemplars_sent, body.exemplars);
                    add(&counters.bytes_sent, length);
                    counters.confirmed.fetch_add(written.unwrap_or(0), Ordering::Relaxed);
                    counters.highest_sent_timestamp_ms.fetch_max(body.latest_ms, Ordering::Relaxed);
                    if version == Version::V2 && written.is_none() {
                        warn_unconfirmed(&shared);
                    }
                }
                Answer::UnknownVersion if version == Version::V2 => {
                    shared.fall_back();
                    continue;
                }
                Answer::UnknownVersion => {
                    add(&counters.failed, body.samples);
                    tracing::error!(
                        url = shared.url(),
                        "the receiver accepts no version of remote write (415)"
                    );
                }
                Answer::Refused(problem) => {
                    if batch.len() > 1 && batch.iter().any(|entry| entry.frame.is_replayed) {
                        return Fate::Refused;
                    }
                    add(&counters.failed, body.samples);
                    tracing::error!(
                        url = shared.url(),
                        samples = body.samples,
                        problem,
                        "samples are dropped"
                    );
                }
                Answer::Again { after, problem } => {
                    add(&counters.retried, body.samples);
                    if attempt == 0 {
                        tracing::warn!(url = shared.url(), problem, "cannot send samples, trying again");
                    }
                    attempt += 1;
                    if self.is_stopped_within(after.unwrap_or(pause)).await {
                        return Fate::Open;
                    }
                    pause = (pause * 2).min(longest);
                    continue;
                }
            }
            add(&counters.traffic.settled, body.samples + body.exemplars);
            let nanos = usize::try_from(start.elapsed().as_nanos()).unwrap_or(usize::MAX);
            add(&counters.traffic.sending_nanos, nanos);
            return Fate::Settled;
        }
    }

    async fn is_stopped_within(&mut self, pause: Duration) -> bool {
        let generation = self.generation;
        let stopped = self.orders.wait_for(|order| order.generation != generation);
        timeout(pause, stopped).await.is_ok()
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
