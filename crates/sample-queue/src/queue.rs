//! The queue on disk: segments of frames.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::frame::{Content, Frame, HEAD, Head, Payload, Position};

/// The most bytes of messages that are kept in memory until they are read.
const MOST_RECENT: usize = 4 << 20;

/// The segments of a folder. New frames go to the last one.
///
/// No other queue may use the folder at the same time.
#[derive(Debug)]
pub struct Queue {
    folder: PathBuf,
    segments: VecDeque<Segment>,
    file: File,
    /// The segment that is read, open.
    reading: Option<(u64, File)>,
    /// Frames that were appended and not read, so that what is read soon need not come from disk.
    recent: VecDeque<Recent>,
    recent_bytes: usize,
    largest: u64,
    largest_segment: u64,
}

#[derive(Debug)]
struct Recent {
    start: Position,
    end: Position,
    frame: Frame,
}

#[derive(Debug)]
struct Segment {
    number: u64,
    bytes: u64,
    samples: u64,
    /// Samples of frames that were read.
    read: u64,
}

/// What is next in the queue.
#[derive(Debug)]
pub enum Next {
    /// A frame, and where the next one begins.
    Frame(Payload, Position),
    /// Nothing yet.
    End,
    /// A damaged frame; the rest of its segment is skipped.
    Damaged(Position),
}

