//! Sections that are checked but whose values nobody here needs.

use std::collections::HashSet;

use prometheus_labels::{NameScheme, quoted};
use source_text::Diagnostic;
use source_text::yaml::Node;

use crate::decode::{Decoder, Mark, problem, section};
use crate::discovery::{self, RawDiscoveries};
use crate::http::{self, RawHttpClient};
use crate::relabel::RawRules;
use crate::remote_write::{check_headers, is_reserved};
use crate::{Fields, size};

/// The rules of the `alerting` section, which are checked when it is known which names are valid.
#[derive(Debug, Default)]
pub(crate) struct Alerting {
    rules: Vec<RawRules>,
}

impl Alerting {
    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mark = decoder.mark();
        let mut alert_rules = RawRules::default();
        let mut manager_rules = Vec::new();
        let fields = section!(decoder, node, "alerting", value {
            "alert_relabel_configs" => alert_rules = RawRules::decode(decoder, value),
            "alertmanagers" => {
                for item in decoder.list(value, "alertmanagers").unwrap_or_default() {
                    manager_rules.extend(alertmanager(decoder, item));
                }
            },
        });
        if alert_rules.has_null() {
            let message = "empty or null alert relabeling rule";
            decoder.reject(mark, problem("empty-rule", &fields, "alert_relabel_configs", message));
        }
        let mut rules = vec![alert_rules];
        rules.extend(manager_rules);
        Self { rules }
    }

    pub(crate) fn finish(self, decoder: &mut Decoder, scheme: NameScheme) {
        for rules in self.rules {
            rules.finish(decoder, scheme);
        }
    }
}

/// A source of old samples: its name and where it stands.
pub(crate) fn remote_read(decoder: &mut Decoder, node: &Node) -> (String, Fields) {
    let mark = decoder.mark();
    let mut http = RawHttpClient::with_http2(true);
    let mut url = None;
    let mut name = String::new();
    let mut headers = Vec::new();
    let fields = section!(decoder, node, "remote_read", key, value {
        "url" => url = decoder.url(value),
        "remote_timeout" => { decoder.duration(value); },
        "chunked_read_limit" => { decoder.unsigned(value); },
        "headers" => headers = decoder.string_map(value, "headers"),
        "read_recent" => { decoder.bool(value); },
        "name" => name = decoder.string(value),
        "required_matchers" => { decoder.labels(value); },
        "filter_external_labels" => { decoder.bool(value); },
    } else (http::FIELDS) { http.field(decoder, key, value) });
    if url.is_none() {
        decoder.reject(mark, problem("url-empty", &fields, "url", "url for remote_read is empty"));
    }
    check_headers(decoder, mark, &fields, &headers);
    http::check(http, decoder, mark, &fields);
    (name, fields)
}

pub(crate) fn runtime(decoder: &mut Decoder, node: &Node) {
    section!(decoder, node, "runtime", value {
        "gogc" => { decoder.integer(value); },
        "log_level" => {
            let mark = decoder.mark();
            let level = decoder.string(value);
            if !matches!(level.to_lowercase().as_str(), "" | "debug" | "info" | "warn" | "error") {
                let message = format!("unrecognized log level {level}");
                decoder.reject(mark, Diagnostic::error("unknown-log-level", value.span, message));
            }
        },
    });
}

pub(crate) fn storage(decoder: &mut Decoder, node: &Node) {
    section!(decoder, node, "storage", value {
        "tsdb" => tsdb(decoder, value),
        "exemplars" => {
            section!(decoder, value, "exemplars", value { "max_exemplars" => { decoder.integer(value); }, });
        },
    });
}

