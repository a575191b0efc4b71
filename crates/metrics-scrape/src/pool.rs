//! The targets of a job.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use prometheus_config::{Discovery, ScrapeConfig, TargetGroup};
use prometheus_discovery::{ActiveTarget, Target, TargetPool};
use prometheus_http_client::{Client, SetupError};
use prometheus_labels::LabelSet;
use prometheus_scrape::{Scrape, ScrapeOptions, keeps_series};
use tokio::task::AbortHandle;

use crate::fetch::Fetcher;
use crate::manager::Shared;
use crate::status::PoolStatus;
use crate::target_loop::{TargetLoop, lock};

/// Prometheus begins with this, and servers look for it.
const USER_AGENT: &str = concat!("Prometheus/3.14.0 Weirgate/", env!("CARGO_PKG_VERSION"));

/// A job at work.
#[derive(Debug)]
pub(crate) struct Pool {
    config: Arc<ScrapeConfig>,
    client: Client,
    loops: BTreeMap<u64, Active>,
    dropped: Vec<LabelSet>,
    dropped_count: usize,
}

#[derive(Debug)]
struct Active {
    discovered: LabelSet,
    target_loop: Arc<TargetLoop>,
}

impl Pool {
    pub(crate) fn new(config: Arc<ScrapeConfig>) -> Result<Self, SetupError> {
        Ok(Self {
            client: Client::with_user_agent(&config.http, USER_AGENT)?,
            config,
            loops: BTreeMap::new(),
            dropped: Vec::new(),
            dropped_count: 0,
        })
    }

    pub(crate) fn config(&self) -> &ScrapeConfig {
        &self.config
    }

    /// Takes another configuration. Loops are restarted; they go on with their series where these stay the same.
    pub(crate) fn reload(
        &mut self,
        config: Arc<ScrapeConfig>,
        shared: &Arc<Shared>,
        seed: u64,
        tasks: &mut Vec<AbortHandle>,
    ) -> Result<(), SetupError> {
        let client = Client::with_user_agent(&config.http, USER_AGENT)?;
        let keeps = keeps_series(&self.config, &config);
        (self.config, self.client) = (config, client);
        for active in self.loops.values_mut() {
            let old = Arc::clone(&active.target_loop);
            let target = old.target().clone();
            let scrape = if keeps {
                lock(old.scrape()).reconfigure(Arc::clone(&self.config), &target);
                old.hand_over();
                Arc::clone(old.scrape())
            } else {
                old.stop();
                new_scrape(&self.config, &target, shared)
            };
            let start = Start { config: &self.config, client: &self.client, shared, seed };
            active.target_loop = start.target_loop(target, scrape, Some(old), tasks);
        }
        Ok(())
    }

    /// Starts loops of targets that are new, and stops those of targets that are gone. `discovered` is what discovery
    /// has found, by source; the static targets of the configuration come first.
    pub(crate) fn sync(
        &mut self,
        discovered: &BTreeMap<String, TargetGroup>,
        shared: &Arc<Shared>,
        seed: u64,
        tasks: &mut Vec<AbortHandle>,
    ) {
        let start = Start { config: &self.config, client: &self.client, shared, seed };
        let groups: Vec<TargetGroup> =
            static_groups(&self.config).chain(discovered.values()).cloned().collect();
        let mut found = TargetPool::new(&self.config, &groups);
        if let Some(shard) = shared.options.shard {
            found.retain(&self.config, |target| shard.has(target));
        }
        for failure in &found.failures {
            tracing::error!(
                scrape_pool = self.config.job_name,
                error = failure,
                "a target could not be made"
            );
        }
        self.dropped_count = found.dropped.len();
        let most = match self.config.keep_dropped_targets {
            0 => usize::MAX,
            most => usize::try_from(most).unwrap_or(usize::MAX),
        };
        self.dropped = found.dropped.into_iter().take(most).map(|(labels, _)| labels).collect();
        let mut before = std::mem::take(&mut self.loops);
        for ActiveTarget { target, discovered, .. } in found.active {
            let identity = target.identity();
            let active = match before.remove(&identity) {
                Some(active) => Active { discovered, ..active },
                None => {
                    let scrape = new_scrape(&self.config, &target, shared);
                    Active { discovered, target_loop: start.target_loop(target, scrape, None, tasks) }
                }
            };
            active.target_loop.force(found.limit.clone());
            self.loops.insert(identity, active);
        }
        before.values().for_each(|gone| gone.target_loop.stop());
    }

    /// Stops all loops.
    pub(crate) fn stop(&self) {
        self.loops.values().for_each(|active| active.target_loop.stop());
    }

    pub(crate) fn loops(&self) -> impl Iterator<Item = &Arc<TargetLoop>> {
        self.loops.values().map(|active| &active.target_loop)
    }

    pub(crate) fn status(&self) -> PoolStatus {
        PoolStatus {
            job: self.config.job_name.clone(),
            active: self
                .loops
                .values()
                .map(|active| active.target_loop.status(active.discovered.clone()))
                .collect(),
            dropped: self.dropped.clone(),
            dropped_count: self.dropped_count,
        }
    }
}

fn new_scrape(config: &Arc<ScrapeConfig>, target: &Target, shared: &Shared) -> Arc<Mutex<Scrape>> {
    let options = ScrapeOptions::default().seed(shared.options.seed);
    Arc::new(Mutex::new(Scrape::new(Arc::clone(config), target, options)))
}

/// What every loop of a job starts with.
struct Start<'a> {
    config: &'a ScrapeConfig,
    client: &'a Client,
    shared: &'a Arc<Shared>,
    seed: u64,
}

impl Start<'_> {
    /// Starts a loop, which begins when `before` has stopped.
    fn target_loop(
        &self,
        target: Target,
        scrape: Arc<Mutex<Scrape>>,
        before: Option<Arc<TargetLoop>>,
        tasks: &mut Vec<AbortHandle>,
    ) -> Arc<TargetLoop> {
        let largest_body = self.shared.options.largest_body;
        let fetcher = Fetcher::new(self.client.clone(), self.config, &target, largest_body);
        let target_loop = Arc::new(TargetLoop::new(target, self.config, fetcher, scrape));
        if let Some(before) = &before {
            target_loop.adopt(before);
        }
        let running = Arc::clone(&target_loop).run(Arc::clone(self.shared), self.seed, before);
        tasks.push(self.shared.spawn(running));
        target_loop
    }
}

/// The groups that stand in the configuration itself.
fn static_groups(config: &ScrapeConfig) -> impl Iterator<Item = &TargetGroup> {
    let lists = config.service_discovery.iter().filter_map(|discovery| match discovery {
        Discovery::Static(groups) => Some(groups),
        _ => None,
    });
    lists.flatten()
}
