//! Settings of the whole pipeline.

use std::time::Duration;

use event_model::Compat;
use fluentbit_config::Section;

/// The `[SERVICE]` section, with the defaults of the release that is followed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Service {
    /// Longest time a record waits to be sent.
    pub flush: Duration,
    /// How long to go on delivering after the order to stop; `None` until everything is delivered.
    pub grace: Option<Duration>,
    /// Least time before a retry.
    pub scheduler_base: Duration,
    /// Most time before a retry.
    pub scheduler_cap: Duration,
    /// What is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`.
    pub log_level: String,
    /// The server that tells how the program does, if `HTTP_Server` is on.
    pub http_server: Option<HttpServerSettings>,
    /// Whether failures are counted, and told by `/api/v1/health` (`Health_Check`).
    pub health_check: bool,
    /// How many failures are healthy.
    pub health_limits: HealthLimits,
    /// Whether the server may be told to read the configuration again.
    pub hot_reload: bool,
    /// Whether the server tells what waits for outputs.
    pub storage_metrics: bool,
}

/// Where the HTTP server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpServerSettings {
    /// An address or host name.
    pub listen: String,
    /// The port; 0 lets the system choose.
    pub port: u16,
}

/// The failures that a healthy program may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthLimits {
    /// Most errors of outputs in a period.
    pub errors: u64,
    /// Most retries that failed for good in a period.
    pub retries_failed: u64,
    /// The period.
    pub period: Duration,
}

impl Service {
    /// Reads the section. What is wrong in it was reported when the configuration was loaded; such a value
    /// counts as not set.
    #[must_use]
    pub fn from_section(section: &Section) -> Self {
        let seconds = |key, default| {
            let value = section.double(key, default);
            Duration::try_from_secs_f64(value).unwrap_or(Duration::from_secs_f64(default))
        };
        let flush = if section.compat == Compat::V1_8 { 5.0 } else { 1.0 };
        let flush =
            Some(seconds("flush", flush)).filter(|time| !time.is_zero()).unwrap_or(Duration::from_secs(1));
        let grace = section.int("grace", 5);
        let on = |key, default| section.bool(key, default).unwrap_or(default);
        let count = |key, default: u64| {
            section.str(key).map_or(default, |_| {
                u64::try_from(section.int(key, 0)).ok().filter(|count| *count > 0).unwrap_or(default)
            })
        };
        Self {
            flush,
            grace: u64::try_from(grace).ok().map(Duration::from_secs),
            scheduler_base: seconds("scheduler.base", 5.0),
            scheduler_cap: seconds("scheduler.cap", 2000.0),
            http_server: on("http_server", false).then(|| HttpServerSettings {
                listen: section.str("http_listen").unwrap_or("0.0.0.0").to_owned(),
                port: u16::try_from(section.int("http_port", 2020)).unwrap_or(2020),
            }),
            health_check: on("health_check", false),
            health_limits: HealthLimits {
                errors: count("hc_errors_count", 5),
                retries_failed: count("hc_retry_failure_count", 5),
                period: Duration::from_secs(count("hc_period", 60)),
            },
            hot_reload: on("hot_reload", false),
            storage_metrics: on("storage.metrics", true),
            log_level: section.str("log_level").unwrap_or("info").to_ascii_lowercase(),
        }
    }
}
