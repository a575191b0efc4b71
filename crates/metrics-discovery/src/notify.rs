//! Changes of folders, told by inotify.

use std::collections::BTreeSet;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::unix::AsyncFd;

/// Watches folders. Where the system grants no inotify, it never tells anything.
pub(crate) struct Notifier {
    inotify: Option<AsyncFd<OwnedFd>>,
    folders: BTreeSet<PathBuf>,
}

impl Notifier {
    pub(crate) fn new() -> Self {
        let made = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)
            .map_err(io::Error::from)
            .and_then(register)
            .inspect_err(|error| tracing::warn!(%error, "no inotify: files are read in intervals only"));
        Self { inotify: made.ok(), folders: BTreeSet::new() }
    }

    /// Watches the folder of a file, once it is there.
    pub(crate) fn watch_folder_of(&mut self, pattern: &str) {
        let folder = match Path::new(pattern).parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let Some(inotify) = &self.inotify else { return };
        let flags = WatchFlags::CREATE
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::MODIFY
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::ONLYDIR;
        // Adding a watch again does nothing, unless the folder was made anew.
        let is_new = self.folders.insert(folder.to_owned());
        if let Err(error) = inotify::add_watch(inotify, folder, flags)
            && is_new
        {
            tracing::warn!(folder = %folder.display(), %error, "cannot watch, reading in intervals only");
        }
    }

    /// Waits until something happens in a folder, and takes all that has happened.
    pub(crate) async fn changed(&self) {
        let Some(inotify) = &self.inotify else { return std::future::pending().await };
        loop {
            let Ok(mut ready) = inotify.readable().await else { return std::future::pending().await };
            let mut room = [MaybeUninit::uninit(); 8192];
            let mut reader = inotify::Reader::new(inotify.get_ref(), &mut room);
            let mut is_changed = false;
            while reader.next().is_ok() {
                is_changed = true;
            }
            ready.clear_ready();
            if is_changed {
                return;
            }
        }
    }
}

#[expect(
    deprecated,
    reason = "its successor is unsafe; this descriptor is owned and stays open as long as it is waited for"
)]
fn register(inotify: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(inotify)
}
