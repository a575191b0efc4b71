//! `docs/lints` and `docs/reference` are what the tables give.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const STEP: &str = "run `cargo run -p xtask -- docs`";

fn check(folder: &str, pages: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(folder);
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(pages.contains_key(&name), "{name} is of no table: {STEP}");
    }
    for (name, text) in pages {
        let found = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(found == *text, "{name} is not what the table gives: {STEP}");
    }
}

#[test]
fn pages_are_up_to_date() {
    check("lints", &config_check::pages());
    check("reference", &config_check::reference());
}
