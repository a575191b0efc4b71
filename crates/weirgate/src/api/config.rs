//! `prometheus_config`: what a `prometheus.yml` says, with defaults and inherited values put in.

use std::collections::BTreeMap;

use prometheus_config::{
    Config, Discovery, HttpClient, KubernetesDiscovery, RelabelRules, ScrapeConfig, Secret, Tls,
};
use serde::{Deserialize, Serialize};
use source_text::SourceMap;

use super::{Diagnostic, Error, Positions};

/// A `prometheus.yml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrometheusConfigRequest {
    /// The text.
    pub prometheus: String,
    /// Environment variables, for external labels.
    pub env: BTreeMap<String, String>,
    /// Whether secrets are shown; else they read `<secret>`, as Prometheus shows them.
    pub show_secrets: bool,
    /// What columns and offsets count.
    pub positions: Positions,
}

/// What it says. Times are in Prometheus' form, such as `1m30s`; limits of 0 are none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrometheusConfigAnswer {
    /// Whether Prometheus would start with it.
    pub ok: bool,
    /// The global section; null if the file has errors.
    pub global: Option<GlobalView>,
    /// The jobs.
    pub jobs: Vec<JobView>,
    /// What is wrong with the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// The global section.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct GlobalView {
    pub scrape_interval: String,
    pub scrape_timeout: String,
    pub evaluation_interval: String,
    pub external_labels: Vec<(String, String)>,
    pub metric_name_validation_scheme: String,
}

/// A job.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct JobView {
    pub job_name: String,
    pub honor_labels: bool,
    pub honor_timestamps: bool,
    pub track_timestamps_staleness: bool,
    pub params: BTreeMap<String, Vec<String>>,
    pub scrape_interval: String,
    pub scrape_timeout: String,
    pub scrape_protocols: Vec<String>,
    pub fallback_scrape_protocol: String,
    pub scrape_native_histograms: bool,
    pub always_scrape_classic_histograms: bool,
    pub convert_classic_histograms_to_nhcb: bool,
    pub metrics_path: String,
    pub scheme: String,
    pub enable_compression: bool,
    pub body_size_limit: i64,
    pub sample_limit: u64,
    pub target_limit: u64,
    pub label_limit: u64,
    pub label_name_length_limit: u64,
    pub label_value_length_limit: u64,
    pub native_histogram_bucket_limit: u64,
    pub keep_dropped_targets: u64,
    pub metric_name_validation_scheme: String,
    pub metric_name_escaping_scheme: String,
    pub service_discovery: Vec<DiscoveryView>,
    pub http: HttpView,
    pub relabel_configs: Vec<RuleView>,
    pub metric_relabel_configs: Vec<RuleView>,
}

/// A relabelling rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct RuleView {
    pub source_labels: Vec<String>,
    pub separator: String,
    pub regex: String,
    pub modulus: u64,
    pub target_label: String,
    pub replacement: String,
    pub action: String,
}

/// Where targets come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub enum DiscoveryView {
    Static {
        groups: Vec<StaticGroup>,
    },
    Kubernetes(Box<KubernetesView>),
    File {
        files: Vec<String>,
        refresh_interval: String,
    },
    Http(Box<HttpDiscoveryView>),
    Dns {
        names: Vec<String>,
        refresh_interval: String,
        record_type: String,
        port: i64,
    },
    /// A way that Prometheus knows and Weirgate only accepts.
    Other {
        field: String,
    },
}

/// A web server that answers with target groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct HttpDiscoveryView {
    pub url: String,
    pub refresh_interval: String,
    pub http: HttpView,
}

/// A group of `static_configs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct StaticGroup {
    pub source: String,
    pub targets: Vec<Vec<(String, String)>>,
    pub labels: Vec<(String, String)>,
}

/// Discovery in a Kubernetes cluster.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct KubernetesView {
    pub role: String,
    pub api_server: String,
    pub kubeconfig_file: String,
    pub http: HttpView,
    pub namespaces: Vec<String>,
    pub own_namespace: bool,
    pub selectors: Vec<SelectorView>,
    pub attach_metadata: AttachView,
}

