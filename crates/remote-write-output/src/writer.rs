//! The writer: queue, dispatcher and shards.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_config::{RemoteWrite, WriteMessage};
use prometheus_remote_write::{TimeSeries, Version};
use prometheus_scrape::Sample;
use sample_queue::{Next, Packer, Position, Queue};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use xxhash_rust::xxh3::Xxh3;

use crate::counters::{Counters, Counts, add};
use crate::error::Error;
use crate::frame::Frame;
use crate::metadata::{self, Families};
use crate::progress::Progress;
use crate::request::Receiver;
use crate::shard::{self, Entry};

/// Where and how large the queue is, and what samples are given.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The folder of the queue, which no other writer may use.
    pub folder: PathBuf,
    /// The most bytes of the queue: 1 GiB unless set.
    pub largest_queue: u64,
    /// How often what was appended is made safe from a crash of the machine: each second unless set.
    pub sync_interval: Duration,
    /// Labels that samples get that do not have them.
    pub external_labels: Vec<(String, String)>,
}

/// Delivers samples to one receiver.
pub struct RemoteWriter {
    shared: Arc<Shared>,
    packer: Mutex<Packer>,
    appended: Arc<Notify>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the tasks of a writer share.
pub(crate) struct Shared {
    pub(crate) config: RemoteWrite,
    pub(crate) receiver: Receiver,
    pub(crate) log: Mutex<Queue>,
    pub(crate) progress: Progress,
    pub(crate) counters: Counters,
    pub(crate) families: Families,
    /// Everything before this was queued before this start.
    start: Position,
    is_v1: AtomicBool,
    /// Whether everything in the queue has been handed to shards.
    is_read: AtomicBool,
}

/// How many shards there are, within what the configuration allows.
const SHARDS: i64 = 4;

impl Options {
    /// The defaults, with the queue in this folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            largest_queue: 1 << 30,
            sync_interval: Duration::from_secs(1),
            external_labels: Vec::new(),
        }
    }
}

impl RemoteWriter {
    /// Opens the queue and starts to send what is in it.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or no client can be made of the configuration.
    pub fn start(runtime: &Handle, config: &RemoteWrite, options: Options) -> Result<Self, Error> {
        let log = Queue::open(&options.folder, options.largest_queue)?;
        let counters = Counters::default();
        counters.queue_bytes.store(log.bytes(), Ordering::Relaxed);
        let shared = Arc::new(Shared {
            receiver: Receiver::new(config)?,
            start: log.end(),
            progress: Progress::new(options.folder.clone()),
            counters,
            families: Families::default(),
            is_v1: AtomicBool::new(config.protobuf_message == WriteMessage::V1),
            is_read: AtomicBool::new(false),
            config: config.clone(),
            log: Mutex::new(log),
        });
        let appended = Arc::new(Notify::new());
        let shards = SHARDS.clamp(config.queue.min_shards, config.queue.max_shards);
        let capacity = usize::try_from(config.queue.capacity).unwrap_or(1).max(1);
        shared.counters.shards.store(shards.unsigned_abs(), Ordering::Relaxed);
        let mut tasks = Vec::new();
        let mut channels = Vec::new();
        for _ in 0..shards {
            let (sender, receiver) = mpsc::channel(capacity);
            channels.push(sender);
            tasks.push(runtime.spawn(shard::run(Arc::clone(&shared), receiver)));
        }
        let position = Position::load(&options.folder);
        tasks.push(runtime.spawn(dispatch(Arc::clone(&shared), Arc::clone(&appended), position, channels)));
        tasks.push(runtime.spawn(sync(Arc::clone(&shared), options.sync_interval)));
        if config.metadata.send {
            tasks.push(runtime.spawn(metadata::run(Arc::clone(&shared))));
        }
        let packer = Packer::new(options.external_labels)
            .rules(config.write_relabel_configs.rules().clone())
            .exemplars(config.send_exemplars)
            .histograms(config.send_native_histograms)
            .metadata(config.protobuf_message == WriteMessage::V2);
        let packer = Mutex::new(packer);
        Ok(Self { shared, packer, appended, tasks })
    }

