//! Where configuration files come from.

use std::collections::BTreeMap;
use std::fmt;

/// Reads the files a configuration names. The caller decides what a path means.
pub trait Files {
    /// The content of the file at `path`.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] makes the reader try the next place the file may be in; any other error is
    /// reported.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// The paths that match `pattern`, a shell pattern with `*`, `?` and `[…]` that do not match `/`. The
    /// order is the order the files are read in.
    fn glob(&self, pattern: &str) -> Vec<String>;

    /// What tells one file from another: two paths with the same identity are the same file. The default is
    /// the path without `.`, `..` and doubled slashes.
    fn identity(&self, path: &str) -> String {
        normalize(path)
    }
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such file.
    NotFound,
    /// Anything else, in words.
    Other(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no such file"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ReadError {}

/// Files held in memory, for tests, for configuration that arrives as text, and where there is no disk.
///
/// ```
/// use fluentbit_config::{Files, MemoryFiles};
///
/// let files = MemoryFiles::from([("conf/main.conf", "[SERVICE]\n"), ("conf/a.conf", ""), ("conf/b.txt", "")]);
/// assert_eq!(files.read("conf/./main.conf").unwrap(), b"[SERVICE]\n");
/// assert_eq!(files.glob("conf/*.conf"), ["conf/a.conf", "conf/main.conf"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFiles {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, replacing one of the same path.
    pub fn insert(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(normalize(path), content.into());
    }
}

impl<const N: usize> From<[(&str, &str); N]> for MemoryFiles {
    fn from(files: [(&str, &str); N]) -> Self {
        let mut memory = Self::new();
        for (path, content) in files {
            memory.insert(path, content);
        }
        memory
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.files.get(&normalize(path)).cloned().ok_or(ReadError::NotFound)
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        let pattern = normalize(pattern);
        self.files.keys().filter(|path| matches(pattern.as_bytes(), path.as_bytes())).cloned().collect()
    }
}

/// `path` without `.`, `..` and doubled slashes, as far as the text alone tells.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}

/// Whether `path` matches the shell pattern; backtracks to the last `*` only, so time is at most the product
/// of the lengths.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(at), path.get(position)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                star = Some((at + 1, position));
                at += 1;
                continue;
            }
            (Some(_), Some(byte)) => one(&pattern[at..], *byte),
            _ => None,
        };
        if let Some(length) = step {
            at += length;
            position += 1;
            continue;
        }
        match star {
            Some((after, tried)) if path.get(tried).is_some_and(|byte| *byte != b'/') => {
                star = Some((after, tried + 1));
                (at, position) = (after, tried + 1);
            }
            _ => return false,
        }
    }
}

/// How many bytes of `pattern` match `byte`, if its first element does.
fn one(pattern: &[u8], byte: u8) -> Option<usize> {
    match pattern.first()? {
        b'?' => (byte != b'/').then_some(1),
        b'[' => {
            let Some(close) = pattern.iter().skip(2).position(|b| *b == b']').map(|at| at + 2) else {
                return (byte == b'[').then_some(1);
            };
            let (negated, set) = match pattern[1] {
                b'!' | b'^' => (true, &pattern[2..close]),
                _ => (false, &pattern[1..close]),
            };
            (byte != b'/' && in_set(set, byte) != negated).then_some(close + 1)
        }
        literal => (*literal == byte).then_some(1),
    }
}

fn in_set(set: &[u8], byte: u8) -> bool {
    let mut rest = set;
    while let Some((first, tail)) = rest.split_first() {
        match tail {
            [b'-', last, after @ ..] => {
                if (*first..=*last).contains(&byte) {
                    return true;
                }
                rest = after;
            }
            _ => {
                if *first == byte {
                    return true;
                }
                rest = tail;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), expected, "{pattern} on {path}");
    }

    #[test]
    fn shell_patterns() {
        check("a/*.conf", "a/x.conf", true);
        check("a/*.conf", "a/b/x.conf", false);
        check("*/*.conf", "a/x.conf", true);
        check("a/?.conf", "a/x.conf", true);
        check("a/?.conf", "a/xy.conf", false);
        check("a/[w-y].conf", "a/x.conf", true);
        check("a/[!w-y].conf", "a/x.conf", false);
        check("a/[.conf", "a/[.conf", true);
        check("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
        check("*", "", true);
    }

    #[test]
    fn normal_paths() {
        for (path, expected) in
            [("a//b/./c", "a/b/c"), ("a/../b", "b"), ("/../a", "/a"), ("../a", "../a"), ("/", "/")]
        {
            assert_eq!(normalize(path), expected);
        }
    }
}
