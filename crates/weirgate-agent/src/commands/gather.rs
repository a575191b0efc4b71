//! What questions to `weirgate::api` are asked about: files and surroundings of this machine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::SystemTime;
use std::{env, fs};

use event_model::{Compat, Timestamp};
use fluentbit_config::{Environment, Files, ReadError};
use weirgate::api::{self, Time};
use weirgate_agent::report::visible;
use weirgate_agent::{Disk, Variables};

use super::Release;

/// A file, or standard input where its name is `-`.
pub(super) fn read(name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = match name {
        "-" => io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
        name => fs::read(name),
    };
    read.map_err(|error| format!("{name}: {error}"))
}

/// The same as text.
pub(super) fn read_text(name: &str) -> Result<String, String> {
    String::from_utf8(read(name)?).map_err(|_| format!("{name}: this is no UTF-8 text"))
}

/// The files of a configuration of Fluent Bit: those it includes, and the pod metadata it names.
pub(super) fn configuration(entry: &str, compat: Compat) -> Result<api::Files, String> {
    let disk = Recording { disk: Disk::new(Path::new("")), seen: RefCell::default() };
    disk.read(entry).map_err(|error| format!("{entry}: {error}"))?;
    let variables = Variables { extra: BTreeMap::new(), process: true };
    let (config, _) = fluentbit_config::load(entry, &disk, &variables, compat);
    for folder in config.filters.iter().filter_map(|section| section.str("kube_meta_preload_cache_dir")) {
        for pattern in ["*.meta", "*.namespace_meta"] {
            for file in disk.glob(&format!("{folder}/{pattern}")) {
                // What cannot be read is not known, as for the agent.
                let _ = disk.read(&file);
            }
        }
    }
    Ok(disk.seen.into_inner().into_iter().collect())
}

/// Remembers what was read.
struct Recording {
    disk: Disk,
    seen: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Files for Recording {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes = self.disk.read(path)?;
        self.seen.borrow_mut().insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        self.disk.glob(pattern)
    }

    fn identity(&self, path: &str) -> String {
        self.disk.identity(path)
    }
}

/// The environment variables, and the name of the host.
pub(super) fn environment() -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let host = Variables { extra: BTreeMap::new(), process: true }.hostname();
    if let Some(host) = host {
        variables.entry("HOSTNAME".to_owned()).or_insert(host);
    }
    variables
}

/// The time it is.
pub(super) fn now() -> Time {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos()))
}

/// Whose mistakes to repeat.
pub(super) fn mode(release: Option<Release>) -> api::Mode {
    match release {
        None => api::Mode::Safe,
        Some(Release::V5_1) => api::Mode::V5_1,
        Some(Release::V1_8) => api::Mode::V1_8,
    }
}

/// Writes diagnostics on standard error, as `weirgate check` does. `file` is the name of a text that the question
/// had no name for.
pub(super) fn complain_of(diagnostics: &[api::Diagnostic], file: &str, text: &str) -> io::Result<()> {
    let stderr = io::stderr();
    let draw = stderr.is_terminal();
    let mut out = stderr.lock();
    for problem in diagnostics {
        let (severity, code, message) = (&problem.severity, &problem.code, visible(&problem.message));
        match (problem.line, problem.column) {
            (Some(line), Some(column)) => {
                writeln!(out, "{file}:{line}:{column}: {severity}[{code}]: {message}")?;
                if let (true, Some(source)) = (draw, text.lines().nth(line - 1)) {
                    let same = |c: char| if c == '\t' { '\t' } else { ' ' };
                    let indent: String = source.chars().take(column - 1).map(same).collect();
                    let end = problem.end_column.filter(|_| problem.end_line == problem.line);
                    let carets = "^".repeat(end.map_or(1, |end| end.saturating_sub(column).clamp(1, 100)));
                    let width = line.to_string().len();
                    let source = visible(source);
                    writeln!(out, "{:width$} |\n{line} | {source}\n{:width$} | {indent}{carets}", "", "")?;
                }
            }
            _ => writeln!(out, "{file}: {severity}[{code}]: {message}")?,
        }
        if let Some(help) = &problem.help {
            writeln!(out, "  help: {}", visible(help))?;
        }
    }
    Ok(())
}
