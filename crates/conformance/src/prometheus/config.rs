//! Configurations: `config.jsonl`.

use prometheus_config::{
    Config, Discovery, HttpClient, KubernetesDiscovery, RelabelRules, ScrapeConfig, Secret, Tls,
};
use serde_json::{Value, json};
use source_text::SourceId;

use super::{field, is_same_error};

/// Reads the configuration and compares every setting, or the problem found first.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let expected = &case["expect"];
    match (load(field(case, "config_yaml")?), expected["error"].as_str()) {
        (Ok(config), None) => {
            let shown = show(&config);
            if shown == *expected { Ok(()) } else { Err(difference(&shown, expected, "")) }
        }
        (Err(message), Some(error)) if is_same_error(error, &message) => Ok(()),
        (Err(message), Some(error)) => Err(format!("{message:?} instead of {error:?}")),
        (Ok(_), Some(error)) => Err(format!("accepted instead of {error:?}")),
        (Err(message), None) => Err(format!("rejected: {message}")),
    }
}

/// The configuration, or the message of its first problem, which is the one Prometheus reports.
pub(super) fn load(text: &str) -> Result<Config, String> {
    let parsed = prometheus_config::parse(SourceId::default(), text, |_| None);
    parsed
        .into_result()
        .map_err(|problems| problems.first().map_or_else(String::new, |problem| problem.message().to_owned()))
}

/// The first place where two values differ.
pub(super) fn difference(shown: &Value, expected: &Value, path: &str) -> String {
    match (shown, expected) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in b {
                match a.get(key) {
                    Some(found) if found != value => {
                        return difference(found, value, &format!("{path}.{key}"));
                    }
                    Some(_) => {}
                    None => return format!("{path}.{key} is missing"),
                }
            }
            let extra: Vec<_> = a.keys().filter(|key| !b.contains_key(*key)).collect();
            format!("{path} has too much: {extra:?}")
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            let found = pairs.into_iter().find(|(_, (a, b))| a != b);
            found.map_or_else(String::new, |(at, (a, b))| difference(a, b, &format!("{path}[{at}]")))
        }
        _ => format!("{path} is {shown} instead of {expected}"),
    }
}

fn show(config: &Config) -> Value {
    let global = &config.global;
    json!({
        "ok": true,
        "global": {
            "scrape_interval": global.scrape_interval.to_string(),
            "scrape_timeout": global.scrape_timeout.to_string(),
            "evaluation_interval": global.evaluation_interval.to_string(),
            "external_labels": global.external_labels,
            "metric_name_validation_scheme": global.metric_name_validation_scheme.as_str(),
        },
        "jobs": config.scrape_configs.iter().map(job).collect::<Vec<_>>(),
    })
}

fn job(job: &ScrapeConfig) -> Value {
    let params: serde_json::Map<_, _> =
        job.params.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
    json!({
        "job_name": job.job_name,
        "honor_labels": job.honor_labels,
        "honor_timestamps": job.honor_timestamps,
        "track_timestamps_staleness": job.track_timestamps_staleness,
        "params": params,
        "scrape_interval": job.scrape_interval.to_string(),
        "scrape_timeout": job.scrape_timeout.to_string(),
        "scrape_protocols": job.scrape_protocols.iter().map(|protocol| protocol.as_str()).collect::<Vec<_>>(),
        "fallback_scrape_protocol": job.fallback_scrape_protocol.map_or("", |protocol| protocol.as_str()),
        "scrape_native_histograms": job.scrape_native_histograms,
        "always_scrape_classic_histograms": job.always_scrape_classic_histograms,
        "convert_classic_histograms_to_nhcb": job.convert_classic_histograms_to_nhcb,
        "metrics_path": job.metrics_path,
        "scheme": job.scheme,
        "enable_compression": job.enable_compression,
        "body_size_limit": job.body_size_limit,
        "sample_limit": job.sample_limit,
        "target_limit": job.target_limit,
        "label_limit": job.label_limit,
        "label_name_length_limit": job.label_name_length_limit,
        "label_value_length_limit": job.label_value_length_limit,
        "native_histogram_bucket_limit": job.native_histogram_bucket_limit,
        "keep_dropped_targets": job.keep_dropped_targets,
        "metric_name_validation_scheme": job.metric_name_validation_scheme.as_str(),
        "metric_name_escaping_scheme": job.metric_name_escaping_scheme.as_str(),
        "service_discovery": job.service_discovery.iter().map(discovery).collect::<Vec<_>>(),
        "http": http(&job.http),
        "relabel_configs": rules(&job.relabel_configs),
        "metric_relabel_configs": rules(&job.metric_relabel_configs),
    })
}

