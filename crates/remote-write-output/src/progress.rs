//! Up to where the queue is done with.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use sample_queue::{Position, Queue};

use crate::counters::Counters;
use crate::frame::{Entry, Frame};

/// The frames under way, in the order of the queue.
#[derive(Debug)]
pub(crate) struct Progress {
    folder: PathBuf,
    frames: Mutex<VecDeque<Arc<Frame>>>,
}

impl Progress {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, frames: Mutex::default() }
    }

    /// Takes note of a frame that is about to be sent.
    pub(crate) fn begin(&self, frame: Arc<Frame>) {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner).push_back(frame);
    }

    /// These entries were delivered or given up.
    pub(crate) fn settle(&self, entries: &[Entry]) {
        for of_frame in entries.chunk_by(|one, other| Arc::ptr_eq(&one.frame, &other.frame)) {
            if let Some(entry) = of_frame.first() {
                entry.frame.open.fetch_sub(of_frame.len(), Ordering::AcqRel);
            }
        }
    }

    /// Stores how far delivery has come, and deletes what is no longer needed.
    pub(crate) fn advance(&self, log: &Mutex<Queue>, counters: &Counters) {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done: Option<Position> = None;
        while let Some(first) = frames.front() {
            if first.open.load(Ordering::Acquire) > 0 {
                break;
            }
            done = Some(first.end);
            frames.pop_front();
        }
        let Some(position) = done else { return };
        if let Err(error) = position.store(&self.folder) {
            tracing::error!(folder = %self.folder.display(), %error, "cannot store how far delivery has come");
            return;
        }
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.truncate(position);
        counters.queue_bytes.store(log.bytes(), Ordering::Relaxed);
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}
