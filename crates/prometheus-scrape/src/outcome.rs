//! What goes into a scrape, and what comes of it.

use std::fmt;

/// What a target answered: with status 200, the body complete and not compressed.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "these are what counts of an answer")]
pub struct Response<'a> {
    /// The header `Content-Type`, empty if there is none.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Why there is no [`Response`]. Its display is Prometheus' message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The body has at least as many bytes as `body_size_limit`.
    BodySizeLimit,
    /// The status is not 200. The text has its number and reason, such as `404 Not Found`.
    Status(String),
    /// Anything else, in words.
    Other(String),
}

/// What came of a scrape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Why the scrape failed, in Prometheus' words; `None` if the target is up.
    pub error: Option<String>,
    /// The size of the body in bytes: 0 if there was none, -1 if it was too large.
    pub bytes: i64,
    /// How many samples were read (`scrape_samples_scraped`).
    pub scraped: u64,
    /// How many of them the rules left (`scrape_samples_post_metric_relabeling`).
    pub kept: u64,
    /// How many series were not known before (`scrape_series_added`).
    pub series_added: u64,
    /// Samples that were left out because their series has another value at that time.
    pub duplicates: u64,
    /// Samples that were left out because they are older than the last of their series.
    pub out_of_order: u64,
    /// Samples that were left out because they are more than ten minutes ahead.
    pub out_of_bounds: u64,
    /// Which limit failed the scrape.
    pub exceeded: Option<Limit>,
    /// What had to be assumed about the format.
    pub warning: Option<String>,
}

/// A limit on what a target may expose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// `body_size_limit`
    BodySize,
    /// `sample_limit`
    Samples,
    /// `label_limit`, `label_name_length_limit` or `label_value_length_limit`
    Labels,
    /// `native_histogram_bucket_limit`
    Buckets,
}

/// What a program may choose about scrapes, beside the configuration.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ScrapeOptions {
    /// Whether samples are left out that Prometheus' storage would refuse: those that are not newer than the last one
    /// of their series. Without it all samples of a body are there.
    pub in_order: bool,
    /// Whether the start of series is read, as Prometheus does with its feature `st-storage`.
    pub start_timestamps: bool,
    /// A number that targets cannot know. It keeps them from making look-ups slow.
    pub seed: u64,
}

impl Default for ScrapeOptions {
    fn default() -> Self {
        Self { in_order: true, start_timestamps: false, seed: 0 }
    }
}

impl ScrapeOptions {
    /// Sets [`in_order`](Self::in_order).
    #[must_use]
    pub fn in_order(mut self, yes: bool) -> Self {
        self.in_order = yes;
        self
    }

    /// Sets [`seed`](Self::seed).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BodySizeLimit => f.write_str("body size limit exceeded"),
            Self::Status(status) => write!(f, "server returned HTTP status {status}"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}
