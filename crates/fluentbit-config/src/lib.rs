//! Fluent Bit's configuration: both its forms to one spanned tree, and that to typed settings.
//!
//! A configuration is read the way Fluent Bit reads it, release 5.1.1 or 1.8.11 ([`Compat`]), and what that
//! release would refuse, or accept with a meaning nobody meant, is a diagnostic with file, line and column.
//!
//! ```
//! use fluentbit_config::{Compat, MemoryFiles, load};
//!
//! let files = MemoryFiles::from([(
//!     "fluent-bit.conf",
//!     "[INPUT]\n    Name tail\n    Path /var/log/app.log\n    Tag app # the shop\n",
//! )]);
//! let (config, problems) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
//! assert_eq!(config.inputs[0].str("tag"), Some("app # the shop"));
//! assert_eq!(
//!     config.sources.render(&problems[0]),
//!     "fluent-bit.conf:4:13: warning[inline-comment]: `#` does not start a comment here: it is part of the value"
//! );
//! ```
//!
//! Any text may be given: nothing panics, and memory and time grow in proportion to the text of the files read,
//! at most 1000 from one entry, and to what variables expand to, at most 64 MiB.
//!
//! What it does not do: read files or environment variables (they are arguments, [`Files`] and
//! [`Environment`]), compile patterns, check that hosts exist, or run anything.
#![forbid(unsafe_code)]

mod check;
mod classic;
mod environment;
mod files;
mod lints;
mod load;
pub mod schema;
mod section;
mod tree;
pub mod value;
mod write;
mod yaml;

pub use check::{is_found_by_dry_run, notes};
pub use classic::parse as parse_classic;
pub use environment::Environment;
pub use event_model::Compat;
pub use files::{Files, MemoryFiles, ReadError};
pub use lints::{lint_codes, lints};
pub use load::{Config, load};
pub use section::{Group, Property, Section, SectionKind};
pub use tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text};
pub use write::{write_classic, write_yaml};
pub use yaml::parse as parse_yaml;
