//! The agent's own metrics, with Prometheus' names where it has the same.

use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

use metrics_scrape::{Health, PoolStatus};
use prometheus_exposition::{Format, Metric, MetricFamily, MetricType, MetricValue, Writer};
use remote_write_output::Counts;

use super::Scraping;

pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All families, as text.
pub(super) fn exposition(scraping: &Scraping) -> Vec<u8> {
    let mut page = Page(Writer::new(Format::Text));
    scrapes(&mut page, scraping);
    receivers(&mut page, &scraping.writers.counts());
    if let Some((url, counts)) = scraping.writers.document_counts() {
        documents(&mut page, url, &counts);
    }
    let good = u64::from(!scraping.last_reload_failed.load(Ordering::Relaxed));
    page.gauge(
        "prometheus_config_last_reload_successful",
        "Whether the last reload of the configuration went well.",
        number(good),
    );
    page.gauge(
        "prometheus_config_last_reload_success_timestamp_seconds",
        "When the configuration was last read well.",
        number(scraping.last_good_reload.load(Ordering::Relaxed)),
    );
    let version = labelled("version", env!("CARGO_PKG_VERSION"), 1);
    page.gauge("weirgate_build_info", "The version.", version);
    let started = scraping.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    page.gauge("process_start_time_seconds", "When the process started.", real(started));
    if let Some(process) = Process::read() {
        page.counter("process_cpu_seconds_total", "CPU time.", real(process.cpu_seconds));
        page.gauge("process_resident_memory_bytes", "Memory in use.", number(process.resident));
        page.gauge("process_open_fds", "Open file descriptors.", number(process.descriptors));
    }
    page.0.finish()
}

/// The exposition as it grows.
struct Page(Writer);

impl Page {
    fn counter(&mut self, name: &str, help: &str, metric: Metric) {
        self.family(MetricType::Counter, name, help, vec![metric]);
    }

    fn gauge(&mut self, name: &str, help: &str, metric: Metric) {
        self.family(MetricType::Gauge, name, help, vec![metric]);
    }

    fn family(&mut self, metric_type: MetricType, name: &str, help: &str, metrics: Vec<Metric>) {
        let mut family = MetricFamily::new(name, metric_type);
        family.help = Some(help.to_owned());
        family.metrics = metrics;
        self.0.family(&family);
    }
}

fn scrapes(page: &mut Page, scraping: &Scraping) {
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
        page.counter(name, help, number(value));
    }
    let pools = scraping.manager.status();
    for (name, help, count) in [
        (
            "prometheus_target_scrape_pool_targets",
            "Targets of each job.",
            (|pool| pool.active.len()) as fn(&PoolStatus) -> usize,
        ),
        ("weirgate_targets_up", "Targets of each job whose last scrape went well.", |pool| {
            pool.active.iter().filter(|target| target.health == Health::Up).count()
        }),
    ] {
        let metrics = pools.iter().map(|pool| labelled("scrape_job", &pool.job, count(pool) as u64));
        page.family(MetricType::Gauge, name, help, metrics.collect());
    }
    page.gauge(
        "weirgate_active_series",
        "Series that targets have, those about scrapes among them.",
        number(scraping.manager.series_count() as u64),
    );
}

fn receivers(page: &mut Page, receivers: &[(String, Counts)]) {
    type Count = fn(&Counts) -> u64;
    let (counter, gauge) = (MetricType::Counter, MetricType::Gauge);
    for (metric_type, name, help, count) in [
        (
            counter,
            "prometheus_remote_storage_samples_total",
            "Samples that receivers accepted.",
            (|counts| counts.sent) as Count,
        ),
        (
            counter,
            "prometheus_remote_storage_samples_failed_total",
            "Samples that receivers refused for good.",
            |counts| counts.failed,
        ),
        (
            counter,
            "prometheus_remote_storage_samples_retried_total",
            "Samples in requests that had to be repeated.",
            |counts| counts.retried,
        ),
        (
            counter,
            "weirgate_remote_write_samples_dropped_total",
            "Samples dropped by write_relabel_configs, by age, or because the queue was full.",
            |counts| counts.dropped_by_rules + counts.dropped_by_age + counts.dropped_by_size,
        ),
        (
            gauge,
            "prometheus_remote_storage_samples_pending",
            "Samples that wait in memory or are under way.",
            |counts| counts.pending,
        ),
        (gauge, "prometheus_remote_storage_shards", "Requests that may be under way at once.", |counts| {
            counts.shards
        }),
        (gauge, "weirgate_remote_write_queue_bytes", "Bytes that wait on disk.", |counts| counts.queue_bytes),
        (
            counter,
            "prometheus_remote_storage_bytes_total",
            "Bytes of requests that receivers accepted.",
            |counts| counts.bytes_sent,
        ),
    ] {
        let metrics = receivers.iter().map(|(url, counts)| labelled("url", url, count(counts)));
        page.family(metric_type, name, help, metrics.collect());
    }
}

fn documents(page: &mut Page, url: &str, counts: &sample_documents::Counts) {
    for (name, help, value) in [
        ("weirgate_documents_delivered_total", "Samples that the search server has.", counts.delivered),
        ("weirgate_documents_rejected_total", "Samples that the search server refused.", counts.rejected),
        ("weirgate_documents_retries_total", "Requests that had to be repeated.", counts.retries),
        (
            "weirgate_documents_dropped_total",
            "Samples dropped because the queue for the search server was full.",
            counts.dropped_by_size,
        ),
    ] {
        page.counter(name, help, labelled("url", url, value));
    }
    let waiting = labelled("url", url, counts.queue_bytes);
    page.gauge("weirgate_documents_queue_bytes", "Bytes that wait on disk.", waiting);
}

#[expect(clippy::cast_precision_loss, reason = "a sample value is a double")]
fn number(value: u64) -> Metric {
    real(value as f64)
}

fn real(value: f64) -> Metric {
    Metric::new(MetricValue::Number(value))
}

fn labelled(label: &str, text: &str, value: u64) -> Metric {
    let mut metric = number(value);
    metric.labels.push((label.to_owned(), text.to_owned()));
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
