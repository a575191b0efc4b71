//! Cases recorded from Fluent Bit: the agent runs each in a folder of its own, and the facade in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use event_model::{Compat, Timestamp};
use weirgate_agent::{Control, Mode, Options, load, run};

use crate::memory;
use crate::node::Node;
use crate::record::{self, Seen};
use crate::stub::{Request, Stub};
use crate::text::{lines_match, matches, printable};

/// What a run of the agent left.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) failed: Option<String>,
    pub(crate) records: Vec<Seen>,
    pub(crate) stdout: String,
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) requests: Vec<Request>,
}

/// Runs a case for each release it has expectations for. `Err` says what differs.
pub(crate) fn check(case: &Node) -> Result<(), String> {
    for (version, expected) in case.get("expect").map_or(&[][..], Node::map) {
        let compat = match version.as_str() {
            "5.1.1" => Compat::V5_1,
            "1.8.11" => Compat::V1_8,
            other => return Err(format!("unknown release {other}")),
        };
        let folder = folder().map_err(|error| error.to_string())?;
        let outcome = run_case(case, compat, folder.path()).map_err(|error| format!("{version}: {error}"))?;
        compare(case, expected, &outcome, folder.path())
            .map_err(|difference| format!("{version}: {difference}"))?;
        memory::check(case, compat, expected)
            .map_err(|difference| format!("{version}, in memory: {difference}"))?;
    }
    Ok(())
}

/// A new folder whose name holds only digits, so that no pattern of a case matches in it.
fn folder() -> io::Result<tempfile::TempDir> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    tempfile::Builder::new().prefix(&format!("{}0{number}", std::process::id())).rand_bytes(0).tempdir()
}

fn run_case(case: &Node, compat: Compat, folder: &Path) -> io::Result<Outcome> {
    let responses = case.get("responses").map_or(&[][..], Node::list);
    let stub = Stub::start(responses)?;
    let fill = |text: &str| {
        text.replace("{DIR}", &folder.to_string_lossy())
            .replace("{DIR_DOTTED}", &dotted(folder))
            .replace("{PORT}", &stub.port.to_string())
    };
    fs::create_dir_all(folder.join("logs"))?;
    fs::create_dir_all(folder.join("out"))?;
    for (below, files) in [("", case.get("files")), ("logs", case.get("inputs"))] {
        for (name, content) in files.map_or(&[][..], Node::map) {
            write_file(&folder.join(below).join(name), content, &fill)?;
        }
    }
    let records = Arc::new(Mutex::new(Vec::new()));
    let stdout = Arc::new(Mutex::new(Vec::new()));
    let mut options = Options::new(case.get("main").and_then(Node::text).unwrap_or("fluent-bit.conf"));
    options.config = folder.join(&options.config).to_string_lossy().into_owned();
    options.base = folder.to_owned();
    options.mode = Mode::FluentBit(compat);
    options.process_variables = false;
    options.variables = case
        .get("env")
        .map_or(&[][..], Node::map)
        .iter()
        .map(|(name, value)| (name.clone(), fill(value.text().unwrap_or_default())))
        .collect();
    options.stdout = Box::new(Shared(Arc::clone(&stdout)));
    let captured = Arc::clone(&records);
    options.capture = Some(Box::new(move |tag, record| lock(&captured).push(Seen::new(tag, record))));
    let mut outcome = Outcome::default();
    if matches!(case.get("dry_run"), Some(Node::Bool(true))) {
        let loaded = load(&options);
        let found = loaded
            .diagnostics
            .iter()
            .find(|problem| problem.is_error() && fluentbit_config::is_found_by_dry_run(problem, compat));
        outcome.failed = found.map(|problem| loaded.config.sources.render(problem));
        return Ok(outcome);
    }
    let control = Control::new()?;
    // No case is to run for ever.
    let stop_after = match case.get("stop_after") {
        Some(Node::Float(seconds)) => Duration::from_secs_f64(*seconds),
        Some(Node::Int(seconds)) => Duration::from_secs(u64::try_from(*seconds).unwrap_or(5)),
        _ => Duration::from_secs(12),
    };
    let (stopper, ended) = (control.clone(), Arc::new((Mutex::new(false), std::sync::Condvar::new())));
    let watched = Arc::clone(&ended);
    let timer = thread::spawn(move || {
        let guard = lock(&watched.0);
        let _ = watched.1.wait_timeout_while(guard, stop_after, |ended| !*ended);
        stopper.stop();
    });
    outcome.failed = run(options, &control).err().map(|error| error.to_string());
    *lock(&ended.0) = true;
    ended.1.notify_all();
    let _ = timer.join();
    outcome.records = std::mem::take(&mut *lock(&records));
    outcome.stdout = printable(&lock(&stdout));
    read_files(&folder.join("out"), "", &mut outcome.files)?;
    outcome.requests = stub.requests();
    Ok(outcome)
}