    /// Queues samples. When this returns, they survive the end of the program.
    ///
    /// # Errors
    ///
    /// When they cannot be written to disk; they are lost then.
    pub fn append(&self, samples: &[Sample]) -> Result<(), Error> {
        let counters = &self.shared.counters;
        if self.shared.config.metadata.send && self.shared.version() == Version::V1 {
            self.shared.families.note(samples);
        }
        // Frames are made and appended by one at a time, so that samples of a series stay in order.
        let mut packer = self.packer.lock().unwrap_or_else(PoisonError::into_inner);
        let packed = packer.pack(samples);
        add(&counters.dropped_by_rules, packed.dropped);
        if packed.frame.samples() == 0 {
            return Ok(());
        }
        let mut log = self.shared.log.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = log.append(&packed.frame)?;
        self.shared.is_read.store(false, Ordering::Release);
        counters.queue_bytes.store(log.bytes(), Ordering::Relaxed);
        drop((log, packer));
        counters.dropped_by_size.fetch_add(dropped, Ordering::Relaxed);
        add(&counters.appended, packed.frame.samples());
        self.appended.notify_one();
        Ok(())
    }

    /// What became of samples since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.read()
    }

    /// Waits until everything is delivered, or for `patience`; then stops. What is left stays in the queue.
    pub async fn close(self, patience: Duration) -> Counts {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline && !self.shared.is_done() {
            sleep(Duration::from_millis(10)).await;
        }
        self.tasks.iter().for_each(JoinHandle::abort);
        self.shared.sync();
        self.counts()
    }
}

impl Drop for RemoteWriter {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl fmt::Debug for RemoteWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteWriter").field("url", &self.shared.url()).finish_non_exhaustive()
    }
}

impl Shared {
    /// The version to send.
    pub(crate) fn version(&self) -> Version {
        if self.is_v1.load(Ordering::Relaxed) { Version::V1 } else { Version::V2 }
    }

    /// The receiver does not know version 2.
    pub(crate) fn fall_back(&self) {
        if !self.is_v1.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                url = self.url(),
                "the receiver does not know version 2 of remote write (415), sending 1"
            );
        }
    }

    /// The URL without a password.
    pub(crate) fn url(&self) -> &str {
        self.config.url.redacted()
    }

    fn is_done(&self) -> bool {
        self.is_read.load(Ordering::Acquire) && self.progress.is_idle()
    }

    fn sync(&self) {
        // The lock is not held while the disk is waited for.
        let file = self.log.lock().unwrap_or_else(PoisonError::into_inner).file();
        if let Err(error) = file.and_then(|file| file.sync_data()) {
            tracing::error!(url = self.url(), %error, "cannot make the queue durable");
        }
    }
}

/// Reads the queue and hands each series to its shard. Waits where a shard is full, so that memory is bounded.
async fn dispatch(
    shared: Arc<Shared>,
    appended: Arc<Notify>,
    mut at: Position,
    shards: Vec<mpsc::Sender<Entry>>,
) {
    loop {
        let next = {
            let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
            let next = log.read(at);
            if matches!(next, Ok(Next::End)) {
                shared.is_read.store(true, Ordering::Release);
            }
            next
        };
        let (payload, end) = match next {
            Ok(Next::Frame(payload, end)) => (payload, end),
            Ok(Next::Damaged(behind)) => {
                add(&shared.counters.damaged_frames, 1);
                tracing::error!(url = shared.url(), segment = at.segment(), "a damaged segment is skipped");
                at = behind;
                continue;
            }
            Ok(Next::End) => {
                appended.notified().await;
                continue;
            }
            Err(error) => {
                tracing::error!(url = shared.url(), %error, "cannot read the queue");
                sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let is_replayed = at < shared.start;
        at = end;
        let Some(request) = payload.decode() else {
            add(&shared.counters.damaged_frames, 1);
            continue;
        };
        let open = AtomicUsize::new(request.len());
        let frame = Arc::new(Frame { request, end, is_replayed, open });
        shared.progress.begin(Arc::clone(&frame));
        for index in 0..frame.request.len() {
            let of =
                frame.request.series(index).map_or(0, |series| hash(&series)) % shards.len().max(1) as u64;
            let Some(shard) = usize::try_from(of).ok().and_then(|of| shards.get(of)) else { return };
            shared.counters.pending.fetch_add(1, Ordering::Relaxed);
            if shard.send(Entry { frame: Arc::clone(&frame), index }).await.is_err() {
                return;
            }
        }
    }
}

/// A number that all samples of a series have in common.
fn hash(series: &TimeSeries<'_>) -> u64 {
    let mut hasher = Xxh3::new();
    for (name, value) in &series.labels {
        for text in [name, value] {
            hasher.update(text.as_bytes());
            hasher.update(&[0xff]);
        }
    }
    hasher.digest()
}

async fn sync(shared: Arc<Shared>, interval: Duration) {
    loop {
        sleep(interval).await;
        let shared = Arc::clone(&shared);
        // The disk may take its time.
        let _ = tokio::task::spawn_blocking(move || shared.sync()).await;
    }
}
