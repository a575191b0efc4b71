//! Log files of a request, read as the inputs of a configuration read them.

use std::collections::BTreeMap;
use std::sync::Arc;

use event_model::{Arena, Record, Timestamp};
use fluentbit_config::Files as _;
use fluentbit_filter::kubernetes::Metadata;
use fluentbit_pipeline::{At, Flow, LineScratch, Messages, Pipeline, Sink, Source, TailInput};
use glob::{MatchOptions, Pattern};
use kubernetes_tag::TagError;
use pipeline_core::frame::{Framer, Line};

use super::Files;
use super::logs::Folder;

/// The log files of a request.
pub(super) struct Inputs<'a> {
    folder: Folder,
    files: BTreeMap<String, &'a [u8]>,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(folder: Option<&str>, files: &'a Files) -> Self {
        let folder = Folder::new(folder, files);
        let files = files.iter().map(|(name, content)| (folder.join(name), content.bytes())).collect();
        Self { folder, files }
    }

    /// The files that an input follows, in the order in which it finds them. Those of a relative pattern have
    /// relative names.
    pub(super) fn of(&self, input: &TailInput) -> Vec<(String, &'a [u8])> {
        let excluded: Vec<Pattern> =
            input.exclude_path.iter().filter_map(|pattern| Pattern::new(pattern).ok()).collect();
        let mut found: Vec<(String, &[u8])> = Vec::new();
        for pattern in &input.path {
            for path in self.folder.glob(pattern) {
                let name = if pattern.starts_with('/') { path.as_str() } else { self.folder.below(&path) };
                let unwanted = excluded.iter().any(|pattern| pattern.matches_with(name, FNMATCH))
                    || found.iter().any(|(other, _)| other == name);
                if let (false, Some(bytes)) = (unwanted, self.files.get(&path)) {
                    found.push((name.to_owned(), bytes));
                }
            }
        }
        found
    }
}

/// fnmatch(3) without flags, as Fluent Bit excludes files.
const FNMATCH: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

/// A pipeline that is fed with whole files.
pub(super) struct Feeder<'a> {
    pub(super) pipeline: Arc<Pipeline>,
    flow: Flow,
    scratch: LineScratch,
    metadata: &'a dyn Metadata,
    now: Timestamp,
    files: u64,
}

impl<'a> Feeder<'a> {
    pub(super) fn new(pipeline: Pipeline, metadata: &'a dyn Metadata, now: Timestamp, seed: u64) -> Self {
        let pipeline = Arc::new(pipeline);
        let flow = Flow::new(Arc::clone(&pipeline), u128::from(seed));
        let scratch = LineScratch::new(pipeline.compat);
        Self { pipeline, flow, scratch, metadata, now, files: 0 }
    }

    /// Reads a file from its start to its end, as one batch. The records of the first file have the number 1.
    pub(super) fn file(
        &mut self,
        input: usize,
        name: &str,
        bytes: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), TagError> {
        let Self { pipeline, flow, scratch, metadata, now, files } = self;
        let (index, input, metadata, now) = (input, &pipeline.inputs[input], *metadata, *now);
        *files += 1;
        let file = *files;
        let tag = flow.tag(index, &input.tag(name)?, metadata, now);
        let mut stream = input.stream(name);
        let mut each = |record: Record<'_>, offset, arena: &Arena, flow: &mut Flow| {
            flow.record(tag, record, Source { file, offset }, At { now, arena, metadata }, sink);
        };
        for line in lines(input, bytes) {
            stream.line(line, now, scratch, flow, &mut each);
        }
        if !input.forgets_messages() {
            stream.end_messages(Messages::All, now, scratch, flow, &mut each);
        }
        let arena = Arena::new();
        let at = At { now, arena: &arena, metadata };
        flow.end_batch(tag, at, sink);
        flow.end_messages(file, Messages::All, at, sink);
        Ok(())
    }
}

/// The lines of a file, cut as its input does.
pub(super) fn lines<'b>(input: &TailInput, bytes: &'b [u8]) -> Vec<Line<'b>> {
    let mut lines = Vec::new();
    Framer::new().frame(bytes, 0, input.longest_line, input.long_lines, |line| lines.push(line));
    lines
}
