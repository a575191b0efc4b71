//! Targets from target groups.

use std::fmt;

use prometheus_config::{Duration, ScrapeConfig, TargetGroup, Url};
use prometheus_labels::{LabelSet, LabelsBuilder, name, quoted};
use prometheus_relabel::{Scratch, Verdict};

use crate::address;

const CONVERT_HISTOGRAMS: &str = "__convert_classic_histograms_to_nhcb__";
const CLASSIC_HISTOGRAMS: &str = "__always_scrape_classic_histograms__";
const NATIVE_HISTOGRAMS: &str = "__scrape_native_histograms__";
const UNIX_SOCKET: &str = "__unix_socket__";

/// What is scraped: labels, a URL, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    labels: LabelSet,
    url: Url,
    interval: Duration,
    timeout: Duration,
    convert_histograms: bool,
    classic_histograms: bool,
    native_histograms: bool,
}

/// What became of one entry of a target group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Populated {
    /// The labels before the rules of the job, those that the job adds among them.
    pub discovered: LabelSet,
    /// What became of them.
    pub outcome: Outcome,
}

/// What the rules of the job make of discovered labels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth way")]
pub enum Outcome {
    /// A target.
    Target(Box<Target>),
    /// Nothing: a rule dropped it.
    Dropped {
        /// The index of the rule.
        rule: usize,
    },
    /// Nothing that could be scraped.
    Failed(TargetError),
}

/// Why labels make no target. Its display is Prometheus' message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetError {
    kind: TargetErrorKind,
    message: String,
}

/// The class of a [`TargetError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetErrorKind {
    /// There is no address.
    NoAddress,
    /// The address is no host and port.
    InvalidAddress,
    /// `__scrape_interval__` or `__scrape_timeout__` is no duration, is zero, or they do not fit together.
    InvalidTime,
    /// One of the labels about histograms is no truth value.
    InvalidFlag,
    /// The scheme has no default port.
    InvalidScheme,
}

/// Whether addresses without a port get that of their scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortDefaults {
    /// No, as in Prometheus 3: the address, and so the label `instance`, stays as it is.
    #[default]
    V3,
    /// Yes, as in Prometheus 2: `:80` or `:443`.
    V2,
}

/// Makes targets of the entries of target groups, for one job.
///
/// ```
/// use prometheus_discovery::{Outcome, Populator};
/// use source_text::SourceId;
///
/// let text = "scrape_configs: [{job_name: web, relabel_configs: [{target_label: zone, replacement: a}]}]";
/// let config = prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap();
/// let mut populator = Populator::new(&config.scrape_configs[0]);
///
/// let populated = populator.populate(&[("__address__", "10.0.0.7:80"), ("team", "shop")], &[]);
/// let Outcome::Target(target) = populated.outcome else { panic!("a target") };
/// assert_eq!(target.url().as_str(), "http://10.0.0.7:80/metrics");
/// assert_eq!(
///     target.public_labels().to_string(),
///     r#"{instance="10.0.0.7:80", job="web", team="shop", zone="a"}"#
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Populator<'c> {
    config: &'c ScrapeConfig,
    port_defaults: PortDefaults,
    labels: LabelsBuilder<'static>,
    scratch: Scratch,
}

impl<'c> Populator<'c> {
    /// For the job that `config` describes.
    #[must_use]
    pub fn new(config: &'c ScrapeConfig) -> Self {
        let (labels, scratch) = (LabelsBuilder::new(), Scratch::new());
        Self { config, port_defaults: PortDefaults::default(), labels, scratch }
    }

    /// Sets whether addresses without a port get one.
    #[must_use]
    pub fn port_defaults(mut self, defaults: PortDefaults) -> Self {
        self.port_defaults = defaults;
        self
    }

    /// What becomes of an entry with the labels `target` in a group with the labels `group`. Of a name that
    /// both have, the target's value counts, even if it is empty.
    pub fn populate(&mut self, target: &[(&str, &str)], group: &[(&str, &str)]) -> Populated {
        let mut labels = std::mem::take(&mut self.labels).clear();
        self.discover(&mut labels, target, group);
        let discovered = labels.to_set();
        let outcome = match self.config.relabel_configs.rules().apply(&mut labels, &mut self.scratch) {
            Verdict::Drop { rule } => Outcome::Dropped { rule },
            Verdict::Keep => match self.finish(&mut labels) {
                Ok(target) => Outcome::Target(Box::new(target)),
                Err(error) => Outcome::Failed(error),
            },
        };
        self.labels = labels;
        Populated { discovered, outcome }
    }

