//! Where samples go: receivers of remote write, a search server, and standard output.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use metrics_scrape::Sink;
use prometheus_config::{Config, RemoteWrite};
use prometheus_scrape::Sample;
use remote_write_output::{Counts, Options, RemoteWriter};
use sample_documents::DocumentWriter;
use tokio::runtime::Handle;

use super::documents::Documents;
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
    /// The search server, and what samples are given there.
    documents: Option<Documents>,
    document_writer: RwLock<Option<RunningDocuments>>,
}

#[derive(Debug)]
struct RunningDocuments {
    external_labels: Vec<(String, String)>,
    writer: DocumentWriter,
}

#[derive(Debug)]
struct Running {
    config: RemoteWrite,
    external_labels: Vec<(String, String)>,
    writer: RemoteWriter,
}

impl Writers {
    pub(super) fn new(runtime: &Handle, folder: PathBuf, print: bool, documents: Option<Documents>) -> Self {
        let (running, document_writer) = (RwLock::default(), RwLock::default());
        Self { runtime: runtime.clone(), folder, print, running, documents, document_writer }
    }

    /// Sends to the receivers of `config` from now on. Those that stay the same go on.
    pub(super) fn apply(&self, config: &Config) -> Result<(), String> {
        let documents = self.apply_to_documents(&config.global.external_labels);
        self.apply_to_receivers(config).and(documents)
    }

    fn apply_to_documents(&self, external: &[(String, String)]) -> Result<(), String> {
        let Some(documents) = &self.documents else { return Ok(()) };
        let mut running = self.document_writer.write().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_none_or(|running| running.external_labels != external) {
            // A queue has one writer: the one before is over.
            *running = None;
            let writer = documents.start(&self.runtime, &self.folder, external)?;
            *running = Some(RunningDocuments { external_labels: external.to_vec(), writer });
        }
        Ok(())
    }

    fn apply_to_receivers(&self, config: &Config) -> Result<(), String> {
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

    /// The search server, and what became of the samples for it.
    pub(super) fn document_counts(&self) -> Option<(&str, sample_documents::Counts)> {
        let running = self.document_writer.read().unwrap_or_else(PoisonError::into_inner);
        Some((self.documents.as_ref()?.url(), running.as_ref()?.writer.counts()))
    }

    /// Waits a little for deliveries, and stops.
    pub(super) fn close(&self) {
        let documents = self.document_writer.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(documents) = documents {
            self.runtime.block_on(documents.writer.close(PATIENCE));
        }
        let running = std::mem::take(&mut *self.running.write().unwrap_or_else(PoisonError::into_inner));
        for one in running {
            self.runtime.block_on(one.writer.close(PATIENCE));
        }
    }
}

impl Sink for Writers {
    fn append(&self, samples: &[Sample]) {
        let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(documents) = &*self.document_writer.read().unwrap_or_else(PoisonError::into_inner)
            && let Err(error) = documents.writer.append(samples)
        {
            tracing::error!(%error, "samples are lost");
        }
        if self.print || (running.is_empty() && self.documents.is_none()) {
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
    folder_for(folder, "remote-write", &format!("{} {}", config.url.redacted(), config.name))
}

/// A folder among those of the same kind, for a destination of this name.
pub(super) fn folder_for(folder: &Path, kind: &str, text: &str) -> PathBuf {
    let name: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).take(80).collect();
    let hash = prometheus_labels::LabelSet::from([("receiver", text)]).hash64();
    folder.join(kind).join(format!("{name}-{hash:016x}"))
}
