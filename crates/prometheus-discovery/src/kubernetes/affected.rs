//! Which groups a change concerns, and one group made anew: what a watch needs.

use kubernetes_metadata::{Object, ObjectMeta, ObjectReference, Pod};
use prometheus_config::{KubernetesDiscovery, Role, TargetGroup};

use super::Cluster;
use super::endpoints::endpoints_group;
use super::endpointslice::{SERVICE_NAME, slice_group};
use super::ingress::ingress_group;
use super::node::node_group;
use super::pod::pod_group;
use super::select::Scope;
use super::service::service_group;

/// The group of one object of the role: what [`discover`](super::discover) would give for it. `None` when the
/// object is not there, not selected, or makes no group.
#[must_use]
pub fn discover_one(
    config: &KubernetesDiscovery,
    cluster: &Cluster,
    own_namespace: Option<&str>,
    namespace: &str,
    name: &str,
) -> Option<TargetGroup> {
    let scope = Scope::new(config, cluster, own_namespace);
    let mut warnings = Vec::new();
    let warnings = &mut warnings;
    let role = config.role;
    match role {
        Role::Node => node_group(scope.node(name)?, warnings),
        Role::Pod => {
            scope.object(role, &cluster.pods, namespace, name).map(|pod| pod_group(&scope, pod, warnings))
        }
        Role::Service => scope
            .object(role, &cluster.services, namespace, name)
            .map(|service| service_group(&scope, service, warnings)),
        Role::Endpoints => scope
            .object(role, &cluster.endpoints, namespace, name)
            .map(|endpoints| endpoints_group(&scope, endpoints, warnings)),
        Role::EndpointSlice => scope
            .object(role, &cluster.endpoint_slices, namespace, name)
            .map(|slice| slice_group(&scope, slice, warnings)),
        Role::Ingress => scope
            .object(role, &cluster.ingresses, namespace, name)
            .map(|ingress| ingress_group(&scope, ingress, warnings)),
        _ => None,
    }
}

