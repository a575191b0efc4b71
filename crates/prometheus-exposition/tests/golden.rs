//! Replays recorded cases of Prometheus: the `exposition-*.jsonl` files in the folder that the environment
//! variable `EXPOSITION_VECTORS` names. Without it there is nothing to do.

mod golden_json;

use std::path::PathBuf;

use serde_json::Value;

#[test]
fn recorded_cases_are_reproduced() {
    let Some(folder) = std::env::var_os("EXPOSITION_VECTORS").map(PathBuf::from) else { return };
    let mut failures = Vec::new();
    let mut passed = 0;
    for file in ["exposition-text.jsonl", "exposition-openmetrics.jsonl"] {
        let cases = std::fs::read_to_string(folder.join(file)).unwrap();
        for case in cases.lines() {
            let case: Value = serde_json::from_str(case).unwrap();
            let got = golden_json::run(&case);
            if got == case["expect"] {
                passed += 1;
            } else {
                failures.push(format!("{}\n  expected {}\n  got      {got}", case["id"], case["expect"]));
            }
        }
    }
    assert!(failures.is_empty(), "{passed} passed, {} failed:\n{}", failures.len(), failures.join("\n"));
}
