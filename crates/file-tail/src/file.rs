//! An open file.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;

use pipeline_core::follow::{Follow, Identity, Seen};
use pipeline_core::frame::Framer;
use rustix::buffer::spare_capacity;
use rustix::io::pread;
use xxhash_rust::xxh3::xxh3_64;

use crate::database::{MARKER_BYTES, Row, marker};
use crate::discover::identity;
use crate::gzip::{Gzip, PIECE};
use crate::rotation::Rotated;

/// A file that is followed.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: File,
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) follow: Follow,
    pub(crate) framer: Framer,
    /// Bytes read that form no complete line yet.
    pub(crate) partial: Vec<u8>,
    /// Up to where everything was delivered, in bytes of the content.
    pub(crate) committed: u64,
    /// What decompresses it, if it is compressed.
    pub(crate) gzip: Option<Box<Gzip>>,
    /// The row in the database.
    pub(crate) row: Option<i64>,
    /// Whether a change is told by the kernel.
    pub(crate) watched: bool,
    /// Whether a line that does not fit ended the reading.
    pub(crate) stuck: bool,
    /// Whether it is queued for reading.
    pub(crate) queued: bool,
    /// The hash of the first line, once there is one.
    pub(crate) first_line: Option<u64>,
    /// The last bytes before the read offset.
    last_bytes: Vec<u8>,
}

/// The most bytes of a first line that count.
const FIRST_LINE: usize = 1024;

impl OpenFile {
    pub(crate) fn new(file: File, name: String, path: PathBuf, follow: Follow) -> Self {
        let gzip = Gzip::is_name(&name).then(|| Box::new(Gzip::new(follow.offset())));
        let committed = if gzip.is_some() { 0 } else { follow.offset() };
        let mut open = Self {
            file,
            name,
            path,
            follow,
            framer: Framer::new(),
            partial: Vec::new(),
            committed,
            gzip,
            row: None,
            watched: false,
            stuck: false,
            queued: false,
            first_line: None,
            last_bytes: Vec::new(),
        };
        open.last_bytes = open.before(committed);
        open
    }

    /// The bytes a marker for `offset` covers.
    pub(crate) fn before(&self, offset: u64) -> Vec<u8> {
        let size = MARKER_BYTES.min(usize::try_from(offset).unwrap_or(MARKER_BYTES));
        let mut bytes = vec![0; size];
        match self.file.read_exact_at(&mut bytes, offset - size as u64) {
            Ok(()) => bytes,
            Err(_) => Vec::new(),
        }
    }

    /// Learns the first line, of which nothing changes as long as the file is appended to. `false` as long as it
    /// is not complete.
    pub(crate) fn learn_first_line(&mut self) -> bool {
        let mut bytes = [0; FIRST_LINE];
        let mut size = 0;
        while size < FIRST_LINE {
            match self.file.read_at(&mut bytes[size..], size as u64) {
                Ok(0) | Err(_) => break,
                Ok(read) => size += read,
            }
        }
        let newline = bytes[..size].iter().position(|byte| *byte == b'\n');
        let end = newline.or((size == FIRST_LINE).then_some(size));
        self.first_line = end.map(|end| xxh3_64(&bytes[..end]));
        self.first_line.is_some()
    }

    /// What is known of the file once it is at its path no more.
    pub(crate) fn rotated(&self) -> io::Result<Rotated> {
        let written = self.file.metadata()?.modified()?;
        Ok(Rotated { name: self.name.clone(), path: self.path.clone(), written })
    }

    /// Whether this may be the file that `row` was written for: it is as long, and has the same bytes before the
    /// offset.
    pub(crate) fn fits(&self, row: &Row) -> bool {
        let (_, size) = row.marker;
        self.file.metadata().is_ok_and(|metadata| metadata.size() >= row.offset)
            && (size == 0 || {
                let before = self.before(row.offset);
                before.len() >= size && marker(&before[before.len() - size..]) == row.marker
            })
    }

    /// How much of the content was read.
    pub(crate) fn position(&self) -> u64 {
        self.gzip.as_ref().map_or(self.follow.offset(), |gzip| gzip.position())
    }

    /// Where the first line starts that was not handed on.
    pub(crate) fn line_start(&self) -> u64 {
        self.position() - self.partial.len() as u64
    }

    /// The offset in the file from which it is read at the next start.
    pub(crate) fn resume_offset(&self) -> u64 {
        let Some(gzip) = &self.gzip else { return self.committed };
        let is_read = self.file.metadata().is_ok_and(|metadata| self.follow.offset() >= metadata.size());
        if is_read && self.committed >= self.line_start() { self.follow.offset() } else { gzip.start() }
    }

    /// Where reading can begin if all before `offset` was delivered: anywhere in a plain file, and only at the
    /// start or the end of a compressed one.
    pub(crate) fn entry(&self, offset: u64, size: u64) -> u64 {
        if self.gzip.is_none() || offset == size { offset } else { 0 }
    }

    /// Looks at the file and its path. The second result is whether the file still has a name.
    pub(crate) fn look(&self) -> io::Result<(Seen, bool)> {
        let metadata = self.file.metadata()?;
        let at_path: Option<Identity> = fs::metadata(&self.path).ok().map(|metadata| identity(&metadata));
        let offset = self.follow.offset();
        // Only a file that grew can hide that it was replaced.
        let same_content = metadata.size() <= offset
            || self.last_bytes.is_empty()
            || self.before(offset).ends_with(&self.last_bytes);
        Ok((Seen { at_path, size: metadata.size(), same_content }, metadata.nlink() > 0))
    }

    /// Reads on to the end of `buffer`: about `most` bytes, as far as its memory reaches.
    pub(crate) fn read(&mut self, buffer: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        if let Some(gzip) = &mut self.gzip {
            let mut bytes = [0; PIECE];
            let read = self.file.read_at(&mut bytes[..most.min(PIECE)], self.follow.offset())?;
            self.follow.handle_read(read as u64);
            let result = gzip.decompress(&bytes[..read], buffer);
            self.stuck = result.is_err();
            return result.map(|()| read);
        }
        let start = buffer.len();
        buffer.reserve(most);
        // The memory is not set to zero first: that would cost as much as a part of the parsing.
        let read = pread(&self.file, spare_capacity(buffer), self.follow.offset())?;
        self.follow.handle_read(read as u64);
        let seen = &buffer[start..];
        if seen.len() >= MARKER_BYTES {
            self.last_bytes = seen[seen.len() - MARKER_BYTES..].to_vec();
        } else if read > 0 {
            self.last_bytes.extend_from_slice(seen);
            let surplus = self.last_bytes.len().saturating_sub(MARKER_BYTES);
            self.last_bytes.drain(..surplus);
        }
        Ok(read)
    }

    /// Starts over at offset 0.
    pub(crate) fn restart(&mut self) {
        self.partial.clear();
        self.last_bytes.clear();
        self.first_line = None;
        self.framer = Framer::new();
        self.follow.handle_seek(0);
        self.gzip = self.gzip.as_ref().map(|_| Box::new(Gzip::new(0)));
        self.committed = 0;
        self.stuck = false;
    }
}
