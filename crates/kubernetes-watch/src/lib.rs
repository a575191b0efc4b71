//! Kubernetes objects, listed once and watched from then on.
//!
//! [`connect`] makes a client from the settings of Fluent Bit's `kubernetes` filter (address, CA, token
//! file) or of Prometheus' Kubernetes discovery, [`follow`] keeps a collection of objects current, and [`PodCache`] answers "which pod is this?"
//! for a log agent: the first question about a namespace lists and watches it, every later one is answered
//! from memory. A namespace of 500 pods costs one list request and one watch. A node's kubelet can be asked in
//! the place of the API server.
//!
//! ```no_run
//! use std::time::Duration;
//! use kubernetes_watch::{ApiServer, PodCache};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
//! let pods = PodCache::new(ApiServer::in_cluster(), runtime.handle().clone());
//! if let Some(pod) = pods.get("default", "web-0", Duration::from_secs(5)) {
//!     println!("{:?}", pod.spec.node_name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What it does not do: interpret objects (see `kubernetes-metadata`), or change anything in the cluster.
#![forbid(unsafe_code)]

mod api;
mod cache;
mod follow;
mod kubelet;
mod pods;

pub use api::{ApiServer, Error, connect, connect_by_kubeconfig};
pub use follow::{Change, Collection, follow};
pub use kube::Client;
pub use pods::PodCache;
