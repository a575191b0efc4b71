//! The score of the golden cases is kept in a file: a change that moves it must say so there.

use std::fs;
use std::path::Path;

#[test]
fn the_score_is_the_one_on_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for half in ["fluent-bit", "prometheus"] {
        let found = conformance::run_folder(&folder.join("vectors").join(half), "").unwrap();
        let failures: Vec<&str> = found.failures.keys().map(String::as_str).collect();
        let found = format!("{found}\n\nfailed:\n{}\n", failures.join("\n"));
        let file = folder.join("score").join(format!("{half}.txt"));
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if std::env::var_os("UPDATE_SCORE").is_some() {
            fs::create_dir_all(folder.join("score")).unwrap();
            fs::write(&file, &found).unwrap();
        } else {
            assert_eq!(found, kept, "the score of {half} changed; UPDATE_SCORE=1 writes the new one");
        }
    }
}