/// Which objects of a role are looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct SelectorView {
    pub role: String,
    pub label: String,
    pub field: String,
}

/// Which related objects add labels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct AttachView {
    pub node: bool,
    pub namespace: bool,
    pub deployment: bool,
    pub job: bool,
    pub cronjob: bool,
}

/// How somebody is talked to. What is not configured is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct HttpView {
    pub follow_redirects: bool,
    pub enable_http2: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<BasicAuthView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<AuthorizationView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<OAuth2View>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<TlsView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub http_headers: BTreeMap<String, HeaderView>,
}

/// A name and a password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct BasicAuthView {
    pub username: String,
    pub username_file: String,
    pub password: String,
    pub password_file: String,
}

/// An `Authorization` header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct AuthorizationView {
    #[serde(rename = "type")]
    pub kind: String,
    pub credentials: String,
    pub credentials_file: String,
}

/// OAuth 2.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct OAuth2View {
    pub client_id: String,
    pub client_secret: String,
    pub client_secret_file: String,
    pub scopes: Vec<String>,
    pub token_url: String,
}

/// TLS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct TlsView {
    pub ca: String,
    pub ca_file: String,
    pub cert: String,
    pub cert_file: String,
    pub key: String,
    pub key_file: String,
    pub server_name: String,
    pub insecure_skip_verify: bool,
    pub min_version: String,
    pub max_version: String,
}

/// A header of requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields have the names and meanings of the configuration's")]
pub struct HeaderView {
    pub values: Vec<String>,
    pub secrets: Vec<String>,
    pub files: Vec<String>,
}

/// Reads a `prometheus.yml`.
///
/// ```
/// use weirgate::api::{PrometheusConfigRequest, prometheus_config};
///
/// let request = PrometheusConfigRequest {
///     prometheus: "global: {scrape_interval: 90s}\nscrape_configs: [{job_name: web}]\n".into(),
///     ..PrometheusConfigRequest::default()
/// };
/// let answer = prometheus_config(&request)?;
/// assert_eq!(answer.jobs[0].scrape_interval, "1m30s");
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// None today.
pub fn prometheus_config(request: &PrometheusConfigRequest) -> Result<PrometheusConfigAnswer, Error> {
    let read = read_with(&request.prometheus, request.positions, |name| request.env.get(name).cloned());
    let ok = !read.diagnostics.iter().any(Diagnostic::is_error);
    let (global, jobs) = match ok {
        false => (None, Vec::new()),
        true => {
            let view = View { show_secrets: request.show_secrets };
            (Some(global(&read.config)), read.config.scrape_configs.iter().map(|job| view.job(job)).collect())
        }
    };
    Ok(PrometheusConfigAnswer { ok, global, jobs, diagnostics: read.diagnostics })
}

/// A configuration that was read.
pub(super) struct Read {
    pub(super) config: Config,
    pub(super) sources: SourceMap,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads a configuration in which no variable is set.
pub(super) fn read(text: &str, positions: Positions) -> Read {
    read_with(text, positions, |_| None)
}

fn read_with(text: &str, positions: Positions, environment: impl Fn(&str) -> Option<String>) -> Read {
    let mut sources = SourceMap::new();
    let id = sources.add("prometheus.yml", text);
    let parsed = prometheus_config::parse(id, text, environment);
    let diagnostics = Diagnostic::all(&parsed.diagnostics, &sources, positions);
    Read { config: parsed.config, sources, diagnostics }
}

fn global(config: &Config) -> GlobalView {
    let global = &config.global;
    GlobalView {
        scrape_interval: global.scrape_interval.to_string(),
        scrape_timeout: global.scrape_timeout.to_string(),
        evaluation_interval: global.evaluation_interval.to_string(),
        external_labels: global.external_labels.clone(),
        metric_name_validation_scheme: global.metric_name_validation_scheme.as_str().to_owned(),
    }
}

fn rules(rules: &RelabelRules) -> Vec<RuleView> {
    let rule = |rule: &prometheus_relabel::Rule| RuleView {
        source_labels: rule.source_labels.clone().unwrap_or_default(),
        separator: rule.separator.clone(),
        regex: rule.regex().as_str().to_owned(),
        modulus: rule.modulus,
        target_label: rule.target_label.clone(),
        replacement: rule.replacement.clone(),
        action: rule.action.map_or("", |action| action.as_str()).to_owned(),
    };
    rules.rules().iter().map(rule).collect()
}

struct View {
    show_secrets: bool,
}

impl View {
    fn secret(&self, secret: &Secret) -> String {
        let text = secret.expose();
        if self.show_secrets || text.is_empty() { text.to_owned() } else { "<secret>".to_owned() }
    }

