//! What the agent counts about itself, with Fluent Bit's names.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use fluentbit_pipeline::{HealthLimits, Pipeline};

/// The counters of one configuration at work. They start at zero when it is loaded.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) inputs: Vec<InputMetrics>,
    pub(crate) filters: Vec<FilterMetrics>,
    pub(crate) outputs: Vec<OutputMetrics>,
    pub(crate) started: Instant,
    pub(crate) started_at: SystemTime,
    /// Whether health is checked (`Health_Check`). Without that, all is always well.
    pub(crate) checks_health: bool,
    pub(crate) health_limits: HealthLimits,
    /// Errors and failed retries at moments of the period the health check looks at.
    window: Mutex<VecDeque<(Instant, Failures)>>,
}

/// A number that only grows, or that shows a state.
#[derive(Debug, Default)]
pub(crate) struct Number(AtomicU64);

/// Of an input.
#[derive(Debug, Default)]
pub(crate) struct InputMetrics {
    pub(crate) name: String,
    pub(crate) records: Number,
    /// Bytes of the lines. (Fluent Bit counts those of the records made of them.)
    pub(crate) bytes: Number,
    pub(crate) files_opened: Number,
    pub(crate) files_closed: Number,
    pub(crate) files_rotated: Number,
    /// Rendered bytes that no output has settled.
    pub(crate) under_way: Number,
    /// How many of these pause the input.
    pub(crate) limit: u64,
    /// Chunks that no output has settled.
    pub(crate) chunks: Number,
}

/// Of a filter.
#[derive(Debug, Default)]
pub(crate) struct FilterMetrics {
    pub(crate) name: String,
    /// Records that it dropped.
    pub(crate) dropped: Number,
}

/// Of an output.
#[derive(Debug, Default)]
pub(crate) struct OutputMetrics {
    pub(crate) name: String,
    /// Records that were delivered.
    pub(crate) records: Number,
    /// Bytes of chunks that are settled.
    pub(crate) bytes: Number,
    /// Records that were refused for good.
    pub(crate) errors: Number,
    /// How often something was sent again.
    pub(crate) retries: Number,
    /// Records that were sent as often as they may be.
    pub(crate) retries_failed: Number,
}

/// What makes an agent unhealthy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    pub(crate) errors: u64,
    pub(crate) retries_failed: u64,
}

impl Number {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, number: u64) {
        self.0.store(number, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    pub(crate) fn subtract(&self, number: u64) {
        self.0.fetch_sub(number, Ordering::Relaxed);
    }
}

impl Metrics {
    /// The counters of a pipeline whose inputs pause at these numbers of bytes.
    pub(crate) fn new(pipeline: &Pipeline, limits: &[usize]) -> Self {
        let inputs = pipeline.inputs.iter().zip(limits).map(|(input, limit)| InputMetrics {
            name: input.name.clone(),
            limit: *limit as u64,
            ..InputMetrics::default()
        });
        let filters = pipeline.filters.iter();
        let outputs = pipeline.outputs.iter();
        Self {
            inputs: inputs.collect(),
            filters: filters
                .map(|stage| FilterMetrics { name: stage.name.clone(), ..FilterMetrics::default() })
                .collect(),
            outputs: outputs
                .map(|output| OutputMetrics { name: output.name.clone(), ..OutputMetrics::default() })
                .collect(),
            started: Instant::now(),
            started_at: SystemTime::now(),
            checks_health: pipeline.service.health_check,
            health_limits: pipeline.service.health_limits,
            window: Mutex::new(VecDeque::new()),
        }
    }

    /// Remembers how many failures there are now; call it about once a second.
    pub(crate) fn note_failures(&self, now: Instant) {
        if !self.checks_health {
            return;
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.push_back((now, self.failures()));
        // The last moment before the period is what those in it are compared with.
        while window.get(1).is_some_and(|(time, _)| now.duration_since(*time) >= self.health_limits.period) {
            window.pop_front();
        }
    }

    /// The failures of the last period and whether they are few enough.
    pub(crate) fn health(&self) -> (Failures, bool) {
        let limits = self.health_limits;
        let window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, before)) = window.front() else { return (Failures::default(), true) };
        let all = self.failures();
        let recent = Failures {
            errors: all.errors.saturating_sub(before.errors),
            retries_failed: all.retries_failed.saturating_sub(before.retries_failed),
        };
        let well = recent.errors <= limits.errors && recent.retries_failed <= limits.retries_failed;
        (recent, well)
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    fn failures(&self) -> Failures {
        self.outputs.iter().fold(Failures::default(), |sum, output| Failures {
            errors: sum.errors + output.errors.get(),
            retries_failed: sum.retries_failed + output.retries_failed.get(),
        })
    }
}

#[cfg(test)]
mod tests {
    use fluentbit_config::{Compat, MemoryFiles, load};
    use fluentbit_pipeline::Delivery;

    use super::*;

    #[test]
    fn health_looks_at_a_period() {
        let text = "[SERVICE]\n    Health_Check On\n    HC_Period 10\n    HC_Errors_Count 2\n\
                    [INPUT]\n    Name tail\n    Path a\n[OUTPUT]\n    Name null\n    Match *\n";
        let files = MemoryFiles::from([("f.conf", text)]);
        let (config, _) = load("f.conf", &files, &(), Compat::V5_1);
        let (pipeline, _) = Pipeline::build(&config, Delivery::Safe, None);
        let metrics = Metrics::new(&pipeline, &[1]);
        let start = Instant::now();
        let mut seen = Vec::new();
        for (second, errors) in [(0, 0), (1, 2), (2, 1), (11, 0), (12, 0), (13, 2)] {
            metrics.outputs[0].errors.add(errors);
            metrics.note_failures(start + Duration::from_secs(second));
            let (failures, well) = metrics.health();
            seen.push((second, failures.errors, well));
        }
        let expected =
            [(0, 0, true), (1, 2, true), (2, 3, false), (11, 1, true), (12, 0, true), (13, 2, true)];
        assert_eq!(seen, expected);
    }
}
