//! Pods at hand.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kubernetes_metadata::{Object, Pod};
use tokio::runtime::Handle;

use crate::api::{ApiServer, connect};
use crate::follow::{Change, Collection, follow};

/// The pods of every namespace somebody asked about, kept current by a watch for each.
///
/// Cloning gives another handle to the same cache. The watches end when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct PodCache {
    shared: Arc<Shared>,
    server: ApiServer,
    runtime: Handle,
}

#[derive(Debug, Default)]
struct Shared {
    namespaces: Mutex<HashMap<String, Namespace>>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Namespace {
    listed: bool,
    failed: bool,
    pods: HashMap<String, Arc<Pod>>,
    /// Pods that are gone, oldest first, and since when.
    deleted: VecDeque<(Instant, Arc<Pod>)>,
}

/// How long a pod that a fresh list did not hold is waited for: its log can be seen before its event.
const LATE: Duration = Duration::from_millis(500);
/// How long a deleted pod is remembered: its last lines may not be read yet.
const REMEMBERED: Duration = Duration::from_mins(10);

impl PodCache {
    /// An empty cache. Requests are made on `runtime`, which must be driven by another thread than the one
    /// that calls [`get`](Self::get).
    #[must_use]
    pub fn new(server: ApiServer, runtime: Handle) -> Self {
        Self { shared: Arc::default(), server, runtime }
    }

    /// The pod, if the API server knows it. Waits up to `patience` for the first list of the namespace, and
    /// for a moment where a listed namespace lacks the pod; an answer from memory never waits.
    #[must_use]
    pub fn get(&self, namespace: &str, pod: &str, patience: Duration) -> Option<Arc<Pod>> {
        let asked = Instant::now();
        let mut namespaces = self.shared.lock();
        if !namespaces.contains_key(namespace) {
            namespaces.insert(namespace.to_owned(), Namespace::default());
            self.start(namespace.to_owned());
        }
        loop {
            let state = namespaces.get(namespace)?;
            if let Some(pod) = state.pods.get(pod) {
                return Some(Arc::clone(pod));
            }
            let most = if state.listed { patience.min(LATE) } else { patience };
            let left = most.saturating_sub(asked.elapsed());
            if left.is_zero() || state.failed {
                return None;
            }
            namespaces = match self.shared.changed.wait_timeout(namespaces, left) {
                Ok((guard, _)) => guard,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    fn start(&self, namespace: String) {
        let client = {
            let _inside = self.runtime.enter();
            connect(&self.server)
        };
        let client = match client {
            Ok(client) => client,
            Err(error) => {
                tracing::error!(%error, "no pod metadata");
                // The caller holds the lock; a task tells those who wait.
                let shared = Arc::clone(&self.shared);
                self.runtime.spawn(async move {
                    shared.update(&namespace, |state| state.failed = true);
                });
                return;
            }
        };
        let mut collection = Collection::new(format!("/api/v1/namespaces/{namespace}/pods"));
        if let Some(node) = &self.server.node {
            collection = collection.with_fields(&format!("spec.nodeName={node}"));
        }
        let shared = Arc::downgrade(&self.shared);
        self.runtime.spawn(follow(client, collection, move |change| {
            let Some(shared) = shared.upgrade() else { return false };
            shared.update(&namespace, |state| state.apply(change));
            true
        }));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Namespace>> {
        // The map is never left half changed, so a panic elsewhere does no harm to it.
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, namespace: &str, change: impl FnOnce(&mut Namespace)) {
        if let Some(state) = self.lock().get_mut(namespace) {
            change(state);
        }
        self.changed.notify_all();
    }
}

impl Namespace {
    fn apply(&mut self, change: Change) {
        match change {
            Change::Listed(objects) => {
                self.listed = true;
                self.pods = objects.into_iter().filter_map(pod).collect();
            }
            Change::Changed(object) => self.pods.extend(pod(*object)),
            Change::Deleted(object) => {
                self.deleted.extend(pod(*object).map(|(_, pod)| (Instant::now(), pod)));
                self.forget();
            }
        }
    }

    fn forget(&mut self) {
        while self.deleted.front().is_some_and(|(since, _)| since.elapsed() > REMEMBERED) {
            let Some((_, gone)) = self.deleted.pop_front() else { break };
            // A pod of a StatefulSet comes back under its name, as another object.
            let name = &gone.metadata.name;
            if self.pods.get(name).is_some_and(|pod| pod.metadata.uid == gone.metadata.uid) {
                self.pods.remove(name);
            }
        }
    }
}

fn pod(object: Object) -> Option<(String, Arc<Pod>)> {
    match object {
        Object::Pod(pod) => Some((pod.metadata.name.clone(), Arc::new(pod))),
        _ => None,
    }
}
