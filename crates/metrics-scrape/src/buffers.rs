//! Memory that scrapes share.

use std::sync::{Mutex, PoisonError};

/// Buffers of more bytes than this are not kept.
const LARGEST_KEPT: usize = 4 * 1024 * 1024;
/// How many buffers are kept.
const MOST_KEPT: usize = 16;

/// Empty buffers, used again. There are about as many as scrapes go on at once, not as many as targets.
#[derive(Debug)]
pub(crate) struct Buffers<T>(Mutex<Vec<Vec<T>>>);

impl<T> Default for Buffers<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Buffers<T> {
    pub(crate) fn take(&self) -> Vec<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(crate) fn give_back(&self, mut buffer: Vec<T>) {
        if buffer.capacity() * size_of::<T>() > LARGEST_KEPT {
            return;
        }
        buffer.clear();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(buffer);
        }
    }
}
