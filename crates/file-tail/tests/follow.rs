//! Files on a real disk, followed through what happens to them.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use file_tail::{FileId, Handler, Line, LongLines, Tail, TailOptions};
use tempfile::TempDir;

/// Collects lines by the name of their file.
#[derive(Default)]
struct Lines {
    names: BTreeMap<FileId, String>,
    read: BTreeMap<FileId, u64>,
    lines: Vec<(String, String)>,
    truncated: usize,
    too_long: Vec<u64>,
    closed: usize,
}

impl Handler for Lines {
    fn admit(&mut self, file: FileId, name: &str) -> bool {
        let short = Path::new(name).file_name().unwrap().to_string_lossy().into_owned();
        self.names.insert(file, short);
        true
    }
    fn line(&mut self, file: FileId, line: Line<'_>) {
        self.lines.push((self.names[&file].clone(), String::from_utf8_lossy(line.text()).into_owned()));
    }
    fn read(&mut self, file: FileId, offset: u64) {
        self.read.insert(file, offset);
    }
    fn truncated(&mut self, _: FileId) {
        self.truncated += 1;
    }
    fn line_too_long(&mut self, _: FileId, _: &str, offset: u64) {
        self.too_long.push(offset);
    }
    fn closed(&mut self, _: FileId) {
        self.closed += 1;
    }
}

struct World {
    folder: TempDir,
    tail: Tail,
    lines: Lines,
    now: Instant,
    delivering: bool,
}

fn options(folder: &Path) -> TailOptions {
    let mut options = TailOptions::new([format!("{}/*.log", folder.display())]);
    options.read_from_head = true;
    options.rotate_wait = Duration::from_secs(5);
    options
}

/// Keeps offsets in a database beside the files.
fn with_database(options: &mut TailOptions) {
    options.db = Some(Path::new(options.path[0].trim_end_matches("*.log")).join("tail.db"));
}

impl World {
    fn new(change: impl FnOnce(&mut TailOptions)) -> Self {
        Self::start(tempfile::tempdir().unwrap(), Lines::default(), change)
    }

    fn start(folder: TempDir, lines: Lines, change: impl FnOnce(&mut TailOptions)) -> Self {
        let mut options = options(folder.path());
        change(&mut options);
        let tail = Tail::open(options).unwrap();
        Self { folder, tail, lines, now: Instant::now(), delivering: true }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Lets `seconds` pass, as the tail sees it, and everything be read and delivered.
    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        for _ in 0..4 {
            self.tail.poll(self.now, &mut self.lines);
            while self.tail.read(&mut self.lines) {}
            if self.delivering {
                for (file, offset) in std::mem::take(&mut self.lines.read) {
                    self.tail.commit(file, offset);
                }
                self.tail.persist().unwrap();
            }
            self.now += Duration::from_millis(200);
        }
    }

    /// Ends the program without notice and starts it again after `meanwhile`.
    fn restart(self, meanwhile: impl FnOnce(&Self), change: impl FnOnce(&mut TailOptions)) -> Self {
        meanwhile(&self);
        let Self { folder, tail, lines, .. } = self;
        drop(tail);
        Self::start(folder, Lines { names: lines.names, ..Lines::default() }, change)
    }

    #[track_caller]
    fn check(&mut self, expected: &[(&str, &str)]) {
        let found = std::mem::take(&mut self.lines.lines);
        let found: Vec<_> = found.iter().map(|(name, line)| (name.as_str(), line.as_str())).collect();
        assert_eq!(found, expected);
    }

    /// The same where the order between files does not matter.
    #[track_caller]
    fn check_sorted(&mut self, expected: &[(&str, &str)]) {
        self.lines.lines.sort();
        self.check(expected);
    }
}

#[test]
fn grows_line_by_line() {
    let mut world = World::new(|_| {});
    world.append("a.log", "one\ntw");
    world.pass(0);
    world.check(&[("a.log", "one")]);
    world.append("a.log", "o\nthree\n");
    world.pass(1);
    world.check(&[("a.log", "two"), ("a.log", "three")]);
}

