//! YAML text never panics, and what is written of it is YAML that says the same when written again.

use fluentbit_config::{parse_yaml, write_classic, write_yaml};
use source_text::SourceId;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let id = SourceId::default();
    let (document, _) = parse_yaml(id, &text);
    let _ = write_classic(&document);
    let (written, _) = write_yaml(&document);
    let (_, problems) = parse_yaml(id, &written);
    assert!(problems.iter().all(|problem| problem.code() != "yaml-syntax"), "{problems:?}\n{written}");
}
