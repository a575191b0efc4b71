//! `targets`: what a `prometheus.yml` scrapes in a cluster, without asking anybody.

use fluentbit_config::Files as _;
use prometheus_config::{Discovery, ScrapeConfig, TargetGroup};
use prometheus_discovery::{PortDefaults, TargetPool, groups, kubernetes};
use prometheus_labels::{LabelSet, LabelsBuilder};
use serde::{Deserialize, Serialize};
use source_text::SourceMap;

use super::discovery::Objects;
use super::relabel::{Labels, RelabelStep, TargetView, port_defaults, steps};
use super::{Diagnostic, Error, Files, Positions, config};

/// A configuration, and what there is to discover.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetsRequest {
    /// The `prometheus.yml`.
    pub prometheus: String,
    /// The objects of the cluster.
    pub objects: Objects,
    /// The files of target groups that `file_sd_configs` names.
    pub files: Files,
    /// `3`, or `2` for addresses that get the port of their scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_defaults: Option<u8>,
    /// The namespace that `own_namespace: true` means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_namespace: Option<String>,
    /// What columns and offsets count.
    pub positions: Positions,
}

/// The targets of each job.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TargetsAnswer {
    /// The jobs, in the order of the file; none if the file has errors.
    pub jobs: Vec<JobTargets>,
    /// What is wrong with the file, and what the targets do not show.
    pub diagnostics: Vec<Diagnostic>,
}

/// The targets of a job.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JobTargets {
    /// The name of the job.
    pub job: String,
    /// What is scraped, in the order of discovery.
    pub active: Vec<ActiveTarget>,
    /// What a rule dropped.
    pub dropped: Vec<DroppedTarget>,
    /// The discovered labels of entries that make a target which another entry makes too.
    pub merged: Vec<Labels>,
    /// Entries that make no target, in Prometheus' words.
    pub failures: Vec<String>,
    /// Ways of discovery that have no answer without asking somebody.
    pub not_asked: Vec<String>,
}

/// A target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ActiveTarget {
    /// What is scraped.
    #[serde(flatten)]
    pub target: TargetView,
    /// The labels before the rules.
    pub discovered: Labels,
}

/// An entry that a rule dropped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DroppedTarget {
    /// The rule, and what it saw.
    pub step: RelabelStep,
    /// The labels before the rules.
    pub discovered: Labels,
}

/// Discovers targets among objects and files, and applies the rules of each job.
///
/// ```
/// use weirgate::api::{TargetsRequest, targets};
///
/// let request = TargetsRequest {
///     prometheus: "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1', 'i:1']}], \
///         relabel_configs: [{source_labels: [__address__], regex: 'i:.*', action: drop}]}]".into(),
///     ..TargetsRequest::default()
/// };
/// let job = &targets(&request)?.jobs[0];
/// assert_eq!(job.active[0].target.url, "http://h:1/metrics");
/// assert_eq!(job.dropped[0].step.value.as_deref(), Some("i:1"));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When the objects cannot be read.
pub fn targets(request: &TargetsRequest) -> Result<TargetsAnswer, Error> {
    let defaults = port_defaults(request.port_defaults)?;
    let cluster = request.objects.read()?.into_iter().collect();
    let read = config::read(&request.prometheus, request.positions);
    let mut answer = TargetsAnswer { jobs: Vec::new(), diagnostics: read.diagnostics.clone() };
    if answer.diagnostics.iter().any(Diagnostic::is_error) {
        return Ok(answer);
    }
    let memory = request.files.memory();
    for job in &read.config.scrape_configs {
        let mut found = Found::default();
        for discovery in &job.service_discovery {
            match discovery {
                Discovery::Static(groups) => found.groups.extend(groups.iter().cloned()),
                Discovery::Kubernetes(config) => {
                    let own = request.own_namespace.as_deref();
                    let discovered = kubernetes::discover(config, &cluster, own);
                    found.groups.extend(discovered.groups);
                    let warnings = Diagnostic::all(&discovered.warnings, &read.sources, request.positions);
                    for warning in warnings {
                        if !answer.diagnostics.contains(&warning) {
                            answer.diagnostics.push(warning);
                        }
                    }
                }
                Discovery::File(config) => {
                    for name in config.files.iter().flat_map(|pattern| memory.glob(pattern)) {
                        found.file(&name, &request.files, &mut answer.diagnostics, request.positions);
                    }
                }
                Discovery::Http(_) => found.not_asked.push("http_sd_configs".to_owned()),
                Discovery::Dns(_) => found.not_asked.push("dns_sd_configs".to_owned()),
                Discovery::Other { field, .. } => found.not_asked.push((*field).to_owned()),
                _ => {}
            }
        }
        answer.jobs.push(found.targets(job, defaults, &read, request.positions));
    }
    Ok(answer)
}

#[derive(Default)]
struct Found {
    groups: Vec<TargetGroup>,
    not_asked: Vec<String>,
}

impl Found {
    fn file(&mut self, name: &str, files: &Files, problems: &mut Vec<Diagnostic>, positions: Positions) {
        let Some(text) = files.get(name).map(super::Content::text) else { return };
        let mut sources = SourceMap::new();
        let id = sources.add(name, text.as_ref());
        match groups::from_file(id, name, &text) {
            Ok(groups) => self.groups.extend(groups),
            Err(found) => problems.extend(Diagnostic::all(&found, &sources, positions)),
        }
    }

    fn targets(
        self,
        job: &ScrapeConfig,
        defaults: PortDefaults,
        read: &config::Read,
        positions: Positions,
    ) -> JobTargets {
        let pool = TargetPool::with_port_defaults(job, &self.groups, defaults);
        let rules = &job.relabel_configs;
        let dropped = |discovered: &LabelSet| DroppedTarget {
            step: steps(
                rules.rules(),
                rules.located(),
                &mut LabelsBuilder::new().reset(discovered),
                &read.sources,
                positions,
            )
            .pop()
            .unwrap_or_default(),
            discovered: Labels::from(discovered),
        };
        let active = |active: &prometheus_discovery::ActiveTarget| ActiveTarget {
            target: TargetView::of(&active.target),
            discovered: Labels::from(&active.discovered),
        };
        JobTargets {
            job: job.job_name.clone(),
            active: pool.active.iter().map(active).collect(),
            dropped: pool.dropped.iter().map(|(labels, _)| dropped(labels)).collect(),
            merged: pool.merged.iter().map(Labels::from).collect(),
            failures: pool.failures.into_iter().chain(pool.limit).collect(),
            not_asked: self.not_asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_of_discovery() {
        let prometheus = "scrape_configs:\n- job_name: a\n  file_sd_configs: [{files: ['t/*.yml']}]\n  dns_sd_configs: [{names: [x]}]\n  kubernetes_sd_configs: [{role: node}]\n";
        let node = r#"{"kind": "Node", "metadata": {"name": "n1"}, "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]}}"#;
        let request = TargetsRequest {
            prometheus: prometheus.into(),
            objects: Objects::new(node),
            files: [("t/a.yml", "- targets: ['f:1']\n"), ("t/b.yml", "- x: 1\n")].into_iter().collect(),
            ..TargetsRequest::default()
        };
        let answer = targets(&request).unwrap();
        let urls: Vec<_> = answer.jobs[0].active.iter().map(|active| active.target.url.as_str()).collect();
        assert_eq!(urls, ["http://f:1/metrics", "http://10.0.0.1:0/metrics"]);
        assert_eq!(answer.jobs[0].not_asked, ["dns_sd_configs"]);
        assert_eq!(answer.diagnostics[0].file.as_deref(), Some("t/b.yml"));
    }
}
