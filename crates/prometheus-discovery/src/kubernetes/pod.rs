//! The role `pod`, and the labels of pods for other roles.

use kubernetes_metadata::{Container, ContainerKind, Owned, Pod};
use prometheus_config::{Role, TargetGroup};
use source_text::Diagnostic;

use super::cluster::Objects;
use super::labels::{Labels, host_port, port_text};
use super::select::Scope;
use super::{group, namespace_labels, node_labels};

pub(super) fn groups(scope: &Scope<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<TargetGroup> {
    let pods = scope.objects(Role::Pod, &scope.cluster.pods);
    pods.map(|pod| pod_group(scope, pod, warnings)).collect()
}

/// The labels that describe a pod. The namespace is not among them.
pub(super) fn pod_labels(scope: &Scope<'_>, pod: &Pod, warnings: &mut Vec<Diagnostic>) -> Labels {
    let ready = pod.status.conditions.iter().find(|condition| condition.kind == "Ready");
    let mut labels = Labels::default();
    labels.set("pod_ip", pod.status.pod_ip.as_deref().unwrap_or_default());
    labels.set("pod_ready", ready.map_or_else(|| "unknown".to_owned(), |ready| ready.status.to_lowercase()));
    labels.set("pod_phase", &pod.status.phase);
    labels.set("pod_node_name", pod.spec.node_name.as_deref().unwrap_or_default());
    labels.set("pod_host_ip", &pod.status.host_ip);
    labels.set("pod_uid", pod.metadata.uid.as_deref().unwrap_or_default());
    labels.describe("pod", &pod.metadata, warnings);
    let Some(owner) = pod.metadata.controller() else { return labels };
    let not_empty = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    labels.set_some("pod_controller_kind", not_empty(&owner.kind));
    labels.set_some("pod_controller_name", not_empty(&owner.name));
    let attach = scope.config.attach;
    let manager = |objects: &Objects<Owned>, kind| {
        let key = (pod.metadata.namespace.clone(), owner.name.clone());
        let manager = objects.get(&key)?.metadata.controller()?;
        (manager.kind == kind).then(|| manager.name.clone())
    };
    match owner.kind.as_str() {
        "ReplicaSet" if attach.deployment => {
            labels.set_some("pod_deployment_name", manager(&scope.cluster.replica_sets, "Deployment"));
        }
        "Job" => {
            labels.set_some("pod_job_name", attach.job.then_some(&owner.name));
            if attach.cronjob {
                labels.set_some("pod_cronjob_name", manager(&scope.cluster.jobs, "CronJob"));
            }
        }
        _ => {}
    }
    labels
}

/// The containers of a pod and whether each runs before the others.
pub(super) fn containers(pod: &Pod) -> impl Iterator<Item = (&Container, bool)> {
    let regular = pod.spec.containers.iter().map(|container| (container, false));
    regular.chain(pod.spec.init_containers.iter().map(|container| (container, true)))
}

/// The targets for the ports of a pod that `is_known` does not know. They have no labels of the service.
pub(super) fn other_ports(pod: &Pod, labels: &Labels, is_known: impl Fn(i32) -> bool) -> Vec<Labels> {
    let Some(ip) = pod.status.pod_ip.as_deref().filter(|ip| !ip.is_empty()) else { return Vec::new() };
    let mut targets = Vec::new();
    for (container, is_init) in containers(pod) {
        for port in container.ports.iter().filter(|port| !is_known(port.container_port)) {
            let mut target = Labels::with_address(host_port(ip, port.container_port));
            set_container(&mut target, container, is_init);
            set_port(&mut target, port.container_port, &port.name, &port.protocol);
            target.merge(labels);
            targets.push(target);
        }
    }
    targets
}

pub(super) fn set_container(target: &mut Labels, container: &Container, is_init: bool) {
    target.set("pod_container_name", &container.name);
    target.set("pod_container_image", &container.image);
    target.set("pod_container_init", is_init.to_string());
}

pub(super) fn set_port(target: &mut Labels, number: i32, name: &str, protocol: &str) {
    target.set("pod_container_port_number", port_text(number));
    target.set("pod_container_port_name", name);
    target.set("pod_container_port_protocol", protocol);
}

pub(super) fn pod_group(scope: &Scope<'_>, pod: &Pod, warnings: &mut Vec<Diagnostic>) -> TargetGroup {
    let source = format!("pod/{}/{}", pod.metadata.namespace, pod.metadata.name);
    let node_name = pod.spec.node_name.as_deref().unwrap_or_default();
    // A pod that starts or was evicted has no address; a node that is not selected hides its pods.
    let is_hidden = scope.config.attach.node && scope.node(node_name).is_none();
    let ip = match pod.status.pod_ip.as_deref() {
        Some(ip) if !ip.is_empty() && !is_hidden => ip,
        _ => return group(source, Labels::default(), Vec::new()),
    };
    let mut labels = pod_labels(scope, pod, warnings);
    labels.set("namespace", &pod.metadata.namespace);
    node_labels(scope, node_name, &mut labels, warnings);
    namespace_labels(scope, &pod.metadata.namespace, &mut labels, warnings);
    let mut targets = Vec::new();
    for (container, is_init) in containers(pod) {
        let kind = if is_init { ContainerKind::Init } else { ContainerKind::Regular };
        let mut statuses = pod.status.containers.iter();
        let status = statuses.find(|status| status.kind == kind && status.name == container.name);
        let id = status.and_then(|status| status.container_id.as_deref()).unwrap_or_default();
        let target = |address| {
            let mut target = Labels::with_address(address);
            set_container(&mut target, container, is_init);
            target.set("pod_container_id", id);
            target
        };
        if container.ports.is_empty() {
            // Without a port the address is that of the pod, for a rule to complete. It gets no brackets.
            targets.push(target(ip.to_owned()));
        }
        for port in &container.ports {
            let mut target = target(host_port(ip, port.container_port));
            set_port(&mut target, port.container_port, &port.name, &port.protocol);
            targets.push(target);
        }
    }
    group(source, labels, targets)
}
