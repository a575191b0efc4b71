//! The objects of a cluster by kind and name.

use std::collections::BTreeMap;

use kubernetes_metadata::{
    EndpointSlice, Endpoints, Ingress, Namespace, Node, Object, ObjectMeta, Owned, Pod, Service,
};

/// Namespace and name.
type Key = (String, String);

/// The objects of a cluster. Of two objects of the same kind, namespace and name, the later one counts.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    pub(super) pods: BTreeMap<Key, Pod>,
    pub(super) services: BTreeMap<Key, Service>,
    pub(super) endpoints: BTreeMap<Key, Endpoints>,
    pub(super) endpoint_slices: BTreeMap<Key, EndpointSlice>,
    pub(super) ingresses: BTreeMap<Key, Ingress>,
    pub(super) replica_sets: BTreeMap<Key, Owned>,
    pub(super) jobs: BTreeMap<Key, Owned>,
    pub(super) nodes: BTreeMap<Key, Node>,
    pub(super) namespaces: BTreeMap<Key, Namespace>,
}

impl Cluster {
    /// A cluster without objects.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object, or replaces the one of its kind, namespace and name.
    pub fn insert(&mut self, object: Object) {
        let key = key(object.metadata());
        match object {
            Object::Pod(object) => drop(self.pods.insert(key, object)),
            Object::Node(object) => drop(self.nodes.insert(key, object)),
            Object::Namespace(object) => drop(self.namespaces.insert(key, object)),
            Object::Service(object) => drop(self.services.insert(key, object)),
            Object::Endpoints(object) => drop(self.endpoints.insert(key, object)),
            Object::EndpointSlice(object) => drop(self.endpoint_slices.insert(key, object)),
            Object::Ingress(object) => drop(self.ingresses.insert(key, object)),
            Object::ReplicaSet(object) => drop(self.replica_sets.insert(key, object)),
            Object::Job(object) => drop(self.jobs.insert(key, object)),
            // A kind that is new in that crate has no role here.
            _ => {}
        }
    }

    /// Takes an object out.
    pub fn remove(&mut self, object: &Object) {
        let key = key(object.metadata());
        match object {
            Object::Pod(_) => drop(self.pods.remove(&key)),
            Object::Node(_) => drop(self.nodes.remove(&key)),
            Object::Namespace(_) => drop(self.namespaces.remove(&key)),
            Object::Service(_) => drop(self.services.remove(&key)),
            Object::Endpoints(_) => drop(self.endpoints.remove(&key)),
            Object::EndpointSlice(_) => drop(self.endpoint_slices.remove(&key)),
            Object::Ingress(_) => drop(self.ingresses.remove(&key)),
            Object::ReplicaSet(_) => drop(self.replica_sets.remove(&key)),
            Object::Job(_) => drop(self.jobs.remove(&key)),
            _ => {}
        }
    }
}

impl FromIterator<Object> for Cluster {
    fn from_iter<I: IntoIterator<Item = Object>>(objects: I) -> Self {
        let mut cluster = Self::new();
        cluster.extend(objects);
        cluster
    }
}

impl Extend<Object> for Cluster {
    fn extend<I: IntoIterator<Item = Object>>(&mut self, objects: I) {
        objects.into_iter().for_each(|object| self.insert(object));
    }
}

fn key(metadata: &ObjectMeta) -> Key {
    (metadata.namespace.clone(), metadata.name.clone())
}
