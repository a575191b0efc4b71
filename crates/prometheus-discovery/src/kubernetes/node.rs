//! The role `node`.

use kubernetes_metadata::Node;
use prometheus_config::{Role, TargetGroup};
use source_text::Diagnostic;

use super::labels::{Labels, host_port, sanitized};
use super::select::Scope;
use super::{group, warning};

/// The kinds of addresses, the best one first.
const ADDRESS_KINDS: [&str; 6] =
    ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname"];

pub(super) fn groups(scope: &Scope<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<TargetGroup> {
    // Nodes are in no namespace: all are looked at, whatever the namespaces.
    let nodes = scope.cluster.nodes.iter().map(|(_, node)| node);
    let nodes = nodes.filter(|node| scope.node(&node.metadata.name).is_some());
    nodes.filter_map(|node| node_group(node, warnings)).collect()
}

pub(super) fn node_group(node: &Node, warnings: &mut Vec<Diagnostic>) -> Option<TargetGroup> {
    let name = &node.metadata.name;
    let mut labels = Labels::default();
    labels.set("node_provider_id", &node.spec.provider_id);
    for condition in &node.status.conditions {
        let kind = sanitized(&condition.kind.to_lowercase());
        labels.set(&format!("node_condition_{kind}"), condition.status.to_lowercase());
    }
    labels.describe(Role::Node.as_str(), &node.metadata, warnings);
    let addresses = &node.status.addresses;
    let best = ADDRESS_KINDS.iter().find_map(|kind| addresses.iter().find(|address| address.kind == *kind));
    let Some(best) = best else {
        warnings.push(warning("node-without-address", format!("node {name} has no address and is left out")));
        return None;
    };
    let port = node.status.daemon_endpoints.kubelet_endpoint.port;
    let mut target = Labels::with_address(host_port(&best.address, port));
    target.set_plain("instance", name);
    // The first address of each kind counts.
    for address in addresses.iter().rev() {
        target.set(&format!("node_address_{}", sanitized(&address.kind)), &address.address);
    }
    Some(group(format!("node/{name}"), labels, vec![target]))
}
