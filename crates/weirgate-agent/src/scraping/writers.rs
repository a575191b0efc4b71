//! Where samples go: receivers of remote write, and standard output.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use metrics_scrape::Sink;
use prometheus_config::{Config, RemoteWrite};
use prometheus_scrape::Sample;
use remote_write_output::{Counts, Options, RemoteWriter};
use tokio::runtime::Handle;

use super::print;

/// How long the end of the program waits for deliveries; what is left is delivered after the next start.
const PATIENCE: Duration = Duration::from_secs(5);

/// All destinations.
#[derive(Debug)]
pub(super) struct Writers {
    runtime: Handle,
    /// The folder of all queues.
    folder: PathBuf,
    /// Whether samples are printed even if they are sent.
    print: bool,
    running: RwLock<Vec<Running>>,
}

#[derive(Debug)]
struct Running {
    config: RemoteWrite,
    external_labels: Vec<(String, String)>,
    writer: RemoteWriter,
}

impl Writers {
    pub(super) fn new(runtime: &Handle, folder: PathBuf, print: bool) -> Self {
        Self { runtime: runtime.clone(), folder, print, running: RwLock::default() }
    }

    /// Sends to the receivers of `config` from now on. Those that stay the same go on.
    pub(super) fn apply(&self, config: &Config) -> Result<(), String> {
        let mut running = self.running.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *running);
        let external = &config.global.external_labels;
        let mut result = Ok(());
        for wanted in &config.remote_write {
            let same = |one: &Running| one.config == *wanted && one.external_labels == *external;
            if let Some(at) = before.iter().position(same) {
                running.push(before.swap_remove(at));
                continue;
            }
            // A queue has one writer: the one before is over.
            before.retain(|one| folder_of(&self.folder, &one.config) != folder_of(&self.folder, wanted));
            match self.start(wanted, external) {
                Ok(started) => running.push(started),
                Err(error) => result = Err(error),
            }
        }
        result
    }

    fn start(&self, config: &RemoteWrite, external: &[(String, String)]) -> Result<Running, String> {
        let mut options = Options::new(folder_of(&self.folder, config));
        options.external_labels = external.to_vec();
        let writer = RemoteWriter::start(&self.runtime, config, options)
            .map_err(|error| format!("remote write to {}: {error}", config.url.redacted()))?;
        let external_labels = external.to_vec();
        Ok(Running { config: config.clone(), external_labels, writer })
    }

    /// The URL of each receiver, without a password, and what became of its samples.
    pub(super) fn counts(&self) -> Vec<(String, Counts)> {
        let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
        running.iter().map(|one| (one.config.url.redacted().to_owned(), one.writer.counts())).collect()
    }

    /// Waits a little for deliveries, and stops.
    pub(super) fn close(&self) {
        let running = std::mem::take(&mut *self.running.write().unwrap_or_else(PoisonError::into_inner));
        for one in running {
            self.runtime.block_on(one.writer.close(PATIENCE));
        }
    }
}

impl Sink for Writers {
    fn append(&self, samples: &[Sample]) {
        let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
        if self.print || running.is_empty() {
            print::print(samples);
        }
        for one in &*running {
            if let Err(error) = one.writer.append(samples) {
                tracing::error!(url = one.config.url.redacted(), %error, "samples are lost");
            }
        }
    }
}

/// The folder of a receiver's queue, named by its URL and name, so that it is found again after a restart.
fn folder_of(folder: &Path, config: &RemoteWrite) -> PathBuf {
    let text = format!("{} {}", config.url.redacted(), config.name);
    let name: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).take(80).collect();
    let hash = prometheus_labels::LabelSet::from([("receiver", text)]).hash64();
    folder.join("remote-write").join(format!("{name}-{hash:016x}"))
}
