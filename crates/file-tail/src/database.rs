//! Fluent Bit's table of file offsets.
//!
//! The table is that of Fluent Bit 5.1.1 (`in_tail_files`). A table made by 1.8.11 lacks the two marker
//! columns; they are added, as 5.1.1 does. The marker is the XXH3 hash of the (up to 32) bytes before the
//! offset: an inode number that was given to another file does not have them.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};
use xxhash_rust::xxh3::xxh3_64;

use crate::error::Error;

/// How SQLite waits for the disk (`PRAGMA synchronous`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// Never.
    Off,
    /// At the moments that matter.
    #[default]
    Normal,
    /// At every write.
    Full,
    /// At every write, and for the folder too.
    Extra,
}

/// A file's row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Primary key.
    pub id: i64,
    /// The file's name when the row was written.
    pub name: String,
    /// Bytes that need not be read again.
    pub offset: u64,
    /// Inode number.
    pub inode: u64,
    /// Whether the file was rotated.
    pub rotated: bool,
    /// Hash of the bytes before `offset`, and how many they are; 0 bytes when unknown.
    pub marker: (u64, usize),
}

/// The database of one `tail` input.
#[derive(Debug)]
pub struct OffsetDb {
    connection: Connection,
    path: PathBuf,
}

/// Most bytes a marker covers.
pub(crate) const MARKER_BYTES: usize = 32;

/// The marker of the bytes before an offset.
pub(crate) fn marker(before: &[u8]) -> (u64, usize) {
    if before.is_empty() { (0, 0) } else { (xxh3_64(before), before.len()) }
}

const COLUMNS: &str = "id, name, offset, inode, rotated, offset_marker, offset_marker_size";

impl OffsetDb {
    /// Opens or makes the database.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is no such database.
    pub fn open(path: &Path, synchronous: Synchronous, locking: bool) -> Result<Self, Error> {
        Self::connect(path, synchronous, locking).map_err(|error| Error::database(path, error))
    }

    fn connect(path: &Path, synchronous: Synchronous, locking: bool) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        if locking {
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let level = match synchronous {
            Synchronous::Off => 0,
            Synchronous::Normal => 1,
            Synchronous::Full => 2,
            Synchronous::Extra => 3,
        };
        connection.pragma_update(None, "synchronous", level)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS in_tail_files (
               id INTEGER PRIMARY KEY, name TEXT NOT NULL, offset INTEGER, inode INTEGER,
               created INTEGER, rotated INTEGER DEFAULT 0,
               offset_marker INTEGER DEFAULT 0, offset_marker_size INTEGER DEFAULT 0);",
        )?;
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info('in_tail_files')")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for column in ["offset_marker", "offset_marker_size"] {
            if !columns.iter().any(|name| name == column) {
                connection.execute_batch(&format!(
                    "ALTER TABLE in_tail_files ADD COLUMN {column} INTEGER DEFAULT 0"
                ))?;
            }
        }
        Ok(Self { connection, path: path.to_owned() })
    }

    /// The newest row of `inode`, and of `name` too where that is given.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn find(&self, inode: u64, name: Option<&str>) -> Result<Option<Row>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM in_tail_files WHERE inode = ?1 AND (?2 IS NULL OR name = ?2)
             ORDER BY id DESC LIMIT 1"
        );
        self.checked(
            self.connection
                .prepare_cached(&query)
                .and_then(|mut rows| rows.query_row(params![signed(inode), name], read_row).optional()),
        )
    }

    /// All rows, oldest first.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn rows(&self) -> Result<Vec<Row>, Error> {
        let query = format!("SELECT {COLUMNS} FROM in_tail_files ORDER BY id");
        self.checked(
            self.connection.prepare(&query).and_then(|mut rows| rows.query_map([], read_row)?.collect()),
        )
    }

    /// Adds a row and gives its key. `created` is in seconds since the epoch.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn insert(&self, name: &str, inode: u64, offset: u64, created: i64) -> Result<i64, Error> {
        let query = "INSERT INTO in_tail_files (name, offset, inode, created) VALUES (?1, ?2, ?3, ?4)";
        self.checked(
            self.connection
                .prepare_cached(query)
                .and_then(|mut insert| insert.insert(params![name, signed(offset), signed(inode), created])),
        )
    }

    /// Stores offsets (key, offset, bytes before it) in one transaction.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; then none of them is stored.
    pub fn store(&mut self, offsets: &[(i64, u64, Vec<u8>)]) -> Result<(), Error> {
        let stored = (|| {
            let transaction = self.connection.transaction()?;
            {
                let mut update = transaction.prepare_cached(
                    "UPDATE in_tail_files SET offset = ?2, offset_marker = ?3, offset_marker_size = ?4
                     WHERE id = ?1",
                )?;
                for (id, offset, before) in offsets {
                    let (hash, size) = marker(before);
                    update.execute(params![id, signed(*offset), signed(hash), signed(size as u64)])?;
                }
            }
            transaction.commit()
        })();
        self.checked(stored)
    }

    /// Marks a row as that of a rotated file.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn mark_rotated(&self, id: i64) -> Result<(), Error> {
        let query = "UPDATE in_tail_files SET rotated = 1 WHERE id = ?1";
        self.checked(self.connection.execute(query, [id]).map(drop))
    }

    /// Deletes a row.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn delete(&self, id: i64) -> Result<(), Error> {
        self.checked(self.connection.execute("DELETE FROM in_tail_files WHERE id = ?1", [id]).map(drop))
    }

    fn checked<T>(&self, result: rusqlite::Result<T>) -> Result<T, Error> {
        result.map_err(|error| Error::database(&self.path, error))
    }
}

