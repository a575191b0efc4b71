//! Pods and their containers.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::ObjectMeta;
use crate::tolerant::or_default;

/// One or more containers on one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pod {
    /// Name, labels, owners.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// What was asked for.
    #[serde(deserialize_with = "or_default")]
    pub spec: PodSpec,
    /// What is.
    #[serde(deserialize_with = "or_default")]
    pub status: PodStatus,
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// The node that runs the pod; missing until one is chosen.
    pub node_name: Option<String>,
    /// The containers.
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<Container>,
    /// The containers that run before the others.
    #[serde(deserialize_with = "or_default")]
    pub init_containers: Vec<Container>,
}

/// A container as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Container {
    /// Its name in the pod.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// The image as it was written.
    #[serde(deserialize_with = "or_default")]
    pub image: String,
    /// The ports that are declared. A container can listen on others.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<ContainerPort>,
}

/// A declared port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerPort {
    /// Its name; empty when it has none.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Its number.
    #[serde(deserialize_with = "or_default")]
    pub container_port: i32,
    /// `TCP`, `UDP` or `SCTP`; the API server fills it in.
    #[serde(deserialize_with = "or_default")]
    pub protocol: String,
}

/// What is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: String,
    /// The address of the pod; missing until it has one.
    pub pod_ip: Option<String>,
    /// The address of its node.
    pub host_ip: String,
    /// The conditions, `Ready` among them.
    pub conditions: Vec<Condition>,
    /// The statuses of all containers, in the order of the JSON text over all kinds of containers.
    pub containers: Vec<ContainerStatus>,
}

/// One aspect of an object's state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// The aspect.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
}

/// The state of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ContainerStatus {
    /// Which list it stands in.
    #[serde(skip)]
    pub kind: ContainerKind,
    /// The name of the container.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// The image that runs.
    pub image: Option<String>,
    /// The image's id, usually with a scheme in front.
    #[serde(rename = "imageID")]
    pub image_id: Option<String>,
    /// The container's id, such as `containerd://` and 64 hexadecimal digits.
    #[serde(rename = "containerID")]
    pub container_id: Option<String>,
}

/// The kinds of containers in a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContainerKind {
    /// One of `containers`.
    #[default]
    Regular,
    /// One of `initContainers`.
    Init,
    /// One of `ephemeralContainers`.
    Ephemeral,
}

impl<'de> Deserialize<'de> for PodStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StatusVisitor)
    }
}

/// By hand, because the order of the lists of container statuses counts.
struct StatusVisitor;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum StatusField {
    Phase,
    #[serde(rename = "podIP")]
    PodIp,
    #[serde(rename = "hostIP")]
    HostIp,
    Conditions,
    ContainerStatuses,
    InitContainerStatuses,
    EphemeralContainerStatuses,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for StatusVisitor {
    type Value = PodStatus;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the status of a pod")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PodStatus, A::Error> {
        let mut status = PodStatus::default();
        while let Some(field) = map.next_key()? {
            let kind = match field {
                StatusField::Phase => {
                    status.phase = map.next_value::<Option<_>>()?.unwrap_or_default();
                    continue;
                }
                StatusField::PodIp => {
                    status.pod_ip = map.next_value()?;
                    continue;
                }
                StatusField::HostIp => {
                    status.host_ip = map.next_value::<Option<_>>()?.unwrap_or_default();
                    continue;
                }
                StatusField::Conditions => {
                    status.conditions = map.next_value::<Option<_>>()?.unwrap_or_default();
                    continue;
                }
                StatusField::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                StatusField::ContainerStatuses => ContainerKind::Regular,
                StatusField::InitContainerStatuses => ContainerKind::Init,
                StatusField::EphemeralContainerStatuses => ContainerKind::Ephemeral,
            };
            let list: Option<Vec<ContainerStatus>> = map.next_value()?;
            let list = list.unwrap_or_default().into_iter();
            status.containers.extend(list.map(|container| ContainerStatus { kind, ..container }));
        }
        Ok(status)
    }
}
