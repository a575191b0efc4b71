//! What is kept about the series of a target between scrapes.
//!
//! An [`Entry`] is a series as the target writes it, a [`Slot`] one as it is stored: several ways of writing may come
//! to the same label set.

use std::sync::Arc;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::Series;

/// No entry.
const NONE: u32 = u32::MAX;

/// The series of a target by the bytes it writes them with, and by their labels.
///
/// The bytes are not kept, only 128 bits of hash: a target with a million series is common enough, and one that wants
/// to mistake two of its own series for each other would have to know the seed.
#[derive(Debug)]
pub(crate) struct Cache {
    /// The number of the scrape; the first is 2, so that nothing was ever seen in the one before the first.
    iteration: u32,
    seed: u64,
    entries: Vec<Entry>,
    free_entries: Vec<u32>,
    by_key: HashTable<u32>,
    slots: Vec<Slot>,
    free_slots: Vec<u32>,
    by_labels: HashTable<u32>,
    /// The entry found last, and the one that followed it in the scrape before.
    last: u32,
    expected: u32,
    first: u32,
    /// How many entries this scrape has seen.
    seen: usize,
    /// How many slots are tracked in this scrape, in the one before, and in both.
    tracked: usize,
    tracked_before: usize,
    tracked_twice: usize,
    /// How many entries there were after the last success.
    after_success: usize,
}

#[derive(Debug)]
struct Entry {
    hash: u128,
    /// What it is stored as; `NONE` if a rule drops it.
    slot: u32,
    seen: u32,
    /// The entry that followed it when it was seen last.
    next: u32,
}

/// A series as it is stored.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) series: Arc<Series>,
    /// The entries that come to it, and whether a series about the scrape does.
    users: u32,
    /// The last scrape in which its end was to be noticed.
    tracked: u32,
    /// The time and bits of the last sample; no sample has the smallest time there is.
    last_ms: i64,
    last_bits: u64,
    pub(crate) is_histogram: bool,
}

impl Slot {
    fn new(series: Series) -> Self {
        let series = Arc::new(series);
        Self { series, users: 0, tracked: 0, last_ms: i64::MIN, last_bits: 0, is_histogram: false }
    }

    /// The time and bits of the last sample.
    pub(crate) fn last(&self) -> Option<(i64, u64)> {
        (self.last_ms > i64::MIN).then_some((self.last_ms, self.last_bits))
    }

    pub(crate) fn set_last(&mut self, timestamp_ms: i64, bits: u64) {
        (self.last_ms, self.last_bits) = (timestamp_ms, bits);
    }
}

/// The part of a hash that a table needs.
fn low(hash: u128) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the other half is compared")]
    let low = hash as u64;
    low
}

/// What is known of a series as the target writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing.
    New,
    /// A rule drops it.
    Dropped,
    /// It is stored as this slot.
    Stored {
        slot: u32,
        /// Whether this scrape has it already.
        repeated: bool,
    },
}

