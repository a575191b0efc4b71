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
        Self {
            flush,
            grace: u64::try_from(grace).ok().map(Duration::from_secs),
            scheduler_base: seconds("scheduler.base", 5.0),
            scheduler_cap: seconds("scheduler.cap", 2000.0),
            log_level: section.str("log_level").unwrap_or("info").to_ascii_lowercase(),
        }
    }
}
