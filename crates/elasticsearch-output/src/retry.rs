//! How often, and after how long, something is sent again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// How often something is sent again before it is given up (`Retry_Limit`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryLimit {
    /// So many times.
    Times(u32),
    /// Until it is delivered.
    Unlimited,
}

impl RetryLimit {
    /// Reads the value of `Retry_Limit`. `None` if it is neither a positive number nor one of `no_limits`,
    /// `false`, `off`, `no_retries`; Fluent Bit takes such a value for 1.
    ///
    /// ```
    /// use elasticsearch_output::RetryLimit;
    ///
    /// assert_eq!(RetryLimit::parse("no_limits"), Some(RetryLimit::Unlimited));
    /// assert_eq!(RetryLimit::parse("no_retries"), Some(RetryLimit::Times(0)));
    /// assert_eq!(RetryLimit::parse("3"), Some(RetryLimit::Times(3)));
    /// assert_eq!(RetryLimit::parse("never"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "no_limits" | "false" | "off" => Some(Self::Unlimited),
            "no_retries" => Some(Self::Times(0)),
            number => number.parse().ok().filter(|times| *times > 0).map(Self::Times),
        }
    }

    /// Whether something that failed `attempts` times may be sent again.
    #[must_use]
    pub fn allows(self, attempts: u32) -> bool {
        match self {
            Self::Times(times) => attempts <= times,
            Self::Unlimited => true,
        }
    }
}

/// How long to wait before something is sent again: a random point of Fluent Bit's growing range
/// (`scheduler.base` and `scheduler.cap`), and a little longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The least of the range.
    pub base: Duration,
    /// The most of the range.
    pub cap: Duration,
    /// What is added to each wait: one second in Fluent Bit.
    pub pause: Duration,
}

impl Backoff {
    /// Waits between `base` and twice, four times, … as long, but no longer than `cap`; and one second.
    #[must_use]
    pub fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap, pause: Duration::from_secs(1) }
    }

    /// The wait after the failure number `attempts`, at `point` of the range (0 to 1).
    ///
    /// ```
    /// use std::time::Duration;
    /// use elasticsearch_output::Backoff;
    ///
    /// let backoff = Backoff::default();
    /// assert_eq!(backoff.wait(1, 0.0), Duration::from_secs(6));
    /// assert_eq!(backoff.wait(1, 1.0), Duration::from_secs(11));
    /// assert_eq!(backoff.wait(60, 1.0), Duration::from_secs(2001));
    /// ```
    #[must_use]
    pub fn wait(&self, attempts: u32, point: f64) -> Duration {
        let factor = 1_u32.checked_shl(attempts).unwrap_or(u32::MAX);
        let most = self.base.saturating_mul(factor).min(self.cap);
        let least = self.base.min(most);
        least + (most - least).mul_f64(point.clamp(0.0, 1.0)) + self.pause
    }

    /// The wait after the failure number `attempts`, at a random point of the range.
    pub(crate) fn random_wait(&self, attempts: u32) -> Duration {
        // The standard library seeds each of these anew, which is random enough to spread senders out.
        let bits = RandomState::new().build_hasher().finish() >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
        self.wait(attempts, bits as f64 / (1_u64 << 53) as f64)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(Duration::from_secs(5), Duration::from_secs(2000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert!(RetryLimit::Times(1).allows(1));
        assert!(!RetryLimit::Times(1).allows(2));
        assert!(!RetryLimit::Times(0).allows(1));
        assert!(RetryLimit::Unlimited.allows(u32::MAX));
        for text in ["0", "-1", "", "1x", "sometimes"] {
            assert_eq!(RetryLimit::parse(text), None, "{text}");
        }
        assert_eq!(RetryLimit::parse("FALSE"), Some(RetryLimit::Unlimited));
    }

    #[test]
    fn waits_grow_up_to_the_cap() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(8));
        let most: Vec<_> = (1..6).map(|attempts| backoff.wait(attempts, 1.0).as_secs()).collect();
        assert_eq!(most, [3, 5, 9, 9, 9]);
        for attempts in 0..100 {
            let wait = backoff.random_wait(attempts);
            assert!((2..=9).contains(&wait.as_secs()), "{wait:?}");
        }
        // A cap below the base wins.
        assert_eq!(Backoff::new(Duration::from_secs(9), Duration::from_secs(2)).wait(1, 0.5).as_secs(), 3);
    }
}
