//! The role `endpoints`.

use kubernetes_metadata::{EndpointAddress, EndpointPort, Endpoints, ObjectReference, Pod};
use prometheus_config::{Role, TargetGroup};
use source_text::Diagnostic;

use super::labels::{Labels, host_port};
use super::pod::{containers, other_ports, pod_labels, set_container, set_port};
use super::select::Scope;
use super::service::service_labels;
use super::{group, namespace_labels, node_labels};

pub(super) fn groups(scope: &Scope<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<TargetGroup> {
    let endpoints = scope.objects(Role::Endpoints, &scope.cluster.endpoints);
    endpoints.map(|endpoints| endpoints_group(scope, endpoints, warnings)).collect()
}

/// The pods behind a service, and which of their ports the service has.
#[derive(Default)]
pub(super) struct Pods<'a> {
    pods: Vec<(&'a Pod, Labels, Vec<i32>)>,
}

impl<'a> Pods<'a> {
    /// Adds the labels of `pod` to a target that leads to it.
    pub(super) fn describe(
        &mut self,
        scope: &Scope<'a>,
        pod: &'a Pod,
        target: &mut Labels,
        port: Option<i32>,
        warnings: &mut Vec<Diagnostic>,
    ) {
        let at = self.pods.iter().position(|(known, ..)| std::ptr::eq(*known, pod)).unwrap_or_else(|| {
            self.pods.push((pod, pod_labels(scope, pod, warnings), Vec::new()));
            self.pods.len() - 1
        });
        if let Some((_, labels, ports)) = self.pods.get_mut(at) {
            target.merge(labels);
            ports.extend(port);
        }
    }

    /// The targets for ports of the pods that the service does not have.
    pub(super) fn other_targets(self) -> impl Iterator<Item = Labels> {
        self.pods
            .into_iter()
            .flat_map(|(pod, labels, ports)| other_ports(pod, &labels, |port| ports.contains(&port)))
    }
}

/// The pod that an address belongs to, if it is one that is seen.
pub(super) fn referenced_pod<'a>(scope: &Scope<'a>, reference: Option<&ObjectReference>) -> Option<&'a Pod> {
    let reference = reference.filter(|reference| reference.kind == "Pod")?;
    scope.object(Role::Pod, &scope.cluster.pods, &reference.namespace, &reference.name)
}

pub(super) fn endpoints_group(
    scope: &Scope<'_>,
    endpoints: &Endpoints,
    warnings: &mut Vec<Diagnostic>,
) -> TargetGroup {
    let metadata = &endpoints.metadata;
    let (namespace, name) = (&metadata.namespace, &metadata.name);
    let mut labels = Labels::default();
    labels.set("namespace", namespace);
    if let Some(service) = scope.object(Role::Service, &scope.cluster.services, namespace, name) {
        labels.merge(&service_labels(service, warnings));
    }
    labels.describe("endpoints", metadata, warnings);
    namespace_labels(scope, namespace, &mut labels, warnings);
    let mut pods = Pods::default();
    let mut targets = Vec::new();
    for subset in &endpoints.subsets {
        for port in &subset.ports {
            for (addresses, ready) in [(&subset.addresses, "true"), (&subset.not_ready_addresses, "false")] {
                for address in addresses {
                    let mut target = target(scope, address, port, ready, warnings);
                    if let Some(pod) = referenced_pod(scope, address.target_ref.as_ref()) {
                        pods.describe(scope, pod, &mut target, Some(port.port), warnings);
                        describe_container(&mut target, pod, port);
                    }
                    targets.push(target);
                }
            }
        }
    }
    targets.extend(pods.other_targets());
    group(format!("endpoints/{namespace}/{name}"), labels, targets)
}

fn target(
    scope: &Scope<'_>,
    address: &EndpointAddress,
    port: &EndpointPort,
    ready: &str,
    warnings: &mut Vec<Diagnostic>,
) -> Labels {
    let mut target = Labels::with_address(host_port(&address.ip, port.port));
    target.set("endpoint_port_name", &port.name);
    target.set("endpoint_port_protocol", &port.protocol);
    target.set("endpoint_ready", ready);
    let reference = address.target_ref.as_ref();
    target.set_some("endpoint_address_target_kind", reference.map(|reference| &reference.kind));
    target.set_some("endpoint_address_target_name", reference.map(|reference| &reference.name));
    target.set_some("endpoint_node_name", address.node_name.as_ref());
    if !address.hostname.is_empty() {
        target.set("endpoint_hostname", &address.hostname);
    }
    let node = reference.filter(|reference| reference.kind == "Node").map(|reference| &reference.name);
    if let Some(node) = address.node_name.as_ref().or(node) {
        node_labels(scope, node, &mut target, warnings);
    }
    target
}

/// Adds the container that declares the port; the last one, when several do.
fn describe_container(target: &mut Labels, pod: &Pod, port: &EndpointPort) {
    for (container, is_init) in containers(pod) {
        if let Some(declared) = container.ports.iter().find(|declared| declared.container_port == port.port) {
            set_container(target, container, is_init);
            set_port(target, port.port, &declared.name, &port.protocol);
        }
    }
}