/// Compares what is expected with what a run left. A run without HTTP has no headers to compare.
pub(crate) fn compare(case: &Node, expected: &Node, outcome: &Outcome, folder: &Path) -> Result<(), String> {
    let fill = |text: &str| {
        text.replace("{DIR}", &folder.to_string_lossy()).replace("{DIR_DOTTED}", &dotted(folder))
    };
    let expected = expected.map_text(&fill);
    let fatal = expected.get("error").and_then(|error| error.get("fatal")) == Some(&Node::Bool(true));
    let crash = expected.get("crash").is_some();
    match (&outcome.failed, fatal || crash) {
        (None, false) | (Some(_), true) => {}
        // It crashed when it was stopped with a message pending; ours goes on.
        (None, true) if crash && case.get("stop_after").is_some() => return Ok(()),
        (Some(error), false) => return Err(format!("should start, but: {error}")),
        (None, true) => return Err("starts, but should not".to_owned()),
    }
    if fatal || crash {
        return Ok(());
    }
    if expected.get("malformed").is_some() {
        // What left Fluent Bit was no record any more; there is nothing to be equal to.
        return Ok(());
    }
    if let Some(records) = expected.get("records") {
        compare_records(records.list(), outcome)?;
    }
    if let Some(stdout) = expected.get("stdout") {
        // 1.8.11 prints some of its warnings there too.
        let wanted =
            stdout.list().iter().filter_map(Node::text).filter(|line| !line.starts_with("\t\t\t\tat line"));
        let wanted: Vec<&str> = wanted.collect();
        let colourless = without_colours(&outcome.stdout);
        let found: Vec<&str> = colourless.split('\n').filter(|line| !line.is_empty()).collect();
        if !lines_match(&wanted, &found) {
            return Err(format!("stdout\n  expected {wanted:?}\n  found    {found:?}"));
        }
    }
    if let Some(files) = expected.get("out_files") {
        compare_files(files.map(), &outcome.files)?;
    }
    if let Some(requests) = expected.get("http") {
        compare_requests(requests.list(), &outcome.requests)?;
    }
    Ok(())
}

fn compare_records(expected: &[Node], outcome: &Outcome) -> Result<(), String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(0) - 30, 0);
    let mut found: Vec<&Seen> = outcome.records.iter().collect();
    found.sort_by(|a, b| a.tag.as_bytes().cmp(b.tag.as_bytes()));
    let show = |seen: &Seen| {
        format!(
            "{} {}.{:09} {} {}",
            seen.tag, seen.time.seconds, seen.time.nanoseconds, seen.record, seen.metadata
        )
    };
    if expected.len() != found.len() {
        let found: Vec<String> = found.iter().map(|seen| show(seen)).collect();
        return Err(format!("{} records expected, found {found:#?}", expected.len()));
    }
    let empty = Node::Map(Vec::new());
    for (expected, seen) in expected.iter().zip(found) {
        let metadata = expected.get("metadata").unwrap_or(&empty);
        let same = expected.get("tag").and_then(Node::text) == Some(&seen.tag)
            && expected.get("time").is_some_and(|time| record::time_matches(time, seen.time, now))
            && expected.get("record").is_some_and(|wanted| record::matches(wanted, &seen.record))
            && record::matches(metadata, &seen.metadata);
        if !same {
            return Err(format!("record\n  expected {expected}\n  found    {}", show(seen)));
        }
    }
    Ok(())
}

fn compare_files(expected: &[(String, Node)], found: &BTreeMap<String, String>) -> Result<(), String> {
    let mut wanted: Vec<&String> = expected.iter().map(|(name, _)| name).collect();
    wanted.sort();
    if !wanted.iter().copied().eq(found.keys()) {
        return Err(format!("files\n  expected {wanted:?}\n  found    {:?}", found.keys()));
    }
    for (name, content) in expected {
        let (content, found) = (content.text().unwrap_or_default(), &found[name]);
        let lines: [Vec<&str>; 2] = [content.split('\n').collect(), found.split('\n').collect()];
        if !lines_match(&lines[0], &lines[1]) {
            return Err(format!("file {name}\n  expected {content:?}\n  found    {found:?}"));
        }
    }
    Ok(())
}

fn compare_requests(expected: &[Node], found: &[Request]) -> Result<(), String> {
    let same = |expected: &Node, found: &Request| {
        let text = |name| expected.get(name).and_then(Node::text).unwrap_or_default();
        let headers = expected.get("headers").map_or(&[][..], Node::map);
        let headers = if found.headers.is_empty() { &[][..] } else { headers };
        text("method") == found.method
            && matches(text("path"), &found.path)
            && headers.iter().all(|(name, value)| found.header(name) == value.text())
            && matches(text("body"), &found.text())
    };
    let show =
        |found: &Request| format!("{} {} {:?}\n{}", found.method, found.path, found.headers, found.text());
    if expected.len() != found.len() {
        let found: Vec<String> = found.iter().map(show).collect();
        return Err(format!(
            "{} requests expected, found {}:\n{}",
            expected.len(),
            found.len(),
            found.join("\n")
        ));
    }
    let mut left: Vec<&Request> = found.iter().collect();
    for expected in expected {
        let Some(at) = left.iter().position(|found| same(expected, found)) else {
            let left: Vec<String> = left.iter().map(|found| show(found)).collect();
            return Err(format!("request\n  expected {expected}\n  found    {}", left.join("\n")));
        };
        left.remove(at);
    }
    Ok(())
}

fn write_file(path: &Path, content: &Node, fill: &impl Fn(&str) -> String) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match content {
        Node::Text(text) => fs::write(path, fill(text)),
        other => match (other.get("base64").and_then(Node::text), other.get("link").and_then(Node::text)) {
            (Some(base64), _) => fs::write(path, STANDARD.decode(base64).map_err(io::Error::other)?),
            (_, Some(target)) => symlink(fill(target), path),
            _ => Err(io::Error::other("unknown content of a file")),
        },
    }
}

fn read_files(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_files(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, printable(&fs::read(entry.path())?));
        }
    }
    Ok(())
}

pub(crate) fn dotted(folder: &Path) -> String {
    folder.to_string_lossy().trim_start_matches('/').replace('/', ".")
}

/// The recordings have lost the colours that records can hold.
fn without_colours(text: &str) -> String {
    let mut rest = text;
    let mut clean = String::new();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        clean.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';').map_or(after.len(), |end| end + 1);
        rest = after.get(end..).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A standard output that is kept.
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
