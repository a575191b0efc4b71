//! Lines of files to records.

use std::collections::BTreeMap;
use std::time::Instant;

use event_model::{Arena, Record, Timestamp};
use file_tail::{FileId, Handler, Line};
use fluentbit_pipeline::{At, Flow, LineScratch, Messages, Pipeline, Source, Stream, TagId};

use super::rendering::Rendering;
use super::wall_clock;
use crate::metadata::Pods;

/// What turning lines into chunks needs.
pub(super) struct Work {
    pub(super) flow: Flow,
    pub(super) pods: Pods,
    pub(super) rendering: Rendering,
    pub(super) scratch: LineScratch,
    pub(super) arena: Arena,
}

/// A file at work.
pub(super) struct Followed {
    stream: Stream,
    tag: TagId,
    /// Its inode and first line, for ids made of the place a record was read from.
    origin: [u8; 16],
    /// Up to where its lines were read.
    read: Option<u64>,
}

impl Followed {
    /// From where on the file must be read again if the program ends when it was read up to `read`: lines and
    /// records that wait for others of their message count as not read.
    fn unread(&self, read: u64, held: Option<u64>) -> u64 {
        self.stream.pending().into_iter().chain(held).fold(read, u64::min)
    }
}

/// Turns the lines of one input into records and those into chunks.
pub(super) struct Reader<'r> {
    pipeline: &'r Pipeline,
    index: usize,
    files: &'r mut BTreeMap<FileId, Followed>,
    pub(super) work: &'r mut Work,
    /// The file of the last line: lines of one file come together.
    current: Option<(FileId, Followed)>,
    now: (Instant, Timestamp),
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        pipeline: &'r Pipeline,
        index: usize,
        files: &'r mut BTreeMap<FileId, Followed>,
        work: &'r mut Work,
    ) -> Self {
        Self { pipeline, index, files, work, current: None, now: (Instant::now(), wall_clock()) }
    }

    /// Ends the multiline messages whose time is up, or all of them.
    pub(super) fn end_messages(&mut self, which: Messages) {
        self.put_back();
        let mut files = std::mem::take(self.files);
        for (file, followed) in &mut files {
            let Work { flow, pods, rendering, scratch, arena, .. } = &mut *self.work;
            let before = (followed.stream.pending(), flow.held(file.0));
            if before == (None, None) {
                continue;
            }
            let (now, tag) = (self.now, followed.tag);
            let mut sink = rendering.sink(self.pipeline, self.index, &followed.origin, now);
            let mut each = |record: Record<'_>, offset, arena: &Arena, flow: &mut Flow| {
                let at = At { now: now.1, arena, metadata: pods };
                flow.record(tag, record, Source { file: file.0, offset }, at, &mut sink);
            };
            let due = followed.stream.deadline().is_some_and(|deadline| deadline <= now.1);
            if which == Messages::All || due {
                followed.stream.end_messages(which, now.1, scratch, flow, &mut each);
            }
            arena.reset();
            let at = At { now: now.1, arena, metadata: pods };
            flow.end_messages(file.0, which, at, &mut sink);
            flow.end_batch(tag, at, &mut sink);
            // What is pending no longer bounds the offset; the next read says where it is.
            if (followed.stream.pending(), flow.held(file.0)) != before
                && let Some(read) = followed.read
            {
                let offset = followed.unread(read, flow.held(file.0));
                rendering.acks.handle_read(*file, offset);
            }
        }
        *self.files = files;
    }

    fn put_back(&mut self) {
        self.files.extend(self.current.take());
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Handler for Reader<'_> {
    fn admit(&mut self, file: FileId, name: &str) -> bool {
        let input = &self.pipeline.inputs[self.index];
        let tag = match input.tag(name) {
            Ok(tag) => tag,
            Err(error) => {
                tracing::error!(input = input.name, file = name, %error, "no tag, so the file is not followed");
                return false;
            }
        };
        let tag = self.work.flow.tag(self.index, &tag, &self.work.pods, self.now.1);
        self.files.insert(file, Followed { stream: input.stream(name), tag, origin: [0; 16], read: None });
        true
    }

    fn identified(&mut self, file: FileId, inode: u64, first_line: u64) {
        self.put_back();
        if let Some(followed) = self.files.get_mut(&file) {
            followed.origin[..8].copy_from_slice(&inode.to_le_bytes());
            followed.origin[8..].copy_from_slice(&first_line.to_le_bytes());
        }
    }

    fn line(&mut self, file: FileId, line: Line<'_>) {
        if self.current.as_ref().is_none_or(|(current, _)| *current != file) {
            self.put_back();
            self.current = self.files.remove_entry(&file);
        }
        let Some((_, followed)) = &mut self.current else { return };
        let Work { flow, pods, rendering, scratch, .. } = &mut *self.work;
        let (now, tag) = (self.now, followed.tag);
        rendering.counts.bytes += line.raw.len() as u64 + 1;
        let mut sink = rendering.sink(self.pipeline, self.index, &followed.origin, now);
        followed.stream.line(line, now.1, scratch, flow, &mut |record, offset, arena, flow| {
            let at = At { now: now.1, arena, metadata: pods };
            flow.record(tag, record, Source { file: file.0, offset }, at, &mut sink);
        });
    }

    fn read(&mut self, file: FileId, offset: u64) {
        self.put_back();
        let mut offset = offset;
        if let Some(followed) = self.files.get_mut(&file) {
            followed.read = Some(offset);
            let Work { flow, pods, rendering, arena, .. } = &mut *self.work;
            let mut sink = rendering.sink(self.pipeline, self.index, &followed.origin, self.now);
            arena.reset();
            flow.end_batch(followed.tag, At { now: self.now.1, arena, metadata: pods }, &mut sink);
            offset = followed.unread(offset, flow.held(file.0));
        }
        self.work.rendering.acks.handle_read(file, offset);
    }

    fn truncated(&mut self, file: FileId) {
        self.work.rendering.acks.handle_truncated(file);
    }

    fn line_too_long(&mut self, _: FileId, name: &str, offset: u64) {
        let input = &self.pipeline.inputs[self.index];
        tracing::error!(
            input = input.name,
            file = name,
            offset,
            longest = input.longest_line,
            "a line needs a larger Buffer_Max_Size, or Skip_Long_Lines; the rest of the file is left alone"
        );
    }

    fn closed(&mut self, file: FileId) {
        self.files.remove(&file);
        self.work.flow.close_file(file.0);
        self.work.rendering.acks.handle_closed(file);
    }
}
