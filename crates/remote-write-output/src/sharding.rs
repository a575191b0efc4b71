//! How many shards there should be: Prometheus' calculation, without a clock.

use std::time::Duration;

/// How often the number is worked out.
pub(crate) const PERIOD: Duration = Duration::from_secs(10);

/// The weight of the last period in an average.
const WEIGHT: f64 = 0.2;
/// Numbers that differ less from the one there is change nothing.
const TOLERANCE: f64 = 0.3;
/// The share of the backlog that is to be caught up with in a second.
const CATCH_UP: f64 = 0.05;
/// With a longer backlog, in seconds, there are not to be fewer shards.
const LONGEST_BACKLOG: f64 = 10.0;

/// What happened in a period. Exemplars count as samples.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Samples that were appended, those that were dropped included.
    pub(crate) appended: u64,
    pub(crate) dropped: u64,
    /// Samples that were accepted or refused.
    pub(crate) settled: u64,
    /// How long their requests took together, pauses included.
    pub(crate) sending: Duration,
    /// How far the last sample sent is behind the last one appended.
    pub(crate) behind: Duration,
}

/// Averages of what was seen.
#[derive(Debug)]
pub(crate) struct Sharding {
    least: usize,
    most: usize,
    appended: Average,
    dropped: Average,
    settled: Average,
    sending: Average,
}

/// A rate, the last periods counting most.
#[derive(Debug, Default)]
struct Average(Option<f64>);

impl Average {
    /// Takes what a period had and gives the average for a second. Nothing counts before the first event.
    #[expect(clippy::cast_precision_loss, reason = "rates are far below 2^53")]
    fn add(&mut self, events: u64) -> f64 {
        let rate = events as f64 / PERIOD.as_secs_f64();
        self.0 = match self.0 {
            Some(before) => Some(before + WEIGHT * (rate - before)),
            None => (events > 0).then_some(rate),
        };
        self.0.unwrap_or(0.0)
    }
}

impl Sharding {
    /// With a least and a greatest number of shards.
    pub(crate) fn new(least: usize, most: usize) -> Self {
        let average = Average::default;
        Self { least, most, appended: average(), dropped: average(), settled: average(), sending: average() }
    }

    /// Takes what was seen in a period with so many shards. Gives the number there should be from now on.
    pub(crate) fn next(&mut self, shards: usize, seen: &Seen) -> usize {
        let appended = self.appended.add(seen.appended);
        let dropped = self.dropped.add(seen.dropped);
        let settled = self.settled.add(seen.settled);
        let sending = self.sending.add(u64::try_from(seen.sending.as_nanos()).unwrap_or(u64::MAX)) / 1e9;
        if settled <= 0.0 {
            return shards;
        }
        let behind = seen.behind.as_secs_f64();
        let to_send = appended * settled / (dropped + settled);
        let backlog = behind * to_send;
        let desired = sending / settled * (to_send + CATCH_UP * backlog);
        self.settle_on(shards, desired, behind, seen)
    }

    fn settle_on(&self, shards: usize, desired: f64, behind: f64, seen: &Seen) -> usize {
        #[expect(clippy::cast_precision_loss, reason = "there are few shards")]
        let now = shards as f64;
        let wanted = desired.ceil();
        if (now * (1.0 - TOLERANCE)..=now * (1.0 + TOLERANCE)).contains(&wanted) {
            return shards;
        }
        // Without an answer in the whole period the rates say nothing: the receiver is away.
        if wanted < now && behind > LONGEST_BACKLOG || seen.settled == 0 {
            return shards;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what does not fit is cut off"
        )]
        let wanted = wanted as usize;
        wanted.clamp(self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Seen, Sharding};

    /// Periods in which 1000 samples a second come, and as many go with requests that take `per_sample` each, give these
    /// numbers of shards.
    #[track_caller]
    fn check(limits: (usize, usize), start: usize, periods: &[(u32, u64)], expected: &[usize]) {
        let mut sharding = Sharding::new(limits.0, limits.1);
        let mut shards = start;
        let counts = periods.iter().map(|(micros, behind)| {
            let sending = Duration::from_micros(u64::from(*micros)) * 10_000;
            let behind = Duration::from_secs(*behind);
            shards = sharding
                .next(shards, &Seen { appended: 10_000, dropped: 0, settled: 10_000, sending, behind });
            shards
        });
        assert_eq!(counts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn shards_follow_the_time_that_sending_takes() {
        // One request at a time takes 0.1, 2.5 and 30 seconds for what comes in a second.
        check((1, 50), 1, &[(100, 0); 3], &[1, 1, 1]);
        check((1, 50), 1, &[(2500, 0); 3], &[3, 3, 3]);
        check((1, 8), 1, &[(30_000, 0); 2], &[8, 8]);
        // 2.0 to 2.6 is not far from 2.
        check((1, 50), 2, &[(1500, 0), (2400, 0), (2400, 0)], &[2, 2, 2]);
        check((2, 50), 5, &[(100, 0)], &[2]);
    }

    #[test]
    fn a_backlog_asks_for_more_and_keeps_what_there_is() {
        check((1, 50), 1, &[(1000, 60)], &[4]);
        check((1, 50), 10, &[(1000, 11), (1000, 9)], &[10, 2]);
    }

    #[test]
    fn averages_follow_slowly() {
        check((1, 50), 1, &[(500, 0), (5000, 0), (5000, 0), (5000, 0)], &[1, 2, 3, 3]);
    }

    #[test]
    fn without_answers_nothing_changes() {
        let mut sharding = Sharding::new(1, 50);
        let seen = Seen { appended: 10_000, ..Seen::default() };
        assert_eq!(sharding.next(3, &seen), 3);
        let sending = Duration::from_secs(100);
        assert_eq!(sharding.next(3, &Seen { settled: 10_000, sending, ..seen }), 10);
        assert_eq!(sharding.next(3, &seen), 3);
        // Half of the samples are dropped by rules.
        let mut sharding = Sharding::new(1, 50);
        let half = Seen { appended: 10_000, dropped: 5000, settled: 5000, sending, ..seen };
        assert_eq!(sharding.next(1, &half), 10);
    }
}
