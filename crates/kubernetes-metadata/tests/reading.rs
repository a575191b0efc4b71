//! Objects, lists and watch events as API servers send them.

use kubernetes_metadata::{
    ContainerKind, Error, ErrorKind, Object, WatchEvent, WatchKind, read_list, read_object, read_objects,
};

/// Kind and `namespace/name` of each object.
#[track_caller]
fn check(json: &str, expected: &[&str]) {
    let objects = read_objects(json.as_bytes()).expect("readable");
    let found: Vec<String> = objects
        .iter()
        .map(|object| {
            let metadata = object.metadata();
            format!("{} {}/{}", object.kind(), metadata.namespace, metadata.name)
        })
        .collect();
    assert_eq!(found, expected, "{json}");
}

#[track_caller]
fn check_error(json: &[u8], kind: ErrorKind, offset: usize) {
    let error: Error = read_objects(json).expect_err("not readable");
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{error}");
}

const A: &str = r#"{"kind": "Pod", "metadata": {"name": "a", "namespace": "n"}}"#;

#[test]
fn objects_and_lists() {
    check(A, &["Pod n/a"]);
    check(&format!(r#"{{"kind": "List", "items": [{A}, {A}]}}"#), &["Pod n/a", "Pod n/a"]);
    check(&format!("{A}\n{A}"), &["Pod n/a", "Pod n/a"]);
    check(
        r#"{"kind": "ServiceList", "items": [{"metadata": {"name": "s"}}, {"metadata": null}]}"#,
        &["Service /s", "Service /"],
    );
    check(
        &format!(
            r#"{{"kind": "List", "items": [{{"kind": "PodList", "items": [{{"metadata": {{"name": "b"}}}}]}}, {A}]}}"#
        ),
        &["Pod /b", "Pod n/a"],
    );
    check(r#"{"kind": "ConfigMap", "metadata": {"name": "c"}, "items": 5, "spec": 7}"#, &[]);
    check(r#"{"kind": "List", "items": null}"#, &[]);
    check("", &[]);
    for kind in ["Node", "Namespace", "Endpoints", "EndpointSlice", "Ingress", "ReplicaSet", "Job"] {
        check(&format!(r#"{{"kind": "{kind}"}}"#), &[&format!("{kind} /")]);
    }
}

#[test]
fn missing_and_null_are_defaults() {
    let json = r#"{"kind": "Pod", "metadata": null, "spec": {"containers": null, "nodeName": null},
        "status": {"podIP": null, "conditions": null, "phase": null, "containerStatuses": null}}"#;
    let Ok(Some(Object::Pod(pod))) = read_object(json.as_bytes()) else { panic!("a pod") };
    assert_eq!(pod, kubernetes_metadata::Pod::default());
}

#[test]
fn json_order_is_kept() {
    let json = r#"{"kind": "Pod",
        "metadata": {"labels": {"z": "1", "a": "2"}, "annotations": {}},
        "status": {
            "initContainerStatuses": [{"name": "i", "imageID": "x"}],
            "containerStatuses": [{"name": "c2"}, {"name": "c1", "containerID": "docker://5"}]
        }}"#;
    let Ok(Some(Object::Pod(pod))) = read_object(json.as_bytes()) else { panic!("a pod") };
    assert_eq!(pod.metadata.labels().iter().collect::<Vec<_>>(), [("z", "1"), ("a", "2")]);
    assert_eq!(pod.metadata.annotations.as_ref().map(|pairs| pairs.len()), Some(0));
    assert!(pod.metadata.owner_references.is_none());
    let statuses: Vec<_> = pod.status.containers.iter().map(|status| (status.kind, &*status.name)).collect();
    assert_eq!(
        statuses,
        [(ContainerKind::Init, "i"), (ContainerKind::Regular, "c2"), (ContainerKind::Regular, "c1")]
    );
}

#[test]
fn odd_label_values() {
    let json = r#"{"kind": "Node", "metadata": {"labels":
        {"a": 5, "b": true, "c": null, "d": {"x": [1]}, "e": [1, {}], "f": -1.5, "g": "s", "g": "t"}}}"#;
    let Ok(Some(Object::Node(node))) = read_object(json.as_bytes()) else { panic!("a node") };
    let labels: Vec<_> = node.metadata.labels().iter().collect();
    assert_eq!(labels, [("a", "5"), ("b", "true"), ("c", ""), ("f", "-1.5"), ("g", "s"), ("g", "t")]);
    assert_eq!(node.metadata.labels().get("g"), Some("t"));
}

#[test]
fn the_controller_is_the_owner_that_says_so() {
    let json = r#"{"kind": "Pod", "metadata": {"ownerReferences": [
        {"kind": "X", "name": "x"}, {"kind": "ReplicaSet", "name": "r", "controller": true, "blockOwnerDeletion": false}
    ]}}"#;
    let Ok(Some(Object::Pod(pod))) = read_object(json.as_bytes()) else { panic!("a pod") };
    let owner = pod.metadata.controller().expect("an owner");
    assert_eq!((&*owner.kind, &*owner.name, owner.block_owner_deletion), ("ReplicaSet", "r", Some(false)));
}

#[test]
fn list_versions() {
    let json =
        br#"{"kind": "PodList", "metadata": {"resourceVersion": "77", "continue": "abc"}, "items": []}"#;
    let list = read_list(json).expect("readable");
    assert_eq!((&*list.resource_version, &*list.continue_token), ("77", "abc"));
    let list = read_list(br#"{"kind": "Pod"}"#).expect("readable");
    assert!(list.items.is_empty());
}

#[test]
fn watch_events() {
    let read = |line: &str| WatchEvent::read(line.as_bytes()).expect("readable");
    let added = read(&format!(r#"{{"type": "ADDED", "object": {A}}}"#));
    assert!(added.kind == WatchKind::Added && matches!(added.object, Some(Object::Pod(_))));
    let bookmark =
        read(r#"{"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": "9"}}}"#);
    assert_eq!((bookmark.kind, &*bookmark.resource_version), (WatchKind::Bookmark, "9"));
    let gone = read(r#"{"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old"}}"#);
    assert_eq!((gone.error_code, gone.error_message.as_deref()), (Some(410), Some("too old")));
    assert_eq!(read(r#"{"type": "SOMETHING"}"#).kind, WatchKind::Unknown);
    assert!(WatchEvent::read(b"{}").is_err());
}

#[test]
fn errors_have_an_offset() {
    check_error(b"{\"kind\": \"\xff\"}", ErrorKind::NotUtf8, 10);
    check_error(b"<html>", ErrorKind::Syntax, 0);
    check_error(br#"{"kind": "Pod""#, ErrorKind::Truncated, 13);
    check_error(br#"{"kind": "Pod", "spec": {"containers": 5}}"#, ErrorKind::Type, 39);
    // Inside a list, over several lines.
    let json = "{\"kind\": \"List\",\n\"items\": [{\"kind\": \"Pod\",\n\"spec\": {\"nodeName\": 5}}]}";
    let error = read_objects(json.as_bytes()).expect_err("not readable");
    assert_eq!(json.as_bytes().get(error.offset()), Some(&b'5'), "{error}");
}

#[test]
fn deep_input_is_an_error() {
    let json = format!(r#"{{"kind": "Pod", "spec": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(read_objects(json.as_bytes()).is_err());
}
