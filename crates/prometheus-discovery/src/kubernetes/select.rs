//! Which objects a discovery sees.

use kubernetes_metadata::{Namespace, Node, ObjectMeta, Pod};
use prometheus_config::{KubernetesDiscovery, Role, Selector};
use source_text::Diagnostic;

use super::cluster::{Objects, OfKind};
use super::{Cluster, warning};

/// The part of a cluster that a discovery sees.
pub(super) struct Scope<'a> {
    pub(super) config: &'a KubernetesDiscovery,
    pub(super) cluster: &'a Cluster,
    /// The namespaces to look into; `None` for all.
    namespaces: Option<Vec<&'a str>>,
}

/// Objects of which a selector can ask for more than metadata.
pub(super) trait Selectable: OfKind {
    fn metadata(&self) -> &ObjectMeta;

    /// The value of a field; `None` for a field that is not known here.
    fn field(&self, path: &str) -> Option<&str> {
        let metadata = self.metadata();
        match path {
            "metadata.name" => Some(&metadata.name),
            "metadata.namespace" => Some(&metadata.namespace),
            _ => None,
        }
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        config: &'a KubernetesDiscovery,
        cluster: &'a Cluster,
        own_namespace: Option<&'a str>,
    ) -> Self {
        let namespaces = if config.namespaces.is_empty() && !config.own_namespace {
            None
        } else {
            let own = own_namespace.filter(|_| config.own_namespace);
            Some(config.namespaces.iter().map(String::as_str).chain(own).collect())
        };
        Self { config, cluster, namespaces }
    }

    /// Conditions that are not looked at.
    pub(super) fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        for selector in &self.config.selectors {
            let known: &[&str] = match selector.role {
                Role::Pod => {
                    &["metadata.name", "metadata.namespace", "spec.nodeName", "status.phase", "status.podIP"]
                }
                _ => &["metadata.name", "metadata.namespace"],
            };
            for term in selector.fields.terms().iter().filter(|term| !known.contains(&term.field.as_str())) {
                let message =
                    format!("the field `{}` of {} objects is not looked at", term.field, selector.role);
                let mut warning = warning("unsupported-field-selector", message);
                if let Some(span) = self.config.fields.value("selectors") {
                    warning = warning.at(span);
                }
                warnings.push(warning);
            }
        }
        warnings
    }

    /// The objects of a kind in the namespaces of this scope that the selector for `role` selects.
    pub(super) fn objects<T: Selectable>(
        &self,
        role: Role,
        objects: &'a Objects<T>,
    ) -> impl Iterator<Item = &'a T> {
        let selector = self.selector(role);
        let sees = move |namespace: &str| match &self.namespaces {
            None => true,
            Some(namespaces) => namespaces.contains(&namespace),
        };
        objects
            .iter()
            .filter(move |((namespace, _), object)| sees(namespace) && selects(selector, *object))
            .map(|(_, object)| object)
    }

    /// An object of a kind by namespace and name, if this scope sees it.
    pub(super) fn object<T: Selectable>(
        &self,
        role: Role,
        objects: &'a Objects<T>,
        namespace: &str,
        name: &str,
    ) -> Option<&'a T> {
        if namespace.is_empty() || self.namespaces.as_ref().is_some_and(|seen| !seen.contains(&namespace)) {
            return None;
        }
        let object = objects.get(&(namespace.to_owned(), name.to_owned()))?;
        selects(self.selector(role), object).then_some(object)
    }

    /// A node whose labels are to be added.
    pub(super) fn node(&self, name: &str) -> Option<&'a Node> {
        let node = self.cluster.nodes.get(&(String::new(), name.to_owned()))?;
        selects(self.selector(Role::Node), node).then_some(node)
    }

    /// A namespace whose labels are to be added.
    pub(super) fn namespace(&self, name: &str) -> Option<&'a Namespace> {
        self.cluster.namespaces.get(&(String::new(), name.to_owned()))
    }

    fn selector(&self, role: Role) -> Option<&'a Selector> {
        self.config.selectors.iter().find(|selector| selector.role == role)
    }
}

fn selects<T: Selectable>(selector: Option<&Selector>, object: &T) -> bool {
    let Some(selector) = selector else { return true };
    let labels = object.metadata().labels();
    selector.labels.matches(|name| labels.get(name))
        && selector.fields.terms().iter().all(|term| match object.field(&term.field) {
            Some(value) => (value == term.value) != term.negated,
            None => true,
        })
}

impl Selectable for Pod {
    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn field(&self, path: &str) -> Option<&str> {
        match path {
            "metadata.name" => Some(&self.metadata.name),
            "metadata.namespace" => Some(&self.metadata.namespace),
            "spec.nodeName" => Some(self.spec.node_name.as_deref().unwrap_or_default()),
            "status.phase" => Some(&self.status.phase),
            "status.podIP" => Some(self.status.pod_ip.as_deref().unwrap_or_default()),
            _ => None,
        }
    }
}

macro_rules! selectable {
    ($($kind:ident),*) => {
        $(impl Selectable for kubernetes_metadata::$kind {
            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }
        })*
    };
}

selectable!(Node, Service, Endpoints, EndpointSlice, Ingress);
