//! Prints what the discoveries of a configuration find, one JSON object a line, until the input ends:
//!
//! ```sh
//! cargo run -p metrics-discovery --example discover -- prometheus.yml
//! ```
#![expect(clippy::print_stdout, reason = "an example that talks to whoever started it")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Read, stdin};

use metrics_discovery::{Manager, Update};
use serde_json::json;
use source_text::SourceMap;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("expected a configuration")?;
    let text = std::fs::read_to_string(&file)?;
    let mut sources = SourceMap::new();
    let source = sources.add(&file, &text);
    let config = prometheus_config::parse(source, &text, |name| std::env::var(name).ok())
        .into_result()
        .map_err(|problems| problems.iter().map(|problem| sources.render(problem)).collect::<String>())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut manager = Manager::new(runtime.handle(), |update| println!("{}", line(&update)));
    manager.apply(&config.scrape_configs);
    stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Job, source and the labels of each target; `null` instead of them when the group is gone.
fn line(update: &Update) -> serde_json::Value {
    let targets = update.group.as_ref().map(|group| {
        let labels = |target: &Vec<(String, String)>| {
            let all = group.labels.iter().chain(target).filter(|(_, value)| !value.is_empty());
            all.cloned().collect::<BTreeMap<_, _>>()
        };
        group.targets.iter().map(labels).collect::<Vec<_>>()
    });
    json!({"job": update.job.as_ref(), "source": update.source, "targets": targets})
}
