//! The six roles, object by object.

use kubernetes_metadata::read_objects;
use prometheus_config::Discovery;
use prometheus_discovery::kubernetes::{Cluster, Discovered, discover};
use source_text::SourceId;

/// What a discovery with the given YAML fields finds among objects in the notation of JSON.
#[track_caller]
fn find(fields: &str, objects: &str) -> Discovered {
    let text = format!("scrape_configs: [{{job_name: j, kubernetes_sd_configs: [{{{fields}}}]}}]");
    let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().expect("valid");
    let Discovery::Kubernetes(config) = &config.scrape_configs[0].service_discovery[0] else {
        panic!("Kubernetes")
    };
    let cluster: Cluster = read_objects(objects.as_bytes()).expect("readable").into_iter().collect();
    discover(config, &cluster, Some("own"))
}

/// Each label of a set without the long prefix.
fn show(labels: &[(String, String)]) -> String {
    let label = |(name, value): &(String, String)| {
        format!("{}={value}", name.strip_prefix("__meta_kubernetes_").unwrap_or(name))
    };
    labels.iter().map(label).collect::<Vec<_>>().join(" ")
}

/// The first lines are the labels of groups, those with a dash their targets.
#[track_caller]
fn check(fields: &str, objects: &str, expected: &[&str]) {
    let found = find(fields, objects);
    let mut lines = Vec::new();
    for group in &found.groups {
        lines.push(format!("{}: {}", group.source, show(&group.labels)).trim_end().to_owned());
        lines.extend(group.targets.iter().map(|target| format!("- {}", show(target))));
    }
    assert_eq!(lines, expected);
}

/// The addresses of all targets.
fn addresses(fields: &str, objects: &str) -> Vec<String> {
    let found = find(fields, objects);
    let targets = found.groups.iter().flat_map(|group| &group.targets).flatten();
    targets.filter(|(name, _)| name == "__address__").map(|(_, address)| address.clone()).collect()
}

