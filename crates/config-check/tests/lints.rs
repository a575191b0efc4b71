//! Every entry of the table with an example says the truth about it.

use std::collections::BTreeSet;

use config_check::{Delivery, Options, check, example_files, fix, lints};
use fluentbit_config::Compat;
use source_text::{Applicability, Lint};

/// Codes without an example, and why.
const WITHOUT_EXAMPLE: &[(&str, &str)] = &[
    ("exposition-utf8", "an example is text"),
    ("invalid-utf8", "an example is text"),
    ("line-too-long", "too long"),
    ("nested-includes", "too many files"),
    ("too-many-files", "too many files"),
    ("too-many-variables", "too long"),
    ("yaml-depth", "too deep"),
    ("unreadable-file", "depends on the machine"),
    ("invalid-parser", "cannot be reached"),
    ("missing-id", "`check` says the same as `missing-property`"),
    ("unknown-operation", "`check` says the same as `invalid-value`"),
    ("not-converted", "reported by `convert`"),
    ("invalid-target-groups", "reported by the agent"),
    ("node-without-address", "reported by `targets`"),
    ("unsupported-field-selector", "reported by `targets`"),
    ("invalid-case", "reported by `test`"),
    ("part-of-configuration", "it depends on where the other parts are"),
];

/// Codes of what `weirgate check` asks the outputs about; the tests of weirgate-agent look at their examples.
const BY_RUNNER: &[&str] = &["invalid-port", "invalid-cloud-id", "invalid-cloud-auth"];

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.notes = true;
    options
}

/// The codes of what is found, for one release of Fluent Bit or for all.
fn codes(example: &str, deliveries: &[Delivery]) -> BTreeSet<&'static str> {
    let (entry, files) = example_files(example);
    let mut found = BTreeSet::new();
    for delivery in deliveries {
        let mut options = options();
        options.delivery = *delivery;
        let report = check(&entry, &files, &options).expect(example);
        found.extend(report.diagnostics.iter().map(|problem| problem.code()));
    }
    found
}

#[test]
fn examples() {
    let mut wrong = Vec::new();
    for lint in lints().filter(|lint| !BY_RUNNER.contains(&lint.code)) {
        let Some((bad, good)) = lint.example else { continue };
        let in_all = codes(bad, &[Delivery::Safe, Delivery::FluentBit(Compat::V1_8)]);
        if !in_all.contains(&lint.code) {
            wrong.push(format!("{}: not found in the bad example: {in_all:?}", lint.code));
        }
        let left = codes(good, &[Delivery::Safe]);
        if left.contains(&lint.code) {
            wrong.push(format!("{}: found in the good example: {left:?}", lint.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_is_explained() {
    let mut wrong = Vec::new();
    for lint in lints() {
        if lint.why.is_empty() {
            wrong.push(format!("{}: nothing says why it matters", lint.code));
        }
        let has_reason = WITHOUT_EXAMPLE.iter().any(|(code, _)| *code == lint.code);
        if lint.example.is_some() == has_reason {
            wrong.push(format!("{}: an example, or a reason why there is none", lint.code));
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
        let (entry, files) = example_files(bad);
        let before = check(&entry, &files, &options()).expect(bad);
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
