//! Chunks for standard output and files, until they are written.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use fluentbit_pipeline::Body;

use crate::chunks::Chunk;
use crate::destination::Appender;
use crate::search::Settled;

/// Chunks that wait to be written, or to be written again.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    /// By output: what waits behind a failed write must not overtake it.
    outputs: BTreeMap<usize, Waiting>,
    /// Nobody reads standard output any more.
    closed: bool,
}

#[derive(Debug)]
struct Waiting {
    chunks: VecDeque<Chunk>,
    /// How much of the first is written.
    written: usize,
    failures: u32,
    again: Instant,
}

/// Where chunks go.
pub(crate) struct Destinations<'d> {
    pub(crate) stdout: &'d mut dyn Write,
    pub(crate) files: &'d Appender,
}

/// The longest wait after a failure; the first is a second, and each is twice the one before.
const LONGEST: Duration = Duration::from_secs(30);

impl Unwritten {
    /// Puts a chunk behind the others of its output.
    pub(crate) fn push(&mut self, chunk: Chunk, now: Instant) {
        let waiting = self.outputs.entry(chunk.output).or_insert_with(|| Waiting {
            chunks: VecDeque::new(),
            written: 0,
            failures: 0,
            again: now,
        });
        waiting.chunks.push_back(chunk);
    }

    /// Writes what is due. Gives the chunks that are written, or that nobody will ever read.
    pub(crate) fn write_due(&mut self, now: Instant, mut to: Destinations<'_>) -> Vec<Settled> {
        let mut settled = Vec::new();
        for (output, waiting) in &mut self.outputs {
            if waiting.again > now {
                continue;
            }
            while let Some(chunk) = waiting.chunks.front() {
                let result = match &chunk.body {
                    Body::Bytes(_) if self.closed => Err(ErrorKind::BrokenPipe.into()),
                    body => to.write(body, &mut waiting.written),
                };
                match result {
                    Ok(()) => settled.push(Settled::new(chunk, true)),
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                        self.closed = true;
                        settled.push(Settled::new(chunk, false));
                    }
                    Err(error) => {
                        let wait = Duration::from_secs(1 << waiting.failures.min(10)).min(LONGEST);
                        tracing::error!(output, %error, chunks = waiting.chunks.len(), ?wait, "cannot write; trying again");
                        waiting.failures += 1;
                        waiting.again = now + wait;
                        break;
                    }
                }
                waiting.chunks.pop_front();
                waiting.written = 0;
                waiting.failures = 0;
            }
        }
        self.outputs.retain(|_, waiting| !waiting.chunks.is_empty());
        settled
    }

    /// Whether the reader of standard output went away.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// When something is to be written again.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.outputs.values().map(|waiting| waiting.again).min()
    }
}

impl Destinations<'_> {
    /// Writes the rest of a chunk of which `written` bytes are written.
    fn write(&mut self, body: &Body, written: &mut usize) -> io::Result<()> {
        match body {
            Body::Bytes(bytes) => {
                write_rest(&mut *self.stdout, bytes, written)?;
                self.stdout.flush()
            }
            Body::File(destination, bytes) => write_rest(self.files.open(destination)?, bytes, written),
            _ => Ok(()),
        }
    }
}

/// `write_all` that knows how far it came.
fn write_rest(mut to: impl Write, bytes: &[u8], written: &mut usize) -> io::Result<()> {
    while *written < bytes.len() {
        match to.write(&bytes[*written..]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(more) => *written += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pipeline_core::acknowledge::ChunkId;

    use super::*;

    /// Takes a few bytes at a time, and fails as often as it is told to.
    struct Reluctant {
        taken: Vec<u8>,
        /// Before each of these counts of bytes it fails once.
        failures: Vec<(usize, ErrorKind)>,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.failures.first().is_some_and(|(at, _)| self.taken.len() >= *at) {
                return Err(self.failures.remove(0).1.into());
            }
            let some = bytes.len().min(2);
            self.taken.extend_from_slice(&bytes[..some]);
            Ok(some)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is settled after each of these seconds, as chunk numbers with a mark for what is lost, and all that
    /// was written.
    fn check(failures: &[(usize, ErrorKind)], expected: &[(u64, &str)], text: &str) {
        let mut stdout = Reluctant { taken: Vec::new(), failures: failures.to_vec() };
        let (files, start) = (Appender::new(Path::new("")), Instant::now());
        let mut unwritten = Unwritten::default();
        for (id, text) in [(1, "one "), (2, "two "), (3, "three")] {
            let body = Body::Bytes(text.as_bytes().to_vec());
            let chunk = Chunk { id: ChunkId(id), input: 0, output: 0, records: 1, size: 5, body };
            unwritten.push(chunk, start);
        }
        for (second, expected) in expected {
            let now = start + Duration::from_secs(*second);
            let settled = unwritten.write_due(now, Destinations { stdout: &mut stdout, files: &files });
            let found: Vec<_> = settled
                .iter()
                .map(|settled| format!("{}{}", settled.id.0, if settled.done { "" } else { "!" }))
                .collect();
            assert_eq!(found.join(" "), *expected, "after {second} s of {failures:?}");
        }
        assert_eq!(String::from_utf8_lossy(&stdout.taken), text);
    }

    #[test]
    fn writing_again() {
        use ErrorKind::{BrokenPipe, Interrupted, StorageFull};
        let all = "one two three";
        check(&[], &[(0, "1 2 3")], all);
        check(&[(3, Interrupted)], &[(0, "1 2 3")], all);
        // In the middle of a chunk, twice: nothing is written twice, and nothing overtakes.
        check(&[(6, StorageFull), (6, StorageFull)], &[(0, "1"), (0, ""), (1, ""), (2, ""), (3, "2 3")], all);
        check(&[(4, BrokenPipe)], &[(0, "1 2! 3!")], "one ");
    }
}
