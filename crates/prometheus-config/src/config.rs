//! The file as a whole.

use std::collections::{BTreeMap, HashMap};

use prometheus_labels::quoted;
use source_text::yaml::{self, Node};
use source_text::{Diagnostic, Severity, SourceId, Span};

use crate::decode::{Decoder, problem, section};
use crate::discovery::is_pattern;
use crate::other::{self, Alerting};
use crate::remote_write::RawRemoteWrite;
use crate::scrape::RawScrapeConfig;
use crate::{Fields, Global, RemoteWrite, ScrapeConfig, environment, http, lints};

/// A configuration, with defaults and inheritance applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Where the sections stand. Those that have no field here, such as `alerting`, are checked too.
    pub fields: Fields,
    /// What holds for all jobs.
    pub global: Global,
    /// Files with rules; the last part of a path may have a `*`.
    pub rule_files: Vec<String>,
    /// Files with more jobs; the last part of a path may have a `*`. See [`Config::add_scrape_configs`].
    pub scrape_config_files: Vec<String>,
    /// The jobs.
    pub scrape_configs: Vec<ScrapeConfig>,
    /// Where samples are sent.
    pub remote_write: Vec<RemoteWrite>,
    /// The files that jobs were added from, by job.
    origins: BTreeMap<String, String>,
}

/// A configuration and what is wrong with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parsed {
    /// What could be read. With errors it is not what the file means.
    pub config: Config,
    /// All problems. The first error has the message with which Prometheus rejects the file, unless that is
    /// one about YAML or a wrong type.
    pub diagnostics: Vec<Diagnostic>,
    /// What is worth knowing although nothing is wrong.
    pub notes: Vec<Diagnostic>,
}

impl Parsed {
    /// The configuration if Prometheus would accept it, and all problems otherwise.
    ///
    /// # Errors
    /// When at least one of the problems is an error.
    pub fn into_result(self) -> Result<Config, Vec<Diagnostic>> {
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            Err(self.diagnostics)
        } else {
            Ok(self.config)
        }
    }
}

/// Reads a configuration. `environment` gives the variables that external labels refer to.
///
/// Only the first YAML document counts, as in Prometheus.
#[must_use]
pub fn parse(source: SourceId, text: &str, environment: impl Fn(&str) -> Option<String>) -> Parsed {
    let mut decoder = Decoder::new(text);
    let root = match first_document(&mut decoder, source, text) {
        Ok(root) => root,
        Err(problem) => {
            return Parsed { config: Config::default(), diagnostics: vec![*problem], notes: Vec::new() };
        }
    };
    let mut config = match &root {
        Some(root) if !root.is_null() => Config::decode(&mut decoder, root),
        _ => Config::default(),
    };
    let expand = |name: &str| match name {
        "$" => "$".to_owned(),
        _ => environment(name).unwrap_or_default(),
    };
    for (_, value) in &mut config.global.external_labels {
        *value = environment::expand(value, expand);
    }
    let (notes, diagnostics) =
        decoder.finish().into_iter().partition(|problem| problem.severity() == Severity::Info);
    Parsed { config, diagnostics, notes }
}

impl Config {
    /// Adds the jobs of one of the `scrape_config_files`, `name` with the text `text`, and gives what is
    /// wrong with it. With an error, nothing is added.
    ///
    /// Paths in the file are relative to its own folder.
    pub fn add_scrape_configs(&mut self, source: SourceId, name: &str, text: &str) -> Vec<Diagnostic> {
        let mut decoder = Decoder::new(text);
        let root = match first_document(&mut decoder, source, text) {
            Ok(root) => root,
            Err(problem) => return vec![*problem],
        };
        let mut raw = Vec::new();
        if let Some(root) = &root {
            section!(decoder, root, "a file of scrape configurations", value {
                "scrape_configs" => raw = scrape_configs(&mut decoder, value),
            });
        }
        let mut origins = self.origins.clone();
        for config in &self.scrape_configs {
            origins.entry(config.job_name.clone()).or_insert_with(|| "main config file".to_owned());
        }
        let mut added = Vec::new();
        for (node, config) in raw {
            let Some(config) = config else {
                decoder.late(empty_section(node));
                continue;
            };
            let config = config.finish(&mut decoder, &self.global);
            lints::check(&mut decoder, &config);
            added.push(config);
        }
        for config in &added {
            let job = quoted(&config.job_name);
            if let Some(first) = origins.get(&config.job_name) {
                let message =
                    format!("found multiple scrape configs with job name {job}, first found in {first}");
                decoder.late(problem("duplicate-job-name", &config.fields, "job_name", message));
            }
            origins.insert(config.job_name.clone(), quoted(name).to_string());
        }
        let mut diagnostics = decoder.finish();
        diagnostics.retain(|problem| problem.severity() != Severity::Info);
        if !diagnostics.iter().any(Diagnostic::is_error) {
            let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
            added.iter_mut().for_each(|config| config.set_directory(directory));
            self.scrape_configs.extend(added);
            self.origins = origins;
        }
        diagnostics
    }

    /// Puts `directory`, the one the file was read from, in front of all paths in it that are not absolute.
    pub fn set_directory(&mut self, directory: &str) {
        let global = &mut self.global;
        for file in self.rule_files.iter_mut().chain(&mut self.scrape_config_files) {
            http::join(directory, file);
        }
        http::join(directory, &mut global.scrape_failure_log_file);
        http::join(directory, &mut global.query_log_file);
        self.scrape_configs.iter_mut().for_each(|config| config.set_directory(directory));
        self.remote_write.iter_mut().for_each(|config| config.set_directory(directory));
    }

    fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mut config = Self::default();
        let mut jobs = Vec::new();
        let mut alerting = Alerting::default();
        let mut writes = Vec::new();
        let mut reads = Vec::new();
        let mut strategy = (String::new(), Fields::default());
        config.fields = section!(decoder, node, "the configuration", value {
            "global" => config.global = Global::decode(decoder, value),
            "runtime" => other::runtime(decoder, value),
            "alerting" => alerting = Alerting::decode(decoder, value),
            "rule_files" => config.rule_files = decoder.strings(value).unwrap_or_default(),
            "scrape_config_files" => config.scrape_config_files = decoder.strings(value).unwrap_or_default(),
            "scrape_configs" => jobs = scrape_configs(decoder, value),
            "storage" => other::storage(decoder, value),
            "tracing" => other::tracing(decoder, value),
            "remote_write" => {
                for item in decoder.list(value, "remote_write").unwrap_or_default() {
                    let write = if item.is_null() { None } else { RawRemoteWrite::decode(decoder, item) };
                    writes.push((item, write));
                }
            },
            "remote_read" => {
                for item in decoder.list(value, "remote_read").unwrap_or_default() {
                    reads.push((item, (!item.is_null()).then(|| other::remote_read(decoder, item))));
                }
            },
            "otlp" => strategy = other::otlp(decoder, value),
        });
        config.check_files(decoder);
        config.finish_jobs(decoder, jobs);
        let scheme = config.global.metric_name_validation_scheme;
        alerting.finish(decoder, scheme);
        config.finish_writes(decoder, writes);
        finish_reads(decoder, &reads);
        other::check_strategy(decoder, &strategy.0, &strategy.1, scheme);
        config
    }

    fn check_files(&self, decoder: &mut Decoder) {
        for (files, field, what) in [
            (&self.rule_files, "rule_files", "rule file path"),
            (&self.scrape_config_files, "scrape_config_files", "scrape config file path"),
        ] {
            for file in files.iter().filter(|file| !is_pattern(file)) {
                let message = format!("invalid {what} {}", quoted(file));
                let help = "`*` may only stand in the last part of a path";
                decoder.late(problem("invalid-path", &self.fields, field, message).help(help));
            }
        }
    }

    fn finish_jobs(&mut self, decoder: &mut Decoder, jobs: Vec<(&Node, Option<RawScrapeConfig>)>) {
        let mut places = HashMap::new();
        for (node, job) in jobs {
            let Some(job) = job else {
                decoder.late(empty_section(node));
                continue;
            };
            let name = job.job_name().to_owned();
            let place = job.fields().place("job_name");
            let config = job.finish(decoder, &self.global);
            lints::check(decoder, &config);
            self.scrape_configs.push(config);
            let message = format!("found multiple scrape configs with job name {}", quoted(&name));
            if let Some(first) = places.insert(name, place) {
                decoder.late(
                    Diagnostic::error("duplicate-job-name", place, message).label(first, "first used here"),
                );
            }
        }
    }

    fn finish_writes(&mut self, decoder: &mut Decoder, writes: Vec<(&Node, Option<RawRemoteWrite>)>) {
        let mut names = HashMap::new();
        for (node, write) in writes {
            let Some(write) = write else {
                if node.is_null() {
                    let message = "empty or null remote write config section";
                    decoder.late(Diagnostic::error("empty-section", node.span, message));
                }
                continue;
            };
            check_name(decoder, &mut names, write.name(), write.fields(), "write");
            self.remote_write.push(write.finish(decoder, self.global.metric_name_validation_scheme));
        }
    }
}

fn finish_reads(decoder: &mut Decoder, reads: &[(&Node, Option<(String, Fields)>)]) {
    let mut names = HashMap::new();
    for (node, read) in reads {
        match read {
            Some((name, fields)) => check_name(decoder, &mut names, name, fields, "read"),
            None => {
                let message = "empty or null remote read config section";
                decoder.late(Diagnostic::error("empty-section", node.span, message));
            }
        }
    }
}

fn check_name(
    decoder: &mut Decoder,
    names: &mut HashMap<String, Span>,
    name: &str,
    fields: &Fields,
    what: &str,
) {
    let place = fields.place("name");
    if let Some(first) = names.insert(name.to_owned(), place)
        && !name.is_empty()
    {
        let message = format!("found multiple remote {what} configs with job name {}", quoted(name));
        decoder.late(Diagnostic::error("duplicate-name", place, message).label(first, "first used here"));
    }
}

fn scrape_configs<'n>(decoder: &mut Decoder, node: &'n Node) -> Vec<(&'n Node, Option<RawScrapeConfig>)> {
    let items = decoder.list(node, "scrape configurations").unwrap_or_default();
    items
        .iter()
        .map(|item| (item, (!item.is_null()).then(|| RawScrapeConfig::decode(decoder, item))))
        .collect()
}

fn empty_section(node: &Node) -> Diagnostic {
    Diagnostic::error("empty-section", node.span, "empty or null scrape config section")
}

/// The first document, with a warning when there is more.
fn first_document(
    decoder: &mut Decoder,
    source: SourceId,
    text: &str,
) -> Result<Option<Node>, Box<Diagnostic>> {
    let document = yaml::parse_first(source, text)?;
    if let Some(document) = &document {
        let end = document.span.range().end;
        let is_content = |line: &str| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#') && !matches!(line, "---" | "...")
        };
        let mut start = end;
        for line in text.get(end..).unwrap_or_default().split_inclusive('\n') {
            // What follows on the line where the document ends can only be a comment.
            if start > end && is_content(line) {
                let rest = Span::new(source, start, start + line.trim_end().len());
                let message = "everything from here on is ignored: only the first YAML document counts";
                decoder.warn(Diagnostic::warning("ignored-document", rest, message));
                break;
            }
            start += line.len();
        }
    }
    Ok(document)
}
