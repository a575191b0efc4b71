//! Configuration files and variables of this machine.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use fluentbit_config::{Environment, Files, ReadError};

/// Files below a folder that stands for the current one.
#[derive(Clone, Debug)]
pub struct Disk {
    base: PathBuf,
}

impl Disk {
    /// Files below `base`; an empty path stands for the current folder.
    #[must_use]
    pub fn new(base: &Path) -> Self {
        Self { base: base.to_owned() }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.base.join(path)
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(self.path(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ReadError::NotFound,
            _ => ReadError::Other(error.to_string()),
        })
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        let whole = Path::new(&glob::Pattern::escape(&self.base.to_string_lossy())).join(pattern);
        let Ok(paths) = glob::glob(&whole.to_string_lossy()) else { return Vec::new() };
        paths.filter_map(Result::ok).map(|path| path.to_string_lossy().into_owned()).collect()
    }

    fn identity(&self, path: &str) -> String {
        // Fluent Bit compares inodes: a link to a file is that file.
        fs::metadata(self.path(path))
            .map_or_else(|_| path.to_owned(), |metadata| format!("{}:{}", metadata.dev(), metadata.ino()))
    }
}

/// The variables of the process, with those of `extra` in front.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// Variables in front of those of the process.
    pub extra: BTreeMap<String, String>,
    /// Whether variables of the process count.
    pub process: bool,
}

impl Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        let process = || if self.process { env::var(name).ok() } else { None };
        self.extra.get(name).cloned().or_else(process)
    }

    fn hostname(&self) -> Option<String> {
        let name = rustix::system::uname();
        Some(name.nodename().to_string_lossy().into_owned())
    }
}
