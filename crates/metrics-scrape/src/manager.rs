//! All jobs.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use prometheus_config::{Config, TargetGroup};
use prometheus_discovery::Target;
use prometheus_labels::{LabelSet, name};
use prometheus_relabel::hashmod;
use prometheus_scrape::{Sample, offset_seed};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::buffers::Buffers;
use crate::counters::{Counters, Counts};
use crate::pool::Pool;
use crate::sink::Sink;
use crate::status::PoolStatus;
use crate::target_loop::{TargetLoop, lock};

/// What discovery finds takes effect after at most this time, as in Prometheus.
const SYNC_PERIOD: Duration = Duration::from_secs(5);

/// Scrapes all jobs of a configuration until it is dropped.
#[derive(Debug)]
pub struct Manager {
    shared: Arc<Shared>,
    syncing: AbortHandle,
}

/// How to scrape.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Which part of the targets to scrape.
    pub shard: Option<Shard>,
    /// The most bytes of a body, uncompressed, where a job has no `body_size_limit`. Prometheus has no such limit.
    pub largest_body: usize,
    /// A number that targets cannot know. It keeps them from making look-ups slow.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { shard: None, largest_body: 128 * 1024 * 1024, seed: 0 }
    }
}

/// A part of all targets: those whose address has this hash. Its text form is `0/3`, the first of three.
///
/// The hash is that of the relabelling action `hashmod` on `__address__`, after the rules of the job: a Prometheus with
/// that rule and one that keeps the number scrapes the same targets.
///
/// ```
/// use metrics_scrape::Shard;
///
/// let shard: Shard = "1/3".parse().unwrap();
/// assert_eq!(shard.to_string(), "1/3");
/// assert!("3/3".parse::<Shard>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    number: u64,
    of: u64,
}

/// What all loops use.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) counters: Counters,
    pub(crate) bodies: Buffers<u8>,
    pub(crate) samples: Buffers<Sample>,
    runtime: Handle,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    pools: BTreeMap<String, Pool>,
    /// What discovery has found, by job and source. It comes once, so it is kept for jobs that cannot run yet.
    groups: BTreeMap<String, BTreeMap<String, TargetGroup>>,
    /// The seed of offsets.
    seed: u64,
    /// The loops that run, so that they end with the manager.
    tasks: Vec<AbortHandle>,
}

impl Manager {
    /// A manager without jobs, whose loops run on `runtime`.
    #[must_use]
    pub fn new(runtime: &Handle, sink: Arc<dyn Sink>, options: Options) -> Self {
        let shared = Arc::new(Shared {
            options,
            sink,
            counters: Counters::default(),
            bodies: Buffers::default(),
            samples: Buffers::default(),
            state: Mutex::default(),
            changed: Notify::new(),
            runtime: runtime.clone(),
        });
        let syncing = runtime.spawn(sync_when_changed(Arc::downgrade(&shared))).abort_handle();
        Self { shared, syncing }
    }

    /// Makes the jobs those of `config`: new ones are started, those that are gone end, those that have changed are
    /// restarted, all others go on undisturbed.
    ///
    /// # Errors
    ///
    /// What is wrong with jobs whose HTTP settings cannot be used, one message each. Such a job goes on as it was; all
    /// others are as `config` says.
    pub fn apply(&self, config: &Config) -> Result<(), Vec<String>> {
        let mut state = lock(&self.shared.state);
        let external: LabelSet = config.global.external_labels.iter().map(|(n, v)| (n, v)).collect();
        state.seed = offset_seed(&host_name(), &external);
        let seed = state.seed;
        let mut errors = Vec::new();
        let mut before = std::mem::take(&mut state.pools);
        for job in &config.scrape_configs {
            let name = job.job_name.clone();
            let new = Arc::new(job.clone());
            let result = match before.remove(&name) {
                Some(pool) if *pool.config() == *new => Ok(pool),
                Some(mut pool) => {
                    let result = pool.reload(new, &self.shared, seed, &mut state.tasks);
                    errors.extend(result.err().map(|error| format!("job {name}: {error}")));
                    Ok(pool)
                }
                None => Pool::new(new),
            };
            match result {
                Ok(pool) => {
                    state.pools.insert(name, pool);
                }
                Err(error) => errors.push(format!("job {name}: {error}")),
            }
        }
        before.values().for_each(Pool::stop);
        state.groups.retain(|job, _| config.scrape_configs.iter().any(|config| config.job_name == *job));
        drop(state);
        self.shared.sync();
        if errors.is_empty() {
            return Ok(());
        }
        self.shared.counters.count_failed_reload();
        Err(errors)
    }

    /// Takes what discovery has found at a source of a job, or that nothing is there any more. It takes effect within
    /// five seconds.
    pub fn set_group(&self, job: &str, source: String, group: Option<TargetGroup>) {
        let mut state = lock(&self.shared.state);
        let groups = state.groups.entry(job.to_owned()).or_default();
        match group {
            Some(group) => groups.insert(source, group),
            None => groups.remove(&source),
        };
        drop(state);
        self.shared.changed.notify_one();
    }

    /// Ends all loops at once. Their series do not end: the next start goes on with them.
    pub fn stop(&self) {
        self.syncing.abort();
        lock(&self.shared.state).tasks.iter().for_each(AbortHandle::abort);
    }

    /// What is scraped, by job.
    #[must_use]
    pub fn status(&self) -> Vec<PoolStatus> {
        lock(&self.shared.state).pools.values().map(Pool::status).collect()
    }

    /// What scrapes came to.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.read()
    }

    /// How many series are known, those about scrapes among them.
    #[must_use]
    pub fn series_count(&self) -> usize {
        self.shared.loops().iter().map(|one| lock(one.scrape()).series_count()).sum()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        self.runtime.spawn(work).abort_handle()
    }

    /// The loops that may write series of `this` one.
    pub(crate) fn loops_sharing_with(&self, this: &TargetLoop) -> Vec<Arc<TargetLoop>> {
        let mut loops = self.loops();
        loops.retain(|other| !std::ptr::eq(&**other, this) && other.may_share_series(this));
        loops
    }

    fn loops(&self) -> Vec<Arc<TargetLoop>> {
        lock(&self.state).pools.values().flat_map(Pool::loops).cloned().collect()
    }

    fn sync(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        let State { pools, groups, seed, tasks } = &mut *state;
        let none = BTreeMap::new();
        for (job, pool) in pools {
            pool.sync(groups.get(job).unwrap_or(&none), self, *seed, tasks);
        }
        tasks.retain(|task| !task.is_finished());
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("options", &self.options).finish_non_exhaustive()
    }
}

async fn sync_when_changed(shared: Weak<Shared>) {
    loop {
        {
            let Some(shared) = shared.upgrade() else { return };
            shared.changed.notified().await;
            shared.sync();
        }
        tokio::time::sleep(SYNC_PERIOD).await;
    }
}

impl Shard {
    /// Whether the target belongs to it.
    #[must_use]
    pub fn has(self, target: &Target) -> bool {
        hashmod(target.labels().get(name::ADDRESS).unwrap_or_default(), self.of) == self.number
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if number < of => Ok(Self { number, of }),
            _ => Err(format!("`{text}` is no shard: write `0/3` for the first of three")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// The name of this machine.
fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
