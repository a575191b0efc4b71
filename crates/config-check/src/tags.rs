//! Whether the kubernetes filter finds pods in the tags that inputs give: tried out on a log as container
//! runtimes name them.

use fluentbit_config::{Config, Section};
use fluentbit_filter::FilterKind;
use fluentbit_pipeline::Pipeline;
use source_text::{Diagnostic, Edit, Fix};

const POD: &str = "web-7d9f8c6b5-x2lqp";
const NAMESPACE: &str = "shop";

/// Warns where no pod or the wrong one is found.
pub(crate) fn check(config: &Config, pipeline: &Pipeline) -> Vec<Diagnostic> {
    let log = format!("/var/log/containers/{POD}_{NAMESPACE}_api-{}.log", "c0de".repeat(16));
    let mut found = Vec::new();
    for input in &pipeline.inputs {
        let reads_containers = input.path.iter().any(|path| path.starts_with("/var/log/containers/"));
        let Ok(tag) = input.tag(&log) else { continue };
        for stage in pipeline.filters.iter().filter(|_| reads_containers) {
            let FilterKind::Kubernetes(kubernetes) = stage.filter.kind() else { continue };
            let Some(section) = config.filters.iter().find(|section| section.span == stage.filter.span())
            else {
                continue;
            };
            if stage.filter.matches(&tag) {
                let pod = kubernetes.pod_tag().read(&tag).ok().map(|pod| (pod.namespace_name, pod.pod_name));
                found.extend(complaint(config, section, &tag, pod));
            }
        }
    }
    found
}

/// The namespace and the name of a pod, as far as they were found.
type Pod<'t> = (Option<&'t [u8]>, Option<&'t [u8]>);

fn complaint(config: &Config, section: &Section, tag: &[u8], pod: Option<Pod<'_>>) -> Option<Diagnostic> {
    let tag = String::from_utf8_lossy(tag).replace("c0de", "").replace("-.log", "-ID.log");
    let property = section.get("regex_parser").or_else(|| section.get("kube_tag_prefix"));
    let span = property.or_else(|| section.plugin()).map_or(section.span, |property| property.value_span);
    let text = |part: Option<&[u8]>| String::from_utf8_lossy(part.unwrap_or_default()).into_owned();
    let (code, message) = match pod {
        None => (
            "kubernetes-tag-mismatch",
            format!("no pod is found in tags such as `{tag}`: records get no metadata"),
        ),
        Some((namespace, name)) if text(name) != POD || text(namespace) != NAMESPACE => (
            "kubernetes-wrong-pod",
            format!(
                "in tags such as `{tag}` the pod `{}` of the namespace `{}` is found, which does not exist: records \
                 get no metadata",
                text(name),
                text(namespace)
            ),
        ),
        Some(_) => return None,
    };
    let problem = Diagnostic::warning(code, span, message).help(
        "`Kube_Tag_Prefix` is cut off by its length alone, then the pattern is searched: with `Tag kube.*` the prefix \
         is `kube.var.log.containers.`",
    );
    // With the pattern that is built in, the name has to begin where the prefix ends.
    let file = format!("{POD}_{NAMESPACE}_");
    let prefix = tag.find(&file).map(|at| &tag[..at]).filter(|_| section.get("regex_parser").is_none());
    let edit = prefix.and_then(|prefix| match section.get("kube_tag_prefix") {
        Some(property) => Edit::of_value(property.value_span, &property.raw, prefix),
        None => config.insertion(section, "Kube_Tag_Prefix", prefix),
    });
    Some(match edit {
        Some(edit) => problem.with_fix(Fix::likely("cut off all that stands before the pod", vec![edit])),
        None => problem,
    })
}
