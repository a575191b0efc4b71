//! `relabel`: what each rule does to a label set.

use std::collections::BTreeMap;

use prometheus_config::ScrapeConfig;
use prometheus_discovery::{Outcome, Populator, PortDefaults};
use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::yaml::Located;
use prometheus_relabel::{Effect, Explained, Input, Rules, yaml};
use serde::{Deserialize, Deserializer, Serialize};
use source_text::SourceMap;

use super::diagnostic::Place;
use super::{Diagnostic, Error, Positions, config};

/// Labels: in JSON an object; a list of `[name, value]` is read too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Labels(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "labels are an object of texts, such as {\"job\": \"a\"}")]
        enum Form {
            Map(BTreeMap<String, String>),
            Pairs(Vec<(String, String)>),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Map(map) => map,
            Form::Pairs(pairs) => pairs.into_iter().collect(),
        }))
    }
}

impl From<&LabelSet> for Labels {
    fn from(labels: &LabelSet) -> Self {
        labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        Self(labels.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Labels {
    pub(super) fn set(&self) -> LabelSet {
        self.0.iter().collect()
    }
}

/// Rules and the labels to apply them to: either `rules`, or `prometheus` with `job`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelabelRequest {
    /// YAML of rules: the value of a `relabel_configs` key, or a mapping with such a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// A whole `prometheus.yml`. The labels are then those discovery delivers, and the answer says which target they
    /// make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<String>,
    /// The job of `prometheus` to take; may be left out if there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The labels.
    pub labels: Labels,
    /// Which names are valid: `utf8` or `legacy`; for `rules` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// `3`, or `2` for addresses that get the port of their scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_defaults: Option<u8>,
    /// What columns and offsets count.
    pub positions: Positions,
}

/// What the rules did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RelabelAnswer {
    /// Whether the labels are kept; null if the rules cannot be applied.
    pub keep: Option<bool>,
    /// The labels after all rules; null if they are dropped.
    pub labels: Option<Labels>,
    /// The labels before the first rule: those given and, with `prometheus`, those the job adds.
    pub before: Labels,
    /// What each rule did, up to the one that dropped the labels.
    pub steps: Vec<RelabelStep>,
    /// With `prometheus`: the target.
    pub target: Option<TargetView>,
    /// With `prometheus`: why there is none, in Prometheus' words.
    pub target_error: Option<String>,
    /// What is wrong with the rules or the configuration.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one rule did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RelabelStep {
    /// The rule's place in the list, from 0.
    pub rule: usize,
    /// Where it stands.
    pub place: Option<Place>,
    /// What it is meant to do.
    pub action: String,
    /// The value it looked at: the source labels joined. Null for rules that look at names.
    pub value: Option<String>,
    /// What the value was compared with (`keepequal`, `dropequal`).
    pub compared: Option<String>,
    /// The names that matched (`labelmap`, `labeldrop`, `labelkeep`).
    pub names: Option<Vec<String>>,
    /// The pattern, if the rule has one that it uses.
    pub regex: Option<String>,
    /// Whether the value matched; null where nothing is matched.
    pub matched: Option<bool>,
    /// The groups of the match, the whole match first.
    pub groups: Vec<MatchGroup>,
    /// `nothing`, `no-match`, `invalid-target`, `changed` or `dropped`.
    pub effect: String,
    /// The labels that changed, by name.
    pub changes: Vec<LabelChange>,
}

/// A group of a match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MatchGroup {
    /// Its name.
    pub name: Option<String>,
    /// What it matched; null if it took no part.
    pub value: Option<String>,
    /// Offset of its start in the value.
    pub start: Option<usize>,
    /// Offset of its end.
    pub end: Option<usize>,
}

/// A label that changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LabelChange {
    /// The label.
    pub name: String,
    /// Its value before; null if it did not exist.
    pub before: Option<String>,
    /// Its value now; null if it was removed.
    pub after: Option<String>,
}

/// What is scraped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TargetView {
    /// The URL.
    pub url: String,
    /// The labels of its samples.
    pub labels: Labels,
    /// Milliseconds from scrape to scrape.
    pub interval_ms: u64,
    /// Milliseconds a scrape may take.
    pub timeout_ms: u64,
}

/// Applies relabelling rules and tells what each of them does.
///
/// ```
/// use weirgate::api::{RelabelRequest, relabel};
///
/// let request = RelabelRequest {
///     rules: Some("- {source_labels: [path], regex: '/api/(v[0-9])/.*', target_label: version}".into()),
///     labels: [("path", "/api/v2/items")].into_iter().collect(),
///     ..RelabelRequest::default()
/// };
/// let answer = relabel(&request)?;
/// let step = &answer.steps[0];
/// assert_eq!((step.matched, step.groups[1].start), (Some(true), Some(5)));
/// assert_eq!(step.changes[0].after.as_deref(), Some("v2"));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When there are neither or both of `rules` and `prometheus`, or there is no such job or scheme.
pub fn relabel(request: &RelabelRequest) -> Result<RelabelAnswer, Error> {
    match (&request.rules, &request.prometheus) {
        (Some(rules), None) => by_rules(request, rules),
        (None, Some(text)) => by_job(request, text),
        _ => Err(Error::input("either `rules` or `prometheus` must be given")),
    }
}

