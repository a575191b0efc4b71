//! Nodes, namespaces, and objects of which only the owner counts.

use serde::Deserialize;

use crate::tolerant::or_default;
use crate::{Condition, ObjectMeta};

/// A machine of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Node {
    /// Name and labels.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// What was asked for.
    #[serde(deserialize_with = "or_default")]
    pub spec: NodeSpec,
    /// What is.
    #[serde(deserialize_with = "or_default")]
    pub status: NodeStatus,
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NodeSpec {
    /// The machine's name at the cloud provider.
    #[serde(rename = "providerID", deserialize_with = "or_default")]
    pub provider_id: String,
}

/// What is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeStatus {
    /// Conditions such as `Ready` and `DiskPressure`.
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
    /// The addresses.
    #[serde(deserialize_with = "or_default")]
    pub addresses: Vec<NodeAddress>,
    /// Where the daemons of the node listen.
    #[serde(deserialize_with = "or_default")]
    pub daemon_endpoints: NodeDaemonEndpoints,
}

/// An address of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NodeAddress {
    /// `InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS` or `ExternalDNS`.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// The address.
    #[serde(deserialize_with = "or_default")]
    pub address: String,
}

/// Where the daemons of a node listen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeDaemonEndpoints {
    /// The kubelet.
    #[serde(deserialize_with = "or_default")]
    pub kubelet_endpoint: DaemonEndpoint,
}

/// Where a daemon listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DaemonEndpoint {
    /// The port. The API writes this field in upper case.
    #[serde(rename = "Port", deserialize_with = "or_default")]
    pub port: i32,
}

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Namespace {
    /// Name and labels.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
}

/// An object that leads from a pod to what manages it: a ReplicaSet to its Deployment, a Job to its CronJob.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Owned {
    /// Name and owners.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
}
