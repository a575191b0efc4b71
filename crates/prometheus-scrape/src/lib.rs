//! What a scrape becomes in Prometheus 3.14 (v0.316.0): samples, staleness markers, limits and the series about the
//! scrape itself, without any input or output.
//!
//! ```
//! use std::sync::Arc;
//!
//! use prometheus_labels::LabelSet;
//! use prometheus_scrape::{STALE_NAN, Sample, Series, Value};
//!
//! let series = Arc::new(Series::new(LabelSet::from([("__name__", "up"), ("job", "web")])));
//! let end = Sample::new(series, 1_700_000_000_000, Value::Float(STALE_NAN));
//! assert!(end.is_stale_marker());
//! ```
//!
//! A [`Scrape`] turns the answers of one target into samples; [`first_scrape`] and [`Alignment`] say when a target is
//! asked and what time its samples have.
//!
//! # Promises
//!
//! A sample of a series that the scrape before had costs a hash of its bytes and no allocation: relabelling and all
//! checks happen once for each way in which a series is written. Ways are told apart by 128 bits of hash with a seed. Time is linear in the bodies. Memory is
//! proportional to the largest body that was read without error, and to twice the series that failed scrapes add.
//!
//! # Where it differs from Prometheus
//!
//! * Its storage is not here, so that what the storage refuses is refused by [`ScrapeOptions::in_order`], and only as
//!   far back as the series is known to the target.
//! * Markers of one scrape come in a fixed order, where Prometheus' is that of a hash table.
//! * Labels that are not UTF-8 and labels with the same name fail the scrape before the rules of the job see them.
//! * Metadata of families is forgotten after ten scrapes of any outcome.
//!
//! # What it does not do
//!
//! Talk to targets, look at a clock, or store samples. It does not convert classic histograms to native ones with
//! custom buckets, and has none of the features that Prometheus hides behind flags, but start timestamps.
#![forbid(unsafe_code)]

mod cache;
mod family;
mod histogram;
mod labels;
mod machine;
mod outcome;
mod read;
mod report;
mod sample;
mod schedule;

pub use machine::{Scrape, keeps_series};
pub use outcome::{Failure, Limit, Outcome, Response, ScrapeOptions};
#[doc(no_inline)]
pub use prometheus_exposition::{MetricType, NativeHistogram};
pub use sample::{Exemplar, Metadata, STALE_NAN, Sample, Series, Value};
pub use schedule::{Alignment, first_scrape, offset_seed};
