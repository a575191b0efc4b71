//! The discoveries of all jobs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_config::{Discovery, ScrapeConfig, TargetGroup};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::sink::Sink;
use crate::{dns, files, http, kubernetes};

/// What became known about a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Update {
    /// The job.
    pub job: Arc<str>,
    /// The name of the group, unique for the job. The group's own `source` is unique for its discovery only.
    pub source: String,
    /// The group; `None` when it is gone.
    pub group: Option<TargetGroup>,
}

/// What discoveries did since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Groups that were new, changed or gone.
    pub updates: u64,
    /// Files, answers and names that could not be read, and API servers that could not be asked.
    pub failures: u64,
}

/// Runs the discoveries of a configuration.
pub struct Manager {
    runtime: Handle,
    shared: Arc<Shared>,
    running: BTreeMap<(Arc<str>, usize), Running>,
}

pub(crate) struct Shared {
    tell: Box<dyn Fn(Update) + Send + Sync>,
    updates: AtomicU64,
    failures: AtomicU64,
}

struct Running {
    discovery: Discovery,
    sink: Sink,
    task: JoinHandle<()>,
}

impl Manager {
    /// Discoveries that run on `runtime` and tell `tell`, which must not wait for anything slow.
    pub fn new(runtime: &Handle, tell: impl Fn(Update) + Send + Sync + 'static) -> Self {
        let shared = Shared { tell: Box::new(tell), updates: AtomicU64::new(0), failures: AtomicU64::new(0) };
        Self { runtime: runtime.clone(), shared: Arc::new(shared), running: BTreeMap::new() }
    }

    /// Runs the discoveries of these jobs and no others. What a discovery found that is no longer wanted is told to
    /// be gone.
    pub fn apply(&mut self, jobs: &[ScrapeConfig]) {
        let mut before = std::mem::take(&mut self.running);
        for job in jobs {
            let name: Arc<str> = job.job_name.as_str().into();
            for (index, discovery) in job.service_discovery.iter().enumerate() {
                if matches!(discovery, Discovery::Static(_) | Discovery::Other { .. }) {
                    continue;
                }
                let key = (Arc::clone(&name), index);
                let running = match before.remove(&key) {
                    Some(running) if same(&running.discovery, discovery) => running,
                    Some(changed) => {
                        changed.task.abort();
                        self.start(discovery, changed.sink.successor())
                    }
                    None => self.start(discovery, Sink::new(Arc::clone(&self.shared), name.clone(), index)),
                };
                self.running.insert(key, running);
            }
        }
        for running in before.into_values() {
            running.task.abort();
            running.sink.snapshot(Vec::new());
            running.sink.close();
        }
    }

    /// What the discoveries did.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            updates: self.shared.updates.load(Ordering::Relaxed),
            failures: self.shared.failures.load(Ordering::Relaxed),
        }
    }

    fn start(&self, discovery: &Discovery, sink: Sink) -> Running {
        let task = match discovery.clone() {
            Discovery::File(config) => self.runtime.spawn(files::run(config, sink.clone())),
            Discovery::Http(config) => self.runtime.spawn(http::run(*config, sink.clone())),
            Discovery::Dns(config) => self.runtime.spawn(dns::run(config, sink.clone())),
            Discovery::Kubernetes(config) => self.runtime.spawn(kubernetes::run(*config, sink.clone())),
            _ => self.runtime.spawn(async {}),
        };
        Running { discovery: discovery.clone(), sink, task }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        for running in self.running.values() {
            running.task.abort();
        }
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").field("discoveries", &self.running.len()).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn tell(&self, update: Update) {
        self.updates.fetch_add(1, Ordering::Relaxed);
        (self.tell)(update);
    }

    pub(crate) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether two discoveries are the same, wherever they stand in their files.
fn same(one: &Discovery, other: &Discovery) -> bool {
    let bare = |discovery: &Discovery| {
        let mut discovery = discovery.clone();
        match &mut discovery {
            Discovery::Kubernetes(config) => config.fields = prometheus_config::Fields::default(),
            Discovery::File(config) => config.fields = prometheus_config::Fields::default(),
            Discovery::Http(config) => config.fields = prometheus_config::Fields::default(),
            Discovery::Dns(config) => config.fields = prometheus_config::Fields::default(),
            _ => {}
        }
        discovery
    };
    bare(one) == bare(other)
}
