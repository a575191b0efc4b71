//! `kubernetes_sd_configs`

mod collections;
mod server;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kubernetes_metadata::Object;
use kubernetes_watch::{Change, follow};
use prometheus_config::KubernetesDiscovery;
use prometheus_discovery::kubernetes::{Cluster, affected, discover, discover_one};
use tokio::task::JoinSet;

use crate::sink::Sink;

/// Lists and watches what the role asks for. Groups are told once everything has been listed, and from then on
/// those that a change concerns.
pub(crate) async fn run(config: KubernetesDiscovery, sink: Sink) {
    let (client, own_namespace) = match server::connect(&config).await {
        Ok(connected) => connected,
        Err(error) => {
            sink.count_failure();
            tracing::error!(job = sink.job(), error, "Cannot create service discovery");
            return;
        }
    };
    let collections = collections::of(&config, own_namespace.as_deref());
    let state = State {
        cluster: Cluster::new(),
        unlisted: collections.len(),
        known: vec![None; collections.len()],
        own_namespace,
        config,
        sink,
    };
    let state = Arc::new(Mutex::new(state));
    let mut watches = JoinSet::new();
    for (index, collection) in collections.into_iter().enumerate() {
        let state = Arc::clone(&state);
        watches.spawn(follow(client.clone(), collection, move |change| {
            state.lock().unwrap_or_else(PoisonError::into_inner).apply(index, change);
            true
        }));
    }
    // The watches end with this task.
    while watches.join_next().await.is_some() {}
}

struct State {
    config: KubernetesDiscovery,
    own_namespace: Option<String>,
    cluster: Cluster,
    /// How many collections were not listed yet.
    unlisted: usize,
    /// The objects of each collection since its first list, without what the cluster holds.
    known: Vec<Option<BTreeMap<(String, String), Object>>>,
    sink: Sink,
}

impl State {
    fn apply(&mut self, index: usize, change: Change) {
        match change {
            Change::Listed(objects) => self.list(index, objects),
            Change::Changed(object) => self.set(index, *object),
            Change::Deleted(object) => self.remove(index, &object),
            _ => {}
        }
    }

    fn list(&mut self, index: usize, objects: Vec<Object>) {
        let is_first = self.known.get(index).is_some_and(Option::is_none);
        let gone = self.known.get_mut(index).and_then(Option::take).unwrap_or_default();
        if let Some(known) = self.known.get_mut(index) {
            *known = Some(BTreeMap::new());
        }
        let mut gone = gone;
        for object in objects {
            gone.remove(&key(&object));
            self.set(index, object);
        }
        for object in gone.values() {
            self.remove(index, object);
        }
        if is_first {
            self.unlisted -= 1;
            if self.unlisted == 0 {
                let found = discover(&self.config, &self.cluster, self.own_namespace.as_deref());
                for warning in &found.warnings {
                    tracing::warn!(job = self.sink.job(), "{}", warning.message());
                }
                self.sink.snapshot(found.groups);
            }
        }
    }

    fn set(&mut self, index: usize, object: Object) {
        if let Some(Some(known)) = self.known.get_mut(index) {
            known.insert(key(&object), stub(&object));
        }
        let stub = stub(&object);
        self.cluster.insert(object);
        self.tell(&stub);
    }

    fn remove(&mut self, index: usize, object: &Object) {
        if let Some(Some(known)) = self.known.get_mut(index) {
            known.remove(&key(object));
        }
        self.cluster.remove(object);
        self.tell(object);
    }

    /// Tells the groups that a changed object concerns.
    fn tell(&self, object: &Object) {
        if self.unlisted > 0 {
            return;
        }
        for (namespace, name) in affected(&self.config, &self.cluster, object) {
            let own = self.own_namespace.as_deref();
            let group = discover_one(&self.config, &self.cluster, own, &namespace, &name);
            let source = collections::source(self.config.role, &namespace, &name);
            self.sink.change(&source, group);
        }
    }
}

/// An object of the same kind and name: enough to take it out again.
fn stub(object: &Object) -> Object {
    let (namespace, name) = key(object);
    macro_rules! stub {
        ($kind:ident, $of:ident) => {{
            let mut stub = kubernetes_metadata::$of::default();
            stub.metadata.namespace = namespace;
            stub.metadata.name = name;
            Object::$kind(stub)
        }};
    }
    match object {
        Object::Pod(_) => stub!(Pod, Pod),
        Object::Node(_) => stub!(Node, Node),
        Object::Namespace(_) => stub!(Namespace, Namespace),
        Object::Service(_) => stub!(Service, Service),
        Object::Endpoints(_) => stub!(Endpoints, Endpoints),
        Object::EndpointSlice(_) => stub!(EndpointSlice, EndpointSlice),
        Object::Ingress(_) => stub!(Ingress, Ingress),
        Object::ReplicaSet(_) => stub!(ReplicaSet, Owned),
        Object::Job(_) => stub!(Job, Owned),
        other => other.clone(),
    }
}

fn key(object: &Object) -> (String, String) {
    let metadata = object.metadata();
    (metadata.namespace.clone(), metadata.name.clone())
}
