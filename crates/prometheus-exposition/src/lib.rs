//! Prometheus expositions.
#![forbid(unsafe_code)]

mod bytes;
mod content_type;
mod cursor;
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
mod quote;
mod strict;
mod text;
mod write;

pub use content_type::{ContentTypeError, FallbackWarning, select_format};
pub use entry::{Entry, HistogramSample, Series};
pub use error::{Error, ErrorKind, Seen};
pub use exemplar::{Exemplar, Exemplars};
pub use family::{
    Bucket, Histogram, Metric, MetricFamily, MetricValue, OwnedExemplar, Summary, read_families,
};
pub use float::{NORMAL_NAN, STALE_NAN, format_float, format_openmetrics_float};
pub use format::{Format, MetricType, Mode, Options};
pub use histogram::{NativeCounts, NativeHistogram, Side, Span};
pub use label::{Label, Labels};
pub use names::EscapingScheme;
pub use negotiate::{Negotiated, ScrapeProtocol, accept_header, negotiate};
pub use parser::Parser;
pub use write::Writer;
