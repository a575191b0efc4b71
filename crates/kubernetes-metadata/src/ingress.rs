//! Ingresses.

use serde::Deserialize;

use crate::ObjectMeta;
use crate::tolerant::or_default;

/// Rules that lead HTTP requests to services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Ingress {
    /// Name and labels.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// What was asked for.
    #[serde(deserialize_with = "or_default")]
    pub spec: IngressSpec,
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IngressSpec {
    /// The controller that obeys.
    pub ingress_class_name: Option<String>,
    /// The hosts that speak TLS.
    #[serde(deserialize_with = "or_default")]
    pub tls: Vec<IngressTls>,
    /// The rules.
    #[serde(deserialize_with = "or_default")]
    pub rules: Vec<IngressRule>,
}

/// Hosts that share a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressTls {
    /// The hosts; the first label may be `*`.
    #[serde(deserialize_with = "or_default")]
    pub hosts: Vec<String>,
}

/// The paths of one host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressRule {
    /// The host; empty for all.
    #[serde(deserialize_with = "or_default")]
    pub host: String,
    /// The paths; missing for all.
    pub http: Option<IngressHttp>,
}

/// Paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressHttp {
    /// The paths.
    #[serde(deserialize_with = "or_default")]
    pub paths: Vec<IngressPath>,
}

/// One path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressPath {
    /// The path; empty for `/`.
    #[serde(deserialize_with = "or_default")]
    pub path: String,
}
