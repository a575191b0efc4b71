//! Sending batches until each document has its verdict.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use elasticsearch_bulk::{BulkBody, Delivery, Outcome, Sent, ServerError, ServerVersion};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Uri};
use tokio::time::sleep_until;

use crate::batch::{Batch, RejectedSink, RetryPolicy};
use crate::client::{Answer, Client};
use crate::error::SetupError;
use crate::payload::Payload;
use crate::settings::Settings;

/// The most bytes of an answer that safe delivery reads: per item, and besides.
const ANSWER_PER_ITEM: usize = 4096;
const ANSWER_BESIDES: usize = 1 << 20;

/// What is known of whether the server takes types.
const UNASKED: u8 = 0;
const NAMED: u8 = 1;
const LEFT_OUT: u8 = 2;

/// Delivers bulk bodies to one server.
///
/// A sender can work on several batches at once; each request waits for its answer on a connection of its
/// own, and connections are used again.
///
/// ```no_run
/// use elasticsearch_bulk::{BulkBody, BulkOptions};
/// use elasticsearch_output::{Batch, DeadLetters, Sender, Settings};
/// use event_model::Compat;
///
/// # use std::error::Error;
/// # async fn deliver(body: BulkBody, stop: impl Future<Output = ()>) -> Result<(), Box<dyn Error>> {
/// let sender = Sender::new(Settings::new(BulkOptions::new(Compat::V5_1)))?;
/// let mut rejected = DeadLetters::open("rejected.jsonl".as_ref())?;
/// let mut batch = Batch::new(body);
/// tokio::select! {
///     result = sender.send(&mut batch, &mut rejected) => result?,
///     () = stop => {}
/// }
/// println!("{} documents are still to be delivered", batch.pending());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sender {
    settings: Settings,
    client: Client,
    bulk_target: Uri,
    version_target: Uri,
    types: AtomicU8,
}

impl Sender {
    /// A sender that has not connected yet.
    ///
    /// # Errors
    /// Certificates cannot be read, or a setting cannot be part of a request.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let target = |path: &str| {
            let slash = if path.starts_with('/') { "" } else { "/" };
            Uri::try_from(format!("{slash}{path}")).map_err(|_| SetupError::request("the path"))
        };
        Ok(Self {
            client: Client::new(&settings)?,
            bulk_target: target(&settings.bulk.request_target())?,
            version_target: target(&format!("{}/", settings.bulk.path))?,
            types: AtomicU8::new(if settings.ask_version { UNASKED } else { NAMED }),
            settings,
        })
    }

    /// What the sender was told.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the server is known to refuse types, which are then left out. Writers may leave them out as
    /// well from now on, which is cheaper.
    #[must_use]
    pub fn refuses_types(&self) -> bool {
        self.types.load(Ordering::Relaxed) == LEFT_OUT
    }

    /// Sends a batch until each document is delivered, rejected, or given up after as many attempts as are
    /// allowed.
    ///
    /// The future may be dropped at any time. What was not answered by then is still pending, and is sent
    /// again when the batch is.
    ///
    /// # Errors
    /// `rejected` failed to take a document. It and what follows it stay pending.
    pub async fn send(&self, batch: &mut Batch, rejected: &mut dyn RejectedSink) -> io::Result<()> {
        let policy = RetryPolicy { limit: self.settings.retry_limit, backoff: self.settings.backoff };
        while let Some(index) = batch.next() {
            let Some(part) = batch.part(index) else { break };
            if let Some(time) = part.not_before {
                sleep_until(time).await;
            }
            self.ask_version().await;
            if self.refuses_types() {
                part.strip_types();
            }
            let body = Arc::clone(&part.body);
            let answer = self.post(&body).await;
            let outcome = match &answer {
                Ok(answer) => {
                    let sent = Sent::new(body.len(), self.settings.bulk.operation);
                    let outcome = self.settings.bulk.delivery.judge(sent, answer.status, &answer.body);
                    if self.settings.trace_error && !matches!(outcome, Outcome::Delivered) {
                        let text = String::from_utf8_lossy(&answer.body);
                        tracing::error!(status = answer.status, answer = %text, "the server's answer");
                    }
                    outcome
                }
                Err(error) => Outcome::Retry(ServerError::new(0, error.as_str())),
            };
            let outcome = match outcome {
                Outcome::TypesRefused if body.has_types() => {
                    tracing::info!("the server takes no types; they are left out from now on");
                    self.types.store(LEFT_OUT, Ordering::Relaxed);
                    Outcome::TypesRefused
                }
                // It does not mean ours.
                Outcome::TypesRefused => {
                    Outcome::Refused(ServerError::new(400, "the server speaks of types"))
                }
                other => other,
            };
            batch.apply(index, outcome, policy, rejected)?;
        }
        Ok(())
    }

    /// Learns once, before the first request, whether the server takes types.
    async fn ask_version(&self) {
        if self.types.load(Ordering::Relaxed) != UNASKED {
            return;
        }
        let request = self.client.request(Method::GET, &self.version_target, Payload::empty());
        // Without an answer the request that follows fails too, and before the next one we ask again.
        let Ok(answer) = self.client.send(request, ANSWER_BESIDES, |_, _| false).await else { return };
        let types = match ServerVersion::parse(&answer.body) {
            Some(version) => {
                tracing::info!(distribution = %version.distribution, number = %version.number, "asked the server");
                if version.takes_types() { NAMED } else { LEFT_OUT }
            }
            None => NAMED,
        };
        self.types.store(types, Ordering::Relaxed);
    }

    async fn post(&self, body: &Arc<BulkBody>) -> Result<Answer, String> {
        let payload =
            if self.settings.gzip { compressed(body).await } else { Payload::shared(Arc::clone(body)) };
        let mut request = self.client.request(Method::POST, &self.bulk_target, payload);
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        if self.settings.gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let limit = match self.settings.bulk.delivery {
            Delivery::Safe => body.len().saturating_mul(ANSWER_PER_ITEM).saturating_add(ANSWER_BESIDES),
            _ => self.settings.answer_limit.unwrap_or(usize::MAX),
        };
        let enough = |status, start: &[u8]| self.settings.bulk.delivery.is_decided(status, start);
        self.client.send(request, limit, enough).await.map_err(|error| error.to_string())
    }
}

/// Compresses a body on a thread that may take its time.
async fn compressed(body: &Arc<BulkBody>) -> Payload {
    let body = Arc::clone(body);
    let compress = move || {
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.bytes().len() / 4), Compression::default());
        // Writing to memory does not fail.
        let _ = encoder.write_all(body.bytes());
        encoder.finish().unwrap_or_default()
    };
    Payload::bytes(tokio::task::spawn_blocking(compress).await.unwrap_or_default())
}
