//! The texts of the status server.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use event_model::strftime;
use fluentbit_filter::Filter;
use fluentbit_pipeline::HealthLimits;
use serde_json::{Map, Value, json};

use crate::http::{Response, StatusCode};
use crate::metrics::{Failures, Metrics};

/// The release whose endpoints these are.
const RELEASE: &str = "5.1.1";
const PROMETHEUS: &str = "text/plain; version=0.0.4";

/// A family of numbers, one for each instance of a plugin.
struct Family<'m> {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    values: Vec<(&'m str, u64)>,
}

pub(super) fn about() -> String {
    json!({
        "fluent-bit": { "version": RELEASE, "edition": "Weirgate", "flags": [] },
        "weirgate": { "version": env!("CARGO_PKG_VERSION") },
    })
    .to_string()
}

pub(super) fn uptime(time: Duration) -> String {
    let seconds = time.as_secs();
    // Fluent Bit says `0 day`.
    let part = |number: u64, word: &str| format!("{number} {word}{}", if number > 1 { "s" } else { "" });
    let text = format!(
        "Fluent Bit has been running:  {}, {}, {} and {}",
        part(seconds / 86_400, "day"),
        part(seconds / 3600 % 24, "hour"),
        part(seconds / 60 % 60, "minute"),
        part(seconds % 60, "second"),
    );
    json!({ "uptime_sec": seconds, "uptime_hr": text }).to_string()
}

/// `/api/v2/health`.
pub(super) fn health(failures: Failures, limits: HealthLimits, well: bool) -> String {
    json!({
        "status": if well { "ok" } else { "error" },
        "errors": failures.errors,
        "retries_failed": failures.retries_failed,
        "error_limit": limits.errors,
        "retry_failure_limit": limits.retries_failed,
        "period_limit": limits.period.as_secs(),
    })
    .to_string()
}

pub(super) fn plugins() -> String {
    json!({ "inputs": ["tail"], "filters": Filter::NAMES, "outputs": ["es", "file", "null", "stdout"] })
        .to_string()
}

/// `/api/v1/metrics`.
pub(super) fn metrics(metrics: &Metrics) -> String {
    let inputs = metrics.inputs.iter().map(|input| {
        let numbers = json!({
            "records": input.records.get(),
            "bytes": input.bytes.get(),
            "files_opened": input.files_opened.get(),
            "files_closed": input.files_closed.get(),
            "files_rotated": input.files_rotated.get(),
        });
        (input.name.clone(), numbers)
    });
    let filters = metrics.filters.iter().map(|filter| {
        (filter.name.clone(), json!({ "drop_records": filter.dropped.get(), "add_records": 0 }))
    });
    let outputs = metrics.outputs.iter().map(|output| {
        let numbers = json!({
            "proc_records": output.records.get(),
            "proc_bytes": output.bytes.get(),
            "errors": output.errors.get(),
            "retries": output.retries.get(),
            "retries_failed": output.retries_failed.get(),
            "dropped_records": output.errors.get() + output.retries_failed.get(),
            "retried_records": output.retries.get(),
        });
        (output.name.clone(), numbers)
    });
    let object = |members: Map<String, Value>| Value::Object(members);
    json!({
        "input": object(inputs.collect()),
        "filter": object(filters.collect()),
        "output": object(outputs.collect()),
    })
    .to_string()
}

/// `/api/v1/storage`.
pub(super) fn storage(metrics: &Metrics) -> String {
    let total: u64 = metrics.inputs.iter().map(|input| input.chunks.get()).sum();
    let inputs = metrics.inputs.iter().map(|input| {
        let (size, chunks) = (input.under_way.get(), input.chunks.get());
        let state = json!({
            "status": {
                "overlimit": size >= input.limit,
                "mem_size": readable(size),
                "mem_limit": readable(input.limit),
            },
            "chunks": { "total": chunks, "up": chunks, "down": 0, "busy": chunks, "busy_size": readable(size) },
        });
        (input.name.clone(), state)
    });
    json!({
        "storage_layer": {
            "chunks": {
                "total_chunks": total,
                "mem_chunks": total,
                "fs_chunks": 0,
                "fs_chunks_up": 0,
                "fs_chunks_down": 0,
            }
        },
        "input_chunks": Value::Object(inputs.collect()),
    })
    .to_string()
}

