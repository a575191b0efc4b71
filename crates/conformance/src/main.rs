//! `conformance FOLDER [NAME]`: runs the golden cases below a folder, or those whose names contain NAME.

use std::path::PathBuf;
use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the result is for the person who runs it")]
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: conformance FOLDER [NAME]");
        return ExitCode::from(2);
    };
    match conformance::run_folder(&folder, &arguments.next().unwrap_or_default()) {
        Ok(score) => {
            for (name, difference) in &score.failures {
                println!("{name}: {difference}");
            }
            println!("{score}");
            if score.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("conformance: {}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
