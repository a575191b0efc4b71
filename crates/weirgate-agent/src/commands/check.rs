//! `weirgate check`

use std::process::ExitCode;

use weirgate_agent::report::{self, Format};
use weirgate_agent::{Mode, Options, load};

use super::{FOUND, Release, UNUSABLE, complain};

/// Check configurations without running them.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The files, each an entry file of its own.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Check for this release of Fluent Bit.
    #[arg(long, value_name = "RELEASE")]
    compat: Option<Release>,
}

impl Check {
    pub(crate) fn run(self) -> ExitCode {
        let Self { files, format, compat } = self;
        let mut worst = ExitCode::SUCCESS;
        for file in &files {
            let mut options = Options::new(file.as_str());
            options.mode = compat.map_or(Mode::Safe, Mode::from);
            let loaded = load(&options);
            if report::write(&loaded.diagnostics, &loaded.config.sources, format).is_err() {
                return ExitCode::from(UNUSABLE);
            }
            if loaded
                .diagnostics
                .iter()
                .any(|problem| problem.code() == "unreadable-file" && problem.span().is_none())
            {
                worst = ExitCode::from(UNUSABLE);
            } else if loaded.diagnostics.iter().any(source_text::Diagnostic::is_error)
                && worst != ExitCode::from(UNUSABLE)
            {
                worst = ExitCode::from(FOUND);
            }
            if format == Format::Text
                && let Some(summary) = report::summary(&loaded.diagnostics)
            {
                complain(&format!("{file}: {summary}"));
            }
        }
        worst
    }
}
