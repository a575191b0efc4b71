//! Inputs and their options.

use super::OptionSpec as O;
use super::PluginSpec;
use super::ValueKind::{Bool, Choice, CommaList, Int, SecondsNanoseconds, Size, Text, Time};
use crate::section::SectionKind;

pub(super) const PLUGINS: &[PluginSpec] =
    &[PluginSpec::new("tail", SectionKind::Input, TAIL), PluginSpec::new("dummy", SectionKind::Input, DUMMY)];

const TAIL: &[O] = &[
    O::new("path", CommaList, None, "files to read: paths with shell patterns"),
    O::new("exclude_path", CommaList, None, "shell patterns for files not to read"),
    O::new("key", Text, Some("log"), "the field for a line no parser took apart"),
    O::new(
        "read_from_head",
        Bool,
        Some("false"),
        "whether files found at the start are read from their beginning",
    ),
    O::new("read_newly_discovered_files_from_head", Bool, Some("true"), "the same for files found later")
        .since_5_1(),
    O::new("refresh_interval", SecondsNanoseconds, Some("60"), "seconds between two searches for files"),
    O::new("watcher_interval", Time, Some("2s"), "how often rotation is looked for"),
    O::new("progress_check_interval", Time, Some("2s"), "how often unread files are looked at")
        .ignored()
        .since_5_1(),
    O::new("progress_check_interval_nsec", Int, Some("0"), "nanoseconds added to that").ignored().since_5_1(),
    O::new("fstat_interval", Text, Some("250ms"), "how often files are looked at without inotify")
        .ignored()
        .since_5_1(),
    O::new("rotate_wait", Time, Some("5"), "how long a rotated file is still read"),
    O::new("docker_mode", Bool, Some("false"), "whether split lines of Docker's log are joined"),
    O::new("docker_mode_flush", Int, Some("4"), "seconds to wait for the rest of such a line"),
    O::new("docker_mode_parser", Text, None, "the parser of the first line of a message"),
    O::new("path_key", Text, None, "the field for the path of the file"),
    O::new("offset_key", Text, None, "the field for the offset of the line"),
    O::new("ignore_older", Time, Some("0"), "do not read files older than this"),
    O::new("ignore_active_older_files", Bool, Some("false"), "stop reading files that become older")
        .ignored()
        .since_5_1(),
    O::new("buffer_chunk_size", Size, Some("32768"), "bytes read at once").ignored(),
    O::new("buffer_max_size", Size, Some("32768"), "the longest line in bytes"),
    O::new("static_batch_size", Size, Some("50M"), "bytes read from existing files in one turn").ignored(),
    O::new("event_batch_size", Size, Some("50M"), "bytes read from a growing file in one turn")
        .ignored()
        .since_5_1(),
    O::new(
        "skip_long_lines",
        Bool,
        Some("false"),
        "whether a line too long is skipped, not the file given up",
    ),
    O::new("truncate_long_lines", Bool, Some("false"), "whether a line too long is cut").since_5_1(),
    O::new("exit_on_eof", Bool, Some("false"), "whether to stop at the end of the files"),
    O::new("skip_empty_lines", Bool, Some("false"), "whether empty lines are left out"),
    O::new("keep_file_handle", Bool, Some("true"), "whether files stay open").ignored().since_5_1(),
    O::new("file_cache_advise", Bool, Some("true"), "whether the kernel is told not to cache")
        .ignored()
        .since_5_1(),
    O::new("inotify_watcher", Bool, Some("true"), "whether inotify is used"),
    O::new("parser", Text, None, "the parser of the lines"),
    O::new("tag_regex", Text, None, "a pattern for the path, whose groups the tag may use"),
    O::new("db", Text, None, "the file that keeps the offsets"),
    O::new(
        "db.sync",
        Choice(&["extra", "full", "normal", "off"]),
        Some("normal"),
        "how the database is synced",
    ),
    O::new("db.locking", Bool, Some("false"), "whether nobody else may open the database"),
    O::new("db.journal_mode", Text, Some("WAL"), "the journal of the database").ignored(),
    O::new("db.compare_filename", Bool, Some("false"), "whether the name must match, not only the inode")
        .since_5_1(),
    O::new("multiline", Bool, Some("false"), "whether lines are joined in the old way"),
    O::new("multiline_flush", Time, Some("4"), "how long to wait for the next line of a message"),
    O::new("parser_firstline", Text, None, "the parser of the first line of a message"),
    O::new("parser_", Text, None, "further parsers of a message").prefix(),
    O::new("multiline.parser", CommaList, None, "multiline parsers, tried in order").repeatable(),
    O::new("unicode.encoding", Text, None, "the Unicode encoding of the files").ignored().since_5_1(),
    O::new("generic.encoding", Text, None, "another encoding of the files").ignored().since_5_1(),
];

const DUMMY: &[O] = &[
    O::new("dummy", Text, Some(r#"{"message":"dummy"}"#), "the record to make, as JSON"),
    O::new("metadata", Text, Some("{}"), "the metadata of the record, as JSON").since_5_1(),
    O::new("samples", Int, Some("0"), "how many records to make; 0 is no limit"),
    O::new("rate", Int, Some("1"), "records a second"),
    O::new("interval_sec", Int, Some("0"), "seconds between records").since_5_1(),
    O::new("interval_nsec", Int, Some("0"), "nanoseconds added to that").since_5_1(),
    O::new("copies", Int, Some("1"), "records made at once").since_5_1(),
    O::new("start_time_sec", Int, Some("-1"), "the time of the first record in seconds"),
    O::new("start_time_nsec", Int, Some("-1"), "nanoseconds added to that"),
    O::new("fixed_timestamp", Bool, Some("off"), "whether all records have that time").since_5_1(),
    O::new("flush_on_startup", Bool, Some("false"), "whether the first record is made at once").since_5_1(),
];