#[test]
fn starts_at_the_end_but_reads_new_files_whole() {
    let mut world = World::new(|options| options.read_from_head = false);
    world.append("old.log", "before\n");
    world.pass(0);
    world.append("old.log", "after\n");
    world.append("new.log", "first\n");
    world.pass(1);
    world.check_sorted(&[("new.log", "first"), ("old.log", "after")]);
}

#[test]
fn polls_without_inotify() {
    let mut world = World::new(|options| {
        options.inotify_watcher = false;
        options.refresh_interval = Duration::from_secs(10);
    });
    world.append("a.log", "one\n");
    world.pass(0);
    world.append("a.log", "two\n");
    world.append("b.log", "new\n");
    world.pass(2);
    world.check(&[("a.log", "one"), ("a.log", "two")]);
    world.pass(10);
    world.check(&[("b.log", "new")]);
}

#[test]
fn rename_rotation_loses_nothing() {
    let mut world = World::new(|_| {});
    world.append("a.log", "one\n");
    world.pass(0);
    world.append("a.log", "two\n");
    fs::rename(world.path("a.log"), world.path("a.log.1")).unwrap();
    world.append("a.log", "three\n");
    world.append("a.log.1", "late\n");
    world.pass(1);
    world.check_sorted(&[("a.log", "late"), ("a.log", "one"), ("a.log", "three"), ("a.log", "two")]);
    world.pass(6);
    world.pass(6);
    assert_eq!((world.tail.file_count(), world.lines.closed), (1, 1));
}

#[test]
fn a_rotated_name_that_matches_is_not_read_again() {
    let mut world = World::new(|_| {});
    world.append("a.log", "one\n");
    world.pass(0);
    fs::rename(world.path("a.log"), world.path("a-1.log")).unwrap();
    for _ in 0..4 {
        world.pass(61);
    }
    world.check(&[("a.log", "one")]);
    world.append("a-1.log", "more\n");
    world.pass(61);
    world.check(&[("a-1.log", "more")]);
}

#[test]
fn copy_and_truncate() {
    let mut world = World::new(|_| {});
    world.append("a.log", "one\ntwo\npart");
    world.pass(0);
    fs::copy(world.path("a.log"), world.path("a.copy")).unwrap();
    fs::write(world.path("a.log"), "").unwrap();
    world.append("a.log", "new\n");
    world.pass(1);
    assert_eq!(world.lines.truncated, 1);
    world.check(&[("a.log", "one"), ("a.log", "two"), ("a.log", "new")]);
}

#[test]
fn truncated_and_written_past_the_old_offset() {
    let mut world = World::new(|_| {});
    world.append("a.log", "one\n");
    world.pass(0);
    fs::write(world.path("a.log"), "completely different\nand longer\n").unwrap();
    world.pass(1);
    world.check(&[("a.log", "one"), ("a.log", "completely different"), ("a.log", "and longer")]);
}

#[test]
fn deleted_and_made_again() {
    let mut world = World::new(|_| {});
    world.append("a.log", "one\n");
    world.pass(0);
    world.append("a.log", "two\n");
    fs::remove_file(world.path("a.log")).unwrap();
    world.append("a.log", "three\n");
    world.pass(1);
    world.check_sorted(&[("a.log", "one"), ("a.log", "three"), ("a.log", "two")]);
}

/// The kubelet's layout: the link stays, its target is renamed and made again.
#[test]
fn symbolic_links_are_followed_through_rotation() {
    let mut world = World::new(|_| {});
    fs::create_dir(world.path("pods")).unwrap();
    world.append("pods/0.log", "one\n");
    symlink(world.path("pods/0.log"), world.path("web_default_app.log")).unwrap();
    world.pass(0);
    fs::rename(world.path("pods/0.log"), world.path("pods/0.log.20240101")).unwrap();
    world.append("pods/0.log.20240101", "two\n");
    world.append("pods/0.log", "three\n");
    world.pass(3);
    let name = "web_default_app.log";
    world.check_sorted(&[(name, "one"), (name, "three"), (name, "two")]);
}

