//! Reading of jobs, and what they inherit.

use prometheus_labels::NameScheme;
use prometheus_labels::quoted;
use source_text::Diagnostic;
use source_text::yaml::Node;

use super::{Float, ScrapeConfig};
use crate::decode::{Decoder, problem, section};
use crate::discovery::{self, RawDiscoveries};
use crate::http::{self, RawHttpClient};
use crate::protocol::{self, ScrapeProtocol};
use crate::relabel::{RawRules, RelabelRules};
use crate::{Duration, Fields, Global, HttpClient, NameEscaping, scheme};

/// A job as it stands in the file. In `config`, what is inherited is at zero.
#[derive(Debug)]
pub(crate) struct RawScrapeConfig {
    config: ScrapeConfig,
    protocols: Option<Vec<String>>,
    fallback_protocol: String,
    native_histograms: Option<bool>,
    classic_histograms: Option<bool>,
    convert_histograms: Option<bool>,
    extra_metrics: Option<bool>,
    validation: Option<NameScheme>,
    escaping: String,
    relabel: RawRules,
    metric_relabel: RawRules,
}

impl RawScrapeConfig {
    fn new() -> Self {
        Self {
            config: ScrapeConfig {
                fields: Fields::default(),
                job_name: String::new(),
                honor_labels: false,
                honor_timestamps: true,
                track_timestamps_staleness: false,
                params: Vec::new(),
                scrape_interval: Duration::ZERO,
                scrape_timeout: Duration::ZERO,
                scrape_protocols: Vec::new(),
                fallback_scrape_protocol: None,
                scrape_native_histograms: false,
                always_scrape_classic_histograms: false,
                convert_classic_histograms_to_nhcb: false,
                extra_scrape_metrics: false,
                scrape_failure_log_file: String::new(),
                metrics_path: "/metrics".to_owned(),
                scheme: "http".to_owned(),
                enable_compression: true,
                body_size_limit: 0,
                sample_limit: 0,
                target_limit: 0,
                label_limit: 0,
                label_name_length_limit: 0,
                label_value_length_limit: 0,
                native_histogram_bucket_limit: 0,
                native_histogram_min_bucket_factor: Float::default(),
                keep_dropped_targets: 0,
                metric_name_validation_scheme: NameScheme::Utf8,
                metric_name_escaping_scheme: NameEscaping::AllowUtf8,
                service_discovery: Vec::new(),
                http: HttpClient::default(),
                relabel_configs: RelabelRules::default(),
                metric_relabel_configs: RelabelRules::default(),
            },
            protocols: None,
            fallback_protocol: String::new(),
            native_histograms: None,
            classic_histograms: None,
            convert_histograms: None,
            extra_metrics: None,
            validation: None,
            escaping: String::new(),
            relabel: RawRules::default(),
            metric_relabel: RawRules::default(),
        }
    }

    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mark = decoder.mark();
        let mut raw = Self::new();
        let mut http = RawHttpClient::with_http2(true);
        let mut discoveries = RawDiscoveries::default();
        let config = &mut raw.config;
        let fields = section!(decoder, node, "scrape_configs", key, value {
            "job_name" => config.job_name = decoder.string(value),
            "honor_labels" => config.honor_labels = decoder.bool(value),
            "honor_timestamps" => config.honor_timestamps = decoder.bool(value),
            "track_timestamps_staleness" => config.track_timestamps_staleness = decoder.bool(value),
            "params" => {
                let params = decoder.map(value, "params").into_iter();
                config.params = params
                    .map(|(_, name, values)| (name.to_owned(), decoder.strings(values).unwrap_or_default()))
                    .collect();
                config.params.sort();
            },
            "scrape_interval" => config.scrape_interval = decoder.duration(value),
            "scrape_timeout" => config.scrape_timeout = decoder.duration(value),
            "scrape_protocols" => raw.protocols = decoder.strings(value),
            "fallback_scrape_protocol" => raw.fallback_protocol = decoder.string(value),
            "scrape_native_histograms" => raw.native_histograms = decoder.maybe_bool(value),
            "always_scrape_classic_histograms" => raw.classic_histograms = decoder.maybe_bool(value),
            "convert_classic_histograms_to_nhcb" => raw.convert_histograms = decoder.maybe_bool(value),
            "extra_scrape_metrics" => raw.extra_metrics = decoder.maybe_bool(value),
            "scrape_failure_log_file" => config.scrape_failure_log_file = decoder.string(value),
            "metrics_path" => config.metrics_path = decoder.string(value),
            "scheme" => config.scheme = decoder.string(value),
            "enable_compression" => config.enable_compression = decoder.bool(value),
            "body_size_limit" => config.body_size_limit = decoder.size(value),
            "sample_limit" => config.sample_limit = decoder.unsigned(value),
            "target_limit" => config.target_limit = decoder.unsigned(value),
            "label_limit" => config.label_limit = decoder.unsigned(value),
            "label_name_length_limit" => config.label_name_length_limit = decoder.unsigned(value),
            "label_value_length_limit" => config.label_value_length_limit = decoder.unsigned(value),
            "native_histogram_bucket_limit" => config.native_histogram_bucket_limit = decoder.unsigned(value),
            "native_histogram_min_bucket_factor" => {
                config.native_histogram_min_bucket_factor = Float(decoder.float(value));
            },
            "keep_dropped_targets" => config.keep_dropped_targets = decoder.unsigned(value),
            "metric_name_validation_scheme" => raw.validation = scheme::decode(decoder, value),
            "metric_name_escaping_scheme" => raw.escaping = decoder.string(value),
            "relabel_configs" => raw.relabel = RawRules::decode(decoder, value),
            "metric_relabel_configs" => raw.metric_relabel = RawRules::decode(decoder, value),
        } else (&[http::FIELDS, discovery::FIELDS].concat()) {
            if http::FIELDS.contains(&key) {
                http.field(decoder, key, value);
            } else {
                discoveries.field(decoder, key, value);
            }
        });
        config.service_discovery = discoveries.finish(decoder, mark, &fields);
        if config.job_name.is_empty() {
            decoder.reject(mark, problem("job-name-empty", &fields, "job_name", "job_name is empty"));
        }
        config.http = http::check(http, decoder, mark, &fields);
        if raw.relabel.is_empty() {
            discovery::check_addresses(&config.service_discovery, decoder, mark, &fields);
        }
        for (rules, field, message) in [
            (&raw.relabel, "relabel_configs", "empty or null target relabeling rule in scrape config"),
            (
                &raw.metric_relabel,
                "metric_relabel_configs",
                "empty or null metric relabeling rule in scrape config",
            ),
        ] {
            if rules.has_null() {
                decoder.reject(mark, problem("empty-rule", &fields, field, message));
            }
        }
        config.fields = fields;
        raw
    }

    /// Puts in what the global section says, and checks the job as a whole.
    pub(crate) fn finish(self, decoder: &mut Decoder, global: &Global) -> ScrapeConfig {
        let mut config = self.config;
        let fields = config.fields.clone();
        let job = quoted(&config.job_name).to_string();
        let inherit = |value: &mut u64, global: u64| {
            if *value == 0 {
                *value = global;
            }
        };
        if config.scrape_interval.is_zero() {
            config.scrape_interval = global.scrape_interval;
        }
        if config.scrape_timeout > config.scrape_interval {
            let message =
                format!("scrape timeout greater than scrape interval for scrape config with job name {job}");
            decoder.late(problem("timeout-above-interval", &fields, "scrape_timeout", message));
        }
        if config.scrape_timeout.is_zero() {
            config.scrape_timeout = global.scrape_timeout.min(config.scrape_interval);
        }
        if config.body_size_limit == 0 {
            config.body_size_limit = global.body_size_limit;
        }
        inherit(&mut config.sample_limit, global.sample_limit);
        inherit(&mut config.target_limit, global.target_limit);
        inherit(&mut config.label_limit, global.label_limit);
        inherit(&mut config.label_name_length_limit, global.label_name_length_limit);
        inherit(&mut config.label_value_length_limit, global.label_value_length_limit);
        inherit(&mut config.keep_dropped_targets, global.keep_dropped_targets);
        if config.scrape_failure_log_file.is_empty() {
            config.scrape_failure_log_file.clone_from(&global.scrape_failure_log_file);
        }
        config.scrape_native_histograms = self.native_histograms.unwrap_or(global.scrape_native_histograms);
        config.extra_scrape_metrics = self.extra_metrics.unwrap_or(global.extra_scrape_metrics);
        config.convert_classic_histograms_to_nhcb =
            self.convert_histograms.unwrap_or(global.convert_classic_histograms_to_nhcb);
        config.always_scrape_classic_histograms =
            self.classic_histograms.unwrap_or(global.always_scrape_classic_histograms);
        config.scrape_protocols = match (&self.protocols, &global.scrape_protocols) {
            (Some(names), _) => protocol::check(names).unwrap_or_else(|message| {
                let message = format!("{message} for scrape config with job name {job}");
                decoder.late(problem("invalid-scrape-protocols", &fields, "scrape_protocols", message));
                Vec::new()
            }),
            (None, Some(protocols)) => protocols.clone(),
            (None, None) if config.scrape_native_histograms => ScrapeProtocol::DEFAULT_PROTO_FIRST.to_vec(),
            (None, None) => ScrapeProtocol::DEFAULT.to_vec(),
        };
        if !self.fallback_protocol.is_empty() {
            match ScrapeProtocol::find(&self.fallback_protocol) {
                Ok(protocol) => config.fallback_scrape_protocol = Some(protocol),
                Err(message) => {
                    let message = format!(
                        "invalid fallback_scrape_protocol for scrape config with job name {job}: {message}"
                    );
                    decoder.late(problem(
                        "invalid-scrape-protocols",
                        &fields,
                        "fallback_scrape_protocol",
                        message,
                    ));
                }
            }
        }
        config.metric_name_validation_scheme =
            self.validation.unwrap_or(global.metric_name_validation_scheme);
        config.metric_name_escaping_scheme =
            escaping(decoder, &fields, self.validation, &self.escaping, global);
        config.relabel_configs = self.relabel.finish(decoder, config.metric_name_validation_scheme);
        config.metric_relabel_configs =
            self.metric_relabel.finish(decoder, config.metric_name_validation_scheme);
        config
    }

    pub(crate) fn job_name(&self) -> &str {
        &self.config.job_name
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.config.fields
    }
}

