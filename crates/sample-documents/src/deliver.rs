//! From the queue to the server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use elasticsearch_bulk::BulkBody;
use elasticsearch_output::{Batch, RejectedSink, Verdict};
use event_model::Timestamp;
use prometheus_remote_write::Request;
use sample_queue::{Next, Position};
use tokio::time::{Instant, sleep, timeout_at};

use crate::document::Documents;
use crate::writer::Shared;

/// A request is sent when it is so long, or has so many documents.
const LONG: usize = 4 << 20;
const MANY: usize = 10_000;
/// How long to wait after the disk failed.
const PAUSE: Duration = Duration::from_secs(5);

/// Sends what is in the queue, and what will be.
pub(crate) async fn run(shared: Arc<Shared>, rejected: Box<dyn RejectedSink>) {
    let at = Position::load(&shared.options.folder);
    let documents = Documents::new(shared.sender.settings().bulk.clone());
    Delivery { shared, rejected, documents, body: BulkBody::new(), at }.run().await;
}

struct Delivery {
    shared: Arc<Shared>,
    rejected: Box<dyn RejectedSink>,
    documents: Documents,
    /// What is to be sent next.
    body: BulkBody,
    /// Everything before this is sent or in the body.
    at: Position,
}

impl Delivery {
    async fn run(mut self) {
        // When what waits is sent even if it is little.
        let mut deadline = None;
        loop {
            if let Some(request) = self.next().await {
                deadline.get_or_insert_with(|| Instant::now() + self.shared.options.flush_interval);
                self.write(&request).await;
                if self.is_full() {
                    self.send().await;
                    self.settle();
                    deadline = None;
                }
                continue;
            }
            match deadline {
                None => self.shared.appended.notified().await,
                Some(time) => {
                    if timeout_at(time, self.shared.appended.notified()).await.is_err() {
                        self.send().await;
                        self.settle();
                        deadline = None;
                    }
                }
            }
        }
    }

    /// The next frame, or `None` when there is none yet.
    async fn next(&mut self) -> Option<Request> {
        let counters = &self.shared.counters;
        loop {
            let next = {
                let mut queue = self.shared.queue();
                let next = queue.read(self.at);
                if matches!(next, Ok(Next::End)) && self.body.is_empty() {
                    self.shared.is_idle.store(true, Ordering::Release);
                }
                next
            };
            match next {
                Ok(Next::Frame(payload, end)) => {
                    self.at = end;
                    if let Some(request) = payload.decode() {
                        return Some(request);
                    }
                    counters.damaged_frames.fetch_add(1, Ordering::Relaxed);
                }
                Ok(Next::Damaged(behind)) => {
                    counters.damaged_frames.fetch_add(1, Ordering::Relaxed);
                    tracing::error!(segment = self.at.segment(), "a damaged segment is skipped");
                    self.at = behind;
                }
                Ok(Next::End) => return None,
                Err(error) => {
                    tracing::error!(%error, "cannot read the queue");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Adds a frame to the body. One that is longer than a request is sent in several.
    async fn write(&mut self, request: &Request) {
        for index in 0..request.len() {
            if self.body.is_empty() {
                if self.shared.sender.refuses_types() {
                    self.documents.leave_out_types();
                }
                self.documents.begin(now());
            }
            match request.series(index) {
                Ok(series) => self.documents.write(&mut self.body, &series),
                Err(error) => {
                    self.shared.counters.damaged_frames.fetch_add(1, Ordering::Relaxed);
                    tracing::error!(%error, "a series in the queue cannot be read");
                }
            }
            if self.is_full() && index + 1 < request.len() {
                self.send().await;
            }
        }
    }

    fn is_full(&self) -> bool {
        self.body.bytes().len() >= LONG || self.body.len() >= MANY
    }

    /// Sends the body until each document has its verdict.
    async fn send(&mut self) {
        let mut batch = Batch::new(std::mem::take(&mut self.body));
        let counters = &self.shared.counters;
        // A refused document that cannot be written down, on a full disk for instance, holds up the others.
        while let Err(error) = self.shared.sender.send(&mut batch, &mut *self.rejected).await {
            tracing::error!(%error, "a refused document cannot be written down; trying again");
            sleep(PAUSE).await;
        }
        let count = |wanted| batch.verdicts().iter().filter(|verdict| **verdict == wanted).count() as u64;
        counters.delivered.fetch_add(count(Verdict::Delivered), Ordering::Relaxed);
        counters.rejected.fetch_add(count(Verdict::Rejected) + count(Verdict::GivenUp), Ordering::Relaxed);
        counters.retries.fetch_add(batch.retries(), Ordering::Relaxed);
    }

    /// Notes that everything up to here is settled.
    fn settle(&self) {
        if let Err(error) = self.at.store(&self.shared.options.folder) {
            tracing::error!(%error, "cannot store how far delivery has come");
            return;
        }
        let mut queue = self.shared.queue();
        queue.truncate(self.at);
        self.shared.counters.queue_bytes.store(queue.bytes(), Ordering::Relaxed);
    }
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos())
}