#[test]
fn long_lines_stop_or_are_left_out() {
    let long = "x".repeat(200);
    let mut world = World::new(|options| options.longest_line = 100);
    world.append("a.log", &format!("one\n{long}\ntwo\n"));
    world.pass(0);
    world.check(&[("a.log", "one")]);
    assert_eq!(world.lines.too_long, [4]);
    let mut world = World::new(|options| {
        options.longest_line = 100;
        options.long_lines = LongLines::Skip;
        options.read_size = 30;
    });
    world.append("a.log", &format!("one\n{long}\ntwo\n"));
    world.pass(0);
    world.check(&[("a.log", "one"), ("a.log", "two")]);
}

#[test]
fn exclusion_crosses_folders() {
    let mut world = World::new(|options| options.exclude_path = vec!["*/a*g".into()]);
    world.append("a.log", "one\n");
    world.append("b.log", "two\n");
    world.pass(0);
    world.check(&[("b.log", "two")]);
}

#[test]
fn a_restart_reads_on_where_it_was_delivered() {
    let mut world = World::new(with_database);
    world.append("a.log", "one\ntwo\n");
    world.pass(0);
    world.check(&[("a.log", "one"), ("a.log", "two")]);
    // What was read but not delivered is read again.
    world.delivering = false;
    world.append("a.log", "three\n");
    world.pass(1);
    world.check(&[("a.log", "three")]);
    let mut world = world.restart(|world| world.append("a.log", "four\n"), with_database);
    world.pass(0);
    world.check(&[("a.log", "three"), ("a.log", "four")]);
    // Renamed while nobody looked: the rest of the old file comes, and the new one.
    let rotate = |world: &World| {
        world.append("a.log", "five\n");
        fs::rename(world.path("a.log"), world.path("a.log.1")).unwrap();
        world.append("a.log", "six\n");
    };
    let mut world = world.restart(rotate, with_database);
    world.pass(0);
    world.check_sorted(&[("a.log", "five"), ("a.log", "six")]);
    // Replaced by other content under the same inode: it is a new file.
    let replace = |world: &World| fs::write(world.path("a.log"), "something else entirely\n").unwrap();
    let mut world = world.restart(replace, with_database);
    world.pass(0);
    world.check(&[("a.log", "something else entirely")]);
}

#[test]
fn files_that_were_rotated_unseen() {
    let mut world = World::new(with_database);
    world.append("other.log.1", "never followed\n");
    world.append("a.log", "one\n");
    world.pass(0);
    world.check(&[("a.log", "one")]);
    let rotate = |world: &World| {
        // Times of files must differ.
        std::thread::sleep(Duration::from_millis(10));
        if world.path("a.log.1").exists() {
            fs::rename(world.path("a.log.1"), world.path("a.log.2")).unwrap();
        }
        fs::rename(world.path("a.log"), world.path("a.log.1")).unwrap();
    };
    // Twice while nobody looked: the file in the middle was never at its path when a scan came by.
    let meanwhile = |world: &World| {
        world.append("a.log", "two\n");
        rotate(world);
        world.append("a.log", "three\n");
        rotate(world);
        world.append("a.log", "four\n");
    };
    let mut world = world.restart(meanwhile, with_database);
    world.pass(0);
    world.check(&[("a.log", "two"), ("a.log", "three"), ("a.log", "four")]);
    // The same between two scans.
    fs::remove_file(world.path("a.log.2")).unwrap();
    meanwhile(&world);
    world.pass(1);
    world.check_sorted(&[("a.log", "four"), ("a.log", "three"), ("a.log", "two")]);
    world.pass(61);
    world.pass(61);
    world.check(&[]);
}

#[test]
fn new_files_may_start_at_their_end() {
    let mut world = World::new(|options| options.read_newly_discovered_files_from_head = false);
    world.append("a.log", "one\n");
    world.pass(0);
    world.append("b.log", "left out\n");
    world.pass(1);
    world.append("b.log", "two\n");
    world.pass(1);
    world.check(&[("a.log", "one"), ("b.log", "two")]);
    // What takes the place of a rotated file goes on with it.
    fs::rename(world.path("a.log"), world.path("a.log.1")).unwrap();
    world.append("a.log", "three\n");
    world.pass(1);
    world.check(&[("a.log", "three")]);
}

