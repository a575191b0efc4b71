//! The project's own chores: `cargo run -p xtask -- CHORE`.
//!
//! - `layers`: checks that arrows between crates point one way and that pure crates stay pure.
//! - `pure`: prints the pure crates, as `-p` arguments for cargo.

mod layers;

use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person who runs it")]
fn main() -> ExitCode {
    let chore = std::env::args().nth(1).unwrap_or_default();
    let result = match chore.as_str() {
        "layers" => layers::check(),
        "pure" => layers::pure_crates()
            .map(|crates| crates.iter().map(|name| format!("-p {name}")).collect::<Vec<_>>().join(" ")),
        _ => Err("usage: cargo run -p xtask -- layers|pure".to_owned()),
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
