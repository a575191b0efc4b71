//! When targets are scraped.
//!
//! Times are nanoseconds since 1970, as in Prometheus, so that the same target has the same offset here and there.

use prometheus_labels::LabelSet;

/// The number that keeps two servers from scraping a target at the same moment: FNV-1a of the host's name and the
/// external labels, as Prometheus' manager makes it.
///
/// ```
/// use prometheus_labels::LabelSet;
/// use prometheus_scrape::offset_seed;
///
/// let labels = LabelSet::from([("replica", "1")]);
/// assert_ne!(offset_seed("a.example", &labels), offset_seed("b.example", &labels));
/// ```
#[must_use]
pub fn offset_seed(host: &str, external_labels: &LabelSet) -> u64 {
    let text = format!("{host}{external_labels}");
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How long after `now` the first scrape of a target is due, in nanoseconds.
///
/// It depends on the time alone, never on when the program was started: `identity` (see
/// [`Target::identity`](prometheus_discovery::Target::identity)) and `seed` choose a place in the interval.
///
/// ```
/// use prometheus_scrape::first_scrape;
///
/// let minute = 60_000_000_000;
/// assert_eq!(first_scrape(7, 0, minute, 0), 7);
/// assert_eq!(first_scrape(7, 0, minute, 5), 2);
/// assert_eq!(first_scrape(7, 0, minute, 8), minute - 1);
/// ```
#[must_use]
pub fn first_scrape(identity: u64, seed: u64, interval: u64, now: u64) -> u64 {
    let interval = interval.max(1);
    let next = interval - now % interval + (identity ^ seed) % interval;
    if next > interval { next - interval } else { next }
}

/// Puts the timestamps of scrapes that are a little late on their grid, which compresses better.
///
/// ```
/// use prometheus_scrape::Alignment;
///
/// let mut alignment = Alignment::new(1_000, 1_000_000_000);
/// assert_eq!(alignment.align(1_000), 1_000);
/// // 1.5 ms late is within the tolerance, 3 ms are not.
/// assert_eq!(alignment.align(1_001_501_000), 1_000_001_000);
/// assert_eq!(alignment.align(2_003_001_000), 2_003_001_000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Alignment {
    aligned: u64,
    interval: u64,
}

impl Alignment {
    /// The most that a timestamp is moved: 2 ms, and at most a hundredth of the interval.
    const TOLERANCE: u64 = 2_000_000;

    /// A grid that starts at `start`, in nanoseconds since 1970.
    #[must_use]
    pub fn new(start: u64, interval: u64) -> Self {
        Self { aligned: start, interval: interval.max(1) }
    }

    /// The time of the scrape that starts at `now`, in nanoseconds since 1970.
    pub fn align(&mut self, now: u64) -> u64 {
        let passed = now.saturating_sub(self.aligned);
        self.aligned += passed / self.interval * self.interval;
        let tolerance = Self::TOLERANCE.min(self.interval / 100);
        if now.saturating_sub(self.aligned) <= tolerance { self.aligned } else { now }
    }
}
