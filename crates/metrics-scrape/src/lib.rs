//! Scrapes the targets of a Prometheus configuration: one loop for each target, at the offsets and with the
//! timestamps Prometheus 3.14 has.
//!
//! A [`Manager`] is given a configuration and the target groups that discovery finds, and hands the samples of each
//! scrape to a [`Sink`]. It can be given another configuration at any time; loops go on for which nothing changes.
//!
//! ```
//! use std::sync::{Arc, mpsc};
//!
//! use metrics_scrape::{Manager, Options, Sink};
//! use prometheus_scrape::Sample;
//! use source_text::SourceId;
//!
//! struct Names(mpsc::Sender<String>);
//! impl Sink for Names {
//!     fn append(&self, samples: &[Sample]) {
//!         for sample in samples {
//!             let _ = self.0.send(sample.series.labels().get("__name__").unwrap_or_default().to_owned());
//!         }
//!     }
//! }
//!
//! let text = "
//! scrape_configs:
//! - job_name: web
//!   scrape_interval: 100ms
//!   static_configs: [{targets: ['127.0.0.1:1']}]
//! ";
//! let config = prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap();
//! let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
//! let (sender, names) = mpsc::channel();
//! let manager = Manager::new(runtime.handle(), Arc::new(Names(sender)), Options::default());
//! manager.apply(&config).unwrap();
//! // Nothing listens on that port, which is a sample too.
//! assert_eq!(names.recv().unwrap(), "up");
//! ```
//!
//! Bodies are held in memory that scrapes share; one larger than `body_size_limit`, or
//! [`Options::largest_body`] where the job has none, fails its scrape. What a target sends costs other targets
//! nothing but their share of the machine.
//!
//! What it does not do: discover targets (static ones excepted), store or send samples, read formats (see
//! `prometheus-scrape`), scrape over Unix sockets.
#![forbid(unsafe_code)]

mod buffers;
mod clock;
mod counters;
mod fetch;
mod manager;
mod pool;
mod sink;
mod status;
mod target_loop;

pub use counters::Counts;
pub use manager::{Manager, Options, Shard};
pub use sink::Sink;
pub use status::{Health, PoolStatus, TargetStatus};