pub(crate) fn tracing(decoder: &mut Decoder, node: &Node) {
    if node.is_null() {
        return;
    }
    let mark = decoder.mark();
    let mut endpoint = String::new();
    let mut compression = String::new();
    let mut headers = Vec::new();
    let fields = section!(decoder, node, "tracing", value {
        "client_type" => {
            let mark = decoder.mark();
            let kind = decoder.string(value);
            if !value.is_null() && !matches!(kind.as_str(), "http" | "grpc") {
                let message = format!("expected tracing client type to be to be http or grpc, but got {kind}");
                decoder.reject(mark, Diagnostic::error("unknown-client-type", value.span, message));
            }
        },
        "endpoint" => endpoint = decoder.string(value),
        "sampling_fraction" => { decoder.float(value); },
        "insecure" => { decoder.bool(value); },
        "tls_config" => { http::tls(decoder, value); },
        "headers" => headers = decoder.string_map(value, "headers"),
        "compression" => compression = decoder.string(value),
        "timeout" => { decoder.duration(value); },
    });
    for (name, _) in headers {
        let message = match name.to_lowercase().as_str() {
            "authorization" => "custom authorization header configuration is not yet supported".to_owned(),
            lower if is_reserved(lower) => format!("{name} is a reserved header. It must not be changed"),
            _ => continue,
        };
        decoder.reject(mark, problem("reserved-header", &fields, "headers", message));
    }
    if endpoint.is_empty() {
        decoder.reject(mark, problem("endpoint-empty", &fields, "endpoint", "tracing endpoint must be set"));
    }
    if !matches!(compression.as_str(), "" | "gzip") {
        let message = format!("invalid compression type {compression} provided, valid options: gzip");
        decoder.reject(mark, problem("unknown-compression", &fields, "compression", message));
    }
}

/// The translation strategy of the `otlp` section, which is checked last of all.
pub(crate) fn otlp(decoder: &mut Decoder, node: &Node) -> (String, Fields) {
    let mark = decoder.mark();
    let mut strategy = "UnderscoreEscapingWithSuffixes".to_owned();
    let mut promote_all = false;
    let mut promoted = Vec::new();
    let mut ignored = Vec::new();
    let fields = section!(decoder, node, "otlp", value {
        "promote_all_resource_attributes" => promote_all = decoder.bool(value),
        "promote_resource_attributes" => promoted = decoder.strings(value).unwrap_or_default(),
        "ignore_resource_attributes" => ignored = decoder.strings(value).unwrap_or_default(),
        "translation_strategy" => strategy = decoder.string(value),
        "keep_identifying_resource_attributes" => { decoder.bool(value); },
        "convert_histograms_to_nhcb" => { decoder.bool(value); },
        "promote_scope_metadata" => { decoder.bool(value); },
        "label_name_underscore_sanitization" => { decoder.bool(value); },
        "label_name_preserve_multiple_underscores" => { decoder.bool(value); },
    });
    let mut fail = |field: &str, message: String| {
        decoder.reject(mark, problem("invalid-attributes", &fields, field, message));
    };
    if promote_all {
        if !promoted.is_empty() {
            let message = "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured \
                simultaneously";
            fail("promote_resource_attributes", message.to_owned());
        }
        if let Some(problems) = attributes(&ignored, "ignored") {
            fail("ignore_resource_attributes", format!("invalid 'ignore_resource_attributes': {problems}"));
        }
    } else {
        if !ignored.is_empty() {
            let message = "'ignore_resource_attributes' cannot be configured unless \
                'promote_all_resource_attributes' is true";
            fail("ignore_resource_attributes", message.to_owned());
        }
        if let Some(problems) = attributes(&promoted, "promoted") {
            fail("promote_resource_attributes", format!("invalid 'promote_resource_attributes': {problems}"));
        }
    }
    (strategy, fields)
}

/// Checks the strategy that [`otlp`] found.
pub(crate) fn check_strategy(decoder: &mut Decoder, strategy: &str, fields: &Fields, scheme: NameScheme) {
    let name = quoted(strategy);
    let message = match strategy {
        "" | "UnderscoreEscapingWithSuffixes" | "UnderscoreEscapingWithoutSuffixes" => return,
        "NoTranslation" | "NoUTF8EscapingWithSuffixes" if scheme != NameScheme::Legacy => return,
        "NoTranslation" | "NoUTF8EscapingWithSuffixes" => {
            format!("OTLP translation strategy {name} is not allowed when UTF8 is disabled")
        }
        _ => format!("unsupported OTLP translation strategy {name}"),
    };
    decoder.late(problem("unknown-translation-strategy", fields, "translation_strategy", message));
}

