//! The writer: a queue, and the task that empties it.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use elasticsearch_output::{RejectedSink, Sender, Settings, SetupError};
use prometheus_scrape::Sample;
use sample_queue::{Packer, Queue};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::counts::{Counters, Counts};
use crate::deliver;

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
    /// How long documents may wait for others of their request: a second unless set.
    pub flush_interval: Duration,
    /// Labels that samples get that do not have them.
    pub external_labels: Vec<(String, String)>,
}

/// Delivers samples to one server.
pub struct DocumentWriter {
    shared: Arc<Shared>,
    packer: Mutex<Packer>,
    tasks: Vec<JoinHandle<()>>,
}

/// A writer cannot be started, or samples cannot be queued.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Queue(sample_queue::Error),
    Sender(SetupError),
}

/// What the tasks of a writer share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) sender: Sender,
    pub(crate) counters: Counters,
    pub(crate) appended: Notify,
    /// Whether everything in the queue is settled.
    pub(crate) is_idle: AtomicBool,
    queue: Mutex<Queue>,
}

impl Options {
    /// The defaults, with the queue in this folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            largest_queue: 1 << 30,
            sync_interval: Duration::from_secs(1),
            flush_interval: Duration::from_secs(1),
            external_labels: Vec::new(),
        }
    }
}

impl DocumentWriter {
    /// Opens the queue and starts to send what is in it. Documents that the server refuses go to `rejected`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or the settings say what cannot be part of a request.
    pub fn start(
        runtime: &Handle,
        settings: Settings,
        options: Options,
        rejected: impl RejectedSink + 'static,
    ) -> Result<Self, Error> {
        let queue = Queue::open(&options.folder, options.largest_queue).map_err(Kind::Queue)?;
        let counters = Counters::default();
        counters.queue_bytes.store(queue.bytes(), Ordering::Relaxed);
        let packer = Packer::new(options.external_labels.clone()).exemplars(false);
        let shared = Arc::new(Shared {
            sender: Sender::new(settings).map_err(Kind::Sender)?,
            options,
            counters,
            appended: Notify::new(),
            is_idle: AtomicBool::new(false),
            queue: Mutex::new(queue),
        });
        let tasks = vec![
            runtime.spawn(deliver::run(Arc::clone(&shared), Box::new(rejected))),
            runtime.spawn(sync(Arc::clone(&shared))),
        ];
        Ok(Self { shared, packer: Mutex::new(packer), tasks })
    }

    /// Queues samples. When this returns, they survive the end of the program.
    ///
    /// # Errors
    ///
    /// When they cannot be written to disk; they are lost then.
    pub fn append(&self, samples: &[Sample]) -> Result<(), Error> {
        let counters = &self.shared.counters;
        let packed = self.packer.lock().unwrap_or_else(PoisonError::into_inner).pack(samples);
        if packed.frame.samples() == 0 {
            return Ok(());
        }
        let samples = packed.frame.samples();
        let mut queue = self.shared.queue();
        let dropped = queue.append(packed.frame).map_err(Kind::Queue)?;
        self.shared.is_idle.store(false, Ordering::Release);
        counters.queue_bytes.store(queue.bytes(), Ordering::Relaxed);
        drop(queue);
        counters.dropped_by_size.fetch_add(dropped, Ordering::Relaxed);
        counters.appended.fetch_add(samples as u64, Ordering::Relaxed);
        self.shared.appended.notify_one();
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
        while Instant::now() < deadline && !self.shared.is_idle.load(Ordering::Acquire) {
            sleep(Duration::from_millis(10)).await;
        }
        self.tasks.iter().for_each(JoinHandle::abort);
        self.shared.sync();
        self.counts()
    }
}

impl Drop for DocumentWriter {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl fmt::Debug for DocumentWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentWriter").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sync(&self) {
        // The lock is not held while the disk is waited for.
        let file = self.queue().file();
        if let Err(error) = file.and_then(|file| file.sync_data()) {
            tracing::error!(folder = %self.options.folder.display(), %error, "cannot make the queue durable");
        }
    }
}

async fn sync(shared: Arc<Shared>) {
    loop {
        sleep(shared.options.sync_interval).await;
        let shared = Arc::clone(&shared);
        // The disk may take its time.
        let _ = tokio::task::spawn_blocking(move || shared.sync()).await;
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Queue(error) => error.fmt(f),
            Kind::Sender(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}
