//! Names: which are allowed, and which mean something to Prometheus.

use std::{error, fmt, str::FromStr};

/// The label that holds the name of the metric.
pub const METRIC_NAME: &str = "__name__";
/// The host and port of a target.
pub const ADDRESS: &str = "__address__";
/// The scheme of a target's URL.
pub const SCHEME: &str = "__scheme__";
/// The path of a target's URL.
pub const METRICS_PATH: &str = "__metrics_path__";
/// How often a target is scraped.
pub const SCRAPE_INTERVAL: &str = "__scrape_interval__";
/// How long a scrape of a target may take.
pub const SCRAPE_TIMEOUT: &str = "__scrape_timeout__";
/// The scrape configuration a target belongs to.
pub const JOB: &str = "job";
/// The target a series was scraped from.
pub const INSTANCE: &str = "instance";
/// What labels start with that are not shown on a target and not attached to its series.
pub const RESERVED_PREFIX: &str = "__";
/// What labels start with that service discovery adds and that end with target relabelling.
pub const META_PREFIX: &str = "__meta_";
/// What labels start with that become parameters of a target's URL.
pub const PARAM_PREFIX: &str = "__param_";

/// Which names of labels and metrics are allowed.
///
/// ```
/// use prometheus_labels::NameScheme;
///
/// assert!(NameScheme::Utf8.allows_label("my.label"));
/// assert!(!NameScheme::Legacy.allows_label("my.label"));
/// assert!(NameScheme::Legacy.allows_metric("job:requests:rate5m"));
/// assert_eq!("legacy".parse(), Ok(NameScheme::Legacy));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two schemes Prometheus has")]
pub enum NameScheme {
    /// Any text but the empty one: the default since Prometheus 3.0.
    #[default]
    Utf8,
    /// `[a-zA-Z_][a-zA-Z0-9_]*`, and also `:` for metrics: all there was before.
    Legacy,
}

impl NameScheme {
    /// The word for it in a configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Legacy => "legacy",
        }
    }

    /// Whether a label may have this name.
    #[must_use]
    pub fn allows_label(self, name: &str) -> bool {
        match self {
            Self::Utf8 => !name.is_empty(),
            Self::Legacy => is_legacy(name, |byte| byte == b'_'),
        }
    }

    /// Whether a metric may have this name.
    #[must_use]
    pub fn allows_metric(self, name: &str) -> bool {
        match self {
            Self::Utf8 => !name.is_empty(),
            Self::Legacy => is_legacy(name, |byte| matches!(byte, b'_' | b':')),
        }
    }
}

impl fmt::Display for NameScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for NameScheme {
    type Err = UnknownScheme;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "utf8" => Ok(Self::Utf8),
            "legacy" => Ok(Self::Legacy),
            _ => Err(UnknownScheme),
        }
    }
}

/// A word that names no [`NameScheme`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownScheme;

impl fmt::Display for UnknownScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name validation scheme is either 'legacy' or 'utf8'")
    }
}

impl error::Error for UnknownScheme {}

/// A letter or one of `others`, then also digits.
fn is_legacy(name: &str, others: impl Fn(u8) -> bool) -> bool {
    name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || others(byte))
}

#[cfg(test)]
mod tests {
    use super::NameScheme::{Legacy, Utf8};

    #[track_caller]
    fn check(name: &str, label: bool, metric: bool) {
        assert_eq!(Legacy.allows_label(name), label, "label {name:?}");
        assert_eq!(Legacy.allows_metric(name), metric, "metric {name:?}");
        assert_eq!(Utf8.allows_label(name), !name.is_empty());
        assert_eq!(Utf8.allows_metric(name), !name.is_empty());
    }

    #[test]
    fn names() {
        for name in ["a", "_", "__name__", "A9", "a_b"] {
            check(name, true, true);
        }
        for name in [":", "a:b"] {
            check(name, false, true);
        }
        for name in ["", "9", "9a", "a-b", "a.b", "é", " ", "a\n", "a\0"] {
            check(name, false, false);
        }
    }
}
