//! Configurations of Fluent Bit, read from memory.

use std::collections::BTreeMap;

use event_model::Compat;
use fluentbit_config::{Config, Environment, Files as ConfigFiles, MemoryFiles, ReadError};
use fluentbit_parser::time::iana_time_zone;
use fluentbit_pipeline::{Delivery, Pipeline};
use serde::{Deserialize, Serialize};
use source_text::{Diagnostic, Severity};

use super::{Error, Files};

/// Whose mistakes to repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Mode {
    /// Records are what Fluent Bit 5.1.1 makes of them, and none is lost where it would lose some.
    #[default]
    #[serde(rename = "safe")]
    Safe,
    /// Fluent Bit 5.1.1 to the letter.
    #[serde(rename = "5.1")]
    V5_1,
    /// Fluent Bit 1.8.11 to the letter.
    #[serde(rename = "1.8")]
    V1_8,
}

impl Mode {
    /// The release whose records these are.
    #[must_use]
    pub fn compat(self) -> Compat {
        if self == Self::V1_8 { Compat::V1_8 } else { Compat::V5_1 }
    }

    /// What becomes of data that the release would lose.
    #[must_use]
    pub fn delivery(self) -> Delivery {
        if self == Self::Safe { Delivery::Safe } else { Delivery::FluentBit(self.compat()) }
    }
}

/// The usual names of entry files.
pub(super) const MAIN: [&str; 3] = ["fluent-bit.conf", "fluent-bit.yaml", "fluent-bit.yml"];

/// A configuration made ready.
pub(super) struct Loaded {
    pub(super) config: Config,
    pub(super) pipeline: Pipeline,
    /// What is wrong, by place.
    pub(super) problems: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether it can be run.
    pub(super) fn starts(&self) -> bool {
        !self.problems.iter().any(Diagnostic::is_error)
    }
}

/// Reads the configuration whose entry file is `main`.
pub(super) fn load(
    files: &dyn ConfigFiles,
    main: &str,
    environment: &BTreeMap<String, String>,
    mode: Mode,
) -> Loaded {
    let mut options = config_check::Options::default();
    let variables = Variables(environment);
    options.delivery = mode.delivery();
    options.environment = &variables;
    let zone = environment.get("TZ").and_then(|name| iana_time_zone(name.trim_start_matches(':')));
    options.zone = zone.as_ref();
    let (config, pipeline, mut problems) = config_check::load_fluentbit(main, files, &options);
    let unknown = environment.get("TZ").filter(|name| zone.is_none() && !matches!(name.as_str(), "" | "UTC"));
    if let Some(name) = unknown
        && config.parsers.iter().any(|parser| matches!(parser.bool("time_system_timezone", false), Ok(true)))
    {
        let message =
            format!("the variable TZ names the time zone `{name}`, which is not known here; times are UTC");
        problems.push(Diagnostic::new(Severity::Warning, "invalid-time-zone", message));
    }
    Loaded { config, pipeline, problems }
}

/// The name of the entry file.
pub(super) fn main(files: &Files, asked: Option<&str>) -> Result<String, Error> {
    files.main(asked, &MAIN)
}

pub(super) struct Variables<'a>(pub(super) &'a BTreeMap<String, String>);

impl Environment for Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// Files in a folder that relative names are relative to.
pub(super) struct Folder {
    path: String,
    files: MemoryFiles,
}

impl Folder {
    pub(super) fn new(path: Option<&str>, files: &Files) -> Self {
        let path = path.unwrap_or_default().trim_end_matches('/').to_owned();
        let mut folder = Self { path, files: MemoryFiles::new() };
        for (name, content) in files.iter() {
            let name = folder.join(name);
            folder.files.insert(&name, content.bytes());
        }
        folder
    }

    /// A name as seen from the root.
    pub(super) fn join(&self, name: &str) -> String {
        if name.starts_with('/') || self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.path)
        }
    }
}

impl Folder {
    /// A name as seen from this folder, if it is below.
    pub(super) fn below<'n>(&self, name: &'n str) -> &'n str {
        let rest = name.strip_prefix(self.path.as_str()).filter(|_| !self.path.is_empty());
        rest.and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
    }
}

impl ConfigFiles for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.files.read(&self.join(path))
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        self.files.glob(&self.join(pattern))
    }

    fn identity(&self, path: &str) -> String {
        self.files.identity(&self.join(path))
    }
}