/// `/api/v1/metrics/prometheus`: samples have times.
pub(super) fn prometheus_v1(metrics: &Metrics) -> Response {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut text = String::new();
    for family in families(metrics) {
        family.head(&mut text);
        for (name, value) in &family.values {
            let _ = writeln!(text, "{}{{name=\"{}\"}} {value} {now}", family.name, escaped(name));
        }
    }
    let uptime = metrics.uptime().as_secs();
    let _ = writeln!(text, "# HELP fluentbit_uptime Number of seconds that Fluent Bit has been running.");
    let _ = writeln!(text, "# TYPE fluentbit_uptime counter\nfluentbit_uptime {uptime}");
    let _ = writeln!(
        text,
        "# HELP process_start_time_seconds Start time of the process since unix epoch in seconds."
    );
    let _ = writeln!(
        text,
        "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {}",
        start(metrics)
    );
    let _ = writeln!(text, "# HELP fluentbit_build_info Build version information.");
    let _ = writeln!(text, "# TYPE fluentbit_build_info gauge");
    let _ = writeln!(text, "fluentbit_build_info{{version=\"{RELEASE}\",edition=\"Weirgate\"}} 1");
    Response::new(StatusCode::OK, PROMETHEUS, text)
}

/// `/api/v2/metrics/prometheus`.
pub(super) fn prometheus_v2(metrics: &Metrics, reloads: u64) -> Response {
    let mut text = String::new();
    let one = |text: &mut String, (name, help, labels, value): &Number, kind: &str| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name}{{{labels}}} {value}");
    };
    let (counters, gauges) = process(metrics, reloads);
    counters.iter().for_each(|number| one(&mut text, number, "counter"));
    for family in families(metrics) {
        family.head(&mut text);
        for (name, value) in &family.values {
            let _ = writeln!(text, "{}{{name=\"{}\"}} {value}", family.name, escaped(name));
        }
    }
    gauges.iter().for_each(|number| one(&mut text, number, "gauge"));
    Response::new(StatusCode::OK, PROMETHEUS, text)
}

/// `/api/v2/metrics`: the text form of Fluent Bit's own library.
pub(super) fn text_v2(metrics: &Metrics, reloads: u64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let mut time = Vec::new();
    strftime(&mut time, b"%Y-%m-%dT%H:%M:%S", seconds);
    let time = format!("{}.{:09}Z", String::from_utf8_lossy(&time), now.subsec_nanos());
    let mut text = String::new();
    let one = |text: &mut String, (name, _, labels, value): &Number| {
        let _ = writeln!(text, "{time} {name}{{{labels}}} = {value}");
    };
    let (counters, gauges) = process(metrics, reloads);
    counters.iter().for_each(|number| one(&mut text, number));
    for family in families(metrics) {
        for (name, value) in &family.values {
            let _ = writeln!(text, "{time} {}{{name=\"{}\"}} = {value}", family.name, escaped(name));
        }
    }
    gauges.iter().for_each(|number| one(&mut text, number));
    text
}

/// A number of the whole program: name, help, labels, value.
type Number = (&'static str, &'static str, String, u64);

