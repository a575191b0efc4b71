//! `weirgate run`

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use weirgate_agent::report::{self, Format};
use weirgate_agent::{Control, Mode, Options, load, run_loaded};

use super::{FOUND, Release, UNUSABLE, complain};

/// Run a configuration until SIGTERM or SIGINT; SIGHUP reads it again.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// The configuration, classic or YAML.
    #[arg(short, long, value_name = "FILE")]
    config: String,
    /// Read every file to its end, deliver, and exit.
    #[arg(long)]
    exit_on_eof: bool,
    /// Behave like this release of Fluent Bit even where it loses data.
    #[arg(long, value_name = "RELEASE")]
    compat: Option<Release>,
    /// Where documents go that the server refuses for good.
    #[arg(long, value_name = "FILE", default_value = "weirgate-rejected.jsonl")]
    dead_letters: PathBuf,
}

impl Run {
    pub(crate) fn run(self) -> ExitCode {
        let mut options = Options::new(self.config);
        options.exit_on_eof = self.exit_on_eof;
        options.mode = self.compat.map_or(Mode::Safe, Mode::from);
        options.dead_letters = self.dead_letters;
        options.seed = seed();
        start(options)
    }
}

fn start(options: Options) -> ExitCode {
    let loaded = load(&options);
    if report::write(&loaded.diagnostics, &loaded.config.sources, Format::Text).is_err() {
        return ExitCode::from(UNUSABLE);
    }
    if loaded.diagnostics.iter().any(source_text::Diagnostic::is_error) {
        return ExitCode::from(FOUND);
    }
    tracing_subscriber::fmt()
        .with_env_filter(level(&loaded.pipeline.service.log_level))
        .with_writer(io::stderr)
        .with_target(false)
        .init();
    match control()
        .and_then(|control| run_loaded(loaded, options, &control).map_err(|error| error.to_string()))
    {
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

/// The filter of log lines for Fluent Bit's `Log_Level`; `FLB_LOG_LEVEL` wins.
fn level(name: &str) -> tracing_subscriber::EnvFilter {
    let name = std::env::var("FLB_LOG_LEVEL").unwrap_or_else(|_| name.to_owned());
    let level = match name.to_ascii_lowercase().as_str() {
        "warning" => "warn".to_owned(),
        other => other.to_owned(),
    };
    tracing_subscriber::EnvFilter::try_new(format!(
        "warn,weirgate_agent={level},file_tail={level},elasticsearch_output={level},kubernetes_watch={level}"
    ))
    .unwrap_or_default()
}

/// A number that differs from run to run: the kernel's randomness as the standard library exposes it.
fn seed() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(std::process::id()));
    half() << 64 | half()
}
