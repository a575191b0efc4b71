//! The agent as a library: Fluent Bit's log pipeline on this machine's files.
//!
//! ```
//! use weirgate_agent::{Control, Options, run};
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("a.log"), "hello\n")?;
//! std::fs::write(
//!     folder.path().join("fluent-bit.conf"),
//!     "[INPUT]\n    Name tail\n    Path *.log\n    Tag app\n    Read_from_Head On\n\
//!      [OUTPUT]\n    Name file\n    Match *\n    File out.txt\n    Format plain\n",
//! )?;
//! let mut options = Options::new("fluent-bit.conf");
//! options.base = folder.path().to_owned();
//! options.exit_on_eof = true;
//! run(options, &Control::new()?)?;
//! assert_eq!(std::fs::read_to_string(folder.path().join("out.txt"))?, "{\"log\":\"hello\"}\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it does not do: parse, filter or render (see `fluentbit-pipeline`), or judge what a server answers
//! (see `elasticsearch-bulk`).
#![forbid(unsafe_code)]

mod agent;
mod chunks;
mod control;
mod destination;
mod error;
mod files;
pub mod http;
mod input;
mod metadata;
mod metrics;
mod options;
pub mod paint;
pub mod report;
mod run;
mod scraping;
mod search;
mod status;
mod unwritten;
mod wake;

pub use agent::{Loaded, connection_problems, load, run, run_loaded};
pub use control::Control;
pub use error::StartError;
pub use files::{Disk, Variables};
pub use options::{Mode, Options};
pub use run::Capture;
pub use scraping::{DocumentOption, DocumentOptions, LoadedMetrics, MetricsOptions, run_metrics};