impl Cache {
    /// An empty cache. The seed makes it hard for a target to slow the look-up down.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            iteration: 2,
            seed,
            entries: Vec::new(),
            free_entries: Vec::new(),
            by_key: HashTable::new(),
            slots: Vec::new(),
            free_slots: Vec::new(),
            by_labels: HashTable::new(),
            last: NONE,
            expected: NONE,
            first: NONE,
            seen: 0,
            tracked: 0,
            tracked_before: 0,
            tracked_twice: 0,
            after_success: 0,
        }
    }

    /// Goes back to the first series.
    pub(crate) fn rewind(&mut self) {
        (self.last, self.expected) = (NONE, self.first);
    }

    /// Finds a series, which counts as seen in this scrape from now on.
    ///
    /// Targets write their series in the same order each time: then no table is asked.
    pub(crate) fn find(&mut self, key: &[u8]) -> Known {
        let hash = xxh3_128_with_seed(key, self.seed);
        let expected = self.entries.get(self.expected as usize).filter(|entry| entry.hash == hash);
        let at = match expected {
            Some(_) => self.expected,
            None => {
                let entries = &self.entries;
                let equal = |at: &u32| entries.get(*at as usize).is_some_and(|entry| entry.hash == hash);
                match self.by_key.find(low(hash), equal) {
                    Some(at) => *at,
                    None => return Known::New,
                }
            }
        };
        self.follow(at);
        let Some(entry) = self.entries.get_mut(at as usize) else { return Known::New };
        let repeated = entry.seen == self.iteration;
        if !repeated {
            entry.seen = self.iteration;
            self.seen += 1;
        }
        self.expected = entry.next;
        match entry.slot {
            NONE => Known::Dropped,
            slot => Known::Stored { slot, repeated },
        }
    }

    /// Remembers a new series, and what it is stored as.
    pub(crate) fn insert(&mut self, key: &[u8], slot: Option<u32>) {
        let hash = xxh3_128_with_seed(key, self.seed);
        let entry = Entry { hash, slot: slot.unwrap_or(NONE), seen: self.iteration, next: self.expected };
        let at = match self.free_entries.pop() {
            Some(at) => {
                if let Some(free) = self.entries.get_mut(at as usize) {
                    *free = entry;
                }
                at
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        };
        let entries = &self.entries;
        self.by_key
            .insert_unique(low(hash), at, |at| entries.get(*at as usize).map_or(0, |entry| low(entry.hash)));
        self.seen += 1;
        self.follow(at);
        if let Some(slot) = slot.and_then(|slot| self.slots.get_mut(slot as usize)) {
            slot.users += 1;
        }
    }

    /// Sets which entry comes after the last one.
    fn follow(&mut self, at: u32) {
        match self.entries.get_mut(self.last as usize) {
            Some(last) => last.next = at,
            None => self.first = at,
        }
        self.last = at;
    }

    /// The slot of these labels, a new one if there is none.
    pub(crate) fn slot_of(&mut self, series: Series) -> u32 {
        let hash = series.hash64();
        let slots = &self.slots;
        let equal =
            |at: &u32| slots.get(*at as usize).is_some_and(|slot| slot.series.labels() == series.labels());
        if let Some(at) = self.by_labels.find(hash, equal) {
            return *at;
        }
        let slot = Slot::new(series);
        let at = match self.free_slots.pop() {
            Some(at) => {
                if let Some(free) = self.slots.get_mut(at as usize) {
                    *free = slot;
                }
                at
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        let slots = &self.slots;
        self.by_labels
            .insert_unique(hash, at, |at| slots.get(*at as usize).map_or(0, |slot| slot.series.hash64()));
        at
    }

    /// Keeps the slot for as long as the cache is there.
    pub(crate) fn pin(&mut self, slot: u32) {
        if let Some(slot) = self.slots.get_mut(slot as usize) {
            slot.users += 1;
        }
    }

    /// Gives the slot back if no entry has come to it.
    pub(crate) fn release_unused(&mut self, at: u32) {
        if self.slots.get(at as usize).is_some_and(|slot| slot.users == 0) {
            self.remove_slot(at);
        }
    }

    pub(crate) fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize)
    }

    pub(crate) fn slot_mut(&mut self, slot: u32) -> Option<&mut Slot> {
        self.slots.get_mut(slot as usize)
    }

    /// Whether a series with these labels is stored.
    pub(crate) fn holds(&self, series: &Series) -> Option<&Slot> {
        let slots = &self.slots;
        let equal =
            |at: &u32| slots.get(*at as usize).is_some_and(|slot| slot.series.labels() == series.labels());
        self.by_labels.find(series.hash64(), equal).and_then(|at| self.slots.get(*at as usize))
    }

    /// Makes it count if the series is not in the next scrape.
    pub(crate) fn track(&mut self, slot: u32) {
        let Some(slot) = self.slots.get_mut(slot as usize) else { return };
        if slot.tracked != self.iteration {
            self.tracked_twice += usize::from(slot.tracked.wrapping_add(1) == self.iteration);
            self.tracked += 1;
            slot.tracked = self.iteration;
        }
    }

    /// The slots that were tracked in the scrape before and are not in this one.
    pub(crate) fn ended(&self) -> impl Iterator<Item = u32> {
        let (some, before) = (self.tracked_twice < self.tracked_before, self.iteration.wrapping_sub(1));
        let slots = if some { self.slots.as_slice() } else { &[] };
        (0..).zip(slots).filter(move |(_, slot)| slot.users > 0 && slot.tracked == before).map(|(at, _)| at)
    }

    /// Ends the scrape. After one that succeeded, what it did not have is forgotten; after others only if that has
    /// become too much.
    pub(crate) fn finish(&mut self, success: bool) {
        let count = self.by_key.len();
        // The heuristic of Prometheus: doubled, and a thousand more.
        let forget = success || count > self.after_success * 2 + 1000;
        if success {
            self.after_success = count;
        }
        if forget && self.seen < count {
            self.forget_unseen();
        }
        self.tracked_before = std::mem::take(&mut self.tracked);
        self.tracked_twice = 0;
        self.seen = 0;
        self.iteration = self.iteration.wrapping_add(1);
    }

    /// How many ways of writing a series are known, and how many series are stored.
    pub(crate) fn len(&self) -> (usize, usize) {
        (self.by_key.len(), self.by_labels.len())
    }

    fn forget_unseen(&mut self) {
        let (entries, iteration) = (&self.entries, self.iteration);
        let is_seen = |at: u32| entries.get(at as usize).is_some_and(|entry| entry.seen == iteration);
        let mut gone = Vec::new();
        self.by_key.retain(|at| {
            let keep = is_seen(*at);
            if !keep {
                gone.push(*at);
            }
            keep
        });
        // The order of a table says nothing.
        gone.sort_unstable();
        for at in gone {
            self.free_entries.push(at);
            let Some(entry) = self.entries.get_mut(at as usize) else { continue };
            // Nothing that is written has this hash.
            entry.hash = 0;
            let at = std::mem::replace(&mut entry.slot, NONE);
            let Some(slot) = self.slots.get_mut(at as usize) else { continue };
            slot.users -= 1;
            if slot.users == 0 {
                self.remove_slot(at);
            }
        }
    }

    fn remove_slot(&mut self, at: u32) {
        let Some(slot) = self.slots.get(at as usize) else { return };
        if let Ok(found) = self.by_labels.find_entry(slot.series.hash64(), |other| *other == at) {
            found.remove();
            self.free_slots.push(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_labels::LabelSet;

    use super::{Cache, Known};
    use crate::Series;

    /// Scrapes `keys` and gives those of the last scrape that are missing; a key is written `series/variant`.
    fn scrape(cache: &mut Cache, keys: &[&str]) -> Vec<String> {
        cache.rewind();
        for key in keys {
            let slot = match cache.find(key.as_bytes()) {
                Known::Stored { slot, .. } => slot,
                Known::Dropped => continue,
                Known::New => {
                    let name = key.split('/').next().unwrap_or_default();
                    let slot = cache.slot_of(Series::new(LabelSet::from([("__name__", name)])));
                    cache.insert(key.as_bytes(), Some(slot));
                    slot
                }
            };
            cache.track(slot);
        }
        let ended = cache.ended().filter_map(|slot| cache.slot(slot));
        let ended =
            ended.map(|slot| slot.series.labels().get("__name__").unwrap_or_default().to_owned()).collect();
        cache.finish(true);
        ended
    }

    #[track_caller]
    fn check(scrapes: &[(&[&str], &[&str])]) {
        let mut cache = Cache::new(1);
        for (keys, ended) in scrapes {
            assert_eq!(scrape(&mut cache, keys), *ended, "{keys:?}");
            let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
            assert_eq!(cache.len().0, distinct.len(), "only what was seen is kept");
        }
    }

    #[test]
    fn series_end_when_they_are_missing() {
        check(&[
            (&["a", "b", "c"], &[]),
            (&["a", "c"], &["b"]),
            (&["c", "a", "b"], &[]),
            (&[], &["a", "b", "c"]),
        ]);
        check(&[(&["a", "b"], &[]), (&["x", "a", "y", "b", "z"], &[]), (&["z"], &["a", "b", "x", "y"])]);
    }

    #[test]
    fn what_was_forgotten_is_new_when_it_comes_again_in_its_old_place() {
        let mut cache = Cache::new(1);
        scrape(&mut cache, &["a", "b"]);
        scrape(&mut cache, &["a"]);
        cache.rewind();
        assert!(matches!(cache.find(b"a"), Known::Stored { .. }));
        assert_eq!(cache.find(b"b"), Known::New);
    }

    #[test]
    fn a_series_written_in_another_way_goes_on() {
        check(&[(&["a/1"], &[]), (&["a/2"], &[]), (&["a/2", "a/1"], &[]), (&["b"], &["a"])]);
    }
}
