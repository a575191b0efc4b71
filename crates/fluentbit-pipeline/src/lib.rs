//! Fluent Bit's log pipeline, without its inputs and outputs.
//!
//! A [`Pipeline`] is a configuration made ready: `tail` inputs with their tags and parsers, filters, and
//! outputs with their renderers. A [`Stream`] turns the lines of one file into records, a [`Flow`] takes
//! records through the filters, and a [`ChunkWriter`] renders what comes out, byte for byte as Fluent Bit
//! would send it.
//!
//! ```
//! use event_model::{Compat, Record, Timestamp};
//! use fluentbit_config::{MemoryFiles, load};
//! use fluentbit_pipeline::{At, Body, Delivery, Flow, LineScratch, Pipeline, Route, Sink, Source, TagId};
//! use pipeline_core::frame::Line;
//! use std::sync::Arc;
//!
//! let files = MemoryFiles::from([(
//!     "fluent-bit.conf",
//!     "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag app\n\
//!      [FILTER]\n    Name grep\n    Match *\n    Regex log ERROR\n\
//!      [OUTPUT]\n    Name stdout\n    Match *\n    Format json_lines\n    json_date_key false\n",
//! )]);
//! let (config, problems) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
//! assert!(problems.is_empty());
//! let (pipeline, problems) = Pipeline::build(&config, Delivery::Safe, None);
//! assert!(problems.is_empty());
//!
//! struct Printed(fluentbit_pipeline::ChunkWriter);
//! impl Sink for Printed {
//!     fn record(&mut self, _: TagId, route: &Route, record: &Record<'_>, _: Source) {
//!         self.0.record(route.tag(), record, None);
//!     }
//! }
//!
//! let pipeline = Arc::new(pipeline);
//! let mut printed = Printed(pipeline.outputs[0].writer());
//! let now = Timestamp::new(1_700_000_000, 0);
//! printed.0.begin(b"app", now, 0);
//! let mut flow = Flow::new(Arc::clone(&pipeline), 1);
//! let mut scratch = LineScratch::new(Compat::V5_1);
//! let mut stream = pipeline.inputs[0].stream("/var/log/a.log");
//! let tag = flow.tag(0, &pipeline.inputs[0].tag("/var/log/a.log")?, &(), now);
//! for (offset, line) in [(0, "ERROR: no disk"), (15, "all is well")] {
//!     let line = Line { raw: line.as_bytes(), offset };
//!     stream.line(line, now, &mut scratch, &mut flow, &mut |record, offset, arena, flow| {
//!         let at = At { now, arena, metadata: &() };
//!         flow.record(tag, record, Source { file: 0, offset }, at, &mut printed);
//!     });
//! }
//! let Body::Bytes(bytes) = printed.0.finish(b"app") else { panic!() };
//! assert_eq!(bytes, b"{\"log\":\"ERROR: no disk\"}\n");
//! # Ok::<(), kubernetes_tag::TagError>(())
//! ```
//!
//! What it does not do: read files, keep time, ask Kubernetes, or send anything.
#![forbid(unsafe_code)]

mod flow;
mod joining;
mod output;
mod pipeline;
mod service;
mod stream;
mod tail;

pub use flow::{At, Flow, Route, Sink, Source, TagId};
pub use joining::Messages;
pub use output::{Body, ChunkWriter, Output, OutputKind};
pub use pipeline::{Delivery, Pipeline, Scope, Stage};
pub use service::{HealthLimits, HttpServerSettings, Service};
pub use stream::{LineScratch, Stream};
pub use tail::TailInput;
