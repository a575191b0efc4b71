//! Files repaired.

use std::collections::BTreeMap;

use fluentbit_config::{Files, ReadError};
use source_text::{Applicability, Diagnostic, FixPlan};

use crate::{CheckError, Options, Report, check};

/// A file, repaired as far as it can be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fixed {
    /// What is left.
    pub report: Report,
    /// The problems that were repaired, each as one line with its place in the text of that time.
    pub repaired: Vec<String>,
    /// The files that change, by name.
    pub changes: Vec<Change>,
}

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Its name.
    pub file: String,
    /// Its text as it was.
    pub before: String,
    /// Its text as it is to be.
    pub after: String,
}

/// One fix can uncover the next problem; but not without end.
const MOST_ROUNDS: usize = 20;

/// Checks a file and applies all fixes that are at least as sure as `least`, again and again until none is left.
/// Nothing is written: the files that change are part of the answer.
///
/// ```
/// use config_check::{Options, fix};
/// use fluentbit_config::MemoryFiles;
/// use source_text::Applicability;
///
/// let files = MemoryFiles::from([("a.conf", "[INPUT]\n    Name tial # files\n    Path /var/log/a.log\n")]);
/// let fixed = fix("a.conf", &files, &Options::default(), Applicability::Certain).unwrap();
/// assert_eq!(fixed.repaired.len(), 2);
/// assert_eq!(fixed.changes[0].after, "[INPUT]\n    Name tail\n    Path /var/log/a.log\n");
/// ```
///
/// # Errors
///
/// As [`check`].
pub fn fix(
    name: &str,
    files: &dyn Files,
    options: &Options<'_>,
    least: Applicability,
) -> Result<Fixed, CheckError> {
    let mut overlay = Overlay { files, changed: BTreeMap::new() };
    let mut report = check(name, files, options)?;
    // What the file is does not change.
    let options = &Options { kind: Some(report.kind), ..*options };
    let mut repaired = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let plan = FixPlan::new(&report.diagnostics, &report.sources, least);
        let mut changed = false;
        for id in plan.sources() {
            let (Some(source), Some(new)) = (report.sources.get(id), plan.text(id, &report.sources)) else {
                continue;
            };
            // A file that is not UTF-8 is shown with other bytes than it has: it is left alone.
            let is_text = overlay.read(source.name()).is_ok_and(|bytes| bytes == source.text().as_bytes());
            if is_text && new != source.text() {
                overlay.change(source.name(), source.text(), new);
                changed = true;
            }
        }
        if !changed {
            break;
        }
        let done = plan.applied().iter().filter_map(|index| report.diagnostics.get(*index));
        repaired.extend(done.map(|problem| title(problem, &report)));
        report = check(name, &overlay, options)?;
    }
    let changes = overlay.changed.into_iter().map(|(file, (before, after))| Change { file, before, after });
    Ok(Fixed { report, repaired, changes: changes.collect() })
}

/// The problem and what is done about it, in one line.
fn title(problem: &Diagnostic, report: &Report) -> String {
    let place = problem.span().and_then(|span| report.sources.locate(span));
    let place = place.map_or(String::new(), |(file, at, _)| format!("{file}:{}:{}: ", at.line, at.column));
    let title = problem.repair().map_or("", |fix| fix.title());
    format!("{place}fixed[{}]: {title}", problem.code())
}

/// Files, some of them changed.
struct Overlay<'a> {
    files: &'a dyn Files,
    /// By name: the text before and after.
    changed: BTreeMap<String, (String, String)>,
}

impl Overlay<'_> {
    fn change(&mut self, name: &str, before: &str, after: String) {
        match self.changed.get_mut(name) {
            Some(change) => change.1 = after,
            None => {
                self.changed.insert(name.to_owned(), (before.to_owned(), after));
            }
        }
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let identity = self.files.identity(path);
        let changed = self.changed.iter().find(|(name, _)| self.files.identity(name) == identity);
        changed.map_or_else(|| self.files.read(path), |(_, (_, after))| Ok(after.clone().into_bytes()))
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        self.files.glob(pattern)
    }

    fn identity(&self, path: &str) -> String {
        self.files.identity(path)
    }
}
