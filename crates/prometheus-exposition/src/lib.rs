//! Prometheus expositions.
#![forbid(unsafe_code)]

mod bytes;
mod content_type;
mod cursor;
mod entry;
mod error;
mod exemplar;
mod float;
mod format;
mod histogram;
mod label;
mod mime;
mod openmetrics;
mod parser;
mod protobuf;
mod quote;
mod strict;
mod text;

pub use content_type::{ContentTypeError, FallbackWarning, select_format};
pub use entry::{Entry, HistogramSample, Series};
pub use error::{Error, ErrorKind, Seen};
pub use exemplar::{Exemplar, Exemplars};
pub use float::{NORMAL_NAN, STALE_NAN, format_float, format_openmetrics_float};
pub use format::{Format, MetricType, Mode, Options};
pub use histogram::{NativeCounts, NativeHistogram, Side, Span};
pub use label::{Label, Labels};
pub use parser::Parser;
