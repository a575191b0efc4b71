//! What became of a followed file.
//!
//! The runtime opens files, looks at them and at their paths, and tells this machine what it saw; the
//! machine says whether to read, start over, or let go. Rules of Fluent Bit 5.1.1, with two differences: a
//! rotated file is never let go before it is read to its end, and a file whose path was taken over is
//! noticed by looking at the path, so that symbolic links (`/var/log/containers`) need no special case.

/// What makes a file the same file: device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
}

/// What the runtime saw of an open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which file the path leads to now; `None` when it leads to none.
    pub at_path: Option<Identity>,
    /// Size of the open file in bytes.
    pub size: u64,
    /// Whether the bytes before the read offset are still those that were read. `true` when not checked.
    pub same_content: bool,
}

/// What to do next with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing new.
    Wait,
    /// There are bytes to read.
    Read,
    /// The content was replaced: forget partial lines and read from offset 0.
    Restart,
    /// The file is read to its end and nobody writes to it any more: close it.
    Close,
}

/// One followed file.
///
/// Tell it what was read with [`handle_read`](Self::handle_read), and what the file looks like with
/// [`handle_seen`](Self::handle_seen), which answers with what to do. Times are milliseconds of any
/// monotonic clock.
///
/// ```
/// use pipeline_core::follow::{Action, Follow, Identity, Seen};
///
/// let (old, new) = (Identity { device: 1, inode: 7 }, Identity { device: 1, inode: 8 });
/// let mut file = Follow::new(old, 0, 5_000);
/// let seen = |at_path, size| Seen { at_path, size, same_content: true };
/// assert_eq!(file.handle_seen(0, seen(Some(old), 10)), Action::Read);
/// file.handle_read(10);
/// // Its path leads to another file: it is kept for a while, and read if its writer goes on.
/// assert_eq!(file.handle_seen(1_000, seen(Some(new), 10)), Action::Wait);
/// assert_eq!(file.handle_seen(2_000, seen(Some(new), 12)), Action::Read);
/// file.handle_read(2);
/// assert_eq!(file.handle_seen(6_000, seen(Some(new), 12)), Action::Close);
/// ```
#[derive(Clone, Debug)]
pub struct Follow {
    identity: Identity,
    offset: u64,
    rotated_at: Option<u64>,
    rotate_wait: u64,
}

impl Follow {
    /// A file that is read from `offset` on. After rotation it is followed for `rotate_wait` milliseconds
    /// more, since its writer may still hold it open.
    #[must_use]
    pub fn new(identity: Identity, offset: u64, rotate_wait: u64) -> Self {
        Self { identity, offset, rotated_at: None, rotate_wait }
    }

    /// Device and inode.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Where the next read starts.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the path leads elsewhere now, or nowhere.
    #[must_use]
    pub fn is_rotated(&self) -> bool {
        self.rotated_at.is_some()
    }

    /// `bytes` more were read.
    pub fn handle_read(&mut self, bytes: u64) {
        self.offset += bytes;
    }

    /// Sets where the next read starts.
    pub fn handle_seek(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// What the file and its path look like at time `now`.
    pub fn handle_seen(&mut self, now: u64, seen: Seen) -> Action {
        if seen.at_path == Some(self.identity) {
            self.rotated_at = None;
        } else if self.rotated_at.is_none() {
            self.rotated_at = Some(now);
        }
        if seen.size < self.offset || !seen.same_content {
            self.offset = 0;
            return Action::Restart;
        }
        if seen.size > self.offset {
            return Action::Read;
        }
        match self.rotated_at {
            Some(since) if now.saturating_sub(since) >= self.rotate_wait => Action::Close,
            _ => Action::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Identity = Identity { device: 1, inode: 10 };
    const NEW: Identity = Identity { device: 1, inode: 11 };

    fn seen(at_path: Option<Identity>, size: u64) -> Seen {
        Seen { at_path, size, same_content: true }
    }

    #[test]
    fn a_growing_file_is_read() {
        let mut follow = Follow::new(OLD, 0, 5000);
        assert_eq!(follow.handle_seen(0, seen(Some(OLD), 0)), Action::Wait);
        assert_eq!(follow.handle_seen(1, seen(Some(OLD), 40)), Action::Read);
        follow.handle_read(40);
        assert_eq!(follow.handle_seen(2, seen(Some(OLD), 40)), Action::Wait);
    }

    #[test]
    fn a_rotated_file_is_read_to_its_end_first() {
        let mut follow = Follow::new(OLD, 40, 5000);
        assert_eq!(follow.handle_seen(0, seen(Some(NEW), 40)), Action::Wait);
        assert!(follow.is_rotated());
        assert_eq!(follow.handle_seen(4999, seen(Some(NEW), 40)), Action::Wait);
        assert_eq!(follow.handle_seen(5001, seen(Some(NEW), 50)), Action::Read);
        follow.handle_read(10);
        assert_eq!(follow.handle_seen(5002, seen(None, 50)), Action::Close);
    }

    #[test]
    fn a_path_that_leads_back_is_not_rotated() {
        let mut follow = Follow::new(OLD, 40, 5000);
        assert_eq!(follow.handle_seen(0, seen(None, 40)), Action::Wait);
        assert_eq!(follow.handle_seen(1, seen(Some(OLD), 40)), Action::Wait);
        assert!(!follow.is_rotated());
        assert_eq!(follow.handle_seen(9000, seen(None, 40)), Action::Wait);
    }

    #[test]
    fn truncation_starts_over() {
        let mut follow = Follow::new(OLD, 40, 5000);
        assert_eq!(follow.handle_seen(0, seen(Some(OLD), 10)), Action::Restart);
        assert_eq!(follow.offset(), 0);
        assert_eq!(follow.handle_seen(1, seen(Some(OLD), 10)), Action::Read);
        follow.handle_read(10);
        // Truncated and written past the old offset again: only the content tells.
        let rewritten = Seen { at_path: Some(OLD), size: 90, same_content: false };
        assert_eq!(follow.handle_seen(2, rewritten), Action::Restart);
    }
}
