//! Delivers samples as documents to Elasticsearch and OpenSearch, through a queue on disk.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use elasticsearch_bulk::{BulkOptions, Logstash};
//! use elasticsearch_output::{DeadLetters, Settings};
//! use event_model::Compat;
//! use prometheus_labels::LabelSet;
//! use prometheus_scrape::{Sample, Series, Value};
//! use sample_documents::{DocumentWriter, Options};
//!
//! let mut bulk = BulkOptions::new(Compat::V5_1);
//! // An index for each day of the samples: metrics-2026.11.25.
//! let mut index = Logstash::default();
//! index.prefix = "metrics".to_owned();
//! bulk.logstash = Some(index);
//! let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
//! let rejected = DeadLetters::open("rejected.jsonl".as_ref())?;
//! let writer = DocumentWriter::start(runtime.handle(), Settings::new(bulk), Options::new("queue"), rejected)?;
//!
//! let series = Arc::new(Series::new(LabelSet::from([("__name__", "up"), ("job", "web")])));
//! writer.append(&[Sample::new(series, 1_700_000_000_000, Value::Float(1.0))])?;
//! runtime.block_on(writer.close(Duration::from_secs(5)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Documents
//!
//! The sample above becomes, under an id made of its series and its time,
//!
//! ```json
//! {"@timestamp":"2023-11-14T22:13:20.000Z","name":"up","labels":{"job":"web"},"value":1.0}
//! ```
//!
//! `value` has sixteen digits. `type` is there where the exposition told the type of the family. JSON has no number for what Prometheus writes
//! `NaN`, `+Inf` and `-Inf`: such a document has that text as `value_text` and no `value`. The marker that ends a
//! series becomes `"stale":true` without a value, and a native histogram `count` and `sum`.
//!
//! # Delivery
//!
//! *Once in effect.* A sample that is sent again has the same id and, where indices are named by date, the same index:
//! the server has it already and says so. Each document is judged alone: it is stored, sent again later, or refused
//! for good and handed to the [`RejectedSink`](elasticsearch_output::RejectedSink).
//!
//! *On disk.* Samples are appended to a [`sample_queue::Queue`] and sent from there, in requests of at most a few MB,
//! one at a time: memory stays the same through an outage of the server, and the queue grows up to
//! [`Options::largest_queue`]. Then its oldest samples are deleted and counted. What is not delivered when the program
//! ends is sent after the next start.
//!
//! What it does not do: make index templates, send buckets of native histograms or exemplars.
#![forbid(unsafe_code)]

mod counts;
mod deliver;
mod document;
mod writer;

pub use counts::Counts;
pub use writer::{DocumentWriter, Error, Options};
