//! What is known about pods: from files, or from the Kubernetes API.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use event_model::Compat;
use fluentbit_config::{Config, Section};
use fluentbit_filter::kubernetes::{Metadata, NamespaceMetadata, PodMetadata, namespace_file, pod_file};
use kubernetes_watch::{ApiServer, PodCache};
use tokio::runtime::Handle;

use crate::options::Options;

/// How long the first record of a namespace waits for its list.
const PATIENCE: Duration = Duration::from_secs(5);

/// The source of metadata that the `kubernetes` filter names.
pub(crate) struct Pods {
    compat: Compat,
    preloaded: Option<PathBuf>,
    cache: Option<PodCache>,
    patience: Cell<Duration>,
}

impl Pods {
    /// Reads the options of the first `kubernetes` filter.
    pub(crate) fn new(config: &Config, options: &Options, runtime: &Handle) -> Self {
        let section = config.filters.iter().find(|section| section.name().eq_ignore_ascii_case("kubernetes"));
        let text = |key: &str| section.and_then(|section| section.str(key));
        Self {
            compat: config.compat,
            preloaded: text("kube_meta_preload_cache_dir").map(|folder| options.base.join(folder)),
            cache: section.and_then(|section| pod_cache(section, runtime)),
            patience: Cell::new(PATIENCE),
        }
    }

    /// Whether metadata can change while the agent runs.
    pub(crate) fn is_live(&self) -> bool {
        self.cache.is_some()
    }

    /// Answers from memory while `work` runs.
    pub(crate) fn without_waiting<T>(&self, work: impl FnOnce(&Self) -> T) -> T {
        let patience = self.patience.replace(Duration::ZERO);
        let result = work(self);
        self.patience.set(patience);
        result
    }

    fn preloaded(&self, name: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let path = self.preloaded.as_ref()?.join(OsStr::from_bytes(&name?));
        fs::read(path).ok()
    }
}

/// What a filter section says about where pods are known.
fn pod_cache(section: &Section, runtime: &Handle) -> Option<PodCache> {
    let server = api_server(section)?;
    let cache = PodCache::new(server.clone(), runtime.clone());
    if !section.bool("use_kubelet", false).unwrap_or(false) {
        return Some(cache);
    }
    let host = section.str("kubelet_host").unwrap_or("127.0.0.1");
    let port = u16::try_from(section.int("kubelet_port", 10250)).unwrap_or(10250);
    Some(cache.with_kubelet(server.kubelet(host, port)))
}

/// The API server of a filter section; `None` outside of a cluster when no server is named.
fn api_server(section: &Section) -> Option<ApiServer> {
    let mut server = ApiServer::in_cluster();
    let named = section.str("kube_url");
    if let Some(url) = named {
        server.url = url.to_owned();
    }
    if let Some(path) = section.str("kube_ca_file") {
        server.ca_file = Some(path.into());
    }
    if let Some(path) = section.str("kube_token_file") {
        server.token_file = Some(path.into());
    }
    server.verify = section.bool("tls.verify", true).unwrap_or(true);
    server.server_name = section.str("tls.vhost").map(str::to_owned);
    let in_cluster = server.token_file.as_ref().is_some_and(|path| path.exists());
    let asks_kubelet = section.bool("use_kubelet", false).unwrap_or(false);
    (named.is_some() || in_cluster || asks_kubelet).then_some(server)
}

impl Metadata for Pods {
    fn pod(&self, namespace: &[u8], pod: &[u8]) -> Option<PodMetadata> {
        if let Some(json) = self.preloaded(pod_file(namespace, pod)) {
            return PodMetadata::from_json(&json, self.compat).ok();
        }
        let (namespace, pod) = (std::str::from_utf8(namespace).ok()?, std::str::from_utf8(pod).ok()?);
        let found = self.cache.as_ref()?.get(namespace, pod, self.patience.get())?;
        Some(PodMetadata::from(&*found))
    }

    fn namespace(&self, namespace: &[u8]) -> Option<NamespaceMetadata> {
        if let Some(json) = self.preloaded(namespace_file(namespace)) {
            return NamespaceMetadata::from_json(&json, self.compat).ok();
        }
        let namespace = std::str::from_utf8(namespace).ok()?;
        let found = self.cache.as_ref()?.namespace(namespace, self.patience.get())?;
        Some(NamespaceMetadata::from(&*found))
    }
}
