//! From a `tail` section to a running tail.

use std::collections::BTreeMap;
use std::path::Path;

use file_tail::{FileId, Identity, Synchronous, TailOptions};
use fluentbit_pipeline::TailInput;

/// Each input has its own range of file numbers.
const FILES_PER_INPUT: u64 = 1 << 40;

/// The input a file belongs to.
pub(crate) fn input_of(file: FileId) -> usize {
    usize::try_from(file.0 / FILES_PER_INPUT).unwrap_or(usize::MAX)
}

/// The settings of the input at `index`.
pub(crate) fn tail_options(
    input: &TailInput,
    index: usize,
    base: &Path,
    resume: &BTreeMap<Identity, u64>,
) -> TailOptions {
    let mut options = TailOptions::new(input.path.iter().cloned());
    options.exclude_path.clone_from(&input.exclude_path);
    options.base = (!base.as_os_str().is_empty()).then(|| base.to_owned());
    options.read_from_head = input.read_from_head;
    options.read_newly_discovered_files_from_head = input.read_newly_discovered_files_from_head;
    options.refresh_interval = input.refresh_interval;
    options.watcher_interval = input.watcher_interval;
    options.rotate_wait = input.rotate_wait;
    options.ignore_older = input.ignore_older;
    options.longest_line = input.longest_line;
    options.long_lines = input.long_lines;
    options.inotify_watcher = input.inotify_watcher;
    options.db = input.db.as_ref().map(|path| base.join(path));
    options.db_sync = match input.db_sync.as_str() {
        "off" => Synchronous::Off,
        "full" => Synchronous::Full,
        "extra" => Synchronous::Extra,
        _ => Synchronous::Normal,
    };
    options.db_locking = input.db_locking;
    options.db_compare_filename = input.db_compare_filename;
    options.resume.clone_from(resume);
    options.first_file = index as u64 * FILES_PER_INPUT;
    options
}
