//! Frames that are under way.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use prometheus_remote_write::{Outline, Request};
use sample_queue::Position;

/// A frame in memory.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) request: Request,
    /// Where the next frame begins.
    pub(crate) end: Position,
    /// Whether it was queued before this start of the program.
    pub(crate) is_replayed: bool,
    /// How many series have no verdict yet.
    pub(crate) open: AtomicUsize,
}

/// A series of a frame.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) frame: Arc<Frame>,
    pub(crate) index: usize,
    pub(crate) outline: Outline,
}
