//! Cases counted by category.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use crate::node::Node;
use crate::{fluentbit, prometheus};

/// What came of a folder's cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Score {
    /// Passed and failed cases of each category.
    pub categories: BTreeMap<String, (usize, usize)>,
    /// Names of failed cases and what differs.
    pub failures: BTreeMap<String, String>,
}

impl Score {
    /// The sums.
    #[must_use]
    pub fn total(&self) -> (usize, usize) {
        self.categories.values().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
    }
}

impl fmt::Display for Score {
    /// A line for each category, then the sums.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (category, (passed, failed)) in &self.categories {
            writeln!(f, "{category}: {passed} passed, {failed} failed")?;
        }
        let (passed, failed) = self.total();
        write!(f, "{passed} passed, {failed} failed")
    }
}

/// Cases that wait for time to pass let others run meanwhile.
const THREADS: usize = 8;

/// A case in the form that suits its program: configurations of Fluent Bit keep the order of members.
enum Case {
    FluentBit(Node),
    Prometheus(Value),
}

/// Runs every case of the `.jsonl` files at `path`, a folder or a single file. `only` picks cases whose names
/// contain it.
///
/// # Errors
///
/// When a file cannot be read or holds no such cases.
pub fn run_folder(path: &Path, only: &str) -> io::Result<Score> {
    let mut cases = Vec::new();
    for file in files(path)? {
        let category = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file)?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: Node = serde_json::from_str(line)
                .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
            let name = case.get("id").and_then(Node::text).unwrap_or_default().to_owned();
            let recorded = case.get("category").and_then(Node::text).unwrap_or(&category).to_owned();
            if !name.contains(only) {
                continue;
            }
            let case = if case.get("files").is_some() {
                Case::FluentBit(case)
            } else {
                Case::Prometheus(serde_json::from_str(line)?)
            };
            cases.push((recorded, name, case));
        }
    }
    let (next, score) = (AtomicUsize::new(0), Mutex::new(Score::default()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((category, name, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = match case {
                        Case::FluentBit(case) => fluentbit::check(case),
                        Case::Prometheus(case) => prometheus::check(category, case)
                            .unwrap_or_else(|| Err("not supported yet".to_owned())),
                    };
                    let Ok(mut score) = score.lock() else { return };
                    let counts = score.categories.entry(category.clone()).or_default();
                    match result {
                        Ok(()) => counts.0 += 1,
                        Err(difference) => {
                            counts.1 += 1;
                            score.failures.insert(name.clone(), difference);
                        }
                    }
                }
            });
        }
    });
    score.into_inner().map_err(io::Error::other)
}

/// The case files at `path`, those of folders below included.
pub(crate) fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}
