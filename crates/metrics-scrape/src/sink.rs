//! Where samples go.

use prometheus_scrape::Sample;

/// Takes the samples of scrapes.
pub trait Sink: Send + Sync {
    /// Takes the samples of one scrape. Scrapes of other targets may call it at the same time; it should not wait for
    /// anything slow.
    fn append(&self, samples: &[Sample]);
}
