//! Every entry of the table with an example says the truth about it.

use std::collections::BTreeSet;

use config_check::{Options, check, fix, lints};
use fluentbit_config::MemoryFiles;
use source_text::{Applicability, Lint};

/// The files of an example, and the name of the first.
fn files(example: &str) -> (String, MemoryFiles) {
    let mut files = MemoryFiles::new();
    if !example.starts_with("==> ") {
        let name = if example.starts_with(['[', '@']) { "fluent-bit.conf" } else { "example" };
        files.insert(name, example);
        return (name.to_owned(), files);
    }
    let mut entry = None;
    for part in example.split("==> ").skip(1) {
        let (name, text) = part.split_once(" <==\n").expect("a name");
        files.insert(name, text);
        entry.get_or_insert_with(|| name.to_owned());
    }
    (entry.expect("a file"), files)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.notes = true;
    options
}

fn codes(example: &str) -> Vec<&'static str> {
    let (entry, files) = files(example);
    let report = check(&entry, &files, &options()).expect("a report");
    report.diagnostics.iter().map(|problem| problem.code()).collect()
}

#[test]
fn examples() {
    let mut wrong = Vec::new();
    for lint in lints() {
        let Some((bad, good)) = lint.example else { continue };
        if !codes(bad).contains(&lint.code) {
            wrong.push(format!("{}: not found in the bad example: {:?}", lint.code, codes(bad)));
        }
        if codes(good).contains(&lint.code) {
            wrong.push(format!("{}: found in the good example", lint.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fixes() {
    let mut wrong = Vec::new();
    let mut fixable = 0;
    for lint in lints() {
        let Some((bad, _)) = lint.example else { continue };
        let (entry, files) = files(bad);
        let before = check(&entry, &files, &options()).expect("a report");
        let has_fix =
            |problem: &&source_text::Diagnostic| problem.code() == lint.code && problem.repair().is_some();
        if before.diagnostics.iter().find(has_fix).is_none() {
            continue;
        }
        fixable += 1;
        let fixed = fix(&entry, &files, &options(), Applicability::Likely).expect("a report");
        if fixed.report.diagnostics.iter().any(|problem| problem.code() == lint.code) {
            wrong.push(format!("{}: still there in {:?}", lint.code, fixed.changes));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fixable > 20, "{fixable}");
}

#[test]
fn entries_are_in_order() {
    let mut seen = BTreeSet::new();
    for lint in lints() {
        assert!(seen.insert(lint.code), "{} is there twice", lint.code);
        let Lint { code, title, why, .. } = lint;
        assert!(!title.is_empty() && !title.ends_with('.'), "{code}");
        assert!(why.is_empty() || why.ends_with('.'), "{code}");
        assert!(
            code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{code}"
        );
    }
}
