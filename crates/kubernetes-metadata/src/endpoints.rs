//! The addresses behind services, in their old and their new form.

use serde::Deserialize;

use crate::tolerant::or_default;
use crate::{ObjectMeta, Pairs};

/// The addresses behind the service of the same name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Endpoints {
    /// Name and labels.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// Addresses with the same ports.
    #[serde(deserialize_with = "or_default")]
    pub subsets: Vec<EndpointSubset>,
}

/// Addresses with the same ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointSubset {
    /// Addresses that accept connections.
    #[serde(deserialize_with = "or_default")]
    pub addresses: Vec<EndpointAddress>,
    /// Addresses that do not accept connections yet.
    #[serde(deserialize_with = "or_default")]
    pub not_ready_addresses: Vec<EndpointAddress>,
    /// The ports.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<EndpointPort>,
}

/// An address of [`Endpoints`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointAddress {
    /// The address.
    #[serde(deserialize_with = "or_default")]
    pub ip: String,
    /// The host name; empty when it has none.
    #[serde(deserialize_with = "or_default")]
    pub hostname: String,
    /// The node it is on.
    pub node_name: Option<String>,
    /// The object it belongs to.
    pub target_ref: Option<ObjectReference>,
}

/// A reference to an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ObjectReference {
    /// Kind, such as `Pod`.
    #[serde(deserialize_with = "or_default")]
    pub kind: String,
    /// Namespace.
    #[serde(deserialize_with = "or_default")]
    pub namespace: String,
    /// Name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
}

/// A port of [`Endpoints`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EndpointPort {
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

/// A part of the addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointSlice {
    /// Name and labels; the label `kubernetes.io/service-name` names the service.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `IPv4`, `IPv6` or `FQDN`.
    #[serde(deserialize_with = "or_default")]
    pub address_type: String,
    /// The addresses.
    #[serde(deserialize_with = "or_default")]
    pub endpoints: Vec<Endpoint>,
    /// The ports of all addresses.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<EndpointSlicePort>,
}

/// The addresses of one backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoint {
    /// The addresses, all of the same backend.
    #[serde(deserialize_with = "or_default")]
    pub addresses: Vec<String>,
    /// Its state.
    #[serde(deserialize_with = "or_default")]
    pub conditions: EndpointConditions,
    /// The host name.
    pub hostname: Option<String>,
    /// The object it belongs to.
    pub target_ref: Option<ObjectReference>,
    /// The node it is on.
    pub node_name: Option<String>,
    /// The zone it is in.
    pub zone: Option<String>,
    /// Topology in the form of older API versions.
    #[serde(deserialize_with = "or_default")]
    pub deprecated_topology: Pairs,
}

/// The state of an [`Endpoint`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EndpointConditions {
    /// Whether it accepts connections.
    pub ready: Option<bool>,
    /// Whether it accepts connections, terminating or not.
    pub serving: Option<bool>,
    /// Whether it is being stopped.
    pub terminating: Option<bool>,
}

/// A port of an [`EndpointSlice`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointSlicePort {
    /// Its name.
    pub name: Option<String>,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Option<String>,
    /// Its number; missing for all ports.
    pub port: Option<i32>,
    /// The protocol above, such as `http`.
    pub app_protocol: Option<String>,
}
