//! Prometheus expositions: the text format 0.0.4, OpenMetrics 1.0 and delimited protobuf.
//!
//! A [`Parser`] reads a body entry by entry, each borrowed from the body, exactly as Prometheus 3.14
//! (v0.316.0) does in a scrape: what it accepts, what it makes of it, and the text of its errors.
//! [`Mode::Strict`] rejects what the standards of the formats reject. [`read_families`] puts entries
//! together, and a
//! [`Writer`] writes families in any of the formats. [`select_format`], [`accept_header`] and [`negotiate`]
//! are what HTTP adds to it.
//!
//! ```
//! use prometheus_exposition::{Entry, Options, Parser};
//!
//! let body = b"# TYPE rpc_seconds summary\n\
//!     rpc_seconds{quantile=\"0.5\"} 0.25\n\
//!     rpc_seconds_count 7 1700000000000\n";
//! let (parser, _) = Parser::for_content_type(body, "text/plain; version=0.0.4", None, Options::new())?;
//! let mut labels = Vec::new();
//! let mut samples = Vec::new();
//! for entry in parser {
//!     if let Entry::Series(series) = entry? {
//!         // A scrape does this once for each distinct `series.key(..)`.
//!         series.label_set(&mut labels);
//!         let pairs = labels.iter().map(|label| (label.name_str(), label.value_str()));
//!         let labels: Vec<_> = pairs.map(|(name, value)| format!("{}={}", name.unwrap(), value.unwrap())).collect();
//!         samples.push(format!("{} {} {:?}", labels.join(","), series.value(), series.timestamp_ms()));
//!     }
//! }
//! assert_eq!(
//!     samples,
//!     [
//!         "__name__=rpc_seconds,quantile=0.5 0.25 None",
//!         "__name__=rpc_seconds_count 7 Some(1700000000000)",
//!     ]
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//!
//! * No input makes it panic, or look at a byte more than a fixed number of times: time is linear in the
//!   body, also where Prometheus' is not (the search for `_created` series) or does not end (that search in
//!   an invalid exemplar).
//! * Reading a sample allocates nothing. Neither do its labels, unless one has an escape or is a bound that
//!   has to be rewritten. Memory is proportional to the body in [`Mode::Strict`], in [`read_families`] and
//!   in error texts.
//! * Recursion is as deep as the protobuf schema and no deeper.
//!
//! # Where Prometheus is lax by accident
//!
//! This is kept in [`Mode::Scrape`], because a target that depends on it works today:
//!
//! * In the text format, blanks before a name become a part of it. A NUL at the start of a line, or right
//!   after a `#`, ends the body ([`Parser::offset`] tells); in quoted label values, help texts and comments
//!   NULs are kept. Commas between labels may be missing, line breaks may stand in quoted strings, and
//!   unknown escapes are text.
//! * A type applies to whatever series follow, so that `le` and `quantile` are rewritten in them.
//! * The labels of exemplars keep their escapes. Metadata names keep theirs.
//! * OpenMetrics that is strict in every blank is not so about families: see [`Mode::Strict`].
//! * Timestamps of OpenMetrics are cut to milliseconds, and `1.001` becomes 1000. One that does not fit 64
//!   bits becomes the smallest integer, as on amd64.
//! * `_created` series count only right after the series they belong to, and the name of the family they are
//!   compared by is as long as that in the last metadata line, whatever it was.
//! * An untyped protobuf metric without a value has that of the untyped metric before it.
//!
//! Three things about native histograms are not kept, all in families that have several. One whose spans
//! and buckets disagree is always an error; Prometheus looks at the first, and may panic at another. All have
//! their exemplars; Prometheus begins to look for those of the next where those of the one before ended. And
//! no span is left that has nothing between it and the one before.
//!
//! # What it does not do
//!
//! Decompress, fetch, or decide whether names are valid and label names unique: that is for the scrape.
//! Convert classic histograms to native ones with custom buckets. Read OpenMetrics 2.0, which Prometheus
//! has behind a feature flag, or protobuf in its text forms.
#![forbid(unsafe_code)]

mod bytes;
mod content_type;
mod cursor;
mod digits;
mod entry;
mod error;
mod exemplar;
mod family;
mod float;
mod format;
mod histogram;
mod label;
mod mime;
mod names;
mod negotiate;
mod openmetrics;
mod parser;
mod protobuf;
mod strict;
mod text;
mod write;

pub use content_type::{ContentTypeError, FallbackWarning, select_format};
pub use digits::{format_float, format_openmetrics_float};
pub use entry::{Entry, HistogramSample, Series};
pub use error::{Error, ErrorKind, Seen};
pub use exemplar::{Exemplar, Exemplars};
pub use family::{
    Bucket, Histogram, Metric, MetricFamily, MetricValue, OwnedExemplar, Summary, read_families,
};
pub use float::{NORMAL_NAN, STALE_NAN};
pub use format::{Format, MetricType, Mode, Options};
pub use histogram::{NativeCounts, NativeHistogram, Side, Span};
pub use label::{Label, Labels};
pub use names::EscapingScheme;
pub use negotiate::{Negotiated, ScrapeProtocol, accept_header, negotiate};
pub use parser::Parser;
pub use write::Writer;