fn by_rules(request: &RelabelRequest, text: &str) -> Result<RelabelAnswer, Error> {
    let scheme: NameScheme = match request.scheme.as_deref() {
        None => NameScheme::default(),
        Some(name) => name.parse().map_err(|_| Error::input("`scheme` is `utf8` or `legacy`"))?,
    };
    let mut sources = SourceMap::new();
    let id = sources.add("rules", text);
    let before = request.labels.clone();
    let wrong = |problems: &[source_text::Diagnostic]| RelabelAnswer {
        before: before.clone(),
        diagnostics: Diagnostic::all(problems, &sources, request.positions),
        ..RelabelAnswer::default()
    };
    let decoded = match source_text::yaml::parse(id, text) {
        Ok(documents) => documents.first().map(|root| yaml::decode(list(root))).unwrap_or_default(),
        Err(problem) => return Ok(wrong(&[*problem])),
    };
    let located = decoded.rules.clone();
    let rules = match decoded.into_rules(scheme) {
        Ok(rules) => rules,
        Err(problems) => return Ok(wrong(&problems)),
    };
    let set = request.labels.set();
    let mut labels = LabelsBuilder::new().reset(&set);
    let steps = steps(&rules, &located, &mut labels, &sources, request.positions);
    let keep = !is_dropped(&steps);
    Ok(RelabelAnswer {
        keep: Some(keep),
        labels: keep.then(|| Labels::from(&labels.to_set())),
        before,
        steps,
        ..RelabelAnswer::default()
    })
}

/// The list of rules in a document that is one, or that has one under a usual key.
fn list(root: &source_text::yaml::Node) -> &source_text::yaml::Node {
    ["relabel_configs", "metric_relabel_configs"].iter().find_map(|key| root.get(key)).unwrap_or(root)
}

fn by_job(request: &RelabelRequest, text: &str) -> Result<RelabelAnswer, Error> {
    let read = config::read(text, request.positions);
    let mut answer = RelabelAnswer { diagnostics: read.diagnostics, ..RelabelAnswer::default() };
    if answer.diagnostics.iter().any(Diagnostic::is_error) {
        answer.before = request.labels.clone();
        return Ok(answer);
    }
    let job = job(&read.config.scrape_configs, request.job.as_deref())?;
    let defaults = port_defaults(request.port_defaults)?;
    let given: Vec<(&str, &str)> =
        request.labels.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let populated = Populator::new(job).port_defaults(defaults).populate(&given, &[]);
    let mut labels = LabelsBuilder::new().reset(&populated.discovered);
    let rules = &job.relabel_configs;
    answer.steps = steps(rules.rules(), rules.located(), &mut labels, &read.sources, request.positions);
    answer.keep = Some(!is_dropped(&answer.steps));
    answer.labels = answer.keep.filter(|keep| *keep).map(|_| Labels::from(&labels.to_set()));
    answer.before = Labels::from(&populated.discovered);
    match populated.outcome {
        Outcome::Target(target) => answer.target = Some(TargetView::of(&target)),
        Outcome::Failed(error) => answer.target_error = Some(error.to_string()),
        Outcome::Dropped { .. } => {}
    }
    Ok(answer)
}

/// The job asked for, or the only one.
fn job<'c>(jobs: &'c [ScrapeConfig], asked: Option<&str>) -> Result<&'c ScrapeConfig, Error> {
    match (jobs, asked) {
        (_, Some(name)) => jobs.iter().find(|job| job.job_name == name).ok_or_else(|| {
            let names = jobs.iter().map(|job| job.job_name.as_str());
            let hint = source_text::suggest(name, names);
            let hint = hint.map_or_else(String::new, |hint| format!("; did you mean `{hint}`?"));
            Error::input(format!("there is no job `{name}`{hint}"))
        }),
        ([only], None) => Ok(only),
        _ => Err(Error::input(format!("`job` must name one of {} jobs", jobs.len()))),
    }
}

pub(super) fn port_defaults(version: Option<u8>) -> Result<PortDefaults, Error> {
    match version {
        None | Some(3) => Ok(PortDefaults::V3),
        Some(2) => Ok(PortDefaults::V2),
        Some(_) => Err(Error::input("`port_defaults` is 2 or 3")),
    }
}

fn is_dropped(steps: &[RelabelStep]) -> bool {
    steps.last().is_some_and(|step| step.effect == "dropped")
}

