//! Labels that describe objects.

use std::collections::{BTreeMap, HashMap};

use kubernetes_metadata::{ObjectMeta, Pairs};
use source_text::Diagnostic;

use super::warning;

const PREFIX: &str = "__meta_kubernetes_";

/// A set of labels in the making: of a name that is set twice, the later value counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The address of a target.
    pub(super) fn with_address(address: String) -> Self {
        Self([("__address__".to_owned(), address)].into())
    }

    /// Sets a label without the prefix.
    pub(super) fn set_plain(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Sets a label whose name begins with `__meta_kubernetes_`.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(format!("{PREFIX}{name}"), value.into());
    }

    /// Sets a label if there is a value.
    pub(super) fn set_some(&mut self, name: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Adds the labels of `other`, which win.
    pub(super) fn merge(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// Adds name, labels and annotations of an object.
    pub(super) fn describe(&mut self, role: &str, metadata: &ObjectMeta, warnings: &mut Vec<Diagnostic>) {
        self.set(&format!("{role}_name"), &metadata.name);
        self.describe_unnamed(role, metadata, warnings);
    }

    /// Adds labels and annotations of an object.
    pub(super) fn describe_unnamed(
        &mut self,
        role: &str,
        metadata: &ObjectMeta,
        warnings: &mut Vec<Diagnostic>,
    ) {
        for (kind, pairs) in [("label", metadata.labels()), ("annotation", metadata.annotations())] {
            for (key, value) in winners(pairs, |keys| {
                warnings.push(collision(role, kind, metadata, keys));
            }) {
                self.set(&format!("{role}_{kind}_{key}"), value);
                self.set(&format!("{role}_{kind}present_{key}"), "true");
            }
        }
    }

    /// Adds labels for keys that objects of older API versions have.
    pub(super) fn describe_topology(&mut self, topology: &Pairs) {
        for (key, value) in winners(topology, |_| {}) {
            self.set(&format!("endpointslice_endpoint_topology_{key}"), value);
            self.set(&format!("endpointslice_endpoint_topology_present_{key}"), "true");
        }
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0.into_iter().collect()
    }
}

/// `name` with `_` for all characters that label names of old cannot have.
pub(super) fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// `host:port`, with brackets for an IPv6 address.
pub(super) fn host_port(host: &str, port: i32) -> String {
    let port = port_text(port);
    if host.contains([':', '%']) { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// A port as Prometheus prints it: a negative one, which no API server accepts, wraps around.
pub(super) fn port_text(port: i32) -> String {
    i64::from(port).cast_unsigned().to_string()
}

/// Names for labels and their values. Where several keys become the same name, the one that sorts first wins,
/// and `collide` is told of all of them.
fn winners(pairs: &Pairs, mut collide: impl FnMut(&[&str])) -> Vec<(String, String)> {
    let mut by_name: HashMap<String, Vec<(&str, &str)>> = HashMap::new();
    let mut names = Vec::new();
    for (key, value) in pairs.iter() {
        let name = sanitized(key);
        let entries = by_name.entry(name.clone()).or_default();
        if entries.is_empty() {
            names.push(name);
        }
        // A key that JSON repeats counts once, with its last value.
        entries.retain(|(known, _)| *known != key);
        entries.push((key, value));
    }
    let mut winners = Vec::with_capacity(names.len());
    for name in names {
        let Some(mut entries) = by_name.remove(&name) else { continue };
        entries.sort_unstable();
        if entries.len() > 1 {
            let keys: Vec<_> = entries.iter().map(|(key, _)| *key).collect();
            collide(&keys);
        }
        winners.extend(entries.first().map(|(_, value)| (name, (*value).to_owned())));
    }
    winners
}

fn collision(role: &str, kind: &str, metadata: &ObjectMeta, keys: &[&str]) -> Diagnostic {
    let quoted: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    let winner = keys.first().copied().unwrap_or_default();
    let object = [metadata.namespace.as_str(), metadata.name.as_str()].join("/");
    let object = object.trim_start_matches('/');
    let message = format!(
        "the {kind}s {} of {role} {object} become the same label; `{winner}` wins",
        quoted.join(" and ")
    );
    warning("colliding-labels", message).help("Prometheus picks one of them at random")
}
