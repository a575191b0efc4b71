//! Chunks for Elasticsearch and OpenSearch: a thread of its own sends them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc::Sender as Results;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use elasticsearch_output::{
    Backoff, Batch, DeadLetters, Rejected, RejectedSink, RetryLimit, Sender, Settings, Verdict,
};
use fluentbit_config::Config;
use fluentbit_pipeline::{Body, OutputKind, Pipeline};
use pipeline_core::acknowledge::ChunkId;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::Semaphore;

use crate::chunks::{Chunk, Spares};
use crate::error::StartError;
use crate::metrics::Metrics;
use crate::options::{Mode, Options};
use crate::wake::Wake;

/// An output is done with a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    pub(crate) id: ChunkId,
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) size: usize,
    /// Records that were delivered.
    pub(crate) records: u64,
    /// Whether every document was delivered or finally refused; otherwise the chunk's lines are read again.
    pub(crate) done: bool,
}

impl Settled {
    pub(crate) fn new(chunk: &Chunk, done: bool) -> Self {
        let records = if done { chunk.records } else { 0 };
        Self { id: chunk.id, input: chunk.input, output: chunk.output, size: chunk.size, records, done }
    }
}

/// How long to wait after a refused document could not be written down.
const DEAD_LETTER_PAUSE: Duration = Duration::from_secs(5);
/// The longest wait before something is sent again where `scheduler.cap` does not say: with Fluent Bit's, records may
/// come half an hour after a server is back.
const LONGEST_RETRY_WAIT: Duration = Duration::from_secs(30);
/// Requests an output has under way at once.
const REQUESTS: usize = 4;

/// The search outputs of a pipeline.
pub(crate) struct SearchOutputs {
    runtime: Option<Runtime>,
    handle: Handle,
    senders: BTreeMap<usize, Arc<Output>>,
    results: Results<Settled>,
    wake: Wake,
}

struct Output {
    name: String,
    /// Its place among the outputs.
    index: usize,
    metrics: Arc<Metrics>,
    sender: Sender,
    turns: Semaphore,
    rejected: Arc<Mutex<DeadLetters>>,
    /// Whether requests are printed (`Trace_Output`).
    prints: bool,
    spares: Spares,
}

impl SearchOutputs {
    pub(crate) fn start(
        pipeline: &Pipeline,
        config: &Config,
        options: &Options,
        metrics: &Arc<Metrics>,
        results: Results<Settled>,
        wake: Wake,
        spares: &Spares,
    ) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("outputs")
            .enable_all()
            .build()
            .map_err(StartError::other)?;
        let inside = runtime.enter();
        let mut senders = BTreeMap::new();
        let mut rejected: Option<Arc<Mutex<DeadLetters>>> = None;
        for (index, output) in pipeline.outputs.iter().enumerate() {
            let OutputKind::Elasticsearch(bulk) = &output.kind else { continue };
            // What is wrong with them was told when the configuration was loaded.
            let (mut settings, _) =
                Settings::from_section(&output.section, &config.service, (**bulk).clone());
            if options.mode == Mode::Safe && output.section.str("retry_limit").is_none() {
                // One retry is not enough to outlive the restart of a server.
                settings.retry_limit = RetryLimit::Unlimited;
            }
            if options.mode == Mode::Safe && config.service.str("scheduler.cap").is_none() {
                let base = settings.backoff.base;
                settings.backoff = Backoff::new(base, LONGEST_RETRY_WAIT.max(base));
            }
            let rejected = match &rejected {
                Some(file) => Arc::clone(file),
                None => {
                    let path = options.base.join(&options.dead_letters);
                    let file = DeadLetters::open(&path).map_err(|error| StartError::file(&path, &error))?;
                    Arc::clone(rejected.insert(Arc::new(Mutex::new(file))))
                }
            };
            let prints = output.section.bool("trace_output", false).unwrap_or(false);
            let sender = Sender::new(settings)
                .map_err(|error| StartError::other(format_args!("output {}: {error}", output.name)))?;
            let output = Output {
                name: output.name.clone(),
                index,
                metrics: Arc::clone(metrics),
                sender,
                turns: Semaphore::new(REQUESTS),
                rejected,
                prints,
                spares: spares.clone(),
            };
            senders.insert(index, Arc::new(output));
        }
        drop(inside);
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime), senders, results, wake })
    }

    /// What other background work runs on.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Sends a chunk; its result comes through the channel.
    pub(crate) fn send(&self, chunk: Chunk) {
        let Some(output) = self.senders.get(&chunk.output) else { return };
        let (output, results, wake) = (Arc::clone(output), self.results.clone(), self.wake.clone());
        self.handle.spawn(async move {
            let settled = Settled::new(&chunk, false);
            let (done, records) = output.deliver(chunk).await;
            // Nobody listens any more when the agent stops.
            let _ = results.send(Settled { done, records, ..settled });
            wake.notify();
        });
    }
}

impl Drop for SearchOutputs {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // What is still under way is read again at the next start.
            runtime.shutdown_background();
        }
    }
}

impl Output {
    /// Whether everything in the chunk has its final verdict, and how many records were delivered.
    async fn deliver(&self, chunk: Chunk) -> (bool, u64) {
        let Body::Bulk(body) = chunk.body else { return (true, chunk.records) };
        let Ok(_turn) = self.turns.acquire().await else { return (false, 0) };
        if self.prints
            && let Err(error) = io::stdout().write_all(body.bytes())
        {
            tracing::warn!(output = self.name, %error, "cannot print the request");
        }
        let body = Arc::new(body);
        let mut batch = Batch::new(Arc::clone(&body));
        let mut sink = Shared { file: Arc::clone(&self.rejected), output: &self.name };
        // A refused document that cannot be written down, on a full disk for instance, holds up its chunk.
        while let Err(error) = self.sender.send(&mut batch, &mut sink).await {
            tracing::error!(output = self.name, %error, "a refused document cannot be written down; trying again");
            tokio::time::sleep(DEAD_LETTER_PAUSE).await;
        }
        let metrics = &self.metrics.outputs[self.index];
        metrics.retries.add(batch.retries());
        let (mut delivered, mut rejected, mut given_up) = (0, 0, 0);
        for verdict in batch.verdicts() {
            match verdict {
                Verdict::Delivered => delivered += 1,
                Verdict::Rejected => rejected += 1,
                Verdict::GivenUp => given_up += 1,
                _ => {}
            }
        }
        metrics.errors.add(rejected);
        metrics.retries_failed.add(given_up);
        let result = (batch.is_settled(), delivered);
        drop(batch);
        self.spares.put(body);
        result
    }
}

/// The file of refused documents, which all outputs share.
struct Shared<'o> {
    file: Arc<Mutex<DeadLetters>>,
    output: &'o str,
}

impl RejectedSink for Shared<'_> {
    fn rejected(&mut self, rejected: Rejected<'_>) -> io::Result<()> {
        tracing::warn!(output = self.output, reason = ?rejected.error, "a document was refused");
        self.file.lock().unwrap_or_else(PoisonError::into_inner).rejected(rejected)
    }
}
