//! The files of a configuration, as Python reads them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use event_model::Compat;
use fluentbit_config::{Files, ReadError, load};
use pyo3::prelude::*;

/// Finds the files that the configuration `main` of Fluent Bit consists of, and the pod metadata it preloads. `read` gives the bytes of a path, or
/// `None` if there is no such file; `glob` gives the paths that match a pattern. The result maps paths to bytes.
#[pyfunction]
pub(crate) fn collect(
    main: &str,
    read: &Bound<'_, PyAny>,
    glob: &Bound<'_, PyAny>,
) -> PyResult<BTreeMap<String, Vec<u8>>> {
    let files = Callbacks { read, glob, found: RefCell::default(), error: RefCell::default() };
    let (config, _) = load(main, &files, &(), Compat::V5_1);
    for folder in config.filters.iter().filter_map(|filter| filter.str("kube_meta_preload_cache_dir")) {
        for path in files.glob(&format!("{}/*", folder.trim_end_matches('/'))) {
            let _ = files.read(&path);
        }
    }
    match files.error.into_inner() {
        Some(error) => Err(error),
        None => Ok(files.found.into_inner()),
    }
}

struct Callbacks<'a, 'py> {
    read: &'a Bound<'py, PyAny>,
    glob: &'a Bound<'py, PyAny>,
    found: RefCell<BTreeMap<String, Vec<u8>>>,
    /// The first exception. It ends the search.
    error: RefCell<Option<PyErr>>,
}

impl Callbacks<'_, '_> {
    fn fail<T: Default>(&self, error: PyErr) -> T {
        self.error.borrow_mut().get_or_insert(error);
        T::default()
    }
}

impl Files for Callbacks<'_, '_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if let Some(known) = self.found.borrow().get(path) {
            return Ok(known.clone());
        }
        let answer = self.read.call1((path,)).and_then(|answer| answer.extract::<Option<Vec<u8>>>());
        let content: Option<Vec<u8>> = answer.unwrap_or_else(|error| self.fail(error));
        let content = content.ok_or(ReadError::NotFound)?;
        self.found.borrow_mut().insert(path.to_owned(), content.clone());
        Ok(content)
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        let answer = self.glob.call1((pattern,)).and_then(|answer| answer.extract());
        answer.unwrap_or_else(|error| self.fail(error))
    }
}
