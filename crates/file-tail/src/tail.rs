//! The tail.

mod recovery;
mod scan;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant, SystemTime};

use pipeline_core::acknowledge::FileId;
use pipeline_core::follow::{Action, Identity};
use pipeline_core::frame::Rest;

use crate::Handler;
use crate::database::OffsetDb;
use crate::discover::Discovery;
use crate::error::Error;
use crate::file::OpenFile;
use crate::options::TailOptions;
use crate::rotation::Rotated;
use crate::watch::{News, Watcher};
use recovery::last_written;

/// Follows the files of one `tail` input. See the crate's example.
#[derive(Debug)]
pub struct Tail {
    options: TailOptions,
    discovery: Discovery,
    db: Option<OffsetDb>,
    watcher: Watcher,
    files: BTreeMap<FileId, OpenFile>,
    by_identity: HashMap<Identity, FileId>,
    /// Rotated files that were read and closed but still match, and how much of them was read.
    finished: HashMap<Identity, Finished>,
    /// Files that were found rotated since the last scan.
    rotated: Vec<Rotated>,
    /// When the database was last written before this program opened it.
    last_stored: Option<SystemTime>,
    queue: VecDeque<FileId>,
    uncommitted: BTreeSet<FileId>,
    buffer: Vec<u8>,
    started: Instant,
    next_file: u64,
    next_scan: Instant,
    next_look: Instant,
    scanned: bool,
    counts: FileCounts,
}

/// How many files a [`Tail`] opened, closed and saw rotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileCounts {
    /// Opened to be followed.
    pub opened: u64,
    /// Closed, because they were rotated or deleted.
    pub closed: u64,
    /// Found rotated: their path leads elsewhere or nowhere.
    pub rotated: u64,
}

#[derive(Clone, Copy, Debug)]
struct Finished {
    offset: u64,
    row: Option<i64>,
}

/// Between two scans that new files ask for.
const SCAN_PAUSE: Duration = Duration::from_millis(100);

impl Tail {
    /// Prepares to follow files; nothing is opened but the database.
    ///
    /// # Errors
    ///
    /// When a pattern is malformed or the database cannot be used.
    pub fn open(options: TailOptions) -> Result<Self, Error> {
        let discovery = Discovery::new(&options)?;
        let last_stored = options.db.as_deref().and_then(last_written);
        let db = match &options.db {
            Some(path) => Some(OffsetDb::open(path, options.db_sync, options.db_locking)?),
            None => None,
        };
        let mut watcher = Watcher::new(options.inotify_watcher);
        for folder in discovery.folders() {
            watcher.add_folder(&folder);
        }
        let now = Instant::now();
        Ok(Self {
            discovery,
            db,
            watcher,
            files: BTreeMap::new(),
            by_identity: HashMap::new(),
            finished: HashMap::new(),
            rotated: Vec::new(),
            last_stored,
            queue: VecDeque::new(),
            uncommitted: BTreeSet::new(),
            buffer: Vec::new(),
            started: now,
            next_file: options.first_file,
            next_scan: now,
            next_look: now,
            scanned: false,
            counts: FileCounts::default(),
            options,
        })
    }

