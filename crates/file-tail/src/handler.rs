//! What a tail tells.

use pipeline_core::acknowledge::FileId;
use pipeline_core::frame::Line;

/// What a [`Tail`](crate::Tail) tells its caller.
pub trait Handler {
    /// A file was found. `false` leaves it alone until the next scan.
    fn admit(&mut self, file: FileId, name: &str) -> bool {
        let _ = (file, name);
        true
    }

    /// What tells the file from all others that are, were or will be in its place: its inode, and a hash of its
    /// first line (at most 1024 bytes of it). The same after a restart. Told before the first line of a file,
    /// and again when its content was replaced.
    fn identified(&mut self, file: FileId, inode: u64, first_line: u64) {
        let _ = (file, inode, first_line);
    }

    /// A complete line.
    fn line(&mut self, file: FileId, line: Line<'_>);

    /// All lines before `offset` were given.
    fn read(&mut self, file: FileId, offset: u64) {
        let _ = (file, offset);
    }

    /// The file's content was replaced; it is read again from its start.
    fn truncated(&mut self, file: FileId) {
        let _ = file;
    }

    /// A line does not fit; the rest of the file is left alone.
    fn line_too_long(&mut self, file: FileId, name: &str, offset: u64) {
        let _ = (file, name, offset);
    }

    /// The file is no longer followed: all of it was read and committed.
    fn closed(&mut self, file: FileId) {
        let _ = file;
    }
}
