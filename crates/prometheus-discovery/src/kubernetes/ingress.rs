//! The role `ingress`.

use kubernetes_metadata::{Ingress, IngressRule};
use prometheus_config::{Role, TargetGroup};
use source_text::Diagnostic;

use super::labels::Labels;
use super::select::Scope;
use super::{group, namespace_labels};

pub(super) fn groups(scope: &Scope<'_>, warnings: &mut Vec<Diagnostic>) -> Vec<TargetGroup> {
    let ingresses = scope.objects(Role::Ingress, &scope.cluster.ingresses);
    ingresses.map(|ingress| ingress_group(scope, ingress, warnings)).collect()
}

pub(super) fn ingress_group(
    scope: &Scope<'_>,
    ingress: &Ingress,
    warnings: &mut Vec<Diagnostic>,
) -> TargetGroup {
    let metadata = &ingress.metadata;
    let mut labels = Labels::default();
    labels.set("namespace", &metadata.namespace);
    labels.set_some("ingress_class_name", ingress.spec.ingress_class_name.as_deref());
    labels.describe("ingress", metadata, warnings);
    namespace_labels(scope, &metadata.namespace, &mut labels, warnings);
    let mut targets = Vec::new();
    for rule in &ingress.spec.rules {
        let mut secure_hosts = ingress.spec.tls.iter().flat_map(|tls| &tls.hosts);
        let is_secure = secure_hosts.any(|pattern| matches_host(pattern, &rule.host));
        for path in paths(rule) {
            let mut target = Labels::with_address(rule.host.clone());
            target.set("ingress_scheme", if is_secure { "https" } else { "http" });
            target.set("ingress_host", &rule.host);
            target.set("ingress_path", path);
            targets.push(target);
        }
    }
    group(format!("ingress/{}/{}", metadata.namespace, metadata.name), labels, targets)
}

/// The paths of a rule; the root for a rule that names none.
fn paths(rule: &IngressRule) -> Vec<&str> {
    match &rule.http {
        None => vec!["/"],
        Some(http) => {
            http.paths.iter().map(|path| if path.path.is_empty() { "/" } else { &path.path }).collect()
        }
    }
}

/// Whether `pattern` is `host`, or a `*` in place of its first label.
fn matches_host(pattern: &str, host: &str) -> bool {
    if pattern == host {
        return true;
    }
    match (pattern.split_once('.'), host.split_once('.')) {
        (Some(("*", pattern)), Some((_, host))) => pattern == host,
        // A lone star stands for a lone label.
        (None, None) => pattern == "*",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::matches_host;

    #[test]
    fn wildcards() {
        assert!(matches_host("a.example", "a.example") && matches_host("*.example", "a.example"));
        assert!(matches_host("*", "a") && matches_host("", ""));
        assert!(!matches_host("*.example", "a.b.example") && !matches_host("*.example", "example"));
        assert!(!matches_host("a*.example", "ab.example") && !matches_host("*", "a.b"));
    }
}
