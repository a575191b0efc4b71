//! Discovery of targets in a Kubernetes cluster.

use std::fmt;

use prometheus_labels::quoted;
use source_text::Diagnostic;
use source_text::yaml::Node;

use crate::decode::{Decoder, problem, section};
use crate::http::{self, RawHttpClient};
use crate::{FieldSelector, Fields, HttpClient, LabelSelector, Url};

/// One entry of `kubernetes_sd_configs`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KubernetesDiscovery {
    /// Where the fields stand.
    pub fields: Fields,
    /// Which objects become targets.
    pub role: Role,
    /// The API server; `None` for that of the cluster the program runs in.
    pub api_server: Option<Url>,
    /// A file that names the API server and the credentials.
    pub kubeconfig_file: String,
    /// How to talk to the API server.
    pub http: HttpClient,
    /// The namespaces to look into; none for all, unless `own_namespace` is set.
    pub namespaces: Vec<String>,
    /// Whether to look into the namespace the program runs in.
    pub own_namespace: bool,
    /// Which objects to ask the API server for.
    pub selectors: Vec<Selector>,
    /// Which labels of related objects to add.
    pub attach: AttachMetadata,
}

/// Which objects of a cluster become targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// The kubelet of every node.
    Node,
    /// Every declared port of every pod.
    Pod,
    /// Every port of every service.
    Service,
    /// Every address behind a service, from `Endpoints` objects.
    Endpoints,
    /// Every address behind a service, from `EndpointSlice` objects.
    EndpointSlice,
    /// Every path of every ingress.
    Ingress,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] =
        [Self::Node, Self::Pod, Self::Service, Self::Endpoints, Self::EndpointSlice, Self::Ingress];

    /// The name in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Pod => "pod",
            Self::Service => "service",
            Self::Endpoints => "endpoints",
            Self::EndpointSlice => "endpointslice",
            Self::Ingress => "ingress",
        }
    }

    /// The roles of the objects that this role asks for and that can be selected.
    fn selectable(self) -> &'static [Self] {
        match self {
            Self::Pod => &[Self::Pod, Self::Node],
            Self::Service => &[Self::Service],
            Self::EndpointSlice => &[Self::Pod, Self::Service, Self::EndpointSlice],
            Self::Endpoints => &[Self::Pod, Self::Service, Self::Endpoints],
            Self::Node => &[Self::Node],
            Self::Ingress => &[Self::Ingress],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which objects of a kind to ask the API server for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selector {
    /// The kind of objects.
    pub role: Role,
    /// The condition on labels as it was written.
    pub label: String,
    /// The condition on fields as it was written.
    pub field: String,
    /// The condition on labels.
    pub labels: LabelSelector,
    /// The condition on fields.
    pub fields: FieldSelector,
}

/// Which labels of related objects to add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachMetadata {
    /// Labels and annotations of the node.
    pub node: bool,
    /// Labels and annotations of the namespace.
    pub namespace: bool,
    /// The name of the Deployment of a pod.
    pub deployment: bool,
    /// The name of the Job of a pod.
    pub job: bool,
    /// The name of the CronJob of a pod.
    pub cronjob: bool,
}

impl KubernetesDiscovery {
    /// A discovery of `role` with nothing else set.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self {
            fields: Fields::default(),
            role,
            api_server: None,
            kubeconfig_file: String::new(),
            http: HttpClient::default(),
            namespaces: Vec::new(),
            own_namespace: false,
            selectors: Vec::new(),
            attach: AttachMetadata::default(),
        }
    }

    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Self {
        let mark = decoder.mark();
        let mut discovery = Self::new(Role::Pod);
        let mut http = RawHttpClient::with_http2(true);
        let mut role = None;
        let mut selectors = Vec::new();
        discovery.fields = section!(decoder, node, "kubernetes_sd_configs", key, value {
            "api_server" => discovery.api_server = decoder.url(value),
            "role" => role = self::role(decoder, value),
            "kubeconfig_file" => discovery.kubeconfig_file = decoder.string(value),
            "namespaces" => (discovery.namespaces, discovery.own_namespace) = namespaces(decoder, value),
            "selectors" => selectors = self::selectors(decoder, value),
            "attach_metadata" => discovery.attach = attach(decoder, value),
        } else (http::FIELDS) { http.field(decoder, key, value) });
        let fields = discovery.fields.clone();
        if role.is_none() {
            let message = "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)";
            decoder.reject(mark, problem("role-missing", &fields, "role", message));
        }
        discovery.role = role.unwrap_or(Role::Pod);
        discovery.http = http::check(http, decoder, mark, &fields);
        let mut fail = |field: &str, message: &str| {
            decoder.reject(mark, problem("conflicting-api-server", &fields, field, message));
        };
        let has_server = discovery.api_server.is_some();
        let has_file = !discovery.kubeconfig_file.is_empty();
        // Go tells an empty set of headers from none.
        let has_headers = node.get("proxy_connect_header").is_some_and(|headers| !headers.is_null());
        let has_http = has_headers || discovery.http != HttpClient::default();
        let http_field = fields.names().find(|name| http::FIELDS.contains(name)).unwrap_or("api_server");
        if has_server && has_file {
            fail("kubeconfig_file", "cannot use 'kubeconfig_file' and 'api_server' simultaneously");
        }
        if has_file && has_http {
            fail(http_field, "cannot use a custom HTTP client configuration together with 'kubeconfig_file'");
        }
        if !has_server && has_http {
            fail(
                http_field,
                "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
            );
        }
        if has_server && discovery.own_namespace {
            fail("namespaces", "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously");
        }
        if has_file && discovery.own_namespace {
            fail("namespaces", "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously");
        }
        for (fields, selector) in selectors {
            let known = discovery.selectors.iter().map(|known| known.role);
            match self::selector(selector, discovery.role, known) {
                Ok(selector) => discovery.selectors.push(selector),
                Err((field, message)) => {
                    decoder.reject(mark, problem("invalid-selector", &fields, field, message));
                }
            }
        }
        discovery
    }
}

