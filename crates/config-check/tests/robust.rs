//! Whatever the files hold: no panic, every place lies in its file, and fixes come to an end.

use config_check::{Kind, Options, check, fix};
use fluentbit_config::MemoryFiles;
use proptest::prelude::*;
use source_text::{Applicability, Fix};

/// Pieces of a classic configuration with traps in it.
const CLASSIC: &str = r"(\[(INPUT|FILTER|OUTPUT|SERVICE|PARSER|OUTPTU)\]\n|    Name (tail|grep|es|kubernetes|parser|stdout)\n|    (Regex|Exclude|Tag_Regex|Match|Match_Regex|Rule|Types|Time_Format|Decode_Field|Index|Path|DB|Tag|Key|Time_Key|Merge_Log|Keep_Log) |[a-z*,.$'%\\/{}\[\]()|^@é 0-9]{0,6}\n|    # weirgate: allow [a-z-]{1,12}\n|@SET a=b\n|\$\{a\}|On\n|\n){0,30}";

/// Pieces of a prometheus.yml with traps in it.
const PROMETHEUS: &str = r"scrape_configs:\n(- job_name: a\n|  metrics_path: /a\?[a-z=&%]{0,5}\n|  kubernetes_sd_configs: \[\{role: pod\}\]\n|  relabel_configs:\n|  metric_relabel_configs:\n|  - action: (labelmap|labelkeep|keepequal|drop)\n|  - source_labels: \[(a, b|__meta_kubernetes_pod_[a-z./]{0,5}|__address__)\]\n|    regex: [a-z_(.*)$^é']{0,5}\n|    regex:\n|    target_label: (__address__|é|a)\n|    replacement: [$0-9a{}-]{0,4}\n|  [a-z]{1,3}: [a-z\[\]{}]{0,4} # c\n){0,14}";

fn exercise(name: &str, text: &str, kind: Kind) {
    let files = MemoryFiles::from([(name, text)]);
    let mut options = Options::default();
    options.kind = Some(kind);
    options.notes = true;
    let report = check(name, &files, &options).expect("a report");
    for problem in &report.diagnostics {
        let edits = problem.repair().into_iter().flat_map(Fix::edits).map(|edit| edit.span);
        for span in problem.span().into_iter().chain(edits) {
            let source = report.sources.get(span.source).expect("a source");
            assert!(source.text().get(span.range()).is_some(), "{problem:?} in {text:?}");
        }
    }
    fix(name, &files, &options, Applicability::Likely).expect("a report");
}

/// A ConfigMap with this file in it, in a style of scalar.
fn config_map(text: &str, style: usize) -> String {
    let value = match style % 3 {
        0 => format!("|\n{}", text.lines().map(|line| format!("    {line}\n")).collect::<String>()),
        1 => format!("{text:?}\n"),
        _ => format!("'{}'\n", text.replace('\'', "''").replace('\n', "\n\n    ")),
    };
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  f.conf: {value}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn classic(text in CLASSIC, style in 0usize..3) {
        exercise("f.conf", &text, Kind::FluentBit);
        exercise("m.yaml", &config_map(&text, style), Kind::Kubernetes);
    }

    #[test]
    fn prometheus(text in PROMETHEUS, style in 0usize..3) {
        exercise("p.yml", &text, Kind::Prometheus);
        exercise("m.yaml", &config_map(&text, style), Kind::Kubernetes);
    }

    #[test]
    fn anything(text in "(apiVersion: v1\nkind: (Pod|List|Secret)\n|[-a-z: \\[\\]{}|>'\"&*#\n]{0,9}|data:\n  a: |spec:\n|  containers:\n|  - ports: ){0,20}") {
        for kind in Kind::ALL {
            exercise("f", &text, kind);
        }
    }
}
