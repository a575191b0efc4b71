//! News of changed files.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use pipeline_core::acknowledge::FileId;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A file was written, moved, deleted or changed its attributes.
    File(FileId),
    /// Something appeared in a folder.
    Folder,
    /// Events were lost: look at everything.
    Lost,
}

/// inotify, where the system grants it.
#[derive(Debug)]
pub(crate) struct Watcher {
    inotify: Option<OwnedFd>,
    watches: BTreeMap<i32, Target>,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    File(FileId),
    Folder,
}

impl Watcher {
    /// inotify if it is wanted and available.
    pub(crate) fn new(wanted: bool) -> Self {
        let inotify =
            wanted.then(|| inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)).and_then(|made| {
                made.inspect_err(|error| tracing::warn!(%error, "no inotify: files are polled")).ok()
            });
        Self { inotify, watches: BTreeMap::new() }
    }

    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.inotify.as_ref().map(OwnedFd::as_fd)
    }

    /// Watches an open file, whatever its path leads to by now. `false` when it must be polled.
    pub(crate) fn add_file(&mut self, file: FileId, fd: &impl AsRawFd) -> bool {
        let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
        let flags = WatchFlags::MODIFY | WatchFlags::ATTRIB | WatchFlags::MOVE_SELF | WatchFlags::DELETE_SELF;
        self.add(Path::new(&path), flags, Target::File(file))
    }

    /// Watches a folder for new files.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> bool {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let flags = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR;
        self.add(folder, flags, Target::Folder)
    }

    fn add(&mut self, path: &Path, flags: WatchFlags, target: Target) -> bool {
        let Some(inotify) = &self.inotify else { return false };
        match inotify::add_watch(inotify, path, flags) {
            Ok(watch) => {
                self.watches.insert(watch, target);
                true
            }
            Err(error) => {
                tracing::debug!(path = %path.display(), %error, "cannot watch, polling");
                false
            }
        }
    }

    /// Forgets a file. The kernel drops its watch when the last name and descriptor are gone.
    pub(crate) fn remove_file(&mut self, file: FileId) {
        let Some(inotify) = &self.inotify else { return };
        let of_file = |target: &Target| matches!(target, Target::File(id) if *id == file);
        for (watch, _) in self.watches.extract_if(.., |_, target| of_file(target)) {
            // Fails when the file was deleted, which removed the watch.
            let _ = inotify::remove_watch(inotify, watch);
        }
    }

    /// Takes all news there is, without waiting.
    pub(crate) fn take(&mut self) -> Vec<News> {
        let Some(inotify) = &self.inotify else { return Vec::new() };
        let mut room = [MaybeUninit::uninit(); 8192];
        let mut reader = inotify::Reader::new(inotify, &mut room);
        let mut news = Vec::new();
        while let Ok(event) = reader.next() {
            if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
                news.push(News::Lost);
            } else if let Some(target) = self.watches.get(&event.wd()) {
                news.push(match *target {
                    Target::File(file) => News::File(file),
                    Target::Folder => News::Folder,
                });
            }
            if event.events().contains(ReadFlags::IGNORED) {
                self.watches.remove(&event.wd());
            }
        }
        news
    }
}