impl Queue {
    /// Opens the queue in `folder`. Frames are appended to a new segment; of the segment before it, a torn end is
    /// cut off. `largest` is the most bytes of all segments.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or used.
    pub fn open(folder: &Path, largest: u64) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|error| Error::new(folder, error))?;
        let mut numbers: Vec<u64> = fs::read_dir(folder)
            .map_err(|error| Error::new(folder, error))?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".segment")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let mut segments = VecDeque::new();
        for number in &numbers {
            let path = path(folder, *number);
            let (bytes, samples) = scan(&path).map_err(|error| Error::new(&path, error))?;
            segments.push_back(Segment { number: *number, bytes, samples, read: 0 });
        }
        let number = numbers.last().map_or(0, |last| last + 1);
        segments.push_back(Segment { number, bytes: 0, samples: 0, read: 0 });
        let file = create(folder, number)?;
        let largest_segment = (largest / 8).clamp(1 << 10, 16 << 20);
        Ok(Self {
            folder: folder.to_owned(),
            segments,
            file,
            reading: None,
            recent: VecDeque::new(),
            recent_bytes: 0,
            largest,
            largest_segment,
        })
    }

    /// Appends a frame. Where the queue grows too large its oldest segment is deleted; gives the number of samples in
    /// it that nobody had read.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Nothing of it is in the queue then.
    pub fn append(&mut self, mut frame: Frame) -> Result<u64, Error> {
        let bytes = std::mem::take(&mut frame.bytes);
        let length = bytes.len() as u64;
        let last = self.last();
        if last.bytes > 0 && last.bytes + length > self.largest_segment {
            let number = last.number + 1;
            self.file.sync_data().map_err(|error| Error::new(&self.folder, error))?;
            self.file = create(&self.folder, number)?;
            self.segments.push_back(Segment { number, bytes: 0, samples: 0, read: 0 });
        }
        let mut dropped = 0;
        while self.segments.len() > 1 && self.bytes() + length > self.largest {
            dropped += self.drop_first();
        }
        let start = self.end();
        if let Err(error) = self.file.write_all_at(&bytes, start.offset) {
            // Half a frame would hide those after it.
            let _ = self.file.set_len(start.offset);
            return Err(Error::new(&self.folder, error));
        }
        if let Some(last) = self.segments.back_mut() {
            last.bytes += length;
            last.samples += frame.samples as u64;
        }
        if self.recent_bytes + frame.message.len() <= MOST_RECENT {
            self.recent_bytes += frame.message.len();
            self.recent.push_back(Recent { start, end: self.end(), frame });
        }
        Ok(dropped)
    }

    /// The recent frame at `at`. Those before it are forgotten.
    fn take_recent(&mut self, at: Position) -> Option<Recent> {
        while self.recent.front().is_some_and(|recent| recent.start <= at) {
            let recent = self.recent.pop_front()?;
            self.recent_bytes -= recent.frame.message.len();
            if recent.start == at {
                return Some(recent);
            }
        }
        None
    }

    /// Reads what is at `at`, or behind it where that is no longer there.
    ///
    /// # Errors
    ///
    /// When the disk cannot be read.
    pub fn read(&mut self, at: Position) -> io::Result<Next> {
        let mut at = at;
        let Some(index) = self.segments.iter().position(|segment| {
            let is_behind = segment.number > at.segment && segment.bytes > 0;
            (segment.number == at.segment && at.offset < segment.bytes) || is_behind
        }) else {
            return Ok(Next::End);
        };
        let Some(&Segment { number, bytes, .. }) = self.segments.get(index) else { return Ok(Next::End) };
        if number > at.segment {
            at = Position { segment: number, offset: 0 };
        }
        let (payload, samples, end) = match self.take_recent(at) {
            Some(Recent { frame, end, .. }) => {
                let payload = Payload { version: frame.version, content: Content::Message(frame.message) };
                (payload, frame.samples as u64, end)
            }
            None => match self.read_from_disk(at, bytes)? {
                Some((head, payload)) => {
                    let offset = at.offset + (HEAD + head.length) as u64;
                    let payload = Payload { version: head.version, content: Content::Compressed(payload) };
                    (payload, u64::from(head.samples), Position { segment: number, offset })
                }
                None => return Ok(Next::Damaged(Position { segment: number + 1, offset: 0 })),
            },
        };
        if let Some(segment) = self.segments.get_mut(index) {
            segment.read += samples;
        }
        Ok(Next::Frame(payload, end))
    }

    /// Reads the frame at `at` in a segment of so many bytes; `None` when it is damaged.
    fn read_from_disk(&mut self, at: Position, bytes: u64) -> io::Result<Option<(Head, Vec<u8>)>> {
        let file = match self.reading.take() {
            Some((number, file)) if number == at.segment => file,
            _ => File::open(path(&self.folder, at.segment))?,
        };
        let mut head = [0; HEAD];
        if file.read_exact_at(&mut head, at.offset).is_err() {
            return Ok(None);
        }
        let room = bytes - at.offset;
        let Some(head) = Head::read(head).filter(|head| (HEAD + head.length) as u64 <= room) else {
            return Ok(None);
        };
        let mut payload = vec![0; head.length];
        file.read_exact_at(&mut payload, at.offset + HEAD as u64)?;
        self.reading = Some((at.segment, file));
        Ok(Some((head, payload)).filter(|(head, payload)| head.fits(payload)))
    }

    /// Deletes the segments before `position`, everything in which was delivered.
    pub fn truncate(&mut self, position: Position) {
        while self.segments.len() > 1
            && self.segments.front().is_some_and(|first| {
                first.number < position.segment
                    || (first.number == position.segment && position.offset >= first.bytes)
            })
        {
            self.drop_first();
        }
    }

    /// Where frames are that are appended from now on.
    #[must_use]
    pub fn end(&self) -> Position {
        let last = self.last();
        Position { segment: last.number, offset: last.bytes }
    }

    /// A handle to make what was appended durable, without holding the queue meanwhile.
    ///
    /// # Errors
    ///
    /// When there are too many handles.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// How many bytes there are.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// Deletes the oldest segment. Gives the number of samples in it that nobody has read.
    fn drop_first(&mut self) -> u64 {
        let Some(first) = self.segments.pop_front() else { return 0 };
        let path = path(&self.folder, first.number);
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "cannot delete a segment");
        }
        first.samples.saturating_sub(first.read)
    }

    fn last(&self) -> &Segment {
        static NONE: Segment = Segment { number: 0, bytes: 0, samples: 0, read: 0 };
        self.segments.back().unwrap_or(&NONE)
    }
}

/// The bytes of whole frames at the start of a segment, and their samples. A torn frame after them is cut off.
fn scan(path: &Path) -> io::Result<(u64, u64)> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let mut reader = io::BufReader::new(&file);
    let (mut bytes, mut samples) = (0, 0);
    let mut payload = Vec::new();
    loop {
        let mut head = [0; HEAD];
        if reader.read_exact(&mut head).is_err() {
            break;
        }
        let Some(head) = Head::read(head).filter(|head| bytes + (HEAD + head.length) as u64 <= length) else {
            break;
        };
        payload.resize(head.length, 0);
        reader.read_exact(&mut payload)?;
        if !head.fits(&payload) {
            break;
        }
        bytes += (HEAD + head.length) as u64;
        samples += u64::from(head.samples);
    }
    if bytes < length {
        tracing::warn!(path = %path.display(), lost = length - bytes, "cutting off a torn frame");
        file.set_len(bytes)?;
    }
    Ok((bytes, samples))
}

fn create(folder: &Path, number: u64) -> Result<File, Error> {
    let path = path(folder, number);
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path);
    let file = file.map_err(|error| Error::new(&path, error))?;
    // The name of a new file is durable when its folder is.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| Error::new(folder, error))?;
    Ok(file)
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.segment"))
}