/// The counters, which come first, and the gauges, which come last.
fn process(metrics: &Metrics, reloads: u64) -> ([Number; 2], [Number; 2]) {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let host = format!("hostname=\"{}\"", escaped(&host));
    let build = format!("{host},version=\"{RELEASE}\",os=\"{}\"", std::env::consts::OS);
    let uptime = metrics.uptime().as_secs();
    let help = "Number of seconds that Fluent Bit has been running.";
    let counters = [
        ("fluentbit_uptime", help, host.clone(), uptime),
        ("fluentbit_hot_reloaded_times", "Collect the count of hot reloaded times.", host.clone(), reloads),
    ];
    let help = "Start time of the process since unix epoch in seconds.";
    let gauges = [
        ("fluentbit_process_start_time_seconds", help, host, start(metrics)),
        // Its value is the time of the start, too.
        ("fluentbit_build_info", "Build version information.", build, start(metrics)),
    ];
    (counters, gauges)
}

fn start(metrics: &Metrics) -> u64 {
    metrics.started_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn families(metrics: &Metrics) -> Vec<Family<'_>> {
    let input = |name, help, value: fn(&crate::metrics::InputMetrics) -> u64| Family {
        name,
        help,
        kind: "counter",
        values: metrics.inputs.iter().map(|input| (input.name.as_str(), value(input))).collect(),
    };
    let output = |name, help, value: fn(&crate::metrics::OutputMetrics) -> u64| Family {
        name,
        help,
        kind: "counter",
        values: metrics.outputs.iter().map(|output| (output.name.as_str(), value(output))).collect(),
    };
    let dropped = metrics.filters.iter().map(|filter| (filter.name.as_str(), filter.dropped.get()));
    let mut families = vec![
        input("fluentbit_input_records_total", "Number of input records.", |input| input.records.get()),
        input("fluentbit_input_bytes_total", "Number of input bytes.", |input| input.bytes.get()),
        input("fluentbit_input_files_opened_total", "Total number of opened files", |input| {
            input.files_opened.get()
        }),
        input("fluentbit_input_files_closed_total", "Total number of closed files", |input| {
            input.files_closed.get()
        }),
        input("fluentbit_input_files_rotated_total", "Total number of rotated files", |input| {
            input.files_rotated.get()
        }),
        Family {
            name: "fluentbit_filter_drop_records_total",
            help: "Fluentbit metrics.",
            kind: "counter",
            values: dropped.collect(),
        },
        output("fluentbit_output_proc_records_total", "Number of processed output records.", |output| {
            output.records.get()
        }),
        output("fluentbit_output_proc_bytes_total", "Number of processed output bytes.", |output| {
            output.bytes.get()
        }),
        output("fluentbit_output_errors_total", "Number of output errors.", |output| output.errors.get()),
        output("fluentbit_output_retries_total", "Number of output retries.", |output| output.retries.get()),
        output(
            "fluentbit_output_retries_failed_total",
            "Number of abandoned batches because the maximum number of re-tries was reached.",
            |output| output.retries_failed.get(),
        ),
        output("fluentbit_output_dropped_records_total", "Number of dropped records.", |output| {
            output.errors.get() + output.retries_failed.get()
        }),
    ];
    families.retain(|family| !family.values.is_empty());
    families
}

impl Family<'_> {
    fn head(&self, text: &mut String) {
        let Self { name, help, kind, .. } = self;
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }
}

/// A label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A size as Fluent Bit shows it.
#[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
fn readable(size: u64) -> String {
    if size < 1024 {
        return format!("{size}b");
    }
    let mut value = size as f64;
    let mut units = ["K", "M", "G", "T", "P", "E"].into_iter();
    let mut unit = "b";
    while value >= 1024.0
        && let Some(next) = units.next()
    {
        value /= 1024.0;
        unit = next;
    }
    format!("{value:.1}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        let sizes = [0, 1023, 1024, 1_500_000, 3 << 30];
        assert_eq!(sizes.map(readable), ["0b", "1023b", "1.0K", "1.4M", "3.0G"]);
        assert_eq!(
            uptime(Duration::from_secs(7_262)),
            r#"{"uptime_hr":"Fluent Bit has been running:  0 day, 2 hours, 1 minute and 2 seconds","uptime_sec":7262}"#
        );
        assert_eq!(escaped("a\"b\\"), "a\\\"b\\\\");
    }
}
