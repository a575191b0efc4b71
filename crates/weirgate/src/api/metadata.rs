//! What is known about pods: objects of the request, and the files of `Kube_Meta_Preload_Cache_Dir`.

use event_model::Compat;
use fluentbit_config::{Config, Files as _};
use fluentbit_filter::kubernetes::{Metadata, NamespaceMetadata, PodMetadata, namespace_file, pod_file};
use kubernetes_metadata::Object;

use super::logs::Folder;

/// A source of metadata in memory.
pub(super) struct Pods<'a> {
    files: &'a Folder,
    /// Where a filter looks for files first.
    preloaded: Option<String>,
    objects: Vec<Object>,
    compat: Compat,
}

impl<'a> Pods<'a> {
    pub(super) fn new(config: &Config, files: &'a Folder, objects: Vec<Object>) -> Self {
        let section = config.filters.iter().find(|section| section.name().eq_ignore_ascii_case("kubernetes"));
        let preloaded = section.and_then(|section| section.str("kube_meta_preload_cache_dir"));
        Self { files, preloaded: preloaded.map(str::to_owned), objects, compat: config.compat }
    }

    fn file(&self, name: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let name = String::from_utf8(name?).ok()?;
        self.files.read(&format!("{}/{name}", self.preloaded.as_ref()?)).ok()
    }
}

impl Metadata for Pods<'_> {
    fn pod(&self, namespace: &[u8], pod: &[u8]) -> Option<PodMetadata> {
        if let Some(json) = self.file(pod_file(namespace, pod)) {
            return PodMetadata::from_json(&json, self.compat).ok();
        }
        self.objects.iter().find_map(|object| match object {
            Object::Pod(found)
                if found.metadata.name.as_bytes() == pod
                    && found.metadata.namespace.as_bytes() == namespace =>
            {
                Some(PodMetadata::from(found))
            }
            _ => None,
        })
    }

    fn namespace(&self, namespace: &[u8]) -> Option<NamespaceMetadata> {
        if let Some(json) = self.file(namespace_file(namespace)) {
            return NamespaceMetadata::from_json(&json, self.compat).ok();
        }
        self.objects.iter().find_map(|object| match object {
            Object::Namespace(found) if found.metadata.name.as_bytes() == namespace => {
                Some(NamespaceMetadata::from(found))
            }
            _ => None,
        })
    }
}
