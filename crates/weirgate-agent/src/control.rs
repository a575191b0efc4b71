//! Orders from outside: stop, reload.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::wake::Wake;

/// Tells a running agent to stop or to read its configuration again. Clones control the same agent.
#[derive(Clone, Debug)]
pub struct Control {
    stop: Arc<AtomicBool>,
    reloads: Arc<AtomicU64>,
    wake: Wake,
}

impl Control {
    /// A control for one agent.
    ///
    /// # Errors
    ///
    /// When the system grants no event descriptor.
    pub fn new() -> io::Result<Self> {
        Ok(Self { stop: Arc::default(), reloads: Arc::default(), wake: Wake::new()? })
    }

    /// Stops the agent: it delivers what it has read, as far as its grace period allows.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.wake.notify();
    }

    /// Reads the configuration again; one with errors is reported and not used.
    pub fn reload(&self) {
        self.reloads.fetch_add(1, Ordering::Release);
        self.wake.notify();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// How often a reload was asked for.
    pub(crate) fn reloads(&self) -> u64 {
        self.reloads.load(Ordering::Acquire)
    }

    pub(crate) fn wake(&self) -> &Wake {
        &self.wake
    }
}