/// Namespace and name of the objects of the role whose groups may change when `changed` is added, changed or
/// deleted: the object itself, or those that carry labels of it.
#[must_use]
pub fn affected(config: &KubernetesDiscovery, cluster: &Cluster, changed: &Object) -> Vec<(String, String)> {
    let role = config.role;
    let metadata = changed.metadata();
    let (namespace, name) = (metadata.namespace.as_str(), metadata.name.as_str());
    if changed.kind().eq_ignore_ascii_case(role.as_str()) {
        return vec![key(metadata)];
    }
    match (role, changed) {
        (Role::Pod, Object::Node(_)) => {
            pods(cluster, None, |pod| pod.spec.node_name.as_deref() == Some(name))
        }
        (Role::Pod, Object::Namespace(_)) => pods(cluster, Some(name), |_| true),
        (Role::Pod, Object::ReplicaSet(_) | Object::Job(_)) => pods(cluster, Some(namespace), |pod| {
            pod.metadata.controller().is_some_and(|owner| owner.name == name)
        }),
        (Role::Service, Object::Namespace(_)) => in_namespace(cluster.services.keys(), name).collect(),
        (Role::Ingress, Object::Namespace(_)) => in_namespace(cluster.ingresses.keys(), name).collect(),
        (Role::Endpoints, Object::Service(_)) => vec![key(metadata)],
        (Role::Endpoints, _) => {
            let leads = |object: &kubernetes_metadata::Endpoints| {
                let addresses = object
                    .subsets
                    .iter()
                    .flat_map(|subset| subset.addresses.iter().chain(&subset.not_ready_addresses));
                let mut addresses =
                    addresses.map(|address| (address.target_ref.as_ref(), &address.node_name));
                concerns(changed, &object.metadata)
                    || addresses
                        .any(|(reference, node)| leads_to(changed, cluster, reference, node.as_deref()))
            };
            cluster.endpoints.iter().filter(|(_, object)| leads(object)).map(|(key, _)| key.clone()).collect()
        }
        (Role::EndpointSlice, _) => {
            let leads = |object: &kubernetes_metadata::EndpointSlice| {
                let service = matches!(changed, Object::Service(_))
                    && object.metadata.namespace == namespace
                    && object.metadata.labels().get(SERVICE_NAME) == Some(name);
                service
                    || concerns(changed, &object.metadata)
                    || object.endpoints.iter().any(|endpoint| {
                        let node = endpoint.node_name.as_deref();
                        leads_to(changed, cluster, endpoint.target_ref.as_ref(), node)
                    })
            };
            let slices = cluster.endpoint_slices.iter().filter(|(_, object)| leads(object));
            slices.map(|(key, _)| key.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether `changed` is the namespace of an object.
fn concerns(changed: &Object, metadata: &ObjectMeta) -> bool {
    matches!(changed, Object::Namespace(namespace) if namespace.metadata.name == metadata.namespace)
}

/// Whether an address is that of the changed pod, of a pod of the changed controller, or on the changed node.
fn leads_to(
    changed: &Object,
    cluster: &Cluster,
    reference: Option<&ObjectReference>,
    node: Option<&str>,
) -> bool {
    let metadata = changed.metadata();
    let kind = reference.map_or("", |reference| &reference.kind);
    match (changed, reference) {
        (Object::Node(_), reference) => {
            node == Some(metadata.name.as_str())
                || (kind == "Node" && reference.is_some_and(|reference| reference.name == metadata.name))
        }
        (Object::Pod(_), Some(reference)) => {
            kind == "Pod" && reference.name == metadata.name && reference.namespace == metadata.namespace
        }
        (Object::ReplicaSet(_) | Object::Job(_), Some(reference)) if kind == "Pod" => {
            let pod = cluster.pods.get(&(reference.namespace.clone(), reference.name.clone()));
            reference.namespace == metadata.namespace
                && pod
                    .and_then(|pod| pod.metadata.controller())
                    .is_some_and(|owner| owner.name == metadata.name)
        }
        _ => false,
    }
}

fn pods(
    cluster: &Cluster,
    namespace: Option<&str>,
    is_affected: impl Fn(&Pod) -> bool,
) -> Vec<(String, String)> {
    let pods = cluster.pods.iter();
    let pods =
        pods.filter(|((of, _), pod)| namespace.is_none_or(|namespace| of == namespace) && is_affected(pod));
    pods.map(|(key, _)| key.clone()).collect()
}

fn in_namespace<'a>(
    keys: impl Iterator<Item = &'a (String, String)>,
    namespace: &str,
) -> impl Iterator<Item = (String, String)> {
    keys.filter(move |(of, _)| of == namespace).cloned()
}

fn key(metadata: &ObjectMeta) -> (String, String) {
    (metadata.namespace.clone(), metadata.name.clone())
}

#[cfg(test)]
mod tests {
    use kubernetes_metadata::{read_object, read_objects};

    use super::super::discover;
    use super::*;

    const OBJECTS: &str = r#"{"kind": "List", "items": [
        {"kind": "Pod", "metadata": {"name": "web-0", "namespace": "shop",
            "ownerReferences": [{"kind": "ReplicaSet", "name": "web", "controller": true}]},
         "spec": {"nodeName": "n1", "containers": [{"name": "c", "ports": [{"containerPort": 80}]}]},
         "status": {"podIP": "10.0.0.1"}},
        {"kind": "Pod", "metadata": {"name": "db-0", "namespace": "data"}, "spec": {"nodeName": "n2"},
         "status": {"podIP": "10.0.0.2"}},
        {"kind": "ReplicaSet", "metadata": {"name": "web", "namespace": "shop"}},
        {"kind": "Node", "metadata": {"name": "n1"}, "status": {"addresses": [{"type": "InternalIP", "address": "10.1.0.1"}]}},
        {"kind": "Namespace", "metadata": {"name": "shop"}},
        {"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"ports": [{"port": 80}]}},
        {"kind": "Endpoints", "metadata": {"name": "web", "namespace": "shop"}, "subsets": [{
            "addresses": [{"ip": "10.0.0.1", "nodeName": "n1",
                "targetRef": {"kind": "Pod", "name": "web-0", "namespace": "shop"}}],
            "ports": [{"port": 80}]}]},
        {"kind": "EndpointSlice", "metadata": {"name": "web-abc", "namespace": "shop",
            "labels": {"kubernetes.io/service-name": "web"}},
         "endpoints": [{"addresses": ["10.0.0.1"], "nodeName": "n1",
            "targetRef": {"kind": "Pod", "name": "web-0", "namespace": "shop"}}],
         "ports": [{"port": 80}]},
        {"kind": "Ingress", "metadata": {"name": "web", "namespace": "shop"},
         "spec": {"rules": [{"host": "web.example"}]}}
    ]}"#;

    fn cluster() -> Cluster {
        read_objects(OBJECTS.as_bytes()).unwrap().into_iter().collect()
    }

    #[track_caller]
    fn check(role: Role, kind: &str, namespace: &str, name: &str, expected: &[&str]) {
        let json =
            format!(r#"{{"kind": "{kind}", "metadata": {{"name": "{name}", "namespace": "{namespace}"}}}}"#);
        let changed = read_object(json.as_bytes()).unwrap().unwrap();
        let affected = affected(&KubernetesDiscovery::new(role), &cluster(), &changed);
        let affected: Vec<_> =
            affected.into_iter().map(|(namespace, name)| format!("{namespace}/{name}")).collect();
        assert_eq!(affected, expected, "{role} {json}");
    }

    #[test]
    fn changes_concern_few_groups() {
        check(Role::Pod, "Pod", "shop", "web-0", &["shop/web-0"]);
        check(Role::Pod, "Node", "", "n1", &["shop/web-0"]);
        check(Role::Pod, "Namespace", "", "data", &["data/db-0"]);
        check(Role::Pod, "ReplicaSet", "shop", "web", &["shop/web-0"]);
        check(Role::Pod, "ReplicaSet", "data", "web", &[]);
        check(Role::Node, "Node", "", "n1", &["/n1"]);
        check(Role::Service, "Namespace", "", "shop", &["shop/web"]);
        check(Role::Ingress, "Namespace", "", "data", &[]);
        for role in [Role::Endpoints, Role::EndpointSlice] {
            let own: &[&str] = if role == Role::Endpoints { &["shop/web"] } else { &["shop/web-abc"] };
            check(role, "Service", "shop", "web", own);
            check(role, "Pod", "shop", "web-0", own);
            check(role, "Node", "", "n1", own);
            check(role, "Namespace", "", "shop", own);
            check(role, "ReplicaSet", "shop", "web", own);
            check(role, "Pod", "data", "db-0", &[]);
            check(role, "Node", "", "n2", &[]);
        }
    }

    #[test]
    fn one_group_is_what_all_groups_hold() {
        let cluster = cluster();
        for role in Role::ALL {
            let config = KubernetesDiscovery::new(role);
            let all = discover(&config, &cluster, None).groups;
            assert!(!all.is_empty(), "{role}");
            for group in all {
                let mut parts = group.source.rsplit('/');
                let (name, namespace) = (parts.next().unwrap(), parts.next().unwrap_or_default());
                let one = discover_one(&config, &cluster, None, namespace, name);
                assert_eq!(one.as_ref(), Some(&group), "{role}");
            }
        }
        assert_eq!(discover_one(&KubernetesDiscovery::new(Role::Pod), &cluster, None, "shop", "gone"), None);
    }
}
