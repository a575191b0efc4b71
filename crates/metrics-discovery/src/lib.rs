//! Discovers the targets of a Prometheus configuration: in Kubernetes, in files, by HTTP and by DNS, as Prometheus
//! 3.14 (v0.316.0) does.
//!
//! A [`Manager`] is given the jobs of a configuration and tells a listener which target groups there are and what
//! changes. It can be given other jobs at any time: discoveries that stay the same go on, and the groups of those
//! that change stay until their successor has found its own.
//!
//! ```
//! use std::sync::mpsc;
//!
//! use metrics_discovery::Manager;
//! use source_text::SourceId;
//!
//! let folder = tempfile::tempdir().unwrap();
//! let file = folder.path().join("targets.json");
//! std::fs::write(&file, r#"[{"targets": ["10.0.0.7:80"], "labels": {"team": "shop"}}]"#).unwrap();
//! let text = format!(
//!     "scrape_configs:\n- job_name: web\n  file_sd_configs: [{{files: ['{}']}}]\n",
//!     file.display()
//! );
//! let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
//! let (sender, updates) = mpsc::channel();
//! let mut manager = Manager::new(runtime.handle(), move |update| {
//!     let _ = sender.send(update);
//! });
//! manager.apply(&config.scrape_configs);
//! let update = updates.recv().unwrap();
//! assert_eq!(update.job.as_ref(), "web");
//! assert_eq!(update.group.unwrap().targets[0][0].1, "10.0.0.7:80");
//! ```
//!
//! What it does not do: static targets (they stand in the configuration), other discoveries than the four, or make
//! targets of groups (see `prometheus-discovery`).
#![forbid(unsafe_code)]

mod dns;
mod files;
mod http;
mod kubernetes;
mod manager;
mod notify;
mod sink;

pub use manager::{Counts, Manager, Update};
