//! The program `weirgate`.

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// Runs Fluent Bit's Kubernetes log pipeline, and tells what is wrong with its configuration.
#[derive(Parser)]
#[command(name = "weirgate", version, about)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    Cli::parse().command.run()
}