fn alertmanager(decoder: &mut Decoder, node: &Node) -> [RawRules; 2] {
    let mut relabel = RawRules::default();
    let mut alert_relabel = RawRules::default();
    if node.is_null() {
        return [alert_relabel, relabel];
    }
    let mark = decoder.mark();
    let mut http = RawHttpClient::with_http2(true);
    let mut discoveries = RawDiscoveries::default();
    let fields = section!(decoder, node, "alertmanagers", key, value {
        "sigv4" => { decoder.map(value, "sigv4"); },
        "scheme" => { decoder.string(value); },
        "path_prefix" => { decoder.string(value); },
        "timeout" => { decoder.duration(value); },
        "api_version" => {
            let mark = decoder.mark();
            let version = decoder.string(value);
            if !value.is_null() && version != "v2" {
                let message = format!("expected Alertmanager api version to be one of [v2] but got {version}");
                decoder.reject(mark, Diagnostic::error("unknown-api-version", value.span, message));
            }
        },
        "relabel_configs" => relabel = RawRules::decode(decoder, value),
        "alert_relabel_configs" => alert_relabel = RawRules::decode(decoder, value),
    } else (&[http::FIELDS, discovery::FIELDS].concat()) {
        if http::FIELDS.contains(&key) {
            http.field(decoder, key, value);
        } else {
            discoveries.field(decoder, key, value);
        }
    });
    check_alertmanager(decoder, mark, &fields, http, discoveries, [&relabel, &alert_relabel]);
    // Prometheus checks them in this order.
    [alert_relabel, relabel]
}

fn check_alertmanager(
    decoder: &mut Decoder,
    mark: Mark,
    fields: &Fields,
    http: RawHttpClient,
    discoveries: RawDiscoveries,
    [relabel, alert_relabel]: [&RawRules; 2],
) {
    let discoveries = discoveries.finish(decoder, mark, fields);
    let http = http::check(http, decoder, mark, fields);
    let has_auth = http.basic_auth.is_some() || http.authorization.is_some() || http.oauth2.is_some();
    if has_auth && fields.key("sigv4").is_some() {
        let message = "at most one of basic_auth, authorization, oauth2, & sigv4 must be configured";
        decoder.reject(mark, problem("conflicting-authentication", fields, "sigv4", message));
    }
    if relabel.is_empty() {
        discovery::check_addresses(&discoveries, decoder, mark, fields);
    }
    for (rules, field, message) in [
        (relabel, "relabel_configs", "empty or null Alertmanager target relabeling rule"),
        (alert_relabel, "alert_relabel_configs", "empty or null Alertmanager alert relabeling rule"),
    ] {
        if rules.has_null() {
            decoder.reject(mark, problem("empty-rule", fields, field, message));
        }
    }
}

fn tsdb(decoder: &mut Decoder, node: &Node) {
    let mark = decoder.mark();
    let mut encoding = String::new();
    let fields = section!(decoder, node, "tsdb", value {
        "outofordertimewindow" => { decoder.integer(value); },
        "out_of_order_time_window" => { decoder.duration(value); },
        "stale_series_compaction_threshold" => { decoder.float(value); },
        "chunk_encoding" => {
            section!(decoder, value, "chunk_encoding", value { "floats" => encoding = decoder.string(value), });
        },
        "retention" => retention(decoder, value),
    });
    if !matches!(encoding.as_str(), "" | "xor" | "xor2") {
        let message = format!(
            "'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got {}",
            quoted(&encoding)
        );
        decoder.reject(mark, problem("unknown-encoding", &fields, "chunk_encoding", message));
    }
}

fn retention(decoder: &mut Decoder, node: &Node) {
    let mark = decoder.mark();
    let mut size = 0;
    let mut percentage = 0.0;
    let fields = section!(decoder, node, "retention", value {
        "time" => { decoder.duration(value); },
        "size" => size = decoder.size(value),
        "percentage" => percentage = decoder.float(value),
    });
    if size < 0 {
        let message = format!(
            "'storage.tsdb.retention.size' must be greater than or equal to 0, got {}",
            size::show(size)
        );
        decoder.reject(mark, problem("invalid-retention", &fields, "size", message));
    }
    if !(0.0..=100.0).contains(&percentage) {
        let message =
            format!("'storage.tsdb.retention.percentage' must be in the range [0, 100], got {percentage}");
        decoder.reject(mark, problem("invalid-retention", &fields, "percentage", message));
    }
}

/// Attributes that are empty or repeated, one on each line.
fn attributes(attributes: &[String], adjective: &str) -> Option<String> {
    let mut seen = HashSet::new();
    let mut problems = Vec::new();
    for attribute in attributes.iter().map(|attribute| attribute.trim()) {
        if attribute.is_empty() {
            problems.push(format!("empty {adjective} OTel resource attribute"));
        } else if !seen.insert(attribute) {
            let name = quoted(attribute);
            problems.push(format!("duplicated {adjective} OTel resource attribute {name}"));
        }
    }
    (!problems.is_empty()).then(|| problems.join("\n"))
}
