//! Where the targets of a job come from.

use prometheus_labels::quoted;
use source_text::yaml::Node;
use source_text::{Diagnostic, SourceId, Span};

use crate::decode::{Decoder, Mark, problem, section};
use crate::http::{self, RawHttpClient};
use crate::{Duration, Fields, HttpClient, KubernetesDiscovery, Url};

/// Where the targets of a job come from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discovery {
    /// The configuration itself. All `static_configs` of a job are one discovery.
    Static(Vec<TargetGroup>),
    /// The objects of a Kubernetes cluster.
    Kubernetes(Box<KubernetesDiscovery>),
    /// Files.
    File(FileDiscovery),
    /// A web server.
    Http(Box<HttpDiscovery>),
    /// DNS records.
    Dns(DnsDiscovery),
    /// A source that Prometheus knows and this crate only accepts.
    Other {
        /// The field, such as `consul_sd_configs`.
        field: &'static str,
        /// Where it stands.
        span: Span,
    },
}

/// Targets with labels in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroup {
    /// A name, unique for the discovery; a later group replaces an earlier one of the same name.
    pub source: String,
    /// The labels of each target, sorted by name; `__address__` among them.
    pub targets: Vec<Vec<(String, String)>>,
    /// The labels that all targets have, sorted by name.
    pub labels: Vec<(String, String)>,
}

/// Targets from files of target groups.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileDiscovery {
    /// Where the fields stand.
    pub fields: Fields,
    /// The files; `*` stands for any text in the last part of a path.
    pub files: Vec<String>,
    /// How often the files are read even if no change is seen.
    pub refresh_interval: Duration,
}

/// Targets from a web server that answers with target groups.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpDiscovery {
    /// Where the fields stand.
    pub fields: Fields,
    /// The URL as it was written.
    pub url: String,
    /// How often it is asked.
    pub refresh_interval: Duration,
    /// How it is asked.
    pub http: HttpClient,
}

/// Targets from DNS records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsDiscovery {
    /// Where the fields stand.
    pub fields: Fields,
    /// The names to ask for.
    pub names: Vec<String>,
    /// How often.
    pub refresh_interval: Duration,
    /// The kind of records as it was written: `SRV`, `A`, `AAAA`, `MX` or `NS` in any case.
    pub record_type: String,
    /// The port of the targets; 0 for `SRV`.
    pub port: i64,
}

/// The fields of a job that name a discovery, in the order of the result. `static_configs` come last.
pub(crate) const FIELDS: &[&str] = &[
    "aws_sd_configs",
    "azure_sd_configs",
    "consul_sd_configs",
    "digitalocean_sd_configs",
    "dns_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "ec2_sd_configs",
    "ecs_sd_configs",
    "elasticache_sd_configs",
    "eureka_sd_configs",
    "file_sd_configs",
    "gce_sd_configs",
    "hetzner_sd_configs",
    "http_sd_configs",
    "ionos_sd_configs",
    "kubernetes_sd_configs",
    "kuma_sd_configs",
    "lightsail_sd_configs",
    "linode_sd_configs",
    "marathon_sd_configs",
    "msk_sd_configs",
    "nerve_sd_configs",
    "nomad_sd_configs",
    "oci_sd_configs",
    "openstack_sd_configs",
    "outscale_sd_configs",
    "ovhcloud_sd_configs",
    "puppetdb_sd_configs",
    "rds_sd_configs",
    "scaleway_sd_configs",
    "serverset_sd_configs",
    "stackit_sd_configs",
    "static_configs",
    "triton_sd_configs",
    "uyuni_sd_configs",
    "vultr_sd_configs",
];

/// The discoveries of one job, as they stand in the file.
#[derive(Debug, Default)]
pub(crate) struct RawDiscoveries {
    /// Index in [`FIELDS`]; `None` for an entry that is null.
    entries: Vec<(usize, Option<Discovery>)>,
}

impl RawDiscoveries {
    /// Reads one of [`FIELDS`].
    pub(crate) fn field(&mut self, decoder: &mut Decoder, name: &str, node: &Node) {
        let Some(at) = FIELDS.iter().position(|field| *field == name) else { return };
        for item in decoder.list(node, "discoveries").unwrap_or_default() {
            let discovery = if item.is_null() { None } else { Some(discovery(decoder, at, item)) };
            self.entries.push((at, discovery));
        }
    }

