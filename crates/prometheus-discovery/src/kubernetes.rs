//! Target groups from the objects of a Kubernetes cluster.
//!
//! ```
//! use kubernetes_metadata::read_objects;
//! use prometheus_config::{KubernetesDiscovery, Role};
//! use prometheus_discovery::kubernetes::{Cluster, discover};
//!
//! let cluster: Cluster = read_objects(br#"{"kind": "Pod",
//!     "metadata": {"name": "web-0", "namespace": "shop", "labels": {"app": "web"}},
//!     "spec": {"containers": [{"name": "web", "ports": [{"containerPort": 80}]}]},
//!     "status": {"podIP": "10.0.0.7"}
//! }"#)?.into_iter().collect();
//!
//! let found = discover(&KubernetesDiscovery::new(Role::Pod), &cluster, None);
//! let group = &found.groups[0];
//! assert_eq!(group.source, "pod/shop/web-0");
//! assert!(group.labels.contains(&("__meta_kubernetes_pod_label_app".into(), "web".into())));
//! assert!(group.targets[0].contains(&("__address__".into(), "10.0.0.7:80".into())));
//! # Ok::<(), kubernetes_metadata::Error>(())
//! ```

use prometheus_config::{KubernetesDiscovery, Role, TargetGroup};
use source_text::{Diagnostic, Severity};

mod affected;
mod cluster;
mod endpoints;
mod endpointslice;
mod ingress;
mod labels;
mod node;
mod pod;
mod select;
mod service;

pub use affected::{affected, discover_one};
pub use cluster::Cluster;

use labels::Labels;
use select::Scope;

/// What was discovered.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Discovered {
    /// The groups, sorted by source. Labels with an empty value are listed, as Prometheus does until it makes
    /// targets of them.
    pub groups: Vec<TargetGroup>,
    /// What the result does not show: labels that became equal, conditions that were not looked at.
    pub warnings: Vec<Diagnostic>,
}

/// The target groups of a cluster. `own_namespace` is the namespace that `own_namespace: true` means.
///
/// Where two labels or annotations of an object become the same label, since characters such as `.` and `-`
/// both become `_`, the one that sorts first wins (Prometheus picks one at random), and a warning says so.
///
/// Selectors on fields are applied for `metadata.name`, `metadata.namespace`, `spec.nodeName`, `status.phase`
/// and `status.podIP`; others are taken to select everything, with a warning.
#[must_use]
pub fn discover(config: &KubernetesDiscovery, cluster: &Cluster, own_namespace: Option<&str>) -> Discovered {
    let scope = Scope::new(config, cluster, own_namespace);
    let mut warnings = scope.warnings();
    let mut groups = match config.role {
        Role::Node => node::groups(&scope, &mut warnings),
        Role::Pod => pod::groups(&scope, &mut warnings),
        Role::Service => service::groups(&scope, &mut warnings),
        Role::Endpoints => endpoints::groups(&scope, &mut warnings),
        Role::EndpointSlice => endpointslice::groups(&scope, &mut warnings),
        Role::Ingress => ingress::groups(&scope, &mut warnings),
        _ => Vec::new(),
    };
    groups.sort_by(|a, b| a.source.cmp(&b.source));
    // An object whose labels are used in several places is warned about once.
    let mut seen = std::collections::HashSet::new();
    warnings.retain(|warning: &Diagnostic| seen.insert(warning.message().to_owned()));
    Discovered { groups, warnings }
}

/// Adds the labels of a node, if that is asked for.
fn node_labels(scope: &Scope<'_>, name: &str, labels: &mut Labels, warnings: &mut Vec<Diagnostic>) {
    if scope.config.attach.node
        && let Some(node) = scope.node(name)
    {
        labels.describe("node", &node.metadata, warnings);
    }
}

/// Adds the labels of a namespace, if that is asked for.
fn namespace_labels(scope: &Scope<'_>, name: &str, labels: &mut Labels, warnings: &mut Vec<Diagnostic>) {
    if scope.config.attach.namespace
        && let Some(namespace) = scope.namespace(name)
    {
        labels.describe_unnamed("namespace", &namespace.metadata, warnings);
    }
}

/// A warning about an object, which has no place in any file.
fn warning(code: &'static str, message: String) -> Diagnostic {
    Diagnostic::new(Severity::Warning, code, message)
}

fn group(source: String, labels: Labels, targets: Vec<Labels>) -> TargetGroup {
    TargetGroup {
        source,
        labels: labels.into_pairs(),
        targets: targets.into_iter().map(Labels::into_pairs).collect(),
    }
}
