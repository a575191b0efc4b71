//! Records to chunks.

use std::time::Instant;

use event_model::{Record, Timestamp};
use file_tail::FileId;
use fluentbit_filter::Verdict;
use fluentbit_pipeline::{Pipeline, Route, Sink, Source, TagId};
use pipeline_core::acknowledge::Acknowledgements;

use super::Capture;
use crate::chunks::{Chunks, Place, Slot};
use crate::destination::Appender;
use crate::metrics::Metrics;

/// What turning records into chunks needs.
pub(super) struct Rendering {
    pub(super) chunks: Chunks,
    pub(super) acks: Acknowledgements,
    pub(super) appender: Appender,
    pub(super) capture: Option<Capture>,
    pub(super) counts: Counts,
}

/// What was counted since the counters were last brought up to date.
pub(super) struct Counts {
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// Records that filters dropped, by filter.
    pub(super) dropped: Vec<u64>,
}

impl Rendering {
    /// A sink for the records of the file that `origin` identifies.
    pub(super) fn sink<'s>(
        &'s mut self,
        pipeline: &'s Pipeline,
        input: usize,
        origin: &'s [u8],
        now: (Instant, Timestamp),
    ) -> ToChunks<'s> {
        ToChunks { rendering: self, pipeline, input, origin, now }
    }
}

/// Renders records into the chunks of the outputs that take them.
pub(super) struct ToChunks<'s> {
    rendering: &'s mut Rendering,
    pipeline: &'s Pipeline,
    input: usize,
    origin: &'s [u8],
    now: (Instant, Timestamp),
}

impl Counts {
    /// Adds what was counted for an input to the counters.
    pub(super) fn publish(&mut self, metrics: &Metrics, input: usize) {
        let input = &metrics.inputs[input];
        input.records.add(std::mem::take(&mut self.records));
        input.bytes.add(std::mem::take(&mut self.bytes));
        for (dropped, filter) in self.dropped.iter_mut().zip(&metrics.filters) {
            filter.dropped.add(std::mem::take(dropped));
        }
    }
}

impl Sink for ToChunks<'_> {
    #[inline]
    fn start(&mut self, route: &Route, _: &Record<'_>, _: Source) {
        // Those that filters emit are not read by the input.
        self.rendering.counts.records += u64::from(route.input() == self.input);
    }

    #[inline]
    fn filtered(&mut self, _: &Route, filter: usize, verdict: Verdict<'_>, _: &Record<'_>, _: Source) {
        if matches!(verdict, Verdict::Drop | Verdict::Retag { keep: false, .. }) {
            self.rendering.counts.dropped[filter] += 1;
        }
    }

    fn settled(&mut self, _: &Route, filter: usize, kept: bool, _: Source) {
        self.rendering.counts.dropped[filter] += u64::from(!kept);
    }

    fn record(&mut self, tag: TagId, route: &Route, record: &Record<'_>, source: Source) {
        let Rendering { chunks, acks, appender, capture, .. } = &mut *self.rendering;
        if let Some(capture) = capture {
            capture(route.tag(), record);
        }
        let place = Place {
            input: self.input,
            file: FileId(source.file),
            offset: source.offset,
            origin: self.origin,
        };
        for output in route.outputs() {
            let kind = &self.pipeline.outputs[*output];
            let slot = Slot { tag, text: route.tag(), output: *output, kind };
            chunks.write(slot, record, place, self.now, appender, acks);
        }
    }
}
