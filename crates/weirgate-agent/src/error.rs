//! Why the agent does not start.

use std::fmt;
use std::io;
use std::path::Path;

use source_text::{Diagnostic, SourceMap};

/// The agent does not start.
#[derive(Debug)]
pub struct StartError(Kind);

#[derive(Debug)]
enum Kind {
    Configuration(Vec<Diagnostic>, Box<SourceMap>),
    Other(String),
}

impl StartError {
    pub(crate) fn configuration(diagnostics: Vec<Diagnostic>, sources: SourceMap) -> Self {
        Self(Kind::Configuration(diagnostics, Box::new(sources)))
    }

    pub(crate) fn other(message: impl fmt::Display) -> Self {
        Self(Kind::Other(message.to_string()))
    }

    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::other(format_args!("cannot open {}: {error}", path.display()))
    }

    /// What is wrong with the configuration, and its files, if that is the reason.
    #[must_use]
    pub fn diagnostics(&self) -> Option<(&[Diagnostic], &SourceMap)> {
        match &self.0 {
            Kind::Configuration(diagnostics, sources) => Some((diagnostics, sources)),
            Kind::Other(_) => None,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Configuration(diagnostics, sources) => {
                let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
                let lines: Vec<String> = errors.map(|error| sources.render(error)).collect();
                f.write_str(&lines.join("\n"))
            }
            Kind::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for StartError {}
