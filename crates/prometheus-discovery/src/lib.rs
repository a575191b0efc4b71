//! From discovered objects to targets, as Prometheus 3.14 (v0.316.0) does it.
#![forbid(unsafe_code)]

pub mod kubernetes;
