//! Settings, with the defaults of Fluent Bit 5.1.1's `tail`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use pipeline_core::follow::Identity;
use pipeline_core::frame::LongLines;

use crate::database::Synchronous;

/// Settings of a [`Tail`](crate::Tail). The fields carry the names of Fluent Bit's options.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TailOptions {
    /// Patterns of the files to follow. `*` and `?` do not cross `/`; `**` means `*`.
    pub path: Vec<String>,
    /// Patterns of files to leave out, against the whole path; `*` crosses `/`.
    pub exclude_path: Vec<String>,
    /// What relative patterns are relative to; the current folder when `None`.
    pub base: Option<PathBuf>,
    /// Whether files found by the first scan are read from their start.
    pub read_from_head: bool,
    /// Whether files found later are read from their start. A file that took the place of a rotated one always
    /// is.
    pub read_newly_discovered_files_from_head: bool,
    /// Time between scans for new files. A new file in a watched folder is found at once.
    pub refresh_interval: Duration,
    /// Time between looks at every file, in case no event told of a change.
    pub watcher_interval: Duration,
    /// How long a rotated file is still followed.
    pub rotate_wait: Duration,
    /// Files not changed for longer are not followed.
    pub ignore_older: Option<Duration>,
    /// Longest line in bytes, its line feed included.
    pub longest_line: usize,
    /// What to do with a longer one.
    pub long_lines: LongLines,
    /// Most bytes read from one file before the next gets its turn.
    pub read_size: usize,
    /// Whether to use inotify.
    pub inotify_watcher: bool,
    /// The offset database.
    pub db: Option<PathBuf>,
    /// How SQLite waits for the disk.
    pub db_sync: Synchronous,
    /// Whether the database is kept locked for this program alone.
    pub db_locking: bool,
    /// Whether a row must have the file's name as well as its inode.
    pub db_compare_filename: bool,
    /// Files whose offset is known without a database, as [`Tail::positions`](crate::Tail::positions) gave
    /// them: a program that reads its configuration again goes on where it was.
    pub resume: BTreeMap<Identity, u64>,
    /// The number of the first file; the others follow. Give each tail of a program its own range.
    pub first_file: u64,
}

impl TailOptions {
    /// The defaults for files that match `path`.
    #[must_use]
    pub fn new(path: impl IntoIterator<Item = String>) -> Self {
        Self {
            path: path.into_iter().collect(),
            exclude_path: Vec::new(),
            base: None,
            read_from_head: false,
            read_newly_discovered_files_from_head: true,
            refresh_interval: Duration::from_mins(1),
            watcher_interval: Duration::from_secs(2),
            rotate_wait: Duration::from_secs(5),
            ignore_older: None,
            longest_line: 32 * 1024 - 1,
            long_lines: LongLines::Stop,
            read_size: 512 * 1024,
            inotify_watcher: true,
            db: None,
            db_sync: Synchronous::Normal,
            db_locking: false,
            db_compare_filename: false,
            resume: BTreeMap::new(),
            first_file: 0,
        }
    }
}
