//! Samples as documents: where `--elasticsearch` sends them.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use elasticsearch_bulk::{BulkOptions, Delivery};
use elasticsearch_output::{Backoff, DeadLetters, RetryLimit, Settings};
use event_model::Compat;
use event_model::json::Style;
use fluentbit_config::{Environment, MemoryFiles};
use hyper::Uri;
use sample_documents::{DocumentWriter, Options};
use source_text::Diagnostic;
use tokio::runtime::Handle;

use crate::error::StartError;

/// A search server that gets samples as documents.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentOptions {
    /// Its address, without a user.
    pub url: String,
    /// Options of Fluent Bit's output `es`, which are read as in a classic configuration.
    pub options: Vec<DocumentOption>,
    /// Where documents go that it refuses.
    pub dead_letters: PathBuf,
}

/// An option of the output `es`: `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentOption {
    /// Its name.
    pub key: String,
    /// Its value, with variables as `${NAME}`.
    pub value: String,
}

/// What the writer of a [`DocumentOptions`] is made of.
#[derive(Debug)]
pub(super) struct Documents {
    options: DocumentOptions,
    settings: Settings,
}

impl DocumentOptions {
    /// Nothing special for the server at this address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), options: Vec::new(), dead_letters: PathBuf::from("weirgate-rejected.jsonl") }
    }
}

impl FromStr for DocumentOption {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
        let is_word = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c));
        if !is_word || value.contains(['\n', '\r']) {
            return Err("expected an option of the output es, such as Logstash_Prefix=metrics");
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl Documents {
    pub(super) fn read(options: DocumentOptions, environment: &dyn Environment) -> Result<Self, StartError> {
        const NAME: &str = "--elasticsearch";
        let text = section(&options)
            .map_err(|problem| StartError::other(format_args!("{NAME} {}: {problem}", options.url)))?;
        let files = MemoryFiles::from([(NAME, text.as_str())]);
        let (config, mut problems) = fluentbit_config::load(NAME, &files, environment, Compat::V5_1);
        let Some(output) = config.outputs.first() else {
            return Err(StartError::configuration(problems, config.sources));
        };
        let (bulk, more) = BulkOptions::from_section(output, Style::Utf8, Delivery::Safe);
        problems.extend(more);
        let (mut settings, more) = Settings::from_section(output, &config.service, bulk);
        problems.extend(more);
        if problems.iter().any(Diagnostic::is_error) {
            return Err(StartError::configuration(problems, config.sources));
        }
        for problem in &problems {
            tracing::warn!("{}", config.sources.render(problem));
        }
        settings.backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
        if output.str("retry_limit").is_none() {
            settings.retry_limit = RetryLimit::Unlimited;
        }
        Ok(Self { options, settings })
    }

    /// The server, as it is told in metrics.
    pub(super) fn url(&self) -> &str {
        &self.options.url
    }

    /// A writer with its queue below `folder`.
    pub(super) fn start(
        &self,
        runtime: &Handle,
        folder: &Path,
        external_labels: &[(String, String)],
    ) -> Result<DocumentWriter, String> {
        let problem = |error: &dyn std::fmt::Display| format!("documents for {}: {error}", self.options.url);
        let rejected = DeadLetters::open(&self.options.dead_letters)
            .map_err(|error| problem(&StartError::file(&self.options.dead_letters, &error)))?;
        let mut options =
            Options::new(super::writers::folder_for(folder, "elasticsearch", &self.options.url));
        options.external_labels = external_labels.to_vec();
        DocumentWriter::start(runtime, self.settings.clone(), options, rejected)
            .map_err(|error| problem(&error))
    }
}

/// The output section that says the same.
fn section(options: &DocumentOptions) -> Result<String, &'static str> {
    let uri = Uri::try_from(&options.url).map_err(|_| "this is no URL")?;
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("expected http://HOST:PORT or https://HOST:PORT");
    };
    if authority.as_str().contains('@') {
        return Err("a user is told by --elasticsearch-option HTTP_User=… and HTTP_Passwd=${VARIABLE}");
    }
    if uri.query().is_some() {
        return Err("no query is sent; a pipeline is told by --elasticsearch-option Pipeline=…");
    }
    let mut lines = vec![
        ("Name", "es".to_owned()),
        ("Match", "*".to_owned()),
        ("Host", authority.host().to_owned()),
        ("Port", authority.port_u16().unwrap_or(9200).to_string()),
        ("tls", if scheme == "https" { "On" } else { "Off" }.to_owned()),
    ];
    let path = uri.path().trim_end_matches('/');
    if !path.is_empty() {
        lines.push(("Path", path.to_owned()));
    }
    let says = |key: &str| options.options.iter().any(|option| option.key.eq_ignore_ascii_case(key));
    if !says("Index") && !says("Logstash_Format") {
        lines.push(("Logstash_Format", "On".to_owned()));
    }
    if !says("Logstash_Prefix") {
        lines.push(("Logstash_Prefix", "metrics".to_owned()));
    }
    let said = options.options.iter().map(|option| (option.key.as_str(), option.value.clone()));
    let lines = lines.into_iter().chain(said).map(|(key, value)| format!("    {key} {value}\n"));
    Ok(format!("[OUTPUT]\n{}", lines.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The request target, host, port and index of a server with these options, or what is wrong with it.
    fn check(url: &str, given: &[&str], expected: &str) {
        let mut options = DocumentOptions::new(url);
        options.options = given.iter().map(|option| option.parse().unwrap()).collect();
        let found = match Documents::read(options, &()) {
            Ok(Documents { settings, .. }) => format!(
                "{}:{} tls {} {} {}",
                settings.host,
                settings.port,
                settings.tls.is_some(),
                settings.bulk.request_target(),
                settings.bulk.logstash.map_or(settings.bulk.index, |index| format!("{}-*", index.prefix)),
            ),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{url} {given:?}");
    }

    #[test]
    fn servers() {
        check("http://search:9201", &[], "search:9201 tls false /_bulk metrics-*");
        check("https://search/es/", &[], "search:9200 tls true /es/_bulk metrics-*");
        check("http://[::1]:9200", &["Index=samples"], "[::1]:9200 tls false /_bulk samples");
        check("http://s", &["logstash_prefix=m", "Pipeline=p"], "s:9200 tls false /_bulk?pipeline=p m-*");
        check(
            "search:9200",
            &[],
            "--elasticsearch search:9200: expected http://HOST:PORT or https://HOST:PORT",
        );
        check(
            "http://u:p@search",
            &[],
            "--elasticsearch http://u:p@search: a user is told by --elasticsearch-option HTTP_User=… and HTTP_Passwd=${VARIABLE}",
        );
    }

    #[test]
    fn options() {
        assert!("Index=a=b".parse::<DocumentOption>().is_ok_and(|option| option.value == "a=b"));
        for wrong in ["Index", "=x", "In dex=x", "Index=x\n[OUTPUT]"] {
            assert!(wrong.parse::<DocumentOption>().is_err(), "{wrong}");
        }
        let mut options = DocumentOptions::new("http://search");
        options.options = vec!["Indx=x".parse().unwrap()];
        let error = Documents::read(options, &()).unwrap_err().to_string();
        assert!(error.contains("Indx"), "{error}");
    }
}
