//! Chunks under construction and under way.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use elasticsearch_bulk::BulkBody;
use event_model::{Record, Timestamp};
use fluentbit_pipeline::{Body, ChunkWriter, Output, OutputKind, TagId};
use pipeline_core::acknowledge::{Acknowledgements, ChunkId, FileId};

use crate::destination::Appender;

/// A chunk of this many rendered bytes is sent without waiting for the flush.
const FULL: usize = 2_000_000;

/// A finished chunk on its way.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) id: ChunkId,
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) records: u64,
    pub(crate) size: usize,
    pub(crate) body: Body,
}

/// Bodies of chunks that are settled. New chunks are built in their memory: it is in the processor's cache, and the
/// system need not hand it out again page by page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spares(Arc<Mutex<Vec<BulkBody>>>);

impl Spares {
    /// More are not kept.
    const MOST: usize = 2;

    /// Keeps a body, unless somebody else still reads it.
    pub(crate) fn put(&self, body: Arc<BulkBody>) {
        let mut bodies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bodies.len() < Self::MOST {
            bodies.extend(Arc::into_inner(body));
        }
    }

    fn take(&self) -> Option<BulkBody> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Where a record was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) input: usize,
    pub(crate) file: FileId,
    /// The start of its first line.
    pub(crate) offset: u64,
    /// What identifies the file, for ids made of the place.
    pub(crate) origin: &'a [u8],
}

/// Whose chunk it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot<'a> {
    pub(crate) tag: TagId,
    pub(crate) text: &'a Arc<[u8]>,
    pub(crate) output: usize,
    pub(crate) kind: &'a Output,
}

/// The open chunk of every tag and output.
#[derive(Debug)]
pub(crate) struct Chunks {
    /// By tag, then by output.
    open: Vec<Option<Open>>,
    outputs: usize,
    spares: Spares,
    next: u64,
    pub(crate) size: usize,
}

#[derive(Debug)]
struct Open {
    id: ChunkId,
    input: usize,
    tag: Arc<[u8]>,
    writer: ChunkWriter,
    records: u64,
    /// When its first record came; `None` while there is none.
    since: Option<Instant>,
    /// The file of the last record, and the lowest offset noted for it.
    noted: Option<(FileId, u64)>,
    size: usize,
}

impl Chunks {
    pub(crate) fn new(outputs: usize, spares: Spares) -> Self {
        Self { open: Vec::new(), outputs, spares, next: 1, size: 0 }
    }

    /// Renders a record into the chunk of its tag and `output`.
    pub(crate) fn write(
        &mut self,
        slot: Slot<'_>,
        record: &Record<'_>,
        place: Place<'_>,
        now: (Instant, Timestamp),
        files: &Appender,
        acks: &mut Acknowledgements,
    ) {
        let tag = slot.text;
        let index = slot.tag.index() * self.outputs + slot.output;
        if index >= self.open.len() {
            self.open.resize_with(index + 1, || None);
        }
        let open = self.open[index].get_or_insert_with(|| Open {
            id: ChunkId(0),
            input: place.input,
            tag: Arc::clone(tag),
            writer: slot.kind.writer(),
            records: 0,
            since: None,
            noted: None,
            size: 0,
        });
        if open.since.is_none() {
            open.since = Some(now.0);
            open.id = ChunkId(self.next);
            self.next += 1;
            if matches!(slot.kind.kind, OutputKind::Elasticsearch(_))
                && let Some(body) = self.spares.take()
            {
                open.writer.reuse(body);
            }
            let length = open.writer.destination(tag).map_or(0, |destination| files.length(&destination));
            open.writer.begin(tag, now.1, length);
        }
        let origin = elasticsearch_bulk::Origin::new(place.origin, place.offset);
        open.writer.record(tag, record, Some(origin));
        open.records += 1;
        let size = open.writer.size();
        self.size += size - open.size;
        open.size = size;
        if open.noted.is_none_or(|(file, lowest)| file != place.file || place.offset < lowest) {
            open.noted = Some((place.file, place.offset));
            acks.handle_held(place.file, open.id, place.offset);
        }
    }

    /// Takes the chunks that are full, or that have waited for `flush`.
    pub(crate) fn take_due(&mut self, now: Instant, flush: Duration) -> Vec<Chunk> {
        self.take(|open| {
            open.size >= FULL || open.since.is_some_and(|since| now.duration_since(since) >= flush)
        })
    }

    /// Takes every chunk that holds a record.
    pub(crate) fn take_all(&mut self) -> Vec<Chunk> {
        self.take(|_| true)
    }

    /// When the oldest chunk must be sent.
    pub(crate) fn deadline(&self, flush: Duration) -> Option<Instant> {
        self.open.iter().flatten().filter_map(|open| open.since).min().map(|since| since + flush)
    }

    fn take(&mut self, wanted: impl Fn(&Open) -> bool) -> Vec<Chunk> {
        let mut taken = Vec::new();
        for (index, slot) in self.open.iter_mut().enumerate() {
            let Some(open) = slot.as_mut().filter(|open| open.since.is_some() && wanted(open)) else {
                continue;
            };
            self.size -= open.size;
            taken.push(Chunk {
                id: open.id,
                input: open.input,
                output: index % self.outputs,
                records: std::mem::take(&mut open.records),
                size: std::mem::take(&mut open.size),
                body: open.writer.finish(&open.tag),
            });
            open.since = None;
            open.noted = None;
        }
        taken.sort_by_key(|chunk| chunk.id);
        taken
    }
}
