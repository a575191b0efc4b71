//! YAML of relabelling rules, `---8<---`, and labels as lines of `name=value`: nothing may panic, and what is
//! explained is what is done.

use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
use prometheus_relabel::{Effect, Scratch, Verdict, yaml};
use source_text::SourceMap;

pub(crate) fn run(data: &[u8]) {
    let Ok(data) = std::str::from_utf8(data) else { return };
    let (rules, labels) = data.split_once("---8<---\n").unwrap_or((data, ""));
    let mut sources = SourceMap::new();
    let id = sources.add("rules.yml", rules);
    let Ok(documents) = source_text::yaml::parse(id, rules) else { return };
    let Some(document) = documents.first() else { return };
    for scheme in [NameScheme::Utf8, NameScheme::Legacy] {
        let rules = match yaml::decode(document).into_rules(scheme) {
            Ok(rules) => rules,
            Err(problems) => {
                assert!(!problems.is_empty());
                for problem in &problems {
                    let _ = sources.render(problem);
                }
                continue;
            }
        };
        let set: LabelSet = labels.lines().filter_map(|line| line.split_once('=')).collect();
        let mut done = LabelsBuilder::new().reset(&set);
        let verdict = rules.apply(&mut done, &mut Scratch::new());
        let mut told = LabelsBuilder::new().reset(&set);
        let steps = rules.explain(&mut told);
        let dropped = steps.last().is_some_and(|step| step.effect == Effect::Dropped);
        assert_eq!(dropped, matches!(verdict, Verdict::Drop { .. }));
        if !dropped {
            assert_eq!(steps.len(), rules.iter().len());
            assert_eq!(done.to_set(), told.to_set());
        }
    }
}
