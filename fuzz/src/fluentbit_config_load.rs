//! Whole configurations of several files never panic, whatever the files hold.

use fluentbit_config::{Compat, MemoryFiles, load};

/// The files are the parts of the input between lines of `---8<---`: `a.conf`, `b.conf`, `c.yaml`, `d.yaml`.
pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names = ["a.conf", "b.conf", "c.yaml", "d.yaml"];
    let mut files = MemoryFiles::new();
    for (name, content) in names.iter().zip(text.split("---8<---\n")) {
        files.insert(name, content);
    }
    for entry in ["a.conf", "c.yaml"] {
        for compat in [Compat::V5_1, Compat::V1_8] {
            let (config, problems) = load(entry, &files, &(), compat);
            for problem in &problems {
                let _ = config.sources.render(problem);
            }
        }
    }
}
