//! What tells a file from others in its place.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use file_tail::{FileId, Handler, Line, Tail, TailOptions};

/// What was told, in order: identities as inode and first line, and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Identity(u64, u64),
    Line(String),
}

#[derive(Default)]
struct Listener(Vec<Told>);

impl Handler for Listener {
    fn identified(&mut self, _: FileId, inode: u64, first_line: u64) {
        self.0.push(Told::Identity(inode, first_line));
    }
    fn line(&mut self, _: FileId, line: Line<'_>) {
        self.0.push(Told::Line(String::from_utf8_lossy(line.text()).into_owned()));
    }
}

/// The identities of a file after each step, and the lines; a step is the whole new content of the file, which
/// is written in its place.
fn check(steps: &[&str], restart: bool, lines: &[&str]) -> Vec<Told> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let open = || {
        let mut options = TailOptions::new([path.display().to_string()]);
        options.read_from_head = true;
        Tail::open(options).unwrap()
    };
    let (mut tail, mut told, mut now) = (open(), Listener::default(), Instant::now());
    for step in steps {
        write(&path, step);
        if restart {
            tail = open();
        }
        now += Duration::from_secs(5);
        tail.poll(now, &mut told);
        while tail.read(&mut told) {}
    }
    let (identities, found): (Vec<_>, Vec<_>) =
        told.0.iter().cloned().partition(|told| matches!(told, Told::Identity(..)));
    let lines: Vec<_> = lines.iter().map(|line| Told::Line((*line).to_owned())).collect();
    assert_eq!(found, lines);
    assert!(matches!(told.0.first(), Some(Told::Identity(..))), "lines came before the identity");
    identities
}

/// Rotates the file at the worst moment: after it was found and before it is opened.
struct Rotating<'p> {
    path: &'p Path,
    rotated: bool,
    lines: Vec<String>,
}

impl Handler for Rotating<'_> {
    fn admit(&mut self, _: FileId, _: &str) -> bool {
        if !std::mem::replace(&mut self.rotated, true) {
            fs::rename(self.path, self.path.with_extension("log.1")).unwrap();
            write(self.path, "new\n");
        }
        true
    }
    fn line(&mut self, _: FileId, line: Line<'_>) {
        self.lines.push(String::from_utf8_lossy(line.text()).into_owned());
    }
}

#[test]
fn a_file_that_is_rotated_before_it_is_opened_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    write(&path, "old\n");
    let mut options = TailOptions::new([path.display().to_string()]);
    options.read_from_head = true;
    let mut tail = Tail::open(options).unwrap();
    let mut handler = Rotating { path: &path, rotated: false, lines: Vec::new() };
    let mut now = Instant::now();
    for _ in 0..3 {
        tail.poll(now, &mut handler);
        while tail.read(&mut handler) {}
        now += Duration::from_secs(61);
    }
    handler.lines.sort();
    assert_eq!(handler.lines, ["new", "old"]);
}

/// Writes without making a new file.
fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[test]
fn the_same_as_long_as_the_file_grows() {
    let identities = check(&["par", "part\ntwo\n", "part\ntwo\nthree\n"], false, &["part", "two", "three"]);
    assert_eq!(identities.len(), 1);
}

#[test]
fn the_same_after_a_restart() {
    let identities = check(&["one\n", "one\ntwo\n"], true, &["one", "one", "two"]);
    assert_eq!(identities.len(), 2);
    assert_eq!(identities[0], identities[1]);
}

#[test]
fn another_when_the_content_was_replaced() {
    let identities = check(&["one\ntwo\n", "new\n"], false, &["one", "two", "new"]);
    assert_eq!(identities.len(), 2);
    assert_ne!(identities[0], identities[1]);
}
