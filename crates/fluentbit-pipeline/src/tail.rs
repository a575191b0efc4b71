//! The `tail` input: which files, which tag, and how lines become records.

use std::sync::Arc;
use std::time::Duration;

use elasticsearch_bulk::Delivery;
use event_model::Compat;
use fluentbit_config::Section;
use fluentbit_config::value::split_commas;
use fluentbit_parser::multiline::MultilineSet;
use fluentbit_parser::{Parser, ParserSet, compile_pattern};
use kubernetes_tag::{TagError, TagTemplate};
use pipeline_core::frame::LongLines;
use source_text::Diagnostic;

use crate::joining::Joining;
use crate::stream::Stream;

/// A `tail` input of the configuration. The options carry Fluent Bit's names; times that are not set have the
/// defaults of 5.1.1.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TailInput {
    /// Its `Alias`, or `tail.N`.
    pub name: String,
    /// Patterns of files to follow.
    pub path: Vec<String>,
    /// Patterns of files to leave out.
    pub exclude_path: Vec<String>,
    /// Whether the files of the first scan are read from their start.
    pub read_from_head: bool,
    /// Whether files found later are.
    pub read_newly_discovered_files_from_head: bool,
    /// Time between scans.
    pub refresh_interval: Duration,
    /// Time between looks at files.
    pub watcher_interval: Duration,
    /// How long a rotated file is followed.
    pub rotate_wait: Duration,
    /// Files not changed for longer are left alone.
    pub ignore_older: Option<Duration>,
    /// Longest line with its line feed, in bytes.
    pub longest_line: usize,
    /// What to do with a longer one.
    pub long_lines: LongLines,
    /// Whether the pipeline ends when every file was read.
    pub exit_on_eof: bool,
    /// Whether to use inotify.
    pub inotify_watcher: bool,
    /// The offset database.
    pub db: Option<String>,
    /// `DB.sync`, in lower case.
    pub db_sync: String,
    /// Whether the database is locked.
    pub db_locking: bool,
    /// Whether a row must have the file's name.
    pub db_compare_filename: bool,
    /// Bytes that may be on their way to outputs.
    pub mem_buf_limit: Option<usize>,
    pub(crate) tag: TagTemplate,
    pub(crate) shape: Arc<Shape>,
    pub(crate) joining: Option<Arc<Joining>>,
    delivery: Delivery,
}

/// How a line becomes a record.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The key of a line that no parser takes apart.
    pub(crate) key: Box<[u8]>,
    pub(crate) path_key: Option<Box<[u8]>>,
    pub(crate) offset_key: Option<Box<[u8]>>,
    pub(crate) skip_empty_lines: bool,
    pub(crate) parser: Option<Arc<Parser>>,
    pub(crate) compat: Compat,
    pub(crate) odd_times: OddTimes,
}

/// What becomes of a record from before 1970 or after 2106: Fluent Bit has 32 bits for seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OddTimes {
    /// It stays as it is (safe).
    Keep,
    /// It is gone (5.1.1).
    Drop,
    /// Its time is the lower 32 bits (1.8.11).
    Wrap,
}

