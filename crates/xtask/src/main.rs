//! The project's own chores: `cargo run -p xtask -- CHORE`.
//!
//! - `layers`: checks that arrows between crates point one way and that pure crates stay pure.
//! - `docs`: writes `docs/lints` and `docs/reference` from the tables in the code.
//! - `pure`: prints the pure crates, as `-p` arguments for cargo.

mod layers;

use std::process::{Command, ExitCode};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person who runs it")]
fn main() -> ExitCode {
    let chore = std::env::args().nth(1).unwrap_or_default();
    let result = match chore.as_str() {
        "layers" => layers::check(),
        "docs" => docs(),
        "pure" => layers::pure_crates()
            .map(|crates| crates.iter().map(|name| format!("-p {name}")).collect::<Vec<_>>().join(" ")),
        _ => Err("usage: cargo run -p xtask -- layers|docs|pure".to_owned()),
    };
    match result {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::FAILURE
        }
    }
}

/// The tables stand in crates this one does not wait for.
fn docs() -> Result<String, String> {
    // As cargo says now, not as it said when this was built: a target folder may have come from another checkout.
    let here =
        std::env::var("CARGO_MANIFEST_DIR").map_err(|_| "start this with `cargo run -p xtask`".to_owned())?;
    let folder = format!("{here}/../../docs");
    let run = ["run", "-q", "-p", "config-check", "--example", "write-docs", "--", &folder];
    let done = Command::new("cargo").args(run).status().map_err(|error| error.to_string())?;
    if done.success() {
        Ok("docs: docs/lints and docs/reference are written".to_owned())
    } else {
        Err("no pages".to_owned())
    }
}