fn rules(rules: &RelabelRules) -> Value {
    let rule = |rule: &prometheus_relabel::Rule| {
        json!({
            "source_labels": rule.source_labels.clone().unwrap_or_default(),
            "separator": rule.separator,
            "regex": rule.regex().as_str(),
            "modulus": rule.modulus,
            "target_label": rule.target_label,
            "replacement": rule.replacement,
            "action": rule.action.map_or("", |action| action.as_str()),
        })
    };
    rules.rules().iter().map(rule).collect()
}

fn discovery(discovery: &Discovery) -> Value {
    match discovery {
        Discovery::Static(groups) => {
            let groups = groups.iter().map(
                |group| json!({"source": group.source, "targets": group.targets, "labels": group.labels}),
            );
            json!({"type": "static", "groups": groups.collect::<Vec<_>>()})
        }
        Discovery::Kubernetes(discovery) => kubernetes(discovery),
        Discovery::File(discovery) => json!({
            "type": "file",
            "files": discovery.files,
            "refresh_interval": discovery.refresh_interval.to_string(),
        }),
        Discovery::Http(discovery) => json!({
            "type": "http",
            "url": discovery.url,
            "refresh_interval": discovery.refresh_interval.to_string(),
            "http": http(&discovery.http),
        }),
        Discovery::Dns(discovery) => json!({
            "type": "dns",
            "names": discovery.names,
            "refresh_interval": discovery.refresh_interval.to_string(),
            "record_type": discovery.record_type,
            "port": discovery.port,
        }),
        _ => json!({"type": "other"}),
    }
}

fn kubernetes(discovery: &KubernetesDiscovery) -> Value {
    let selectors = discovery.selectors.iter().map(
        |selector| json!({"role": selector.role.as_str(), "label": selector.label, "field": selector.field}),
    );
    json!({
        "type": "kubernetes",
        "role": discovery.role.as_str(),
        "api_server": discovery.api_server.as_ref().map_or("", |url| url.as_str()),
        "kubeconfig_file": discovery.kubeconfig_file,
        "http": http(&discovery.http),
        "namespaces": discovery.namespaces,
        "own_namespace": discovery.own_namespace,
        "selectors": selectors.collect::<Vec<_>>(),
        "attach_metadata": {
            "node": discovery.attach.node,
            "namespace": discovery.attach.namespace,
            "deployment": discovery.attach.deployment,
            "job": discovery.attach.job,
            "cronjob": discovery.attach.cronjob,
        },
    })
}

fn http(http: &HttpClient) -> Value {
    let mut out = json!({"follow_redirects": http.follow_redirects, "enable_http2": http.enable_http2});
    if let Some(auth) = &http.basic_auth {
        out["basic_auth"] = json!({
            "username": auth.username,
            "username_file": auth.username_file,
            "password": auth.password.expose(),
            "password_file": auth.password_file,
        });
    }
    if let Some(auth) = &http.authorization {
        out["authorization"] = json!({
            "type": auth.kind,
            "credentials": auth.credentials.expose(),
            "credentials_file": auth.credentials_file,
        });
    }
    if let Some(auth) = &http.oauth2 {
        out["oauth2"] = json!({
            "client_id": auth.client_id,
            "client_secret": auth.client_secret.expose(),
            "client_secret_file": auth.client_secret_file,
            "scopes": auth.scopes,
            "token_url": auth.token_url,
        });
    }
    if http.tls != Tls::default() {
        out["tls_config"] = tls(&http.tls);
    }
    if let Some(url) = &http.proxy.url {
        out["proxy_url"] = json!(url.as_str());
    }
    if !http.proxy.no_proxy.is_empty() {
        out["no_proxy"] = json!(http.proxy.no_proxy);
    }
    if http.proxy.from_environment {
        out["proxy_from_environment"] = json!(true);
    }
    for (name, header) in http.headers.iter().flatten() {
        let secrets: Vec<_> = header.secrets.iter().map(Secret::expose).collect();
        out["http_headers"][name] =
            json!({"values": header.values, "secrets": secrets, "files": header.files});
    }
    out
}

fn tls(tls: &Tls) -> Value {
    json!({
        "ca": tls.ca,
        "ca_file": tls.ca_file,
        "cert": tls.cert,
        "cert_file": tls.cert_file,
        "key": tls.key.expose(),
        "key_file": tls.key_file,
        "server_name": tls.server_name,
        "insecure_skip_verify": tls.insecure_skip_verify,
        "min_version": tls.min_version.map_or("", |version| version.as_str()),
        "max_version": tls.max_version.map_or("", |version| version.as_str()),
    })
}