    fn job(&self, job: &ScrapeConfig) -> JobView {
        let protocol = |protocol: &prometheus_config::ScrapeProtocol| protocol.as_str().to_owned();
        JobView {
            job_name: job.job_name.clone(),
            honor_labels: job.honor_labels,
            honor_timestamps: job.honor_timestamps,
            track_timestamps_staleness: job.track_timestamps_staleness,
            params: job.params.iter().cloned().collect(),
            scrape_interval: job.scrape_interval.to_string(),
            scrape_timeout: job.scrape_timeout.to_string(),
            scrape_protocols: job.scrape_protocols.iter().map(protocol).collect(),
            fallback_scrape_protocol: job.fallback_scrape_protocol.as_ref().map(protocol).unwrap_or_default(),
            scrape_native_histograms: job.scrape_native_histograms,
            always_scrape_classic_histograms: job.always_scrape_classic_histograms,
            convert_classic_histograms_to_nhcb: job.convert_classic_histograms_to_nhcb,
            metrics_path: job.metrics_path.clone(),
            scheme: job.scheme.clone(),
            enable_compression: job.enable_compression,
            body_size_limit: job.body_size_limit,
            sample_limit: job.sample_limit,
            target_limit: job.target_limit,
            label_limit: job.label_limit,
            label_name_length_limit: job.label_name_length_limit,
            label_value_length_limit: job.label_value_length_limit,
            native_histogram_bucket_limit: job.native_histogram_bucket_limit,
            keep_dropped_targets: job.keep_dropped_targets,
            metric_name_validation_scheme: job.metric_name_validation_scheme.as_str().to_owned(),
            metric_name_escaping_scheme: job.metric_name_escaping_scheme.as_str().to_owned(),
            service_discovery: job.service_discovery.iter().map(|service| self.discovery(service)).collect(),
            http: self.http(&job.http),
            relabel_configs: rules(&job.relabel_configs),
            metric_relabel_configs: rules(&job.metric_relabel_configs),
        }
    }

    fn discovery(&self, discovery: &Discovery) -> DiscoveryView {
        match discovery {
            Discovery::Static(groups) => {
                let group = |group: &prometheus_config::TargetGroup| StaticGroup {
                    source: group.source.clone(),
                    targets: group.targets.clone(),
                    labels: group.labels.clone(),
                };
                DiscoveryView::Static { groups: groups.iter().map(group).collect() }
            }
            Discovery::Kubernetes(discovery) => {
                DiscoveryView::Kubernetes(Box::new(self.kubernetes(discovery)))
            }
            Discovery::File(discovery) => DiscoveryView::File {
                files: discovery.files.clone(),
                refresh_interval: discovery.refresh_interval.to_string(),
            },
            Discovery::Http(discovery) => DiscoveryView::Http(Box::new(HttpDiscoveryView {
                url: discovery.url.clone(),
                refresh_interval: discovery.refresh_interval.to_string(),
                http: self.http(&discovery.http),
            })),
            Discovery::Dns(discovery) => DiscoveryView::Dns {
                names: discovery.names.clone(),
                refresh_interval: discovery.refresh_interval.to_string(),
                record_type: discovery.record_type.clone(),
                port: discovery.port,
            },
            Discovery::Other { field, .. } => DiscoveryView::Other { field: (*field).to_owned() },
            _ => DiscoveryView::Other { field: String::new() },
        }
    }

