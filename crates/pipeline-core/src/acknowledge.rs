//! Which part of each file may be forgotten.
//!
//! Fluent Bit stores a file's offset when it has read the bytes, so what lies in its memory is lost with
//! it. Here an offset is stored only after every output took, or finally refused, all that lies before it.

use std::collections::{BTreeMap, BTreeSet};

/// A followed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u64);

/// A chunk of rendered records on its way to one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId(pub u64);

/// The offsets of files against the chunks that hold their records.
///
/// Call order: [`handle_held`](Self::handle_held) for each record that goes into a chunk,
/// [`handle_read`](Self::handle_read) after a read was turned into records,
/// [`handle_settled`](Self::handle_settled) when an output is done with a chunk, and
/// [`poll_commit`](Self::poll_commit) until it returns `None` to learn which offsets to store.
///
/// ```
/// use pipeline_core::acknowledge::{Acknowledgements, ChunkId, FileId};
///
/// let mut offsets = Acknowledgements::new();
/// let (file, first, second) = (FileId(1), ChunkId(1), ChunkId(2));
/// offsets.handle_held(file, first, 0);
/// offsets.handle_held(file, second, 40);
/// offsets.handle_read(file, 90);
/// assert_eq!(offsets.committable(file), Some(0));
/// // What is settled out of order waits for what lies before it.
/// offsets.handle_settled(second);
/// assert_eq!(offsets.committable(file), Some(0));
/// offsets.handle_settled(first);
/// assert_eq!(offsets.poll_commit(), Some((file, 90)));
/// ```
#[derive(Debug, Default)]
pub struct Acknowledgements {
    files: BTreeMap<FileId, Progress>,
    chunks: BTreeMap<ChunkId, Vec<FileId>>,
    changed: BTreeSet<FileId>,
}

#[derive(Debug, Default)]
struct Progress {
    /// Every line before this offset was handed on or dropped.
    read: u64,
    /// The lowest offset each unsettled chunk holds of this file.
    held: BTreeMap<ChunkId, u64>,
    /// What `poll_commit` last gave.
    committed: Option<u64>,
}

impl Progress {
    fn committable(&self) -> u64 {
        // Few chunks are under way at once, and a later chunk can hold an earlier line (a long multiline
        // message), so the minimum is searched.
        self.held.values().copied().fold(self.read, u64::min)
    }
}

impl Acknowledgements {
    /// Nothing read, nothing held.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The line of `file` that starts at `offset` went into `chunk`.
    pub fn handle_held(&mut self, file: FileId, chunk: ChunkId, offset: u64) {
        let held = &mut self.files.entry(file).or_default().held;
        if let Some(lowest) = held.get_mut(&chunk) {
            *lowest = (*lowest).min(offset);
        } else {
            held.insert(chunk, offset);
            self.chunks.entry(chunk).or_default().push(file);
        }
    }

    /// All lines of `file` before `offset` were put into chunks or dropped; what lies behind may be read
    /// again. An offset lower than the last one means that the file was truncated.
    pub fn handle_read(&mut self, file: FileId, offset: u64) {
        self.files.entry(file).or_default().read = offset;
        self.changed.insert(file);
    }

    /// The output took or finally refused everything in `chunk`. An unknown chunk is ignored.
    pub fn handle_settled(&mut self, chunk: ChunkId) {
        for file in self.chunks.remove(&chunk).unwrap_or_default() {
            if let Some(progress) = self.files.get_mut(&file) {
                progress.held.remove(&chunk);
                self.changed.insert(file);
            }
        }
    }

    /// The file was truncated: what chunks still hold of its old content no longer bounds its offset.
    pub fn handle_truncated(&mut self, file: FileId) {
        if let Some(progress) = self.files.get_mut(&file) {
            progress.held.clear();
            progress.read = 0;
            self.changed.insert(file);
        }
    }

    /// The file is no longer followed.
    pub fn handle_closed(&mut self, file: FileId) {
        self.files.remove(&file);
        self.changed.remove(&file);
    }

    /// The offset up to which `file` is settled.
    #[must_use]
    pub fn committable(&self, file: FileId) -> Option<u64> {
        self.files.get(&file).map(Progress::committable)
    }

    /// Whether a chunk still holds lines of `file`.
    #[must_use]
    pub fn is_held(&self, file: FileId) -> bool {
        self.files.get(&file).is_some_and(|progress| !progress.held.is_empty())
    }

    /// The next file whose stored offset should change, and to what.
    pub fn poll_commit(&mut self) -> Option<(FileId, u64)> {
        while let Some(file) = self.changed.pop_first() {
            let Some(progress) = self.files.get_mut(&file) else { continue };
            let offset = progress.committable();
            if progress.committed != Some(offset) {
                progress.committed = Some(offset);
                return Some((file, offset));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: FileId = FileId(1);

    #[test]
    fn the_oldest_unsettled_chunk_bounds_the_offset() {
        let mut acks = Acknowledgements::new();
        acks.handle_held(FILE, ChunkId(1), 0);
        acks.handle_held(FILE, ChunkId(1), 10);
        acks.handle_held(FILE, ChunkId(2), 20);
        acks.handle_read(FILE, 30);
        assert_eq!(acks.poll_commit(), Some((FILE, 0)));
        assert_eq!(acks.poll_commit(), None);
        acks.handle_settled(ChunkId(2));
        assert_eq!(acks.poll_commit(), None, "chunk 1 still holds offset 0");
        acks.handle_settled(ChunkId(1));
        assert_eq!(acks.poll_commit(), Some((FILE, 30)));
    }

    #[test]
    fn dropped_lines_move_the_offset_alone() {
        let mut acks = Acknowledgements::new();
        acks.handle_read(FILE, 500);
        assert_eq!(acks.poll_commit(), Some((FILE, 500)));
    }

    #[test]
    fn truncation_starts_over() {
        let mut acks = Acknowledgements::new();
        acks.handle_held(FILE, ChunkId(1), 100);
        acks.handle_read(FILE, 200);
        acks.handle_truncated(FILE);
        assert_eq!(acks.poll_commit(), Some((FILE, 0)));
        acks.handle_read(FILE, 40);
        acks.handle_settled(ChunkId(1));
        assert_eq!(acks.poll_commit(), Some((FILE, 40)));
    }

    proptest! {
        /// Whatever the order of settling, a committed offset never passes an unsettled line.
        #[test]
        fn never_past_an_unsettled_line(lines in prop::collection::vec((0_u64..8, any::<bool>()), 1..60), order in any::<u64>()) {
            let mut acks = Acknowledgements::new();
            let mut open: BTreeMap<u64, u64> = BTreeMap::new();
            for (index, (chunk, kept)) in lines.iter().enumerate() {
                let offset = index as u64 * 10;
                if *kept {
                    acks.handle_held(FILE, ChunkId(*chunk), offset);
                    open.entry(*chunk).or_insert(offset);
                }
                acks.handle_read(FILE, offset + 10);
            }
            let mut seed = order;
            while !open.is_empty() {
                let lowest = open.values().copied().min().unwrap();
                prop_assert_eq!(acks.committable(FILE), Some(lowest));
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let chunk = *open.keys().nth((seed >> 33) as usize % open.len()).unwrap();
                open.remove(&chunk);
                acks.handle_settled(ChunkId(chunk));
            }
            prop_assert_eq!(acks.committable(FILE), Some(lines.len() as u64 * 10));
        }
    }
}
