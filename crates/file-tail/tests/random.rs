//! Whatever happens to a log file that people do to log files, each of its lines is delivered once.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use file_tail::{FileId, Handler, Line, Synchronous, Tail, TailOptions};

/// Numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Lines that were read and wait to be delivered, by file, each with the offset after it.
#[derive(Default)]
struct Delivery {
    waiting: BTreeMap<FileId, VecDeque<(u64, String)>>,
    read: BTreeMap<FileId, u64>,
    delivered: Vec<String>,
    truncated: usize,
}

impl Handler for Delivery {
    fn line(&mut self, file: FileId, line: Line<'_>) {
        let end = line.offset + line.raw.len() as u64 + 1;
        let text = String::from_utf8_lossy(line.raw).into_owned();
        self.waiting.entry(file).or_default().push_back((end, text));
    }
    fn read(&mut self, file: FileId, offset: u64) {
        self.read.insert(file, offset);
    }
    fn truncated(&mut self, file: FileId) {
        self.truncated += 1;
        self.read.insert(file, 0);
    }
    fn closed(&mut self, file: FileId) {
        assert!(self.waiting.remove(&file).is_none_or(|lines| lines.is_empty()));
        self.read.remove(&file);
    }
}

/// A log file, its rotations and its reader.
struct World {
    folder: tempfile::TempDir,
    inotify: bool,
    tail: Option<Tail>,
    delivery: Delivery,
    now: Instant,
    written: u64,
    random: Random,
}

impl World {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pods")).unwrap();
        symlink("pods/0.log", folder.path().join("link.log")).unwrap();
        let mut random = Random(seed);
        let inotify = random.below(2) == 0;
        let now = Instant::now();
        let mut world =
            Self { folder, inotify, tail: None, delivery: Delivery::default(), now, written: 0, random };
        world.start();
        // A file that nobody has ever seen cannot be missed.
        world.append("a.log");
        world.append("pods/0.log");
        world.read(true);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&mut self) {
        let mut options = TailOptions::new([self.path("*.log").to_string_lossy().into_owned()]);
        options.read_from_head = true;
        options.inotify_watcher = self.inotify;
        options.rotate_wait = Duration::from_secs(5);
        options.db = Some(self.path("tail.db"));
        options.db_sync = Synchronous::Off;
        options.read_size = 1 + usize::try_from(self.random.below(200)).unwrap();
        options.first_file = self.written << 20;
        self.tail = Some(Tail::open(options).unwrap());
    }

    /// Ends the reader without notice: what was not delivered will be read again.
    fn kill(&mut self) {
        self.tail = None;
        self.delivery.waiting.clear();
        self.delivery.read.clear();
    }

    fn append(&mut self, name: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        for _ in 0..=self.random.below(4) {
            self.written += 1;
            writeln!(
                file,
                "line {} {}",
                self.written,
                "x".repeat(usize::try_from(self.random.below(30)).unwrap())
            )
            .unwrap();
        }
    }

    /// Moves `name` to `name.1`, that to `name.2` and so on; nothing is thrown away.
    fn rotate(&self, name: &str) {
        let numbered = |number| self.path(&format!("{name}.{number}"));
        let last = (1..).find(|number| !numbered(*number).exists()).unwrap();
        for number in (1..last).rev() {
            fs::rename(numbered(number), numbered(number + 1)).unwrap();
        }
        if self.path(name).exists() {
            fs::rename(self.path(name), numbered(1)).unwrap();
        }
    }

    /// Lets time pass, and reads. Some of it is delivered, or all.
    fn read(&mut self, all: bool) {
        let Some(tail) = &mut self.tail else { return };
        let rounds = if all { 200 } else { 1 + self.random.below(3) };
        for _ in 0..rounds {
            self.now += Duration::from_millis(300);
            tail.poll(self.now, &mut self.delivery);
            let mut more = true;
            while more && (all || self.random.below(4) > 0) {
                more = tail.read(&mut self.delivery);
            }
            for (file, lines) in &mut self.delivery.waiting {
                let most = if all { u64::MAX } else { self.random.below(lines.len() as u64 + 1) };
                let mut end = None;
                for _ in 0..most.min(lines.len() as u64) {
                    let (offset, line) = lines.pop_front().unwrap();
                    self.delivery.delivered.push(line);
                    end = Some(offset);
                }
                if lines.is_empty() {
                    end = self.delivery.read.get(file).copied().or(end);
                }
                end.into_iter().for_each(|end| tail.commit(*file, end));
            }
            tail.persist().unwrap();
        }
    }

    fn step(&mut self) {
        let name = ["a.log", "pods/0.log"][usize::try_from(self.random.below(2)).unwrap()];
        match self.random.below(20) {
            0..8 => self.append(name),
            8..14 => self.read(false),
            14..17 => {
                self.rotate(name);
                // Names are told apart by time, which file systems keep coarsely.
                std::thread::sleep(Duration::from_millis(5));
                self.append(name);
            }
            17 => {
                // A copy and truncation, or a deletion: lines that were not read are lost with any reader.
                self.read(true);
                if self.tail.is_none() {
                    return;
                }
                if self.random.below(2) == 0 && self.path(name).exists() {
                    fs::copy(self.path(name), self.path("copy")).unwrap();
                    OpenOptions::new().write(true).open(self.path(name)).unwrap().set_len(0).unwrap();
                    self.read(true);
                } else {
                    let _ = fs::remove_file(self.path(name));
                    self.append(name);
                    self.read(true);
                }
            }
            _ if self.tail.is_some() => self.kill(),
            _ => self.start(),
        }
    }
}

#[test]
fn each_line_is_delivered_once() {
    for seed in 0..30 {
        let mut world = World::new(seed);
        for _ in 0..60 {
            world.step();
        }
        if world.tail.is_none() {
            world.start();
        }
        world.read(true);
        let mut numbers: Vec<u64> = world
            .delivery
            .delivered
            .iter()
            .map(|line| line.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap())
            .collect();
        numbers.sort_unstable();
        let expected: Vec<u64> = (1..=world.written).collect();
        let missing: Vec<_> = expected.iter().filter(|number| !numbers.contains(number)).collect();
        assert!(missing.is_empty(), "seed {seed}: not delivered: {missing:?}");
        assert_eq!(numbers, expected, "seed {seed}: delivered twice");
    }
}
