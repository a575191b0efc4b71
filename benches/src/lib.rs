//! Inputs of the benchmarks, the same in every run.
//!
//! Nothing here is measured; `README.md` says what is.
#![forbid(unsafe_code)]

pub mod docker_log;
pub mod kube_state;
pub mod pipeline;
mod random;
pub mod relabel;
