//! Reads `prometheus.yml` as Prometheus 3.14 (v0.316.0) does: strictly, with defaults and inheritance applied.
//!
//! The result is what Prometheus works with. What is wrong is said with Prometheus' own words, all of it at
//! once, and each problem with its place in the file.
//!
//! ```
//! use source_text::SourceMap;
//!
//! let text = "\
//! global:
//!   scrape_interval: 30s
//! scrape_configs:
//! - job_name: pods
//!   scrape_timeout: 1m
//!   kubernetes_sd_configs:
//!   - role: pod
//! ";
//! let mut sources = SourceMap::new();
//! let id = sources.add("prometheus.yml", text);
//! let parsed = prometheus_config::parse(id, text, |name| std::env::var(name).ok());
//! assert_eq!(
//!     sources.render(&parsed.diagnostics[0]),
//!     "prometheus.yml:5:19: error[timeout-above-interval]: scrape timeout greater than scrape interval for \
//!      scrape config with job name \"pods\""
//! );
//! assert_eq!(parsed.config.scrape_configs[0].scrape_interval.to_string(), "30s");
//! ```
//!
//! Values are read as Go's `yaml.v2` reads them: `yes` is true, every scalar can be a string, an unknown or
//! repeated field is an error. Diagnostics have stable codes; `unknown-field`, `duplicate-field`, `wrong-type`
//! and those that begin with `yaml-` stand for errors whose wording in Prometheus is about Go's types.
//!
//! Promises: no panic, linear time, memory proportional to the text (within the bounds that
//! [`source_text::yaml`] sets for aliases).
//!
//! What it does not do: read files or the environment (both are arguments), discover targets (see
//! `prometheus-discovery`), or apply the sections `alerting`, `storage`, `tracing`, `otlp`, `runtime` and
//! `remote_read`, which are only checked.
#![forbid(unsafe_code)]

mod config;
mod decode;
mod discovery;
mod duration;
mod environment;
mod fields;
mod global;
mod http;
mod kubernetes;
mod lints;
mod other;
mod protocol;
pub mod reference;
mod relabel;
mod remote_write;
mod scheme;
mod scrape;
mod selector;
mod size;
mod url;

pub use config::{Config, Parsed, parse};
pub use discovery::{Discovery, DnsDiscovery, FileDiscovery, HttpDiscovery, TargetGroup};
pub use duration::{Duration, DurationError};
pub use fields::Fields;
pub use global::Global;
pub use http::{Authorization, BasicAuth, Header, HttpClient, OAuth2, Proxy, Secret, Tls, TlsVersion};
pub use kubernetes::{AttachMetadata, KubernetesDiscovery, Role, Selector};
pub use lints::{lint_codes, lints};
pub use protocol::ScrapeProtocol;
pub use relabel::RelabelRules;
pub use remote_write::{MetadataSending, Queue, RemoteWrite, WriteMessage};
pub use scheme::NameEscaping;
pub use scrape::{Float, ScrapeConfig};
pub use selector::{FieldSelector, FieldTerm, LabelSelector, SelectorError};
pub use url::{Url, UrlError};
