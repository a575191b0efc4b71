//! The log pipeline without reading the file and sending the body: what both the benchmark and the profiler run.

use std::sync::Arc;

use event_model::{Compat, Record, Timestamp};
use fluentbit_config::{MemoryFiles, load};
use fluentbit_filter::kubernetes::{Metadata, NamespaceMetadata, PodMetadata};
use fluentbit_pipeline::{
    At, Body, ChunkWriter, Delivery, Flow, LineScratch, Pipeline, Route, Sink, Source, Stream, TagId,
};
use pipeline_core::frame::{Framer, Line, LongLines};
use source_text::Diagnostic;

use crate::docker_log;

const NOW: Timestamp = Timestamp { seconds: 1_700_000_000, nanoseconds: 0 };

/// The pipeline of [`docker_log::configuration`] with one output.
pub struct InMemory {
    flow: Flow,
    tag: (TagId, Vec<u8>),
    stream: Stream,
    scratch: LineScratch,
    sink: Rendered,
}

/// Renders records for the output.
struct Rendered {
    writer: ChunkWriter,
    records: usize,
}

impl Sink for Rendered {
    fn record(&mut self, _: TagId, route: &Route, record: &Record<'_>, _: Source) {
        self.records += 1;
        self.writer.record(route.tag(), record, None);
    }
}

struct OnePod;

impl Metadata for OnePod {
    fn pod(&self, _: &[u8], _: &[u8]) -> Option<PodMetadata> {
        PodMetadata::from_json(docker_log::pod().as_bytes(), Compat::V5_1).ok()
    }

    fn namespace(&self, _: &[u8]) -> Option<NamespaceMetadata> {
        None
    }
}

/// The configuration is one of the exercises, about which there is something to warn.
fn refuse_errors(problems: &[Diagnostic]) {
    assert!(!problems.iter().any(Diagnostic::is_error), "{problems:?}");
}

impl InMemory {
    /// With the output `null`, `file` or `es`.
    ///
    /// # Panics
    ///
    /// When the configuration is not valid.
    pub fn new(output: &str) -> Self {
        let section = format!("\n[OUTPUT]\n    Name {output}\n    Match *\n");
        let id = if output == "es" { "    Generate_ID On\n" } else { "" };
        let text = docker_log::configuration("/nowhere") + &section + id;
        let files =
            MemoryFiles::from([("fluent-bit.conf", text.as_str()), ("parsers.conf", docker_log::PARSERS)]);
        let (config, problems) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
        refuse_errors(&problems);
        let (pipeline, problems) = Pipeline::build(&config, Delivery::Safe, None);
        refuse_errors(&problems);
        let pipeline = Arc::new(pipeline);
        let path = format!("/nowhere/logs/{}", docker_log::file_name());
        let mut flow = Flow::new(Arc::clone(&pipeline), 1);
        let tag = pipeline.inputs[0].tag(&path).expect("the name matches Tag_Regex");
        Self {
            tag: (flow.tag(0, &tag, &OnePod, NOW), tag),
            flow,
            stream: pipeline.inputs[0].stream(&path),
            scratch: LineScratch::new(Compat::V5_1),
            sink: Rendered { writer: pipeline.outputs[0].writer(), records: 0 },
        }
    }

    /// Takes the lines of `log` all the way. Gives the records that were kept and what the output would send.
    pub fn run(&mut self, log: &[u8]) -> (usize, Body) {
        let Self { flow, tag: (tag, text), stream, scratch, sink } = self;
        sink.records = 0;
        sink.writer.begin(text, NOW, 0);
        Framer::new().frame(log, 0, 1 << 20, LongLines::Stop, |line: Line<'_>| {
            stream.line(line, NOW, scratch, flow, &mut |record, offset, arena, flow| {
                let at = At { now: NOW, arena, metadata: &OnePod };
                flow.record(*tag, record, Source { file: 0, offset }, at, sink);
            });
        });
        (sink.records, sink.writer.finish(text))
    }
}
