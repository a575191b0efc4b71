//! The role `endpointslice`.

use kubernetes_metadata::{Endpoint, EndpointSlice, EndpointSlicePort, Pod, Service};
use prometheus_config::{Role, TargetGroup};
use source_text::Diagnostic;

use super::endpoints::{Pods, referenced_pod};
use super::labels::{Labels, host_port, port_text};
use super::pod::{containers, set_container, set_port};
use super::select::Scope;
use super::service::service_labels;
use super::{group, namespace_labels, node_labels};

/// The label that names the service of a slice.
pub(super) const SERVICE_NAME: &str = "kubernetes.io/service-name";

pub(super) fn groups(scope: &Scope<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<TargetGroup> {
    let slices = scope.objects(Role::EndpointSlice, &scope.cluster.endpoint_slices);
    slices.map(|slice| slice_group(scope, slice, warnings)).collect()
}

pub(super) fn slice_group(
    scope: &Scope<'_>,
    slice: &EndpointSlice,
    warnings: &mut Vec<Diagnostic>,
) -> TargetGroup {
    let metadata = &slice.metadata;
    let namespace = &metadata.namespace;
    let service = metadata.labels().get(SERVICE_NAME);
    let service =
        service.and_then(|name| scope.object(Role::Service, &scope.cluster.services, namespace, name));
    let mut labels = Labels::default();
    labels.set("namespace", namespace);
    labels.set("endpointslice_address_type", &slice.address_type);
    labels.describe("endpointslice", metadata, warnings);
    if let Some(service) = service {
        labels.merge(&service_labels(service, warnings));
    }
    namespace_labels(scope, namespace, &mut labels, warnings);
    let source = format!("endpointslice/{namespace}/{}", metadata.name);
    if service.is_some_and(|service| is_secondary(slice, service)) {
        return group(source, labels, Vec::new());
    }
    let mut pods = Pods::default();
    let mut targets = Vec::new();
    for endpoint in &slice.endpoints {
        for port in &slice.ports {
            for address in &endpoint.addresses {
                let mut target = target(scope, address, endpoint, port, warnings);
                if let Some(pod) = referenced_pod(scope, endpoint.target_ref.as_ref()) {
                    pods.describe(scope, pod, &mut target, port.port, warnings);
                    describe_container(&mut target, pod, port);
                }
                targets.push(target);
            }
        }
    }
    targets.extend(pods.other_targets());
    group(source, labels, targets)
}

/// Whether the addresses are of the second family of a service with two, which would repeat the first.
fn is_secondary(slice: &EndpointSlice, service: &Service) -> bool {
    let policy = service.spec.ip_family_policy.as_deref();
    let has_two = matches!(policy, Some("PreferDualStack" | "RequireDualStack"));
    has_two && service.spec.ip_families.first().is_some_and(|primary| *primary != slice.address_type)
}

fn target(
    scope: &Scope<'_>,
    address: &str,
    endpoint: &Endpoint,
    port: &EndpointSlicePort,
    warnings: &mut Vec<Diagnostic>,
) -> Labels {
    let with_port = port.port.map(|port| host_port(address, port));
    let mut target = Labels::with_address(with_port.unwrap_or_else(|| address.to_owned()));
    target.set_some("endpointslice_port_name", port.name.as_ref());
    target.set_some("endpointslice_port_protocol", port.protocol.as_ref());
    target.set_some("endpointslice_port", port.port.map(port_text));
    target.set_some("endpointslice_port_app_protocol", port.app_protocol.as_ref());
    let conditions = &endpoint.conditions;
    for (name, condition) in [
        ("ready", conditions.ready),
        ("serving", conditions.serving),
        ("terminating", conditions.terminating),
    ] {
        let name = format!("endpointslice_endpoint_conditions_{name}");
        target.set_some(&name, condition.map(|condition| condition.to_string()));
    }
    target.set_some("endpointslice_endpoint_hostname", endpoint.hostname.as_ref());
    let reference = endpoint.target_ref.as_ref();
    target.set_some("endpointslice_address_target_kind", reference.map(|reference| &reference.kind));
    target.set_some("endpointslice_address_target_name", reference.map(|reference| &reference.name));
    target.set_some("endpointslice_endpoint_node_name", endpoint.node_name.as_ref());
    target.set_some("endpointslice_endpoint_zone", endpoint.zone.as_ref());
    target.describe_topology(&endpoint.deprecated_topology);
    let node = reference.filter(|reference| reference.kind == "Node").map(|reference| &reference.name);
    if let Some(node) = node.or(endpoint.node_name.as_ref()) {
        node_labels(scope, node, &mut target, warnings);
    }
    target
}

/// Adds the container that declares the port; the last one, when several do.
fn describe_container(target: &mut Labels, pod: &Pod, port: &EndpointSlicePort) {
    let Some(number) = port.port else { return };
    for (container, is_init) in containers(pod) {
        if let Some(declared) = container.ports.iter().find(|declared| declared.container_port == number) {
            set_container(target, container, is_init);
            set_port(target, number, &declared.name, &declared.protocol);
        }
    }
}
