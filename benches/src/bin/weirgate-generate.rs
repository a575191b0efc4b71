//! Writes an input: `weirgate-generate log FOLDER [LINES]` or `weirgate-generate exposition FILE`.

use std::error::Error;
use std::path::Path;

use weirgate_benches::{docker_log, kube_state};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["log", folder] => println!("{}", docker_log::write_folder(Path::new(folder), docker_log::LINES)?),
        ["log", folder, lines] => println!("{}", docker_log::write_folder(Path::new(folder), lines.parse()?)?),
        ["exposition", file] => std::fs::write(file, kube_state::exposition())?,
        _ => return Err("usage: weirgate-generate log FOLDER [LINES] | exposition FILE".into()),
    }
    Ok(())
}
