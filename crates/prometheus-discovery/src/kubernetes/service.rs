//! The role `service`.

use kubernetes_metadata::Service;
use prometheus_config::{Role, TargetGroup};
use source_text::Diagnostic;

use super::labels::{Labels, host_port};
use super::select::Scope;
use super::{group, namespace_labels};

pub(super) fn groups(scope: &Scope<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<TargetGroup> {
    let services = scope.objects(Role::Service, &scope.cluster.services);
    services.map(|service| service_group(scope, service, warnings)).collect()
}

/// The labels that describe a service.
pub(super) fn service_labels(service: &Service, warnings: &mut Vec<Diagnostic>) -> Labels {
    let mut labels = Labels::default();
    labels.set("namespace", &service.metadata.namespace);
    labels.describe("service", &service.metadata, warnings);
    labels
}

pub(super) fn service_group(
    scope: &Scope<'_>,
    service: &Service,
    warnings: &mut Vec<Diagnostic>,
) -> TargetGroup {
    let (namespace, name) = (&service.metadata.namespace, &service.metadata.name);
    let spec = &service.spec;
    let mut labels = service_labels(service, warnings);
    namespace_labels(scope, namespace, &mut labels, warnings);
    let mut targets = Vec::new();
    for port in &spec.ports {
        let mut target = Labels::with_address(service_address(name, namespace, port.port));
        target.set("service_port_name", &port.name);
        target.set("service_port_number", port.port.to_string());
        target.set("service_port_protocol", &port.protocol);
        target.set("service_type", &spec.kind);
        if spec.kind == "ExternalName" {
            target.set("service_external_name", &spec.external_name);
        } else {
            target.set("service_cluster_ip", &spec.cluster_ip);
        }
        if spec.kind == "LoadBalancer" {
            target.set("service_loadbalancer_ip", load_balancer_ips(service));
        }
        targets.push(target);
    }
    group(format!("svc/{namespace}/{name}"), labels, targets)
}

fn service_address(name: &str, namespace: &str, port: i32) -> String {
    let host = format!("{name}.{namespace}.svc");
    // A negative port, which no API server accepts, keeps its sign here.
    if port < 0 { format!("{host}:{port}") } else { host_port(&host, port) }
}

/// The addresses the load balancer has, or else the one that was asked for.
fn load_balancer_ips(service: &Service) -> String {
    let ips = service.status.load_balancer.ingress.iter().map(|ingress| ingress.ip.as_str());
    let ips: Vec<_> = ips.filter(|ip| !ip.is_empty()).collect();
    if ips.is_empty() { service.spec.load_balancer_ip.clone() } else { ips.join(",") }
}
