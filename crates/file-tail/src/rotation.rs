//! Files that were rotated away before anyone looked.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that is at its path no more.
#[derive(Clone, Debug)]
pub(crate) struct Rotated {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// When it was last written.
    pub(crate) written: SystemTime,
}

/// The file with this inode beside `path`, or beside the file that `path` links to: where rename rotation
/// leaves the old file.
pub(crate) fn find_renamed(path: &Path, inode: u64) -> Option<PathBuf> {
    places(path).iter().filter_map(|place| place.parent()).find_map(|folder| {
        let mut entries: Vec<_> = fs::read_dir(folder).ok()?.filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        entries.into_iter().map(|entry| entry.path()).find(|path| {
            // Not through links: a link to the file stands for its name, not for the renamed file.
            fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.ino() == inode)
        })
    })
}

/// The files that took the place of `old` and were rotated away from there, as their names and their times say;
/// oldest first. Compressed ones are left out: they may be copies of files that were read.
pub(crate) fn passed_over(old: &Rotated) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in places(&old.path) {
        let (Some(folder), Some(name)) = (place.parent(), place.file_name().and_then(|name| name.to_str()))
        else {
            continue;
        };
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let Ok(metadata) = entry.metadata() else { continue };
            let written = metadata.modified().ok().filter(|time| *time > old.written);
            if let Some(time) = written
                && metadata.is_file()
                && entry.file_name().to_str().is_some_and(|other| is_rotated_name(other, name))
            {
                found.push((time, entry.path()));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// `path` and, if it is a link, what it leads to.
fn places(path: &Path) -> Vec<PathBuf> {
    let mut places = vec![path.to_owned()];
    // The end of a chain may be missing in the middle of a rotation; its last link still says where it was.
    let target = fs::canonicalize(path).or_else(|_| {
        let target = fs::read_link(path)?;
        Ok::<_, std::io::Error>(path.parent().unwrap_or(Path::new("")).join(target))
    });
    places.extend(target.ok().filter(|target| target != path));
    places
}

/// Whether `name` is what a rotation makes of `of`: a number or a date behind it, or before its extension.
fn is_rotated_name(name: &str, of: &str) -> bool {
    let is_suffix = |rest: &str| {
        let mark = rest.strip_prefix(['.', '-', '_']).unwrap_or_default();
        let dated = mark.chars().all(|c| c.is_ascii_digit() || "-_.:TZ+".contains(c));
        matches!(mark, "old" | "bak" | "prev") || dated && mark.contains(|c: char| c.is_ascii_digit())
    };
    if name.strip_prefix(of).is_some_and(is_suffix) {
        return true;
    }
    let Some((stem, extension)) = of.rsplit_once('.') else { return false };
    let inner = name.strip_suffix(extension).and_then(|name| name.strip_suffix('.'));
    inner.and_then(|name| name.strip_prefix(stem)).is_some_and(is_suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rotations() {
        for (name, of, expected) in [
            ("a.log.1", "a.log", true),
            ("a.log-20230704", "a.log", true),
            ("0.log.20230704-102030", "0.log", true),
            ("a.log.2023-07-04T10:20:30Z", "a.log", true),
            ("a.log.old", "a.log", true),
            ("a-2023-07-04.log", "a.log", true),
            ("a.1.log", "a.log", true),
            ("syslog.1", "syslog", true),
            ("a.log", "a.log", false),
            ("a.log.", "a.log", false),
            ("a.log.gz", "a.log", false),
            ("a.log.1.gz", "a.log", false),
            ("a-error.log", "a.log", false),
            ("a.log2", "a.log", false),
            ("b.log.1", "a.log", false),
        ] {
            assert_eq!(is_rotated_name(name, of), expected, "{name}");
        }
    }
}
