//! Which objects a role needs.

use kubernetes_watch::Collection;
use prometheus_config::{KubernetesDiscovery, Role};

/// The collections to list and watch.
pub(super) fn of(config: &KubernetesDiscovery, own_namespace: Option<&str>) -> Vec<Collection> {
    let mut namespaces: Vec<_> = config.namespaces.iter().map(String::as_str).chain(own_namespace).collect();
    if namespaces.is_empty() {
        namespaces.push("");
    }
    let attach = config.attach;
    let has_pods = matches!(config.role, Role::Pod | Role::Endpoints | Role::EndpointSlice);
    let mut collections = Vec::new();
    for namespace in namespaces {
        let mut add = |role, api, plural| collections.push(collection(config, role, api, namespace, plural));
        match config.role {
            Role::Pod => {}
            Role::Service => add(Some(Role::Service), "/api/v1", "services"),
            Role::Endpoints => {
                add(Some(Role::Endpoints), "/api/v1", "endpoints");
                add(Some(Role::Service), "/api/v1", "services");
            }
            Role::EndpointSlice => {
                add(Some(Role::EndpointSlice), "/apis/discovery.k8s.io/v1", "endpointslices");
                add(Some(Role::Service), "/api/v1", "services");
            }
            Role::Ingress => add(Some(Role::Ingress), "/apis/networking.k8s.io/v1", "ingresses"),
            _ => continue,
        }
        if has_pods {
            add(Some(Role::Pod), "/api/v1", "pods");
            if attach.deployment {
                add(None, "/apis/apps/v1", "replicasets");
            }
            if attach.cronjob {
                add(None, "/apis/batch/v1", "jobs");
            }
        }
    }
    if config.role == Role::Node || (has_pods && attach.node) {
        collections.push(collection(config, Some(Role::Node), "/api/v1", "", "nodes"));
    }
    if config.role != Role::Node && attach.namespace {
        collections.push(collection(config, None, "/api/v1", "", "namespaces"));
    }
    collections
}

/// The source of the group of an object.
pub(super) fn source(role: Role, namespace: &str, name: &str) -> String {
    match role {
        Role::Node => format!("node/{name}"),
        Role::Service => format!("svc/{namespace}/{name}"),
        role => format!("{role}/{namespace}/{name}"),
    }
}

fn collection(
    config: &KubernetesDiscovery,
    role: Option<Role>,
    api: &str,
    namespace: &str,
    plural: &str,
) -> Collection {
    let path = match namespace {
        "" => format!("{api}/{plural}"),
        namespace => format!("{api}/namespaces/{namespace}/{plural}"),
    };
    let mut collection = Collection::new(path);
    for selector in config.selectors.iter().filter(|selector| Some(selector.role) == role) {
        if !selector.field.is_empty() {
            collection = collection.with_fields(&selector.field);
        }
        if !selector.label.is_empty() {
            collection = collection.with_labels(&selector.label);
        }
    }
    collection
}

#[cfg(test)]
mod tests {
    use prometheus_config::Discovery;
    use source_text::SourceId;

    use super::*;

    #[track_caller]
    fn check(yaml: &str, expected: &[&str]) {
        let text = format!("scrape_configs: [{{job_name: a, kubernetes_sd_configs: [{{{yaml}}}]}}]");
        let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
        let Discovery::Kubernetes(config) = &config.scrape_configs[0].service_discovery[0] else {
            panic!("{yaml}")
        };
        let paths: Vec<_> = of(config, None).iter().map(|collection| collection.path().to_owned()).collect();
        assert_eq!(paths, expected, "{yaml}");
    }

    #[test]
    fn roles() {
        check("role: node", &["/api/v1/nodes"]);
        check("role: pod", &["/api/v1/pods"]);
        check(
            "role: service, attach_metadata: {namespace: true}",
            &["/api/v1/services", "/api/v1/namespaces"],
        );
        check("role: ingress", &["/apis/networking.k8s.io/v1/ingresses"]);
        check("role: endpoints", &["/api/v1/endpoints", "/api/v1/services", "/api/v1/pods"]);
        check(
            "role: endpointslice, namespaces: {names: [a]}, attach_metadata: {node: true}",
            &[
                "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices",
                "/api/v1/namespaces/a/services",
                "/api/v1/namespaces/a/pods",
                "/api/v1/nodes",
            ],
        );
        check(
            "role: pod, attach_metadata: {deployment: true, cronjob: true}",
            &["/api/v1/pods", "/apis/apps/v1/replicasets", "/apis/batch/v1/jobs"],
        );
    }
}
