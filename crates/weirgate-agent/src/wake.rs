//! Waking the pipeline's thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

/// Wakes the thread that [`wait`](Self::wait)s. Clones wake the same one.
#[derive(Clone, Debug)]
pub(crate) struct Wake {
    event: Arc<OwnedFd>,
}

impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self { event: Arc::new(event) })
    }

    /// Ends the current or next wait.
    pub(crate) fn notify(&self) {
        // Only a full counter can refuse, and that wakes as well.
        let _ = rustix::io::write(&*self.event, &1_u64.to_ne_bytes());
    }

    /// Waits until notified, until one of `others` is readable, or until `most` has passed.
    pub(crate) fn wait(&self, others: &[BorrowedFd<'_>], most: Duration) {
        let mut fds = vec![PollFd::from_borrowed_fd(self.event.as_fd(), PollFlags::IN)];
        fds.extend(others.iter().map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN)));
        let timeout = Timespec::try_from(most).ok();
        // An interrupted wait is a short one.
        let _ = poll(&mut fds, timeout.as_ref());
        let _ = rustix::io::read(&*self.event, &mut [0_u8; 8]);
    }
}
