//! The program's commands, one file each.

mod check;
mod convert;
mod explain;
mod gather;
mod inputs;
mod relabel;
mod run;
mod scrape;
mod targets;
mod test;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use event_model::Compat;
use weirgate_agent::Mode;

/// The thing checked has errors.
const FOUND: u8 = 1;
/// Wrong usage, or input that cannot be read.
const UNUSABLE: u8 = 2;

#[derive(Subcommand)]
pub(crate) enum Command {
    Run(run::Run),
    Check(check::Check),
    Explain(explain::Explain),
    Relabel(relabel::Relabel),
    Targets(targets::Targets),
    Convert(convert::Convert),
    Test(test::Test),
    Scrape(scrape::Scrape),
}

impl Command {
    pub(crate) fn run(self) -> ExitCode {
        match self {
            Self::Run(run) => run.run(),
            Self::Check(check) => check.run(),
            Self::Explain(explain) => explain.run(),
            Self::Relabel(relabel) => relabel.run(),
            Self::Targets(targets) => targets.run(),
            Self::Convert(convert) => convert.run(),
            Self::Test(test) => test.run(),
            Self::Scrape(scrape) => scrape.run(),
        }
    }
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum AnswerFormat {
    /// For people, coloured on a terminal unless NO_COLOR is set.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// A release of Fluent Bit.
#[derive(Clone, Copy, ValueEnum)]
enum Release {
    /// 5.1.1
    #[value(name = "5.1")]
    V5_1,
    /// 1.8.11
    #[value(name = "1.8")]
    V1_8,
}

impl From<Release> for Mode {
    fn from(release: Release) -> Self {
        Self::FluentBit(match release {
            Release::V5_1 => Compat::V5_1,
            Release::V1_8 => Compat::V1_8,
        })
    }
}

/// Says why the program ends. A standard error that is closed cannot be told so.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "weirgate: {message}");
}
