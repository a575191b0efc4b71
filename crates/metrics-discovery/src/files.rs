//! `file_sd_configs`

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use prometheus_config::{FileDiscovery, TargetGroup};
use prometheus_discovery::groups;
use source_text::{Diagnostic, SourceMap};
use tokio::time::{sleep, timeout};

use crate::notify::Notifier;
use crate::sink::Sink;

/// Writers need a moment: what happens within it after a change is read together with it.
const MOMENT: Duration = Duration::from_millis(50);

/// Reads the files now, when something changes beside them, and in intervals.
pub(crate) async fn run(config: FileDiscovery, sink: Sink) {
    let interval = Duration::from_millis(config.refresh_interval.as_millis()).max(Duration::from_millis(1));
    let mut notifier = Notifier::new();
    let mut files = Files::default();
    loop {
        // The folder may come into being later.
        config.files.iter().for_each(|pattern| notifier.watch_folder_of(pattern));
        files.read(&config.files, &sink);
        if timeout(interval, notifier.changed()).await.is_ok() {
            sleep(MOMENT).await;
        }
    }
}

/// The groups of each file that could be read.
#[derive(Default)]
struct Files {
    groups: BTreeMap<String, Vec<TargetGroup>>,
}

impl Files {
    fn read(&mut self, patterns: &[String], sink: &Sink) {
        let mut before = std::mem::take(&mut self.groups);
        for name in patterns.iter().flat_map(|pattern| names(pattern)) {
            if self.groups.contains_key(&name) {
                continue;
            }
            match read(&name) {
                Ok(groups) => {
                    self.groups.insert(name, groups);
                }
                Err(problem) => {
                    sink.count_failure();
                    tracing::error!(job = sink.job(), file = name, problem, "cannot use the file");
                    if let Some(groups) = before.remove(&name) {
                        self.groups.insert(name, groups);
                    }
                }
            }
        }
        sink.snapshot(self.groups.values().flatten().cloned().collect());
    }
}

/// The files that a pattern stands for.
fn names(pattern: &str) -> Vec<String> {
    if !pattern.contains('*') {
        return if fs::exists(pattern).unwrap_or(true) { vec![pattern.to_owned()] } else { Vec::new() };
    }
    let paths = glob::glob(pattern).into_iter().flatten().filter_map(Result::ok);
    paths.map(|path| path.to_string_lossy().into_owned()).collect()
}

fn read(name: &str) -> Result<Vec<TargetGroup>, String> {
    let text = fs::read_to_string(name).map_err(|error| error.to_string())?;
    let mut sources = SourceMap::new();
    let source = sources.add(name, &text);
    groups::from_file(source, name, &text).map_err(|problems| {
        let problem = problems.iter().find(|problem| problem.is_error());
        problem.map(Diagnostic::message).unwrap_or_default().to_owned()
    })
}
