//! Which files a container sees where.

use source_text::yaml::Node;

use super::objects::{Object, at, list, text};

/// Files of one ConfigMap or Secret in one container.
pub(super) struct Mount<'n> {
    pub(super) namespace: &'n str,
    /// `ConfigMap` or `Secret`.
    pub(super) kind: &'static str,
    pub(super) name: &'n str,
    /// Which container, among all of the manifest.
    pub(super) container: usize,
    /// The folder, or the file with `sub_path`.
    pub(super) path: &'n str,
    /// The file of the volume that is mounted alone.
    pub(super) sub_path: Option<&'n str>,
    /// Keys and the file names they get; all keys under their own name if there are none.
    pub(super) items: Vec<(&'n str, &'n str)>,
}

impl Mount<'_> {
    /// Where the container has the file of `key`.
    pub(super) fn path_of(&self, key: &str) -> Option<String> {
        let name = match self.items.as_slice() {
            [] => key,
            items => items.iter().find(|(from, _)| *from == key)?.1,
        };
        let folder = self.path.trim_end_matches('/');
        match self.sub_path {
            Some(file) => (file == name).then(|| self.path.to_owned()),
            None => Some(format!("{folder}/{name}")),
        }
    }
}

/// All mounts of the manifest.
pub(super) fn of<'n>(objects: &[Object<'n>]) -> Vec<Mount<'n>> {
    let mut found = Vec::new();
    let mut containers = 0;
    for object in objects {
        let Some(spec) = pod_spec(object) else { continue };
        for container in list(spec, &["initContainers"]).chain(list(spec, &["containers"])) {
            containers += 1;
            for mount in list(container, &["volumeMounts"]) {
                let (Some(name), Some(path)) = (text(mount, &["name"]), text(mount, &["mountPath"])) else {
                    continue;
                };
                let sub_path = text(mount, &["subPath"]).filter(|path| !path.is_empty());
                let volume = list(spec, &["volumes"]).find(|volume| text(volume, &["name"]) == Some(name));
                for (kind, name, source) in volume.into_iter().flat_map(volume_sources) {
                    found.push(Mount {
                        namespace: object.namespace,
                        kind,
                        name,
                        container: containers,
                        path,
                        sub_path,
                        items: list(source, &["items"])
                            .filter_map(|item| Some((text(item, &["key"])?, text(item, &["path"])?)))
                            .collect(),
                    });
                }
            }
        }
    }
    found
}

/// The ConfigMaps and Secrets a volume shows, with their part of the volume.
fn volume_sources(volume: &Node) -> Vec<(&'static str, &str, &Node)> {
    let mut found = Vec::new();
    if let Some(map) = at(volume, &["configMap"]) {
        found.extend(text(map, &["name"]).map(|name| ("ConfigMap", name, map)));
    }
    if let Some(secret) = at(volume, &["secret"]) {
        found.extend(text(secret, &["secretName"]).map(|name| ("Secret", name, secret)));
    }
    for source in list(volume, &["projected", "sources"]) {
        if let Some(map) = at(source, &["configMap"]) {
            found.extend(text(map, &["name"]).map(|name| ("ConfigMap", name, map)));
        }
        if let Some(secret) = at(source, &["secret"]) {
            found.extend(text(secret, &["name"]).map(|name| ("Secret", name, secret)));
        }
    }
    found
}

/// The specification of the pods an object makes.
pub(super) fn pod_spec<'n>(object: &Object<'n>) -> Option<&'n Node> {
    match object.kind {
        "Pod" => at(object.node, &["spec"]),
        _ => at(pod_template(object)?, &["spec"]),
    }
}

/// The template of the pods an object makes; a pod is its own.
pub(super) fn pod_template<'n>(object: &Object<'n>) -> Option<&'n Node> {
    match object.kind {
        "Pod" => Some(object.node),
        "CronJob" => at(object.node, &["spec", "jobTemplate", "spec", "template"]),
        "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            at(object.node, &["spec", "template"])
        }
        _ => None,
    }
}
