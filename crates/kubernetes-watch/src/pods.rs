//! Pods and namespaces at hand.

use std::sync::Arc;
use std::time::Duration;

use kubernetes_metadata::{Namespace, Object, Pod};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::api::{ApiServer, connect};
use crate::cache::{Collections, News};
use crate::follow::{Change, Collection, follow};
use crate::kubelet::poll;

/// The pods of every namespace somebody asked about, and these namespaces themselves, kept current by a watch
/// for each; or the pods of a node, from its kubelet.
///
/// Cloning gives another handle to the same cache. The watches end when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct PodCache {
    pods: Arc<Collections<Pod>>,
    namespaces: Arc<Collections<Namespace>>,
    server: ApiServer,
    kubelet: Option<(ApiServer, Arc<Notify>)>,
    runtime: Handle,
}

/// The one collection of a kubelet.
const NODE: &str = "";

impl PodCache {
    /// An empty cache. Requests are made on `runtime`, which must be driven by another thread than the one
    /// that calls [`get`](Self::get).
    #[must_use]
    pub fn new(server: ApiServer, runtime: Handle) -> Self {
        Self {
            pods: Arc::new(Collections::new()),
            namespaces: Arc::new(Collections::new()),
            server,
            kubelet: None,
            runtime,
        }
    }

    /// Asks the kubelet at this address for pods, not the API server (`Use_Kubelet`). Namespaces are still
    /// asked of the API server: kubelets do not know them.
    #[must_use]
    pub fn with_kubelet(mut self, kubelet: ApiServer) -> Self {
        self.kubelet = Some((kubelet, Arc::new(Notify::new())));
        self
    }

    /// The pod, if it is known. Waits up to `patience` for the first list, and for a moment where the list
    /// lacks the pod; an answer from memory never waits.
    #[must_use]
    pub fn get(&self, namespace: &str, pod: &str, patience: Duration) -> Option<Arc<Pod>> {
        match &self.kubelet {
            None => self.pods.get(namespace, pod, patience, || self.follow_pods(namespace), || {}),
            Some((kubelet, missed)) => self.pods.get(
                NODE,
                &format!("{namespace}/{pod}"),
                patience,
                || self.poll_kubelet(kubelet, missed),
                || missed.notify_one(),
            ),
        }
    }

    /// The namespace, if the API server knows it; with `patience` as for [`get`](Self::get).
    #[must_use]
    pub fn namespace(&self, name: &str, patience: Duration) -> Option<Arc<Namespace>> {
        self.namespaces.get(name, name, patience, || self.follow_namespace(name), || {})
    }

    fn follow_pods(&self, namespace: &str) {
        let mut collection = Collection::new(format!("/api/v1/namespaces/{namespace}/pods"));
        if let Some(node) = &self.server.node {
            collection = collection.with_fields(&format!("spec.nodeName={node}"));
        }
        let pod = |object| match object {
            Object::Pod(pod) => Some((pod.metadata.name.clone(), pod)),
            _ => None,
        };
        self.follow(&self.pods, namespace, collection, pod);
    }

    fn follow_namespace(&self, name: &str) {
        let collection = Collection::new("/api/v1/namespaces").with_fields(&format!("metadata.name={name}"));
        let namespace = |object| match object {
            Object::Namespace(namespace) => Some((namespace.metadata.name.clone(), namespace)),
            _ => None,
        };
        self.follow(&self.namespaces, name, collection, namespace);
    }

    /// Keeps one collection of `cache` current; `read` names an object and gives what is kept of it.
    fn follow<T: Send + Sync + 'static>(
        &self,
        cache: &Arc<Collections<T>>,
        name: &str,
        collection: Collection,
        read: impl Fn(Object) -> Option<(String, T)> + Send + 'static,
    ) {
        let Some(client) = self.client(&self.server, cache, name) else { return };
        let (cache, name) = (Arc::downgrade(cache), name.to_owned());
        self.runtime.spawn(follow(client, collection, move |change| {
            let Some(cache) = cache.upgrade() else { return false };
            let news = match change {
                Change::Listed(objects) => {
                    Some(News::Listed(objects.into_iter().filter_map(&read).collect()))
                }
                Change::Changed(object) => read(*object).map(|(name, object)| News::Changed(name, object)),
                Change::Deleted(object) => read(*object).map(|(name, _)| News::Deleted(name)),
            };
            if let Some(news) = news {
                cache.apply(&name, news);
            }
            true
        }));
    }

    fn poll_kubelet(&self, kubelet: &ApiServer, missed: &Arc<Notify>) {
        let Some(client) = self.client(kubelet, &self.pods, NODE) else { return };
        let (cache, missed) = (Arc::downgrade(&self.pods), Arc::clone(missed));
        self.runtime.spawn(async move {
            let tell = |objects: Vec<Object>| {
                let Some(cache) = cache.upgrade() else { return false };
                let pods = objects.into_iter().filter_map(|object| match object {
                    Object::Pod(pod) => {
                        Some((format!("{}/{}", pod.metadata.namespace, pod.metadata.name), pod))
                    }
                    _ => None,
                });
                cache.apply(NODE, News::Listed(pods.collect()));
                true
            };
            poll(client, &missed, tell).await;
        });
    }

    /// A client, or none and nobody waits for the collection.
    fn client<T: Send + Sync + 'static>(
        &self,
        server: &ApiServer,
        cache: &Arc<Collections<T>>,
        collection: &str,
    ) -> Option<kube::Client> {
        let inside = self.runtime.enter();
        let client = connect(server);
        drop(inside);
        match client {
            Ok(client) => Some(client),
            Err(error) => {
                tracing::error!(%error, "no metadata of pods");
                // The caller holds the lock of the cache; a task tells those who wait.
                let (cache, collection) = (Arc::clone(cache), collection.to_owned());
                self.runtime.spawn(async move { cache.apply(&collection, News::Failed) });
                None
            }
        }
    }
}