/// How names are asked for, which follows from the nearest scheme that is set.
fn escaping(
    decoder: &mut Decoder,
    fields: &Fields,
    validation: Option<NameScheme>,
    name: &str,
    global: &Global,
) -> NameEscaping {
    let unknown = |what: &str, name: &str| {
        format!(
            "unknown {what} name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or \
             'values', got {}",
            quoted(name)
        )
    };
    let default = NameEscaping::default_of(global.metric_name_validation_scheme);
    let global_escaping = match global.metric_name_escaping_scheme.as_str() {
        "" => default,
        name => NameEscaping::find(name).unwrap_or_else(|| {
            let span = global.fields.place("metric_name_escaping_scheme");
            decoder.late(Diagnostic::error("unknown-escaping-scheme", span, unknown("global", name)));
            default
        }),
    };
    let escaping = match (name, validation) {
        ("", None) => Some(global_escaping),
        ("", Some(scheme)) => Some(NameEscaping::default_of(scheme)),
        (name, _) => NameEscaping::find(name),
    };
    let scheme = validation.unwrap_or(global.metric_name_validation_scheme);
    let field = "metric_name_escaping_scheme";
    match escaping {
        None => {
            decoder.late(problem("unknown-escaping-scheme", fields, field, unknown("scrape config", name)));
            default
        }
        Some(NameEscaping::AllowUtf8) if scheme != NameScheme::Utf8 => {
            let message = "utf8 metric names requested but validation scheme is not set to UTF8";
            decoder.late(problem("conflicting-schemes", fields, field, message));
            default
        }
        Some(escaping) => escaping,
    }
}
