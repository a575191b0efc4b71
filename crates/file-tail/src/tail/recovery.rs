//! Files that were rotated or renamed while nobody looked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use super::{Handler, Tail, report};
use crate::database::OffsetDb;
use crate::discover::{Found, identity};
use crate::rotation::{Rotated, find_renamed, passed_over};

impl Tail {
    /// The files whose places are taken by new ones, and that were not looked at since.
    pub(super) fn replaced(&self, found: &[Found]) -> Vec<Rotated> {
        let new = found.iter().filter(|found| !self.by_identity.contains_key(&found.identity));
        let new: BTreeSet<&Path> = new.map(|found| found.path.as_path()).collect();
        let replaced =
            self.files.values().filter(|file| !file.follow.is_rotated() && new.contains(file.path.as_path()));
        replaced.filter_map(|file| file.rotated().ok()).collect()
    }

    /// Follows the files that took the place of `old` and were themselves rotated away before a scan saw them.
    pub(super) fn add_passed_over(
        &mut self,
        old: &Rotated,
        found: &[Found],
        now: Instant,
        handler: &mut impl Handler,
    ) {
        for path in passed_over(old) {
            let Ok(metadata) = fs::metadata(&path) else { continue };
            let identity = identity(&metadata);
            let is_known = self.by_identity.contains_key(&identity)
                || self.finished.contains_key(&identity)
                || found.iter().any(|found| found.identity == identity);
            if !is_known {
                tracing::info!(file = old.name, now = %path.display(), "reading a file that was rotated unseen");
                self.add(Found { name: old.name.clone(), path, identity }, true, now, handler);
            }
        }
    }

    /// Reads on in files that were renamed while the program did not run, and drops the rows of files that
    /// are gone.
    pub(super) fn recover(&mut self, found: &[Found], now: Instant, handler: &mut impl Handler) {
        let rows = match self.db.as_ref().map(OffsetDb::rows) {
            Some(Ok(rows)) => rows,
            Some(Err(error)) => return tracing::error!(%error, "cannot read the offsets"),
            None => return,
        };
        // When the newest of the known files of each name was last written.
        let mut known: BTreeMap<String, Option<SystemTime>> = BTreeMap::new();
        for row in rows {
            // Rows of other patterns belong to another input that shares the database.
            if !self.discovery.wants(&row.name) {
                continue;
            }
            let path = self.path_of(&row.name);
            let matched = found.iter().find(|found| found.identity.inode == row.inode);
            let renamed = match matched {
                Some(found) => Some(found.path.clone()),
                None => find_renamed(&path, row.inode),
            };
            let renamed = renamed.and_then(|renamed| Some((fs::metadata(&renamed).ok()?, renamed)));
            let written = renamed.as_ref().and_then(|(metadata, _)| metadata.modified().ok());
            let newest = known.entry(row.name.clone()).or_default();
            *newest = written.max(*newest);
            if matched.is_some() {
                continue;
            }
            let renamed =
                renamed.filter(|(metadata, _)| metadata.size() > row.offset).map(|(metadata, path)| Found {
                    name: row.name.clone(),
                    path,
                    identity: identity(&metadata),
                });
            match renamed {
                Some(found) => {
                    tracing::info!(file = row.name, now = %found.path.display(), "reading on in a rotated file");
                    self.add(found, false, now, handler);
                }
                // It is where it was, and only too old to be followed: its row is needed when it is written again.
                None if fs::metadata(&path).is_ok_and(|metadata| metadata.ino() == row.inode) => {}
                None => {
                    if let Some(db) = &self.db {
                        report(db.delete(row.id));
                    }
                }
            }
        }
        for (name, written) in known {
            // Nobody has seen what was written at this path after that. If no known file is left, it is what was
            // written after the program ended.
            if let Some(written) = written.or(self.last_stored) {
                let path = self.path_of(&name);
                self.add_passed_over(&Rotated { name, path, written }, found, now, handler);
            }
        }
    }

    /// Where the file that was found by `name` was.
    fn path_of(&self, name: &str) -> PathBuf {
        self.options.base.as_deref().unwrap_or(Path::new("")).join(name)
    }
}

/// When a database was last written.
pub(super) fn last_written(path: &Path) -> Option<SystemTime> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    modified(path).into_iter().chain(modified(Path::new(&log))).max()
}