    /// Puts the discoveries in order and makes one of all static ones.
    pub(crate) fn finish(mut self, decoder: &mut Decoder, mark: Mark, fields: &Fields) -> Vec<Discovery> {
        self.entries.sort_by_key(|(at, _)| *at);
        let mut groups = Vec::new();
        let mut discoveries = Vec::new();
        for (at, discovery) in self.entries {
            let name = FIELDS[at];
            match discovery {
                None => {
                    let message = format!("empty or null section in {name}");
                    decoder.reject(mark, problem("empty-section", fields, name, message));
                }
                Some(Discovery::Static(group)) => groups.extend(group),
                Some(discovery) => discoveries.push(discovery),
            }
        }
        for (at, group) in groups.iter_mut().enumerate() {
            group.source = at.to_string();
        }
        if !groups.is_empty() {
            discoveries.push(Discovery::Static(groups));
        }
        discoveries
    }
}

impl Discovery {
    pub(crate) fn set_directory(&mut self, directory: &str) {
        match self {
            Self::Kubernetes(discovery) => {
                discovery.http.set_directory(directory);
                http::join(directory, &mut discovery.kubeconfig_file);
            }
            Self::File(discovery) => discovery.files.iter_mut().for_each(|file| http::join(directory, file)),
            Self::Http(discovery) => discovery.http.set_directory(directory),
            Self::Static(_) | Self::Dns(_) | Self::Other { .. } => {}
        }
    }
}

/// Addresses that are URLs. Prometheus looks for them here only in jobs without rules, which could mend them.
pub(crate) fn check_addresses(discoveries: &[Discovery], decoder: &mut Decoder, mark: Mark, fields: &Fields) {
    for discovery in discoveries {
        let Discovery::Static(groups) = discovery else { continue };
        for (_, address) in groups.iter().flat_map(|group| &group.targets).flatten() {
            if address.contains('/') {
                let message = format!("{} is not a valid hostname", quoted(address));
                let help = "an address is a host and a port; the scheme and the path are fields of the job";
                decoder
                    .reject(mark, problem("invalid-address", fields, "static_configs", message).help(help));
            }
        }
    }
}

fn discovery(decoder: &mut Decoder, at: usize, node: &Node) -> Discovery {
    match FIELDS[at] {
        "static_configs" => Discovery::Static(vec![TargetGroup::decode(decoder, node)]),
        "kubernetes_sd_configs" => {
            Discovery::Kubernetes(Box::new(KubernetesDiscovery::decode(decoder, node)))
        }
        "file_sd_configs" => Discovery::File(FileDiscovery::decode(decoder, node)),
        "http_sd_configs" => Discovery::Http(Box::new(HttpDiscovery::decode(decoder, node))),
        "dns_sd_configs" => Discovery::Dns(DnsDiscovery::decode(decoder, node)),
        field => {
            let message = format!("targets of `{field}` are not discovered");
            let help = "only static, file, HTTP, DNS and Kubernetes discovery are implemented";
            decoder.warn(Diagnostic::warning("unsupported-discovery", node.span, message).help(help));
            Discovery::Other { field, span: node.span }
        }
    }
}

impl TargetGroup {
    /// A group without a source.
    #[must_use]
    pub fn new(
        addresses: impl IntoIterator<Item = String>,
        labels: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let addresses = addresses.into_iter();
        let targets = addresses.map(|address| vec![("__address__".to_owned(), address)]).collect();
        let mut labels: Vec<_> = labels.into_iter().collect();
        labels.sort();
        Self { source: String::new(), targets, labels }
    }

    /// Reads a YAML list of groups, as file discovery has it. The groups have no sources yet.
    ///
    /// # Errors
    /// All that is wrong with the text.
    pub fn parse_list(source: SourceId, text: &str) -> Result<Vec<Self>, Vec<Diagnostic>> {
        let document = source_text::yaml::parse_first(source, text).map_err(|problem| vec![*problem])?;
        let mut decoder = Decoder::default();
        let mut groups = Vec::new();
        let items = document.as_ref().and_then(|document| decoder.list(document, "target groups"));
        for item in items.unwrap_or_default() {
            if item.is_null() {
                decoder.late(Diagnostic::error("empty-section", item.span, "nil target group item found"));
            } else {
                groups.push(Self::decode(&mut decoder, item));
            }
        }
        let problems = decoder.finish();
        if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok(groups) }
    }

    fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mut addresses = Vec::new();
        let mut labels = Vec::new();
        section!(decoder, node, "a target group", value {
            "targets" => addresses = decoder.strings(value).unwrap_or_default(),
            "labels" => labels = decoder.labels(value),
        });
        Self::new(addresses, labels)
    }
}

