//! Which file an include means, and whether it may be read.

use std::collections::BTreeSet;

use event_model::Compat;
use source_text::{Diagnostic, Span};

use crate::files::{Files, ReadError};
use crate::tree::Form;

/// 5.1 gives up after this many files.
const MOST_FILES: usize = 1000;
/// How deep includes may be nested. Fluent Bit has no limit.
const DEEPEST: usize = 100;

/// Where an include stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) form: Form,
    /// The path of the file it stands in.
    pub(super) including: &'a str,
    pub(super) span: Span,
}

/// The files read so far from one entry file.
pub(super) struct Includes {
    entry: String,
    compat: Compat,
    /// What may not be read again. Classic 5.1: identities of all files opened. YAML: their paths. 1.8: paths
    /// of the files read to their end.
    seen: BTreeSet<String>,
    /// Identities of the files that are being read, each included by the one before.
    open: Vec<String>,
    count: usize,
}

impl Includes {
    pub(super) fn new(entry: &str, compat: Compat) -> Self {
        Self { entry: entry.to_owned(), compat, seen: BTreeSet::new(), open: Vec::new(), count: 0 }
    }

    /// Notes that the entry file was opened.
    pub(super) fn enter(&mut self, path: &str, files: &dyn Files) {
        self.open.push(files.identity(path));
        self.count += 1;
        if self.compat != Compat::V1_8 {
            self.seen.insert(self.key(path, Form::of_path(path), files));
        }
    }

    /// The paths of the files an include names: with a `*` all that match, else the one.
    pub(super) fn find(
        &self,
        path: &str,
        place: Place<'_>,
        files: &dyn Files,
    ) -> Result<Vec<String>, Box<Diagnostic>> {
        if path.contains('*') {
            return self.glob(path, place, files);
        }
        let found = match place.form {
            Form::Classic => resolve(path, &self.entry, files),
            Form::Yaml => Some(beside(place.including, path)).filter(|path| exists(path, files)),
        };
        found.map(|found| vec![found]).ok_or_else(|| {
            let span = place.span;
            let problem = Diagnostic::error(
                "missing-include",
                span,
                format!("the included file `{path}` does not exist"),
            );
            let trimmed = path.split(" #").next().unwrap_or(path).trim_end();
            Box::new(match place.form {
                Form::Yaml => problem.help("a relative path starts at the folder of this file"),
                Form::Classic if trimmed.len() < path.len() => problem
                    .help("everything after `@INCLUDE ` is the path, spaces and comments too")
                    .fix(span.part(trimmed.len(), path.len()), ""),
                Form::Classic => problem
                    .help("a relative path starts at the folder of the main file, not of the including one"),
            })
        })
    }

    /// The paths `pattern` matches.
    fn glob(
        &self,
        pattern: &str,
        place: Place<'_>,
        files: &dyn Files,
    ) -> Result<Vec<String>, Box<Diagnostic>> {
        let base = match place.form {
            Form::Classic => self.entry.as_str(),
            Form::Yaml => place.including,
        };
        let full = beside(base, pattern);
        let found = files.glob(&full);
        if !found.is_empty() {
            return Ok(found);
        }
        let message = format!("no file matches `{pattern}`");
        // The YAML reader mistakes the length of a relative pattern for success.
        let problem = match place.form {
            Form::Yaml if !pattern.starts_with('/') => {
                Diagnostic::warning("missing-include", place.span, message)
            }
            _ => Diagnostic::error("missing-include", place.span, message),
        };
        Err(Box::new(problem.help(format!("the pattern was looked up as `{full}`"))))
    }

    /// Opens an included file unless it was read before.
    pub(super) fn open(
        &mut self,
        path: &str,
        place: Place<'_>,
        files: &dyn Files,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let error = |code, message| Err(Box::new(Diagnostic::error(code, place.span, message)));
        let key = self.key(path, place.form, files);
        let identity = files.identity(path);
        if self.open.contains(&identity) {
            return error(
                "include-cycle",
                format!("the file `{path}` includes itself, perhaps through others"),
            );
        }
        if self.seen.contains(&key) {
            return error("repeated-include", format!("the file `{path}` is read twice"));
        }
        if self.open.len() >= DEEPEST {
            return error("nested-includes", format!("includes are nested more than {DEEPEST} deep"));
        }
        if self.count >= MOST_FILES {
            return error("too-many-files", format!("the configuration has more than {MOST_FILES} files"));
        }
        let bytes = match files.read(path) {
            Ok(bytes) => bytes,
            Err(reason) => return error("unreadable-file", format!("cannot read `{path}`: {reason}")),
        };
        self.open.push(identity);
        self.count += 1;
        if self.compat != Compat::V1_8 {
            self.seen.insert(key);
        }
        Ok(bytes)
    }

    /// Notes that an included file was read to its end.
    pub(super) fn leave(&mut self, path: &str, form: Form) {
        self.open.pop();
        if self.compat == Compat::V1_8 && form == Form::Classic {
            self.seen.insert(path.to_owned());
        }
    }

    fn key(&self, path: &str, form: Form, files: &dyn Files) -> String {
        if self.compat == Compat::V1_8 || form == Form::Yaml { path.to_owned() } else { files.identity(path) }
    }
}

/// The path under which a file exists: `path` itself, or `path` below the folder of `entry`.
pub(super) fn resolve(path: &str, entry: &str, files: &dyn Files) -> Option<String> {
    if exists(path, files) {
        return Some(path.to_owned());
    }
    Some(beside(entry, path)).filter(|beside| beside != path && exists(beside, files))
}

fn exists(path: &str, files: &dyn Files) -> bool {
    !matches!(files.read(path), Err(ReadError::NotFound))
}

/// `path` in the folder of `file`, unless it is absolute.
fn beside(file: &str, path: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => format!("{folder}/{path}"),
        _ => path.to_owned(),
    }
}
