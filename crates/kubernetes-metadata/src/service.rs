//! Services.

use serde::Deserialize;

use crate::ObjectMeta;
use crate::tolerant::or_default;

/// A name for a set of pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Name and labels.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// What was asked for.
    #[serde(deserialize_with = "or_default")]
    pub spec: ServiceSpec,
    /// What is.
    #[serde(deserialize_with = "or_default")]
    pub status: ServiceStatus,
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceSpec {
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// The ports.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<ServicePort>,
    /// The address in the cluster; `None` as a text for a headless service.
    #[serde(rename = "clusterIP", deserialize_with = "or_default")]
    pub cluster_ip: String,
    /// The name that an `ExternalName` service stands for.
    #[serde(deserialize_with = "or_default")]
    pub external_name: String,
    /// The address asked for at a load balancer.
    #[serde(rename = "loadBalancerIP", deserialize_with = "or_default")]
    pub load_balancer_ip: String,
    /// `IPv4` and `IPv6`, the primary one first.
    #[serde(deserialize_with = "or_default")]
    pub ip_families: Vec<String>,
    /// `SingleStack`, `PreferDualStack` or `RequireDualStack`.
    pub ip_family_policy: Option<String>,
}

/// A port of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServicePort {
    /// Its name; empty when it has none.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Its number.
    #[serde(deserialize_with = "or_default")]
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    #[serde(deserialize_with = "or_default")]
    pub protocol: String,
}

/// What is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceStatus {
    /// What the load balancer offers.
    #[serde(deserialize_with = "or_default")]
    pub load_balancer: LoadBalancerStatus,
}

/// What a load balancer offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LoadBalancerStatus {
    /// Its entries.
    #[serde(deserialize_with = "or_default")]
    pub ingress: Vec<LoadBalancerIngress>,
}

/// An entry of a load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LoadBalancerIngress {
    /// Its address; empty when it has only a name.
    #[serde(deserialize_with = "or_default")]
    pub ip: String,
}