impl TailInput {
    /// Reads a section. What is wrong with its values goes to `problems`.
    pub(crate) fn from_section(
        section: &Section,
        name: String,
        (parsers, multiline): (&ParserSet, &MultilineSet),
        delivery: Delivery,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut bool = |key, default| {
            section.bool(key, default).unwrap_or_else(|problem| {
                problems.push(*problem);
                default
            })
        };
        let read_from_head = bool("read_from_head", false);
        let new_from_head = bool("read_newly_discovered_files_from_head", true);
        let skip_long_lines = bool("skip_long_lines", false);
        let truncate_long_lines = bool("truncate_long_lines", false);
        let exit_on_eof = bool("exit_on_eof", false);
        let inotify_watcher = bool("inotify_watcher", true);
        let db_locking = bool("db.locking", false);
        let db_compare_filename = bool("db.compare_filename", false);
        let skip_empty_lines = bool("skip_empty_lines", false);
        let seconds = |key, default: f64| {
            Duration::try_from_secs_f64(section.double(key, default))
                .unwrap_or(Duration::from_secs_f64(default))
        };
        let list = |key| -> Vec<String> {
            section.str(key).map(|text| split_commas(text).map(str::to_owned).collect()).unwrap_or_default()
        };
        let owned = |key| section.str(key).map(|text| Box::from(text.as_bytes()));
        let parser = section.str("parser").and_then(|name| parsers.get(name));
        let shape = Arc::new(Shape {
            key: owned("key").unwrap_or_else(|| Box::from(&b"log"[..])),
            path_key: owned("path_key"),
            offset_key: owned("offset_key"),
            skip_empty_lines,
            parser,
            compat: section.compat,
            odd_times: match (delivery, section.compat) {
                (Delivery::Safe, _) => OddTimes::Keep,
                (_, Compat::V1_8) => OddTimes::Wrap,
                _ => OddTimes::Drop,
            },
        });
        let buffer = usize::try_from(section.size("buffer_max_size", 32 * 1024)).unwrap_or(usize::MAX);
        let ignore_older = section.time("ignore_older", 0);
        Self {
            tag: tag_template(section, &name, problems),
            name,
            path: list("path"),
            exclude_path: list("exclude_path"),
            read_from_head,
            read_newly_discovered_files_from_head: new_from_head || section.compat == Compat::V1_8,
            refresh_interval: seconds("refresh_interval", 60.0).max(Duration::from_millis(1)),
            watcher_interval: seconds("watcher_interval", 2.0).max(Duration::from_millis(1)),
            rotate_wait: seconds("rotate_wait", 5.0),
            ignore_older: u64::try_from(ignore_older).ok().filter(|age| *age > 0).map(Duration::from_secs),
            longest_line: buffer.saturating_sub(1),
            long_lines: match (truncate_long_lines, skip_long_lines) {
                (true, _) => LongLines::Truncate,
                (false, true) => LongLines::Skip,
                (false, false) => LongLines::Stop,
            },
            exit_on_eof,
            inotify_watcher,
            db: section.str("db").map(str::to_owned),
            db_sync: section.str("db.sync").unwrap_or("normal").to_ascii_lowercase(),
            db_locking,
            db_compare_filename,
            mem_buf_limit: section
                .str("mem_buf_limit")
                .map(|_| usize::try_from(section.size("mem_buf_limit", u64::MAX)).unwrap_or(usize::MAX)),
            joining: Joining::from_section(section, parsers, multiline, problems).map(Arc::new),
            delivery,
            shape,
        }
    }

    /// Whether the followed release forgets messages that are open when it ends: `multiline.parser` of 1.8.11
    /// does.
    #[must_use]
    pub fn forgets_messages(&self) -> bool {
        let multiline = matches!(self.joining.as_deref(), Some(Joining::Multiline(_)));
        multiline && self.delivery == Delivery::FluentBit(Compat::V1_8)
    }

    /// Whether lines can wait for others of their message.
    #[must_use]
    pub fn joins_lines(&self) -> bool {
        self.joining.is_some()
    }

    /// The parser of single lines, if there is one.
    #[must_use]
    pub fn parser(&self) -> Option<&Arc<Parser>> {
        self.shape.parser.as_ref()
    }

    /// The tag of the records of the file called `path`.
    ///
    /// # Errors
    ///
    /// When `Tag_Regex` does not match: such a file is not followed.
    pub fn tag(&self, path: &str) -> Result<Vec<u8>, TagError> {
        self.tag.tag(path.as_bytes())
    }

    /// What turns the lines of the file called `path` into records.
    #[must_use]
    pub fn stream(&self, path: &str) -> Stream {
        Stream::new(Arc::clone(&self.shape), self.joining.clone(), path)
    }
}

fn tag_template(section: &Section, name: &str, problems: &mut Vec<Diagnostic>) -> TagTemplate {
    let tag = section.str("tag").unwrap_or(name);
    let regex = section.get("tag_regex").filter(|property| !property.value.is_empty()).and_then(|property| {
        compile_pattern(&property.value, section.compat)
            .inspect_err(|error| {
                let message = format!("`Tag_Regex` does not compile: {error}");
                problems.push(
                    Diagnostic::warning("invalid-regex", property.value_span, message)
                        .help("Fluent Bit ignores such a `Tag_Regex`"),
                );
            })
            .ok()
    });
    TagTemplate::new(tag, regex)
}
