//! Asks a question of `weirgate::api` in JSON, as every language can: `cargo run -p weirgate --example ask -- METHOD
//! REQUEST`.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (method, request) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let answer = weirgate::api::call(&method, &request)?;
    std::io::stdout().write_all(answer.as_bytes())?;
    Ok(())
}
