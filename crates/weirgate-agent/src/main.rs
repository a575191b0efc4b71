//! The program `weirgate`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use event_model::Compat;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use weirgate_agent::report::{self, Format};
use weirgate_agent::{Control, Mode, Options, load, run_loaded};

/// Runs Fluent Bit's Kubernetes log pipeline, and tells what is wrong with its configuration.
#[derive(Parser)]
#[command(name = "weirgate", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a configuration until SIGTERM or SIGINT; SIGHUP reads it again.
    Run {
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
    },
    /// Check configurations without running them.
    Check {
        /// The files, each an entry file of its own.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
        /// How to print what is found.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Check for this release of Fluent Bit.
        #[arg(long, value_name = "RELEASE")]
        compat: Option<Release>,
    },
}

/// A release of Fluent Bit.
#[derive(Clone, Copy, ValueEnum)]
enum Release {
    /// 5.1.1
    #[value(name = "5.1")]
    V5_1,
    /// 1.8.11
    #[value(name = "1.8")]
    V1_8,
}

impl From<Release> for Mode {
    fn from(release: Release) -> Self {
        Self::FluentBit(match release {
            Release::V5_1 => Compat::V5_1,
            Release::V1_8 => Compat::V1_8,
        })
    }
}

/// The thing checked has errors.
const FOUND: u8 = 1;
/// Wrong usage, or input that cannot be read.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Run { config, exit_on_eof, compat, dead_letters } => {
            let mut options = Options::new(config);
            options.exit_on_eof = exit_on_eof;
            options.mode = compat.map_or(Mode::Safe, Mode::from);
            options.dead_letters = dead_letters;
            options.seed = seed();
            start(options)
        }
        Command::Check { files, format, compat } => check(&files, format, compat),
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

fn check(files: &[String], format: Format, compat: Option<Release>) -> ExitCode {
    let mut worst = ExitCode::SUCCESS;
    for file in files {
        let mut options = Options::new(file.as_str());
        options.mode = compat.map_or(Mode::Safe, Mode::from);
        let loaded = load(&options);
        if report::write(&loaded.diagnostics, &loaded.config.sources, format).is_err() {
            return ExitCode::from(UNUSABLE);
        }
        if loaded
            .diagnostics
            .iter()
            .any(|problem| problem.code() == "unreadable-file" && problem.span().is_none())
        {
            worst = ExitCode::from(UNUSABLE);
        } else if loaded.diagnostics.iter().any(source_text::Diagnostic::is_error)
            && worst != ExitCode::from(UNUSABLE)
        {
            worst = ExitCode::from(FOUND);
        }
        if format == Format::Text
            && let Some(summary) = report::summary(&loaded.diagnostics)
        {
            complain(&format!("{file}: {summary}"));
        }
    }
    worst
}

/// Says why the program ends. A standard error that is closed cannot be told so.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "weirgate: {message}");
}

/// A number that differs from run to run: the kernel's randomness as the standard library exposes it.
fn seed() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(std::process::id()));
    half() << 64 | half()
}