#[cfg(test)]
mod tests {
    use prometheus_remote_write::{Compressor, Version, decompress};

    use super::*;

    fn frame(text: &str) -> Frame {
        Frame::new(&mut Compressor::new(), Version::V1, text.as_bytes(), text.len())
    }

    fn text(payload: Payload) -> String {
        let text = match payload.content {
            Content::Compressed(bytes) => decompress(&bytes, MOST_RECENT).unwrap(),
            Content::Message(message) => message,
        };
        String::from_utf8(text).unwrap()
    }

    /// The texts from `at` on, a `!` for damage.
    fn texts(queue: &mut Queue, mut at: Position) -> Vec<String> {
        let mut texts = Vec::new();
        loop {
            match queue.read(at).unwrap() {
                Next::Frame(payload, next) => {
                    texts.push(text(payload));
                    at = next;
                }
                Next::Damaged(next) => {
                    texts.push("!".to_owned());
                    at = next;
                }
                Next::End => return texts,
            }
        }
    }

    #[test]
    fn what_is_appended_is_read_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut queue = Queue::open(folder.path(), 1 << 20).unwrap();
        queue.append(frame("one")).unwrap();
        queue.append(frame("two")).unwrap();
        assert_eq!(texts(&mut queue, Position::default()), ["one", "two"]);
        drop(queue);
        let mut queue = Queue::open(folder.path(), 1 << 20).unwrap();
        queue.append(frame("three")).unwrap();
        assert_eq!(texts(&mut queue, Position::default()), ["one", "two", "three"]);
        let Next::Frame(_, second) = queue.read(Position::default()).unwrap() else { panic!() };
        second.store(folder.path()).unwrap();
        assert_eq!(Position::load(folder.path()), second);
        assert_eq!(texts(&mut queue, second), ["two", "three"]);
        queue.truncate(Position { segment: 1, offset: 0 });
        assert_eq!(texts(&mut queue, Position::default()), ["three"]);
    }

    #[test]
    fn what_is_recent_is_read_from_memory_and_the_rest_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut queue = Queue::open(folder.path(), 1 << 20).unwrap();
        let long = "x".repeat(MOST_RECENT);
        let all = ["one", "two", &long, "three", "four"];
        for text in all {
            queue.append(frame(text)).unwrap();
        }
        let count = |queue: &Queue| (queue.recent.len(), queue.recent_bytes);
        // The long one leaves no room for itself.
        assert_eq!(count(&queue), (4, 15));
        let Next::Frame(_, second) = queue.read(Position::default()).unwrap() else { panic!() };
        assert_eq!(count(&queue), (3, 12));
        assert_eq!(texts(&mut queue, second), all[1..]);
        assert_eq!(count(&queue), (0, 0));
        assert_eq!(texts(&mut queue, Position::default()), all);
    }

    #[test]
    fn a_torn_frame_is_cut_off_and_a_damaged_one_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let mut queue = Queue::open(folder.path(), 1 << 20).unwrap();
        queue.append(frame("one")).unwrap();
        queue.append(frame("two")).unwrap();
        drop(queue);
        let first = path(folder.path(), 0);
        let bytes = fs::read(&first).unwrap();
        for cut in [1, 5, HEAD, HEAD + 3] {
            fs::write(&first, &bytes[..bytes.len() - cut]).unwrap();
            let mut queue = Queue::open(folder.path(), 1 << 20).unwrap();
            assert_eq!(texts(&mut queue, Position::default()), ["one"], "{cut}");
        }
        // Damage that comes later is found when it is read.
        let mut queue = Queue::open(folder.path(), 1 << 20).unwrap();
        queue.append(frame("three")).unwrap();
        let mut damaged = fs::read(&first).unwrap();
        *damaged.last_mut().unwrap() ^= 1;
        fs::write(&first, damaged).unwrap();
        assert_eq!(texts(&mut queue, Position::default()), ["!", "three"]);
    }

    #[test]
    fn the_oldest_segments_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut queue = Queue::open(folder.path(), 4096).unwrap();
        // Texts that do not get shorter by compression.
        let texts_in: Vec<String> = (0..200_u32)
            .map(|n| {
                format!("{:032x}", u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
            })
            .collect();
        let mut dropped = 0;
        for text in &texts_in {
            dropped += queue.append(frame(text)).unwrap();
            assert!(queue.bytes() <= 4096);
        }
        let left = texts(&mut queue, Position::default());
        assert!(texts_in.ends_with(&left) && left.len() > 20, "{}", left.len());
        assert_eq!(dropped as usize, 32 * (texts_in.len() - left.len()));
    }
}