    /// What becomes of the entries of a group.
    pub fn populate_group(&mut self, group: &TargetGroup) -> Vec<Populated> {
        let common = borrowed(&group.labels);
        group.targets.iter().map(|target| self.populate(&borrowed(target), &common)).collect()
    }

    /// Puts the labels together that the rules start from.
    fn discover(&self, labels: &mut LabelsBuilder<'_>, target: &[(&str, &str)], group: &[(&str, &str)]) {
        for (name, value) in target {
            labels.set(name, value);
        }
        for (name, value) in group {
            if !target.iter().any(|(known, _)| known == name) {
                labels.set(name, value);
            }
        }
        let config = self.config;
        let mut set_if_empty = |name: &str, value: &str| {
            if labels.get(name).is_empty() {
                labels.set(name, value);
            }
        };
        set_if_empty(name::JOB, &config.job_name);
        set_if_empty(name::SCRAPE_INTERVAL, &config.scrape_interval.to_string());
        set_if_empty(name::SCRAPE_TIMEOUT, &config.scrape_timeout.to_string());
        set_if_empty(name::METRICS_PATH, &config.metrics_path);
        set_if_empty(name::SCHEME, &config.scheme);
        let flag = |flag| if flag { "true" } else { "false" };
        set_if_empty(CONVERT_HISTOGRAMS, flag(config.convert_classic_histograms_to_nhcb));
        set_if_empty(CLASSIC_HISTOGRAMS, flag(config.always_scrape_classic_histograms));
        set_if_empty(NATIVE_HISTOGRAMS, flag(config.scrape_native_histograms));
        for (parameter, values) in &config.params {
            if let Some(first) = values.first() {
                set_if_empty(&format!("{}{parameter}", name::PARAM_PREFIX), first);
            }
        }
    }

    /// Checks what the rules have left and makes a target of it.
    fn finish(&self, labels: &mut LabelsBuilder<'_>) -> Result<Target, TargetError> {
        use TargetErrorKind::{InvalidAddress, InvalidScheme, NoAddress};
        let mut address = labels.get(name::ADDRESS).to_owned();
        if address.is_empty() {
            return Err(TargetError::new(NoAddress, "no address"));
        }
        if self.port_defaults == PortDefaults::V2 && address::lacks_port(&address) {
            address += match labels.get(name::SCHEME) {
                "http" | "" => ":80",
                "https" => ":443",
                _ => {
                    let message = format!("invalid scheme: {}", quoted(&self.config.scheme));
                    return Err(TargetError::new(InvalidScheme, message));
                }
            };
            labels.set(name::ADDRESS, &address);
        }
        if address.contains('/') {
            return Err(TargetError::new(
                InvalidAddress,
                format!("{} is not a valid hostname", quoted(&address)),
            ));
        }
        let (interval, timeout) = times(labels)?;
        let convert_histograms = flag(labels, CONVERT_HISTOGRAMS, "convert classic histograms to nhcb")?;
        let classic_histograms = flag(labels, CLASSIC_HISTOGRAMS, "always scrape classic histograms")?;
        let native_histograms = flag(labels, NATIVE_HISTOGRAMS, "scrape native histograms")?;
        labels.retain(|name, _| !name.starts_with(name::META_PREFIX));
        if labels.get(name::INSTANCE).is_empty() {
            labels.set(name::INSTANCE, &address);
        }
        let labels = labels.to_set();
        let url = self.url(&labels);
        Ok(Target {
            labels,
            url,
            interval,
            timeout,
            convert_histograms,
            classic_histograms,
            native_histograms,
        })
    }

    fn url(&self, labels: &LabelSet) -> Url {
        let get = |name: &str| labels.get(name).unwrap_or_default();
        // The first value of each parameter comes from its label, which rules may have changed or removed:
        // then the job's own value is used.
        let from_label = |parameter: &str| labels.get(&format!("{}{parameter}", name::PARAM_PREFIX));
        let mut parameters = Vec::new();
        for (parameter, values) in &self.config.params {
            for (at, value) in values.iter().enumerate() {
                let value = from_label(parameter).filter(|_| at == 0).unwrap_or(value);
                parameters.push((parameter.as_str(), value));
            }
        }
        let has_values = |name: &str| {
            self.config.params.iter().any(|(parameter, values)| parameter == name && !values.is_empty())
        };
        for (label, value) in labels {
            if let Some(parameter) = label.strip_prefix(name::PARAM_PREFIX)
                && !has_values(parameter)
            {
                parameters.push((parameter, value));
            }
        }
        let host = match get(name::ADDRESS) {
            "" if !get(UNIX_SOCKET).is_empty() => "localhost",
            address => address,
        };
        Url::from_parts(get(name::SCHEME), host, get(name::METRICS_PATH), &parameters)
    }
}