/// Applies rules to `labels` and tells what each of them did.
pub(super) fn steps(
    rules: &Rules,
    located: &[Located],
    labels: &mut LabelsBuilder<'_>,
    sources: &SourceMap,
    positions: Positions,
) -> Vec<RelabelStep> {
    let step = |explained: Explained| {
        let located = located.get(explained.rule);
        let mut step = RelabelStep {
            rule: explained.rule,
            place: located.and_then(|rule| Place::of(rule.span(), sources, positions)),
            action: explained.action.as_str().to_owned(),
            effect: effect(&explained.effect).to_owned(),
            ..RelabelStep::default()
        };
        let regex = || located.map(|located| located.rule.regex().as_str().to_owned());
        match explained.input {
            Input::Matched { value, groups } => {
                step.regex = regex();
                step.matched = Some(groups.is_some());
                let offset = |bytes: usize| positions.length(value.get(..bytes).unwrap_or_default());
                step.groups = groups
                    .into_iter()
                    .flatten()
                    .map(|group| MatchGroup {
                        start: group.range.as_ref().map(|range| offset(range.start)),
                        end: group.range.as_ref().map(|range| offset(range.end)),
                        name: group.name,
                        value: group.value,
                    })
                    .collect();
                step.value = Some(value);
            }
            Input::Compared { value, target } => {
                step.matched = Some(value == target);
                step.value = Some(value);
                step.compared = Some(target);
            }
            Input::Value(value) => step.value = Some(value),
            Input::Names(names) => {
                step.regex = regex();
                step.names = Some(names);
            }
            _ => {}
        }
        if let Effect::Changed(changes) = explained.effect {
            let change = |change: prometheus_relabel::Change| LabelChange {
                name: change.name,
                before: change.before,
                after: change.after,
            };
            step.changes = changes.into_iter().map(change).collect();
        }
        step
    };
    rules.explain(labels).into_iter().map(step).collect()
}

fn effect(effect: &Effect) -> &'static str {
    match effect {
        Effect::Nothing => "nothing",
        Effect::NoMatch => "no-match",
        Effect::InvalidTarget => "invalid-target",
        Effect::Changed(_) => "changed",
        Effect::Dropped => "dropped",
        _ => "unknown",
    }
}

impl TargetView {
    pub(super) fn of(target: &prometheus_discovery::Target) -> Self {
        Self {
            url: target.url().as_str().to_owned(),
            labels: Labels::from(&target.public_labels()),
            interval_ms: target.scrape_interval().as_millis(),
            timeout_ms: target.scrape_timeout().as_millis(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, labels: &[(&str, &str)], expected: (Option<bool>, &[&str])) {
        let request = RelabelRequest {
            rules: Some(rules.to_owned()),
            labels: labels.iter().copied().collect(),
            ..RelabelRequest::default()
        };
        let answer = relabel(&request).unwrap();
        let effects: Vec<_> = answer.steps.iter().map(|step| step.effect.as_str()).collect();
        assert_eq!((answer.keep, effects.as_slice()), expected, "{rules}");
        assert_eq!(answer.labels.is_some(), answer.keep == Some(true));
        assert_eq!(answer.diagnostics.is_empty(), answer.keep.is_some());
    }

    #[test]
    fn rules() {
        let drop = "- {source_labels: [a], regex: x, action: drop}\n- {target_label: b, replacement: c}\n";
        check(drop, &[("a", "x")], (Some(false), &["dropped"]));
        check(drop, &[("a", "y")], (Some(true), &["nothing", "changed"]));
        check(&format!("relabel_configs:\n{drop}"), &[], (Some(true), &["nothing", "changed"]));
        check("- {action: labelmap, regex: 'x_(.*)'}", &[("x_a", "1")], (Some(true), &["changed"]));
        check("", &[("a", "x")], (Some(true), &[]));
        check("- {action: dorp}", &[], (None, &[]));
        check("- {", &[], (None, &[]));
    }

    #[test]
    fn jobs() {
        let text = "scrape_configs:\n- job_name: web\n  relabel_configs:\n  - {source_labels: [__meta_a], regex: x, action: keep}\n";
        for (labels, keep, url) in [
            (&[("__address__", "h:1"), ("__meta_a", "x")][..], Some(true), Some("http://h:1/metrics")),
            (&[("__address__", "h:1")], Some(false), None),
            (&[("__meta_a", "x")], Some(true), None),
        ] {
            let request = RelabelRequest {
                prometheus: Some(text.to_owned()),
                labels: labels.iter().copied().collect(),
                ..RelabelRequest::default()
            };
            let answer = relabel(&request).unwrap();
            assert_eq!(answer.keep, keep);
            assert_eq!(answer.target.map(|target| target.url).as_deref(), url);
            assert_eq!(answer.steps[0].place.as_ref().unwrap().line, 4);
        }
        let missing = RelabelRequest {
            prometheus: Some(text.to_owned()),
            job: Some("wbe".to_owned()),
            ..RelabelRequest::default()
        };
        assert_eq!(relabel(&missing).unwrap_err().to_string(), "there is no job `wbe`; did you mean `web`?");
    }
}
