//! What becomes of records, told as it happens.

use event_model::Record;
use fluentbit_filter::{Event, Observer, Verdict};

use super::{Route, TagId};

/// Where a record was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Source {
    /// The caller's number of the file.
    pub file: u64,
    /// The start of the record's first line.
    pub offset: u64,
}

/// Takes the records that come out of the filters.
pub trait Sink {
    /// A record of `route`'s tag, for all of its outputs.
    fn record(&mut self, tag: TagId, route: &Route, record: &Record<'_>, source: Source);

    /// A record starts at the first filter of `route`. This and the methods below are for those who explain what
    /// happens; where they are not implemented they cost nothing.
    #[inline]
    fn start(&mut self, route: &Route, record: &Record<'_>, source: Source) {
        let _ = (route, record, source);
    }

    /// A filter takes a step on its way to a verdict.
    #[inline]
    fn event(&mut self, event: Event) {
        let _ = event;
    }

    /// A filter, by its place in [`Pipeline::filters`](crate::Pipeline::filters), came to a verdict about a record.
    #[inline]
    fn filtered(
        &mut self,
        route: &Route,
        filter: usize,
        verdict: Verdict<'_>,
        record: &Record<'_>,
        source: Source,
    ) {
        let _ = (route, filter, verdict, record, source);
    }

    /// The end of a batch decided about a record that waited for it at a filter.
    #[inline]
    fn settled(&mut self, route: &Route, filter: usize, kept: bool, source: Source) {
        let _ = (route, filter, kept, source);
    }
}

/// Passes the steps of a filter to a sink.
pub(super) struct Events<'s, S>(pub(super) &'s mut S);

impl<S: Sink> Observer for Events<'_, S> {
    #[inline]
    fn observe(&mut self, event: Event) {
        self.0.event(event);
    }
}
