//! Records that `multiline` filters keep.

use std::ops::RangeInclusive;
use std::sync::Arc;

use fluentbit_filter::Context;
use fluentbit_filter::multiline::{JoinState, Joined, MultilineFilter};

use super::{At, Emitted, Flow, Kept, Sink, Source, Start, TagId};
use crate::joining::Messages;

impl Flow {
    /// The offset of the first record of `file` that waits in a filter for others of its message: from there on
    /// the file must be read again if the program ends.
    #[must_use]
    pub fn held(&self, file: u64) -> Option<u64> {
        self.joins_of(file..=file).filter_map(|(_, state)| state.pending()).min()
    }

    /// Ends messages whose records wait in filters for more of `file`.
    pub fn end_messages(&mut self, file: u64, which: Messages, at: At<'_>, sink: &mut impl Sink) {
        let due = |filter: &MultilineFilter, state: &JoinState| match which {
            Messages::All => true,
            Messages::Due => filter.timeout(state).is_some_and(|timeout| timeout <= at.now),
        };
        // What one filter ends may wait in the next.
        for _ in 0..=self.pipeline.filters.len() {
            if !self.end_joins(file..=file, which, due, at, sink) {
                break;
            }
        }
        self.end_retagged(at, sink);
    }

    /// Forgets a file that is no longer followed.
    pub fn close_file(&mut self, file: u64) {
        let keys: Vec<_> = self.joins_of(file..=file).map(|(key, _)| *key).collect();
        for key in keys {
            self.joins.remove(&key);
        }
    }

    fn joins_of(
        &self,
        files: RangeInclusive<u64>,
    ) -> impl Iterator<Item = (&(u64, TagId, usize), &JoinState)> {
        self.joins.range((*files.start(), TagId(0), 0)..=(*files.end(), TagId(usize::MAX), usize::MAX))
    }

    /// Ends messages in the filters for which `wanted` holds. `false` if there was none.
    pub(super) fn end_joins(
        &mut self,
        files: RangeInclusive<u64>,
        which: Messages,
        wanted: impl Fn(&MultilineFilter, &JoinState) -> bool,
        at: At<'_>,
        sink: &mut impl Sink,
    ) -> bool {
        let keys: Vec<_> = self
            .joins_of(files)
            .filter(|(_, state)| state.pending().is_some())
            .filter_map(|(key, state)| {
                let step = self.routes.get(key.1.0)?.steps.get(key.2)?;
                let filter = self.pipeline.filters[step.filter].filter.multiline()?;
                wanted(filter, state).then_some((*key, step.filter))
            })
            .collect();
        let pipeline = Arc::clone(&self.pipeline);
        for (key, filter) in &keys {
            let (Some(state), Some(multiline)) =
                (self.joins.get_mut(key), pipeline.filters[*filter].filter.multiline())
            else {
                continue;
            };
            let (file, tag, step) = *key;
            let text = Arc::clone(&self.routes[tag.0].tag);
            let mut emitted = Vec::new();
            let mut context = Context::new(&text, at.now, at.arena, &mut self.scratch);
            let mut each = |joined: Joined<'_, '_>| {
                emitted.push(Emitted::joined(&joined, file, (tag, &text), (step, *filter)));
            };
            match which {
                Messages::Due => multiline.flush(state, &mut context, &mut each),
                Messages::All => multiline.flush_all(state, &mut context, &mut each),
            }
            self.start(emitted, at, sink);
        }
        !keys.is_empty()
    }
}

impl Emitted {
    /// What a `multiline` filter made of records of `file` and `tag`, at a step.
    pub(super) fn joined(
        joined: &Joined<'_, '_>,
        file: u64,
        (tag, text): (TagId, &Arc<[u8]>),
        (step, filter): (usize, usize),
    ) -> Self {
        Self {
            record: Kept::new(joined.timestamp, joined.metadata, joined.fields),
            source: Source { file, offset: joined.position },
            to: if joined.restarts {
                Start::First { tag: text.as_ref().into(), by: filter }
            } else {
                Start::Step { tag, step: step + 1 }
            },
        }
    }
}
