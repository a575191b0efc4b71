//! The files that a command is given: by name, below a folder, or on standard input.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{fs, mem};

use fluentbit_config::{Files, ReadError};
use weirgate_agent::Disk;

/// Files on the disk, and standard input under a name.
#[derive(Debug)]
pub(super) struct Inputs {
    disk: Disk,
    stdin: Option<(String, Vec<u8>)>,
}

/// A file to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    /// Whether somebody named the file; if not, it stands below a folder that was named.
    pub(super) is_given: bool,
}

impl Inputs {
    /// The files that `names` stand for. `-` is standard input, which goes by the name `stdin`; a folder stands for
    /// the files below it whose names end as those of configurations and manifests.
    pub(super) fn gather(names: &[String], stdin: &str) -> Result<(Self, Vec<Named>), String> {
        let mut inputs = Self { disk: Disk::new(Path::new("")), stdin: None };
        let mut found = Vec::new();
        for name in names {
            if name == "-" && inputs.stdin.is_none() {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("-: {error}"))?;
                inputs.stdin = Some((stdin.to_owned(), bytes));
                found.push(Named { name: stdin.to_owned(), is_given: true });
            } else if Path::new(name).is_dir() {
                found.extend(below(Path::new(name))?);
            } else {
                found.push(Named { name: name.clone(), is_given: true });
            }
        }
        Ok((inputs, found))
    }

    /// Whether the name is that of standard input, which nobody can write to.
    pub(super) fn is_stdin(&self, name: &str) -> bool {
        self.stdin.as_ref().is_some_and(|(stdin, _)| stdin == name)
    }
}

impl Files for Inputs {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match &self.stdin {
            Some((name, bytes)) if name == path => Ok(bytes.clone()),
            _ => self.disk.read(path),
        }
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        self.disk.glob(pattern)
    }

    fn identity(&self, path: &str) -> String {
        if self.is_stdin(path) { path.to_owned() } else { self.disk.identity(path) }
    }
}

/// The files below a folder in the order of their names. Links to folders and what begins with a dot are left out.
fn below(folder: &Path) -> Result<Vec<Named>, String> {
    const ENDINGS: [&str; 4] = ["conf", "yaml", "yml", "prom"];
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while !folders.is_empty() {
        for folder in mem::take(&mut folders) {
            let unreadable = |error: io::Error| format!("{}: {error}", folder.display());
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let (path, kind) = (entry.path(), entry.file_type().map_err(unreadable)?);
                if entry.file_name().as_encoded_bytes().starts_with(b".") {
                    continue;
                }
                if kind.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end == *known)) {
                    found.push(path);
                }
            }
        }
    }
    found.sort();
    let named = |path: PathBuf| Named { name: path.to_string_lossy().into_owned(), is_given: false };
    Ok(found.into_iter().map(named).collect())
}
