//! The semantics of Fluent Bit's Kubernetes log pipeline and of Prometheus' scraping, for any program.
//!
//! This crate gathers the pure crates of the project under one name, by area:
//!
//! | module | what for | feature |
//! | --- | --- | --- |
//! | [`source`] | positions, source files, diagnostics | always |
//! | [`fluentbit`] | configurations, parsers, filters, outputs, the whole pipeline | `logs` |
//! | [`record`] | log records, and their JSON and msgpack | `logs` |
//! | [`elasticsearch`] | bulk bodies and verdicts | `logs` |
//! | [`tail`] | framing, rotation and acknowledgement of followed files | `logs` |
//! | [`prometheus`] | configurations, labels, relabelling, discovery, expositions | `metrics` |
//! | [`kubernetes`] | objects; file names, tags and pods | `logs`, `metrics` |
//! | [`regex`] | Ruby's dialect, Go's dialect | `logs`, `metrics` |
//! | [`api`] | the questions people ask, in JSON, the same in every language | `api` |
//!
//! All are on by default (`full`).
//!
//! ```
//! let answer = weirgate::api::call(
//!     "relabel",
//!     r#"{
//!         "rules": "[{source_labels: [env], regex: 'test-(.*)', action: drop}]",
//!         "labels": {"env": "test-7", "job": "web"}
//!     }"#,
//! )?;
//! assert!(answer.starts_with(r#"{"keep":false,"#));
//! # Ok::<(), weirgate::api::Error>(())
//! ```
//!
//! Promises: no input makes it panic, and equal questions have equal answers, byte for byte, on every platform.
//!
//! What it does not do: read files, open sockets, look at a clock or the environment. All of these are arguments;
//! the program `weirgate` (crate `weirgate-agent`) brings them.
#![forbid(unsafe_code)]

#[cfg(feature = "api-types")]
pub mod api;

/// Positions, source files and diagnostics.
pub mod source {
    #[doc(inline)]
    pub use source_text::*;
}

/// Fluent Bit's half.
#[cfg(feature = "logs")]
pub mod fluentbit {
    #[doc(inline)]
    pub use {
        fluentbit_config as config, fluentbit_filter as filter, fluentbit_output as output,
        fluentbit_parser as parser, fluentbit_pipeline as pipeline,
    };
}

/// Log records.
#[cfg(feature = "logs")]
pub mod record {
    #[doc(inline)]
    pub use event_model::*;
}

/// Bulk requests to Elasticsearch and OpenSearch.
#[cfg(feature = "logs")]
pub mod elasticsearch {
    #[doc(inline)]
    pub use elasticsearch_bulk::*;
}

/// Following files, without reading them.
#[cfg(feature = "logs")]
pub mod tail {
    #[doc(inline)]
    pub use pipeline_core::*;
}

/// Prometheus' half.
#[cfg(feature = "metrics")]
pub mod prometheus {
    #[doc(inline)]
    pub use {
        prometheus_config as config, prometheus_discovery as discovery, prometheus_exposition as exposition,
        prometheus_labels as labels, prometheus_relabel as relabel,
    };
}

/// Kubernetes objects, and how log files and tags name pods.
#[cfg(any(feature = "logs", feature = "metrics"))]
pub mod kubernetes {
    #[doc(inline)]
    pub use kubernetes_metadata as metadata;
    #[cfg(feature = "logs")]
    #[doc(inline)]
    pub use kubernetes_tag as tag;
}

/// Regular expressions in two dialects.
#[cfg(any(feature = "logs", feature = "metrics"))]
pub mod regex {
    #[cfg(feature = "logs")]
    #[doc(inline)]
    pub use onigmo_regex as onigmo;
    #[cfg(feature = "metrics")]
    #[doc(inline)]
    pub use re2_regex as re2;
}