const POD: &str = r#"{"kind": "Pod",
    "metadata": {"name": "p", "namespace": "n", "uid": "u", "ownerReferences": [
        {"kind": "ReplicaSet", "name": "r", "controller": true}]},
    "spec": {"nodeName": "w",
        "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80, "name": "web", "protocol": "TCP"}]}],
        "initContainers": [{"name": "b", "image": "j"}]},
    "status": {"podIP": "10.0.0.7", "hostIP": "10.1.0.1", "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "c", "containerID": "containerd://1"}]}}"#;

#[test]
fn pods() {
    check(
        "role: pod",
        POD,
        &[
            "pod/n/p: namespace=n pod_controller_kind=ReplicaSet pod_controller_name=r pod_host_ip=10.1.0.1 \
         pod_ip=10.0.0.7 pod_name=p pod_node_name=w pod_phase=Running pod_ready=true pod_uid=u",
            "- __address__=10.0.0.7:80 pod_container_id=containerd://1 pod_container_image=i pod_container_init=false \
         pod_container_name=c pod_container_port_name=web pod_container_port_number=80 \
         pod_container_port_protocol=TCP",
            "- __address__=10.0.0.7 pod_container_id= pod_container_image=j pod_container_init=true pod_container_name=b",
        ],
    );
    check("role: pod", r#"{"kind": "Pod", "metadata": {"name": "p", "namespace": "n"}}"#, &["pod/n/p:"]);
    let ipv6 = POD.replace("10.0.0.7", "fd00::7");
    assert_eq!(addresses("role: pod", &ipv6), ["[fd00::7]:80", "fd00::7"]);
}

#[test]
fn related_objects() {
    let objects = format!(
        r#"{POD} {{"kind": "Node", "metadata": {{"name": "w", "labels": {{"zone": "z"}}}}}}
        {{"kind": "Namespace", "metadata": {{"name": "n", "annotations": {{"team": "t"}}}}}}
        {{"kind": "ReplicaSet", "metadata": {{"name": "r", "namespace": "n", "ownerReferences": [
            {{"kind": "Deployment", "name": "d", "controller": true}}]}}}}"#
    );
    let found = find("role: pod, attach_metadata: {node: true, namespace: true, deployment: true}", &objects);
    let labels = show(&found.groups[0].labels);
    for label in ["node_name=w", "node_label_zone=z", "namespace_annotation_team=t", "pod_deployment_name=d"]
    {
        assert!(labels.contains(label), "{label}");
    }
    // A node that is not there hides its pods.
    assert!(addresses("role: pod, attach_metadata: {node: true}", POD).is_empty());
    let hidden = "role: pod, attach_metadata: {node: true}, selectors: [{role: node, label: zone=y}]";
    assert!(addresses(hidden, &objects).is_empty());
}

#[test]
fn selection() {
    let other = POD.replace(r#""namespace": "n""#, r#""namespace": "own""#).replace("10.0.0.7", "10.0.0.8");
    let pods = format!("{POD}{other}");
    let count = |fields: &str| addresses(&format!("role: pod, {fields}"), &pods).len();
    assert_eq!(count("namespaces: {names: []}"), 4);
    assert_eq!(count("namespaces: {names: [n, x]}"), 2);
    assert_eq!(count("namespaces: {own_namespace: true}"), 2);
    assert_eq!(count("namespaces: {names: [n], own_namespace: true}"), 4);
    assert_eq!(count("selectors: [{role: pod, label: app}]"), 0);
    assert_eq!(count("selectors: [{role: pod, field: spec.nodeName=w}]"), 4);
    assert_eq!(count("selectors: [{role: pod, field: 'status.phase!=Running'}]"), 0);
    assert_eq!(count("selectors: [{role: pod, field: metadata.namespace=own}]"), 2);
    let found = find("role: pod, selectors: [{role: pod, field: spec.hostNetwork=true}]", POD);
    assert_eq!(found.warnings[0].code(), "unsupported-field-selector");
}

#[test]
fn nodes() {
    let node = r#"{"kind": "Node", "metadata": {"name": "w"}, "spec": {"providerID": "x://1"}, "status": {
        "conditions": [{"type": "DiskPressure", "status": "False"}],
        "addresses": [{"type": "Hostname", "address": "h"}, {"type": "InternalIP", "address": "10.1.0.1"},
            {"type": "InternalIP", "address": "fd00::1"}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}}}}"#;
    check(
        "role: node",
        node,
        &[
            "node/w: node_condition_diskpressure=false node_name=w node_provider_id=x://1",
            "- __address__=10.1.0.1:10250 node_address_Hostname=h node_address_InternalIP=10.1.0.1 instance=w",
        ],
    );
    let found = find("role: node", r#"{"kind": "Node", "metadata": {"name": "w"}}"#);
    assert!(found.groups.is_empty() && found.warnings[0].code() == "node-without-address");
}

#[test]
fn services() {
    let service = |spec: &str| {
        format!(r#"{{"kind": "Service", "metadata": {{"name": "s", "namespace": "n"}}, {spec}}}"#)
    };
    check(
        "role: service",
        &service(r#""spec": {"type": "ClusterIP", "clusterIP": "10.2.0.1", "ports": [{"port": 80}]}"#),
        &[
            "svc/n/s: namespace=n service_name=s",
            "- __address__=s.n.svc:80 service_cluster_ip=10.2.0.1 service_port_name= service_port_number=80 \
         service_port_protocol= service_type=ClusterIP",
        ],
    );
    let external =
        service(r#""spec": {"type": "ExternalName", "externalName": "a.example", "ports": [{"port": 1}]}"#);
    assert!(
        show(&find("role: service", &external).groups[0].targets[0])
            .contains("service_external_name=a.example")
    );
    let balanced = service(
        r#""spec": {"type": "LoadBalancer", "loadBalancerIP": "9.9.9.9", "ports": [{"port": 1}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "1.1.1.1"}, {"hostname": "x"}, {"ip": "2.2.2.2"}]}}"#,
    );
    let labels = |objects: &str| show(&find("role: service", objects).groups[0].targets[0]);
    assert!(labels(&balanced).contains("service_loadbalancer_ip=1.1.1.1,2.2.2.2"));
    assert!(labels(&balanced.replace("status", "x")).contains("service_loadbalancer_ip=9.9.9.9"));
}

#[test]
fn ingresses() {
    let ingress = r#"{"kind": "Ingress", "metadata": {"name": "i", "namespace": "n"}, "spec": {
        "ingressClassName": "c", "tls": [{"hosts": ["*.example"]}],
        "rules": [{"host": "a.example", "http": {"paths": [{"path": "/x"}, {}]}}, {"host": "b"}]}}"#;
    check(
        "role: ingress",
        ingress,
        &[
            "ingress/n/i: ingress_class_name=c ingress_name=i namespace=n",
            "- __address__=a.example ingress_host=a.example ingress_path=/x ingress_scheme=https",
            "- __address__=a.example ingress_host=a.example ingress_path=/ ingress_scheme=https",
            "- __address__=b ingress_host=b ingress_path=/ ingress_scheme=http",
        ],
    );
}

#[test]
fn endpoints_have_targets_for_ports_of_their_pods_too() {
    let pod = POD.replace(r#""containerPort": 80"#, r#""containerPort": 81"#);
    let objects = format!(
        r#"{pod} {{"kind": "Service", "metadata": {{"name": "e", "namespace": "n"}}}}
        {{"kind": "Endpoints", "metadata": {{"name": "e", "namespace": "n"}}, "subsets": [{{
            "ports": [{{"port": 80, "name": "http", "protocol": "TCP"}}],
            "addresses": [{{"ip": "10.0.0.7", "nodeName": "w", "targetRef": {{"kind": "Pod", "namespace": "n", "name": "p"}}}}],
            "notReadyAddresses": [{{"ip": "10.0.0.9"}}]}}]}}"#
    );
    let found = find("role: endpoints", &objects);
    assert_eq!(show(&found.groups[0].labels), "endpoints_name=e namespace=n service_name=e");
    let targets: Vec<_> = found.groups[0].targets.iter().map(|target| show(target)).collect();
    assert_eq!(targets.len(), 3);
    assert!(targets[0].contains("endpoint_ready=true") && targets[0].contains("pod_name=p"));
    assert!(!targets[0].contains("pod_container_name"));
    assert_eq!(
        targets[1],
        "__address__=10.0.0.9:80 endpoint_port_name=http endpoint_port_protocol=TCP endpoint_ready=false"
    );
    assert!(
        targets[2].starts_with("__address__=10.0.0.7:81 ") && targets[2].contains("pod_container_name=c")
    );
    assert!(!targets[2].contains("endpoint_"));
}

#[test]
fn slices() {
    let slice = |family: &str| {
        format!(
            r#"{{"kind": "Service", "metadata": {{"name": "s", "namespace": "n"}}, "spec": {{
                "ipFamilies": ["IPv6", "IPv4"], "ipFamilyPolicy": "PreferDualStack"}}}}
            {{"kind": "EndpointSlice", "addressType": "{family}", "metadata": {{"name": "e", "namespace": "n",
                "labels": {{"kubernetes.io/service-name": "s"}}}},
                "ports": [{{"port": 80, "appProtocol": "http"}}, {{}}],
                "endpoints": [{{"addresses": ["fd00::7"], "conditions": {{"ready": false}}, "zone": "z",
                    "deprecatedTopology": {{"a.b": "c"}}}}]}}"#
        )
    };
    check(
        "role: endpointslice",
        &slice("IPv6"),
        &[
            "endpointslice/n/e: endpointslice_address_type=IPv6 endpointslice_label_kubernetes_io_service_name=s \
         endpointslice_labelpresent_kubernetes_io_service_name=true endpointslice_name=e namespace=n service_name=s",
            "- __address__=[fd00::7]:80 endpointslice_endpoint_conditions_ready=false \
         endpointslice_endpoint_topology_a_b=c endpointslice_endpoint_topology_present_a_b=true \
         endpointslice_endpoint_zone=z endpointslice_port=80 endpointslice_port_app_protocol=http",
            "- __address__=fd00::7 endpointslice_endpoint_conditions_ready=false \
         endpointslice_endpoint_topology_a_b=c endpointslice_endpoint_topology_present_a_b=true \
         endpointslice_endpoint_zone=z",
        ],
    );
    assert!(addresses("role: endpointslice", &slice("IPv4")).is_empty());
}

#[test]
fn labels_that_become_equal() {
    let pod = POD.replace(r#""uid": "u""#, r#""labels": {"a-b": "2", "a.b": "1", "a/b": "3", "é": "x"}"#);
    let found = find("role: pod", &pod);
    let labels = show(&found.groups[0].labels);
    assert!(labels.contains("pod_label_a_b=2") && labels.contains("pod_label__=x"));
    let warning = &found.warnings[0];
    assert_eq!(warning.code(), "colliding-labels");
    assert_eq!(
        warning.message(),
        "the labels `a-b` and `a.b` and `a/b` of pod n/p become the same label; `a-b` wins"
    );
    assert_eq!(found.warnings.len(), 1);
}

#[test]
fn objects_come_and_go() {
    let objects = read_objects(POD.as_bytes()).expect("readable");
    let config = prometheus_config::KubernetesDiscovery::new(prometheus_config::Role::Pod);
    let mut cluster: Cluster = objects.iter().cloned().chain(objects.iter().cloned()).collect();
    assert_eq!(discover(&config, &cluster, None).groups.len(), 1);
    cluster.remove(&objects[0]);
    assert!(discover(&config, &cluster, None).groups.is_empty());
}