impl FileDiscovery {
    fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mark = decoder.mark();
        let mut files = Vec::new();
        let mut refresh_interval = Duration::from_secs(300);
        let fields = section!(decoder, node, "file_sd_configs", value {
            "files" => files = decoder.strings(value).unwrap_or_default(),
            "refresh_interval" => refresh_interval = decoder.duration(value),
        });
        if files.is_empty() {
            let message = "file service discovery config must contain at least one path name";
            decoder.reject(mark, problem("no-files", &fields, "files", message));
        }
        for file in files.iter().filter(|file| !is_discovery_file(file)) {
            let message = format!("path name {} is not valid for file discovery", quoted(file));
            let help = "the name ends in .json, .yml or .yaml, and `*` may only stand in its last part";
            decoder.reject(mark, problem("invalid-path", &fields, "files", message).help(help));
        }
        Self { fields, files, refresh_interval }
    }
}

impl HttpDiscovery {
    fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mark = decoder.mark();
        let mut url = String::new();
        let mut refresh_interval = Duration::from_secs(60);
        let mut http = RawHttpClient::with_http2(true);
        let fields = section!(decoder, node, "http_sd_configs", key, value {
            "url" => url = decoder.string(value),
            "refresh_interval" => refresh_interval = decoder.duration(value),
        } else (http::FIELDS) { http.field(decoder, key, value) });
        let message = match Url::parse(&url) {
            _ if url.is_empty() => Some("URL is missing".to_owned()),
            Err(error) => Some(error.to_string()),
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                Some("URL scheme must be 'http' or 'https'".to_owned())
            }
            Ok(url) if url.host().is_empty() => Some("host is missing in URL".to_owned()),
            Ok(_) => None,
        };
        if let Some(message) = message {
            decoder.reject(mark, problem("invalid-url", &fields, "url", message));
        }
        let http = http::check(http, decoder, mark, &fields);
        Self { fields, url, refresh_interval, http }
    }
}

impl DnsDiscovery {
    fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mark = decoder.mark();
        let mut names = Vec::new();
        let mut refresh_interval = Duration::from_secs(30);
        let mut record_type = "SRV".to_owned();
        let mut port = 0;
        let fields = section!(decoder, node, "dns_sd_configs", value {
            "names" => names = decoder.strings(value).unwrap_or_default(),
            "refresh_interval" => refresh_interval = decoder.duration(value),
            "type" => record_type = decoder.string(value),
            "port" => port = decoder.integer(value),
        });
        if names.is_empty() {
            let message = "DNS-SD config must contain at least one SRV record name";
            decoder.reject(mark, problem("no-names", &fields, "names", message));
        }
        match record_type.to_uppercase().as_str() {
            "SRV" => {}
            "A" | "AAAA" | "MX" | "NS" => {
                if port == 0 {
                    let message = "a port is required in DNS-SD configs for all record types except SRV";
                    decoder.reject(mark, problem("port-missing", &fields, "port", message));
                }
            }
            _ => {
                let message = format!("invalid DNS-SD records type {record_type}");
                let help = "the types are SRV, A, AAAA, MX and NS";
                decoder.reject(mark, problem("unknown-record-type", &fields, "type", message).help(help));
            }
        }
        Self { fields, names, refresh_interval, record_type, port }
    }
}

/// `^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$`
fn is_discovery_file(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    matches!(extension, "json" | "yml" | "yaml" | "JSON" | "YML" | "YAML") && is_pattern(stem)
}

/// `^[^*]*(\*[^/]*)?$`: a star stands only in the last part of a path.
pub(crate) fn is_pattern(path: &str) -> bool {
    path.find('*').is_none_or(|star| !path[star..].contains('/'))
}
