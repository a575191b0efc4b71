//! Finding files.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use glob::{MatchOptions, Pattern};
use pipeline_core::follow::Identity;

use crate::error::Error;
use crate::options::TailOptions;

/// A file that matches.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The path by which it was found; relative if the pattern was.
    pub(crate) name: String,
    /// The same, usable from anywhere.
    pub(crate) path: PathBuf,
    pub(crate) identity: Identity,
}

/// The patterns of a tail.
#[derive(Debug)]
pub(crate) struct Discovery {
    patterns: Vec<Wanted>,
    exclude: Vec<Pattern>,
    ignore_older: Option<Duration>,
}

#[derive(Debug)]
struct Wanted {
    pattern: Pattern,
    text: String,
    base: Option<PathBuf>,
}

/// fnmatch(3) without flags.
const FNMATCH: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};
/// glob(3).
const GLOB: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

impl Discovery {
    pub(crate) fn new(options: &TailOptions) -> Result<Self, Error> {
        let compile = |text: &str| Pattern::new(text).map_err(|error| Error::pattern(text, &error));
        let patterns = options.path.iter().map(|text| {
            // glob(3) knows no recursive `**`, and `GLOB_TILDE` stands for the home folder.
            let mut text = at_home(text).unwrap_or_else(|| text.clone());
            while text.contains("**") {
                text = text.replace("**", "*");
            }
            let base = options.base.clone().filter(|_| Path::new(&text).is_relative());
            Ok(Wanted { pattern: compile(&text)?, text, base })
        });
        Ok(Self {
            patterns: patterns.collect::<Result<_, _>>()?,
            exclude: options.exclude_path.iter().map(|text| compile(text)).collect::<Result<_, _>>()?,
            ignore_older: options.ignore_older,
        })
    }

    /// The regular files that match now, in the order of the patterns and then of their names.
    pub(crate) fn find(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for wanted in &self.patterns {
            let whole = match &wanted.base {
                Some(base) => {
                    format!("{}/{}", Pattern::escape(&base.to_string_lossy()), wanted.text)
                }
                None => wanted.text.clone(),
            };
            let Ok(paths) = glob::glob_with(&whole, GLOB) else { continue };
            for path in paths.filter_map(Result::ok) {
                let name =
                    wanted.base.as_ref().and_then(|base| path.strip_prefix(base).ok()).unwrap_or(&path);
                let name = name.to_string_lossy().into_owned();
                if self.excludes(&name) {
                    continue;
                }
                // Follows symbolic links: the file counts, not the link.
                let Ok(metadata) = fs::metadata(&path) else { continue };
                if metadata.is_file() && !self.is_too_old(&metadata) {
                    found.push(Found { name, path, identity: identity(&metadata) });
                }
            }
        }
        found
    }

    /// Whether a file of this name is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.patterns.iter().any(|wanted| wanted.pattern.matches_with(name, GLOB)) && !self.excludes(name)
    }

    /// The folders in which new files can appear, as far as they are named without wildcards.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let mut folders: Vec<PathBuf> = self
            .patterns
            .iter()
            .filter_map(|wanted| {
                let parent = Path::new(&wanted.text).parent()?;
                let plain = !parent.to_string_lossy().contains(['*', '?', '[']);
                plain.then(|| wanted.base.as_deref().unwrap_or(Path::new("")).join(parent))
            })
            .collect();
        folders.sort();
        folders.dedup();
        folders
    }

    fn excludes(&self, name: &str) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches_with(name, FNMATCH))
    }

    fn is_too_old(&self, metadata: &fs::Metadata) -> bool {
        let age = || SystemTime::now().duration_since(metadata.modified().ok()?).ok();
        self.ignore_older.is_some_and(|most| age().is_some_and(|age| age > most))
    }
}

/// A pattern below the home folder of this user.
fn at_home(text: &str) -> Option<String> {
    let rest = text.strip_prefix('~').filter(|rest| rest.starts_with('/'))?;
    let home = std::env::var("HOME").ok().filter(|home| !home.is_empty())?;
    Some(format!("{}{rest}", Pattern::escape(&home)))
}

pub(crate) fn identity(metadata: &fs::Metadata) -> Identity {
    Identity { device: metadata.dev(), inode: metadata.ino() }
}
