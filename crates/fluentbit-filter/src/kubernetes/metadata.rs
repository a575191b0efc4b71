//! What is known about pods and namespaces, reduced to what records are told.

use event_model::{Arena, Compat, OwnedField, OwnedValue, Value};
use fluentbit_parser::json::{Error, JsonReader};
use kubernetes_metadata::{ContainerKind, Namespace, ObjectMeta, Pairs, Pod};

/// Where the filter learns about pods: an API server, a cache, files.
///
/// It is asked once for each tag, when its [`TagState`](crate::TagState) is made. The empty tuple knows
/// nothing.
pub trait Metadata {
    /// The pod of this name in `namespace`.
    fn pod(&self, namespace: &[u8], pod: &[u8]) -> Option<PodMetadata>;

    /// The namespace of this name.
    fn namespace(&self, namespace: &[u8]) -> Option<NamespaceMetadata>;
}

impl Metadata for () {
    fn pod(&self, _: &[u8], _: &[u8]) -> Option<PodMetadata> {
        None
    }

    fn namespace(&self, _: &[u8]) -> Option<NamespaceMetadata> {
        None
    }
}

/// What records are told about a pod.
///
/// The parts are values, not texts: Fluent Bit copies whatever the JSON document holds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PodMetadata {
    /// `metadata.uid`.
    pub uid: Option<OwnedValue>,
    /// `metadata.labels`.
    pub labels: Option<OwnedValue>,
    /// `metadata.annotations`.
    pub annotations: Option<OwnedValue>,
    /// `metadata.ownerReferences`.
    pub owner_references: Option<OwnedValue>,
    /// `spec.nodeName`.
    pub node_name: Option<OwnedValue>,
    /// `status.podIP`.
    pub pod_ip: Option<OwnedValue>,
    /// The containers in `status`, in the order they stand there.
    pub containers: Vec<ContainerMetadata>,
}

/// What records are told about a container. Empty texts mean that nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainerMetadata {
    /// The name in the pod.
    pub name: Box<[u8]>,
    /// The id without the scheme of the runtime.
    pub id: Box<[u8]>,
    /// The id of the image without scheme.
    pub hash: Box<[u8]>,
    /// The image.
    pub image: Box<[u8]>,
}

/// What records are told about a namespace.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct NamespaceMetadata {
    /// `metadata.labels`.
    pub labels: Option<OwnedValue>,
    /// `metadata.annotations`.
    pub annotations: Option<OwnedValue>,
}

impl PodMetadata {
    /// Reads a pod as the API server describes it in JSON.
    ///
    /// ```
    /// use event_model::{Compat, OwnedValue};
    /// use fluentbit_filter::kubernetes::PodMetadata;
    ///
    /// let json = br#"{"metadata": {"uid": "u1", "labels": {"app": "web"}}}"#;
    /// let pod = PodMetadata::from_json(json, Compat::V5_1).unwrap();
    /// assert_eq!(pod.uid, Some(OwnedValue::text("u1")));
    /// ```
    ///
    /// # Errors
    ///
    /// When `json` is no object in the eyes of the release.
    pub fn from_json(json: &[u8], compat: Compat) -> Result<Self, Error> {
        read(json, compat, Self::of_value)
    }

    /// Finds a pod in the list that a kubelet gives (`Use_Kubelet`), and reads it.
    ///
    /// As in Fluent Bit the first one counts whose names *start* with those wanted: `web-1` can find `web-10`.
    ///
    /// # Errors
    ///
    /// When `json` is no object in the eyes of the release.
    pub fn from_kubelet(
        json: &[u8],
        namespace: &[u8],
        pod: &[u8],
        compat: Compat,
    ) -> Result<Option<Self>, Error> {
        let starts = |name: Option<Value<'_>>, wanted| {
            name.and_then(Value::as_str).is_some_and(|name| name.starts_with(wanted))
        };
        read(json, compat, |list| {
            let mut items = first(list, b"items")?.elements()?;
            items
                .find(|item| {
                    first(*item, b"metadata").is_some_and(|metadata| {
                        starts(first(metadata, b"name"), pod)
                            && starts(first(metadata, b"namespace"), namespace)
                    })
                })
                .map(Self::of_value)
        })
    }

    fn of_value(pod: Value<'_>) -> Self {
        let metadata = first(pod, b"metadata");
        // Of repeated members Fluent Bit takes the last here, and the first of `spec` and `status`.
        let part = |name| metadata.and_then(|metadata| metadata.get(name)).map(OwnedValue::from);
        let status = first(pod, b"status");
        Self {
            uid: part(b"uid"),
            labels: part(b"labels"),
            annotations: part(b"annotations"),
            owner_references: part(b"ownerReferences"),
            node_name: first(pod, b"spec").and_then(|spec| first(spec, b"nodeName")).map(OwnedValue::from),
            pod_ip: status.and_then(|status| first(status, b"podIP")).map(OwnedValue::from),
            containers: status.map(containers).unwrap_or_default(),
        }
    }
}

