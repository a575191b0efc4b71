//! Memory that a batch of records shares.

use bumpalo::Bump;

/// Memory for the bytes and slices made while a batch is processed, freed all at once.
///
/// Allocating is a pointer bump. [`reset`](Self::reset) keeps the largest block, so a program that reuses
/// its arena stops asking the system for memory after the first batches.
#[derive(Debug, Default)]
pub struct Arena {
    bump: Bump,
}

impl Arena {
    /// An arena that holds no memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything that was allocated.
    pub fn reset(&mut self) {
        self.bump.reset();
    }

    /// Bytes the arena holds from the system.
    #[must_use]
    pub fn allocated_bytes(&self) -> usize {
        self.bump.allocated_bytes()
    }

    /// A copy of `bytes`.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> &[u8] {
        self.bump.alloc_slice_copy(bytes)
    }

    /// All `parts`, one after the other.
    #[must_use]
    pub fn concat(&self, parts: &[&[u8]]) -> &[u8] {
        self.bytes_with(parts.iter().map(|part| part.len()).sum(), |room| {
            let mut at = 0;
            for part in parts {
                room[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
            at
        })
    }

    /// Up to `most` bytes, written by `fill`, which returns how many it wrote (a larger number counts as
    /// `most`). The room it is given is zeroed.
    #[must_use]
    pub fn bytes_with(&self, most: usize, fill: impl FnOnce(&mut [u8]) -> usize) -> &[u8] {
        let room = self.bump.alloc_slice_fill_copy(most, 0_u8);
        let written = fill(room).min(most);
        &room[..written]
    }

    /// A copy of a slice of plain values, such as the fields of a map.
    #[must_use]
    pub fn slice<T: Copy>(&self, items: &[T]) -> &[T] {
        self.bump.alloc_slice_copy(items)
    }

    /// One value.
    #[must_use]
    pub fn value<T: Copy>(&self, value: T) -> &T {
        self.bump.alloc(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_bytes_are_what_was_written() {
        let arena = Arena::new();
        assert_eq!(arena.bytes(b"abc"), b"abc");
        assert_eq!(arena.concat(&[b"ab", b"", b"c"]), b"abc");
        assert_eq!(
            arena.bytes_with(4, |room| {
                room[0] = b'x';
                1
            }),
            b"x"
        );
        assert_eq!(arena.bytes_with(2, |_| 99), [0, 0]);
        assert_eq!(arena.slice(&[1, 2]), [1, 2]);
    }

    #[test]
    fn reset_keeps_memory() {
        let mut arena = Arena::new();
        assert_eq!(arena.bytes(&[7; 5000]).len(), 5000);
        arena.reset();
        assert!(arena.allocated_bytes() >= 5000);
    }
}
