//! What pods say about being scraped.

use std::collections::BTreeMap;

use source_text::Diagnostic;
use source_text::yaml::Node;

use super::mounts::pod_template;
use super::objects::{Object, at, list};

pub(super) fn check(objects: &[Object<'_>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for template in objects.iter().filter_map(pod_template) {
        found.extend(port_annotation(template));
        for part in ["labels", "annotations"] {
            found.extend(at(template, &["metadata", part]).into_iter().flat_map(collisions));
        }
    }
    found
}

/// One port for several ports of containers: discovery makes a target of each of them.
fn port_annotation(template: &Node) -> Option<Diagnostic> {
    let annotations = at(template, &["metadata", "annotations"])?;
    let (key, port) = annotations.entry("prometheus.io/port")?;
    let containers = || list(template, &["spec", "containers"]);
    let ports = containers().map(|container| list(container, &["ports"]).count().max(1)).sum::<usize>();
    let port = port.as_str().unwrap_or_default();
    (ports > 1).then(|| {
        Diagnostic::warning(
            "port-annotation-several-ports",
            key.span.to(at(annotations, &["prometheus.io/port"]).map_or(key.span, |value| value.span)),
            format!("the annotation names one port, but discovery makes {ports} targets of this pod"),
        )
        .help(format!(
            "rules that put `{port}` into every address give {ports} equal targets, or the same series several \
             times; keep only the target whose `__meta_kubernetes_pod_container_port_number` is `{port}`"
        ))
    })
}

/// Names that are one and the same to Prometheus.
fn collisions(map: &Node) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<String, &Node> = BTreeMap::new();
    let mut found = Vec::new();
    for (key, _) in map.entries().unwrap_or_default() {
        let Some(name) = key.as_str() else { continue };
        let sanitized: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        match seen.get(&sanitized) {
            Some(first) if first.as_str() != Some(name) => found.push(
                Diagnostic::warning(
                    "colliding-labels",
                    key.span,
                    format!("discovery gives `{name}` the same label as another name: `…_{sanitized}`"),
                )
                .label(first.span, "the other one")
                .help("in Prometheus it is a matter of chance which one wins; rename one of them"),
            ),
            Some(_) => {}
            None => {
                seen.insert(sanitized, key);
            }
        }
    }
    found
}