impl From<&Pod> for PodMetadata {
    fn from(pod: &Pod) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(OwnedValue::text);
        let mut seen = ContainerMetadata::default();
        // Fluent Bit does not look at ephemeral containers.
        let containers = pod.status.containers.iter().filter(|it| it.kind != ContainerKind::Ephemeral);
        let containers = containers.map(|container| {
            // The API server sends `name` after the ids and the image: see `containers`.
            seen.see_id(container.container_id.as_deref().unwrap_or_default().as_bytes());
            seen.see_hash(container.image_id.as_deref().unwrap_or_default().as_bytes());
            if let Some(image) = &container.image {
                seen.image = image.as_bytes().into();
            }
            ContainerMetadata { name: container.name.as_bytes().into(), ..seen.clone() }
        });
        Self {
            containers: containers.collect(),
            uid: text(&pod.metadata.uid),
            labels: pod.metadata.labels.as_ref().map(pairs),
            annotations: pod.metadata.annotations.as_ref().map(pairs),
            owner_references: owner_references(&pod.metadata),
            node_name: text(&pod.spec.node_name),
            pod_ip: text(&pod.status.pod_ip),
        }
    }
}

impl NamespaceMetadata {
    /// Reads a namespace as the API server describes it in JSON.
    ///
    /// # Errors
    ///
    /// When `json` is no object in the eyes of the release.
    pub fn from_json(json: &[u8], compat: Compat) -> Result<Self, Error> {
        read(json, compat, |namespace| {
            let metadata = first(namespace, b"metadata");
            let part = |name| metadata.and_then(|metadata| first(metadata, name)).map(OwnedValue::from);
            Self { labels: part(b"labels"), annotations: part(b"annotations") }
        })
    }
}

impl From<&Namespace> for NamespaceMetadata {
    fn from(namespace: &Namespace) -> Self {
        Self {
            labels: namespace.metadata.labels.as_ref().map(pairs),
            annotations: namespace.metadata.annotations.as_ref().map(pairs),
        }
    }
}

/// The file below `Kube_Meta_Preload_Cache_Dir` that describes a pod, which is looked at before anybody is
/// asked. `None` for names that would lead elsewhere.
#[must_use]
pub fn pod_file(namespace: &[u8], pod: &[u8]) -> Option<Vec<u8>> {
    file([namespace, b"_", pod, b".meta"])
}

/// The same for a namespace.
#[must_use]
pub fn namespace_file(namespace: &[u8]) -> Option<Vec<u8>> {
    file([namespace, b"", b"", b".namespace_meta"])
}

fn file(parts: [&[u8]; 4]) -> Option<Vec<u8>> {
    let name = parts.concat();
    (!name.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0))).then_some(name)
}

fn read<T>(json: &[u8], compat: Compat, make: impl FnOnce(Value<'_>) -> T) -> Result<T, Error> {
    let arena = Arena::new();
    let mut fields = Vec::new();
    JsonReader::new(compat).parse_object(json, &arena, &mut fields)?;
    Ok(make(Value::Map(&fields)))
}

/// The first member called `name`.
fn first<'a>(map: Value<'a>, name: &[u8]) -> Option<Value<'a>> {
    map.members()?.find(|field| field.key == name).map(|field| field.value)
}

