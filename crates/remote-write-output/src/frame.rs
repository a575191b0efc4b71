//! Frames that are under way.

use std::sync::atomic::AtomicUsize;

use prometheus_remote_write::Request;
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
