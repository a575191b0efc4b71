//! The agent's own metrics, with Prometheus' names where it has the same.

use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

use metrics_scrape::Health;
use prometheus_exposition::{Format, Metric, MetricFamily, MetricType, MetricValue, Writer};

use super::Scraping;

pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All families, as text.
pub(super) fn exposition(scraping: &Scraping) -> Vec<u8> {
    let mut writer = Writer::new(Format::Text);
    let mut write = |name: &str, metric_type, help: &str, metrics: Vec<Metric>| {
        let mut family = MetricFamily::new(name, metric_type);
        family.help = Some(help.to_owned());
        family.metrics = metrics;
        writer.family(&family);
    };
    let (counter, gauge) = (MetricType::Counter, MetricType::Gauge);
    let counts = scraping.manager.counts();
    for (name, help, value) in [
        ("weirgate_scrapes_total", "Scrapes.", counts.scrapes),
        ("weirgate_scrapes_failed_total", "Scrapes that failed.", counts.failed_scrapes),
        ("weirgate_scraped_samples_total", "Samples read from targets.", counts.scraped_samples),
        (
            "weirgate_appended_samples_total",
            "Samples handed on, staleness markers and those about scrapes among them.",
            counts.appended_samples,
        ),
        ("weirgate_scraped_bytes_total", "Bytes of answers, uncompressed.", counts.bytes),
        (
            "prometheus_target_scrapes_exceeded_body_size_limit_total",
            "Scrapes that hit the body size limit.",
            counts.exceeded_body_size,
        ),
        (
            "prometheus_target_scrapes_exceeded_sample_limit_total",
            "Scrapes that hit the sample limit.",
            counts.exceeded_samples,
        ),
        (
            "prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total",
            "Scrapes that hit the native histogram bucket limit.",
            counts.exceeded_buckets,
        ),
        (
            "prometheus_target_scrape_pool_exceeded_label_limits_total",
            "Scrapes that hit a limit of labels.",
            counts.exceeded_labels,
        ),
        (
            "prometheus_target_scrapes_sample_duplicate_timestamp_total",
            "Samples left out because their series has another value at that time.",
            counts.duplicates,
        ),
        (
            "prometheus_target_scrapes_sample_out_of_order_total",
            "Samples left out because they are older than the last of their series.",
            counts.out_of_order,
        ),
        (
            "prometheus_target_scrapes_sample_out_of_bounds_total",
            "Samples left out because they are too far ahead.",
            counts.out_of_bounds,
        ),
        (
            "prometheus_target_scrape_pool_reloads_failed_total",
            "Reloads that could not be applied to every job.",
            counts.failed_reloads,
        ),
    ] {
        write(name, counter, help, vec![number(value)]);
    }
    let pools = scraping.manager.status();
    let by_job = |count: &dyn Fn(&metrics_scrape::PoolStatus) -> usize| {
        pools.iter().map(|pool| labelled(&[("scrape_job", &pool.job)], count(pool) as u64)).collect()
    };
    write(
        "prometheus_target_scrape_pool_targets",
        gauge,
        "Targets of each job.",
        by_job(&|pool| pool.active.len()),
    );
    let up = |pool: &metrics_scrape::PoolStatus| {
        pool.active.iter().filter(|target| target.health == Health::Up).count()
    };
    write("weirgate_targets_up", gauge, "Targets of each job whose last scrape went well.", by_job(&up));
    let series = number(scraping.manager.series_count() as u64);
    write(
        "weirgate_active_series",
        gauge,
        "Series that targets have, those about scrapes among them.",
        vec![series],
    );
    let receivers = scraping.writers.counts();
    let by_receiver = |count: &dyn Fn(&remote_write_output::Counts) -> u64| {
        receivers.iter().map(|(url, counts)| labelled(&[("url", url)], count(counts))).collect()
    };
    write(
        "prometheus_remote_storage_samples_total",
        counter,
        "Samples that receivers accepted.",
        by_receiver(&|counts| counts.sent),
    );
    write(
        "prometheus_remote_storage_samples_failed_total",
        counter,
        "Samples that receivers refused for good.",
        by_receiver(&|counts| counts.failed),
    );
    write(
        "prometheus_remote_storage_samples_retried_total",
        counter,
        "Samples in requests that had to be repeated.",
        by_receiver(&|counts| counts.retried),
    );
    write(
        "weirgate_remote_write_samples_dropped_total",
        counter,
        "Samples dropped by write_relabel_configs, by age, or because the queue was full.",
        by_receiver(&|counts| counts.dropped_by_rules + counts.dropped_by_age + counts.dropped_by_size),
    );
    write(
        "prometheus_remote_storage_samples_pending",
        gauge,
        "Samples that wait in memory or are under way.",
        by_receiver(&|counts| counts.pending),
    );
    write(
        "prometheus_remote_storage_shards",
        gauge,
        "Requests that may be under way at once.",
        by_receiver(&|counts| counts.shards),
    );
    write(
        "weirgate_remote_write_queue_bytes",
        gauge,
        "Bytes that wait on disk.",
        by_receiver(&|counts| counts.queue_bytes),
    );
    write(
        "prometheus_remote_storage_bytes_total",
        counter,
        "Bytes of requests that receivers accepted.",
        by_receiver(&|counts| counts.bytes_sent),
    );
    if let Some((url, counts)) = scraping.writers.document_counts() {
        for (name, metric_type, help, value) in [
            (
                "weirgate_documents_delivered_total",
                counter,
                "Samples that the search server has.",
                counts.delivered,
            ),
            (
                "weirgate_documents_rejected_total",
                counter,
                "Samples that the search server refused.",
                counts.rejected,
            ),
            (
                "weirgate_documents_retries_total",
                counter,
                "Requests that had to be repeated.",
                counts.retries,
            ),
            (
                "weirgate_documents_dropped_total",
                counter,
                "Samples dropped because the queue for the search server was full.",
                counts.dropped_by_size,
            ),
            ("weirgate_documents_queue_bytes", gauge, "Bytes that wait on disk.", counts.queue_bytes),
        ] {
            write(name, metric_type, help, vec![labelled(&[("url", url)], value)]);
        }
    }
    let good = u64::from(!scraping.last_reload_failed.load(Ordering::Relaxed));
    write(
        "prometheus_config_last_reload_successful",
        gauge,
        "Whether the last reload of the configuration went well.",
        vec![number(good)],
    );
    write(
        "prometheus_config_last_reload_success_timestamp_seconds",
        gauge,
        "When the configuration was last read well.",
        vec![number(scraping.last_good_reload.load(Ordering::Relaxed))],
    );
    let version = env!("CARGO_PKG_VERSION");
    write("weirgate_build_info", gauge, "The version.", vec![labelled(&[("version", version)], 1)]);
    let started = scraping.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    write("process_start_time_seconds", gauge, "When the process started.", vec![real(started)]);
    if let Some(process) = Process::read() {
        write("process_cpu_seconds_total", counter, "CPU time.", vec![real(process.cpu_seconds)]);
        write("process_resident_memory_bytes", gauge, "Memory in use.", vec![number(process.resident)]);
        write("process_open_fds", gauge, "Open file descriptors.", vec![number(process.descriptors)]);
    }
    writer.finish()
}

#[expect(clippy::cast_precision_loss, reason = "a sample value is a double")]
fn number(value: u64) -> Metric {
    real(value as f64)
}

fn real(value: f64) -> Metric {
    Metric::new(MetricValue::Number(value))
}

fn labelled(labels: &[(&str, &str)], value: u64) -> Metric {
    let mut metric = number(value);
    metric.labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    metric
}

/// What the kernel knows of this process.
struct Process {
    cpu_seconds: f64,
    resident: u64,
    descriptors: u64,
}

impl Process {
    fn read() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        // The name, in brackets, may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok());
        #[expect(clippy::cast_precision_loss, reason = "a sample value is a double")]
        let cpu_seconds = (field(11)? + field(12)?) as f64 / rustix::param::clock_ticks_per_second() as f64;
        let resident = field(21)? * rustix::param::page_size() as u64;
        let descriptors = std::fs::read_dir("/proc/self/fd").ok()?.count() as u64;
        Some(Self { cpu_seconds, resident, descriptors })
    }
}
