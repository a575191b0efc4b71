//! Sends samples to the first receiver of a configuration, through a queue in a folder:
//!
//! ```sh
//! printf 'temperature 21.5 1700000000000\n' |
//!     cargo run -p remote-write-output --example send -- prometheus.yml queue
//! ```
//!
//! Each line holds a name, a value (`stale` for a staleness marker) and a time in milliseconds since 1970. A line
//! `queued` answers each of them once it survives the end of the program. At the end of the input it waits up to half a
//! minute for the delivery of what is left.
#![expect(clippy::print_stdout, reason = "an example that talks to whoever started it")]

use std::error::Error;
use std::io::{BufRead, stdin};
use std::sync::Arc;
use std::time::Duration;

use prometheus_labels::LabelSet;
use prometheus_scrape::{STALE_NAN, Sample, Series, Value};
use remote_write_output::{Options, RemoteWriter};
use source_text::SourceMap;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (file, folder) =
        arguments.next().zip(arguments.next()).ok_or("expected a configuration and a folder")?;
    let text = std::fs::read_to_string(&file)?;
    let mut sources = SourceMap::new();
    let source = sources.add(&file, &text);
    let config = prometheus_config::parse(source, &text, |name| std::env::var(name).ok())
        .into_result()
        .map_err(|problems| problems.iter().map(|problem| sources.render(problem)).collect::<String>())?;
    let receiver = config.remote_write.first().ok_or("the configuration has no remote_write")?;
    let mut options = Options::new(folder);
    options.external_labels.clone_from(&config.global.external_labels);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let writer = RemoteWriter::start(runtime.handle(), receiver, options)?;
    for line in stdin().lock().lines() {
        let line = line?;
        let mut parts = line.split_whitespace();
        let (Some(name), Some(value), Some(time)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("expected a name, a value and a time: {line}").into());
        };
        let value = if value == "stale" { STALE_NAN } else { value.parse()? };
        let series = Arc::new(Series::new(LabelSet::from([("__name__", name)])));
        writer.append(&[Sample::new(series, time.parse()?, Value::Float(value))])?;
        println!("queued");
    }
    let counts = runtime.block_on(writer.close(Duration::from_secs(30)));
    println!("{counts:?}");
    Ok(())
}
