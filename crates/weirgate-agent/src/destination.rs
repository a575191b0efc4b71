//! Standard output and files.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use fluentbit_output::Destination;

/// Files that outputs append to. A file is opened for each chunk, so one that was moved away is made anew.
#[derive(Debug)]
pub(crate) struct Appender {
    base: PathBuf,
}

impl Appender {
    pub(crate) fn new(base: &Path) -> Self {
        Self { base: base.to_owned() }
    }

    /// How long the file is.
    pub(crate) fn length(&self, destination: &Destination) -> u64 {
        std::fs::metadata(self.path(destination)).map_or(0, |metadata| metadata.len())
    }

    /// Opens the file to append to it.
    pub(crate) fn open(&self, destination: &Destination) -> io::Result<File> {
        let path = self.path(destination);
        if destination.create_folders
            && let Some(folder) = path.parent()
        {
            DirBuilder::new().recursive(true).mode(0o755).create(folder)?;
        }
        OpenOptions::new().create(true).append(true).open(&path)
    }

    fn path(&self, destination: &Destination) -> PathBuf {
        self.base.join(OsStr::from_bytes(&destination.path))
    }
}
