//! `weirgate run`

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use metrics_scrape::Shard;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use weirgate_agent::report::{self, Format};
use weirgate_agent::{
    Control, DocumentOption, DocumentOptions, LoadedMetrics, MetricsOptions, Mode, Options, load, run_loaded,
    run_metrics,
};

use super::{FOUND, Release, UNUSABLE, complain};

/// Run a configuration until SIGTERM or SIGINT; SIGHUP reads it again.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// The configuration of the logs, classic or YAML.
    #[arg(short, long, value_name = "FILE", required_unless_present = "metrics")]
    config: Option<String>,
    /// Read every file to its end, deliver, and exit.
    #[arg(long)]
    exit_on_eof: bool,
    /// Behave like this release of Fluent Bit even where it loses data.
    #[arg(long, value_name = "RELEASE")]
    compat: Option<Release>,
    /// Where documents go that the server refuses for good.
    #[arg(long, value_name = "FILE", default_value = "weirgate-rejected.jsonl")]
    dead_letters: PathBuf,
    #[command(flatten)]
    metrics: Metrics,
}

/// What is scraped.
#[derive(clap::Args)]
struct Metrics {
    /// Scrape what this prometheus.yml says.
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Send samples to this receiver of remote write, beside those of the file.
    #[arg(long, value_name = "URL", requires = "metrics")]
    remote_write: Vec<String>,
    /// Send samples as documents to this Elasticsearch or OpenSearch, into indices metrics-YYYY.MM.DD.
    #[arg(long, value_name = "URL", requires = "metrics")]
    elasticsearch: Option<String>,
    /// An option of Fluent Bit's output es for it, such as Logstash_Prefix=samples.
    #[arg(long, value_name = "KEY=VALUE", requires = "elasticsearch")]
    elasticsearch_option: Vec<DocumentOption>,
    /// The folder for samples that wait to be sent.
    #[arg(long, value_name = "FOLDER", default_value = "weirgate-data")]
    data: PathBuf,
    /// Print samples even if they are sent.
    #[arg(long, requires = "metrics")]
    print_samples: bool,
    /// Where the endpoints of scraping listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    listen: String,
    /// Scrape only this part of the targets: 0/3 is the first of three.
    #[arg(long, value_name = "N/M", requires = "metrics")]
    shard: Option<Shard>,
}

impl Run {
    pub(crate) fn run(self) -> ExitCode {
        let metrics = self.metrics.options(&self.dead_letters);
        let Some(config) = self.config else {
            return metrics.map_or(ExitCode::from(UNUSABLE), start_metrics);
        };
        let mut options = Options::new(config);
        options.exit_on_eof = self.exit_on_eof;
        options.mode = self.compat.map_or(Mode::Safe, Mode::from);
        options.dead_letters = self.dead_letters;
        options.seed = seed();
        start(options, metrics)
    }
}

impl Metrics {
    fn options(self, dead_letters: &Path) -> Option<MetricsOptions> {
        let mut options = MetricsOptions::new(self.metrics?);
        options.listen = Some(self.listen);
        options.shard = self.shard;
        options.remote_write = self.remote_write;
        options.documents = self.elasticsearch.map(|url| {
            let mut documents = DocumentOptions::new(url);
            documents.options = self.elasticsearch_option;
            documents.dead_letters = dead_letters.to_owned();
            documents
        });
        options.data = self.data;
        options.print = self.print_samples;
        options.seed = seed() as u64;
        Some(options)
    }
}

fn start(options: Options, metrics: Option<MetricsOptions>) -> ExitCode {
    let loaded = load(&options);
    if report::write(&loaded.diagnostics, &loaded.config.sources, Format::Text).is_err() {
        return ExitCode::from(UNUSABLE);
    }
    if loaded.diagnostics.iter().any(source_text::Diagnostic::is_error) {
        // Without a text there is nothing that could be wrong.
        let is_read = loaded.config.sources.iter().next().is_some();
        return ExitCode::from(if is_read { FOUND } else { UNUSABLE });
    }
    let metrics = match metrics.map(load_metrics).transpose() {
        Ok(metrics) => metrics,
        Err(code) => return code,
    };
    start_logging(&loaded.pipeline.service.log_level);
    finish(control().and_then(|control| {
        let Some((found, metrics)) = metrics else {
            return run_loaded(loaded, options, &control).map_err(|error| error.to_string());
        };
        let also = control.clone();
        let scraping = std::thread::spawn(move || {
            let result = run_metrics(found, metrics, &also);
            // Neither half goes on without the other.
            also.stop();
            result
        });
        let logs = run_loaded(loaded, options, &control);
        control.stop();
        let scraped = scraping.join().map_err(|_| "scraping came to a bad end".to_owned())?;
        logs.and(scraped).map_err(|error| error.to_string())
    }))
}

fn start_metrics(options: MetricsOptions) -> ExitCode {
    let (loaded, options) = match load_metrics(options) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    start_logging("info");
    finish(
        control()
            .and_then(|control| run_metrics(loaded, options, &control).map_err(|error| error.to_string())),
    )
}

/// Reads the configuration and shows what is wrong with it.
fn load_metrics(options: MetricsOptions) -> Result<(LoadedMetrics, MetricsOptions), ExitCode> {
    let loaded = LoadedMetrics::read(&options.config, &options.remote_write).map_err(|error| {
        complain(&error.to_string());
        ExitCode::from(UNUSABLE)
    })?;
    if report::write(&loaded.diagnostics, &loaded.sources, Format::Text).is_err() {
        return Err(ExitCode::from(UNUSABLE));
    }
    if loaded.has_errors() { Err(ExitCode::from(FOUND)) } else { Ok((loaded, options)) }
}

fn start_logging(log_level: &str) {
    tracing_subscriber::fmt()
        .with_env_filter(level(log_level))
        .with_writer(io::stderr)
        .with_target(false)
        .init();
}

fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// A control that obeys signals.
fn control() -> Result<Control, String> {
    let control = Control::new().map_err(|error| error.to_string())?;
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(|error| error.to_string())?;
    let obeyed = control.clone();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if signal == SIGHUP { obeyed.reload() } else { obeyed.stop() }
        }
    });
    Ok(control)
}

/// The filter of log lines for Fluent Bit's `Log_Level`; `FLB_LOG_LEVEL` wins if it is a level.
fn level(name: &str) -> tracing_subscriber::EnvFilter {
    const LEVELS: [&str; 7] = ["off", "error", "warn", "warning", "info", "debug", "trace"];
    let wanted = std::env::var("FLB_LOG_LEVEL").map(|level| level.to_ascii_lowercase());
    let wanted = wanted.ok().filter(|level| LEVELS.contains(&level.as_str()));
    let level = match wanted.as_deref().unwrap_or(name) {
        "warning" => "warn",
        other => other,
    };
    tracing_subscriber::EnvFilter::try_new(format!(
        "warn,weirgate_agent={level},file_tail={level},elasticsearch_output={level},kubernetes_watch={level},metrics_scrape={level},metrics_discovery={level},remote_write_output={level},sample_documents={level}"
    ))
    .unwrap_or_default()
}

/// A number that differs from run to run: the kernel's randomness as the standard library exposes it.
fn seed() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(std::process::id()));
    half() << 64 | half()
}
