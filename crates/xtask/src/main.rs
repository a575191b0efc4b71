//! The project's own chores: `cargo run -p xtask -- CHORE`.
//!
//! - `layers`: checks that arrows between crates point one way and that pure crates stay pure.
//! - `lint-pages`: writes `docs/lints` from the tables in the code.
//! - `pure`: prints the pure crates, as `-p` arguments for cargo.

mod layers;

use std::process::{Command, ExitCode};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person who runs it")]
fn main() -> ExitCode {
    let chore = std::env::args().nth(1).unwrap_or_default();
    let result = match chore.as_str() {
        "layers" => layers::check(),
        "lint-pages" => lint_pages(),
        "pure" => layers::pure_crates()
            .map(|crates| crates.iter().map(|name| format!("-p {name}")).collect::<Vec<_>>().join(" ")),
        _ => Err("usage: cargo run -p xtask -- layers|lint-pages|pure".to_owned()),
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
fn lint_pages() -> Result<String, String> {
    // As cargo says now, not as it said when this was built: a target folder may have come from another checkout.
    let here =
        std::env::var("CARGO_MANIFEST_DIR").map_err(|_| "start this with `cargo run -p xtask`".to_owned())?;
    let folder = format!("{here}/../../docs/lints");
    let run = ["run", "-q", "-p", "config-check", "--example", "lint-pages", "--", &folder];
    let done = Command::new("cargo").args(run).status().map_err(|error| error.to_string())?;
    if done.success() {
        Ok("lint-pages: docs/lints is written".to_owned())
    } else {
        Err("no pages".to_owned())
    }
}
