//! The program `weirgate`.

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// Runs Fluent Bit's Kubernetes log pipeline and Prometheus' scraping, and tells what their configurations do and what
/// is wrong with them.
#[derive(Parser)]
#[command(name = "weirgate", version)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    Cli::parse().command.run()
}
