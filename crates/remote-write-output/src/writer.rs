//! The writer: samples go into the queue, and the dispatcher takes them out of it.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_config::{RemoteWrite, WriteMessage};
use prometheus_remote_write::Version;
use prometheus_scrape::Sample;
use sample_queue::{Packer, Position, Queue};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::counters::{Counters, Counts, add};
use crate::dispatch::{Dispatcher, resize};
use crate::error::Error;
use crate::metadata::{self, Families};
use crate::progress::Progress;
use crate::request::Receiver;
use crate::shard::Order;

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
    pub(crate) shared: Arc<Shared>,
    packer: Mutex<Packer>,
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
    /// Something was appended.
    pub(crate) appended: Notify,
    /// A shard has room again.
    pub(crate) room: Notify,
    /// How many shards there should be.
    pub(crate) wanted: watch::Sender<usize>,
    pub(crate) orders: watch::Sender<Order>,
    /// Everything before this was queued before this start.
    pub(crate) start: Position,
    is_v1: AtomicBool,
    /// Whether everything in the queue has been handed to shards.
    pub(crate) is_read: AtomicBool,
}

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
        let position = Position::load(&options.folder);
        let counters = Counters::default();
        counters.queue_bytes.store(log.bytes(), Ordering::Relaxed);
        let shared = Arc::new(Shared {
            receiver: Receiver::new(config)?,
            start: log.end(),
            progress: Progress::new(options.folder.clone()),
            counters,
            families: Families::default(),
            appended: Notify::new(),
            room: Notify::new(),
            wanted: watch::Sender::new(limit(config.queue.min_shards)),
            orders: watch::Sender::default(),
            is_v1: AtomicBool::new(config.protobuf_message == WriteMessage::V1),
            is_read: AtomicBool::new(false),
            config: config.clone(),
            log: Mutex::new(log),
        });
        let dispatcher = Dispatcher::new(Arc::clone(&shared), position);
        let mut tasks = vec![
            runtime.spawn(dispatcher.run()),
            runtime.spawn(resize(Arc::clone(&shared))),
            runtime.spawn(sync(Arc::clone(&shared), options.sync_interval)),
        ];
        if config.metadata.send {
            tasks.push(runtime.spawn(metadata::run(Arc::clone(&shared))));
        }
        let packer = Packer::new(options.external_labels)
            .rules(config.write_relabel_configs.rules().clone())
            .exemplars(config.send_exemplars)
            .histograms(config.send_native_histograms);
        Ok(Self { shared, packer: Mutex::new(packer), tasks })
    }

    /// Queues samples. When this returns, they survive the end of the program.
    ///
    /// # Errors
    ///
    /// When they cannot be written to disk; they are lost then.
    pub fn append(&self, samples: &[Sample]) -> Result<(), Error> {
        let (shared, counters) = (&self.shared, &self.shared.counters);
        let version = shared.version();
        if shared.config.metadata.send && version == Version::V1 {
            shared.families.note(samples);
        }
        // Frames are made and appended by one at a time, so that samples of a series stay in order.
        let mut packer = self.packer.lock().unwrap_or_else(PoisonError::into_inner);
        packer.set_version(version);
        let packed = packer.pack(samples);
        let samples = packed.frame.samples();
        add(&counters.dropped_by_rules, packed.dropped);
        add(&counters.traffic.dropped, packed.dropped);
        add(&counters.traffic.appended, samples + packed.dropped);
        if samples == 0 {
            return Ok(());
        }
        let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = log.append(packed.frame)?;
        shared.is_read.store(false, Ordering::Release);
        counters.queue_bytes.store(log.bytes(), Ordering::Relaxed);
        drop((log, packer));
        counters.dropped_by_size.fetch_add(dropped, Ordering::Relaxed);
        counters.highest_timestamp_ms.fetch_max(packed.latest_ms.unwrap_or_default(), Ordering::Relaxed);
        add(&counters.appended, samples);
        shared.appended.notify_one();
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
        // Nothing more comes that a request could wait for.
        self.shared.orders.send_modify(|order| order.is_closing = true);
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

/// A number of the configuration, which is positive.
pub(crate) fn limit(number: i64) -> usize {
    usize::try_from(number).unwrap_or(1).max(1)
}

async fn sync(shared: Arc<Shared>, interval: Duration) {
    loop {
        sleep(interval).await;
        let shared = Arc::clone(&shared);
        // The disk may take its time.
        let _ = tokio::task::spawn_blocking(move || shared.sync()).await;
    }
}