/// The containers of a status.
///
/// Fluent Bit reads a container's members until its name is known to be another one, and does not forget what
/// it read so far. A container without an id of its image therefore has that of the one before it, where the
/// name comes last, as it does from the API server.
fn containers(status: Value<'_>) -> Vec<ContainerMetadata> {
    let lists = status
        .members()
        .into_iter()
        .flatten()
        .filter(|field| field.key == b"containerStatuses" || field.key == b"initContainerStatuses");
    let mut seen = ContainerMetadata::default();
    let mut found = Vec::new();
    for container in lists.filter_map(|field| field.value.elements()).flatten() {
        let mut named: Option<ContainerMetadata> = None;
        for member in container.members().into_iter().flatten() {
            let Some(text) = member.value.as_str() else { continue };
            let place = named.as_mut().unwrap_or(&mut seen);
            match member.key {
                b"name" => named = Some(ContainerMetadata { name: text.into(), ..place.clone() }),
                b"containerID" => place.see_id(text),
                b"imageID" => place.see_hash(text),
                b"image" => place.image = text.into(),
                _ => {}
            }
        }
        found.extend(named);
    }
    found
}

impl ContainerMetadata {
    fn see_id(&mut self, text: &[u8]) {
        if let Some(id) = without_scheme(text) {
            self.id = id.into();
        }
    }

    fn see_hash(&mut self, text: &[u8]) {
        if let Some(hash) = without_scheme(text) {
            self.hash = hash.into();
        }
    }
}

/// What follows the first colon and the slashes after it; the whole text where no slash follows the colon.
/// `None` without a colon.
fn without_scheme(text: &[u8]) -> Option<&[u8]> {
    let colon = text.iter().position(|byte| *byte == b':').filter(|_| text.len() > 1)?;
    let after = &text[colon + 1..];
    let slashes = after.iter().take_while(|byte| **byte == b'/').count();
    Some(if slashes == 0 { text } else { &after[slashes..] })
}

fn pairs(pairs: &Pairs) -> OwnedValue {
    OwnedValue::Map(pairs.iter().map(|(key, value)| OwnedField::new(key, OwnedValue::text(value))).collect())
}

