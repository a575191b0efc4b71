//! Where documents go that no server takes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use elasticsearch_bulk::dead_letter;
use event_model::Timestamp;

use crate::batch::{Rejected, RejectedSink};

/// A file of rejected documents, a JSON object a line; see [`dead_letter`].
#[derive(Debug)]
pub struct DeadLetters {
    file: File,
    line: Vec<u8>,
    /// Whether the last line may be cut, so that the next must not continue it.
    cut: bool,
}

impl DeadLetters {
    /// Opens a file to append to; it is made if it does not exist.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { file, line: Vec::new(), cut: false })
    }
}

impl RejectedSink for DeadLetters {
    /// Writes a line at once: when this returns, the document may be forgotten.
    fn rejected(&mut self, rejected: Rejected<'_>) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos());
        self.line.clear();
        if self.cut {
            self.line.push(b'\n');
        }
        dead_letter(&mut self.line, rejected.item, rejected.error, now);
        let result = self.file.write_all(&self.line);
        self.cut = result.is_err();
        result
    }
}
