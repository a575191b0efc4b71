//! Finding new files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::time::{Instant, SystemTime};

use pipeline_core::acknowledge::FileId;
use pipeline_core::follow::{Follow, Identity};

use super::{Tail, report};
use crate::Handler;
use crate::discover::{Found, identity};
use crate::file::OpenFile;
use crate::rotation::find_renamed;

impl Tail {
    /// Looks for new files, and follows them.
    pub(super) fn scan(&mut self, now: Instant, handler: &mut impl Handler) {
        let found = self.discovery.find();
        self.forget_finished(&found);
        let first = !self.scanned;
        let from_head = if first {
            self.options.read_from_head
        } else {
            self.options.read_newly_discovered_files_from_head
        };
        if first {
            self.recover(&found, now, handler);
        }
        let mut rotated = std::mem::take(&mut self.rotated);
        rotated.extend(self.replaced(&found));
        for old in &rotated {
            self.add_passed_over(old, &found, now, handler);
        }
        for found in found {
            if !self.by_identity.contains_key(&found.identity) {
                let follows =
                    || self.files.values().any(|file| file.follow.is_rotated() && file.name == found.name);
                let from_head = from_head || follows();
                self.add(found, from_head, now, handler);
            }
        }
        self.scanned = true;
    }

    /// Rotated files that match no more need no memory.
    fn forget_finished(&mut self, found: &[Found]) {
        let matching: BTreeSet<Identity> = found.iter().map(|found| found.identity).collect();
        let gone: Vec<Identity> = self.finished.keys().filter(|id| !matching.contains(id)).copied().collect();
        for identity in gone {
            let row = self.finished.remove(&identity).and_then(|finished| finished.row);
            if let (Some(db), Some(row)) = (&self.db, row) {
                report(db.delete(row));
            }
        }
    }

    /// Follows a file that was found, and the one that took its place if it was rotated since.
    pub(super) fn add(&mut self, found: Found, from_head: bool, now: Instant, handler: &mut impl Handler) {
        let wanted = found.clone();
        self.add_at_path(found, from_head, now, handler);
        if !self.by_identity.contains_key(&wanted.identity)
            && fs::metadata(&wanted.path).map_or(true, |at_path| identity(&at_path) != wanted.identity)
            && let Some(path) = find_renamed(&wanted.path, wanted.identity.inode)
        {
            tracing::info!(file = wanted.name, now = %path.display(), "rotated just after it was found");
            self.add_at_path(Found { path, ..wanted }, from_head, now, handler);
        }
    }

    fn add_at_path(&mut self, found: Found, from_head: bool, now: Instant, handler: &mut impl Handler) {
        let id = FileId(self.next_file);
        if !handler.admit(id, &found.name) {
            return;
        }
        let opened = File::open(&found.path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                tracing::error!(file = found.name, %error, "cannot open");
                return handler.closed(id);
            }
        };
        // The path may lead to another file by now; what was opened counts.
        let identity = identity(&metadata);
        if self.by_identity.contains_key(&identity) {
            return handler.closed(id);
        }
        let rotate_wait = u64::try_from(self.options.rotate_wait.as_millis()).unwrap_or(u64::MAX);
        let mut open = OpenFile::new(file, found.name, found.path, Follow::new(identity, 0, rotate_wait));
        let finished = self.finished.remove(&identity);
        let (row, offset) = match self.known(&open, identity.inode) {
            Some((row, offset)) => (Some(row), offset),
            None if finished.is_some() => (None, finished.map_or(0, |finished| finished.offset)),
            None if self.options.resume.contains_key(&identity) => {
                let offset = self.options.resume[&identity];
                (None, if offset <= metadata.size() { offset } else { 0 })
            }
            None => (None, if from_head { 0 } else { metadata.size() }),
        };
        if finished.is_some() && metadata.size() <= offset {
            self.finished.extend(finished.map(|finished| (identity, finished)));
            return handler.closed(id);
        }
        let offset = open.entry(offset, metadata.size());
        self.next_file += 1;
        open = OpenFile::new(open.file, open.name, open.path, Follow::new(identity, offset, rotate_wait));
        open.row = row.or_else(|| self.insert_row(&open, identity.inode));
        open.watched = self.watcher.add_file(id, &open.file);
        handler.read(id, open.position());
        self.by_identity.insert(identity, id);
        self.counts.opened += 1;
        self.files.insert(id, open);
        self.look(id, now, handler);
    }

    /// The row of a file and its offset: 0 if the file is not the one the row was written for.
    fn known(&self, file: &OpenFile, inode: u64) -> Option<(i64, u64)> {
        let db = self.db.as_ref()?;
        let name = self.options.db_compare_filename.then_some(file.name.as_str());
        let row = db.find(inode, name).inspect_err(|error| tracing::error!(%error)).ok().flatten()?;
        if file.fits(&row) {
            return Some((row.id, row.offset));
        }
        // The number of a deleted file was given to this one. What the row says must not be believed at the next
        // start either.
        report(db.delete(row.id));
        Some((self.insert_row(file, inode)?, 0))
    }

    fn insert_row(&self, file: &OpenFile, inode: u64) -> Option<i64> {
        let db = self.db.as_ref()?;
        let created = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let created = i64::try_from(created).unwrap_or(0);
        db.insert(&file.name, inode, file.follow.offset(), created)
            .inspect_err(|error| tracing::error!(%error, "the offset will not be kept"))
            .ok()
    }
}
