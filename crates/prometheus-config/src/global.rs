//! What holds for all jobs.

use prometheus_labels::NameScheme;
use source_text::Diagnostic;
use source_text::yaml::Node;

use crate::decode::{Decoder, invalid_label_name, problem, section};
use crate::protocol::{self, ScrapeProtocol};
use crate::{Duration, Fields, scheme};

/// What holds for all jobs that do not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Global {
    /// Where the fields stand.
    pub fields: Fields,
    /// How often targets are scraped.
    pub scrape_interval: Duration,
    /// How long a scrape may take.
    pub scrape_timeout: Duration,
    /// The formats to ask for, the preferred one first; `None` for the default, which depends on the job.
    pub scrape_protocols: Option<Vec<ScrapeProtocol>>,
    /// How often rules are evaluated.
    pub evaluation_interval: Duration,
    /// The labels that everything gets that leaves the program, sorted by name, with variables of the
    /// environment put in.
    pub external_labels: Vec<(String, String)>,
    /// A response body larger than this many bytes fails the scrape; 0 for no limit.
    pub body_size_limit: i64,
    /// More samples than this fail the scrape; 0 for no limit.
    pub sample_limit: u64,
    /// More targets than this fail all scrapes of a job; 0 for no limit.
    pub target_limit: u64,
    /// More labels than this fail the scrape; 0 for no limit.
    pub label_limit: u64,
    /// A longer name of a label, in bytes, fails the scrape; 0 for no limit.
    pub label_name_length_limit: u64,
    /// A longer value of a label, in bytes, fails the scrape; 0 for no limit.
    pub label_value_length_limit: u64,
    /// How many dropped targets of a job are remembered; 0 for all.
    pub keep_dropped_targets: u64,
    /// Which names are valid.
    pub metric_name_validation_scheme: NameScheme,
    /// How names are asked for, as it was written; empty for the default of the validation scheme.
    pub metric_name_escaping_scheme: String,
    /// Whether native histograms are scraped.
    pub scrape_native_histograms: bool,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: bool,
    /// Whether a classic histogram is scraped even if it is there as a native one.
    pub always_scrape_classic_histograms: bool,
    /// Whether each scrape adds its timeout, its sample limit and the size of its body as samples.
    pub extra_scrape_metrics: bool,
    /// A file for failed scrapes.
    pub scrape_failure_log_file: String,
    /// A file for queries.
    pub query_log_file: String,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            fields: Fields::default(),
            scrape_interval: Duration::from_secs(60),
            scrape_timeout: Duration::from_secs(10),
            scrape_protocols: None,
            evaluation_interval: Duration::from_secs(60),
            external_labels: Vec::new(),
            body_size_limit: 0,
            sample_limit: 0,
            target_limit: 0,
            label_limit: 0,
            label_name_length_limit: 0,
            label_value_length_limit: 0,
            keep_dropped_targets: 0,
            metric_name_validation_scheme: NameScheme::Utf8,
            metric_name_escaping_scheme: "allow-utf-8".to_owned(),
            scrape_native_histograms: false,
            convert_classic_histograms_to_nhcb: false,
            always_scrape_classic_histograms: false,
            extra_scrape_metrics: false,
            scrape_failure_log_file: String::new(),
            query_log_file: String::new(),
        }
    }
}

impl Global {
    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let default = Self::default();
        if node.is_null() {
            return default;
        }
        let mark = decoder.mark();
        let zero = Duration::ZERO;
        let mut global = Self {
            scrape_interval: zero,
            scrape_timeout: zero,
            evaluation_interval: zero,
            metric_name_escaping_scheme: String::new(),
            ..Self::default()
        };
        let mut validation = None;
        let mut protocols = None;
        let mut labels = Vec::new();
        global.fields = section!(decoder, node, "global", value {
            "scrape_interval" => global.scrape_interval = decoder.duration(value),
            "scrape_timeout" => global.scrape_timeout = decoder.duration(value),
            "scrape_protocols" => protocols = decoder.strings(value),
            "evaluation_interval" => global.evaluation_interval = decoder.duration(value),
            "rule_query_offset" => { decoder.duration(value); },
            "query_log_file" => global.query_log_file = decoder.string(value),
            "query_max_series" => { decoder.unsigned(value); },
            "query_max_samples_read" => { decoder.unsigned(value); },
            "query_max_duration" => { decoder.duration(value); },
            "scrape_failure_log_file" => global.scrape_failure_log_file = decoder.string(value),
            "external_labels" => {
                labels = decoder.map(value, "external_labels");
                global.external_labels = labels
                    .iter()
                    .map(|(_, name, value)| ((*name).to_owned(), decoder.string(value)))
                    .collect();
            },
            "body_size_limit" => global.body_size_limit = decoder.size(value),
            "sample_limit" => global.sample_limit = decoder.unsigned(value),
            "target_limit" => global.target_limit = decoder.unsigned(value),
            "label_limit" => global.label_limit = decoder.unsigned(value),
            "label_name_length_limit" => global.label_name_length_limit = decoder.unsigned(value),
            "label_value_length_limit" => global.label_value_length_limit = decoder.unsigned(value),
            "keep_dropped_targets" => global.keep_dropped_targets = decoder.unsigned(value),
            "metric_name_validation_scheme" => validation = scheme::decode(decoder, value),
            "metric_name_escaping_scheme" => global.metric_name_escaping_scheme = decoder.string(value),
            "scrape_native_histograms" => global.scrape_native_histograms = decoder.bool(value),
            "convert_classic_histograms_to_nhcb" => global.convert_classic_histograms_to_nhcb = decoder.bool(value),
            "always_scrape_classic_histograms" => global.always_scrape_classic_histograms = decoder.bool(value),
            "extra_scrape_metrics" => global.extra_scrape_metrics = decoder.bool(value),
        });
        global.metric_name_validation_scheme = validation.unwrap_or(NameScheme::Utf8);
        labels.sort_by_key(|(_, name, _)| *name);
        global.external_labels.sort();
        for (key, name, _) in labels {
            if !global.metric_name_validation_scheme.allows_label(name) {
                decoder.reject(mark, invalid_label_name(key.span, name));
            }
        }
        if global.scrape_interval.is_zero() {
            global.scrape_interval = default.scrape_interval;
        }
        if global.scrape_timeout > global.scrape_interval {
            let message = "global scrape timeout greater than scrape interval";
            decoder
                .reject(mark, problem("timeout-above-interval", &global.fields, "scrape_timeout", message));
        }
        if global.scrape_timeout.is_zero() {
            global.scrape_timeout = default.scrape_timeout.min(global.scrape_interval);
        }
        if global.evaluation_interval.is_zero() {
            global.evaluation_interval = default.evaluation_interval;
        }
        if let Some(names) = protocols {
            match protocol::check(&names) {
                Ok(protocols) => global.scrape_protocols = Some(protocols),
                Err(message) => {
                    let span = global.fields.place("scrape_protocols");
                    let message = format!("{message} for global config");
                    decoder.reject(mark, Diagnostic::error("invalid-scrape-protocols", span, message));
                }
            }
        }
        global
    }
}
