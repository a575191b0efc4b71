//! The series that a scrape adds about itself.

use prometheus_config::ScrapeConfig;

use crate::Outcome;

/// Their names, as they are appended. The last three are there with `extra_scrape_metrics` only.
pub(crate) const NAMES: [&str; 8] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "scrape_timeout_seconds",
    "scrape_sample_limit",
    "scrape_body_size_bytes",
];

/// The names of those that a job has.
pub(crate) fn names(config: &ScrapeConfig) -> &'static [&'static str] {
    if config.extra_scrape_metrics { &NAMES } else { NAMES.get(..5).unwrap_or_default() }
}

/// Their values, in the order of [`NAMES`].
#[expect(clippy::cast_precision_loss, reason = "a sample value is a double")]
pub(crate) fn values(outcome: &Outcome, seconds: f64, timeout: f64, config: &ScrapeConfig) -> [f64; 8] {
    [
        if outcome.error.is_none() { 1.0 } else { 0.0 },
        seconds,
        outcome.scraped as f64,
        outcome.kept as f64,
        outcome.series_added as f64,
        timeout,
        config.sample_limit as f64,
        outcome.bytes as f64,
    ]
}
