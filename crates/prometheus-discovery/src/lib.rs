//! From discovered objects to targets, as Prometheus 3.14 (v0.316.0) does it, without any input or output.
//!
//! Two steps lead to a target. Discovery gives target groups: [`kubernetes::discover`] makes them of API
//! objects, [`groups`] reads them from the files and web servers of file and HTTP discovery, and static ones
//! stand in the configuration. A [`Populator`] then adds what the job says, applies its relabelling rules and
//! checks what they leave; [`TargetPool`] does that for all groups of a job.
//!
//! ```
//! use kubernetes_metadata::read_objects;
//! use prometheus_config::Discovery;
//! use prometheus_discovery::{TargetPool, kubernetes};
//! use source_text::SourceId;
//!
//! let text = "
//! scrape_configs:
//! - job_name: pods
//!   kubernetes_sd_configs: [{role: pod}]
//!   relabel_configs:
//!   - source_labels: [__meta_kubernetes_pod_label_app]
//!     target_label: app
//! ";
//! let config = prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap();
//! let job = &config.scrape_configs[0];
//! let Discovery::Kubernetes(discovery) = &job.service_discovery[0] else { panic!("Kubernetes") };
//!
//! let objects = read_objects(br#"{"kind": "Pod",
//!     "metadata": {"name": "web-0", "namespace": "shop", "labels": {"app": "web"}},
//!     "spec": {"containers": [{"name": "web", "ports": [{"containerPort": 80}]}]},
//!     "status": {"podIP": "10.0.0.7"}
//! }"#)?;
//! let found = kubernetes::discover(discovery, &objects.into_iter().collect(), None);
//! let pool = TargetPool::new(job, &found.groups);
//! assert_eq!(pool.active[0].target.url().as_str(), "http://10.0.0.7:80/metrics");
//! assert_eq!(
//!     pool.active[0].target.public_labels().to_string(),
//!     r#"{app="web", instance="10.0.0.7:80", job="pods"}"#
//! );
//! # Ok::<(), kubernetes_metadata::Error>(())
//! ```
//!
//! Promises: no panic, and the same result for the same input: nothing depends on the order of a hash table.
//! Time is linear in the labels looked at.
//!
//! What it does not do: talk to API servers, read files, resolve names, or scrape.
#![forbid(unsafe_code)]

mod address;
pub mod groups;
pub mod kubernetes;
mod pool;
mod target;

pub use pool::{ActiveTarget, TargetPool};
pub use target::{Outcome, Populated, Populator, PortDefaults, Target, TargetError, TargetErrorKind};
