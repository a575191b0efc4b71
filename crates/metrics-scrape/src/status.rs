//! What is known of targets.

use std::time::SystemTime;

use prometheus_labels::LabelSet;

/// The targets of a job.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PoolStatus {
    /// The job.
    pub job: String,
    /// What is scraped.
    pub active: Vec<TargetStatus>,
    /// The discovered labels of what a rule drops, at most `keep_dropped_targets` of them.
    pub dropped: Vec<LabelSet>,
    /// How many a rule drops.
    pub dropped_count: usize,
}

/// A target.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TargetStatus {
    /// The labels before the rules of the job.
    pub discovered: LabelSet,
    /// The labels its series get.
    pub labels: LabelSet,
    /// Where it is scraped.
    pub url: String,
    /// How its last scrape ended.
    pub health: Health,
    /// Why it failed; empty otherwise.
    pub last_error: String,
    /// When its last scrape was.
    pub last_scrape: Option<SystemTime>,
    /// How long that took, in seconds.
    pub last_scrape_seconds: f64,
    /// How often it is scraped, as its label says.
    pub interval: String,
    /// How long a scrape may take, as its label says.
    pub timeout: String,
}

/// How the last scrape of a target ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Health {
    /// There was none.
    #[default]
    Unknown,
    /// Well.
    Up,
    /// Badly.
    Down,
}

impl Health {
    /// Prometheus' word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// What changes from scrape to scrape.
#[derive(Debug, Default)]
pub(crate) struct LastScrape {
    pub(crate) health: Health,
    pub(crate) error: String,
    pub(crate) time: Option<SystemTime>,
    pub(crate) seconds: f64,
}