    /// Readable when [`poll`](Self::poll) has something to do. `None` without inotify.
    #[must_use]
    pub fn watch_fd(&self) -> Option<BorrowedFd<'_>> {
        self.watcher.fd()
    }

    /// When to call [`poll`](Self::poll) at the latest.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.next_scan.min(self.next_look)
    }

    /// Whether every file found so far was read to its end.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.scanned && self.queue.is_empty()
    }

    /// How many files were opened, closed and rotated so far.
    #[must_use]
    pub fn counts(&self) -> FileCounts {
        self.counts
    }

    /// How many files are followed.
    #[must_use]
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Up to where each followed file was delivered.
    #[must_use]
    pub fn positions(&self) -> BTreeMap<Identity, u64> {
        let finished = self.finished.iter().map(|(identity, finished)| (*identity, finished.offset));
        let open = self.files.values().map(|file| (file.follow.identity(), file.resume_offset()));
        self.options
            .resume
            .iter()
            .map(|(identity, offset)| (*identity, *offset))
            .chain(finished)
            .chain(open)
            .collect()
    }

    /// Takes news of files, scans when it is time, and queues what can be read.
    pub fn poll(&mut self, now: Instant, handler: &mut impl Handler) {
        let mut touched = BTreeSet::new();
        for news in self.watcher.take() {
            match news {
                News::File(file) => {
                    touched.insert(file);
                }
                News::Folder => self.next_scan = self.next_scan.min(now + SCAN_PAUSE),
                News::Lost => {
                    self.next_look = now;
                    self.next_scan = now;
                }
            }
        }
        if now >= self.next_look {
            touched.extend(self.files.keys());
            self.next_look = now + self.look_interval();
        }
        for file in touched {
            self.look(file, now, handler);
        }
        if now >= self.next_scan {
            self.scan(now, handler);
            self.next_scan = now + self.options.refresh_interval;
        }
    }

    /// Reads a piece of the next file that has something. `false` when none has.
    pub fn read(&mut self, handler: &mut impl Handler) -> bool {
        let Some(id) = self.queue.pop_front() else { return false };
        let Some(file) = self.files.get_mut(&id) else { return !self.queue.is_empty() };
        file.queued = false;
        // The partial line and what follows it must lie side by side; one buffer serves all files.
        self.buffer.clear();
        self.buffer.append(&mut file.partial);
        let start = file.position() - self.buffer.len() as u64;
        match file.read(&mut self.buffer, self.options.read_size) {
            Ok(0) => {
                file.partial.extend_from_slice(&self.buffer);
                return !self.queue.is_empty();
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(file = file.name, %error, "cannot read");
                file.partial.extend_from_slice(&self.buffer);
                return !self.queue.is_empty();
            }
        }
        if file.first_line.is_none()
            && file.learn_first_line()
            && let Some(first_line) = file.first_line
        {
            handler.identified(id, file.follow.identity().inode, first_line);
        }
        let skipped = file.framer.skipped();
        let rest = file.framer.frame(
            &self.buffer,
            start,
            self.options.longest_line,
            self.options.long_lines,
            |line| handler.line(id, line),
        );
        if skipped == 0 && file.framer.skipped() > 0 {
            tracing::warn!(file = file.name, longest = self.options.longest_line, "long lines are left out");
        }
        let used = match rest {
            Rest::Used(used) => used,
            Rest::TooLong(used) => {
                file.stuck = true;
                handler.line_too_long(id, &file.name, start + used as u64);
                used
            }
        };
        file.partial.extend_from_slice(&self.buffer[used..]);
        handler.read(id, start + used as u64);
        if file.gzip.is_some() {
            // Its end may come without another line, and only then what was delivered is stored.
            self.uncommitted.insert(id);
        }
        if !file.stuck {
            // Reading until nothing comes costs one call and saves a look at the file.
            file.queued = true;
            self.queue.push_back(id);
        }
        true
    }

    /// Everything of `file` before `offset` was delivered. Stored by the next [`persist`](Self::persist).
    pub fn commit(&mut self, file: FileId, offset: u64) {
        if let Some(open) = self.files.get_mut(&file) {
            open.committed = offset;
            self.uncommitted.insert(file);
        }
    }

    /// Stores what was committed since the last call.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; the offsets are kept for the next call.
    pub fn persist(&mut self) -> Result<(), Error> {
        let Some(db) = &mut self.db else {
            self.uncommitted.clear();
            return Ok(());
        };
        let offsets: Vec<_> = self
            .uncommitted
            .iter()
            .filter_map(|id| self.files.get(id))
            .filter_map(|file| {
                let offset = file.resume_offset();
                Some((file.row?, offset, file.before(offset)))
            })
            .collect();
        if !offsets.is_empty() {
            db.store(&offsets)?;
        }
        self.uncommitted.clear();
        Ok(())
    }

    fn look_interval(&self) -> Duration {
        const POLLING: Duration = Duration::from_millis(250);
        let all_watched = self.files.values().all(|file| file.watched);
        if all_watched { self.options.watcher_interval } else { self.options.watcher_interval.min(POLLING) }
    }

    fn look(&mut self, id: FileId, now: Instant, handler: &mut impl Handler) {
        let Some(file) = self.files.get_mut(&id) else { return };
        if file.queued {
            return;
        }
        let (seen, named) = match file.look() {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(file = file.name, %error, "cannot look at the file");
                return;
            }
        };
        let was_rotated = file.follow.is_rotated();
        let elapsed = u64::try_from(now.duration_since(self.started).as_millis()).unwrap_or(u64::MAX);
        let action = file.follow.handle_seen(elapsed, seen);
        if !was_rotated && file.follow.is_rotated() {
            // A new file may be at the path already.
            self.next_scan = now;
            self.counts.rotated += 1;
            self.rotated.extend(file.rotated().ok());
            if let (Some(db), Some(row)) = (&self.db, file.row) {
                report(db.mark_rotated(row));
            }
        }
        match action {
            Action::Read if !file.stuck => {
                file.queued = true;
                self.queue.push_back(id);
            }
            Action::Restart => {
                file.restart();
                file.queued = true;
                self.queue.push_back(id);
                self.uncommitted.insert(id);
                handler.truncated(id);
            }
            Action::Close if file.stuck || file.committed >= file.line_start() => {
                self.close(id, named, handler);
            }
            Action::Read | Action::Close | Action::Wait => {}
        }
    }

    fn close(&mut self, id: FileId, named: bool, handler: &mut impl Handler) {
        report(self.persist());
        let Some(file) = self.files.remove(&id) else { return };
        self.by_identity.remove(&file.follow.identity());
        self.watcher.remove_file(id);
        self.counts.closed += 1;
        if named {
            let finished = Finished { offset: file.follow.offset(), row: file.row };
            self.finished.insert(file.follow.identity(), finished);
        } else if let (Some(db), Some(row)) = (&self.db, file.row) {
            report(db.delete(row));
        }
        handler.closed(id);
    }
}

/// A database that fails while the program runs costs repeated lines after a restart, not lines.
fn report(result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "the offset was not stored");
    }
}
