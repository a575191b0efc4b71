//! The maps that records get, in Fluent Bit's order.

use event_model::{Compat, OwnedField, OwnedValue};
use kubernetes_tag::PodIdentity;

use super::Settings;
use super::metadata::{NamespaceMetadata, PodMetadata};

/// The map of `Use_Tag_For_Meta`: what the tag says.
pub(super) fn of_tag(identity: &PodIdentity<'_>) -> OwnedValue {
    let mut map = Map::default();
    map.text("pod_name", identity.pod_name);
    map.text("namespace_name", identity.namespace_name);
    map.text("container_name", identity.container_name);
    map.text("docker_id", identity.docker_id);
    map.done()
}

impl Settings {
    /// The map `kubernetes`.
    pub(super) fn pod_map(
        &self,
        identity: &PodIdentity<'_>,
        pod: &PodMetadata,
        compat: Compat,
    ) -> OwnedValue {
        let recent = compat != Compat::V1_8;
        let name = identity.container_name.unwrap_or_default();
        let status = pod.containers.iter().find(|container| *container.name == *name);
        let known = |text: Option<&Box<[u8]>>| text.filter(|text| !text.is_empty()).cloned();
        let id = known(status.map(|status| &status.id));
        let hash = known(status.map(|status| &status.hash));
        let image = known(status.map(|status| &status.image));
        let mut map = Map::default();
        map.text("pod_name", identity.pod_name);
        map.text("namespace_name", identity.namespace_name);
        map.value("pod_id", pod.uid.as_ref());
        map.value("labels", pod.labels.as_ref().filter(|_| self.labels));
        map.value("annotations", pod.annotations.as_ref().filter(|_| self.annotations));
        map.value(
            "ownerReferences",
            pod.owner_references.as_ref().filter(|_| recent && self.owner_references),
        );
        map.value("host", pod.node_name.as_ref());
        map.value("pod_ip", pod.pod_ip.as_ref().filter(|_| recent));
        map.text("container_name", identity.container_name);
        // What the tag says wins over what the pod says.
        map.text("docker_id", identity.docker_id.or(id.as_deref()));
        map.text("container_hash", identity.container_hash.or(hash.as_deref()));
        map.text("container_image", image.as_deref());
        map.done()
    }

    /// The map `kubernetes_namespace`.
    pub(super) fn namespace_map(&self, name: &[u8], namespace: &NamespaceMetadata) -> OwnedValue {
        let mut map = Map::default();
        map.text("name", Some(name));
        map.value("labels", namespace.labels.as_ref().filter(|_| self.namespace_labels));
        map.value("annotations", namespace.annotations.as_ref().filter(|_| self.namespace_annotations));
        map.done()
    }
}

#[derive(Default)]
struct Map(Vec<OwnedField>);

impl Map {
    fn text(&mut self, key: &str, text: Option<&[u8]>) {
        self.0.extend(text.map(|text| OwnedField::new(key, OwnedValue::text(text))));
    }

    fn value(&mut self, key: &str, value: Option<&OwnedValue>) {
        self.0.extend(value.map(|value| OwnedField::new(key, value.clone())));
    }

    fn done(self) -> OwnedValue {
        OwnedValue::Map(self.0)
    }
}
