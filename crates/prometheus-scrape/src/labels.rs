//! From the labels a target writes to those that are stored.

use std::fmt::Write;

use prometheus_config::ScrapeConfig;
use prometheus_exposition::Label;
use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme, name, quoted};
use prometheus_relabel::{Scratch, Verdict};

/// What labels that a scrape has, but a target must not have, are renamed with.
const EXPORTED: &str = "exported_";

/// Puts the labels of a target on those of its series and applies the rules of the job.
#[derive(Debug, Default)]
pub(crate) struct Mutator {
    builder: LabelsBuilder<'static>,
    scratch: Scratch,
}

impl Mutator {
    /// The labels to store for a series that was written with `written` (sorted by name); `None` if it is dropped.
    pub(crate) fn stored(
        &mut self,
        written: &[Label<'_>],
        target: &LabelSet,
        config: &ScrapeConfig,
    ) -> Result<Option<LabelSet>, String> {
        let pairs = pairs(written)?;
        let mut labels = std::mem::take(&mut self.builder).reset(pairs.as_slice());
        let value_of = |name: &str| {
            let found = pairs.binary_search_by(|(other, _)| (*other).cmp(name)).ok();
            found.and_then(|at| pairs.get(at)).map(|(_, value)| *value)
        };
        if config.honor_labels {
            // An empty label that is written counts: it is how a target gets rid of one.
            for (name, value) in target.iter().filter(|(name, _)| value_of(name).is_none()) {
                labels.set(name, value);
            }
        } else {
            let mut conflicts = Vec::new();
            for (name, value) in target {
                conflicts.extend(value_of(name).filter(|value| !value.is_empty()).map(|value| (name, value)));
                labels.set(name, value);
            }
            conflicts.sort_by_key(|(name, _)| name.len());
            for (name, value) in conflicts {
                let mut exported = format!("{EXPORTED}{name}");
                while !labels.get(&exported).is_empty() {
                    exported.insert_str(0, EXPORTED);
                }
                labels.set(&exported, value);
            }
        }
        let rules = config.metric_relabel_configs.rules();
        let stored = match rules.apply(&mut labels, &mut self.scratch) {
            Verdict::Keep => Some(labels.to_set()).filter(|labels| !labels.is_empty()),
            Verdict::Drop { .. } => None,
        };
        self.builder = labels.clear();
        Ok(stored)
    }
}

/// The labels of a series about the scrape: those of the target always count.
pub(crate) fn of_report(metric: &str, target: &LabelSet) -> LabelSet {
    let mut labels = LabelsBuilder::new();
    labels.set(name::METRIC_NAME, metric);
    for (name, value) in target {
        // Prometheus sets this to what the series had before, which is nothing.
        labels.remove(&format!("{EXPORTED}{name}"));
        labels.set(name, value);
    }
    labels.to_set()
}

/// What Prometheus has against labels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) exceeds_limit: bool,
}

/// Checks names and limits.
pub(crate) fn check(labels: &LabelSet, config: &ScrapeConfig) -> Result<(), Problem> {
    let invalid = |message| Err(Problem { message, exceeds_limit: false });
    let Some(metric) = labels.get(name::METRIC_NAME) else {
        return invalid(format!("missing metric name ({} label)", name::METRIC_NAME));
    };
    let scheme = config.metric_name_validation_scheme;
    if !scheme.allows_metric(metric) || labels.iter().any(|(name, _)| !scheme.allows_label(name)) {
        return invalid(format!("invalid metric name or label names: {labels}"));
    }
    check_limits(metric, labels, config).map_err(|message| Problem { message, exceeds_limit: true })
}

fn check_limits(metric: &str, labels: &LabelSet, config: &ScrapeConfig) -> Result<(), String> {
    let exceeds = |length: usize, limit: u64| limit > 0 && length as u64 > limit;
    let metric = first_50(metric);
    let (count, limit) = (labels.len(), config.label_limit);
    if exceeds(count, limit) {
        return Err(format!(
            "label_limit exceeded (metric: {metric}, number of labels: {count}, limit: {limit})"
        ));
    }
    for (name, value) in labels {
        let shown = first_50(name);
        let (length, limit) = (name.len(), config.label_name_length_limit);
        if exceeds(length, limit) {
            return Err(format!(
                "label_name_length_limit exceeded (metric: {metric}, label name: {shown}, length: {length}, \
                 limit: {limit})"
            ));
        }
        let (length, limit) = (value.len(), config.label_value_length_limit);
        if exceeds(length, limit) {
            let value = quoted(first_50(value));
            return Err(format!(
                "label_value_length_limit exceeded (metric: {metric}, label name: {shown}, value: {value}, \
                 length: {length}, limit: {limit})"
            ));
        }
    }
    Ok(())
}

/// The first 50 characters.
fn first_50(text: &str) -> &str {
    text.char_indices().nth(50).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Names and values as text.
fn pairs<'l>(written: &'l [Label<'_>]) -> Result<Vec<(&'l str, &'l str)>, String> {
    let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(written.len());
    for label in written {
        let (Some(name), Some(value)) = (label.name_str(), label.value_str()) else {
            return Err(not_text(written));
        };
        if pairs.last().is_some_and(|(before, _)| *before == name) {
            return Err(format!("label name \"{name}\" is not unique: invalid sample"));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// The message about labels that are not UTF-8.
#[cold]
fn not_text(written: &[Label<'_>]) -> String {
    let mut message = "invalid metric name or label names: {".to_owned();
    for (at, label) in written.iter().enumerate() {
        message.push_str(if at == 0 { "" } else { ", " });
        let plain = label.name_str().filter(|name| NameScheme::Legacy.allows_label(name));
        // Writing to a string cannot fail.
        let _ = match plain {
            Some(name) => write!(message, "{name}={}", quoted(&label.value)),
            None => write!(message, "{}={}", quoted(&label.name), quoted(&label.value)),
        };
    }
    message.push('}');
    message
}
