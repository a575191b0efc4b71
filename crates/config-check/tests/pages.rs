//! `docs/lints` is what the tables give.

use std::fs;
use std::path::Path;

#[test]
fn pages_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lints");
    let pages = config_check::pages();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut found: Vec<String> = fs::read_dir(&folder).unwrap().map(name).collect();
    found.sort();
    let step = "run `cargo run -p xtask -- lint-pages`";
    assert_eq!(found, pages.keys().cloned().collect::<Vec<_>>(), "{step}");
    for (name, text) in pages {
        assert_eq!(fs::read_to_string(folder.join(&name)).unwrap(), text, "{name}: {step}");
    }
}
