//! The few fields of Kubernetes objects that log enrichment and Prometheus discovery need.
//!
//! The types of a full API client are large and lose what a log pipeline must keep: the order of labels,
//! annotations and container statuses in the JSON text. The types here hold about fifty fields of nine
//! kinds and keep that order.
//!
//! ```
//! use kubernetes_metadata::{Object, read_objects};
//!
//! let json = br#"{"kind": "List", "items": [{
//!     "kind": "Pod",
//!     "metadata": {"name": "web-0", "namespace": "shop", "labels": {"tier": "front", "app": "web"}},
//!     "status": {"podIP": "10.0.0.7"}
//! }]}"#;
//! let objects = read_objects(json)?;
//! let [Object::Pod(pod)] = objects.as_slice() else { panic!("one pod") };
//! let labels: Vec<_> = pod.metadata.labels().iter().collect();
//! assert_eq!(labels, [("tier", "front"), ("app", "web")]);
//! assert_eq!(pod.status.pod_ip.as_deref(), Some("10.0.0.7"));
//! # Ok::<(), kubernetes_metadata::Error>(())
//! ```
//!
//! Reading is tolerant: unknown fields and kinds are skipped, and a missing or `null` field has the default
//! of its type. Where it matters that a field is missing, its type is an [`Option`].
//!
//! Promises: no panic, linear time, memory proportional to the input.
//!
//! What it does not do: talk to an API server, write objects, or check that an object is one that the API
//! would accept.
#![forbid(unsafe_code)]

mod endpoints;
mod error;
mod ingress;
mod meta;
mod node;
mod object;
mod pod;
mod service;
mod tolerant;

pub use endpoints::{
    Endpoint, EndpointAddress, EndpointConditions, EndpointPort, EndpointSlice, EndpointSlicePort,
    EndpointSubset, Endpoints, ObjectReference,
};
pub use error::{Error, ErrorKind};
pub use ingress::{Ingress, IngressHttp, IngressPath, IngressRule, IngressSpec, IngressTls};
pub use meta::{ObjectMeta, OwnerReference, Pairs};
pub use node::{
    DaemonEndpoint, Namespace, Node, NodeAddress, NodeDaemonEndpoints, NodeSpec, NodeStatus, Owned,
};
pub use object::{List, Object, WatchEvent, WatchKind, read_list, read_object, read_objects, read_pods};
pub use pod::{Condition, Container, ContainerKind, ContainerPort, ContainerStatus, Pod, PodSpec, PodStatus};
pub use service::{
    LoadBalancerIngress, LoadBalancerStatus, Service, ServicePort, ServiceSpec, ServiceStatus,
};
