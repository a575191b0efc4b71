//! `answers FOLDER`: the golden cases below a folder as questions to `weirgate::api`, one a line:
//! case, question, request and answer, with tabs between them.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "the error is for the person who runs it")]
fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: answers FOLDER");
        return ExitCode::from(2);
    };
    let written = conformance::questions(&folder).and_then(|questions| {
        let mut out = BufWriter::new(std::io::stdout().lock());
        for question in questions {
            writeln!(out, "{}\t{}\t{}\t{}", question.id, question.method, question.request, question.answer)?;
        }
        out.flush()
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("answers: {}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
