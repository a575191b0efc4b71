//! Bulk requests to Elasticsearch and OpenSearch, made of log records as Fluent Bit makes them.
//!
//! - [`BulkOptions`] are the options of Fluent Bit's `es` output that shape requests.
//! - [`BulkWriter`] appends records to a [`BulkBody`], which knows the boundaries of its items.
//! - [`Delivery::judge`] reads a server's answer: which documents are stored, which to send again, which the
//!   server will never take and why; [`dead_letter`] writes those down.
//!
//! ```
//! use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, Delivery, IdSource, Outcome, Sent};
//! use event_model::{Compat, Field, Record, Timestamp, Value};
//!
//! let mut options = BulkOptions::new(Compat::V5_1);
//! options.id = IdSource::Content;
//! let operation = options.operation;
//! let mut writer = BulkWriter::new(options);
//! let mut record = Record::new(Timestamp::new(1_688_466_030, 500_000_000));
//! record.fields.push(Field::new(b"k", Value::Str(b"alpha")));
//!
//! let mut body = BulkBody::new();
//! writer.begin(b"app", Timestamp::new(1_700_000_000, 0));
//! writer.write(&mut body, &record, None);
//! let item = body.item(0).unwrap();
//! assert!(item.action.ends_with(br#""_id":"c19bee65-73b2-80c3-643c-809c3943106c"}}"#));
//!
//! let answer = br#"{"errors":true,"items":[{"create":{"status":429}}]}"#;
//! let sent = Sent::new(body.len(), operation);
//! let Outcome::Partial(problems) = Delivery::Safe.judge(sent, 200, answer) else {
//!     panic!()
//! };
//! let again = body.select(problems.iter().map(|problem| problem.item));
//! assert_eq!(again, body);
//! ```
//!
//! Any record can be written and any answer read: nothing panics, and time and memory grow with their size.
//! Writing a record allocates nothing once the buffers have grown.
//!
//! What it does not do: send anything (see `elasticsearch-output`), compress, or wait before it tries again.
#![forbid(unsafe_code)]

mod action;
mod body;
mod compat;
mod dead_letter;
mod dots;
mod id;
mod lint;
mod murmur3;
mod options;
mod response;
mod scan;
mod server;
mod writer;

pub use body::{BulkBody, BulkItem};
pub use dead_letter::dead_letter;
pub use id::Origin;
pub use options::{BulkOptions, IdSource, Logstash, WriteOperation};
pub use response::{Delivery, Outcome, Problem, Remedy, Sent, ServerError};
pub use server::ServerVersion;
pub use writer::BulkWriter;
