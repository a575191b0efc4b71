//! Reading `prometheus.yml` and the files it names.

use std::path::Path;

use prometheus_config::{Config, Discovery};
use source_text::{Diagnostic, SourceMap};

use crate::error::StartError;

/// A configuration, read and checked.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoadedMetrics {
    /// What it says.
    pub config: Config,
    /// The text of its main file.
    pub text: String,
    /// Its files.
    pub sources: SourceMap,
    /// What is wrong with it. It can be used if there is no error among it.
    pub diagnostics: Vec<Diagnostic>,
}

impl LoadedMetrics {
    /// Reads `path` and the files of its `scrape_config_files`, and adds receivers of remote write by their URLs.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn read(path: &Path, remote_write: &[String]) -> Result<Self, StartError> {
        let text = read(path)?;
        let name = path.to_string_lossy().into_owned();
        let mut sources = SourceMap::new();
        let id = sources.add(name.as_str(), text.as_str());
        let parsed = prometheus_config::parse(id, &text, |name| std::env::var(name).ok());
        let (mut config, mut diagnostics) = (parsed.config, parsed.diagnostics);
        let folder = path.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        config.set_directory(&folder);
        for pattern in config.scrape_config_files.clone() {
            let files = glob::glob(&pattern)
                .map_err(|error| StartError::other(format_args!("{pattern}: {error}")))?;
            for file in files.filter_map(Result::ok) {
                let text = read(&file)?;
                let name = file.to_string_lossy().into_owned();
                let id = sources.add(name.as_str(), text.as_str());
                diagnostics.extend(config.add_scrape_configs(id, &name, &text));
            }
        }
        for url in remote_write {
            // What holds for a receiver in the file holds for this one.
            let text = format!("remote_write: [{{url: {}}}]", serde_json::Value::from(url.as_str()));
            let id = sources.add("--remote-write", text.as_str());
            let parsed = prometheus_config::parse(id, &text, |_| None);
            diagnostics.extend(parsed.diagnostics);
            config.remote_write.extend(parsed.config.remote_write);
        }
        diagnostics.extend(not_done(&config));
        Ok(Self { config, text, sources, diagnostics })
    }

    /// Whether it cannot be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What Prometheus does with a configuration and this program does not.
fn not_done(config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for job in &config.scrape_configs {
        for discovery in &job.service_discovery {
            if let Discovery::Other { field, span } = discovery {
                let message = format!("{field} finds no targets here");
                let help = "use static, file, HTTP, DNS or Kubernetes discovery";
                found.push(Diagnostic::warning("unsupported-discovery", *span, message).help(help));
            }
        }
    }
    found
}

fn read(path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|error| StartError::file(path, &error))
}
