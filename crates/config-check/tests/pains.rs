//! `examples/pains`: each configuration has its problems where `expected.txt` says, and the fixes remove them.

use std::fs;
use std::path::Path;

use config_check::{Options, check, fix};
use fluentbit_config::MemoryFiles;
use source_text::Applicability;

/// The file to check, and all files of the folder.
fn files(folder: &Path) -> (String, MemoryFiles) {
    const MAIN: [&str; 4] = ["fluent-bit.conf", "prometheus.yml", "metrics.prom", "otel.yaml"];
    let mut files = MemoryFiles::new();
    let mut main = None;
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if MAIN.contains(&name.as_str()) {
            main = Some(name.clone());
        }
        files.insert(&name, fs::read(entry.path()).unwrap());
    }
    (main.expect("a file to check"), files)
}

fn check_folder(folder: &Path) {
    let (main, files) = files(folder);
    let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
    let mut options = Options::default();
    options.notes = true;
    let report = check(&main, &files, &options).unwrap();
    let fixed = fix(&main, &files, &options, Applicability::Likely).unwrap();
    assert!(!expected.trim().is_empty(), "{}", folder.display());
    for line in expected.lines() {
        let (wanted, has_fix) = line.strip_suffix(" (no fix)").map_or((line, true), |wanted| (wanted, false));
        let (_, code) = wanted.split_once(' ').unwrap();
        let problem = report.diagnostics.iter().find(|problem| {
            let place = problem.span().and_then(|span| report.sources.locate(span));
            place.is_some_and(|(file, at, _)| format!("{file}:{} {}", at.line, problem.code()) == wanted)
        });
        let problem = problem.unwrap_or_else(|| panic!("{}: no {wanted}", folder.display()));
        assert_eq!(problem.repair().is_some(), has_fix, "{}: {wanted}", folder.display());
        let is_left = fixed.report.diagnostics.iter().any(|problem| problem.code() == code);
        assert_eq!(is_left, !has_fix, "{}: {code} after {:?}", folder.display(), fixed.changes);
    }
}

#[test]
fn pains() {
    let pains = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/pains");
    let folders: Vec<_> = fs::read_dir(pains).unwrap().map(|entry| entry.unwrap().path()).collect();
    let folders: Vec<_> = folders.iter().filter(|path| path.is_dir()).collect();
    assert!(folders.len() > 25, "{}", folders.len());
    folders.into_iter().for_each(|folder| check_folder(folder));
}
