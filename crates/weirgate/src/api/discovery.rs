//! `discover`: Kubernetes objects to target groups.

use std::fmt::Write as _;

use kubernetes_metadata::{Object, read_objects, read_pods};
use prometheus_config::Discovery;
use prometheus_discovery::kubernetes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use source_text::SourceMap;

use super::relabel::Labels;
use super::{Diagnostic, Error, Positions, config};

/// Kubernetes objects: in JSON one object, a `List`, a list of objects, or a text that holds any of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects(String);

impl Objects {
    /// The objects of a JSON text.
    #[must_use]
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// Reads the objects; those of other kinds than discovery and metadata need are left out.
    pub(super) fn read(&self) -> Result<Vec<Object>, Error> {
        self.read_with(read_objects)
    }

    /// Reads the Pods and Namespaces.
    pub(super) fn read_pods(&self) -> Result<Vec<Object>, Error> {
        self.read_with(read_pods)
    }

    fn read_with(
        &self,
        read: fn(&[u8]) -> Result<Vec<Object>, kubernetes_metadata::Error>,
    ) -> Result<Vec<Object>, Error> {
        let text = self.0.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let error = |error: kubernetes_metadata::Error| Error::input(format!("`objects`: {error}"));
        if !text.starts_with('[') {
            return read(text.as_bytes()).map_err(error);
        }
        let parts: Vec<&RawValue> =
            serde_json::from_str(text).map_err(|error| Error::input(format!("`objects`: {error}")))?;
        let mut objects = Vec::new();
        for part in parts {
            objects.extend(read(part.get().as_bytes()).map_err(error)?);
        }
        Ok(objects)
    }
}

impl Serialize for Objects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Objects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match raw.get().starts_with('"') {
            true => serde_json::from_str(raw.get()).map(Self).map_err(serde::de::Error::custom),
            false if raw.get() == "null" => Ok(Self::default()),
            false => Ok(Self(raw.get().to_owned())),
        }
    }
}

/// What to discover.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscoverRequest {
    /// YAML of one entry of `kubernetes_sd_configs`, such as `role: pod`.
    pub config: String,
    /// The objects of the cluster.
    pub objects: Objects,
    /// The namespace that `own_namespace: true` means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_namespace: Option<String>,
}

/// What was discovered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiscoverAnswer {
    /// The groups, by source.
    pub groups: Vec<Group>,
    /// What is wrong with the entry, and what the groups do not show.
    pub diagnostics: Vec<Diagnostic>,
}

/// Targets with labels in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// A name, such as `pod/shop/web-0`.
    pub source: String,
    /// The labels that all targets have.
    pub labels: Labels,
    /// The labels of each target.
    pub targets: Vec<Labels>,
}

/// Makes target groups of Kubernetes objects.
///
/// ```
/// use weirgate::api::{DiscoverRequest, Objects, discover};
///
/// let request = DiscoverRequest {
///     config: "role: node".into(),
///     objects: Objects::new(r#"{"kind": "Node", "metadata": {"name": "n1"},
///         "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
///         "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}}}}"#),
///     ..DiscoverRequest::default()
/// };
/// let group = &discover(&request)?.groups[0];
/// assert_eq!(group.source, "node/n1");
/// assert_eq!(group.targets[0].0["__address__"], "10.0.0.1:10250");
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When the objects cannot be read.
pub fn discover(request: &DiscoverRequest) -> Result<DiscoverAnswer, Error> {
    let read = config::read(&job(&request.config), Positions::default());
    let mut diagnostics = read.diagnostics;
    if diagnostics.iter().any(Diagnostic::is_error) {
        // The places are those of the file around the entry, which the caller does not know.
        diagnostics.iter_mut().for_each(|problem| *problem = problem.without_place());
        return Ok(DiscoverAnswer { groups: Vec::new(), diagnostics });
    }
    let services = read.config.scrape_configs.first().map(|job| job.service_discovery.as_slice());
    let Some([Discovery::Kubernetes(discovery)]) = services else {
        return Err(Error::input("`config` must be one entry of `kubernetes_sd_configs`"));
    };
    let cluster = request.objects.read()?.into_iter().collect();
    let found = kubernetes::discover(discovery, &cluster, request.own_namespace.as_deref());
    let pairs = |pairs: Vec<(String, String)>| pairs.into_iter().collect::<Labels>();
    Ok(DiscoverAnswer {
        groups: found
            .groups
            .into_iter()
            .map(|group| Group {
                source: group.source,
                labels: pairs(group.labels),
                targets: group.targets.into_iter().map(pairs).collect(),
            })
            .collect(),
        diagnostics: Diagnostic::all(&found.warnings, &SourceMap::new(), Positions::default()),
    })
}

/// A whole configuration with one entry of `kubernetes_sd_configs`.
fn job(entry: &str) -> String {
    let mut text = "scrape_configs:\n- job_name: j\n  kubernetes_sd_configs:\n".to_owned();
    for (at, line) in entry.lines().enumerate() {
        let _ = writeln!(text, "  {} {line}", if at == 0 { "-" } else { " " });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(objects: &str, expected: &[&str]) {
        let json = format!(r#"{{"config": "role: node", "objects": {objects}}}"#);
        let answer = discover(&serde_json::from_str(&json).unwrap()).unwrap();
        let found: Vec<_> = answer.groups.iter().map(|group| group.source.as_str()).collect();
        assert_eq!(found, expected, "{objects}");
    }

    #[test]
    fn forms_of_objects() {
        let node = r#"{"kind": "Node", "metadata": {"name": "n1"}, "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]}}"#;
        check(node, &["node/n1"]);
        check(&format!("[{node}]"), &["node/n1"]);
        check(&serde_json::to_string(node).unwrap(), &["node/n1"]);
        check(&format!(r#"{{"kind": "List", "items": [{node}]}}"#), &["node/n1"]);
        check("[]", &[]);
        check("null", &[]);
        check(r#""""#, &[]);
    }

    #[test]
    fn a_wrong_entry() {
        let request = DiscoverRequest { config: "role: pdo".into(), ..DiscoverRequest::default() };
        let answer = discover(&request).unwrap();
        assert!(answer.diagnostics[0].is_error() && answer.diagnostics[0].line.is_none());
    }
}
