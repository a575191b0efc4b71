//! Follows log files.
//!
//! [`Tail`] finds files by pattern, reads what is appended to them, and stays with each through rename
//! rotation, copy-and-truncate, deletion and re-creation, symbolic links and restarts of the program.
//! Changes are told by inotify; without it, files are looked at in intervals. Offsets are kept in the
//! SQLite table of Fluent Bit's `tail` input ([`OffsetDb`]), so that either program can take over from the
//! other.
//!
//! The caller owns the loop: it calls [`Tail::poll`] when [`Tail::watch_fd`] is readable or
//! [`Tail::deadline`] has passed, then [`Tail::read`] as long as it has room for more, and tells with
//! [`Tail::commit`] up to which offset each file has been delivered. Nothing is stored before that.
//!
//! ```
//! use std::time::Instant;
//! use file_tail::{FileId, Handler, Line, Tail, TailOptions};
//!
//! #[derive(Default)]
//! struct Print(Vec<String>);
//! impl Handler for Print {
//!     fn line(&mut self, _: FileId, line: Line<'_>) {
//!         self.0.push(String::from_utf8_lossy(line.text()).into_owned());
//!     }
//! }
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("a.log"), "one\ntwo\n")?;
//! let mut options = TailOptions::new([format!("{}/*.log", folder.path().display())]);
//! options.read_from_head = true;
//! let mut tail = Tail::open(options)?;
//! let mut lines = Print::default();
//! tail.poll(Instant::now(), &mut lines);
//! while tail.read(&mut lines) {}
//! assert_eq!(lines.0, ["one", "two"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Files whose name ends in `.gz` are decompressed; the offsets of their lines are those in the content.
//!
//! What it does not do: parse lines, or run a thread.
#![forbid(unsafe_code)]

mod database;
mod discover;
mod error;
mod file;
mod gzip;
mod handler;
mod options;
mod rotation;
mod tail;
mod watch;

pub use database::{OffsetDb, Row, Synchronous};
pub use error::Error;
pub use handler::Handler;
pub use options::TailOptions;
pub use pipeline_core::acknowledge::FileId;
pub use pipeline_core::follow::Identity;
pub use pipeline_core::frame::{Line, LongLines};
pub use tail::{FileCounts, Tail};
