//! Checks any file Weirgate knows: Fluent Bit and Prometheus configurations, Kubernetes manifests that hold
//! them, and expositions; and repairs what can be repaired.
//!
//! ```
//! use config_check::{Kind, Options, check};
//! use fluentbit_config::MemoryFiles;
//!
//! let manifest = "\
//! apiVersion: v1
//! kind: ConfigMap
//! metadata:
//!   name: fluent-bit
//! data:
//!   fluent-bit.conf: |
//!     [SERVICE]
//!         Flush 5
//!     [OUTPTU]
//!         Name stdout
//! ";
//! let files = MemoryFiles::from([("logging.yaml", manifest)]);
//! let report = check("logging.yaml", &files, &Options::default()).unwrap();
//! assert_eq!(report.kind, Kind::Kubernetes);
//! assert_eq!(
//!     report.sources.render(&report.diagnostics[0]),
//!     "logging.yaml:9:6: warning[unknown-section]: unknown section `OUTPTU`"
//! );
//! ```
//!
//! [`fix`] repeats that with the fixes applied. [`lints`] has what is behind each code. A comment
//! `# weirgate: allow CODE` silences a warning: see [`check`].
//!
//! What it does not do: read files or the environment (both are arguments), print, or run a configuration.
#![forbid(unsafe_code)]

mod allow;
mod exposition;
mod fix;
mod fluentbit;
mod json;
mod kind;
mod lints;
mod manifest;
mod opentelemetry;
mod page;
mod prometheus;
mod reference;
mod tags;

use std::fmt;
use std::sync::Arc;

use fluentbit_config::{Config, Environment, Files, ReadError};
use fluentbit_parser::time::TimeZone;
use fluentbit_pipeline::Pipeline;
use source_text::{Diagnostic, Severity, SourceId, SourceMap};

pub use fix::{Change, Fixed, fix};
pub use fluentbit::load_fluentbit;
pub use fluentbit_pipeline::Delivery;
pub use json::to_json;
pub use kind::Kind;
pub use lints::{lint_codes, lints};
pub use page::{example_files, page, pages};
pub use reference::reference;

/// How to check.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Options<'a> {
    /// What the file is; `None` to tell that from its name and content.
    pub kind: Option<Kind>,
    /// Whose behaviour a Fluent Bit configuration is checked for.
    pub delivery: Delivery,
    /// Whether to report what is only worth knowing, too.
    pub notes: bool,
    /// The variables that configurations refer to.
    pub environment: &'a (dyn Environment + 'a),
    /// The local time zone, for parsers with `Time_System_Timezone`; UTC without it.
    pub zone: Option<&'a Arc<dyn TimeZone>>,
    /// What the program that is to run a Fluent Bit configuration finds wrong with it besides.
    pub runner: Option<&'a Runner>,
    /// Checks the files in a manifest that are of a kind this build leaves out (see the crate's features).
    pub elsewhere: Option<&'a Elsewhere<'a>>,
}

/// Checks the text of a file of this name, whose places are in this source.
pub type Elsewhere<'a> = dyn Fn(Kind, &str, &str, SourceId) -> Vec<Diagnostic> + 'a;

/// Looks at a Fluent Bit configuration and what was made of it, and says what is wrong.
pub type Runner = dyn Fn(&Config, &Pipeline) -> Vec<Diagnostic>;

impl Default for Options<'_> {
    /// Any kind of file, checked for the agent, without notes and variables.
    fn default() -> Self {
        Self {
            kind: None,
            delivery: Delivery::Safe,
            notes: false,
            environment: &(),
            zone: None,
            runner: None,
            elsewhere: None,
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("kind", &self.kind)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// What was found in a file and in those it includes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// What the file is.
    pub kind: Kind,
    /// Its text, and that of all files it includes.
    pub sources: SourceMap,
    /// What is wrong, by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Whether something is wrong that keeps the file from being used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// A file cannot be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckError {
    /// It cannot be read.
    Unreadable(ReadError),
    /// Neither its name nor its content tells what it is.
    UnknownKind,
    /// It has no text that could be checked: a program, an archive, or a text in UTF-16.
    Binary,
    /// It is of a kind that this build leaves out (see the crate's features).
    LeftOut(Kind),
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(reason) => reason.fmt(f),
            Self::Binary => f.write_str("this is a binary file, or a text in UTF-16; expected UTF-8"),
            Self::UnknownKind => write!(
                f,
                "nothing tells what this file is; expected one of {}",
                Kind::ALL.map(Kind::as_str).join(", ")
            ),
            Self::LeftOut(kind) => write!(f, "this build does not check files of the kind {kind}"),
        }
    }
}

impl std::error::Error for CheckError {}

/// Checks the file called `name`, one of `files`, and what it includes.
///
/// A comment `# weirgate: allow CODE` or `# weirgate: allow CODE, CODE` silences warnings and notes with these
/// codes: on its own line if something stands before it, on the next line that has content otherwise, and in
/// the whole file if nothing but comments stands before it. One that silences nothing is reported
/// (`unused-allow`). Errors cannot be silenced.
///
/// # Errors
///
/// When the file cannot be read, or it is not clear what it is.
pub fn check(name: &str, files: &dyn Files, options: &Options<'_>) -> Result<Report, CheckError> {
    let bytes = files.read(name).map_err(CheckError::Unreadable)?;
    let kind = options.kind.or_else(|| Kind::detect(name, &bytes)).ok_or(CheckError::UnknownKind)?;
    if kind != Kind::Exposition && bytes.contains(&0) && std::str::from_utf8(&bytes).is_err() {
        return Err(CheckError::Binary);
    }
    let mut report = match kind {
        Kind::FluentBit if cfg!(feature = "fluent-bit") => fluentbit::check(name, files, options),
        Kind::Kubernetes if cfg!(feature = "fluent-bit") => manifest::check(name, &bytes, options),
        Kind::Prometheus if cfg!(feature = "prometheus") => prometheus::check(name, &bytes, files, options),
        Kind::OpenTelemetry if cfg!(feature = "prometheus") => opentelemetry::check(name, &bytes),
        Kind::Exposition if cfg!(feature = "prometheus") => exposition::check(name, &bytes),
        kind => return Err(CheckError::LeftOut(kind)),
    };
    debug_assert!(
        report.diagnostics.iter().all(|problem| lints().any(|lint| lint.code == problem.code())),
        "a code without an entry in a table: {:?}",
        report.diagnostics
    );
    report.diagnostics.retain(|problem| options.notes || problem.severity() != Severity::Info);
    report.diagnostics.sort_by_key(Diagnostic::span);
    Ok(report)
}
