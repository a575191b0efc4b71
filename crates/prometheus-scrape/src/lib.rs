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
//! What it does not do: talk to targets, look at a clock, or store samples.
#![forbid(unsafe_code)]

mod sample;

#[doc(no_inline)]
pub use prometheus_exposition::{MetricType, NativeHistogram};
pub use sample::{Exemplar, Metadata, STALE_NAN, Sample, Series, Value};