    fn kubernetes(&self, discovery: &KubernetesDiscovery) -> KubernetesView {
        let selector = |selector: &prometheus_config::Selector| SelectorView {
            role: selector.role.as_str().to_owned(),
            label: selector.label.clone(),
            field: selector.field.clone(),
        };
        KubernetesView {
            role: discovery.role.as_str().to_owned(),
            api_server: discovery.api_server.as_ref().map_or("", |url| url.as_str()).to_owned(),
            kubeconfig_file: discovery.kubeconfig_file.clone(),
            http: self.http(&discovery.http),
            namespaces: discovery.namespaces.clone(),
            own_namespace: discovery.own_namespace,
            selectors: discovery.selectors.iter().map(selector).collect(),
            attach_metadata: AttachView {
                node: discovery.attach.node,
                namespace: discovery.attach.namespace,
                deployment: discovery.attach.deployment,
                job: discovery.attach.job,
                cronjob: discovery.attach.cronjob,
            },
        }
    }

    fn http(&self, http: &HttpClient) -> HttpView {
        let header = |(name, header): &(String, prometheus_config::Header)| {
            let secrets = header.secrets.iter().map(|secret| self.secret(secret)).collect();
            (name.clone(), HeaderView { values: header.values.clone(), secrets, files: header.files.clone() })
        };
        HttpView {
            follow_redirects: http.follow_redirects,
            enable_http2: http.enable_http2,
            basic_auth: http.basic_auth.as_ref().map(|auth| BasicAuthView {
                username: auth.username.clone(),
                username_file: auth.username_file.clone(),
                password: self.secret(&auth.password),
                password_file: auth.password_file.clone(),
            }),
            authorization: http.authorization.as_ref().map(|auth| AuthorizationView {
                kind: auth.kind.clone(),
                credentials: self.secret(&auth.credentials),
                credentials_file: auth.credentials_file.clone(),
            }),
            oauth2: http.oauth2.as_ref().map(|auth| OAuth2View {
                client_id: auth.client_id.clone(),
                client_secret: self.secret(&auth.client_secret),
                client_secret_file: auth.client_secret_file.clone(),
                scopes: auth.scopes.clone(),
                token_url: auth.token_url.clone(),
            }),
            tls_config: (http.tls != Tls::default()).then(|| self.tls(&http.tls)),
            proxy_url: http.proxy.url.as_ref().map(|url| url.as_str().to_owned()),
            no_proxy: (!http.proxy.no_proxy.is_empty()).then(|| http.proxy.no_proxy.clone()),
            proxy_from_environment: http.proxy.from_environment.then_some(true),
            http_headers: http.headers.iter().flatten().map(header).collect(),
        }
    }

    fn tls(&self, tls: &Tls) -> TlsView {
        let version = |version: Option<prometheus_config::TlsVersion>| {
            version.map_or("", |version| version.as_str()).to_owned()
        };
        TlsView {
            ca: tls.ca.clone(),
            ca_file: tls.ca_file.clone(),
            cert: tls.cert.clone(),
            cert_file: tls.cert_file.clone(),
            key: self.secret(&tls.key),
            key_file: tls.key_file.clone(),
            server_name: tls.server_name.clone(),
            insecure_skip_verify: tls.insecure_skip_verify,
            min_version: version(tls.min_version),
            max_version: version(tls.max_version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden() {
        let text = "scrape_configs: [{job_name: a, basic_auth: {username: u, password: p}}]";
        for (show_secrets, expected) in [(false, "<secret>"), (true, "p")] {
            let request = PrometheusConfigRequest {
                prometheus: text.into(),
                show_secrets,
                ..PrometheusConfigRequest::default()
            };
            let answer = prometheus_config(&request).unwrap();
            assert_eq!(answer.jobs[0].http.basic_auth.as_ref().unwrap().password, expected);
        }
    }

    #[test]
    fn errors() {
        let request =
            PrometheusConfigRequest { prometheus: "x: 1".into(), ..PrometheusConfigRequest::default() };
        let answer = prometheus_config(&request).unwrap();
        assert!(!answer.ok && answer.global.is_none() && answer.diagnostics[0].is_error());
    }
}
