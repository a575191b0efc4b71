//! Which file an include means, and whether it may be read.

use event_model::Compat;
use source_text::{Diagnostic, Span};

use crate::files::{Files, ReadError};

/// 5.1 gives up after this many files.
const MOST_FILES: usize = 1000;
/// How deep includes may be nested. Fluent Bit has no limit; 1.8 recurses until it crashes.
const DEEPEST: usize = 100;

/// The files read so far from one entry file.
pub(super) struct Includes {
    entry: String,
    compat: Compat,
    /// 5.1: identities of all files ever opened. 1.8: paths of all files read to their end.
    seen: Vec<String>,
    depth: usize,
    count: usize,
}

impl Includes {
    pub(super) fn new(entry: &str, compat: Compat) -> Self {
        Self { entry: entry.to_owned(), compat, seen: Vec::new(), depth: 0, count: 0 }
    }

    /// Notes that the entry file was opened.
    pub(super) fn enter(&mut self, path: &str, files: &dyn Files) {
        self.depth += 1;
        self.count += 1;
        if self.compat != Compat::V1_8 {
            self.seen.push(files.identity(path));
        }
    }

    /// The path of the one file `path` names: as it is given, or below the folder of the entry file.
    pub(super) fn find(&self, path: &str, span: Span, files: &dyn Files) -> Result<String, Box<Diagnostic>> {
        resolve(path, &self.entry, files).ok_or_else(|| {
            let mut problem = Diagnostic::error(
                "missing-include",
                span,
                format!("the included file `{path}` does not exist"),
            );
            let trimmed = path.split(" #").next().unwrap_or(path).trim_end();
            problem = if trimmed.len() < path.len() {
                problem
                    .help("everything after `@INCLUDE ` is the path, spaces and comments too")
                    .fix(span.part(trimmed.len(), path.len()), "")
            } else {
                problem
                    .help("a relative path starts at the folder of the main file, not of the including one")
            };
            Box::new(problem)
        })
    }

    /// The paths `pattern` matches, which is relative to the folder of the entry file.
    pub(super) fn glob(
        &self,
        pattern: &str,
        span: Span,
        files: &dyn Files,
    ) -> Result<Vec<String>, Box<Diagnostic>> {
        let full = if pattern.starts_with('/') { pattern.to_owned() } else { beside(&self.entry, pattern) };
        let found = files.glob(&full);
        if found.is_empty() {
            let problem = Diagnostic::error("missing-include", span, format!("no file matches `{pattern}`"))
                .help(format!("the pattern was looked up as `{full}`"));
            return Err(Box::new(problem));
        }
        Ok(found)
    }

    /// Opens an included file unless it was read before.
    pub(super) fn enter_once(
        &mut self,
        path: &str,
        span: Span,
        files: &dyn Files,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let key = if self.compat == Compat::V1_8 { path.to_owned() } else { files.identity(path) };
        if self.seen.contains(&key) {
            let message = format!("the file `{path}` is read twice");
            return Err(Box::new(Diagnostic::error("repeated-include", span, message)));
        }
        if self.depth >= DEEPEST {
            let message = format!("includes are nested more than {DEEPEST} deep");
            return Err(Box::new(Diagnostic::error("nested-includes", span, message)));
        }
        if self.count >= MOST_FILES && self.compat != Compat::V1_8 {
            let message = format!("more than {MOST_FILES} files");
            return Err(Box::new(Diagnostic::error("too-many-files", span, message)));
        }
        let bytes = files.read(path).map_err(|error| {
            let message = format!("cannot read `{path}`: {error}");
            Box::new(Diagnostic::error("unreadable-file", span, message))
        })?;
        self.depth += 1;
        self.count += 1;
        if self.compat != Compat::V1_8 {
            self.seen.push(key);
        }
        Ok(bytes)
    }

    /// Notes that an included file was read to its end.
    pub(super) fn leave(&mut self, path: &str) {
        self.depth -= 1;
        if self.compat == Compat::V1_8 {
            self.seen.push(path.to_owned());
        }
    }
}

/// The path under which a file exists: `path` itself, or `path` below the folder of `entry`.
pub(super) fn resolve(path: &str, entry: &str, files: &dyn Files) -> Option<String> {
    let exists = |path: &str| !matches!(files.read(path), Err(ReadError::NotFound));
    if exists(path) {
        return Some(path.to_owned());
    }
    if path.starts_with('/') {
        return None;
    }
    let beside = beside(entry, path);
    exists(&beside).then_some(beside)
}

/// `path` in the folder of `entry`.
fn beside(entry: &str, path: &str) -> String {
    match entry.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}
