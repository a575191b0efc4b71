//! What scraping counts.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_scrape::{Limit, Outcome};

/// What scrapes came to since the start of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Scrapes.
    pub scrapes: u64,
    /// Scrapes that failed.
    pub failed_scrapes: u64,
    /// Samples that were read.
    pub scraped_samples: u64,
    /// Samples that were handed on, markers and those about scrapes among them.
    pub appended_samples: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// Samples left out because their series has another value at that time.
    pub duplicates: u64,
    /// Samples left out because they are older than the last of their series.
    pub out_of_order: u64,
    /// Samples left out because they are too far ahead.
    pub out_of_bounds: u64,
    /// Scrapes that failed because of `body_size_limit`.
    pub exceeded_body_size: u64,
    /// Scrapes that failed because of `sample_limit`.
    pub exceeded_samples: u64,
    /// Scrapes that failed because of limits of labels.
    pub exceeded_labels: u64,
    /// Scrapes that failed because of `native_histogram_bucket_limit`.
    pub exceeded_buckets: u64,
    /// Reloads that could not be applied to every job.
    pub failed_reloads: u64,
}

/// [`Counts`] at work.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    scrapes: AtomicU64,
    failed_scrapes: AtomicU64,
    scraped_samples: AtomicU64,
    appended_samples: AtomicU64,
    bytes: AtomicU64,
    duplicates: AtomicU64,
    out_of_order: AtomicU64,
    out_of_bounds: AtomicU64,
    exceeded_body_size: AtomicU64,
    exceeded_samples: AtomicU64,
    exceeded_labels: AtomicU64,
    exceeded_buckets: AtomicU64,
    failed_reloads: AtomicU64,
}

impl Counters {
    pub(crate) fn count(&self, outcome: &Outcome, appended: usize) {
        let add = |counter: &AtomicU64, more: u64| {
            if more > 0 {
                counter.fetch_add(more, Ordering::Relaxed);
            }
        };
        add(&self.scrapes, 1);
        add(&self.failed_scrapes, u64::from(outcome.error.is_some()));
        add(&self.scraped_samples, outcome.scraped);
        add(&self.appended_samples, appended as u64);
        add(&self.bytes, u64::try_from(outcome.bytes).unwrap_or_default());
        add(&self.duplicates, outcome.duplicates);
        add(&self.out_of_order, outcome.out_of_order);
        add(&self.out_of_bounds, outcome.out_of_bounds);
        match outcome.exceeded {
            Some(Limit::BodySize) => add(&self.exceeded_body_size, 1),
            Some(Limit::Samples) => add(&self.exceeded_samples, 1),
            Some(Limit::Labels) => add(&self.exceeded_labels, 1),
            Some(Limit::Buckets) => add(&self.exceeded_buckets, 1),
            _ => {}
        }
    }

    pub(crate) fn count_appended(&self, appended: usize) {
        self.appended_samples.fetch_add(appended as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_failed_reload(&self) {
        self.failed_reloads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Counts {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            scrapes: get(&self.scrapes),
            failed_scrapes: get(&self.failed_scrapes),
            scraped_samples: get(&self.scraped_samples),
            appended_samples: get(&self.appended_samples),
            bytes: get(&self.bytes),
            duplicates: get(&self.duplicates),
            out_of_order: get(&self.out_of_order),
            out_of_bounds: get(&self.out_of_bounds),
            exceeded_body_size: get(&self.exceeded_body_size),
            exceeded_samples: get(&self.exceeded_samples),
            exceeded_labels: get(&self.exceeded_labels),
            exceeded_buckets: get(&self.exceeded_buckets),
            failed_reloads: get(&self.failed_reloads),
        }
    }
}