fn read_row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let number = |index| row.get::<_, Option<i64>>(index).map(Option::unwrap_or_default);
    let marker_size = usize::try_from(number(6)?).unwrap_or(0);
    Ok(Row {
        id: row.get(0)?,
        name: row.get(1)?,
        offset: u64::try_from(number(2)?).unwrap_or(0),
        inode: number(3)?.cast_unsigned(),
        rotated: number(4)? != 0,
        marker: (number(5)?.cast_unsigned(), marker_size),
    })
}

/// SQLite's integers are signed; inode numbers and hashes use all 64 bits.
fn signed(number: u64) -> i64 {
    number.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_survive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tail.db");
        let mut db = OffsetDb::open(&path, Synchronous::Normal, false).unwrap();
        let id = db.insert("/logs/a.log", u64::MAX, 5, 1_700_000_000).unwrap();
        db.store(&[(id, 77, b"before".to_vec())]).unwrap();
        drop(db);
        let db = OffsetDb::open(&path, Synchronous::Normal, false).unwrap();
        let row = db.find(u64::MAX, None).unwrap().unwrap();
        assert_eq!((row.offset, row.name.as_str(), row.marker), (77, "/logs/a.log", marker(b"before")));
        assert_eq!(db.find(u64::MAX, Some("/logs/b.log")).unwrap(), None);
        db.delete(id).unwrap();
        assert_eq!(db.rows().unwrap(), []);
    }

    #[test]
    fn a_table_of_1_8_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tail.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(
            "CREATE TABLE in_tail_files (id INTEGER PRIMARY KEY, name TEXT NOT NULL, offset INTEGER,
               inode INTEGER, created INTEGER, rotated INTEGER DEFAULT 0);
             INSERT INTO in_tail_files (name, offset, inode, created) VALUES ('/a', 12, 34, 56);",
        )
        .unwrap();
        drop(old);
        let db = OffsetDb::open(&path, Synchronous::Normal, false).unwrap();
        let row = db.find(34, None).unwrap().unwrap();
        assert_eq!((row.offset, row.marker, row.rotated), (12, (0, 0), false));
    }

    #[test]
    fn a_file_that_is_no_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tail.db");
        std::fs::write(&path, "not a database, but long enough to be looked at as if it were one".repeat(20))
            .unwrap();
        let error = OffsetDb::open(&path, Synchronous::Normal, false).unwrap_err();
        assert!(error.to_string().contains("tail.db"), "{error}");
    }
}
