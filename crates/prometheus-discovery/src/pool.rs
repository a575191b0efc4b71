//! The targets of a job.

use std::collections::HashMap;

use prometheus_config::{ScrapeConfig, TargetGroup};
use prometheus_labels::LabelSet;

use crate::{Outcome, Populator, PortDefaults, Target};

/// The targets of a job, and what became of the other entries of its groups.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TargetPool {
    /// What is scraped, in the order of the groups.
    pub active: Vec<ActiveTarget>,
    /// The discovered labels of entries that a rule dropped, and the index of the rule. All of them: the job's
    /// `keep_dropped_targets` is a limit for those who keep them.
    pub dropped: Vec<(LabelSet, usize)>,
    /// The discovered labels of entries that made a target which a later entry makes too. Several containers with
    /// ports and one annotation that names a port end here.
    pub merged: Vec<LabelSet>,
    /// Entries that make no target, in Prometheus' words.
    pub failures: Vec<String>,
    /// Why no target may be scraped: there are more than the job's `target_limit`.
    pub limit: Option<String>,
}

/// A target and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveTarget {
    /// What is scraped.
    pub target: Target,
    /// The labels before the rules. Of entries that make the same target, those of the last one.
    pub discovered: LabelSet,
}

impl TargetPool {
    /// The targets that `groups` make for the job.
    #[must_use]
    pub fn new(config: &ScrapeConfig, groups: &[TargetGroup]) -> Self {
        Self::with_port_defaults(config, groups, PortDefaults::default())
    }

    /// The targets that `groups` make for the job, with or without default ports.
    #[must_use]
    pub fn with_port_defaults(config: &ScrapeConfig, groups: &[TargetGroup], defaults: PortDefaults) -> Self {
        let mut populator = Populator::new(config).port_defaults(defaults);
        let mut pool = Self::default();
        let mut known: HashMap<u64, usize> = HashMap::new();
        for group in groups {
            for (index, populated) in populator.populate_group(group).into_iter().enumerate() {
                let discovered = populated.discovered;
                match populated.outcome {
                    Outcome::Target(target) => {
                        let at = *known.entry(target.identity()).or_insert(pool.active.len());
                        match pool.active.get_mut(at) {
                            Some(active) => {
                                pool.merged.push(std::mem::replace(&mut active.discovered, discovered));
                            }
                            None => pool.active.push(ActiveTarget { target: *target, discovered }),
                        }
                    }
                    Outcome::Dropped { rule } => pool.dropped.push((discovered, rule)),
                    Outcome::Failed(error) => {
                        pool.failures.push(format!("instance {index} in group {}: {error}", group.source));
                    }
                }
            }
        }
        pool.check_limit(config);
        pool
    }

    /// Leaves targets out that others scrape; they count for no limit.
    pub fn retain(&mut self, config: &ScrapeConfig, mut keep: impl FnMut(&Target) -> bool) {
        self.active.retain(|active| keep(&active.target));
        self.check_limit(config);
    }

    fn check_limit(&mut self, config: &ScrapeConfig) {
        let (count, limit) = (self.active.len(), config.target_limit);
        self.limit = (limit > 0 && count as u64 > limit)
            .then(|| format!("target_limit exceeded (number of targets: {count}, limit: {limit})"));
    }
}
