//! `weirgate convert`

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use weirgate::api::{self, ConvertRequest};

use super::{FOUND, Release, UNUSABLE, complain, gather};

/// Write a configuration of Fluent Bit in its other form, with its comments.
///
/// Files it includes are not converted; run this for each of them.
#[derive(clap::Args)]
pub(crate) struct Convert {
    /// The file.
    #[arg(value_name = "FILE")]
    file: String,
    /// The form to write.
    #[arg(long, value_enum)]
    to: Form,
    /// The file to write; standard output without it.
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// Read the classic form as this release does.
    #[arg(long, value_name = "RELEASE")]
    compat: Option<Release>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Form {
    /// YAML
    Yaml,
    /// `[SECTION]` headers and indented `Key value` lines
    Classic,
}

impl Convert {
    pub(crate) fn run(self) -> ExitCode {
        self.convert().unwrap_or_else(|error| {
            complain(&error);
            ExitCode::from(UNUSABLE)
        })
    }

    fn convert(&self) -> Result<ExitCode, String> {
        let text = gather::read_text(&self.file)?;
        let request = ConvertRequest {
            files: [(self.file.as_str(), text.as_str())].into_iter().collect(),
            to: match self.to {
                Form::Yaml => api::Form::Yaml,
                Form::Classic => api::Form::Classic,
            },
            compat: gather::mode(self.compat),
            ..ConvertRequest::default()
        };
        let answer = api::convert(&request).map_err(|error| error.to_string())?;
        // Nobody is left to tell if standard error is closed.
        let _ = gather::complain_of(&answer.diagnostics, &self.file, &text);
        let Some(converted) = answer.text else { return Ok(ExitCode::from(FOUND)) };
        match &self.output {
            Some(path) => fs::write(path, converted).map_err(|error| format!("{path}: {error}"))?,
            None => match io::stdout().write_all(converted.as_bytes()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.to_string()),
                _ => {}
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}
