//! Delivers bulk requests to Elasticsearch and OpenSearch until each document has its verdict.
//!
//! A [`Batch`] holds a bulk body and what is known of each of its documents. A [`Sender`] sends it, reads the
//! answer and sends again what has to be: single documents that a busy server turned away, halves of a body
//! that is too large, everything after a failure; after Fluent Bit's growing waits ([`Backoff`]) and as
//! often as it is told to ([`RetryLimit`]). Documents that no server takes go to a [`RejectedSink`], such as
//! a file ([`DeadLetters`]).
//!
//! ```
//! use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter};
//! use elasticsearch_output::{Batch, Verdict};
//! use event_model::{Compat, Record, Timestamp};
//!
//! let mut writer = BulkWriter::new(BulkOptions::new(Compat::V5_1));
//! let mut body = BulkBody::new();
//! writer.begin(b"app", Timestamp::default());
//! writer.write(&mut body, &Record::new(Timestamp::new(1_700_000_000, 0)), None);
//! let batch = Batch::new(body);
//! assert_eq!(batch.verdicts(), [Verdict::Pending]);
//! ```
//!
//! [`Sender`] shows how a batch is sent, and how sending is interrupted without losing track.
//!
//! What it does not do: make documents or judge answers (that is `elasticsearch-bulk`), follow redirects,
//! balance over several servers, or sign requests for AWS.
#![forbid(unsafe_code)]

mod batch;
mod client;
mod dead_letters;
mod error;
mod payload;
mod retry;
mod sender;
mod settings;
mod tls;

pub use batch::{Batch, Rejected, RejectedSink, Verdict};
pub use dead_letters::DeadLetters;
pub use error::{SetupError, SetupErrorKind};
pub use retry::{Backoff, RetryLimit};
pub use sender::Sender;
pub use settings::{Auth, Settings, TlsSettings};
