//! The objects of a cluster by kind and name.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use kubernetes_metadata::{
    EndpointSlice, Endpoints, Ingress, Namespace, Node, Object, ObjectMeta, Owned, Pod, Service,
};

/// Namespace and name.
type Key = (String, String);

/// The objects of a cluster. Of two objects of the same kind, namespace and name, the later one counts.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    pub(super) pods: Objects<Pod>,
    pub(super) services: Objects<Service>,
    pub(super) endpoints: Objects<Endpoints>,
    pub(super) endpoint_slices: Objects<EndpointSlice>,
    pub(super) ingresses: Objects<Ingress>,
    pub(super) replica_sets: Objects<Owned>,
    pub(super) jobs: Objects<Owned>,
    pub(super) nodes: Objects<Node>,
    pub(super) namespaces: Objects<Namespace>,
}

impl Cluster {
    /// A cluster without objects.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object, or replaces the one of its kind, namespace and name.
    pub fn insert(&mut self, object: Object) {
        if let Some(objects) = self.of_kind(&object) {
            objects.insert(key(object.metadata()), object);
        }
    }

    /// Takes an object out.
    pub fn remove(&mut self, object: &Object) {
        if let Some(objects) = self.of_kind(object) {
            objects.remove(&key(object.metadata()));
        }
    }

    fn of_kind(&mut self, object: &Object) -> Option<&mut BTreeMap<Key, Object>> {
        Some(match object {
            Object::Pod(_) => &mut self.pods.0,
            Object::Node(_) => &mut self.nodes.0,
            Object::Namespace(_) => &mut self.namespaces.0,
            Object::Service(_) => &mut self.services.0,
            Object::Endpoints(_) => &mut self.endpoints.0,
            Object::EndpointSlice(_) => &mut self.endpoint_slices.0,
            Object::Ingress(_) => &mut self.ingresses.0,
            Object::ReplicaSet(_) => &mut self.replica_sets.0,
            Object::Job(_) => &mut self.jobs.0,
            // A kind that is new in that crate has no role here.
            _ => return None,
        })
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

/// The objects of one kind. The map is the same for all kinds: in a module for browsers its code counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects<T>(BTreeMap<Key, Object>, PhantomData<T>);

impl<T: OfKind> Objects<T> {
    pub(super) fn get(&self, key: &Key) -> Option<&T> {
        T::of(self.0.get(key)?)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.keys()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &T)> {
        self.0.iter().filter_map(|(key, object)| Some((key, T::of(object)?)))
    }
}

/// What an [`Object`] may be.
pub(super) trait OfKind {
    fn of(object: &Object) -> Option<&Self>;
}

macro_rules! of_kind {
    ($($type:ident: $($kind:ident)|+,)*) => {
        $(impl OfKind for $type {
            fn of(object: &Object) -> Option<&Self> {
                match object {
                    $(Object::$kind(object))|+ => Some(object),
                    _ => None,
                }
            }
        })*
    };
}

of_kind! {
    Pod: Pod,
    Node: Node,
    Namespace: Namespace,
    Service: Service,
    Endpoints: Endpoints,
    EndpointSlice: EndpointSlice,
    Ingress: Ingress,
    Owned: ReplicaSet | Job,
}
