//! How to run the agent.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;

use event_model::Compat;
use fluentbit_pipeline::Delivery;

use crate::run::Capture;

/// Whose mistakes to repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Records are what Fluent Bit 5.1.1 makes of them, and none is lost where it would lose some.
    #[default]
    Safe,
    /// A release to the letter.
    FluentBit(Compat),
}

impl Mode {
    /// What becomes of data that Fluent Bit would lose.
    #[must_use]
    pub fn delivery(self) -> Delivery {
        match self {
            Self::Safe => Delivery::Safe,
            Self::FluentBit(compat) => Delivery::FluentBit(compat),
        }
    }
}

/// What to run, and in which surroundings.
#[non_exhaustive]
pub struct Options {
    /// The entry file of the configuration.
    pub config: String,
    /// What relative paths are relative to.
    pub base: PathBuf,
    /// Variables in front of those of the process.
    pub variables: BTreeMap<String, String>,
    /// Whether variables of the process count.
    pub process_variables: bool,
    /// Whose behaviour to follow.
    pub mode: Mode,
    /// Whether to end when every file was read, as if each input had `Exit_On_Eof`.
    pub exit_on_eof: bool,
    /// Where documents go that no server takes.
    pub dead_letters: PathBuf,
    /// What `stdout` outputs write to.
    pub stdout: Box<dyn Write + Send>,
    /// Sees every record that comes out of the filters.
    pub capture: Option<Capture>,
    /// What random ids follow from.
    pub seed: u128,
}

impl Options {
    /// The defaults for the configuration `config` in the current folder.
    #[must_use]
    pub fn new(config: impl Into<String>) -> Self {
        Self {
            config: config.into(),
            base: PathBuf::new(),
            variables: BTreeMap::new(),
            process_variables: true,
            mode: Mode::default(),
            exit_on_eof: false,
            dead_letters: PathBuf::from("weirgate-rejected.jsonl"),
            stdout: Box::new(std::io::stdout()),
            capture: None,
            seed: 0,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("config", &self.config)
            .field("base", &self.base)
            .field("mode", &self.mode)
            .field("exit_on_eof", &self.exit_on_eof)
            .finish_non_exhaustive()
    }
}
