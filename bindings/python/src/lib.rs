//! The native half of the Python package `weirgate`.
//!
//! Questions go through [`call`], in JSON, as in every other language. What is asked for many lines or samples at a
//! time has a class of its own, which works without the interpreter's lock and makes Python objects only for what is
//! looked at.
#![forbid(unsafe_code)]

mod exposition;
mod files;
mod lines;
mod store;
mod text;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Answers a question in JSON; see the documentation of `weirgate::api` for the names and the forms.
#[pyfunction]
fn call(py: Python<'_>, method: &str, request: &str) -> PyResult<String> {
    py.detach(|| weirgate::api::call(method, request))
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

#[pymodule]
mod _weirgate {
    #[pymodule_export]
    use super::call;
    #[pymodule_export]
    use super::exposition::{Exposition, SampleIterator};
    #[pymodule_export]
    use super::files::collect;
    #[pymodule_export]
    use super::lines::{LineParser, RecordBatch};

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name Python expects")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