/// A selector as it stands in the file.
#[derive(Default)]
struct RawSelector {
    role: Option<Role>,
    label: String,
    field: String,
}

/// `None` when the role is left out, which is judged later; a wrong one is reported here.
fn role(decoder: &mut Decoder, node: &Node) -> Option<Role> {
    if node.is_null() {
        return None;
    }
    let mark = decoder.mark();
    let name = decoder.string(node);
    let role = Role::ALL.into_iter().find(|role| role.as_str() == name);
    if role.is_none() && node.as_str().is_some() {
        let message = format!("unknown Kubernetes SD role {}", quoted(&name));
        let mut problem = Diagnostic::error("unknown-role", node.span, message);
        if let Some(likely) = source_text::suggest(&name, Role::ALL.map(Role::as_str)) {
            problem = problem.did_you_mean(node.span, &name, likely);
        }
        decoder.reject(mark, problem);
    }
    // The section need not complain that it has no role.
    role.or(Some(Role::Pod))
}

fn namespaces(decoder: &mut Decoder, node: &Node) -> (Vec<String>, bool) {
    let mut names = Vec::new();
    let mut own = false;
    section!(decoder, node, "namespaces", value {
        "own_namespace" => own = decoder.bool(value),
        "names" => names = decoder.strings(value).unwrap_or_default(),
    });
    (names, own)
}

fn selectors(decoder: &mut Decoder, node: &Node) -> Vec<(Fields, RawSelector)> {
    let mut selectors = Vec::new();
    for item in decoder.list(node, "selectors").unwrap_or_default() {
        let mut selector = RawSelector::default();
        let fields = section!(decoder, item, "selectors", value {
            "role" => selector.role = role(decoder, value),
            "label" => selector.label = decoder.string(value),
            "field" => selector.field = decoder.string(value),
        });
        selectors.push((fields, selector));
    }
    selectors
}

/// Checks a selector; `Err` is the field at fault and the message.
fn selector(
    raw: RawSelector,
    role: Role,
    mut known: impl Iterator<Item = Role>,
) -> Result<Selector, (&'static str, String)> {
    let RawSelector { role: selected, label, field } = raw;
    let unsupported = || {
        let names: Vec<_> = role.selectable().iter().map(|role| role.as_str()).collect();
        ("role", format!("{role} role supports only {} selectors", names.join(", ")))
    };
    let selected = selected.ok_or_else(unsupported)?;
    if known.any(|known| known == selected) {
        return Err(("role", format!("duplicated selector role: {selected}")));
    }
    if !role.selectable().contains(&selected) {
        return Err(unsupported());
    }
    let fields = FieldSelector::parse(&field).map_err(|error| ("field", error.to_string()))?;
    let labels = LabelSelector::parse(&label).map_err(|error| ("label", error.to_string()))?;
    Ok(Selector { role: selected, label, field, labels, fields })
}

fn attach(decoder: &mut Decoder, node: &Node) -> AttachMetadata {
    let mut attach = AttachMetadata::default();
    section!(decoder, node, "attach_metadata", value {
        "node" => attach.node = decoder.bool(value),
        "namespace" => attach.namespace = decoder.bool(value),
        "deployment" => attach.deployment = decoder.bool(value),
        "job" => attach.job = decoder.bool(value),
        "cronjob" => attach.cronjob = decoder.bool(value),
    });
    attach
}
