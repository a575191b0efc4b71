//! What once broke a promise, or is worth trying first, never breaks one again.

use std::fs;
use std::path::Path;

use weirgate_fuzz::TARGETS;

#[test]
fn regressions_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut replayed = 0;
    for folder in fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let (_, target) = TARGETS
            .iter()
            .find(|target| target.0 == name)
            .unwrap_or_else(|| panic!("{name} is no target: rename regressions/{name}"));
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let data = fs::read(&path).unwrap();
            std::panic::catch_unwind(|| target(&data)).unwrap_or_else(|_| panic!("{} fails", path.display()));
            replayed += 1;
        }
    }
    assert!(replayed >= TARGETS.len(), "each target has an input to start from");
}

#[test]
fn every_target_has_a_program() {
    for (name, _) in TARGETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "{} runs another target", path.display());
    }
}