impl Target {
    /// All labels but those that begin with `__meta_`.
    #[must_use]
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// The labels that the series of the target get: all that do not begin with `__`.
    #[must_use]
    pub fn public_labels(&self) -> LabelSet {
        self.labels.iter().filter(|(name, _)| !name.starts_with(name::RESERVED_PREFIX)).collect()
    }

    /// Where it is scraped.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How often it is scraped.
    #[must_use]
    pub fn scrape_interval(&self) -> Duration {
        self.interval
    }

    /// How long a scrape may take.
    #[must_use]
    pub fn scrape_timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether classic histograms become native ones with custom buckets.
    #[must_use]
    pub fn convert_classic_histograms_to_nhcb(&self) -> bool {
        self.convert_histograms
    }

    /// Whether a classic histogram is scraped even if it is there as a native one.
    #[must_use]
    pub fn always_scrape_classic_histograms(&self) -> bool {
        self.classic_histograms
    }

    /// Whether native histograms are scraped.
    #[must_use]
    pub fn scrape_native_histograms(&self) -> bool {
        self.native_histograms
    }

    /// The Unix socket to connect to in place of the address.
    #[must_use]
    pub fn unix_socket(&self) -> Option<&str> {
        self.labels.get(UNIX_SOCKET)
    }

    /// The number that Prometheus 3.14 has for the target: that of its labels, those with `__` among them, and its
    /// URL. Targets with the same number are one, and the number decides when in an interval a target is scraped.
    ///
    /// A label such as `__tmp_hash` that a rule left behind makes targets differ that are otherwise equal.
    ///
    /// ```
    /// use prometheus_discovery::{Outcome, Populator};
    /// use source_text::SourceId;
    ///
    /// let text = "scrape_configs: [{job_name: web, params: {module: [a, b]}}]";
    /// let config = prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap();
    /// let mut populator = Populator::new(&config.scrape_configs[0]);
    /// let populated = populator.populate(&[("__address__", "10.0.0.7:80"), ("team", "shop")], &[]);
    /// let Outcome::Target(target) = populated.outcome else { panic!("a target") };
    /// assert_eq!(target.identity(), 7_233_768_434_877_065_399);
    /// ```
    #[must_use]
    pub fn identity(&self) -> u64 {
        fnv1a(format!("{:016}{}", self.labels.hash64(), self.url.as_str()).as_bytes())
    }
}

impl TargetError {
    /// What class of mistake it is.
    #[must_use]
    pub fn kind(&self) -> TargetErrorKind {
        self.kind
    }

    fn new(kind: TargetErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TargetError {}

fn borrowed(labels: &[(String, String)]) -> Vec<(&str, &str)> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Interval and timeout.
fn times(labels: &LabelsBuilder<'_>) -> Result<(Duration, Duration), TargetError> {
    let fail = |message| TargetError::new(TargetErrorKind::InvalidTime, message);
    let read = |label, what| {
        let time = Duration::parse(labels.get(label))
            .map_err(|error| fail(format!("error parsing scrape {what}: {error}")))?;
        if time.is_zero() { Err(fail(format!("scrape {what} cannot be 0"))) } else { Ok(time) }
    };
    let interval = read(name::SCRAPE_INTERVAL, "interval")?;
    let timeout = read(name::SCRAPE_TIMEOUT, "timeout")?;
    if timeout > interval {
        return Err(fail(format!(
            "scrape timeout cannot be greater than scrape interval ({} > {})",
            quoted(labels.get(name::SCRAPE_TIMEOUT)),
            quoted(labels.get(name::SCRAPE_INTERVAL))
        )));
    }
    Ok((interval, timeout))
}

/// A truth value in the notation of Go; false when the label is missing.
fn flag(labels: &LabelsBuilder<'_>, name: &str, what: &str) -> Result<bool, TargetError> {
    match labels.get(name) {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        value => {
            let value = quoted(value);
            let message = format!("error parsing {what}: strconv.ParseBool: parsing {value}: invalid syntax");
            Err(TargetError::new(TargetErrorKind::InvalidFlag, message))
        }
    }
}