fn owner_references(metadata: &ObjectMeta) -> Option<OwnedValue> {
    let owners = metadata.owner_references.as_ref()?.iter().map(|owner| {
        let text = |name: &str, value: Option<&str>| Some(OwnedField::new(name, OwnedValue::text(value?)));
        let flag = |name: &str, value: Option<bool>| Some(OwnedField::new(name, OwnedValue::Bool(value?)));
        let fields = [
            text("apiVersion", owner.api_version.as_deref()),
            text("kind", Some(&owner.kind)),
            text("name", Some(&owner.name)),
            text("uid", owner.uid.as_deref()),
            flag("controller", owner.controller),
            flag("blockOwnerDeletion", owner.block_owner_deletion),
        ];
        OwnedValue::Map(fields.into_iter().flatten().collect())
    });
    Some(OwnedValue::Array(owners.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_containers(statuses: &str, expected: &[&str]) {
        let json = format!(r#"{{"status": {{{statuses}}}}}"#);
        let pod = PodMetadata::from_json(json.as_bytes(), Compat::V5_1).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let found: Vec<_> = pod
            .containers
            .iter()
            .map(|c| format!("{} {} {} {}", text(&c.name), text(&c.id), text(&c.hash), text(&c.image)))
            .collect();
        assert_eq!(found, expected, "{statuses}");
    }

    #[test]
    fn container_statuses() {
        for (statuses, expected) in [
            (
                r#""containerStatuses": [{"name": "a", "containerID": "docker://i", "imageID": "p://r@sha256:h",
                   "image": "r:1"}]"#,
                &["a i r@sha256:h r:1"][..],
            ),
            (
                r#""initContainerStatuses": [{"name": "a", "image": "x"}],
                   "containerStatuses": [{"name": "a", "image": "y"}]"#,
                &["a   x", "a   y"],
            ),
            (r#""containerStatuses": [{"name": "a", "imageID": "r@sha256:h"}]"#, &["a  r@sha256:h "]),
            (r#""containerStatuses": [{"name": "a", "imageID": "", "containerID": "i"}]"#, &["a   "]),
            // The name comes last: what the first container has is not forgotten.
            (
                r#""containerStatuses": [{"imageID": "p://h", "name": "a"}, {"image": "r", "name": "b"}]"#,
                &["a  h ", "b  h r"],
            ),
            // The name comes first: the rest of a container is not even read.
            (
                r#""containerStatuses": [{"name": "a", "imageID": "p://h"}, {"name": "b", "image": "r"}]"#,
                &["a  h ", "b   r"],
            ),
            (r#""containerStatuses": [{"image": "x"}, 5, null], "podIP": 7"#, &[]),
            (r#""containerStatuses": {}"#, &[]),
        ] {
            check_containers(statuses, expected);
        }
    }

    #[test]
    fn schemes() {
        for (text, expected) in [
            ("docker-pullable://r@sha256:x", Some("r@sha256:x")),
            ("docker.io/r@sha256:x", Some("docker.io/r@sha256:x")),
            ("containerd://", Some("")),
            ("a:/b", Some("b")),
            ("r", None),
            (":", None),
            ("", None),
        ] {
            let found = without_scheme(text.as_bytes());
            assert_eq!(found, expected.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn the_typed_pod_says_the_same() {
        let json = br#"{"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop", "uid": "u1",
            "labels": {"b": "1", "a": "2"}, "annotations": {}, "ownerReferences": [{"apiVersion": "apps/v1",
            "kind": "ReplicaSet", "name": "web", "uid": "u2", "controller": true}]},
            "spec": {"nodeName": "n1"}, "status": {"podIP": "10.0.0.1", "containerStatuses": [
            {"containerID": "docker://i", "image": "r:1", "imageID": "p://h", "name": "a"},
            {"containerID": "", "image": "r:2", "imageID": "", "name": "b"}]}}"#;
        let objects = kubernetes_metadata::read_objects(json).unwrap();
        let [kubernetes_metadata::Object::Pod(pod)] = &objects[..] else { panic!("{objects:?}") };
        assert_eq!(PodMetadata::from(pod), PodMetadata::from_json(json, Compat::V5_1).unwrap());
    }

    #[test]
    fn odd_pods() {
        let read = |json: &str| PodMetadata::from_json(json.as_bytes(), Compat::V5_1).ok();
        assert_eq!(read("{}"), Some(PodMetadata::default()));
        assert_eq!(read(r#"{"metadata": 1, "spec": [], "status": null}"#), Some(PodMetadata::default()));
        assert_eq!(read("{broken"), None);
        let odd = read(r#"{"metadata": {"uid": 5, "labels": null}, "spec": {"nodeName": true}}"#).unwrap();
        assert_eq!(odd.uid, Some(OwnedValue::Int(5)));
        assert_eq!(odd.labels, Some(OwnedValue::Null));
        assert_eq!(odd.node_name, Some(OwnedValue::Bool(true)));
    }

    #[test]
    fn a_kubelet_is_asked_for_the_start_of_a_name() {
        let json = br#"{"items": [
            {"metadata": {"name": "web-2", "namespace": "shop", "uid": "0"}},
            {"metadata": {"name": "web-10", "namespace": "shop-2", "uid": "1"}},
            {"metadata": {"name": "web-1", "namespace": "shop", "uid": "2"}}]}"#;
        let find = |namespace: &[u8], pod: &[u8]| {
            let pod = PodMetadata::from_kubelet(json, namespace, pod, Compat::V5_1).unwrap();
            pod.map(|pod| pod.uid)
        };
        assert_eq!(find(b"shop", b"web-1"), Some(Some(OwnedValue::text("1"))));
        assert_eq!(find(b"shop-3", b"web-1"), None);
    }

    #[test]
    fn files() {
        assert_eq!(pod_file(b"shop", b"web-1"), Some(b"shop_web-1.meta".to_vec()));
        assert_eq!(namespace_file(b"shop"), Some(b"shop.namespace_meta".to_vec()));
        assert_eq!(pod_file(b"..", b"/etc"), None);
    }
}