#[test]
fn compressed_files_are_read() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let gzip_too = |options: &mut TailOptions| {
        with_database(options);
        options.path.push(options.path[0].replace("*.log", "*.gz"));
    };
    let mut world = World::new(gzip_too);
    let long = "x".repeat(20_000);
    let bytes = [gzip("one\ntwo\n"), gzip(&format!("three\n{long}\n"))].concat();
    fs::write(world.path("a.gz"), &bytes[..40]).unwrap();
    fs::write(world.path("broken.gz"), "no gzip at all, but text").unwrap();
    world.pass(0);
    world.append("b.log", "plain\n");
    let mut file = OpenOptions::new().append(true).open(world.path("a.gz")).unwrap();
    file.write_all(&bytes[40..]).unwrap();
    world.delivering = false;
    world.pass(1);
    world.check_sorted(&[
        ("a.gz", "one"),
        ("a.gz", "three"),
        ("a.gz", "two"),
        ("a.gz", &long),
        ("b.log", "plain"),
    ]);
    // It can only be read again as a whole, unless all of it was delivered.
    let mut world = world.restart(|_| {}, gzip_too);
    world.pass(0);
    world.check_sorted(&[
        ("a.gz", "one"),
        ("a.gz", "three"),
        ("a.gz", "two"),
        ("a.gz", &long),
        ("b.log", "plain"),
    ]);
    let more = |world: &World| {
        let mut file = OpenOptions::new().append(true).open(world.path("a.gz")).unwrap();
        file.write_all(&gzip("four\n")).unwrap();
    };
    let mut world = world.restart(|_| {}, gzip_too);
    world.pass(0);
    world.check(&[]);
    more(&world);
    world.pass(1);
    world.check(&[("a.gz", "four")]);
}

#[test]
fn an_old_file_keeps_its_offset() {
    let only_young = |options: &mut TailOptions| {
        with_database(options);
        options.ignore_older = Some(Duration::from_secs(3600));
    };
    let mut world = World::new(only_young);
    world.append("a.log", "one\n");
    world.pass(0);
    world.check(&[("a.log", "one")]);
    let grow_old = |world: &World| {
        let file = OpenOptions::new().append(true).open(world.path("a.log")).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(7200)).unwrap();
    };
    let mut world = world.restart(grow_old, only_young);
    world.pass(0);
    assert_eq!(world.tail.file_count(), 0);
    world.append("a.log", "two\n");
    world.pass(61);
    world.check(&[("a.log", "two")]);
}

/// The kernel's queue of events ends somewhere. What happened after that is found all the same, and at once.
#[test]
fn lost_events_are_made_up_for() {
    let most = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let most: usize = most.trim().parse().unwrap();
    // Neither waits for the next regular look or scan.
    let mut world = World::new(|options| {
        options.longest_line = 1 << 30;
        options.refresh_interval = Duration::from_secs(1_000_000);
        options.watcher_interval = Duration::from_secs(1_000_000);
    });
    world.append("a.log", "one\n");
    world.append("b.log", "two\n");
    world.pass(0);
    world.check_sorted(&[("a.log", "one"), ("b.log", "two")]);
    // The kernel counts changes of the same file once, unless there are others in between.
    let mut files =
        ["a.log", "b.log"].map(|name| OpenOptions::new().append(true).open(world.path(name)).unwrap());
    for _ in 0..=most / 2 {
        files.iter_mut().for_each(|file| file.write_all(b"x").unwrap());
    }
    world.append("new.log", "three\n");
    files.iter_mut().for_each(|file| file.write_all(b"\n").unwrap());
    world.pass(0);
    let long = "x".repeat(most / 2 + 1);
    world.check_sorted(&[("a.log", &long), ("b.log", &long), ("new.log", "three")]);
}
