//! Delivers samples by Prometheus remote write 1.0 and 2.0, through a queue on disk.
//!
//! A [`RemoteWriter`] is made of an entry of `remote_write` and a folder. What is [appended](RemoteWriter::append)
//! is written to the folder first and sent from there, so that neither an outage of the receiver nor the end of the
//! program loses it, within the size the queue may have.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use prometheus_labels::LabelSet;
//! use prometheus_scrape::{Sample, Series, Value};
//! use remote_write_output::{Options, RemoteWriter};
//! use source_text::SourceId;
//!
//! let text = "remote_write: [{url: 'http://127.0.0.1:9090/api/v1/write'}]";
//! let config = prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap();
//! let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
//! let writer = RemoteWriter::start(runtime.handle(), &config.remote_write[0], Options::new("queue"))?;
//!
//! let series = Arc::new(Series::new(LabelSet::from([("__name__", "up"), ("job", "web")])));
//! writer.append(&[Sample::new(series, 1_700_000_000_000, Value::Float(1.0))])?;
//! runtime.block_on(writer.close(Duration::from_secs(5)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Delivery
//!
//! *At least once.* Samples of a series are sent in order: each series belongs to one shard, and a shard has one
//! request under way. A request is repeated, after growing pauses or when `Retry-After` says, until it is accepted
//! or refused for good: answers 5xx and failures of the network are repeated, 429 if `retry_on_http_429` says so,
//! every other answer drops the request and counts its samples as failed. A receiver of version 2 that answers 415
//! is sent version 1 from then on.
//!
//! *On disk.* The folder is a [`sample_queue::Queue`]; what was delivered is noted in the file `position`, and segments
//! that were delivered are deleted. Everything appended survives the end of the program,
//! also by `kill -9`; a crash of the machine can lose what was appended within [`Options::sync_interval`]. A frame
//! that was torn then is cut off. What was sent but not yet answered when the program ended is sent again; if the
//! receiver refuses such a request because it has some of its samples already, it is sent in halves, so that the
//! others arrive. When the queue is larger than [`Options::largest_queue`], its oldest segment is deleted and
//! counted.
//!
//! *By shards.* There are as many as Prometheus would have, from `min_shards` to `max_shards`: every ten seconds their
//! number is worked out from how many samples come, how long it takes to send them and how far delivery is behind. When
//! it changes, all shards stop before others start, so that samples of a series stay in order; what they have not
//! delivered is handed to the new ones, also while the receiver is away.
//!
//! What it does not do: `sigv4`, `azuread`, `google_iam`, `round_robin_dns`.
#![forbid(unsafe_code)]

mod batch;
mod counters;
mod dispatch;
mod error;
mod frame;
mod metadata;
mod progress;
mod request;
mod shard;
mod sharding;
mod writer;

pub use counters::Counts;
pub use error::Error;
pub use writer::{Options, RemoteWriter};
