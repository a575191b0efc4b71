//! Label sets as Prometheus has them: names and values, sorted by name, where an empty value is the same as
//! none.
//!
//! [`LabelSet`] is a finished set, [`LabelsBuilder`] one that is being changed, with the behaviour of
//! Prometheus 3.14 down to the order in which it lists its labels. [`NameScheme`] says which names are
//! allowed, [`name`] holds those with a meaning of their own, and [`quoted`] prints a text as Prometheus'
//! messages do.
//!
//! ```
//! use prometheus_labels::{LabelSet, LabelsBuilder};
//!
//! let base = LabelSet::from([("job", "web"), ("__address__", "10.0.0.1:80")]);
//! let mut labels = LabelsBuilder::new().reset(&base);
//! labels.set("instance", "10.0.0.1:80");
//! labels.set("job", "api");
//! labels.remove("__address__");
//! assert_eq!(labels.to_set().to_string(), r#"{instance="10.0.0.1:80", job="api"}"#);
//! ```
//!
//! # Promises
//!
//! No input makes it panic. A set takes the bytes of its names and values and eight bytes for each label. A
//! builder that is used again allocates nothing once it has seen a set of that size.
//!
//! # What it does not do
//!
//! It does not check names or values unless asked, as Prometheus does not either: relabelling may create
//! the empty name. Text that is no UTF-8 and sets with more than 4 GiB of text have no place in it.
#![forbid(unsafe_code)]

mod builder;
pub mod name;
mod quote;
mod set;

pub use builder::{Base, LabelsBuilder};
pub use name::NameScheme;
pub use quote::quoted;
pub use set::{LabelSet, Labels};
